"""Facts about scores."""

from dataclasses import dataclass
from typing import ClassVar

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class KpiComputed(Event):
    """Scores of a framework changed."""

    name: ClassVar[str] = "channels.kpis.kpi_computed.v1"
    framework: str
    results: int
