"""How long one changed row takes to reach every cell it touches, in a warehouse as large as the country.

    PYTHONPATH=src .venv/bin/python -m benchmarks.data.warehouse.apply [--rows N] [--keep]

50 indicators × 3,355 territories × 36 months are there; then rows change one by one, each in its transaction, and the time
from the commit of a row to the commit of its cells is measured. Beside it in the same run: a bare statement that moves one
number in as many rows of sums by their keys, written by hand, which is what no bookkeeping could undercut.
"""

import argparse
import random
import statistics
import time
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from benchmarks import _results, _space

INDICATORS, PROVINCES, COMMUNES, MONTHS = 50, 34, 3321, 36
LIMIT_MILLISECONDS = 50
BY = "system:benchmark"
PERIODS = [f"{2024 + month // 12}-{month % 12 + 1:02}" for month in range(MONTHS)]
REGISTER = {
    "key": "facts", "name": {"vi": "Sự kiện", "en": "Facts"}, "purpose": {"vi": "Đo", "en": "Measuring"}, "owner": "",
    "record_key": "id", "title": "id", "territory": "commune",
    "schema": {
        "type": "object", "required": ["id"],
        "properties": {
            "id": {"type": "string"}, "commune": {"type": "string"}, "on": {"type": "string", "format": "date"},
            "kind": {"type": "string"}, "amount": {"type": "number"},
        },
    },
    "sources": [{"key": "main", "name": "Nguồn", "trusted": True}],
}  # fmt: skip


def declare_ground() -> None:
    """The register and the places."""
    from lienthong.data.registry import services as registry
    from lienthong.data.warehouse import services as warehouse
    from lienthong.kernel import clock

    registry.declare(document=REGISTER, by=BY, at=clock.now())
    pairs = [(f"{code:02}", ancestor) for code in range(PROVINCES) for ancestor in (f"{code:02}", "")]
    for code in range(COMMUNES):
        pairs += [(f"{code:05}", ancestor) for ancestor in (f"{code:05}", f"{code % PROVINCES:02}", "")]
    warehouse.set_places(pairs=pairs)


def indicator_document(number: int, *, kinds: list[str]) -> dict:
    """One of the fifty: every second a sum, the others counts of rows of some kinds."""
    where = {"where": {"kind": kinds}}
    return {
        "code": f"fact-{number}", "name": {"vi": "Số", "en": "Number"}, "definition": {"vi": "", "en": ""}, "unit": "",
        "register": "facts", "direction": "up", "period": "on", "signals": [],
        "numerator": {"of": "amount", **where} if number % 2 else where, "denominator": {},
    }  # fmt: skip


def fill() -> int:
    """Every cell there can be; how many."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO data_warehouse_sums
                (family_id, territory, period, part, numerators, denominators, rows, moved, computed_at)
            SELECT f.id, p.code, m.period, '', array_fill(100::numeric, ARRAY[f.width::int]),
                   array_fill(200::numeric, ARRAY[f.width::int]), array_fill(200::bigint, ARRAY[f.width::int]), '{}', now()
            FROM data_warehouse_family f
            CROSS JOIN (SELECT DISTINCT code FROM data_warehouse_place) p CROSS JOIN unnest(%s::text[]) AS m (period)
            """,
            [PERIODS],
        )
        count = cursor.rowcount * INDICATORS
        # A table that stands, not one whose millions of cells are still being written out.
        cursor.execute("VACUUM (ANALYZE) data_warehouse_sums")
        cursor.execute("CHECKPOINT")
    return count


def change(number: int, chance: random.Random) -> float:
    """One row changes; the seconds from its commit to that of its cells."""
    from lienthong.data.registry import queries as registry
    from lienthong.data.registry import services as registry_services
    from lienthong.data.warehouse import services as warehouse
    from lienthong.foundation.outbox.models import EventRow
    from lienthong.kernel import clock

    payload = {
        "id": f"{number % 50}", "commune": f"{chance.randrange(COMMUNES):05}", "on": f"{chance.choice(PERIODS)}-15",
        "kind": chance.choice("abc"), "amount": chance.randrange(1000),
    }  # fmt: skip
    rows = [registry.declaration(register="facts").prepare(payload)]
    registry_services.accept_batch(register="facts", source="main", rows=rows, by=BY, at=clock.now())
    event = EventRow.objects.order_by("-id").values_list("payload", flat=True).first()
    begun = time.perf_counter()
    warehouse.apply(register="facts", xids=[event["xid"]], at=clock.now())
    return time.perf_counter() - begun


def by_hand(chance: random.Random) -> float:
    """As many rows of sums moved by their keys in one statement, one number in each."""
    from django.db import connection, transaction

    commune = chance.randrange(COMMUNES)
    places = [f"{commune:05}", f"{commune % PROVINCES:02}", ""]
    keys = [(place, period) for place in places for period in chance.sample(PERIODS, 2)]
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE data_warehouse_sums c SET numerators[1] = numerators[1] + 1, rows[1] = rows[1] + 1
            FROM unnest(%s::text[], %s::text[]) AS k (territory, period), data_warehouse_family f
            WHERE c.family_id = f.id AND f.register = 'facts' AND c.part = ''
              AND c.territory = k.territory AND c.period = k.period
            """,
            [list(column) for column in zip(*keys, strict=True)],
        )
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    chance = random.Random(7)  # noqa: S311 - a benchmark repeats itself
    with _space.space():
        from lienthong.data.warehouse import services as warehouse
        from lienthong.kernel import clock

        declare_ground()
        documents = [indicator_document(number, kinds=["a", "b"]) for number in range(INDICATORS)]
        warehouse.declare_many(documents=documents, by=BY, at=clock.now())
        cells = fill()
        for number in range(50):
            change(number, chance)  # the rows are there; from here on they change
        ours = sorted(1000 * change(number, chance) for number in range(chosen.rows))
        hand = sorted(1000 * by_hand(chance) for _ in range(chosen.rows))
        at, computed_from_zero = datetime.now(UTC), 0
        for number in range(0, INDICATORS, 10):
            warehouse.recompute(code=f"fact-{number}", at=clock.now())
            computed_from_zero += warehouse.recompute(code=f"fact-{number}", at=clock.now())
    figures = {
        "cells": cells, "rows_changed": chosen.rows, "measured_at": at.isoformat(timespec="minutes"),
        "p50_milliseconds": round(statistics.median(ours), 2), "p99_milliseconds": round(ours[int(len(ours) * 0.99) - 1], 2),
        "by_hand_p50_milliseconds": round(statistics.median(hand), 2),
        "ratio_to_by_hand": round(statistics.median(ours) / statistics.median(hand), 2),
        "limit_milliseconds": LIMIT_MILLISECONDS, "cells_differing_between_two_full_computings": computed_from_zero,
    }  # fmt: skip
    table = Table(title="One changed row to its cells")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value))
    Console().print(table)
    if chosen.keep:
        print(_results.keep("data-warehouse-apply", figures))


if __name__ == "__main__":
    main()
