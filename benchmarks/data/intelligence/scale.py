"""How long it takes to forecast everything, and to say what moved a number.

    PYTHONPATH=src:. python -m benchmarks.data.intelligence.scale [--keep]

Two years of weekly cells: 50 indicators of the country and 34 provinces; 12 of them of 3,321 communes too, and kept apart by a
field of 20 values. Measured as the worker does it, with reading the cells, reconciling and writing: forecasts of the 34
provinces × 50, then of the communes × 12; then what moved a number, by territory and by part, one look after another. Beside
it in the same run: simple exponential smoothing of the same series with one fixed weight, in one pass of arrays, which is less
than any forecast.
"""

import argparse
import time
from datetime import date, timedelta

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import _results, _space

BY = "system:benchmark"
MONDAY, WEEKS = date(2024, 9, 30), 104
INDICATORS, COMMUNE_INDICATORS, PARTS = 50, 12, 20
LOOKS = 100
LIMITS = {"provinces_seconds": 60, "communes_seconds": 600, "drivers_p95_milliseconds": 500}


def declare() -> list[str]:
    """A register and its weekly indicators, half of them counts and half shares; their codes."""
    from lienthong.data.registry import services as registry
    from lienthong.data.warehouse import services as warehouse
    from lienthong.kernel import clock

    properties = {
        "id": {"type": "string"}, "commune": {"type": "string"}, "on": {"type": "string", "format": "date"},
        "kind": {"type": "string"}, "amount": {"type": "integer"},
    }  # fmt: skip
    registry.declare(
        document={
            "key": "facts", "name": {"vi": "Sự kiện", "en": "Facts"}, "purpose": {"vi": "Đo", "en": "Measure"}, "owner": "",
            "record_key": "id", "title": "id", "territory": "commune",
            "schema": {"type": "object", "required": ["id", "commune", "on"], "properties": properties},
            "sources": [{"key": "main", "name": "Nguồn", "trusted": True}],
        },
        by=BY, at=clock.now(),
    )  # fmt: skip
    documents = [
        {
            "code": f"number-{number}", "name": {"vi": f"Chỉ tiêu {number}", "en": f"Number {number}"}, "unit": "",
            "definition": {"vi": "", "en": ""}, "register": "facts", "direction": "up", "period": "on", "every": ["week"],
            "numerator": {"where": {"kind": f"k{number}"}}, "signals": [], "by": ["kind"],
            **({"denominator": {}, "scale": 100} if number % 2 else {}),
        }
        for number in range(INDICATORS)
    ]  # fmt: skip
    warehouse.declare_many(documents=documents, by=BY, at=clock.now())
    return [document["code"] for document in documents]


def fill(codes: list[str]) -> int:
    """Cells of every week, written straight to where they lie; how many rows of them."""
    from django.db import connection

    from lienthong.data.warehouse import queries as warehouse
    from lienthong.foundation.directory import queries as directory
    from lienthong.kernel import clock

    chance, today = np.random.default_rng(5), clock.vietnam_date(clock.now())
    (family,) = warehouse.families(codes=codes)
    slots = sorted(family.slots)
    width = family.width
    places = [(unit.code, 10.0) for unit in directory.units(level="commune", on=today)]
    places += [(unit.code, 800.0) for unit in directory.units(level="province", on=today)] + [("", 30_000.0)]
    weeks = [f"{MONDAY + timedelta(weeks=number):%G-W%V}" for number in range(WEEKS)]
    season = 1 + 0.2 * np.sin(np.arange(WEEKS) / 52 * 2 * np.pi)
    rows = 0

    def arrays(size: float, week: int, count: int) -> tuple[list, list, list]:
        denominators = chance.poisson(size * season[week], count)
        numerators = chance.binomial(denominators, 0.7)
        shown = np.zeros((3, width), dtype=int)
        for place, slot in enumerate(slots[:count]):
            shown[:, slot - 1] = (
                numerators[place],
                denominators[place] if family.slots[slot].denominator else 0,
                denominators[place],
            )
        return shown[0].tolist(), shown[1].tolist(), shown[2].tolist()

    with connection.cursor() as cursor:
        target = "data_warehouse_sums (family_id, territory, period, part, numerators, denominators, rows, moved, computed_at)"
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            now = clock.now()

            def write(place: str, week: int, part: str, size: float, count: int) -> None:
                numerators, denominators, told = arrays(size, week, count)
                copy.write_row(
                    (family.id, place, weeks[week], part, numerators, denominators, told, [False] * width, now)
                )

            for place, size in places:
                count = COMMUNE_INDICATORS if len(place) == 5 else len(slots)
                for week in range(WEEKS):
                    write(place, week, "", size, count)
                    rows += 1
            for place in ("", "01"):
                for week in range(WEEKS - 12, WEEKS):
                    for part in range(PARTS):
                        write(place, week, f"kind=k{part}", 1500.0, len(slots))
                        rows += 1
        cursor.execute("ANALYZE data_warehouse_sums")
    return rows


def smoothing(series: int) -> float:
    """Seconds for one pass of exponential smoothing over so many series."""
    values = np.random.default_rng(1).poisson(50.0, (series, WEEKS)).astype(float)
    begun = time.perf_counter()
    level = values[:, 0].copy()
    for week in range(1, WEEKS):
        level += 0.3 * (values[:, week] - level)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    with _space.space():
        from lienthong.bootstrap import setup
        from lienthong.data.intelligence import queries, services
        from lienthong.foundation.directory import queries as directory
        from lienthong.kernel import clock

        setup.load_reference_data()
        codes = declare()
        rows = fill(codes)
        today = clock.vietnam_date(clock.now())
        provinces = [unit.code for unit in directory.units(level="province", on=today)]
        communes = len(directory.units(level="commune", on=today))
        begun = time.perf_counter()
        written = services.forecast(codes=codes, by=BY, at=clock.now())
        of_provinces = time.perf_counter() - begun
        begun = time.perf_counter()
        below = services.forecast(codes=codes[:COMMUNE_INDICATORS], communes=True, by=BY, at=clock.now())
        of_communes = time.perf_counter() - begun
        looks = []
        for number in range(LOOKS):
            begun = time.perf_counter()
            code = codes[1 + 2 * (number % 12)]
            if queries.drivers(code=code, territories=provinces) is None or not queries.part_drivers(
                code=code, territory=""
            ):
                raise SystemExit("nothing was compared")
            looks.append(1000 * (time.perf_counter() - begun))
        looks.sort()
        bare = smoothing(communes * COMMUNE_INDICATORS)
    figures = {
        "rows_of_cells": rows, "expectations_of_provinces": written, "provinces_seconds": round(of_provinces, 1),
        "expectations_of_communes": below, "communes_seconds": round(of_communes, 1),
        "bare_smoothing_of_communes_seconds": round(bare, 2),
        "ratio_communes_to_bare": round(of_communes / bare, 1),
        "drivers_p50_milliseconds": round(looks[len(looks) // 2], 1),
        "drivers_p95_milliseconds": round(looks[int(len(looks) * 0.95)], 1), "limits": LIMITS,
    }  # fmt: skip
    table = Table(title="Forecasts of everything, and what moved a number")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
    if chosen.keep:
        print(_results.keep("data-intelligence-scale", figures))


if __name__ == "__main__":
    main()
