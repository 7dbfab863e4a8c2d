"""Texts that are kept as they are: written in one way, hashed, and in a table that refuses to change them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(content: Mapping[str, Any]) -> str:
    """The one text of a content: JSON in Unicode, keys sorted, no spaces."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def append_only(table: str, says: str) -> tuple[str, str]:
    """The statements, to do and to undo, after which PostgreSQL refuses to change or delete rows of a table, for a migration.

    :param says: what the error tells, with the operation where ``%`` stands.
    """
    make = f"""
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{says}', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
"""
    return make, f"DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_refuse();"
