"""What was published, version by version, what it was reopened for, and how far it is from what the data say now."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lienthong.channels.kpis import domain, models
from lienthong.channels.kpis.queries._assessments import to_results, to_withheld
from lienthong.channels.kpis.queries._figures import anew
from lienthong.channels.kpis.queries._live import versions


@dataclass(frozen=True)
class Changed:
    """A published version with what it changed in the one before."""

    version: domain.Version
    total: domain.Result
    before: domain.Result | None
    moved: tuple[domain.Moved, ...]


@dataclass(frozen=True)
class Apart:
    """A published result that the data do not give any more."""

    id: UUID
    unit: str
    published: Decimal | None
    now: Decimal | None


def published(*, id: UUID) -> list[domain.Version]:
    """Every version of a result that was published, the first first."""
    rows = models.PublishedRow.objects.filter(assessment=id).order_by("number")
    names = ("number", "at", "score", "reason", "results", "computed_at", "seal", "withheld", "assessment__withheld")
    told = [(*row[:4], to_results(row[4]), *row[5:]) for row in rows.values_list(*names)]
    why = reopenings(ids=[id])
    next_at = {number - 1: at for number, at, *_ in told}
    return [
        domain.Version(
            number, at, score, reason, results, computed_at, seal, why.get((id, number)), next_at.get(number),
            to_withheld(then, results) | to_withheld(now, results),
        )
        for number, at, score, reason, results, computed_at, seal, then, now in told
    ]  # fmt: skip


def changes(*, framework: domain.Framework, versions: Sequence[domain.Version], hide: bool) -> list[Changed]:
    """Published versions, each with what it changed in the one before, the last first.

    :param hide: whether the reader may not see rows of the unit. What is withheld in one of the versions did not move for them,
        and no seal is shown of results with something withheld: the few that can be could be tried.
    """
    if hide:
        versions = [domain.as_shown(framework, item) for item in versions]
    found: list[Changed] = []
    for number, item in enumerate(versions):
        before = versions[number - 1] if number else None
        parts = domain.moved(framework, before.results, item.results) if before else []
        root = framework.root.code
        found.append(Changed(item, item.results[root], before and before.results[root], tuple(parts)))
    return found[::-1]


def reopenings(*, ids: Collection[UUID]) -> dict[tuple[UUID, int], domain.Reopening]:
    """Why versions were reopened, by assessment and number."""
    rows = models.ReopeningRow.objects.filter(assessment__in=list(ids)).order_by("id")
    told = rows.values_list("assessment", "number", "reason", "document", "by", "agency", "at") if ids else []
    return {(id, number): domain.Reopening(*others) for id, number, *others in told}


def reopened_periods(*, code: str) -> list[tuple[domain.Framework, domain.Span]]:
    """The versions and periods of a framework with something reopened that still follows the data."""
    moving = [state for state in domain.State if state.moves]
    rows = models.AssessmentRow.objects.filter(framework=code, number__gt=0, published_at=None, state__in=moving)
    told = sorted(set(rows.order_by().values_list("version", "span")))
    known = versions(code=code) if told else {}
    return [(known[version], domain.Span.parse(span)) for version, span in told]


def lives(*, ids: Collection[UUID]) -> dict[UUID, list[domain.Taken]]:
    """What was done with several assessments, first things first."""
    found: dict[UUID, list[domain.Taken]] = defaultdict(list)
    rows = models.StepRow.objects.filter(assessment__in=list(ids)).order_by("id")
    for id, step, *others in rows.values_list("assessment", "step", "by", "agency", "at", "text"):
        found[id].append(domain.Taken(domain.Step(step), *others))
    return found


def moved_now(
    *, found: domain.Assessment, framework: domain.Framework, at: datetime
) -> tuple[Decimal | None, list[domain.Moved]]:
    """What a result would be by the data as they are now, and which criteria would be others than they are."""
    now = anew(framework=framework, span=found.span, given={found.unit: found.given}, at=at)[found.unit]
    return now[framework.root.code].score, domain.moved(framework, found.results, now)


def apart(*, framework: domain.Framework, span: domain.Span, at: datetime) -> list[Apart]:
    """The published results of a period that the data do not give any more, the farthest first."""
    rows = models.AssessmentRow.objects.filter(
        framework=framework.code, version=framework.version, span=span.code, published_at__isnull=False
    )
    told = list(rows.order_by("unit").values_list("id", "unit", "score", "self_scores", "appraised"))
    given = {
        unit: {code: Decimal(points) for code, (points, _) in {**own, **others}.items()}
        for _, unit, _, own, others in told
    }
    now = anew(framework=framework, span=span, given=given, at=at) if told else {}
    found = [Apart(id, unit, score, now[unit][framework.root.code].score) for id, unit, score, *_ in told]
    found = [item for item in found if item.published != item.now]
    return sorted(found, key=lambda item: (-abs((item.now or 0) - (item.published or 0)), item.unit))
