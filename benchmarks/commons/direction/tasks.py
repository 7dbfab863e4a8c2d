"""A million live tasks: how fast an agency's worklist opens, and how late after its legal instant a task is reminded of or shown
one level higher.

    PYTHONPATH=src:. .venv/bin/python -m benchmarks.commons.direction.tasks [--tasks N] [--nights N] [--keep]

Beside them in the same run: the bare walk along the same index, which no list can beat, and the bare counting of what is due.
"""

import argparse
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from benchmarks import _results, _space

DIRECTIVES = 5000
WORDS = (
    "rà soát",
    "báo cáo",
    "đất đai",
    "hộ tịch",
    "bảo hiểm",
    "đầu tư công",
    "cải cách",
    "chuyển đổi số",
    "an toàn",
    "kết nối",
)
LOOKS = 1000
P95_MS, LATE_MS = 50, 1000
"""The figures to reach."""


def fill(tasks: int) -> None:
    """Open tasks of every agency, the larger the more, with deadlines from a month ago to a year ahead."""
    from django.db import connection

    from lienthong.commons.direction import domain
    from lienthong.commons.direction.services import _deadlines
    from lienthong.foundation.directory import queries as directory
    from lienthong.kernel import clock
    from lienthong.kernel.text import fold

    now = clock.now()
    today = clock.vietnam_date(now)
    days = [today + timedelta(days=number) for number in range(-30, 335)]
    calendar = _deadlines._calendar(set(days))
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO commons_direction_directive (id, year, serial, title, text, issued_by, issuer_agency, issued_at,
                document, grace_days, search)
            SELECT gen_random_uuid(), 2026, number, 'Chỉ đạo ' || number, '', 'system:benchmark', 'G00', now(), '', 5, ''
            FROM generate_series(1, %s) AS number""",
            [DIRECTIVES],
        )
        cursor.execute("CREATE TEMP TABLE day (number int, due date, at timestamptz, kind text, step int)")
        for number, due in enumerate(days):
            item = domain.first_crossing(due, grace=5, calendar=calendar, at=now)
            while item.at <= now:
                item = domain.crossing_after(item.kind, item.step, due, grace=5, calendar=calendar)
            cursor.execute("INSERT INTO day VALUES (%s, %s, %s, %s, %s)", [number, due, item.at, item.kind, item.step])
        cursor.execute(
            "CREATE TEMP TABLE word AS SELECT * FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS w (text, folded, n)",
            [list(WORDS), [fold(word) for word in WORDS]],
        )
        cursor.execute(
            """
            CREATE TEMP TABLE lead AS SELECT code, row_number() OVER (ORDER BY md5(code)) - 1 AS n, 0 AS above
            FROM foundation_directory_agency WHERE valid_to IS NULL
            """
        )
        cursor.execute("SELECT code FROM lead")
        paths = directory.agency_paths([row[0] for row in cursor.fetchall()], today)
        cursor.executemany(
            "UPDATE lead SET above = %s WHERE code = %s", [(len(path) - 1, code) for code, path in paths.items()]
        )
        cursor.execute(
            """
            INSERT INTO commons_direction_task (id, directive_id, content, lead_agency, co_agencies, territory, due_on, state,
                percent, indicator, target_territory, target_period, target_others, at_least, escalated_to, intervention,
                next_at, next_kind, next_step, version, search, issued_by, issuer_agency, issued_at)
            SELECT gen_random_uuid(), directive.id, 'Nhiệm vụ ' || word.text || ' ' || made.n, lead.code, '[]', '', day.due,
                'in_progress', made.n %% 100, '', '', '', '[]', true, '', '',
                -- Beyond the highest body above there is nobody to be told.
                CASE WHEN day.kind = 'reminder' OR day.step <= greatest(lead.above, 1) THEN day.at END,
                CASE WHEN day.kind = 'reminder' OR day.step <= greatest(lead.above, 1) THEN day.kind ELSE 'none' END, day.step, 1,
                'nhiem vu ' || word.folded || ' ' || made.n, 'system:benchmark', 'G00', now()
            FROM (SELECT n, random() AS a, random() AS b FROM generate_series(1, %s) AS n) AS made
            JOIN (SELECT id, serial FROM commons_direction_directive) AS directive ON directive.serial = 1 + made.n %% %s
            JOIN day ON day.number = floor(made.a * %s)
            JOIN word ON word.n = 1 + made.n %% %s
            -- The cube of a random number: a few agencies have thousands, most a hundred or so.
            JOIN lead ON lead.n = floor(power(made.b, 3) * (SELECT count(*) FROM lead))
            """,
            [tasks, DIRECTIVES, len(days), len(WORDS)],
        )
        cursor.execute("ANALYZE commons_direction_task")


def looks() -> dict:
    """The worklist as its page reads it: first and later pages, a third of them searched."""
    from django.db import connection

    from lienthong.commons.direction import queries
    from lienthong.commons.direction.queries import _tasks
    from lienthong.kernel.text import fold

    chance = random.Random(7)  # noqa: S311 - a benchmark repeats itself
    with connection.cursor() as cursor:
        cursor.execute("SELECT lead_agency FROM commons_direction_task TABLESAMPLE BERNOULLI (1) LIMIT 5000")
        leads = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM commons_direction_task GROUP BY lead_agency ORDER BY 1 DESC LIMIT 1")
        largest = cursor.fetchone()[0]
    taken: dict[str, list[float]] = {"page": [], "searched": [], "bare": []}
    for number in range(LOOKS):
        agency, text, after = chance.choice(leads), "", None
        if number % 3 == 0:
            text = f"{fold(chance.choice(WORDS))} {chance.randrange(100) if number % 2 else ''}"
        elif number % 3 == 1:
            _, after = queries.worklist(agency=agency)
        begun = time.perf_counter()
        queries.worklist(agency=agency, text=text, after=after)
        taken["searched" if text else "page"].append(1000 * (time.perf_counter() - begun))
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(_tasks._WORKLIST.format(holds=""), [agency, "0001-01-01", "0" * 32, 51])
            cursor.fetchall()
        taken["bare"].append(1000 * (time.perf_counter() - begun))
    return {"largest_agency": largest} | {name: quantiles(values) for name, values in taken.items()}


def nights(count: int) -> list[dict]:
    """What crosses at each of the next midnights, and how long after it the last one is done."""
    from django.db import connection

    from lienthong.commons.direction import services
    from lienthong.kernel import clock

    found = []
    at = clock.end_of_day(clock.vietnam_date(clock.now())) + timedelta(microseconds=1)
    for _ in range(count):
        with connection.cursor() as cursor:
            begun = time.perf_counter()
            cursor.execute("SELECT count(*) FROM commons_direction_task WHERE next_at <= %s", [at])
            due = cursor.fetchone()[0]
            bare = 1000 * (time.perf_counter() - begun)
        stepped: list[float] = []
        begun = time.perf_counter()
        with _watching(stepped):
            reminded, escalated = services.remind_and_escalate(at=at)
        up = 1000 * (max(stepped, default=begun) - begun)
        spent = 1000 * (time.perf_counter() - begun)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM commons_direction_task WHERE next_at <= %s", [at])
            left = cursor.fetchone()[0]
        begun = time.perf_counter()
        services.remind_and_escalate(at=at)
        idle = 1000 * (time.perf_counter() - begun)
        found.append(
            {
                "due": due, "reminded": reminded, "escalated": escalated, "left": left, "last_escalation_ms": round(up),
                "last_done_ms": round(spent), "count_ms": round(bare, 1), "nothing_due_ms": round(idle, 1),
            }
        )  # fmt: skip
        at += timedelta(days=1)
    return found


@contextmanager
def _watching(stepped: list[float]) -> Iterator[None]:
    """Note when each batch with a step up the line was committed."""
    from lienthong.commons.direction.services import _deadlines

    cross = _deadlines._cross

    def watched(*given):
        done = cross(*given)
        if done.escalated:
            stepped.append(time.perf_counter())
        return done

    _deadlines._cross = watched
    try:
        yield
    finally:
        _deadlines._cross = cross


def quantiles(values: list[float]) -> dict:
    """The middle, the nineteenth of twenty, the largest, in milliseconds."""
    values = sorted(values)
    names = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {name: round(values[int(len(values) * part)], 2) for name, part in names.items()} | {
        "max_ms": round(values[-1], 2)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--nights", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/commons-direction-tasks.json")
    arguments = parser.parse_args()
    with _space.space():
        from lienthong.bootstrap import setup

        setup.load_reference_data()
        fill(arguments.tasks)
        lists, crossed = looks(), nights(arguments.nights)
    table = Table(title=f"{arguments.tasks:,} live tasks; worklist p95 ≤ {P95_MS} ms wanted")
    for name in ("worklist", "p50 ms", "p95 ms", "p99 ms", "max ms"):
        table.add_column(name, justify="right")
    for name in ("page", "searched", "bare"):
        table.add_row(name, *(f"{value:,}" for value in lists[name].values()))
    Console(width=100).print(table)
    table = Table(title=f"midnights; every step up the line ≤ {LATE_MS} ms after its instant wanted")
    for name in (
        "due",
        "reminded",
        "escalated",
        "left",
        "last step up, ms",
        "last done, ms",
        "bare count, ms",
        "nothing due, ms",
    ):
        table.add_column(name, justify="right")
    for night in crossed:
        table.add_row(*(f"{value:,}" for value in night.values()))
    Console(width=100).print(table)
    if arguments.keep:
        print(
            _results.keep("commons-direction-tasks", {"tasks": arguments.tasks, "worklist": lists, "nights": crossed})
        )


if __name__ == "__main__":
    main()
