"""Cells: what indicators say now, said before, and say of parts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain, models
from lienthong.data.warehouse.queries._indicators import families, indicator, indicators


@dataclass(frozen=True)
class Point:
    """A value as it was known at a moment."""

    at: datetime
    value: Decimal | None


_SLOT = "{row}.numerators[i.slot], {row}.denominators[i.slot], {row}.rows[i.slot]"
LEAST = f"""({domain.SMALL} * CASE
    WHEN coalesce(i.declaration->>'stock', '') = '' THEN 1 WHEN length({{period}}) = 8 THEN 7 WHEN length({{period}}) = 7 THEN 31
    ELSE (
        SELECT greatest(7 * count(*), 1) FROM data_warehouse_sums w
        WHERE w.family_id = i.family_id AND w.territory = '' AND w.part = '' AND length(w.period) = 8
    ) END)"""
"""SQL: with fewer rows than this a number about persons is small. What stands open for a week is counted on each of its days."""
_NOW = f"""
SELECT i.code, c.territory, c.period, {_SLOT.format(row="c")}, c.computed_at,
       CASE WHEN c.period = '' THEN i.checked_at ELSE coalesce(i.rest_checked_at, i.checked_at) END
FROM data_warehouse_indicator i JOIN data_warehouse_sums c ON c.family_id = i.family_id
WHERE c.part = '' AND c.rows[i.slot] IS NOT NULL
"""
_THEN = f"""
SELECT i.code, v.territory, v.period, {_SLOT.format(row="v")}, v.at, v.at
FROM data_warehouse_indicator i
CROSS JOIN unnest(%(territories)s::text[]) AS asked (territory)
CROSS JOIN LATERAL (
    SELECT * FROM data_warehouse_sums_version v
    WHERE v.family_id = i.family_id AND v.territory = asked.territory AND v.period = %(period)s AND v.at <= %(known)s
      AND v.rows[i.slot] IS NOT NULL
    ORDER BY v.at DESC, v.id DESC LIMIT 1
) v
WHERE (%(codes)s::text[] IS NULL OR i.code = ANY(%(codes)s))
ORDER BY 1, 2
"""


def cells(
    *, codes: Sequence[str] | None = None, territories: Sequence[str] | None = None, period: str = ""
) -> list[domain.Cell]:
    """Present values, in two queries."""
    values: dict[str, Any] = {"period": period}
    conditions = ["c.period = %(period)s"]
    if codes is not None:
        conditions.append("i.code = ANY(%(codes)s)")
        values["codes"] = list(codes)
    if territories is not None:
        conditions.append("c.territory = ANY(%(territories)s)")
        values["territories"] = list(territories)
    return _read(f"{_NOW} AND {' AND '.join(conditions)} ORDER BY 1, 2", values, indicators(codes=codes))


def cell(*, code: str, territory: str, period: str = "") -> domain.Cell | None:
    """One present value."""
    found = cells(codes=[code], territories=[territory], period=period)
    return found[0] if found else None


def cells_in(*, code: str, territories: Sequence[str], periods: Sequence[str]) -> list[domain.Cell]:
    """Present values of one indicator in several periods, in two queries."""
    values = {"code": code, "territories": list(territories), "periods": list(periods)}
    conditions = "i.code = %(code)s AND c.territory = ANY(%(territories)s) AND c.period = ANY(%(periods)s)"
    return _read(f"{_NOW} AND {conditions} ORDER BY 2, 3", values, indicators(codes=[code]))


def cells_known_at(
    *, at: datetime, codes: Sequence[str] | None = None, territories: Sequence[str], period: str = ""
) -> list[domain.Cell]:
    """Values as they were known at a moment, by what the indicators mean today."""
    values = {
        "known": at, "codes": None if codes is None else list(codes), "territories": list(territories), "period": period,
    }  # fmt: skip
    return _read(_THEN, values, indicators(codes=codes))


def watched(*, indicators: Sequence[domain.Indicator]) -> list[domain.Cell]:
    """The present values of every period that can raise a signal."""
    chosen = {item.code: item for item in indicators if item.is_watched}
    values = {"codes": list(chosen), "communes": [code for code, item in chosen.items() if "commune" in item.signals]}
    statement = f"{_NOW} AND i.code = ANY(%(codes)s) AND (length(c.territory) < 5 OR i.code = ANY(%(communes)s))"
    return [
        cell
        for cell in _read(statement, values, chosen)
        if domain.territory_level(cell.territory) in chosen[cell.indicator].signals
    ]


def _read(statement: str, values: Mapping[str, Any], declared: Mapping[str, domain.Indicator]) -> list[domain.Cell]:
    found = []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for code, territory, period, numerator, denominator, rows, computed_at, checked_at in cursor.fetchall():
            value = declared[code].value(numerator, denominator, rows)
            found.append(
                domain.Cell(
                    code, territory, period, numerator, denominator, rows, computed_at, checked_at, value,
                    declared[code].level(value),
                )
            )  # fmt: skip
    return found


def past(*, code: str, territory: str, period: str = "", limit: int = 60, guarded: bool = False) -> list[Point]:
    """What a cell said over time, oldest first, at most the last ``limit`` changes.

    :param guarded: leave out what few rows stood behind.
    """
    declared = indicator(code=code)
    points = _past([code], territory, period, limit, [code] if guarded else [])
    return [Point(at, declared.value(*sums)) for _, at, *sums in points]


def trends(
    *, codes: Sequence[str], territory: str, period: str = "", limit: int = 24, guarded: Collection[str] = ()
) -> dict[str, list[float | None]]:
    """The last changes of several indicators in one query, oldest first: what sparklines draw.

    :param guarded: indicators of which to leave out what few rows stood behind.
    """
    declared = indicators(codes=codes)
    found: dict[str, list[float | None]] = {}
    for code, _, *sums in _past(codes, territory, period, limit, guarded):
        value = declared[code].value(*sums)
        found.setdefault(code, []).append(None if value is None else float(value))
    return found


def pasts(
    *, codes: Sequence[str], territory: str, period: str = "", limit: int = 400, guarded: Collection[str] = ()
) -> dict[str, list[Point]]:
    """What several indicators said over time, each oldest first, in one query.

    :param guarded: indicators of which to leave out what few rows stood behind.
    """
    declared = indicators(codes=codes)
    found: dict[str, list[Point]] = {}
    for code, at, *sums in _past(codes, territory, period, limit, guarded):
        found.setdefault(code, []).append(Point(at, declared[code].value(*sums)))
    return found


def firsts(
    *, codes: Sequence[str], territory: str, period: str = "", guarded: Collection[str] = ()
) -> dict[str, Point]:
    """The first value of several indicators: what they are held against where no baseline is declared. In one query.

    :param guarded: as in `pasts`.
    """
    declared = indicators(codes=codes)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT i.code, oldest.* FROM data_warehouse_indicator i CROSS JOIN LATERAL (
                SELECT at, {_SLOT.format(row="v")} FROM data_warehouse_sums_version v
                WHERE v.family_id = i.family_id AND territory = %s AND period = %s AND v.rows[i.slot] > 0
                  AND (v.denominators[i.slot] <> 0 OR coalesce(i.declaration->'denominator', 'null') = 'null')
                  AND NOT (i.code = ANY(%s) AND v.rows[i.slot] < {LEAST.format(period="v.period")})
                ORDER BY at, id LIMIT 1
            ) AS oldest WHERE i.code = ANY(%s)
            """,
            [territory, period, list(guarded), list(codes)],
        )
        return {code: Point(at, declared[code].value(*sums)) for code, at, *sums in cursor.fetchall()}


