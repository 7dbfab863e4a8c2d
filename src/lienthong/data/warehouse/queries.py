"""Reading indicators, cells, their past and their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from lienthong.data.warehouse import domain, models

_CELL = (
    "indicator_id",
    "territory",
    "period",
    "numerator",
    "denominator",
    "rows",
    "computed_at",
    "indicator__checked_at",
)
_SIGNAL = (
    "id", "indicator", "territory", "period", "level", "value", "threshold", "state", "raised_at", "closed_at", "directive_id",
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """A value as it was known at a moment."""

    at: datetime
    value: Decimal | None


def indicators(*, codes: Sequence[str] | None = None) -> dict[str, domain.Indicator]:
    """Declared indicators by code; all without ``codes``."""
    rows = models.IndicatorRow.objects.order_by("code")
    if codes is not None:
        rows = rows.filter(code__in=codes)
    return {row.code: domain.Indicator.parse(row.declaration) for row in rows}


def indicator(*, code: str) -> domain.Indicator:
    """One of them.

    :raises domain.UnknownIndicator: there is none of that code.
    """
    found = indicators(codes=[code])
    if code not in found:
        raise domain.UnknownIndicator(code=code)
    return found[code]


def cells(
    *, codes: Sequence[str] | None = None, territories: Sequence[str] | None = None, period: str = ""
) -> list[domain.Cell]:
    """Present values, in two queries."""
    rows = models.CellRow.objects.filter(period=period)
    if codes is not None:
        rows = rows.filter(indicator_id__in=codes)
    if territories is not None:
        rows = rows.filter(territory__in=territories)
    declared = indicators(codes=codes)
    found = []
    for row in rows.order_by("indicator_id", "territory").values_list(*_CELL):
        declaration = declared[row[0]]
        value = declaration.value(row[3], row[4], row[5])
        found.append(domain.Cell(*row, value, declaration.level(value)))
    return found


def cell(*, code: str, territory: str, period: str = "") -> domain.Cell | None:
    """One present value."""
    found = cells(codes=[code], territories=[territory], period=period)
    return found[0] if found else None


def past(*, code: str, territory: str, period: str = "", limit: int = 60) -> list[Point]:
    """What a cell said over time, oldest first, at most the last ``limit`` changes."""
    declared = indicator(code=code)
    rows = models.CellVersion.objects.filter(indicator=code, territory=territory, period=period).order_by("-at", "-id")
    values = rows.values_list("at", "numerator", "denominator", "rows")[:limit]
    return [Point(at, declared.value(numerator, denominator, count)) for at, numerator, denominator, count in values][
        ::-1
    ]


def watermark() -> int:
    """Below this transaction number every cell is as it is read now: a page drawn after this hears the rest by pushes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint")
        return cursor.fetchone()[0]


def trends(*, codes: Sequence[str], territory: str, period: str = "", limit: int = 24) -> dict[str, list[float | None]]:
    """The last changes of several indicators in one query, oldest first: what sparklines draw."""
    declared = indicators(codes=codes)
    found: dict[str, list[float | None]] = {}
    with connection.cursor() as cursor:
        # One short walk down the index for each indicator, however long its history is.
        cursor.execute(
            """
            SELECT newest.* FROM unnest(%s::text[]) AS wanted (code) CROSS JOIN LATERAL (
                SELECT indicator, numerator, denominator, rows FROM data_warehouse_cell_version
                WHERE indicator = wanted.code AND territory = %s AND period = %s ORDER BY at DESC, id DESC LIMIT %s
            ) AS newest
            """,
            [list(codes), territory, period, limit],
        )
        for code, *sums in reversed(cursor.fetchall()):
            value = declared[code].value(*sums)
            found.setdefault(code, []).append(None if value is None else float(value))
    return found


def known_at(*, code: str, territory: str, at: datetime, period: str = "") -> Point | None:
    """The value as it was known at a moment."""
    declared = indicator(code=code)
    row = (
        models.CellVersion.objects.filter(indicator=code, territory=territory, period=period, at__lte=at)
        .order_by("-at", "-id")
        .values_list("at", "numerator", "denominator", "rows")
        .first()
    )
    return Point(row[0], declared.value(*row[1:])) if row else None


def signals(
    *, open_only: bool = True, territories: Sequence[str] | None = None, limit: int = 100
) -> list[domain.Signal]:
    """Signals, newest first."""
    rows = models.SignalRow.objects.order_by("-raised_at", "-id")
    if open_only:
        rows = rows.exclude(state=domain.SignalState.CLOSED)
    if territories is not None:
        rows = rows.filter(territory__in=territories)
    return [_signal(row) for row in rows.values_list(*_SIGNAL)[:limit]]


def signal(*, id: UUID) -> domain.Signal | None:
    """One signal."""
    row = models.SignalRow.objects.filter(id=id).values_list(*_SIGNAL).first()
    return _signal(row) if row else None


def _signal(row: tuple) -> domain.Signal:
    values = dict(zip(_SIGNAL, row, strict=True))
    values |= {"level": domain.Level(values["level"]), "state": domain.SignalState(values["state"])}
    return domain.Signal(**values)
