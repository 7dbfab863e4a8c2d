"""Numbers moved: measure the tasks whose targets are on them."""

from collections.abc import Sequence

from lienthong.commons.direction import services
from lienthong.data.warehouse.events import IndicatorsUpdated
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe_batch(IndicatorsUpdated)
def measure_targets(events: Sequence[IndicatorsUpdated]) -> None:
    codes = sorted({code for event in events for code in event.indicators})
    services.measure(indicators=codes, at=clock.now())
