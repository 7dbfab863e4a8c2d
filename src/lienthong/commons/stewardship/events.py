"""Facts about the steering of the Model."""

from dataclasses import dataclass
from typing import ClassVar

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RoadmapChanged(Event):
    """From another day than before units answer for criteria of a framework."""

    name: ClassVar[str] = "commons.stewardship.roadmap_changed.v1"
    framework: str
    lines: int
