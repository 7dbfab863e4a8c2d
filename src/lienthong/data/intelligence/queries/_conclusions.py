"""What was concluded, and what people made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from lienthong.data.intelligence import domain, models
from lienthong.kernel.text import fold

_INSIGHT = (
    "id", "kind", "indicator", "territory", "agency", "title", "vi", "en", "evidence", "confidence", "state", "proposed_at",
    "inference_id",
)  # fmt: skip
_EXPECTATION = ("indicator", "territory", "origin", "week", "point", "low", "high")


def expectations(
    *,
    indicator: str = "",
    territory: str | None = None,
    origin: date | None = None,
    weeks: tuple[date, date] | None = None,
) -> list[domain.Expectation]:
    """Forecasts, by indicator, territory, origin and week; with ``weeks``, of those whose Monday lies between two days."""
    rows = models.ForecastRow.objects.order_by("indicator", "territory", "origin", "week")
    if indicator:
        rows = rows.filter(indicator=indicator)
    if territory is not None:
        rows = rows.filter(territory=territory)
    if origin:
        rows = rows.filter(origin=origin)
    if weeks:
        rows = rows.filter(week__range=weeks)
    return [domain.Expectation(*row) for row in rows.values_list(*_EXPECTATION)]


def newest_expectations(*, indicator: str, territory: str) -> list[domain.Expectation]:
    """The forecast of the newest origin, week by week; empty when there is none."""
    rows = models.ForecastRow.objects.filter(indicator=indicator, territory=territory)
    newest = rows.order_by("-origin").values("origin")[:1]
    return [
        domain.Expectation(*row) for row in rows.filter(origin__in=newest).order_by("week").values_list(*_EXPECTATION)
    ]


def insights(
    *, kind: str = "", state: str = "", text: str = "", territories: Sequence[str] | None = None,
    after: UUID | None = None, limit: int = 50,
) -> list[domain.Insight]:  # fmt: skip
    """Insights, the newest first; searchable without tone marks."""
    rows = models.InsightRow.objects.order_by("-id")
    for name, value in {"kind": kind, "state": state}.items():
        if value:
            rows = rows.filter(**{name: value})
    if territories is not None:
        rows = rows.filter(territory__in=territories)
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    if after:
        rows = rows.filter(id__lt=after)
    return [_insight(row) for row in rows.values_list(*_INSIGHT)[:limit]]


def insight(*, id: UUID) -> domain.Insight | None:
    """One of them."""
    row = models.InsightRow.objects.filter(id=id).values_list(*_INSIGHT).first()
    return _insight(row) if row else None


def _insight(row: tuple) -> domain.Insight:
    return domain.Insight(
        **dict(zip(_INSIGHT, row, strict=True)) | {"state": domain.InsightState(row[_INSIGHT.index("state")])}
    )


def answered(*, since: datetime) -> dict[str, tuple[int, int]]:
    """(answered by a person, proposed) of the insights proposed since a moment, by territory, in one query."""
    rows = models.InsightRow.objects.filter(proposed_at__gte=since).values("territory").order_by("territory")
    counted = rows.annotate(answered=Count("id", filter=~Q(decided_at=None)), proposed=Count("id"))
    return {row["territory"]: (row["answered"], row["proposed"]) for row in counted}


def interventions() -> list[domain.Intervention]:
    """Declared interventions by their start."""
    return [
        domain.Intervention(row.id, row.title, row.indicator, tuple(row.territories), row.start, row.where)
        for row in models.InterventionRow.objects.order_by("start", "id")
    ]


@dataclass(frozen=True)
class Estimated:
    """What an intervention was estimated to have changed."""

    intervention: str
    verdict: domain.Verdict
    effect: float | None
    low: float | None
    high: float | None
    """None where there is no bound: nothing can be said then."""
    vi: str
    en: str


def effects() -> dict[str, Estimated]:
    """The newest estimate of each intervention."""
    rows = models.EffectRow.objects.order_by("intervention", "-at", "-id").distinct("intervention")
    names = ("intervention_id", "verdict", "effect", "low", "high", "vi", "en")
    return {row[0]: Estimated(row[0], domain.Verdict(row[1]), *row[2:]) for row in rows.values_list(*names)}


def models_in_use() -> dict[str, Mapping[str, Any]]:
    """The card of the approved version of each model."""
    rows = models.ModelRow.objects.filter(state=domain.ModelState.APPROVED)
    return {row.name: row.card for row in rows}


def model_behind(*, inference_id: UUID) -> Mapping[str, Any]:
    """The card of the model that drew a conclusion, as it was then."""
    return models.InferenceRow.objects.select_related("model").get(id=inference_id).model.card


@dataclass(frozen=True)
class Answer:
    """What a person made of an insight."""

    by: str
    at: datetime
    reason: str


def answer(*, id: UUID) -> Answer | None:
    """The last answer to an insight; none when nobody has answered."""
    row = models.InsightRow.objects.filter(id=id).exclude(decided_at=None).first()
    return Answer(row.decided_by, row.decided_at, row.reason) if row else None


def effect(*, intervention: str) -> tuple[Estimated | None, Mapping[str, Any]]:
    """The newest estimate of one intervention with what it rests on; nothing when it was not estimated yet."""
    row = models.EffectRow.objects.filter(intervention=intervention).order_by("-at", "-id").first()
    if row is None:
        return None, {}
    found = Estimated(row.intervention_id, domain.Verdict(row.verdict), row.effect, row.low, row.high, row.vi, row.en)
    return found, row.details
