"""Facts about quality."""

from dataclasses import dataclass
from typing import ClassVar

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class SourceAssessed(Event):
    """A source has been held against its rules and the trusted source; what was found is in the register of checks."""

    name: ClassVar[str] = "data.quality.source_assessed.v1"
    register: str
    source: str
    found: int
    verified: int
