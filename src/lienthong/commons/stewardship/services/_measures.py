"""Counting what the space knows of its own governing."""

from datetime import datetime

from django.db import connection, transaction

from lienthong.commons.stewardship import domain, queries
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.foundation.audit import services as audit
from lienthong.kernel.clock import vietnam_date


@transaction.atomic
def measure(*, by: str, at: datetime) -> int:
    """Count everything and write it into the register of measures, in one batch; how many rows said something new. Harmless to
    repeat: what says the same is left alone. Where nothing is held any more, a row says so."""
    with connection.cursor() as cursor:  # once a day it may read as long as there is to read
        cursor.execute("SET LOCAL statement_timeout = 0")
    found = {item.key: item for item in queries.counted(at=at)}
    for standing in registry.current(register=domain.MEASURES, source=domain.COUNTER):
        if standing.key not in found:
            found[standing.key] = domain.Measured(standing.payload["measure"], 0, 0, standing.territory)
    declaration, today = registry.declaration(register=domain.MEASURES), vietnam_date(at).isoformat()
    rows = [
        declaration.prepare(
            {
                "id": key, "measure": item.measure, "territory": item.territory, "day": today, "numerator": item.numerator,
                "denominator": item.denominator,
            }
        )
        for key, item in sorted(found.items())
    ]  # fmt: skip
    taken = registry_services.accept_batch(register=domain.MEASURES, source=domain.COUNTER, rows=rows, by=by, at=at)
    if written := taken.new + taken.changed:
        audit.record(
            by=by, action="commons.stewardship.measure", subject=f"register:{domain.MEASURES}", at=at,
            details={"rows": written},
        )  # fmt: skip
    return written


def measure_once_a_day(*, by: str, at: datetime) -> int:
    """The same, unless it was done on this day."""
    return 0 if queries.counted_on() == vietnam_date(at) else measure(by=by, at=at)
