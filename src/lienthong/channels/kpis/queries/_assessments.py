"""Assessments: one unit's sheet, rankings, their life and what was published."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.fields.json import KeyTransform

from lienthong.channels.kpis import domain, models
from lienthong.channels.kpis.queries._due import Due
from lienthong.channels.kpis.queries._live import Line, framework, versions
from lienthong.data.warehouse.domain import SMALL
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.directory.domain import Branch
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import NotFound

_FIELDS = (
    "id", "framework_id", "version", "span", "unit", "state", "results", "score", "completeness", "computed_at", "self_scores",
    "appraised", "published_at", "appeal_until", "number", "withheld",
)  # fmt: skip


Shut = Callable[[Collection[str]], set[str]]
"""Of some units those of which a reader may not see rows."""


@dataclass(frozen=True)
class Ranked:
    """A unit in a ranking: its place, or why it has none."""

    unit: str
    place: int | None
    result: domain.Result
    is_due: bool
    number: int = 0
    """Of its published versions, the last."""
    is_reopened: bool = False
    """Whether it is published, and computed anew meanwhile."""


@dataclass(frozen=True)
class Asked:
    """A question that waits for a public answer."""

    assessment: UUID
    framework: domain.Framework
    span: domain.Span
    criterion: domain.Criterion
    due_on: date


@dataclass(frozen=True)
class Sheet:
    """One unit's assessment with the framework as it was then."""

    framework: domain.Framework
    assessment: domain.Assessment | None
    """None where nothing is computed."""
    is_due: bool


def spans(*, code: str, public: bool = False) -> list[domain.Span]:
    """The periods that a framework was assessed in, the last first."""
    rows = models.AssessmentRow.objects.filter(framework=code)
    if public:
        rows = rows.filter(number__gt=0)
    found = [domain.Span.parse(code) for code in rows.order_by().values_list("span", flat=True).distinct()]
    return sorted(found, key=lambda span: (span.last, span.every.months), reverse=True)


def assessment(*, id: UUID) -> domain.Assessment:
    """One of them.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.AssessmentRow.objects.filter(id=id).values_list(*_FIELDS).first()
    if row is None:
        raise NotFound(what=f"kết quả {id}")
    return to_assessment(row)


def assessments(*, framework: domain.Framework, span: domain.Span) -> dict[str, domain.Assessment]:
    """Every unit's assessment of a period by a version, by unit."""
    rows = models.AssessmentRow.objects.filter(framework=framework.code, version=framework.version, span=span.code)
    return {row[_FIELDS.index("unit")]: to_assessment(row) for row in rows.order_by("unit").values_list(*_FIELDS)}


def sheet(
    *, code: str, span: domain.Span, unit: str, public: bool = False, number: int | None = None, at: datetime
) -> Sheet:
    """A unit's assessment of a period under the newest version that has one, with the framework of that version. In public, as
    it was last published, or as it was at the time asked for.

    :raises kernel.errors.NotFound: there is no such framework, or it was not published so often.
    """
    rows = models.AssessmentRow.objects.filter(framework=code, span=span.code, unit=unit)
    if public:
        rows = rows.filter(number__gt=0)
    told = {item.version: item for item in map(to_assessment, rows.values_list(*_FIELDS))}
    known = versions(code=code) if told else {}
    version = next((version for version in known if version in told), None)
    if version is None:
        present = framework(code=code)
        return Sheet(present, None, _is_due(present, unit, span, at))
    found = told[version]
    if public:
        asked = found.number if number is None else number
        row = models.PublishedRow.objects.filter(assessment=found.id, number=asked).first()
        if row is None:
            raise NotFound(what=f"lần công bố {asked}")
        found = as_published(found, row)
    settled = public or not found.state.moves
    is_due = found.results[code].is_due if settled else _is_due(known[version], unit, span, at)
    return Sheet(known[version], found, is_due)


