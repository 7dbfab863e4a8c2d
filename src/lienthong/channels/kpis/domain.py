"""What a framework of KPIs is and how a score comes about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any, ClassVar

from lienthong.kernel.errors import Refusal

CENT = Decimal("0.01")
"""Scores are rounded to two decimals (Decision 766/QĐ-TTg)."""


class BadFramework(Refusal):
    code: ClassVar[str] = "kpis.bad_framework"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Khung KPI {code} chưa đúng: {problem}."
    en: ClassVar[str] = "The framework {code} is not right: {problem}."


@dataclass(frozen=True)
class Criterion:
    """A node of the tree: a group with parts, or a leaf scored from one indicator by straight lines between points."""

    code: str
    name: Mapping[str, str]
    weight: Decimal
    indicator: str = ""
    points: tuple[tuple[Decimal, Decimal], ...] = ()
    children: tuple["Criterion", ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Criterion"]]:
        """This node and those under it, each with its depth, parents first."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)

    def leaf_score(self, value: Decimal) -> Decimal:
        """0 to 100 for a value: at a point its score, between two points in proportion, beyond the ends the end's."""
        if value <= self.points[0][0]:
            return self.points[0][1]
        for (low, from_score), (high, to_score) in pairwise(self.points):
            if value <= high:
                return from_score + (to_score - from_score) * (value - low) / (high - low)
        return self.points[-1][1]


@dataclass(frozen=True)
class Framework:
    """One version of a tree of criteria whose weights add up to 100 at every level."""

    code: str
    version: str
    name: Mapping[str, str]
    basis: str
    root: Criterion

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Framework":
        """Read a declaration.

        :raises BadFramework: naming what is wrong.
        """
        code = str(document.get("code", "?"))
        try:
            root = _criterion({"code": code, "name": document["name"], "weight": 100, "children": document["criteria"]})
            framework = cls(code, str(document["version"]), document["name"], document.get("basis", ""), root)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise BadFramework(code=code, problem=str(error)) from error
        codes = [node.code for _, node in root.walk()]
        if twice := {name for name in codes if codes.count(name) > 1}:
            raise BadFramework(code=code, problem=f"several criteria have the code {', '.join(sorted(twice))}")
        for _, node in root.walk():
            if node.children and sum(child.weight for child in node.children) != 100:
                raise BadFramework(code=code, problem=f"the weights under {node.code} do not add up to 100")
            if not node.children and (not node.indicator or len(node.points) < 2):
                raise BadFramework(code=code, problem=f"{node.code} needs an indicator and at least two points")
            if any(low >= high for (low, _), (high, _) in pairwise(node.points)):
                raise BadFramework(code=code, problem=f"the points of {node.code} must rise")
        return framework

    @property
    def indicators(self) -> set[str]:
        """The indicators it is computed from."""
        return {node.indicator for _, node in self.root.walk() if node.indicator}


@dataclass(frozen=True)
class Result:
    """The score of one criterion for one territory."""

    criterion: str
    value: Decimal | None
    score: Decimal | None
    completeness: Decimal
    """The weight of the leaves that had a value, of 100: what a score is worth."""


@dataclass(frozen=True)
class Known:
    """A result as it was known from a moment on."""

    at: datetime
    value: Decimal | None
    score: Decimal | None


def compute(framework: Framework, values: Mapping[str, Decimal | None]) -> dict[str, Result]:
    """Every criterion's result from the indicators' values. A leaf without a value has no score and takes no part in its
    group's; how much did take part is said beside the score."""
    results: dict[str, Result] = {}

    def visit(node: Criterion) -> Result:
        if not node.children:
            value = values.get(node.indicator)
            if value is None:
                result = Result(node.code, None, None, Decimal(0))
            else:
                result = Result(node.code, value, _rounded(node.leaf_score(value)), Decimal(100))
        else:
            parts = [(child.weight, visit(child)) for child in node.children]
            known = [(weight, part) for weight, part in parts if part.score is not None]
            total = sum(weight for weight, _ in known)
            score = _rounded(sum(weight * part.score for weight, part in known) / total) if total else None
            completeness = _rounded(sum(weight * part.completeness for weight, part in parts) / 100)
            result = Result(node.code, None, score, completeness)
        results[node.code] = result
        return result

    visit(framework.root)
    return results


def grade(score: Decimal | None) -> tuple[str, str, str]:
    """The grade of a score in Vietnamese and English, and its tone on a badge (bands of Decision 766's index)."""
    if score is None:
        return ("chưa có số liệu", "no data", "")
    for limit, vi, en, tone in _GRADES:
        if score >= limit:
            return (vi, en, tone)
    return _GRADES[-1][1:]


_GRADES: Sequence[tuple[int, str, str, str]] = (
    (90, "xuất sắc", "excellent", "good"),
    (80, "tốt", "good", "good"),
    (70, "khá", "fair", "info"),
    (50, "trung bình", "average", "warn"),
    (0, "yếu", "weak", "bad"),
)


def _criterion(document: Mapping[str, Any]) -> Criterion:
    return Criterion(
        code=document["code"],
        name=document["name"],
        weight=Decimal(str(document["weight"])),
        indicator=document.get("indicator", ""),
        points=tuple((Decimal(str(value)), Decimal(str(score))) for value, score in document.get("points", ())),
        children=tuple(_criterion(child) for child in document.get("children", ())),
    )


def _rounded(value: Decimal) -> Decimal:
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)
