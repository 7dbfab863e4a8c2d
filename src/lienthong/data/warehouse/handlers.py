"""Registers changed: move the numbers."""

from collections import defaultdict
from collections.abc import Sequence

from lienthong.data.registry.events import RecordsVersioned
from lienthong.data.warehouse import services
from lienthong.data.warehouse.domain import Share
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe_batch(RecordsVersioned)
def move_cells(events: Sequence[RecordsVersioned]) -> None:
    _apply(events, Share.LIVE)


@outbox.subscribe_batch(RecordsVersioned, gives_way=True)
def move_the_rest(events: Sequence[RecordsVersioned]) -> None:
    _apply(events, Share.REST)


def _apply(events: Sequence[RecordsVersioned], share: Share) -> None:
    xids: dict[str, list[int]] = defaultdict(list)
    for event in events:
        xids[event.register].append(event.xid)
    for register, changed in xids.items():
        services.apply(register=register, xids=changed, at=clock.now(), share=share)
