"""The hash under which a reported result and all that led to it stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from lienthong.commons.direction.domain._tasks import Entry
from lienthong.kernel.keeping import canonical, digest


def seal(task_id: UUID, life: Sequence[Entry]) -> str:
    """SHA-256, in hexadecimal, of a task's life: its id, then every line as JSON with sorted keys, each ended by a line feed.
    Moments are UTC to the millisecond, values have six decimals; files stand in it by their own SHA-256."""
    return digest(f"{task_id}\n" + "".join(f"{_line(entry)}\n" for entry in life))


def _line(entry: Entry) -> str:
    values = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="milliseconds"), "by": entry.by, "kind": entry.kind,
        "text": entry.text, "percent": entry.percent, "value": None if entry.value is None else f"{entry.value:.6f}",
        "agency": entry.agency, "evidence": [dict(item) for item in entry.evidence],
    }  # fmt: skip
    return canonical(values)


@dataclass(frozen=True)
class SealedFile:
    """A file under a seal, and whether its content is still what was sealed."""

    id: str
    name: str
    sha256: str
    intact: bool


@dataclass(frozen=True)
class Seal:
    """The seal of one reported result, checked."""

    at: datetime
    value: str
    holds: bool
    """The life read today has this hash."""
    logged: bool
    """The log recorded it when the result was reported."""
    files: tuple[SealedFile, ...]

    @property
    def intact(self) -> bool:
        return self.holds and self.logged and all(file.intact for file in self.files)
