"""What came of a delegation: decisions, and indicators then and now."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

DECISIONS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "commons.direction.issue", "commons.direction.approve", "commons.direction.return", "commons.direction.suspend",
            "commons.direction.resume", "commons.direction.withdraw", "commons.direction.extend",
            "commons.direction.extension_granted", "commons.direction.extension_refused",
        ),
        "commons.direction.issue",
    ),
    **dict.fromkeys(("data.intelligence.confirmed", "data.intelligence.refused"), "data.intelligence.decide"),
    "foundation.directory.assign_responsibility": "foundation.directory.assign",
}  # fmt: skip
"""What the log calls an act that decides something, and the authority that it takes."""

AUTHORITIES: Mapping[str, tuple[str, str]] = {
    "commons.direction.*": ("chỉ đạo và theo dõi nhiệm vụ", "direct and follow up tasks"),
    "commons.direction.issue": ("ra chỉ đạo, giao nhiệm vụ", "issue directives"),
    "data.intelligence.decide": ("kết luận các phát hiện", "conclude on insights"),
    "foundation.directory.assign": ("giao trách nhiệm về hệ thống, dữ liệu", "assign responsibilities"),
}
"""The authority to decide, in words: what is handed on most."""
REVIEW_WORKING_DAYS = 60
"""When a delegation is offered to be looked at, in working days."""


@dataclass(frozen=True)
class Change:
    """An indicator when authority was handed on, and now."""

    indicator: str
    then: Decimal | None
    now: Decimal | None
    up: bool
    """Whether higher is better."""

    @property
    def better(self) -> bool | None:
        """Whether it is better now; none where one of the two is not known."""
        if self.then is None or self.now is None:
            return None
        return self.now > self.then if self.up else self.now < self.then

    @property
    def worse(self) -> bool | None:
        return None if self.better is None else not self.better and self.now != self.then