def lines(found: Sheet, *, hide: bool) -> list[Line]:
    """The framework's criteria with the results of an assessment, parents first.

    :param hide: whether the reader may not see rows of the unit.
    """
    empty = domain.Result("", None, None, Decimal(0))
    kept = found.assessment
    results = kept.results if kept else {}
    if kept and hide:
        results = domain.shown(found.framework, results, kept.withheld)
    return [Line(depth, node, results.get(node.code, empty)) for depth, node in found.framework.root.walk()]


def to_withheld(document: Sequence[str] | None, results: Mapping[str, domain.Result]) -> frozenset[str]:
    """The leaves that are withheld; where it was not looked at yet, all that few rows stand behind."""
    if document is not None:
        return frozenset(document)
    return frozenset(
        code for code, result in results.items() if result.denominator is not None and 0 < result.denominator < SMALL
    )


def ranked(
    *,
    framework: domain.Framework,
    span: domain.Span,
    kind: domain.Kind,
    above: str = "",
    criterion: str = "",
    public: bool = False,
    shut: Shut,
    at: datetime,
) -> list[Ranked]:
    """Units of a kind by their score, best first, equal ones sharing a place. Those that do not answer for the period yet take no
    part and stand last.

    :param above: the province whose communes are ranked.
    :param criterion: by which to rank; else by the whole.
    :param public: by what is published, as it was last published.
    :param shut: of some units those of which the reader may not see rows: they stand by the middle of what they can have.
    """
    rows = (
        models.PublishedRow.objects.filter(number=F("assessment__number")) if public else models.AssessmentRow.objects
    )
    of = "assessment__" if public else ""
    rows = rows.filter(
        **{
            f"{of}framework": framework.code,
            f"{of}version": framework.version,
            f"{of}span": span.code,
            f"{of}kind": kind,
        }
    )
    if kind is domain.Kind.COMMUNE:
        rows = rows.filter(**{f"{of}above": above})
    told = rows.annotate(part=KeyTransform(criterion or framework.root.code, "results"))
    found, lives, covered = {}, {}, {}
    node = framework.criterion(criterion or framework.root.code)
    parts = {part.code for _, part in node.walk()}
    columns = (f"{of}unit", "part", "id", f"{of}withheld", f"{of}number", f"{of}published_at")
    for unit, part, row, hidden, number, published_at in told.values_list(*columns):
        if part is not None:
            found[unit] = to_result("", part)
            lives[unit] = number, number > 0 and published_at is None
            if hidden is None or parts & set(hidden):
                covered[row] = unit, hidden
    if covered and (closed := shut({unit for unit, _ in covered.values()})):
        ids = [row for row, (unit, _) in covered.items() if unit in closed]
        for row, document in rows.filter(id__in=ids).values_list("id", "results"):
            unit, hidden = covered[row]
            results = to_results(document)
            found[unit] = domain.shown(framework, results, to_withheld(hidden, results))[node.code]
    wanted = dict.fromkeys(found, above)
    if not public and kind in (domain.Kind.PROVINCE, domain.Kind.COMMUNE):
        units = directory.units(level=kind.value, parent=above, on=vietnam_date(at))
        wanted |= {unit.code: unit.parent for unit in units}
    nothing = domain.Result("", None, None, Decimal(0))
    due = None if public else Due(framework, span.first)
    entries = [
        (
            unit,
            found.get(unit, nothing),
            framework.is_due(unit, kind, span, wanted[unit])
            and (found[unit].is_due if unit in found else due is None or due.is_due(unit, wanted[unit], node)),
        )
        for unit in wanted
    ]
    entries.sort(key=lambda item: (not item[2], item[1].middle is None, -(item[1].middle or 0), item[0]))
    numbers = domain.places([result.middle if due else None for _, result, due in entries])
    return [
        Ranked(unit, place, result, due, *lives.get(unit, (0, False)))
        for (unit, result, due), place in zip(entries, numbers, strict=True)
    ]


