"""The API's description as a file: ``./lienthong openapi`` writes docs/openapi.json anew."""

import json
from pathlib import Path

import django

FILE = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"


def document() -> str:
    """The description of the API as it is."""
    django.setup()
    import lienthong.bootstrap.urls  # noqa: F401  (the API is reversed by its addresses)
    from lienthong.bootstrap.api import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write(_arguments: list[str]) -> int:
    """Write it to its file."""
    FILE.write_text(document(), "utf-8")
    return 0
