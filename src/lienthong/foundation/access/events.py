"""Facts about authority."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Granted(Event):
    name: ClassVar[str] = "foundation.access.granted.v1"
    grant_id: UUID
    holder_kind: str
    holder: str
    action: str
    parent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class Revoked(Event):
    name: ClassVar[str] = "foundation.access.revoked.v1"
    grant_id: UUID


@dataclass(frozen=True, kw_only=True)
class Concluded(Event):
    """Who gave a delegation has judged it by its results."""

    name: ClassVar[str] = "foundation.access.concluded.v1"
    grant_id: UUID
    conclusion: str
    successor_id: UUID | None
