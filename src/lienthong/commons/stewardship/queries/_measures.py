"""What the space knows of its own governing, counted: each count is one question to the module that holds the answer."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from lienthong.commons.casework import domain as casework_domain
from lienthong.commons.direction import domain as direction_domain
from lienthong.commons.direction import queries as direction
from lienthong.commons.stewardship import domain
from lienthong.commons.stewardship.queries._delegations import changes, index_of, offices, subject_at
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.quality import domain as quality_domain
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access import queries as access
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

NEWEST = 2000
"""How many of the log's newest records are checked each day."""
SEALING = timedelta(minutes=1)
"""A younger record may still wait to be sealed."""
IN_TIME = timedelta(seconds=1)
"""How soon a fact is a number."""
REVIEW_DAYS = 365
OWN = (domain.MEASURES, quality_domain.CHECKS, direction_domain.TASKS, casework_domain.STOCKS)
"""Registers into which the space writes what it does itself: no facts that anyone told."""


def counted(*, at: datetime) -> list[domain.Measured]:
    """Every measure at a moment, in a number of statements that does not grow with territories, registers or delegations."""
    since = at - timedelta(days=domain.WINDOW_DAYS)
    today = vietnam_date(at)
    provinces = {code: above for code, above in directory.territory_pairs(today) if len(above) == 2}
    facts = {
        item.territory: (item.sent, item.sent + item.in_files + item.by_hand)
        for item in registry.told(since=since, until=at, but=OWN)
    }
    return [
        *_registers(at),
        *_by_province("facts-automatic", facts, provinces),
        *_by_province("insights-answered", intelligence.answered(since=since), provinces),
        *_by_province("effects-seen", direction.ended_effects(), provinces),
        domain.Measured("numbers-in-time", *warehouse.in_time(within=IN_TIME, since=since, until=at)),
        domain.Measured("decisions-delegated", *_decisions(since, at)),
        domain.Measured("delegations-better", *_better(at)),
        domain.Measured(
            "reviews-in-time", *access.concluded_in_time(since=today - timedelta(days=REVIEW_DAYS), today=today)
        ),
        domain.Measured("records-sound", *audit.sealed(newest=NEWEST, until=at - SEALING)),
    ]


def _by_province(
    measure: str, counts: Mapping[str, tuple[int, int]], provinces: Mapping[str, str]
) -> list[domain.Measured]:
    """Counts by territory put together by the province it lies in; what lies in none is the country's own."""
    found: dict[str, list[int]] = {"": [0, 0]}
    for territory, (some, all_) in counts.items():
        sums = found.setdefault(provinces.get(territory, ""), [0, 0])
        sums[0] += some
        sums[1] += all_
    return [domain.Measured(measure, *sums, territory) for territory, sums in sorted(found.items())]


def counted_on() -> date | None:
    """The day on which everything was last counted; none when it never was."""
    changed = next(
        (
            source.changed_at
            for item in registry.registers()
            if item.declaration.key == domain.MEASURES
            for source in item.sources
            if source.trusted
        ),
        None,
    )
    return vietnam_date(changed) if changed else None


def _registers(at: datetime) -> list[domain.Measured]:
    """What registers say of themselves, without reading a record. Live are those that someone tells facts of; open could be all
    but the register of these measures."""
    none = registry_domain.Subject.NONE
    held = [item for item in registry.registers() if item.records and item.declaration.key != domain.MEASURES]
    told = [item for item in held if item.declaration.key not in OWN]
    live = {item.declaration.key for item in held if _is_live(item, at)}
    could = [item for item in held if item.declaration.subject is none and not item.declaration.person]
    opened = [item for item in held if item.declaration.sharing is registry_domain.Sharing.OPEN]
    return [
        domain.Measured("registers-live", sum(item.declaration.key in live for item in told), len(told)),
        domain.Measured("registers-open", sum(item in opened for item in could), len(could)),
        domain.Measured("open-registers-live", sum(item.declaration.key in live for item in opened), len(opened)),
    ]


def _is_live(item: registry.RegisterSummary, at: datetime) -> bool:
    told = next((source.changed_at for source in item.sources if source.trusted), None)
    return told is not None and at - told <= timedelta(days=item.declaration.live_days)


def _decisions(since: datetime, at: datetime) -> tuple[int, int]:
    """(by delegation alone, all) of the decisions in the log: by the offices that were held, and the grants that stood, at the
    last of them on a day."""
    acts = audit.acts(actions=list(domain.DECISIONS), since=since, until=at)
    held = offices(sorted({UUID(item.by.partition(":")[2]) for item in acts}))
    known = access.index()
    delegated = sum(
        item.count
        for item in acts
        if access.by_delegation(
            subject_at(UUID(item.by.partition(":")[2]), held, item.last_at),
            domain.DECISIONS[item.action],
            item.last_at,
            known,
        )
    )
    return delegated, sum(item.count for item in acts)


def _better(at: datetime) -> tuple[int, int]:
    """(better now, known then and now) of the indicators by which delegations in force are judged."""
    judged = access.judged(at=at)
    told = index_of([review.goal for _, review in judged])
    found = [change for _, review in judged for change in changes(review.goal, told) if change.better is not None]
    return sum(bool(change.better) for change in found), len(found)
