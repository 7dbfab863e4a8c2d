"""What a brief is made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import pstdev
from typing import Any
from uuid import UUID

from lienthong.kernel.keeping import canonical, digest

LEAST_PAST = 6
"""Weeks of changes that it takes to say whether one more change is large."""
MOST_SENTENCES = 6
"""Of one part: a brief is read in a minute."""


class Part(StrEnum):
    """The questions of a brief, in their order."""

    CHANGED = "changed"
    UNUSUAL = "unusual"
    OVERDUE = "overdue"
    WORKED = "worked"
    DECIDE = "decide"

    @property
    def vi(self) -> str:
        return _PARTS[self][0]

    @property
    def en(self) -> str:
        return _PARTS[self][1]

    @property
    def nothing(self) -> tuple[str, str]:
        """What is said when there is nothing to say."""
        return _PARTS[self][2:]


_PARTS = {
    Part.CHANGED: (
        "Điều gì đã thay đổi", "What changed",
        "Không chỉ tiêu nào đổi nhiều hơn mức thường ngày của nó.", "No indicator moved more than it usually does.",
    ),
    Part.UNUSUAL: (
        "Điều gì bất thường", "What is unusual",
        "Không phát hiện mới nào đang chờ kết luận.", "No new insight waits for a conclusion.",
    ),
    Part.OVERDUE: (
        "Việc gì quá hạn", "What is overdue",
        "Không có số liệu về nhiệm vụ của địa bàn này.", "There are no numbers about tasks of this territory.",
    ),
    Part.WORKED: (
        "Chỉ đạo nào có tác dụng", "Which directives worked",
        "Chưa đo được tác dụng của việc nào trong mười hai tuần qua.", "No effect of the last twelve weeks was measured.",
    ),
    Part.DECIDE: (
        "Cần quyết định gì", "What to decide",
        "Không có cảnh báo nào chờ chỉ đạo, không chỉ tiêu nào được dự báo vượt ngưỡng.",
        "No signal waits for direction, no indicator is expected to cross its limit.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Sentence:
    """One statement, with the page of what it says and the address that gives its numbers again."""

    vi: str
    en: str
    page: str
    query: str
    """The address of the numbers as JSON; empty where the page itself is the source."""
    tone: str = ""
    """How it is shown: good, warn, bad, info or none."""


@dataclass(frozen=True)
class Brief:
    """One brief, as it was made."""

    id: UUID
    territory: str
    name: str
    week: date
    """Its Monday."""
    made_at: datetime
    sha256: str
    parts: tuple[tuple[Part, tuple[Sentence, ...]], ...]


def surprise(changes: Sequence[float]) -> float:
    """How large the last change is beside those before it, in their standard deviations; 0 where too few are known, or where
    nothing ever moved before."""
    *past, last = changes or (0.0,)
    spread = pstdev(past) if len(past) >= LEAST_PAST else 0.0
    return abs(last) / spread if spread else 0.0


def first_clause(text: str) -> str:
    """What a brief says of a longer text; its page has the rest."""
    end = min((place for mark in (". ", "; ") if (place := text.find(mark)) > 0), default=-1)
    return text if end < 0 else f"{text[:end]}."


def written(
    territory: str, name: str, week: date, made_at: datetime, parts: Sequence[tuple[Part, Sequence[Sentence]]]
) -> str:
    """The text that is kept and hashed."""
    content = {
        "territory": territory, "name": name, "week": week.isoformat(), "made_at": made_at.isoformat(),
        "parts": [{"part": part.value, "sentences": [asdict(item) for item in said]} for part, said in parts],
    }  # fmt: skip
    return canonical(content)


def read(id: UUID, text: str) -> Brief:
    """A brief from the text that was kept."""
    content: Mapping[str, Any] = json.loads(text)
    return Brief(
        id, content["territory"], content["name"], date.fromisoformat(content["week"]),
        datetime.fromisoformat(content["made_at"]), digest(text),
        tuple(
            (Part(item["part"]), tuple(Sentence(**sentence) for sentence in item["sentences"])) for item in content["parts"]
        ),
    )  # fmt: skip
