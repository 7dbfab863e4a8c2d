"""Jobs: taking files in."""

from uuid import UUID

from procrastinate.contrib.django import app

from lienthong.data.registry import services
from lienthong.kernel import clock


@app.task(name="data.registry.run_import", queue="imports", queueing_lock=None, retry=5)
def run_import(*, import_id: str) -> None:
    """Take one file in; run again after a crash it goes on where it stood."""
    services.run_import(import_id=UUID(import_id), at=clock.now())