def moved_at(*, codes: Sequence[str], territory: str) -> datetime | None:
    """When anything was last learnt of indicators in a territory, or of what they mean: an answer about them keeps until then."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT greatest(max(i.checked_at), max(i.declared_at), max(c.computed_at)) FROM data_warehouse_indicator i
            LEFT JOIN data_warehouse_sums c ON c.family_id = i.family_id AND c.territory = %s AND c.period = '' AND c.part = ''
            WHERE i.code = ANY(%s)
            """,
            [territory, list(codes)],
        )
        return cursor.fetchone()[0]


def in_time(*, within: timedelta, since: datetime, until: datetime) -> tuple[int, int]:
    """(in time, all) of the transactions in which systems or people told facts and whose numbers were moved in a time, in one
    statement: in time is one that was taken up so soon after it was known."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FILTER (WHERE told.at - known.known_from <= %s), count(*)
            FROM data_warehouse_applied_change told
            CROSS JOIN LATERAL ({registry.TOLD_AT.format(xid="told.source_xid")}) known
            WHERE told.at >= %s AND told.at < %s
            """,
            [within, since, until],
        )
        return cursor.fetchone()


def _past(codes: Sequence[str], territory: str, period: str, limit: int, guarded: Collection[str]) -> list[tuple]:
    """(code, at, numerator, denominator, rows), oldest first."""
    with connection.cursor() as cursor:
        # One short walk down the index for each indicator, however long its history is.
        cursor.execute(
            f"""
            SELECT i.code, newest.* FROM data_warehouse_indicator i CROSS JOIN LATERAL (
                SELECT at, {_SLOT.format(row="v")} FROM data_warehouse_sums_version v
                WHERE v.family_id = i.family_id AND territory = %s AND period = %s AND v.rows[i.slot] IS NOT NULL
                  AND NOT (
                    i.code = ANY(%s) AND v.rows[i.slot] > 0 AND v.rows[i.slot] < {LEAST.format(period="v.period")}
                  )
                ORDER BY at DESC, id DESC LIMIT %s
            ) AS newest WHERE i.code = ANY(%s)
            """,
            [territory, period, list(guarded), limit, list(codes)],
        )
        return cursor.fetchall()[::-1]


