"""Reading indicators, cells, their past and their rows."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from lienthong.data.registry import queries as registry
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


def series(
    *, codes: Sequence[str], territories: Sequence[str], every: domain.Every
) -> dict[tuple[str, str], dict[str, tuple[float, float]]]:
    """Numerator and denominator by period, for each indicator and territory, in one query."""
    pattern = {domain.Every.WEEK: r"^\d{4}-W\d\d$", domain.Every.MONTH: r"^\d{4}-\d\d$", domain.Every.ALL: "^$"}[every]
    found: dict[tuple[str, str], dict[str, tuple[float, float]]] = defaultdict(dict)
    rows = models.CellRow.objects.filter(
        indicator_id__in=list(codes), territory__in=list(territories), period__regex=pattern
    )
    names = ("indicator_id", "territory", "period", "numerator", "denominator")
    for code, territory, period, numerator, denominator in rows.values_list(*names):
        found[code, territory][period] = float(numerator), float(denominator)
    return found


def sums(
    *, codes: Sequence[str], territories: Sequence[str], periods: Sequence[str]
) -> dict[tuple[str, str], tuple[Decimal, Decimal, int]]:
    """Numerator, denominator and rows over several periods together, exact, by (indicator, territory), in one query: the
    value of a quarter is the quotient of its months' sums, never a mean of quotients."""
    rows = models.CellRow.objects.filter(
        indicator_id__in=list(codes), territory__in=list(territories), period__in=list(periods)
    )
    found = rows.values_list("indicator_id", "territory").annotate(Sum("numerator"), Sum("denominator"), Sum("rows"))
    return {(code, territory): (top, bottom, count) for code, territory, top, bottom, count in found}


def panel(
    *, code: str, territories: Sequence[str], every: domain.Every, where: Mapping[str, Any]
) -> dict[tuple[str, str], dict[str, tuple[float, float]]]:
    """The same for a part of an indicator's rows, computed from the register now: no cells are kept for parts.

    :param where: conditions as in a declaration, beside the indicator's own.
    :raises domain.BadIndicator: the conditions cannot work.
    """
    declared = models.IndicatorRow.objects.filter(code=code).values_list("declaration", flat=True).first()
    if declared is None:
        raise domain.UnknownIndicator(code=code)
    own = declared.get("where", {})
    part = domain.Indicator.parse({**declared, "where": {**own, **where}, "every": [every.value]})
    values: dict[str, Any] = {"register": part.register, "territories": list(territories)}
    changed = f"{placed(registry.CURRENT_ROWS)} WHERE coalesce(place.ancestor, '') = ANY(%(territories)s)"
    statement = f"WITH changed AS MATERIALIZED ({changed}) {contributions(part, 0, values)}"
    found: dict[tuple[str, str], dict[str, tuple[float, float]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for _, territory, period, numerator, denominator, _ in cursor.fetchall():
            found[code, territory][period] = float(numerator), float(denominator)
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


# --- SQL that moves numbers and looks at them in other ways ---------------------------------------------------------------


def placed(rows_sql: str) -> str:
    """Rows of a register (sign, payload, territory), once for each territory that they count in."""
    return f"""
        SELECT rows.sign, rows.payload, coalesce(place.ancestor, '') AS territory
        FROM ({rows_sql}) AS rows LEFT JOIN data_warehouse_place place ON place.code = rows.territory
    """


def contributions(indicator: domain.Indicator, number: int, values: dict[str, Any]) -> str:
    """One SELECT over ``changed``: what its rows give to the indicator by territory and period; its parameters go into
    ``values``."""

    def parameter(value: Any) -> str:
        name = f"p{number}_{len(values)}"
        values[name] = value
        return f"%({name})s"

    def holds(conditions: Sequence[domain.Condition]) -> str:
        def one(condition: domain.Condition) -> str:
            choices = [
                f"payload @> {parameter(json.dumps({condition.field: value}))}::jsonb" for value in condition.among
            ]
            return f"({' OR '.join(choices) or 'false'})"

        return " AND ".join(map(one, conditions)) or "true"

    def gives(measure: domain.Measure) -> str:
        amount = f"coalesce((payload->>{parameter(measure.of)})::numeric, 0)" if measure.of else "1"
        return f"sum(sign * CASE WHEN {holds(measure.where)} THEN {amount} ELSE 0 END)"

    counted, period = "changed", "''"
    if indicator.period:
        day = f"payload->>{parameter(indicator.period)}"
        forms = ", ".join(f"({_PERIODS[item].format(day=day)})" for item in indicator.every)
        counted, period = f"changed CROSS JOIN LATERAL (VALUES {forms}) AS counted (period)", "counted.period"
    return f"""
    SELECT {parameter(indicator.code)} AS indicator, territory, {period} AS period,
           {gives(indicator.numerator)} AS numerator,
           {gives(indicator.denominator) if indicator.denominator else "0"} AS denominator, sum(sign) AS rows
    FROM {counted} WHERE {holds(indicator.where)} AND {period} IS NOT NULL GROUP BY 2, 3
    """


_PERIODS = {
    domain.Every.ALL: "''",
    domain.Every.MONTH: "left({day}, 7)",
    domain.Every.WEEK: "to_char(to_date({day}, 'YYYY-MM-DD'), 'IYYY-\"W\"IW')",
}
"""The period that a day lies in; none where the row has no day."""
