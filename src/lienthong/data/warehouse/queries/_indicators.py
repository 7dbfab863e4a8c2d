"""Declared indicators, their meanings over time, and the families they are computed in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby

import orjson
from django.db import connection

from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain, models
from lienthong.kernel import reading


def indicators(*, codes: Sequence[str] | None = None) -> dict[str, domain.Indicator]:
    """Declared indicators by code; all without ``codes``."""
    declared = _declared()
    if codes is None:
        return dict(declared)
    wanted = set(codes)
    return {code: indicator for code, indicator in declared.items() if code in wanted}


@reading.once
def _declared() -> dict[str, domain.Indicator]:
    """All of them, in the order of their codes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, declaration::text FROM data_warehouse_indicator ORDER BY code")
        return {code: _parsed(text) for code, text in cursor.fetchall()}


@lru_cache(4096)
def _parsed(declaration: str) -> domain.Indicator:
    return domain.Indicator.parse(orjson.loads(declaration))


def about_persons(*, codes: Collection[str]) -> dict[str, str]:
    """Those of these indicators that are computed from rows about persons, with the registers of the rows."""
    registers = registry.about_persons()
    declared = _declared()
    return {
        code: declared[code].register for code in codes if code in declared and declared[code].register in registers
    }


def indicator(*, code: str) -> domain.Indicator:
    """One of them.

    :raises domain.UnknownIndicator: there is none of that code.
    """
    found = indicators(codes=[code])
    if code not in found:
        raise domain.UnknownIndicator(code=code)
    return found[code]


@dataclass(frozen=True)
class Meaning:
    """What an indicator meant from a moment on."""

    indicator: domain.Indicator
    at: datetime


def meanings(*, code: str) -> list[Meaning]:
    """What an indicator was declared to count, the first first: where that changed, its numbers may jump."""
    rows = models.DeclarationRow.objects.filter(indicator=code).order_by("at", "id").values_list("declaration", "at")
    grouped = groupby(rows, key=lambda row: domain.counted(row[0]))
    return [Meaning(domain.Indicator.parse(document), at) for document, at in (next(rows) for _, rows in grouped)]


def families(*, codes: Sequence[str]) -> list[domain.Family]:
    """The families of these indicators, each with the slots of these alone."""
    found: dict[int, tuple[models.FamilyRow, dict[int, domain.Indicator]]] = {}
    rows = models.IndicatorRow.objects.filter(code__in=codes).select_related("family").order_by("family_id", "slot")
    for row in rows:
        _, slots = found.setdefault(row.family_id, (row.family, {}))
        slots[row.slot] = domain.Indicator.parse(row.declaration)
    return [
        domain.Family(
            id=row.id, register=row.register, period=row.period, every=tuple(map(domain.Every, row.every)), by=tuple(row.by),
            slots=slots, width=row.width,
        )
        for row, slots in found.values()
    ]  # fmt: skip
