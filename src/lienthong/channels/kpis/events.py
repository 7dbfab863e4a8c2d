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


@dataclass(frozen=True, kw_only=True)
class ResultsPublished(Event):
    """Results of a period were published."""

    name: ClassVar[str] = "channels.kpis.results_published.v1"
    framework: str
    span: str
    results: int


@dataclass(frozen=True, kw_only=True)
class ResultsReopened(Event):
    """Published results of a period are computed anew."""

    name: ClassVar[str] = "channels.kpis.results_reopened.v1"
    framework: str
    span: str
    results: int
