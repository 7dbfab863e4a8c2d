"""What intelligence tells others."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class InsightProposed(Event):
    """There is something a person should look at."""

    name: ClassVar[str] = "data.intelligence.insight_proposed.v1"
    insight_id: UUID
    kind: str
    territory: str
    agency: str


@dataclass(frozen=True, kw_only=True)
class InsightDecided(Event):
    """A person confirmed or refused an insight, or acted on it."""

    name: ClassVar[str] = "data.intelligence.insight_decided.v1"
    insight_id: UUID
    state: str
