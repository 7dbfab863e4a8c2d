"""Passages kept for those whose texts they are."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from lienthong.data.intelligence import domain, models
from lienthong.kernel.text import nfc

BATCH = 1000


@transaction.atomic
def keep_passages(
    *, kind: domain.PassageKind, keys: Sequence[str], passages: Sequence[domain.Passage], at: datetime
) -> None:
    """Let these be all the passages of some sources, in the caller's transaction: what changed is replaced, what is no more is
    gone, what is the same is not touched. Numbers that name a person are masked. Harmless to repeat."""
    rows = [_row(item, at) for item in passages]
    for start in range(0, len(rows), BATCH):
        _write(rows[start : start + BATCH])
    kept: dict[str, int] = dict.fromkeys(keys, 0)
    for item in passages:
        kept[item.key] = max(kept.get(item.key, 0), item.number + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM data_intelligence_passagerow p
            USING unnest(%s::text[], %s::int[]) AS told (key, numbers)
            WHERE p.kind = %s AND p.key = told.key AND p.number >= told.numbers
            """,
            [list(kept), list(kept.values()), kind.value],
        )


@transaction.atomic
def forget_others(*, kind: domain.PassageKind, keys: Sequence[str], prefix: str = "") -> None:
    """Take away the passages of a kind (whose keys begin so) that are of none of these sources."""
    models.PassageRow.objects.filter(kind=kind, key__startswith=prefix).exclude(key__in=list(keys)).delete()


_COLUMNS = ("kind", "key", "number", "title", "text", "also", "href", "local", "on", "action", "agencies", "words")


def _row(item: domain.Passage, at: datetime) -> list:
    title, text, also = (domain.masked(nfc(words)) for words in (item.title, item.text, item.also))
    words = domain.searched(domain.Passage(item.kind, item.key, title, text, "", also=also))
    return [
        item.kind.value, item.key, item.number, title, text, also, item.href, item.local, item.on, item.action,
        json.dumps(list(item.agencies)), words, at,
    ]  # fmt: skip


def _write(rows: Sequence[Sequence]) -> None:
    names = ", ".join(f'"{name}"' for name in (*_COLUMNS, "at"))
    told = ", ".join(f'"{name}" = excluded."{name}"' for name in (*_COLUMNS[3:], "at"))
    before, after = (", ".join(f'{side}."{name}"' for name in _COLUMNS[3:]) for side in ("p", "excluded"))
    values = ", ".join(f"({', '.join(['%s'] * len(row))})" for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO data_intelligence_passagerow AS p ({names}) VALUES {values}
            ON CONFLICT (kind, key, number) DO UPDATE SET {told}
            WHERE ({before}) IS DISTINCT FROM ({after})
            """,
            [value for row in rows for value in row],
        )
