"""Indicators and registers were declared: keep what they say as passages."""

from collections.abc import Sequence

from lienthong.data.intelligence import services
from lienthong.data.registry.events import RegisterDeclared
from lienthong.data.warehouse.events import IndicatorsDeclared
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe_batch(IndicatorsDeclared)
def keep_indicators(events: Sequence[IndicatorsDeclared]) -> None:
    services.keep_indicators(codes=sorted({code for event in events for code in event.indicators}), at=clock.now())


@outbox.subscribe_batch(RegisterDeclared)
def keep_registers(events: Sequence[RegisterDeclared]) -> None:
    services.keep_registers(keys=sorted({event.register for event in events}), at=clock.now())
