"""Numbers moved: compute the scores that stand on them."""

from collections.abc import Sequence

from lienthong.channels.kpis import services
from lienthong.data.warehouse.events import IndicatorsUpdated
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe_batch(IndicatorsUpdated)
def compute_scores(events: Sequence[IndicatorsUpdated]) -> None:
    codes = sorted({code for event in events for code in event.indicators})
    registers = sorted({event.register for event in events})
    services.compute_for(indicators=codes, registers=registers, at=clock.now())
