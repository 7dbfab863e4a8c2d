"""Reopening what was published: why, what it replaces, and what the next publication says has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from lienthong.channels.kpis.domain._assessment import SameHand, Step
from lienthong.channels.kpis.domain._framework import Criterion, Framework
from lienthong.channels.kpis.domain._scoring import Result
from lienthong.channels.kpis.domain._withholding import shown
from lienthong.data.warehouse.domain import SMALL
from lienthong.kernel.errors import Refusal


class BadReopening(Refusal):
    code: ClassVar[str] = "kpis.bad_reopening"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chưa mở lại được: {problem}."
    en: ClassVar[str] = "This cannot be reopened: {problem_en}."


@dataclass(frozen=True)
class Reopening:
    """Why a published version is replaced, and by which document."""

    reason: str
    document: str
    by: str
    agency: str
    at: datetime


@dataclass(frozen=True)
class Version:
    """A result as it was published once."""

    number: int
    at: datetime
    score: Decimal | None
    reason: str
    results: Mapping[str, Result]
    computed_at: datetime | None
    """The moment of the rows it was computed from."""
    seal: str
    """The hash of its results, as the log has it."""
    reopened: Reopening | None = None
    replaced_at: datetime | None = None
    """When the next version was published."""
    withheld: frozenset[str] = frozenset()
    """The leaves that are not told to whoever may not see rows of the unit."""


@dataclass(frozen=True)
class Moved:
    """A criterion that came to something else."""

    criterion: Criterion
    before: Result
    after: Result

    @property
    def rows(self) -> Decimal | None:
        """By how many rows what it is divided by grew; none where nothing is divided."""
        return _grown(self.before.denominator, self.after.denominator)

    @property
    def counted(self) -> Decimal | None:
        """By how many what is counted grew."""
        return _grown(self.before.numerator, self.after.numerator)

    @property
    def is_small(self) -> bool:
        """Whether few rows made the difference: those are told of nobody."""
        return any(item and abs(item) < SMALL for item in (self.rows, self.counted))


def _grown(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None and after is None else (after or Decimal(0)) - (before or Decimal(0))


def moved(framework: Framework, before: Mapping[str, Result], after: Mapping[str, Result]) -> list[Moved]:
    """The leaves whose points or sums are others, as they stand in the tree."""
    nothing = Result("", None, None, Decimal(0))
    found = [Moved(leaf, before.get(leaf.code, nothing), after.get(leaf.code, nothing)) for leaf in framework.leaves]
    return [
        item
        for item in found
        if _told(item.before) != _told(item.after) and not (item.before.is_hidden or item.after.is_hidden)
    ]


def as_shown(framework: Framework, version: Version) -> Version:
    """A version as whoever may not see rows of the unit reads it."""
    if not version.withheld:
        return version
    results = shown(framework, version.results, version.withheld)
    return replace(version, results=results, score=results[framework.root.code].score, seal="")


def _told(result: Result) -> tuple:
    return result.value, result.score, result.numerator, result.denominator


def require_reason(reason: str, document: str) -> tuple[str, str]:
    """Both as they are kept.

    :raises BadReopening: one is missing.
    """
    reason, document = reason.strip(), document.strip()
    if not reason:
        raise BadReopening(problem="chưa có lý do", problem_en="it has no reason")
    if not document:
        raise BadReopening(
            problem="chưa có số văn bản làm căn cứ", problem_en="the document that it is based on is missing"
        )
    return reason, document


def require_other_hand(why: Reopening, *, by: str) -> None:
    """Who reopened a result does not publish it again.

    :raises SameHand: they would.
    """
    if why.by == by:
        raise SameHand(before=Step.REOPEN.vi, before_en=Step.REOPEN.en, step=Step.PUBLISH.vi, step_en=Step.PUBLISH.en)
