"""The catalogue changed: keep what its procedures say now."""

from collections.abc import Sequence

from lienthong.commons.procedures import services
from lienthong.commons.procedures.domain import REGISTER
from lienthong.data.registry import queries as registry
from lienthong.data.registry.events import RecordsVersioned
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock


@outbox.subscribe_batch(RecordsVersioned)
def keep_procedures(events: Sequence[RecordsVersioned]) -> None:
    xids = {event.xid for event in events if event.register == REGISTER}
    codes = {key for xid in xids for _, key, _ in registry.written_in(register=REGISTER, xid=xid)}
    if codes:
        services.keep_procedures(codes=codes, at=clock.now())
