"""A file stands in line: let a worker take it in."""

from lienthong.data.registry.events import ImportBegun
from lienthong.data.registry.tasks import run_import
from lienthong.foundation.outbox import services as outbox


@outbox.subscribe(ImportBegun)
def take_in(event: ImportBegun) -> None:
    run_import.defer(import_id=str(event.import_id))
