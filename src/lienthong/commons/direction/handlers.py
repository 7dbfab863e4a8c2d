"""Numbers moved: measure the tasks whose targets are on them."""

from lienthong.commons.direction import services
from lienthong.data.warehouse.events import IndicatorsUpdated
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe(IndicatorsUpdated)
def measure_targets(event: IndicatorsUpdated) -> None:
    services.measure(indicators=event.indicators, at=clock.now())
