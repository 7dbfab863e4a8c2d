"""What a framework of KPIs is: a tree of criteria, and what each leaf counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar

from lienthong.channels.kpis.domain._periods import BadPeriod, Every, Span
from lienthong.kernel.errors import Refusal

HUNDRED = Decimal(100)


class BadFramework(Refusal):
    code: ClassVar[str] = "kpis.bad_framework"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Khung KPI {code} chưa đúng: {problem}. Xem docs/how-to/add-a-framework.md."
    en: ClassVar[str] = "The framework {code} is not right: {problem}. See docs/how-to/add-a-framework.md."


class VersionTaken(Refusal):
    code: ClassVar[str] = "kpis.version_taken"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = "Khung {code} phiên bản {version} đã có kết quả công bố; hãy khai báo phiên bản mới."
    en: ClassVar[str] = "Version {version} of {code} has published results; declare a new version."


class Nothing(StrEnum):
    """What a leaf scores where there is nothing to divide by."""

    NONE = "none"
    """It takes no part (N/A)."""
    ZERO = "zero"


@dataclass(frozen=True)
class Criterion:
    """A node of the tree: a group with parts, or a leaf scored by straight lines between points, by how near it comes to full
    marks, or by people from evidence."""

    code: str
    name: Mapping[str, str]
    weight: Decimal
    """Of its group: per cent, or points where the framework counts in points."""
    maximum: Decimal = HUNDRED
    """Its highest score."""
    indicator: str = ""
    """An indicator of the warehouse: the quotient of its sums over the period."""
    measure: str = ""
    """Something counted over rows that is no sum (`queries.MEASURES`)."""
    of: str = ""
    """A plain sum, divided by the largest of the sums ``over``."""
    over: tuple[str, ...] = ()
    last_year: bool = False
    """Where ``over`` is 0: last year's, for as much of a year as the period is."""
    times: str = ""
    """Another leaf whose quotient, at most 1, it is multiplied by."""
    evidence: bool = False
    points: tuple[tuple[Decimal, Decimal], ...] = ()
    """(value, score of 100), rising by value."""
    full_at: Decimal | None = None
    """The value from which on it has full marks; below, in proportion."""
    nothing: Nothing = Nothing.NONE
    nothing_for: Mapping[str, Nothing] = field(default_factory=dict)
    """Where it is another thing for a kind of units."""
    owner: str = ""
    """The agency that answers for it."""
    formula: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    children: tuple["Criterion", ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Criterion"]]:
        """This node and those under it, each with its depth, parents first."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)

    @property
    def sources(self) -> tuple[str, ...]:
        """The indicators that it is computed from."""
        return tuple(code for code in (self.indicator, self.of, *self.over) if code)

    @property
    def leads_to(self) -> str:
        """The indicator behind its number."""
        return self.indicator or self.of

    def share(self, value: Fraction) -> Fraction:
        """0 to 1 of the marks for a value: at a point its score, between two points in proportion, beyond the ends the end's."""
        if self.full_at is not None:
            return max(Fraction(0), min(Fraction(1), value / Fraction(self.full_at)))
        points = [(Fraction(at), Fraction(score) / 100) for at, score in self.points]
        if value <= points[0][0]:
            return points[0][1]
        for (low, from_score), (high, to_score) in pairwise(points):
            if value <= high:
                return from_score + (to_score - from_score) * (value - low) / (high - low)
        return points[-1][1]


@dataclass(frozen=True)
class Framework:
    """One version of a tree of criteria. Weights of a group add up to 100; or, where the framework counts in points, to the
    points of the group."""

    code: str
    version: str
    name: Mapping[str, str]
    basis: str
    root: Criterion
    in_points: bool = False
    """Whether weights are points, and not per cent of their group."""
    every: tuple[Every, ...] = ()
    """The periods it is assessed in; none: it is computed from the present state as numbers move."""
    appeal_days: int = 5
    """Working days after publication within which a result can be appealed."""
    answer_days: int = 10
    """Working days that a body has to answer for a red criterion."""
    red_below: Decimal = Decimal(50)
    """Per cent of its marks under which a criterion is red."""
    note: Mapping[str, str] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    """Its name where there is little room."""
    units: tuple[str, ...] = ("country", "province", "ministry", "commune")
    """The kinds of units that are assessed."""
    starts: Mapping[str, Span] = field(default_factory=dict)
    """The roadmap: the first period that a unit, or a kind of units, has to answer for."""

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Framework":
        """Read a declaration.

        :raises BadFramework: naming what is wrong.
        """
        code = str(document.get("code", "?"))
        total = document.get("total")
        top = {"code": code, "name": document.get("name"), "weight": 100, "children": document.get("criteria")}
        try:
            root = _criterion(top, None if total is None else Decimal(str(total)))
            framework = cls(
                code, str(document["version"]), document["name"], document.get("basis", ""), root, in_points=total is not None,
                every=tuple(Every(item) for item in document.get("every", ())),
                appeal_days=int(document.get("appeal_days", 5)), answer_days=int(document.get("answer_days", 10)),
                red_below=Decimal(str(document.get("red_below", 50))), note=document.get("note", {}),
                short=document.get("short", document["name"]),
                units=tuple(document.get("units", cls.units)),
                starts={unit: Span.parse(first) for unit, first in document.get("starts", {}).items()},
            )  # fmt: skip
        except BadPeriod as error:
            raise BadFramework(code=code, problem=f"{error.data['given']} is no period") from error
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise BadFramework(code=code, problem=str(error)) from error
        if problem := next(_problems(framework), ""):
            raise BadFramework(code=code, problem=problem)
        return framework

    @property
    def leaves(self) -> tuple[Criterion, ...]:
        return tuple(node for _, node in self.root.walk() if not node.children)

    @property
    def indicators(self) -> set[str]:
        """The indicators it is computed from."""
        return {code for leaf in self.leaves for code in leaf.sources}

    def criterion(self, code: str) -> Criterion | None:
        return next((node for _, node in self.root.walk() if node.code == code), None)

    def is_due(self, unit: str, kind: str, span: Span, above: str = "") -> bool:
        """Whether a unit answers for a period by the roadmap: by its own line, that of the province it lies in, or its kind's."""
        first = self.starts.get(unit) or (self.starts.get(above) if above else None) or self.starts.get(kind)
        return first is None or first.first <= span.first

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """Each leaf with the groups it is part of, from itself up to the whole."""
        found: dict[str, tuple[str, ...]] = {}

        def visit(node: Criterion, above: tuple[str, ...]) -> None:
            path = (node.code, *above)
            if not node.children:
                found[node.code] = path
            for child in node.children:
                visit(child, path)

        visit(self.root, ())
        return found

    def is_red(self, criterion: Criterion, score: Decimal | None) -> bool:
        """Whether a score is under the mark from which on the body is asked for a public answer."""
        return score is not None and score * 100 < self.red_below * criterion.maximum


def _problems(framework: Framework) -> Iterator[str]:
    codes = [node.code for _, node in framework.root.walk()]
    if twice := {name for name in codes if codes.count(name) > 1}:
        yield f"several criteria have the code {', '.join(sorted(twice))}"
    leaves = {leaf.code for leaf in framework.leaves}
    for _, node in framework.root.walk():
        if node.children:
            whole = node.maximum if framework.in_points else HUNDRED
            if sum(child.weight for child in node.children) != whole:
                yield f"the weights under {node.code} do not add up to {whole}"
            continue
        given = [bool(node.indicator), bool(node.measure), bool(node.of and node.over), node.evidence]
        if sum(given) != 1:
            yield f"{node.code} needs an indicator, a measure, `of` and `over`, or evidence: exactly one"
        if not node.evidence and (node.full_at is None) == (len(node.points) < 2):
            yield f"{node.code} needs at least two points, or the value of full marks"
        if node.full_at is not None and node.full_at <= 0:
            yield f"full marks of {node.code} must be above 0"
        if any(low >= high for (low, _), (high, _) in pairwise(node.points)):
            yield f"the points of {node.code} must rise"
        if node.times and (node.times not in leaves or node.times == node.code):
            yield f"{node.code} is multiplied by {node.times}, which is no other leaf"
        if (node.measure or node.evidence or node.of) and not framework.every:
            yield f"{node.code} needs a framework with periods (`every`)"


def _decimal(document: Mapping[str, Any], name: str) -> Decimal | None:
    return None if document.get(name) is None else Decimal(str(document[name]))


def _criterion(document: Mapping[str, Any], maximum: Decimal | None) -> Criterion:
    """
    :param maximum: its points; none where the framework counts in per cent.
    """
    nothing = document.get("nothing", "none")
    rules = {
        kind: Nothing(rule) for kind, rule in (nothing if isinstance(nothing, dict) else {"else": nothing}).items()
    }
    children = tuple(
        _criterion(child, None if maximum is None else Decimal(str(child["max"])))
        for child in document.get("children", ())
    )
    return Criterion(
        code=document["code"], name=document["name"], children=children,
        weight=Decimal(str(document["weight"])) if maximum is None else maximum,
        maximum=HUNDRED if maximum is None else maximum,
        indicator=document.get("indicator", ""), measure=document.get("measure", ""), of=document.get("of", ""),
        over=tuple(document.get("over", ())), last_year=document.get("last_year", False), times=document.get("times", ""),
        evidence=document.get("evidence", False),
        points=tuple((Decimal(str(value)), Decimal(str(score))) for value, score in document.get("points", ())),
        full_at=_decimal(document, "full_at"), nothing=rules.pop("else", Nothing.NONE), nothing_for=rules,
        owner=document.get("owner", ""), formula=document.get("formula", {}), unit=document.get("unit", ""),
        baseline=_decimal(document, "baseline"), target=_decimal(document, "target"),
    )  # fmt: skip
