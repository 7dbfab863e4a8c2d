"""What a delivery is and when it is tried again."""

from dataclasses import dataclass
from datetime import timedelta

CHANNEL = "outbox"
"""Where committed facts are announced to the workers."""
ATTEMPTS = 8
"""After this many failures a delivery waits for a person."""


@dataclass(frozen=True)
class Delivered:
    """What one round of delivering did."""

    delivered: int = 0
    set_aside: int = 0
    weight: int = 0
    """Of the facts, those set aside among them."""

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(self.delivered + other.delivered, self.set_aside + other.set_aside, self.weight + other.weight)


def pause(attempts: int) -> timedelta:
    """How long to wait after a failure: doubling from one second, ten minutes at most."""
    return timedelta(seconds=min(2 ** max(attempts - 1, 0), 600))
