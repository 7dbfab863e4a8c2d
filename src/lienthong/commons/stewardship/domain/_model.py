"""The Model: layers, systems, how much of each is built, and how it is now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

STALE = timedelta(seconds=30)
"""A pulse older than this says nothing any more."""


class Built(StrEnum):
    """How much of a system is there."""

    BUILT = "built"
    PARTIAL = "partial"
    PLANNED = "planned"

    @property
    def vi(self) -> str:
        return {"built": "đã có", "partial": "có một phần", "planned": "chưa xây dựng"}[self.value]

    @property
    def en(self) -> str:
        return {"built": "built", "partial": "partly built", "planned": "not built yet"}[self.value]


class Health(StrEnum):
    """How a system is at this moment, worst last."""

    GOOD = "good"
    UNKNOWN = "unknown"
    BAD = "bad"

    @property
    def vi(self) -> str:
        return {"good": "đang chạy", "unknown": "mất tín hiệu", "bad": "có sự cố"}[self.value]

    @property
    def en(self) -> str:
        return {"good": "running", "unknown": "no signal", "bad": "in trouble"}[self.value]

    @property
    def tone(self) -> str:
        return {"good": "good", "unknown": "warn", "bad": "bad"}[self.value]


@dataclass(frozen=True)
class Pulse:
    """What was last seen of one thing the space stands on: a process, the queue of events, the log, the disk."""

    name: str
    sound: bool
    vi: str
    en: str
    at: datetime

    def health(self, at: datetime) -> Health:
        if at - self.at > STALE:
            return Health.UNKNOWN
        return Health.GOOD if self.sound else Health.BAD


@dataclass(frozen=True)
class System:
    """One named system of the Model."""

    key: str
    vi: str
    en: str
    built: Built
    done_vi: str = ""
    done_en: str = ""
    href: str = ""
    opens: str = ""
    """The action that its page needs; empty when everyone may open it."""
    needs: tuple[str, ...] = ()
    """The pulses it stands on."""
    responsible: Mapping[str, str] | None = None
    """Agency codes by role as the published arrangement has them; what a space goes by is in its directory."""

    @property
    def subject(self) -> str:
        """Its name in the directory of responsibilities."""
        return f"system:{self.key}"

    def health(self, pulses: Mapping[str, Pulse], at: datetime) -> Health | None:
        """The worst of what it stands on; none for a system that is not built."""
        if not self.needs:
            return None
        found = [pulses[name].health(at) if name in pulses else Health.UNKNOWN for name in self.needs]
        return max(found, key=list(Health).index)


@dataclass(frozen=True)
class Layer:
    """One of the four layers."""

    number: int
    vi: str
    en: str
    systems: tuple[System, ...]


def parse(document: Mapping[str, Any]) -> tuple[Layer, ...]:
    """Read the declared Model."""
    return tuple(
        Layer(item["number"], item["vi"], item["en"], tuple(_system(system) for system in item["systems"]))
        for item in document["layers"]
    )


def _system(item: Mapping[str, Any]) -> System:
    return System(
        key=item["key"], vi=item["vi"], en=item["en"], built=Built(item["built"]), done_vi=item.get("done_vi", ""),
        done_en=item.get("done_en", ""), href=item.get("href", ""), opens=item.get("opens", ""),
        needs=tuple(item.get("needs", ())),
        responsible={role: item[role] for role in ("leads", "owns", "manages") if role in item},
    )  # fmt: skip
