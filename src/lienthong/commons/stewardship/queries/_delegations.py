"""Delegations with what came of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from lienthong.commons.direction import domain as direction_domain
from lienthong.commons.direction import queries as direction
from lienthong.commons.stewardship import domain
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access import domain as access_domain
from lienthong.foundation.access import queries as access
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.directory import queries as directory

AUDIT = "foundation.audit.read"


@dataclass(frozen=True)
class Told:
    """What indicators mean, and what they say in the places that delegations are judged in."""

    indicators: Mapping[str, warehouse_domain.Indicator]
    values: Mapping[tuple[str, str], Decimal | None]


def index_of(goals: Sequence[access_domain.Goal], *, rights: access.Rights | None = None) -> Told:
    """What the indicators of some goals say now, in a fixed number of queries.

    :param rights: of a reader, from whom small numbers about persons may have to be withheld.
    """
    codes = sorted({code for goal in goals for code in goal.indicators})
    places = sorted({goal.territory for goal in goals})
    cells = warehouse.cells(codes=codes, territories=places) if codes else []
    if rights is not None:
        cells = warehouse.shown_to(rights, cells)
    return Told(warehouse.indicators(codes=codes), {(cell.indicator, cell.territory): cell.value for cell in cells})


def changes(goal: access_domain.Goal, told: Told) -> list[domain.Change]:
    """Each indicator of a goal then and now; one that is no longer declared is not there."""
    return [
        domain.Change(
            code,
            None if goal.baseline.get(code) is None else Decimal(goal.baseline[code]),
            told.values.get((code, goal.territory)),
            told.indicators[code].direction is warehouse_domain.Direction.UP,
        )
        for code in goal.indicators
        if code in told.indicators
    ]


def values_now(*, indicators: Sequence[str], territory: str, at: datetime) -> dict[str, str | None]:
    """What indicators say now, as exact decimals in text: the baseline of a delegation. It is kept and shown to others, so small
    numbers about persons are not in it.

    :raises data.warehouse.domain.UnknownIndicator: one is not declared.
    """
    declared = warehouse.indicators(codes=indicators)
    for code in indicators:
        if code not in declared:
            raise warehouse_domain.UnknownIndicator(code=code)
    cells = warehouse.shown_to(access.stranger(at), warehouse.cells(codes=indicators, territories=[territory]))
    told = {cell.indicator: cell.value for cell in cells}
    return {code: None if told.get(code) is None else str(told[code]) for code in indicators}


@dataclass(frozen=True)
class Results:
    """What came of one delegation while it was in force."""

    changes: tuple[domain.Change, ...]
    trends: Mapping[str, Sequence[float | None]]
    indicators: Mapping[str, warehouse_domain.Indicator]
    decisions: tuple[audit.Entry, ...]
    """What its holders decided of what it gives, by the log, newest first."""
    tasks: tuple[direction_domain.Task, ...]
    effects: Mapping[UUID, direction_domain.TaskEffect]
    targets: Mapping[str, warehouse_domain.Indicator]
    """The indicators that those tasks are measured by."""
    also_first_hand: bool
    """Whether a holder has the authority first-hand as well: then not every decision need be by the delegation."""


def results(
    grant: access_domain.Grant, goal: access_domain.Goal | None, *, rights: access.Rights, at: datetime
) -> Results:
    """What came of it, as a reader may see it, in a fixed number of queries. ``goal``: none where it is judged by nothing."""
    until = min(grant.ends, at) if grant.ends > grant.valid_from else at
    people, also = _holders(grant, until)
    actions = [
        name for name, needed in domain.DECISIONS.items() if access_domain.covers_action(grant.scope.action, needed)
    ]
    by = [f"account:{item}" for item in people]
    decisions = audit.done_by(by=by, actions=actions, since=grant.valid_from, until=until) if actions else []
    issues = access_domain.covers_action(grant.scope.action, direction_domain.ISSUE)
    tasks = direction.issued(by=by, since=grant.valid_from, until=until) if issues else []
    told = index_of([goal], rights=rights) if goal else Told({}, {})
    return Results(
        changes=tuple(changes(goal, told)) if goal else (),
        trends=_trends(goal, rights) if goal else {},
        indicators=told.indicators,
        decisions=tuple(decisions),
        tasks=tuple(tasks),
        effects=direction.effects(tasks),
        targets=warehouse.indicators(codes=sorted({task.target.indicator for task in tasks if task.target})),
        also_first_hand=also,
    )


def _trends(goal: access_domain.Goal, rights: access.Rights) -> Mapping[str, Sequence[float | None]]:
    """The last changes; of rows about persons that the reader may not see, none below the country."""
    guarded = {
        code for code, _ in warehouse.guarded(codes=goal.indicators, rights=rights, territories=[goal.territory])
    }
    codes = [code for code in goal.indicators if not goal.territory or code not in guarded]
    return warehouse.trends(codes=codes, territory=goal.territory, guarded=guarded)


def _holders(grant: access_domain.Grant, until: datetime) -> tuple[list[UUID], bool]:
    """The people who held a delegation in its time, and whether one of them has the authority first-hand too."""
    kind = grant.holder_kind
    if kind is access_domain.HolderKind.ACCOUNT:
        people = [UUID(grant.holder)]
    elif kind is access_domain.HolderKind.POSITION:
        people = _in_time(directory.ever_held(positions=[UUID(grant.holder)]), grant, until)
    else:
        people = _in_time(directory.ever_held(agencies=[grant.holder]), grant, until)
    known, moment = access.index(), until - timedelta(microseconds=1)
    wanted = grant.scope.action.removesuffix(".*")
    held = offices(people)
    also = any(
        access.by_delegation(subject_at(person, held, moment), wanted, moment, known) is False for person in people
    )
    return people, also


def offices(accounts: Sequence[UUID]) -> dict[UUID, list[directory.Held]]:
    """Which offices some people ever held, in one query."""
    found: dict[UUID, list[directory.Held]] = defaultdict(list)
    for item in directory.ever_held(accounts=accounts):
        found[item.account_id].append(item)
    return found


def subject_at(account_id: UUID, held: Mapping[UUID, Sequence[directory.Held]], at: datetime) -> access_domain.Subject:
    """Someone with the offices they held at a moment."""
    standing = [
        item for item in held.get(account_id, ()) if item.valid_from <= at and (not item.valid_to or item.valid_to > at)
    ]
    return access_domain.Subject(
        account_id,
        tuple((str(item.position_id), "") for item in standing),
        tuple(dict.fromkeys(item.agency_code for item in standing)),
    )


def require_seen(rights: access.Rights, grant: access_domain.Grant) -> None:
    """Who gave it, who holds it, whom it was given from, who heads them; and auditors.

    :raises kernel.errors.Forbidden: someone else.
    """
    account, mine = rights.subject.account_id, set(rights.subject.holders())
    concerned = grant.granted_by == f"account:{account}" or (grant.holder_kind, grant.holder) in mine
    if not concerned and all(
        item.id != grant.id for item in access.delegations_about(account_id=account, at=rights.at)
    ):
        rights.require(AUDIT)


def _in_time(held: Sequence[directory.Held], grant: access_domain.Grant, until: datetime) -> list[UUID]:
    return list(
        dict.fromkeys(
            item.account_id
            for item in held
            if item.valid_from < until and (item.valid_to is None or item.valid_to > grant.valid_from)
        )
    )


def still_declared(goal: access_domain.Goal) -> list[str]:
    """The indicators of a goal that there still are."""
    declared = warehouse.indicators(codes=goal.indicators)
    return [code for code in goal.indicators if code in declared]
