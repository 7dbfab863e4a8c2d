"""How scores come about: exact until they are rounded, half up to two decimals (Decision 766/QĐ-TTg)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from lienthong.channels.kpis.domain._framework import HUNDRED, Criterion, Framework, Nothing
from lienthong.channels.kpis.domain._periods import Span

Sums = Mapping[str, tuple[Decimal, Decimal]]
"""Numerator and denominator by indicator or measure, over a period."""


@dataclass(frozen=True)
class Result:
    """The score of one criterion for one unit."""

    criterion: str
    value: Decimal | None
    score: Decimal | None
    completeness: Decimal
    """The weight of the leaves that had a value, of 100: what a score is worth."""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    is_due: bool = True
    """Whether the unit answers for it yet, by its roadmap."""
    is_hidden: bool = False
    """Whether the reader may not see it: few rows about persons stand behind it, or behind a part of it."""
    low: Decimal | None = None
    high: Decimal | None = None
    """From what to what the score of a group can be, where it is hidden."""

    @property
    def middle(self) -> Decimal | None:
        """Its score; of a hidden one what lies halfway between the least and the most it can be."""
        return (self.low + self.high) / 2 if self.low is not None and self.high is not None else self.score


@dataclass(frozen=True)
class Known:
    """A result as it was known from a moment on."""

    at: datetime
    value: Decimal | None
    score: Decimal | None


@dataclass(frozen=True)
class Figure:
    """What one leaf comes to; ``denominator`` is none for what is not divided, ``value`` none where nothing is known."""

    value: Fraction | None
    numerator: Fraction | None = None
    denominator: Fraction | None = None


@dataclass(frozen=True)
class Scale:
    """How an indicator's sums become its value."""

    factor: int = 100
    divided: bool = True


def compute(
    framework: Framework, values: Mapping[str, Decimal | None], not_due: Collection[str] = ()
) -> dict[str, Result]:
    """Every criterion's result from the indicators' values. A leaf without a value has no score and takes no part in its
    group's; how much did take part is said beside the score.

    :param not_due: the leaves for which the unit does not answer yet.
    """
    figures = {
        leaf.code: Figure(None if values.get(leaf.indicator) is None else Fraction(values[leaf.indicator]))
        for leaf in framework.leaves
    }
    return score(framework, figures, {}, not_due=not_due)


def figure(
    leaf: Criterion, framework: Framework, sums: Sums, last_year: Sums, span: Span, scales: Mapping[str, Scale]
) -> Figure:
    """What a leaf comes to from the sums of a period."""
    scale = scales.get(leaf.indicator or leaf.measure, Scale())
    top, bottom = _quotient(leaf, sums, last_year, span)
    if leaf.times and bottom:
        factor, whole = _quotient(framework.criterion(leaf.times), sums, last_year, span)
        if not whole:
            return Figure(None, top, Fraction(0))
        top, bottom = (top * factor, bottom * whole) if factor < whole else (top, bottom)
    if not scale.divided:
        return Figure(top * scale.factor, top)
    return Figure(top * scale.factor / bottom if bottom else None, top, bottom)


def _quotient(leaf: Criterion, sums: Sums, last_year: Sums, span: Span) -> tuple[Fraction, Fraction]:
    nothing = (Decimal(0), Decimal(0))
    if not leaf.of:
        top, bottom = sums.get(leaf.indicator or leaf.measure, nothing)
        return Fraction(top), Fraction(bottom)
    top = Fraction(sums.get(leaf.of, nothing)[0])
    bottom = Fraction(max(sums.get(code, nothing)[0] for code in leaf.over))
    if not bottom and leaf.last_year:
        bottom = Fraction(max(last_year.get(code, nothing)[0] for code in leaf.over)) * span.every.months / 12
    return top, bottom


def assess(
    framework: Framework,
    span: Span,
    *,
    sums: Sums,
    last_year: Sums,
    scales: Mapping[str, Scale],
    given: Mapping[str, Decimal],
    kind: str = "",
    not_due: Collection[str] = (),
) -> dict[str, Result]:
    """Every criterion's result for one unit and period.

    :param given: what people gave to the leaves that are scored from evidence.
    :param kind: of the unit.
    :param not_due: the leaves for which the unit does not answer yet.
    """
    figures = {
        leaf.code: figure(leaf, framework, sums, last_year, span, scales)
        for leaf in framework.leaves
        if not leaf.evidence
    }
    return score(framework, figures, given, kind, not_due)


