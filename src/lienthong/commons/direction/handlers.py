"""Numbers moved: measure the tasks whose targets are on them. Deadlines passed: let the register of tasks say so. Parts moved:
count the whole. Agencies or territories ended: hand over."""

from collections.abc import Sequence

from lienthong.commons.direction import services
from lienthong.commons.direction.events import DeadlinesCrossed, TaskMoved
from lienthong.data.warehouse.events import IndicatorsUpdated
from lienthong.foundation.directory.events import AgencyReorganised, UnitsReorganised
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe_batch(IndicatorsUpdated)
def measure_targets(events: Sequence[IndicatorsUpdated]) -> None:
    codes = sorted({code for event in events for code in event.indicators})
    services.measure(indicators=codes, at=clock.now())


@outbox.subscribe_batch(DeadlinesCrossed)
def tell_what_is_overdue(events: Sequence[DeadlinesCrossed]) -> None:
    overdue = [task for event in events for task in event.overdue]
    services.publish_overdue(task_ids=overdue, at=clock.now())


@outbox.subscribe_batch(TaskMoved)
def count_the_whole(events: Sequence[TaskMoved]) -> None:
    services.roll_up(task_ids=sorted({event.task_id for event in events}))


@outbox.subscribe_batch(AgencyReorganised)
def hand_over_agencies(events: Sequence[AgencyReorganised]) -> None:
    services.hand_over(at=clock.now())


@outbox.subscribe_batch(UnitsReorganised)
def hand_over_territories(events: Sequence[UnitsReorganised]) -> None:
    services.hand_over(at=clock.now())
