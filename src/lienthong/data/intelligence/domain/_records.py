"""Models, the use made of them, and what they led to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from lienthong.kernel.errors import Refusal


class NoModel(Refusal):
    code: ClassVar[str] = "intelligence.no_model"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = "Mô hình {name} chưa có phiên bản nào được phê duyệt. Hãy phê duyệt rồi chạy lại."
    en: ClassVar[str] = "No version of the model {name} is approved. Approve one, then run it again."


class BadStep(Refusal):
    code: ClassVar[str] = "intelligence.bad_step"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = "Không thể chuyển từ {state} sang {wanted}. Hãy tải lại trang để xem tình trạng hiện nay."
    en: ClassVar[str] = "It cannot go from {state} to {wanted}. Reload to see how it stands."


class BadIntervention(Refusal):
    code: ClassVar[str] = "intelligence.bad_intervention"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Can thiệp {id} chưa đúng: {problem}"
    en: ClassVar[str] = "Intervention {id} is not right: {problem_en}"


class ModelState(StrEnum):
    """A version of a model: only an approved one is used; one a name."""

    REGISTERED = "registered"
    APPROVED = "approved"
    RETIRED = "retired"


class InsightState(StrEnum):
    """domain §4.6: proposed → confirmed → acted on → measured; or refused."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    ACTED_ON = "acted_on"
    MEASURED = "measured"


NEXT: Mapping[InsightState, frozenset[InsightState]] = {
    InsightState.PROPOSED: frozenset({InsightState.CONFIRMED, InsightState.REFUSED}),
    InsightState.CONFIRMED: frozenset({InsightState.ACTED_ON, InsightState.REFUSED}),
    InsightState.REFUSED: frozenset({InsightState.CONFIRMED}),
    InsightState.ACTED_ON: frozenset({InsightState.MEASURED}),
    InsightState.MEASURED: frozenset(),
}
"""What may follow a state; a person may change their mind about a refusal."""


@dataclass(frozen=True)
class Card:
    """What people must know of a model before they trust it (Mitchell et al., Model Cards, 2019)."""

    name: str
    version: str
    purpose: Mapping[str, str]
    method: Mapping[str, str]
    limits: Mapping[str, str]
    risk: str
    """minimal, limited or high (Law on Artificial Intelligence 134/2025/QH15)."""
    evaluation: Mapping[str, str] = field(default_factory=dict)
    """How well it did where what is right is known; nothing where that was not measured."""


@dataclass(frozen=True)
class Insight:
    """One thing that a person should look at."""

    id: UUID
    kind: str
    indicator: str
    territory: str
    agency: str
    title: str
    """Whom or what it is about, by name."""
    vi: str
    en: str
    evidence: Mapping[str, Any]
    confidence: float
    state: InsightState
    proposed_at: datetime
    inference_id: UUID


@dataclass(frozen=True)
class Expectation:
    """What was forecast for a week, by what was known at the end of another."""

    indicator: str
    territory: str
    origin: date
    """The last day that was known."""
    week: date
    """Its Monday."""
    point: float
    low: float
    high: float
    """Between these with a probability of 90 %."""


@dataclass(frozen=True)
class Intervention:
    """Something done somewhere from a day on, to move an indicator."""

    id: str
    title: str
    indicator: str
    territories: tuple[str, ...]
    start: date
    where: Mapping[str, Any]
    """Rows of the indicator's register that it is about, as in an indicator's ``where``; empty: all."""


@dataclass(frozen=True)
class Office:
    """An office whose records are looked at."""

    code: str
    name: str
    territory: str