def score(
    framework: Framework,
    figures: Mapping[str, Figure],
    given: Mapping[str, Decimal],
    kind: str = "",
    not_due: Collection[str] = (),
) -> dict[str, Result]:
    """The tree's results from what its leaves come to and what people gave."""
    return total(
        framework,
        {
            leaf.code: _not_due(leaf.code)
            if leaf.code in not_due
            else _leaf(leaf, figures.get(leaf.code, Figure(None)), given, kind)
            for leaf in framework.leaves
        },
    )


def total(framework: Framework, leaves: Mapping[str, Result]) -> dict[str, Result]:
    """The tree's results from its leaves'. A group is the sum of its parts' marks, as much of its maximum as the parts that
    take part can give; what is not due takes no part, and nothing is missing of it."""
    results: dict[str, Result] = {}

    def visit(node: Criterion) -> Result:
        results[node.code] = (
            leaves[node.code] if not node.children else _group(node, [visit(part) for part in node.children])
        )
        return results[node.code]

    visit(framework.root)
    return results


def rescored(framework: Framework, results: Mapping[str, Result], given: Mapping[str, Decimal]) -> dict[str, Result]:
    """Results with other points for the leaves that people score; what was computed stays as it was."""
    return total(
        framework,
        {
            leaf.code: _leaf(leaf, Figure(None), given)
            if leaf.evidence and results[leaf.code].is_due
            else results[leaf.code]
            for leaf in framework.leaves
        },
    )


def _group(node: Criterion, parts: Sequence[Result]) -> Result:
    # Scores have two decimals, and a weight is the maximum itself or per cent: every product here is an exact decimal.
    pairs = [(child, part) for child, part in zip(node.children, parts, strict=True) if part.is_due]
    if not pairs:
        return _not_due(node.code)
    known = [(child, part.score) for child, part in pairs if part.score is not None]
    whole = sum(child.weight for child, _ in known)
    marks = sum(
        score if child.weight == child.maximum else child.weight * score / child.maximum for child, score in known
    )
    told = sum(child.weight * part.completeness for child, part in pairs)
    score = _quotient_rounded(marks * node.maximum, whole) if whole else None
    return Result(node.code, None, score, _quotient_rounded(told, sum(child.weight for child, _ in pairs)))


def _not_due(code: str) -> Result:
    return Result(code, None, None, Decimal("0.00"), is_due=False)


def _leaf(leaf: Criterion, found: Figure, given: Mapping[str, Decimal], kind: str = "") -> Result:
    sums = tuple(None if part is None else rounded(part, 6) for part in (found.numerator, found.denominator))
    if leaf.evidence:
        points = given.get(leaf.code)
        return Result(leaf.code, points, points, Decimal(0) if points is None else HUNDRED)
    if found.value is not None:
        marks = rounded(leaf.share(found.value) * Fraction(leaf.maximum))
        return Result(leaf.code, rounded(found.value, 6), marks, HUNDRED, *sums)
    if leaf.nothing_for.get(kind, leaf.nothing) is Nothing.ZERO:
        return Result(leaf.code, None, Decimal("0.00"), HUNDRED, *sums)
    return Result(leaf.code, None, None, Decimal("0.00"), *sums)


def rounded(value: Fraction | Decimal | int, digits: int = 2) -> Decimal:
    """Half up (away from 0), however long the number is."""
    top, bottom = value.as_integer_ratio()
    whole = (2 * abs(top) * 10**digits + bottom) // (2 * bottom)
    return Decimal(whole if top >= 0 else -whole).scaleb(-digits)


def _quotient_rounded(top: Decimal, bottom: Decimal) -> Decimal:
    (over, times), (under, by) = top.as_integer_ratio(), bottom.as_integer_ratio()
    return rounded(Fraction(over * by, times * under))


def grade(score: Decimal | None, maximum: Decimal = HUNDRED) -> tuple[str, str, str]:
    """The grade of a score in Vietnamese and English, and its tone on a badge (bands of Decision 766's index)."""
    if score is None:
        return ("chưa có số liệu", "no data", "")
    for limit, vi, en, tone in _GRADES:
        if score * 100 >= limit * maximum:
            return (vi, en, tone)
    return _GRADES[-1][1:]


_GRADES: Sequence[tuple[int, str, str, str]] = (
    (90, "xuất sắc", "excellent", "good"),
    (80, "tốt", "good", "good"),
    (70, "khá", "fair", "info"),
    (50, "trung bình", "average", "warn"),
    (0, "yếu", "weak", "bad"),
)
