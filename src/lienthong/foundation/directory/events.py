"""Facts about territories, agencies and offices."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AgencyReorganised(Event):
    name: ClassVar[str] = "foundation.directory.agency_reorganised.v1"
    kind: str
    on: date
    from_codes: tuple[str, ...]
    to_codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UnitsReorganised(Event):
    """Administrative units changed on a date."""

    name: ClassVar[str] = "foundation.directory.units_reorganised.v1"
    on: date
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PositionHeld(Event):
    """An account began or ceased to hold a position."""

    name: ClassVar[str] = "foundation.directory.position_held.v1"
    position_id: UUID
    account_id: UUID
    holds: bool
