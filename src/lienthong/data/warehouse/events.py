"""Facts about numbers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class IndicatorsUpdated(Event):
    """Cells of these indicators moved; who hears it reads them."""

    name: ClassVar[str] = "data.warehouse.indicators_updated.v1"
    register: str
    indicators: tuple[str, ...]
    cells: int


@dataclass(frozen=True, kw_only=True)
class SignalRaised(Event):
    name: ClassVar[str] = "data.warehouse.signal_raised.v1"
    signal_id: UUID
    indicator: str
    territory: str
    period: str
    level: str
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class SignalClosed(Event):
    """The value is back within its threshold."""

    name: ClassVar[str] = "data.warehouse.signal_closed.v1"
    signal_id: UUID
    indicator: str
    territory: str
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class IndicatorsDeclared(Event):
    """These indicators were declared, or what is said of them changed."""

    name: ClassVar[str] = "data.warehouse.indicators_declared.v1"
    indicators: tuple[str, ...]
