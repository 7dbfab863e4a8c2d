"""Numbers moved: compute the scores that stand on them."""

from lienthong.channels.kpis import services
from lienthong.data.warehouse.events import IndicatorsUpdated
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe(IndicatorsUpdated)
def compute_scores(event: IndicatorsUpdated) -> None:
    services.compute_for(indicators=event.indicators, at=clock.now())
