"""What the warehouse cannot work without: which territory lies in which."""

from datetime import datetime

from lienthong.data.warehouse import queries, services
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date


def load(*, by: str, at: datetime) -> None:
    """Bring the places up to the directory, and every number with them; harmless to repeat."""
    if services.set_places(pairs=directory.territory_pairs(vietnam_date(at))):
        for code in queries.indicators():
            services.recompute(code=code, at=at)