def course(
    *, code: str, every: domain.Every, unit: str, criterion: str, public: bool = False, hide: bool, limit: int = 24
) -> list[tuple[domain.Span, domain.Result]]:
    """What a criterion came to in the periods of a kind, the last ones, oldest first. In public, of what is published.

    :param hide: whether the reader may not see rows of the unit.
    """
    rows = (
        models.PublishedRow.objects.filter(number=F("assessment__number")) if public else models.AssessmentRow.objects
    )
    of = "assessment__" if public else ""
    rows = rows.filter(**{f"{of}framework": code, f"{of}unit": unit})
    known = versions(code=code)
    order = {version: number for number, version in enumerate(reversed(known))}
    newest: dict[domain.Span, tuple[str, Any, Any]] = {}
    told = rows.values_list(f"{of}version", f"{of}span", "results", f"{of}withheld")
    for version, span, document, hidden in sorted(told, key=lambda row: order[row[0]]):
        if criterion in document:
            newest[domain.Span.parse(span)] = version, document, hidden
    of_kind = sorted((span for span in newest if span.every is every), key=lambda span: span.first)
    found = []
    for span in of_kind[-limit:]:
        version, document, hidden = newest[span]
        results = to_results(document)
        if hide:
            results = domain.shown(known[version], results, to_withheld(hidden, results))
        found.append((span, results[criterion]))
    return found


def states(*, framework: domain.Framework, span: domain.Span) -> dict[domain.State, int]:
    """How many assessments of a period stand at each step."""
    rows = models.AssessmentRow.objects.filter(
        framework=framework.code, version=framework.version, span=span.code
    ).exclude(kind=domain.Kind.COUNTRY)
    counted = dict(rows.order_by().values_list("state").annotate(Count("id")))
    return {state: counted[state] for state in domain.State if state in counted}


def public_version(*, code: str, span: domain.Span) -> domain.Framework:
    """The version under which results of a period are published, the newest.

    :raises kernel.errors.NotFound: none are.
    """
    rows = models.AssessmentRow.objects.filter(framework=code, span=span.code, number__gt=0)
    shown = set(rows.order_by().values_list("version", flat=True))
    found = next((item for version, item in versions(code=code).items() if version in shown), None)
    if found is None:
        raise NotFound(what=f"kết quả công bố của kỳ {span.code}")
    return found


def unanswered(*, code: str, span: domain.Span, on: date) -> dict[str, tuple[int, int]]:
    """By unit: questions about a period's published results that wait for an answer, and how many of them for too long."""
    rows = models.QuestionRow.objects.filter(
        assessment__framework=code, assessment__span=span.code, answered_at=None
    ).values_list("assessment__unit")
    counted = rows.annotate(waiting=Count("id"), late=Count("id", filter=Q(due_on__lt=on)))
    return {unit: (waiting, late) for unit, waiting, late in counted}


def unit_agency(*, unit: str, on: date) -> str:
    """The agency that a unit is (a ministry) or that governs it (its People's Committee); none for the country."""
    if domain.Kind.of(unit) is domain.Kind.MINISTRY:
        return unit
    body = directory.body_of(unit, Branch.STATE, on) if unit else None
    return body.code if body else ""


def own_units(*, agencies: Sequence[str], on: date) -> set[str]:
    """The units that agencies and those above them are or govern: of these nobody from there is a judge."""
    return units_of(agencies=[code for item in agencies for code in directory.agency_path(item, on)], on=on)


def units_of(*, agencies: Sequence[str], on: date) -> set[str]:
    """The units that agencies are (ministries) or govern (the territories of People's Committees and their offices)."""
    known = directory.agencies_by_code(agencies, on).values()
    return {*agencies, *(item.territory for item in known if item.branch is Branch.STATE and item.territory)}


def asked_of(*, units: Collection[str], limit: int = 5) -> list[Asked]:
    """The questions about units that wait for a public answer, the most urgent first."""
    rows = models.QuestionRow.objects.filter(assessment__unit__in=list(units), answered_at=None)
    names = ("assessment", "assessment__framework", "assessment__version", "assessment__span", "criterion", "due_on")
    told = list(rows.order_by("due_on", "id").values_list(*names)[:limit])
    known = {code: versions(code=code) for code in {row[1] for row in told}}
    return [
        Asked(id, known[code][version], domain.Span.parse(span), known[code][version].criterion(criterion), due_on)
        for id, code, version, span, criterion, due_on in told
    ]


