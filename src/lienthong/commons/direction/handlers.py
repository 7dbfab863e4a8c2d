"""Numbers moved: measure the tasks whose targets are on them. Deadlines passed: let the register of tasks say so."""

from collections.abc import Sequence

from lienthong.commons.direction import services
from lienthong.commons.direction.events import DeadlinesCrossed
from lienthong.data.warehouse.events import IndicatorsUpdated
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
