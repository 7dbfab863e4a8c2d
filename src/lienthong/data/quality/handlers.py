"""Registers changed: see whether a source has mended what it was told."""

from collections.abc import Sequence

from lienthong.data.quality import services
from lienthong.data.registry.events import RecordsVersioned, SourceAdded
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe_batch(RecordsVersioned)
def note_fixed(events: Sequence[RecordsVersioned]) -> None:
    sources = {(event.register, event.source) for event in events}
    awaited = services.awaited_sources(sources=sources)
    for event in events:
        if (event.register, event.source) in awaited:
            services.note_fixed(register=event.register, source=event.source, xid=event.xid, at=clock.now())


@outbox.subscribe(SourceAdded)
def declare_agreement(event: SourceAdded) -> None:
    services.declare_agreement(register=event.register, by="system:quality", at=clock.now())
