"""Numbers moved: compute the scores that stand on them. Roadmaps changed: score by what is due now."""

from collections.abc import Sequence

from lienthong.channels.kpis import services
from lienthong.commons.stewardship.events import RoadmapChanged
from lienthong.data.warehouse.events import IndicatorsUpdated
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe_batch(IndicatorsUpdated)
def compute_scores(events: Sequence[IndicatorsUpdated]) -> None:
    codes = sorted({code for event in events for code in event.indicators})
    registers = sorted({event.register for event in events})
    services.compute_for(indicators=codes, registers=registers, at=clock.now())


@outbox.subscribe_batch(RoadmapChanged)
def follow_roadmaps(events: Sequence[RoadmapChanged]) -> None:
    services.follow_roadmap(frameworks=sorted({event.framework for event in events}), at=clock.now())