def waiting_for(
    *, framework: domain.Framework, span: domain.Span, states: Collection[domain.State], limit: int = 40
) -> list[tuple[UUID, str, domain.State]]:
    """(assessment, unit, step it stands at) of those of a period that wait for somebody's look."""
    rows = models.AssessmentRow.objects.filter(
        framework=framework.code, version=framework.version, span=span.code, state__in=list(states)
    )
    told = rows.order_by("unit").values_list("id", "unit", "state")[:limit]
    return [(id, unit, domain.State(state)) for id, unit, state in told]


def standing(*, framework: domain.Framework, span: domain.Span, state: domain.State) -> list[UUID]:
    """The assessments of a period that stand at a step."""
    rows = models.AssessmentRow.objects.filter(
        framework=framework.code, version=framework.version, span=span.code, state=state
    )
    return list(rows.order_by("id").values_list("id", flat=True))


def life(*, id: UUID) -> list[domain.Taken]:
    """What was done with an assessment, first things first."""
    rows = models.StepRow.objects.filter(assessment=id).order_by("id")
    return [
        domain.Taken(domain.Step(step), *others)
        for step, *others in rows.values_list("step", "by", "agency", "at", "text")
    ]


def questions(*, id: UUID) -> dict[str, domain.Question]:
    """What the body is asked for in public, by criterion."""
    rows = models.QuestionRow.objects.filter(assessment=id).order_by("criterion")
    names = ("criterion", "asked_at", "due_on", "answer", "promised_on", "answered_at")
    return {row[0]: domain.Question(*row) for row in rows.values_list(*names)}


def to_assessment(row: tuple) -> domain.Assessment:
    """As its rules read it."""
    values = dict(zip(_FIELDS, row, strict=True))
    return domain.Assessment(
        id=values["id"], framework=values["framework_id"], version=values["version"], span=domain.Span.parse(values["span"]),
        unit=values["unit"], state=domain.State(values["state"]), results=to_results(values["results"]),
        score=values["score"], completeness=values["completeness"], computed_at=values["computed_at"],
        self_scores=to_marks(values["self_scores"]), appraised=to_marks(values["appraised"]),
        published_at=values["published_at"], appeal_until=values["appeal_until"], number=values["number"],
        withheld=to_withheld(values["withheld"], to_results(values["results"])),
    )  # fmt: skip


def to_results(document: Mapping[str, Any]) -> dict[str, domain.Result]:
    """Results as they are kept."""
    return {code: to_result(code, parts) for code, parts in document.items()}


def to_result(code: str, parts: Sequence[Any]) -> domain.Result:
    """One of them: five numbers, and a sixth part where it is not due."""
    return domain.Result(code, *(None if part is None else Decimal(part) for part in parts[:5]), *parts[5:])


def to_marks(document: Mapping[str, Any]) -> dict[str, domain.Mark]:
    return {code: domain.Mark(Decimal(points), basis) for code, (points, basis) in document.items()}


def as_published(found: domain.Assessment, told: models.PublishedRow) -> domain.Assessment:
    """As everybody may read it, whatever is computed anew beside it."""
    return replace(
        found, results=to_results(told.results), score=told.score, published_at=told.at, number=told.number,
        computed_at=told.computed_at or told.at,
        withheld=found.withheld | to_withheld(told.withheld, to_results(told.results)),
    )  # fmt: skip


def _is_due(of: domain.Framework, unit: str, span: domain.Span, at: datetime) -> bool:
    kind, above = domain.Kind.of(unit), ""
    if kind is domain.Kind.COMMUNE:
        place = directory.unit(unit, vietnam_date(at))
        above = place.parent if place else ""
    return of.is_due(unit, kind, span, above) and Due(of, span.first).is_due(unit, above)