def watermark() -> int:
    """Below this transaction number every cell is as it is read now: a page drawn after this hears the rest by pushes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint")
        return cursor.fetchone()[0]


Sums = dict[tuple[str, str], dict[str, tuple[float, float]]]
"""(numerator, denominator) by period, for each (indicator, territory)."""


def series(*, codes: Sequence[str], territories: Sequence[str], every: domain.Every) -> Sums:
    """Numerator and denominator by period, for each indicator and territory, in one query."""
    pattern = {domain.Every.WEEK: r"^\d{4}-W\d\d$", domain.Every.MONTH: r"^\d{4}-\d\d$", domain.Every.ALL: "^$"}[every]
    found: Sums = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            {_NOW} AND i.code = ANY(%s) AND c.territory = ANY(%s) AND c.period ~ %s
            AND (c.rows[i.slot] <> 0 OR c.numerators[i.slot] <> 0 OR c.denominators[i.slot] <> 0)
            """,
            [list(codes), list(territories), pattern],
        )
        for code, territory, period, numerator, denominator, *_ in cursor.fetchall():
            found[code, territory][period] = float(numerator), float(denominator)
    return found


def sums(
    *, codes: Sequence[str], territories: Sequence[str], periods: Sequence[str]
) -> dict[tuple[str, str], tuple[Decimal, Decimal, int]]:
    """Numerator, denominator and rows over several periods together, exact, by (indicator, territory), in one query for each
    family: the value of a quarter is the quotient of its months' sums, never a mean of quotients."""
    found: dict[tuple[str, str], tuple[Decimal, Decimal, int]] = {}
    for family in families(codes=codes):
        columns = ", ".join(
            f"coalesce(sum({name}[{slot}]), 0)"
            for slot in family.slots
            for name in ("numerators", "denominators", "rows")
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT territory, {columns} FROM data_warehouse_sums
                WHERE family_id = %s AND part = '' AND territory = ANY(%s) AND period = ANY(%s) GROUP BY 1
                """,
                [family.id, list(territories), list(periods)],
            )
            for territory, *told in cursor.fetchall():
                for place, declared in enumerate(family.slots.values()):
                    numerator, denominator, rows = told[3 * place : 3 * place + 3]
                    found[declared.code, territory] = numerator, denominator, int(rows)
    return found


def panel(*, code: str, territories: Sequence[str], every: domain.Every, where: Mapping[str, Any]) -> Sums:
    """The same for a part of an indicator's rows, computed from the register now: no cells are kept for such parts.

    :param where: conditions as in a declaration, beside the indicator's own.
    :raises domain.BadIndicator: the conditions cannot work.
    """
    declared = models.IndicatorRow.objects.filter(code=code).values_list("declaration", flat=True).first()
    if declared is None:
        raise domain.UnknownIndicator(code=code)
    own = declared.get("where", {})
    part = domain.Indicator.parse({**declared, "where": {**own, **where}, "every": [every.value]})
    family = domain.Family(0, part.register, part.period, part.every, (), {1: part}, 1)
    values: dict[str, Any] = {"register": part.register, "territories": list(territories)}
    statement = domain.sums(family, registry.CURRENT_ROWS, values, chosen=[1], changes=False)
    found: Sums = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT territory, period, n1, d1 FROM ({statement}) AS part WHERE territory = ANY(%(territories)s) AND r1 <> 0",
            values,
        )
        for territory, period, numerator, denominator in cursor.fetchall():
            found[code, territory][period] = float(numerator), float(denominator)
    return found


def parts(
    *, code: str, territories: Sequence[str], by: str, periods: Sequence[str]
) -> dict[tuple[str, str], dict[str, tuple[Decimal, Decimal, int]]]:
    """Numerator, denominator and rows by value of a field that the indicator is kept apart by, for each territory (the country
    or a province) and period, in one query.

    :raises domain.UnknownPart: its cells are not kept apart by that field.
    """
    if by not in indicator(code=code).by:
        raise domain.UnknownPart(code=code, by=by)
    found: dict[tuple[str, str], dict[str, tuple[Decimal, Decimal, int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT c.territory, c.period, substr(c.part, %s), {_SLOT.format(row="c")}
            FROM data_warehouse_indicator i JOIN data_warehouse_sums c ON c.family_id = i.family_id
            WHERE i.code = %s AND c.territory = ANY(%s) AND c.period = ANY(%s) AND starts_with(c.part, %s) AND c.rows[i.slot] <> 0
            """,
            [len(by) + 2, code, list(territories), list(periods), f"{by}="],
        )
        for territory, period, member, numerator, denominator, rows in cursor.fetchall():
            found[territory, period][member] = numerator, denominator, rows
    return found
