"""Registers changed: move the numbers."""

from lienthong.data.registry.events import RecordsVersioned
from lienthong.data.warehouse import services
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe(RecordsVersioned)
def move_cells(event: RecordsVersioned) -> None:
    services.apply(register=event.register, xid=event.xid, at=clock.now())
