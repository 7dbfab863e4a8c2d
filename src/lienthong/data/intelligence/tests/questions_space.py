"""A space filled with known numbers, and the same numbers counted again from the rows in plain Python: no cell, no query and no
parser of the program is used for what is expected."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from lienthong.data.intelligence import domain, services
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse import services as warehouse_services
from lienthong.foundation.directory import queries as directory

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
BY = "system:test"
DAYS = (3, 8, 12, 17, 21, 24)
FIRST = (2025, 1)
SPECIAL = {"75": ("26368",), "31": ("10525",)}
"""Communes that questions name."""


@dataclass(frozen=True)
class Rows:
    dossiers: list[dict[str, Any]]
    ratings: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    province: dict[str, str]
    """Commune → its province."""


def communes() -> dict[str, list[str]]:
    """A commune of each province, six of Nghệ An, and those that questions name."""
    units = directory.units(level="commune", on=TODAY)
    found: dict[str, list[str]] = {}
    for unit in units:
        found.setdefault(unit.parent, []).append(unit.code)
    return {
        parent: sorted({*codes[: 6 if parent == "40" else 2 if parent == "75" else 1], *SPECIAL.get(parent, ())})
        for parent, codes in found.items()
    }


def make_rows() -> Rows:
    """Months from January 2025 to today; what is good or bad differs by place, and a little by month."""
    chance = random.Random(7)
    dossiers, ratings, tasks, checks, province = [], [], [], [], {}
    number = 0
    for parent, places in sorted(communes().items()):
        skill = chance.uniform(0.6, 0.98)
        for place in places:
            province[place] = parent
            local = min(0.99, skill + chance.uniform(-0.1, 0.1))
            for month in range(23):
                year, of_year = FIRST[0] + month // 12, month % 12 + 1
                for day in DAYS[: chance.randint(3, 6)]:
                    number += 1
                    on = date(year, of_year, day)
                    ended = chance.random() < 0.9
                    dossier = {
                        "code": f"H01.{place}-{on:%y%m%d}-{number:06}", "procedure": "1.000001",
                        "channel": "online" if chance.random() < local - 0.2 else "direct", "agency": f"H01.{place}",
                        "territory": place, "state": "returned" if ended else "in_process", "received_at": f"{on}T01:00:00Z",
                        "received_on": str(on), "has_fee": chance.random() < 0.6, "paid_online": chance.random() < 0.5,
                        "digitised": chance.random() < local, "papers": 4, "papers_reused": chance.randint(0, 3),
                        "electronic_result": chance.random() < local, "supplemented": chance.random() > local,
                    }  # fmt: skip
                    if ended:
                        dossier |= {
                            "ended_on": str(on), "outcome": "on_time" if chance.random() < local else "late",
                            "working_days": chance.randint(1, 12), "legal_days": 10,
                        }  # fmt: skip
                        ratings.append(
                            {
                                "dossier": dossier["code"],
                                "level": chance.randint(2, 5),
                                "rated_on": str(on),
                                "territory": place,
                            }
                        )
                    dossiers.append(dossier)
            for task in range(4):
                state, standing = chance.choice(
                    [
                        ("in_progress", "in_term"),
                        ("in_progress", "overdue"),
                        ("completed", "on_time"),
                        ("completed", "late"),
                    ]
                )
                tasks.append({
                    "id": str(UUID(int=int(place) * 10 + task)),
                        "directive": str(UUID(int=1)), "content": "Việc", "lead_agency": f"H01.{place}",
                    "territory": place, "state": state, "standing": standing,
                })  # fmt: skip
                checks.append({
                    "id": f"C{place}{task}", "register": "people", "source": "copy", "record": f"R{task}", "territory": place,
                    "agrees": chance.random() < 0.8, "trusted": False, "score": round(chance.uniform(0.5, 1), 2),
                })  # fmt: skip
    return Rows(dossiers, ratings, tasks, checks, province)


def fill() -> Rows:
    """Put them in their registers and let the program count."""
    rows = make_rows()
    sources = {
        "dossiers": ("national-portal", rows.dossiers), "ratings": ("national-portal", rows.ratings),
        "directive-tasks": ("direction", rows.tasks), "quality-checks": ("quality", rows.checks),
    }  # fmt: skip
    for register, (source, payloads) in sources.items():
        declaration = registry.declaration(register=register)
        prepared = [declaration.prepare(payload) for payload in payloads]
        registry_services.accept_batch(register=register, source=source, rows=prepared, by=BY, at=NOW)
    for code in warehouse.indicators():
        warehouse_services.recompute(code=code, at=NOW)
    services.forecast(codes=["dossiers-received", "dossiers-on-time"], by=BY, at=NOW)
    return rows


# --- counted again ------------------------------------------------------------------------------------------------------

Row = dict[str, Any]
Counts = Callable[[Row], float]


@dataclass(frozen=True)
class Rule:
    """An indicator, written a second time."""

    rows: str
    day: str
    numerator: Counts
    denominator: Counts | None = None
    scale: int = 1
    up: bool = True
    counted: Callable[[Row], bool] = lambda _row: True


def _is(field: str, *values: Any) -> Counts:
    return lambda row: float(row.get(field) in values)


ONE: Counts = lambda _row: 1.0  # noqa: E731
DONE = lambda row: row.get("outcome") in ("on_time", "late")  # noqa: E731
RULES = {
    "dossiers-on-time": Rule("dossiers", "ended_on", _is("outcome", "on_time"), _is("outcome", "on_time", "late"), 100),
    "dossiers-received": Rule("dossiers", "received_on", ONE),
    "dossiers-ended": Rule("dossiers", "ended_on", ONE),
    "handling-ratio": Rule(
        "dossiers", "ended_on", lambda row: row["working_days"], lambda row: row["legal_days"], 100, False, DONE
    ),
    "online-share": Rule("dossiers", "received_on", _is("channel", "online"), ONE, 100),
    "paid-online": Rule(
        "dossiers", "received_on", _is("paid_online", True), ONE, 100, True, lambda row: row["has_fee"]
    ),
    "digitised": Rule("dossiers", "received_on", _is("digitised", True), ONE, 100),
    "electronic-results": Rule("dossiers", "ended_on", _is("electronic_result", True), ONE, 100),
    "supplemented": Rule("dossiers", "ended_on", _is("supplemented", True), ONE, 100, False),
    "papers-reused": Rule("dossiers", "received_on", lambda row: row["papers_reused"], lambda row: row["papers"], 100),
    "satisfaction": Rule("ratings", "rated_on", lambda row: row["level"], ONE),
    "tasks-open": Rule("tasks", "", _is("state", "in_progress"), up=False),
    "tasks-overdue": Rule("tasks", "", _is("standing", "overdue"), up=False),
    "tasks-on-time": Rule("tasks", "", _is("standing", "on_time"), _is("standing", "on_time", "late", "overdue"), 100),
    "dqi": Rule("checks", "", lambda row: row["score"], ONE, 100),
    "dq-disagreements": Rule("checks", "", lambda row: float(not row["agrees"]), up=False),
}
LIMITS = {"dossiers-on-time": (95, 85), "supplemented": (10, 20), "digitised": (80, 50), "paid-online": (50, 25)}
"""Amber and red, of those that questions hold against them."""


def _in_period(day: str, period: domain.Period) -> bool:
    if period.is_all:
        return True
    if "W" in period.first:
        year, week, _ = date.fromisoformat(day).isocalendar()
        return period.first == f"{year}-W{week:02}"
    return period.first <= day[:7] <= period.last


def count(rows: Rows, code: str, place: str, period: domain.Period) -> Decimal | None:
    """The value of an indicator, from the rows; none where there is none."""
    rule = RULES[code]
    told = [
        row
        for row in getattr(rows, rule.rows)
        if rule.counted(row)
        and place in ("", row["territory"], rows.province[row["territory"]])
        and (not rule.day or (row.get(rule.day) and _in_period(row[rule.day], period)))
    ]
    if not told:
        return None
    numerator = Decimal(str(round(sum(rule.numerator(row) for row in told), 6)))
    if rule.denominator is None:
        return numerator * rule.scale
    denominator = Decimal(str(sum(rule.denominator(row) for row in told)))
    return numerator * rule.scale / denominator if denominator else None


def members(rows: Rows, among: str, parent: str) -> list[str]:
    """Places of a level that have rows."""
    if among == "province":
        return sorted(set(rows.province.values()))
    return sorted(place for place, province in rows.province.items() if parent in ("", province))


def ordered(rows: Rows, question: domain.Question) -> list[tuple[Decimal, str]]:
    """Places with their values, the first of the order first."""
    code = question.indicators[0]
    falling = question.order is domain.Order.HIGHEST or (question.order is domain.Order.BEST) == RULES[code].up
    if question.order is domain.Order.LOWEST:
        falling = False
    values = [
        (value, place)
        for place in members(rows, question.among, question.territories[0])
        if (value := count(rows, code, place, question.periods[0])) is not None
    ]
    return sorted(values, key=lambda item: -item[0] if falling else item[0])


def beyond(rows: Rows, question: domain.Question) -> set[str]:
    code, limit = question.indicators[0], question.limit
    found = set()
    for place in members(rows, question.among, question.territories[0]):
        value = count(rows, code, place, question.periods[0])
        if value is None:
            continue
        if limit.level:
            bound = LIMITS[code][0 if limit.level == "amber" else 1]
            worse = value < bound if RULES[code].up else value > bound
        else:
            worse = {
                "<": value < limit.value,
                ">": value > limit.value,
                "<=": value <= limit.value,
                ">=": value >= limit.value,
            }[limit.than.value]
        if worse:
            found.add(place)
    return found


def last_weeks(rows: Rows, code: str, place: str) -> tuple[Decimal, Decimal]:
    """An indicator over the four weeks before the last four full ones, and over those."""
    monday = TODAY - timedelta(days=TODAY.weekday())
    rule, spans = RULES[code], []
    for begin in (monday - timedelta(weeks=8), monday - timedelta(weeks=4)):
        told = [
            row
            for row in getattr(rows, rule.rows)
            if place in ("", row["territory"], rows.province[row["territory"]])
            and row.get(rule.day)
            and begin <= date.fromisoformat(row[rule.day]) < begin + timedelta(weeks=4)
        ]
        top = Decimal(str(sum(map(rule.numerator, told))))
        spans.append(top * rule.scale / Decimal(str(sum(map(rule.denominator, told)))) if rule.denominator else top)
    return spans[0], spans[1]


def near(shown: Decimal | None, expected: Decimal | None) -> bool:
    if shown is None or expected is None:
        return shown is expected
    return abs(shown - expected) < Decimal("0.000001")


def all_near(shown: Sequence[domain.Shown], expected: Sequence[Decimal | None]) -> bool:
    return len(shown) == len(expected) and all(
        near(item.value, value) for item, value in zip(shown, expected, strict=True)
    )
