"""How long it takes to assess the country: every province, ministry and commune by the public-service index.

    PYTHONPATH=src:. python -m benchmarks.channels.kpis.assess [--dossiers 500000] [--keep]

Dossiers of one year are spread over all communes, with the services of their bodies. Measured: the index of a month, a quarter
and the year for every unit, from the first statement to the stored results; and the same again.
"""

import argparse
import time

from rich.console import Console
from rich.table import Table

from benchmarks import _results, _space

BY = "system:benchmark"
SPANS = ("2026-03", "2026-Q1", "2026")


def fill(dossiers: int) -> None:
    """Dossiers and services, written straight into their registers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE place AS
            SELECT row_number() OVER (ORDER BY code) - 1 AS number, code FROM foundation_directory_unit
            WHERE level = 'commune' AND valid_to IS NULL
            """
        )
        cursor.execute("ANALYZE place")
        source = """
            FROM data_registry_source source JOIN data_registry_register r ON r.id = source.register_id AND r.key = %s
            CROSS JOIN generate_series(0, %s) AS number JOIN place ON place.number = number.number %% (SELECT count(*) FROM place)
        """
        insert = """
            INSERT INTO data_registry_record
                (source_id, key, version, payload, digest, territory, search, known_from, closed, late, by)
            SELECT source.id, number.number::text, 1, {payload}, decode(md5(number.number::text), 'hex'), place.code, '', now(),
                   false, false, %s
        """
        day = "(date '2026-01-01' + (number.number * 7 %% 300)::int)"
        cursor.execute(
            insert.format(
                payload=f"""jsonb_build_object(
                    'code', number.number::text, 'procedure', '1.99900' || number.number %% 9, 'agency', 'H' || place.code,
                    'state', 'returned', 'channel', CASE number.number %% 3 WHEN 0 THEN 'direct' ELSE 'online' END,
                    'received_on', {day}::text, 'due_at', ({day} + 10)::text || 'T17:00:00+07:00',
                    'ended_at', ({day} + (number.number %% 13)::int)::text || 'T10:00:00+07:00',
                    'ended_on', ({day} + (number.number %% 13)::int)::text, 'outcome', 'on_time', 'supplements', 0,
                    'working_days', number.number %% 9, 'legal_days', 7, 'papers', 3, 'papers_reused', number.number %% 3,
                    'reused', number.number %% 3 > 0, 'digitised', number.number %% 2 = 0, 'has_fee', true,
                    'paid_online', number.number %% 4 = 0, 'electronic_result', number.number %% 5 > 0)"""
            )
            + source,
            [BY, "dossiers", dossiers - 1],
        )
        cursor.execute(
            insert.format(
                payload="""jsonb_build_object(
                    'code', number.number::text, 'procedure', '1.99900' || number.number %% 9, 'agency', 'H' || place.code,
                    'service_level', CASE number.number %% 4 WHEN 0 THEN 'info' ELSE 'full' END, 'has_fee', true,
                    'online_payment', number.number %% 2 = 0, 'complete', true)"""
            )
            + source,
            [BY, "public-services", 29_999],
        )
        cursor.execute("VACUUM (ANALYZE) data_registry_record")


def measure(dossiers: int) -> dict:
    """Seconds and units by period, the first time and again."""
    with _space.space():
        from lienthong.bootstrap import setup
        from lienthong.channels.kpis import domain, queries, services
        from lienthong.data.warehouse import services as warehouse
        from lienthong.kernel import clock

        setup.load_reference_data()
        fill(dossiers)
        framework = queries.framework(code="public-service")
        warehouse.recompute_many(codes=sorted(framework.indicators), at=clock.now())
        found = {}
        for code in SPANS:
            told = []
            for _ in range(2):
                begun = time.perf_counter()
                units = services.assess(framework=framework, span=domain.Span.parse(code), at=clock.now())
                told.append(round(time.perf_counter() - begun, 2))
            found[code] = {"units": units, "first_s": told[0], "again_s": told[1]}
    return {"dossiers": dossiers, "leaves": len(framework.leaves), "periods": found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=500_000)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    figures = measure(given.dossiers)
    table = Table("period", "units", "first (s)", "again (s)", title=f"{given.dossiers:,} dossiers")
    for code, item in figures["periods"].items():
        table.add_row(code, f"{item['units']:,}", f"{item['first_s']}", f"{item['again_s']}")
    Console().print(table)
    if given.keep:
        print(_results.keep("channels-kpis-assess", figures))


if __name__ == "__main__":
    main()
