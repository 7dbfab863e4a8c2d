"""A year of dossiers: how long it takes to close all its days from nothing, one day more, and a day on which many tell late.

    PYTHONPATH=src:. .venv/bin/python -m benchmarks.commons.casework.stocks [--dossiers N …] [--keep]

Beside them in the same run: the bare count of what stood open on the last day, over all dossiers ever.
"""

import argparse
import time
from datetime import UTC, date, datetime, timedelta

from rich.console import Console
from rich.table import Table

from benchmarks import _results, _space

FIRST, DAYS = date(2025, 10, 1), 365
BY = "system:benchmark"
COLUMNS = ("year", "day", "late", "bare")

FILL = """
INSERT INTO data_registry_record
    (source_id, key, version, payload, digest, territory, search, valid_from, known_from, closed, late, by)
SELECT %(source)s, code, 1, payload, decode(md5(code), 'hex'), territory, '', NULL, now(), false, false, 'system:benchmark'
FROM (
    SELECT code, territory, jsonb_strip_nulls(jsonb_build_object(
        'code', code, 'procedure', '1.000001', 'channel', 'online', 'agency', 'H26.01', 'territory', territory,
        'state', CASE WHEN ended < %(until)s THEN 'done' ELSE 'in_process' END, 'received_on', received,
        'received_at', received || 'T08:00:00+07:00', 'due_at', received + due || 'T17:00:00+07:00',
        'ended_on', CASE WHEN ended < %(until)s THEN ended END, 'supplements', 0
    )) AS payload
    FROM (
        SELECT 'H26.01-251001-' || lpad(n::text, 7, '0') AS code, place.code AS territory,
               %(first)s::date + floor(random() * %(days)s)::int AS received, 3 + floor(random() * 12)::int AS due,
               CASE WHEN random() < 0.5 THEN 1 ELSE 20 END AS slow, random() AS luck, n
        FROM generate_series(%(start)s::int, %(end)s::int) AS n
        JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS number, count(*) OVER () AS places
              FROM data_warehouse_place WHERE code = ancestor AND length(code) = 5) AS place
          ON place.number = n %% place.places
    ) AS drawn
    CROSS JOIN LATERAL (SELECT received + 1 + floor(due * luck)::int + CASE WHEN luck > 0.9 THEN slow ELSE 0 END AS ended) AS e
) AS told
"""


def fill(start: int, end: int, first: date, days: int) -> None:
    """Dossiers received on some days, one in ten of them late, as known at the end of the last."""
    from django.db import connection, transaction

    from lienthong.commons.casework import domain
    from lienthong.data.registry.services._records import source_of

    values = {"first": first, "days": days, "until": first + timedelta(days=days), "start": start, "end": end}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FILL, values | {"source": source_of(domain.DOSSIERS, domain.SOURCE).id})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE data_registry_record")


def close(day: date) -> float:
    """Close every day before one; how long it took."""
    from lienthong.commons.casework import services

    begun = time.monotonic()
    while services.close_days(by=BY, at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC)):
        pass
    return time.monotonic() - begun


def bare(day: date) -> float:
    """One pass over all dossiers."""
    from django.db import connection

    from lienthong.commons.casework import domain
    from lienthong.data.registry import queries as registry

    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT territory, count(*) FROM ({registry.CURRENT_ROWS}) AS rows
            WHERE payload->>'received_on' <= %(day)s AND coalesce(payload->>'ended_on', '9') > %(day)s GROUP BY 1
            """,
            {"register": domain.DOSSIERS, "day": day.isoformat()},
        )
        cursor.fetchall()
    return time.monotonic() - begun


def measure(dossiers: int) -> dict:
    """The figures for a year of so many, in a space without others."""
    from django.db import connection

    from lienthong.commons.casework import domain
    from lienthong.commons.casework import reference as casework
    from lienthong.data.registry import queries as registry
    from lienthong.data.warehouse import services as warehouse
    from lienthong.foundation.directory import queries as directory
    from lienthong.foundation.directory import reference as territories
    from lienthong.kernel import clock

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE data_registry_record, commons_casework_step, commons_casework_closing")
        cursor.execute("UPDATE data_registry_source SET records = 0")
    territories.load(by=BY, at=clock.now())
    warehouse.set_places(pairs=directory.territory_pairs(FIRST + timedelta(days=DAYS)))
    casework.load(by=BY, at=clock.now())
    today, daily = FIRST + timedelta(days=DAYS), dossiers // DAYS
    fill(1, dossiers, FIRST, DAYS)
    found = {"dossiers": dossiers, "year_s": close(today)}
    found["rows"] = registry.register(key=domain.STOCKS).records
    fill(dossiers + 1, dossiers + daily, today, 1)
    found["day_s"] = close(today + timedelta(days=1))
    # As many again, told of any of the last 30 days.
    fill(dossiers + daily + 1, dossiers + 2 * daily, today - timedelta(days=29), 31)
    found["late_s"] = close(today + timedelta(days=2))
    found["bare_s"] = bare(today)
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, nargs="+", default=[60_000, 300_000])
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    with _space.space():
        figures = [measure(dossiers) for dossiers in given.dossiers]
    table = Table("dossiers", "rows", "all days, s", "one day more, s", "a day with late ones, s", "bare count, s")
    for item in figures:
        table.add_row(str(item["dossiers"]), str(item["rows"]), *(f"{item[f'{name}_s']:.2f}" for name in COLUMNS))
    Console().print(table)
    if given.keep:
        Console().print(_results.keep("commons-casework-stocks", figures))


if __name__ == "__main__":
    main()
