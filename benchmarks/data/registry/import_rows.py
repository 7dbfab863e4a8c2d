"""How many rows of a file a register takes in per second: read, validated, versioned, each refusal kept.

    PYTHONPATH=src .venv/bin/python -m benchmarks.data.registry.import_rows [--rows N] [--keep]

A CSV of flat records of invented people is taken into an empty register, then the same file once more. Beside it in the
same run: PostgreSQL's COPY of that file into a plain table of text, which validates nothing and keeps no history. Each
import runs in a process of its own, so that its peak of memory is its own; it is compared with that of a tenth of the rows.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import _results, _space

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
FIRST_TARGET, AGAIN_TARGET = 40_000, 150_000
REGISTER = {
    "key": "people",
    "name": {"vi": "Người mẫu", "en": "Invented people"},
    "purpose": {"vi": "Đo tốc độ nạp", "en": "Measuring imports"},
    "owner": "G12",
    "record_key": "personal_id",
    "title": "full_name",
    "territory": "commune",
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "required": ["personal_id", "full_name", "birth_date", "sex", "commune"],
        "properties": {
            "personal_id": {"type": "string", "pattern": "^[0-9]{12}$", "title": "Số định danh"},
            "full_name": {"type": "string", "minLength": 2, "maxLength": 100, "title": "Họ và tên"},
            "birth_date": {"type": "string", "format": "date", "title": "Ngày sinh"},
            "sex": {"enum": ["nam", "nữ"], "title": "Giới tính"},
            "commune": {"type": "string", "pattern": "^[0-9]{5}$", "title": "Mã xã"},
            "address": {"type": "string", "maxLength": 200, "title": "Địa chỉ"},
            "household": {"type": "integer", "minimum": 1, "title": "Số người trong hộ"},
            "income": {"type": "number", "minimum": 0, "title": "Thu nhập"},
            "insured": {"type": "boolean", "title": "Bảo hiểm y tế"},
        },
    },
}
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLES = ("Thị", "Văn", "Hữu", "Ngọc", "Minh", "Thanh", "Quốc", "Đình")
GIVEN = ("An", "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Khánh", "Lộc", "Mỹ", "Nhân", "Phượng", "Quỳnh", "Tuấn", "Yến")


def write_people(file: Path, rows: int) -> None:
    """A CSV as an office would send it: Vietnamese headings and dates, decimal commas, yes and no in words."""
    chance = random.Random(7)  # noqa: S311 - a benchmark repeats itself
    days = [(date(1940, 1, 1) + timedelta(days=day)).strftime("%d/%m/%Y") for day in range(30_000)]
    with file.open("w", encoding="utf-8") as text:
        text.write(",".join(field["title"] for field in REGISTER["schema"]["properties"].values()) + "\n")
        for number in range(rows):
            name = f"{chance.choice(FAMILIES)} {chance.choice(MIDDLES)} {chance.choice(GIVEN)}"
            text.write(
                f"999{number:09},{name},{chance.choice(days)},{chance.choice(('nam', 'nữ'))},"
                f'{chance.randrange(3321):05},"Số {number % 500}, đường {chance.choice(GIVEN)}",{chance.randrange(1, 9)},'
                f'"{chance.randrange(1, 90)}.{chance.randrange(1000):03},{chance.randrange(10)}",'
                f"{chance.choice(('có', 'không'))}\n"
            )


def take_in(file: Path, register: str) -> None:
    """In a process of its own: import the file and say what became of it, how long it took and the peak of memory."""
    import django

    django.setup()
    from lienthong.data.registry import queries, services
    from lienthong.foundation.storage import services as storage

    whom = {"by": "system:benchmark", "at": AT}
    services.declare(
        document=REGISTER | {"key": register, "sources": [{"key": "own", "name": "Mẫu", "trusted": True}]}, **whom
    )
    with file.open("rb") as content:
        stored = storage.store(content=content, name=file.name, media_type="text/csv", **whom)
    job = services.begin_import(register=register, source="own", file_id=stored.id, **whom)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    state = services.run_import(import_id=job, at=AT)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    done = queries.import_job(id=job)
    figures = {
        "rows": done.read, "new": done.new, "unchanged": done.unchanged, "refused": done.refused, "state": state.value,
        "seconds": round(seconds, 2), "rows_per_second": round(done.read / seconds),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "peak_mib": after.ru_maxrss // 1024,
    }  # fmt: skip
    print(json.dumps(figures))


def in_process(file: Path, register: str) -> dict:
    """What `take_in` says, run in a process of its own, with what the database's processes worked meanwhile."""
    command = [sys.executable, "-m", "benchmarks.data.registry.import_rows", "--take-in", str(file), register]
    before = _space.server_seconds()
    done = subprocess.run(command, cwd=_results.ROOT, stdout=subprocess.PIPE, check=True)
    figures = json.loads(done.stdout) | {"server_seconds": round(_space.server_seconds() - before, 2)}
    assert figures["state"] == "done", figures
    return figures


def copy_plainly(file: Path) -> dict:
    """PostgreSQL's own COPY of the file into a table of text."""
    from django.db import connection

    columns = ", ".join(f"{name} text" for name in REGISTER["schema"]["properties"])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE plain ({columns})")
        start = time.perf_counter()
        with cursor.copy("COPY plain FROM STDIN (FORMAT csv, HEADER)") as copy, file.open("rb") as content:
            while chunk := content.read(2**20):
                copy.write(chunk)
        rows = cursor.rowcount
        seconds = time.perf_counter() - start
        cursor.execute("DROP TABLE plain")
    return {"rows": rows, "seconds": round(seconds, 2), "rows_per_second": round(rows / seconds)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/data-registry-import-rows.json")
    parser.add_argument("--take-in", nargs=2, metavar=("FILE", "REGISTER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.take_in:
        file, register = arguments.take_in
        return take_in(Path(file), register)
    load = os.getloadavg()[0]
    with _space.space() as home:
        small, large = home / "small.csv", home / "large.csv"
        write_people(small, arguments.rows // 10)
        write_people(large, arguments.rows)
        figures = {
            "plain COPY": copy_plainly(large),
            "a tenth of the rows": in_process(small, "few"),
            "the file": in_process(large, "people"),
            "the same again": in_process(large, "people"),
        }
    wanted = f"at least {FIRST_TARGET:,}/s wanted, {AGAIN_TARGET:,}/s again"
    table = Table(title=f"{arguments.rows:,} rows, load before {load:.1f}; {wanted}")
    for name in ("", "rows", "seconds", "rows/s", "of COPY", "our CPU, s", "server CPU, s", "peak MiB"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for name, row in figures.items():
        share = row["rows_per_second"] / figures["plain COPY"]["rows_per_second"]
        table.add_row(
            name, f"{row['rows']:,}", f"{row['seconds']:.1f}", f"{row['rows_per_second']:,}", f"{share:.3f}",
            *(str(row.get(figure, "")) for figure in ("processor_seconds", "server_seconds", "peak_mib")),
        )  # fmt: skip
    Console(width=120).print(table)
    if arguments.keep:
        print(_results.keep("data-registry-import-rows", figures | {"load_before": round(load, 2)}))
    return None


if __name__ == "__main__":
    main()
