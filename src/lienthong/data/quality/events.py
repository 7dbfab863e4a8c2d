"""Facts about quality."""

from dataclasses import dataclass
from typing import ClassVar

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class SourcesCompared(Event):
    """A source has been compared with the trusted one; what was found is in the register of checks."""

    name: ClassVar[str] = "data.quality.sources_compared.v1"
    register: str
    source: str
    found: int
    verified: int
