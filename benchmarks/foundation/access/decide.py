"""How many decisions one core takes in a second over 100,000 grants, in the shapes grants come in.

    PYTHONPATH=src .venv/bin/python -m benchmarks.foundation.access.decide [--grants N] [--keep]

Beside it in the same run: reading the holder's grants one by one, which is what the index spares, and one bare look into a
dict, which no decision can beat.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from uuid import UUID

from rich.console import Console
from rich.table import Table

from benchmarks import _results
from lienthong.foundation.access import domain
from lienthong.kernel.ids import uuid7

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
YEAR = timedelta(days=365)
COMMUNES = [(f"{number:05}", f"{number % 34:02}", "") for number in range(3321)]
ACTIONS = [
    f"{module}.{verb}"
    for module in ("commons.direction", "data.registry", "data.quality", "commons.casework")
    for verb in ("read", "issue", "import", "close", "assign")
]
NOBODY = UUID(int=0)
TARGET = 10_000
"""Decisions a second that a core must reach in every shape."""


def grant(holder: object, scope: domain.Scope, parent: UUID | None = None, ends: datetime = AT + YEAR) -> domain.Grant:
    return domain.Grant(
        uuid7(), domain.HolderKind.POSITION, str(holder), scope, ends - 2 * YEAR, ends, "Quyết định mẫu", True, parent,
        "system:benchmark",
    )  # fmt: skip


def offices(size: int, chance: random.Random) -> list[domain.Grant]:
    """The usual: each office holds five grants, somewhere."""
    return [
        grant(place // 5, domain.Scope(chance.choice(ACTIONS), territory=chance.choice(chance.choice(COMMUNES))))
        for place in range(size)
    ]


def every_commune(size: int, _: random.Random) -> list[domain.Grant]:
    """A grant for every commune one by one, held by each of a few offices."""
    count = len(COMMUNES)
    return [
        grant(place // count, domain.Scope(ACTIONS[0], territory=COMMUNES[place % count][0])) for place in range(size)
    ]


def one_holder(size: int, _: random.Random) -> list[domain.Grant]:
    """One office holds all of them: every action, every commune, one by one."""
    scopes = (domain.Scope(action, territory=path[0]) for action in cycle(ACTIONS) for path in COMMUNES)
    return [grant(1, scope) for scope in islice(scopes, size)]


def handed_on(size: int, _: random.Random) -> list[domain.Grant]:
    """Every grant handed on from office to office as often as it may be."""
    grants: list[domain.Grant] = []
    links = domain.MAXIMUM_DEPTH + 1
    for place in range(size):
        parent = grants[-1].id if place % links else None
        grants.append(grant(place, domain.Scope(ACTIONS[0], territory=f"{place // links % 34:02}"), parent))
    return grants


def day_by_day(size: int, _: random.Random) -> list[domain.Grant]:
    """The same authority lent a thousand times to each of a few offices; all but the last have ended."""
    return [
        grant(place // 1000, domain.Scope(ACTIONS[0]), ends=AT + timedelta(days=place % 1000 - 998))
        for place in range(size)
    ]


def questions(grants: list[domain.Grant], chance: random.Random) -> list[tuple[domain.Subject, str, domain.Target]]:
    """2,000 questions of people with an office and a second one: half for what they hold, half for something else."""
    asked = []
    for place in range(2000):
        held = chance.choice(grants)
        positions = ((held.holder, ""), (chance.choice(grants).holder, ""))
        here = [path for path in COMMUNES if held.scope.territory in path] if place % 2 else COMMUNES
        action = held.scope.action if place % 2 else chance.choice(ACTIONS)
        wanted = domain.Target(("G12.3", "G12"), chance.choice(here), "health")
        asked.append((domain.Subject(NOBODY, positions, ("G12",)), action, wanted))
    return asked


def scan(index: domain.Index, who: domain.Subject, action: str, wanted: domain.Target) -> domain.Decision:
    """The naive decision: every grant of the holder, until one allows it; explained by the same sentences."""
    for held in index.held(who):
        if domain.covers(held.scope, action, wanted) and index.stands(held, AT):
            return domain._allowed(held)
    return domain._denied(None)


def rate(decide: Callable[..., object], asked: list, seconds: float = 1.0) -> float:
    """Calls a second, over the questions again and again, by the time of this process alone."""
    questions: Iterator = cycle(asked)
    calls, step, start = 0, 1, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        for question in islice(questions, step):
            decide(*question)
        calls += step
        step = min(step * 2, 256)
    return calls / spent


def measure(shape: Callable[[int, random.Random], list[domain.Grant]], size: int) -> dict:
    """The figures of one shape."""
    chance = random.Random(7)  # noqa: S311 - a benchmark repeats itself
    grants = shape(size, chance)
    asked = questions(grants, chance)
    start = time.process_time()
    index = domain.Index.of(grants)
    built = time.process_time() - start
    answers = [index.decide(*question, AT).allowed for question in asked]
    assert answers[:200] == [scan(index, *question).allowed for question in asked[:200]]
    bare = {grant.holder: grant for grant in grants}
    holders = [(question[0].positions[0][0],) for question in asked]
    return {
        "shape": shape.__name__.replace("_", " "),
        "grants": len(grants),
        "allowed": round(sum(answers) / len(answers), 2),
        "built_seconds": round(built, 2),
        "decisions_per_second": round(rate(lambda *question: index.decide(*question, AT), asked)),
        "scan_per_second": round(rate(lambda *question: scan(index, *question), asked)),
        "dict_per_second": round(rate(bare.get, holders)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--grants", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/foundation-access-decide.json")
    arguments = parser.parse_args()
    figures = [
        measure(shape, arguments.grants) for shape in (offices, every_commune, one_holder, handed_on, day_by_day)
    ]
    table = Table(title=f"{arguments.grants:,} grants, one core; at least {TARGET:,} decisions a second wanted")
    table.add_column("grants", no_wrap=True)
    for name in ("allowed", "decisions/s", "a scan/s", "times", "a dict/s", "times"):
        table.add_column(name, justify="right")
    for row in figures:
        done, naive, bare = row["decisions_per_second"], row["scan_per_second"], row["dict_per_second"]
        table.add_row(
            row["shape"], f"{row['allowed']:.0%}", f"{done:,}", f"{naive:,}", f"{done / naive:,.2f}", f"{bare:,}",
            f"{done / bare:.4f}",
        )  # fmt: skip
    Console(width=100).print(table)
    if arguments.keep:
        print(_results.keep("foundation-access-decide", figures))


if __name__ == "__main__":
    main()
