"""The life of an import."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ImportState(StrEnum):
    """Where an import stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def vi(self) -> str:
        return {"waiting": "đang chờ", "running": "đang nạp", "done": "đã xong", "failed": "không nạp được"}[self.value]

    @property
    def en(self) -> str:
        return self.value

    @property
    def tone(self) -> str:
        return {"waiting": "info", "running": "info", "done": "good", "failed": "bad"}[self.value]


@dataclass(frozen=True)
class Import:
    """One file on its way into a register, and what became of its rows."""

    id: UUID
    register: str
    source: str
    file_id: UUID
    name: str
    state: ImportState
    total: int | None
    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    problem_vi: str
    problem_en: str
    encoding: str
    by: str
    started_at: datetime
    finished_at: datetime | None

    @property
    def percent(self) -> int:
        """How far it is, of 100."""
        if self.state is ImportState.DONE:
            return 100
        return min(99, self.read * 100 // self.total) if self.total else 0
