"""What the index of Decision 766/QĐ-TTg counts that is no sum over a month's rows, and what ministries handle: for every unit
at once, each in one statement.

A unit is a territory, ``""`` for the country, or a ministry by the first level of its code. A row counts for its territory, for
those it lies in, and for the ministry whose office handled it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from lienthong.commons.casework import domain
from lienthong.commons.procedures import domain as procedures
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse.domain import Every
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

Sums = dict[str, tuple[Decimal, Decimal]]
"""Numerator and denominator by unit; a unit of which nothing is known is absent."""
GOVERNMENT = "G00"
"""Their head, which handles none."""
MINISTRY = "CASE WHEN left({payload}->>'agency', 1) = 'G' THEN split_part({payload}->>'agency', '.', 1) ELSE '' END"

IN_TIME = f"""
WITH told AS (
    SELECT payload, territory, (payload->>'due_at')::timestamptz AS due,
           least(coalesce((payload->>'ended_at')::timestamptz, %(known)s), %(known)s) AS finish,
           coalesce((payload->>'supplements')::int, 0) AS supplements
    FROM ({registry.CURRENT_ROWS}) AS rows WHERE payload->>'state' <> 'withdrawn' AND payload ? 'due_at'
), counted AS (
    SELECT territory, {MINISTRY.format(payload="payload")} AS ministry, due, supplements,
           finish - CASE WHEN supplements = 1 AND payload ? 'asked_at' THEN greatest(interval '0', least(
               coalesce((payload->>'handed_in_at')::timestamptz, finish), finish) - (payload->>'asked_at')::timestamptz)
               ELSE interval '0' END AS finish
    FROM told WHERE due >= %(start)s AND due < %(end)s AND due <= %(known)s
)
SELECT territory, ministry, count(*) FILTER (WHERE supplements <= 1 AND finish <= due), count(*) FROM counted GROUP BY 1, 2
"""

SERVICES_USED = f"""
WITH told AS (
    SELECT DISTINCT payload->>'procedure' AS procedure, string_to_array(payload->>'agency', '.') AS agency
    FROM ({registry.CURRENT_ROWS}) AS rows
    WHERE payload->>'received_on' >= %(first)s AND payload->>'received_on' <= %(last)s
), used AS (
    SELECT DISTINCT procedure, array_to_string(agency[1:depth], '.') AS agency
    FROM told CROSS JOIN LATERAL generate_series(1, cardinality(agency)) AS depth
)
SELECT service.territory, {MINISTRY.format(payload="service.payload")}, count(used.procedure), count(*)
FROM ({registry.CURRENT_ROWS.replace("%(register)s", "%(services)s")}) AS service
LEFT JOIN used ON used.procedure = service.payload->>'procedure' AND used.agency = service.payload->>'agency'
WHERE service.payload->>'service_level' IN ('full', 'partial') GROUP BY 1, 2
"""

ANSWERED = f"""
SELECT territory, {MINISTRY.format(payload="payload")},
       count(*) FILTER (WHERE payload->>'answered_on' <= payload->>'due_on'), count(*)
FROM ({registry.CURRENT_ROWS}) AS rows
WHERE payload->>'due_on' >= %(first)s AND payload->>'due_on' <= %(last)s AND payload->>'due_on' < %(today)s GROUP BY 1, 2
"""


def in_time(*, first: date, last: date, at: datetime) -> Sums:
    """Indicator 2.1: of the dossiers due from one day to another, and by now, those that ended by then. What had not ended
    when the period was over, or now if it is not, is judged as if it ended at that moment."""
    start, end = _midnight(first), _midnight(date.fromordinal(last.toordinal() + 1))
    values = {"register": domain.DOSSIERS, "start": start, "end": end, "known": min(end, at)}
    return by_unit(IN_TIME, values, at)


def services_used(*, first: date, last: date, at: datetime) -> Sums:
    """Indicator 3.2: of the services that are online, those of which the body or an office under it received a dossier."""
    values = {
        "register": domain.DOSSIERS, "services": procedures.SERVICES, "first": first.isoformat(), "last": last.isoformat(),
    }  # fmt: skip
    return by_unit(SERVICES_USED, values, at)


def feedback_answered(*, first: date, last: date, at: datetime) -> Sums:
    """Group 5: of the feedback to be answered from one day to another, and before today, what was answered by its day."""
    values = {"register": domain.FEEDBACK, "first": first.isoformat(), "last": last.isoformat()}
    return by_unit(ANSWERED, values | {"today": vietnam_date(at).isoformat()}, at)


def of_ministries(
    *, codes: Sequence[str], periods: Sequence[str]
) -> dict[tuple[str, str], tuple[Decimal, Decimal, int]]:
    """What `warehouse.queries.sums` is for territories, for ministries by their own and their offices' rows: the same
    indicators, one statement for each family."""
    every = Every.ALL if list(periods) == [""] else Every.MONTH
    rows = f"""
        SELECT sign, payload || jsonb_build_object('ministry', split_part(payload->>'agency', '.', 1)) AS payload, '' AS territory
        FROM ({registry.CURRENT_ROWS}) AS rows WHERE left(payload->>'agency', 1) = 'G'
    """
    found: dict[tuple[str, str], tuple[Decimal, Decimal, int]] = {}
    for family in warehouse.families(codes=codes):
        values: dict[str, Any] = {"register": family.register, "periods": list(periods)}
        told = replace(family, every=(every,), by=("ministry",), period="" if every is Every.ALL else family.period)
        slots = sorted(family.slots)
        statement = warehouse_domain.sums(told, rows, values, chosen=slots, changes=False)
        columns = ", ".join(f"sum({kind}{slot})" for slot in slots for kind in "ndr")
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT substr(part, {len("ministry=") + 1}), {columns} FROM ({statement}) AS parts
                WHERE starts_with(part, 'ministry=') AND period = ANY(%(periods)s) GROUP BY 1
                """,
                values,
            )
            for unit, *sums in cursor.fetchall():
                for place, slot in enumerate(slots):
                    top, bottom, count = sums[3 * place : 3 * place + 3]
                    found[family.slots[slot].code, unit] = Decimal(top), Decimal(bottom), int(count)
    return found


def ministry_codes(*, at: datetime) -> dict[str, str]:
    """Names of the ministries and central agencies that handle dossiers, by code."""
    known = directory.agencies_by_code([f"G{number:02}" for number in range(100)], vietnam_date(at))
    return {code: agency.name for code, agency in sorted(known.items()) if code != GOVERNMENT}


def by_unit(statement: str, values: Mapping[str, Any], at: datetime) -> Sums:
    """Counts of places and ministries, added up to every unit that they lie in."""
    above: dict[str, list[str]] = defaultdict(list)
    for code, ancestor in directory.territory_pairs(vietnam_date(at)):
        above[code].append(ancestor)
    found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for territory, ministry, top, bottom in cursor.fetchall():
            for unit in _units(territory, ministry, above):
                found[unit][0] += top
                found[unit][1] += bottom
    return {unit: (top, bottom) for unit, (top, bottom) in found.items()}


def _units(territory: str, ministry: str, above: Mapping[str, Sequence[str]]) -> Iterable[str]:
    # A place that the directory does not know counts for the country alone, as in the cells of the warehouse.
    yield from above.get(territory, ("",))
    if ministry:
        yield ministry


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=domain.HANOI)
