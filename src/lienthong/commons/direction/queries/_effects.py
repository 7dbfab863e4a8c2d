"""What was done, what it changed, and what is expected without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from lienthong.commons.direction import domain, models
from lienthong.commons.direction.queries._tasks import task_of
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse


def effects(tasks: Sequence[domain.Task]) -> dict[UUID, domain.TaskEffect]:
    """What tasks are estimated to have changed, in two queries; those whose effect cannot be estimated are not there."""
    shown = [task for task in tasks if task.intervention]
    if not shown:
        return {}
    estimates = intelligence.effects()
    declared = warehouse.indicators(codes=sorted({task.target.indicator for task in shown}))
    return {
        task.id: _effect(task.intervention, estimates.get(task.intervention), declared[task.target.indicator])
        for task in shown
    }


def outcomes(*, directive_ids: Sequence[UUID]) -> dict[UUID, list[domain.Outcome]]:
    """What can be said of the effects of directives' tasks, each outcome once, in the order of `domain.Outcome`."""
    rows = (
        models.TaskRow.objects.select_related("directive").filter(directive__in=directive_ids).exclude(intervention="")
    )
    shown = [task_of(row) for row in rows]
    known = effects(shown)
    found: dict[UUID, set] = {}
    for item in shown:
        found.setdefault(item.directive_id, set()).add(known[item.id].outcome)
    return {key: sorted(value, key=list(domain.Outcome).index) for key, value in found.items()}


def ended_effects() -> dict[str, tuple[int, int]]:
    """(worked, all) of the completed tasks whose effect can be estimated in time, by the territory of their target; of several,
    under the country. In three queries."""
    rows = models.TaskRow.objects.select_related("directive").filter(state=domain.TaskState.COMPLETED)
    ended = [task_of(row) for row in rows.exclude(intervention="")]
    known = effects(ended)
    found: dict[str, tuple[int, int]] = {}
    for item in ended:
        place = "" if item.target.others else item.target.territory
        worked, all_ = found.get(place, (0, 0))
        found[place] = worked + (known[item.id].outcome is domain.Outcome.WORKED), all_ + 1
    return found


def effect(task: domain.Task) -> domain.TaskEffect | None:
    """The same for one task, with the territories where it worked and where not; none where it cannot be estimated."""
    if not task.intervention:
        return None
    declared = warehouse.indicator(code=task.target.indicator)
    estimate, details = intelligence.effect(intervention=task.intervention)
    return _effect(task.intervention, estimate, declared, details.get("units", ()))


def _effect(name: str, estimate, indicator: warehouse_domain.Indicator, units=()) -> domain.TaskEffect:
    if estimate is None:
        return domain.TaskEffect(name, domain.Outcome.TOO_EARLY)
    up = indicator.direction is warehouse_domain.Direction.UP
    word = {1: domain.Outcome.WORKED, -1: domain.Outcome.WORSE, 0: domain.Outcome.NONE_SEEN}
    parts = tuple(
        domain.UnitEffect(unit["territory"], unit["effect"], unit["low"], unit["high"], word[unit["worked"]])
        for unit in units
    )
    outcome = domain.outcome(estimate.verdict, estimate.effect, up=up)
    return domain.TaskEffect(
        name, outcome, estimate.effect, estimate.low, estimate.high, estimate.vi, estimate.en, parts
    )


def precedents(*, indicator: str, limit: int = 10) -> list[domain.Precedent]:
    """What was done about an indicator before, here or elsewhere, with what it changed; what worked first."""
    declared = warehouse.indicator(code=indicator)
    known = [item for item in intelligence.interventions() if item.indicator == indicator]
    if not known:
        return []
    estimates = intelligence.effects()
    tasks = dict(
        models.TaskRow.objects.filter(intervention__in=[item.id for item in known]).values_list("intervention", "id")
    )
    found = [
        domain.Precedent(
            item.title,
            item.start,
            item.territories,
            _effect(item.id, estimates.get(item.id), declared),
            tasks.get(item.id),
        )
        for item in known
    ]
    order = list(domain.Outcome)
    found.sort(key=lambda item: (order.index(item.effect.outcome), -abs(item.effect.effect or 0), item.start))
    return found[:limit]


@dataclass(frozen=True)
class Prospect:
    """A target in one territory beside what is expected there, at the deadline, if nothing is done."""

    territory: str
    week: date
    point: float
    low: float
    high: float
    anyway: domain.Anyway
    short: bool
    """Whether the forecast ends before the deadline: then it is the last week that it tells."""


def prospects(*, target: domain.Target, due_on: date) -> list[Prospect]:
    """A target beside the forecast without action, territory by territory; those without a forecast are not there."""
    monday = due_on - timedelta(days=due_on.weekday())
    found = []
    for place in target.territories:
        expected = intelligence.newest_expectations(indicator=target.indicator, territory=place)
        item = next((item for item in expected if item.week >= monday), expected[-1] if expected else None)
        if item is not None:
            anyway = domain.without_action(target.value, item.low, item.high, at_least=target.at_least)
            found.append(Prospect(place, item.week, item.point, item.low, item.high, anyway, item.week < monday))
    return found
