"""How long it takes to compute all numbers of the country anew, and to add a day to them.

    PYTHONPATH=src:. python -m benchmarks.data.warehouse.recompute [--keep]

Rows of five years: one for each of 3,321 communes and each day, 50 indicators by month. Measured: computing all of them when
nothing is there yet, computing them again when everything is, and adding one more day of every commune. Beside it in the same
run: DuckDB, which sums the same 50 indicators by commune and month from a columnar copy of the rows (made beforehand and not
counted) in as many threads: the limit of what summing alone could cost.
"""

import argparse
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks import _results, _space
from benchmarks.data.warehouse.apply import BY, COMMUNES, INDICATORS, declare_ground, indicator_document

FIRST, DAYS = date(2021, 1, 1), 1826
KINDS = 10


def fill(communes: int, days: int) -> int:
    """One row for each commune and day, written straight into the register; how many."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO data_registry_record
                (source_id, key, version, payload, digest, territory, search, known_from, closed, late, by)
            SELECT source.id, to_char(commune, 'FM00000') || '-' || day, 1,
                   jsonb_build_object('id', to_char(commune, 'FM00000') || '-' || day, 'commune', to_char(commune, 'FM00000'),
                                      'on', (%s::date + day)::text, 'kind', chr(97 + (commune * 7 + day) %% %s),
                                      'amount', (commune + day * 13) %% 1000),
                   decode(md5(commune || '-' || day), 'hex'), to_char(commune, 'FM00000'), '', now(), false, false, %s
            FROM data_registry_source source JOIN data_registry_register r ON r.id = source.register_id AND r.key = 'facts'
            CROSS JOIN generate_series(0, %s) AS commune CROSS JOIN generate_series(0, %s) AS day
            """,
            [FIRST, KINDS, BY, communes - 1, days - 1],
        )
        count = cursor.rowcount
        cursor.execute("VACUUM (ANALYZE) data_registry_record")
        cursor.execute("CHECKPOINT")
    return count


def add_day(day: date, communes: int) -> tuple[int, float]:
    """A day of every commune comes in; the cells that moved, and the seconds that moving them took."""
    from lienthong.data.registry import queries as registry
    from lienthong.data.registry import services as registry_services
    from lienthong.data.warehouse import services as warehouse
    from lienthong.foundation.outbox.models import EventRow
    from lienthong.kernel import clock

    declaration = registry.declaration(register="facts")
    rows = [
        declaration.prepare(
            {
                "id": f"{code:05}-{day}", "commune": f"{code:05}", "on": str(day), "kind": chr(97 + code % KINDS),
                "amount": code % 977,
            }
        )
        for code in range(communes)
    ]  # fmt: skip
    registry_services.accept_batch(register="facts", source="main", rows=rows, by=BY, at=clock.now())
    event = EventRow.objects.order_by("-id").values_list("payload", flat=True).first()
    begun = time.perf_counter()
    moved = warehouse.apply(register="facts", xids=[event["xid"]], at=clock.now())
    return moved, time.perf_counter() - begun


def by_columns(folder: Path) -> float:
    """The same sums by DuckDB from a columnar copy; seconds."""
    from django.db import connection

    path = folder / "rows.csv"
    with connection.cursor() as cursor, path.open("wb") as file:
        columns = "territory, left(payload->>'on', 7) AS month, payload->>'kind' AS kind, (payload->>'amount')::numeric AS amount"
        with cursor.copy(f"COPY (SELECT {columns} FROM data_registry_record) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for block in copy:
                file.write(block)
    database = duckdb.connect()
    database.execute("SET threads = 2")
    types = "{'territory': 'VARCHAR', 'month': 'VARCHAR', 'kind': 'VARCHAR', 'amount': 'DECIMAL(18,6)'}"
    database.execute(f"CREATE TABLE facts AS SELECT * FROM read_csv('{path}', header = true, columns = {types})")
    sums = ", ".join(
        f"sum(CASE WHEN kind IN ('{chr(97 + number % KINDS)}', 'a') THEN {'amount' if number % 2 else '1'} ELSE 0 END), count(*)"
        for number in range(INDICATORS)
    )
    begun = time.perf_counter()
    database.execute(f"CREATE TABLE sums AS SELECT territory, month, {sums} FROM facts GROUP BY ALL")
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--days", type=int, default=DAYS)
    chosen = parser.parse_args()
    with _space.space(), tempfile.TemporaryDirectory() as folder:
        from lienthong.data.warehouse import models
        from lienthong.data.warehouse import services as warehouse
        from lienthong.kernel import clock

        declare_ground()
        rows = fill(COMMUNES, chosen.days)
        documents = [indicator_document(number, kinds=[chr(97 + number % KINDS), "a"]) for number in range(INDICATORS)]
        begun = time.perf_counter()
        warehouse.declare_many(documents=documents, by=BY, at=clock.now())
        first = time.perf_counter() - begun
        codes = [document["code"] for document in documents]
        begun = time.perf_counter()
        differed = warehouse.recompute_many(codes=codes, at=clock.now())
        again = time.perf_counter() - begun
        days = [add_day(FIRST + timedelta(days=chosen.days + number), COMMUNES) for number in range(5)]
        wrong = warehouse.recompute_many(codes=codes, at=clock.now())
        columns = by_columns(Path(folder))
        cells = INDICATORS * models.CellRow.objects.count()
    figures = {
        "rows": rows, "indicators": INDICATORS, "cells": cells, "all_from_nothing_seconds": round(first, 1),
        "all_again_seconds": round(again, 1), "differing_again": differed,
        "a_day_moves_cells": days[-1][0], "a_day_seconds": round(sorted(seconds for _, seconds in days)[2], 2),
        "differing_after_the_days": wrong, "duckdb_sums_alone_seconds": round(columns, 1),
        "ratio_of_all_again_to_sums_alone": round(again / columns, 1), "limits_seconds": [60, 1],
    }  # fmt: skip
    table = Table(title="All numbers anew, and a day more")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value))
    Console().print(table)
    if chosen.keep:
        print(_results.keep("data-warehouse-recompute", figures))


if __name__ == "__main__":
    main()
