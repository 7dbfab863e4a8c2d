"""Reading briefs, and what the next one would say."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from urllib.parse import urlencode
from uuid import UUID

from django.utils import translation

from lienthong.channels.briefs import domain, models
from lienthong.commons.direction import domain as direction_domain
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access import queries as access
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.design.services import number
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import NotFound
from lienthong.kernel.keeping import digest

MAKE = "channels.briefs.make"
WEEK = timedelta(days=7)
_MARKED = 1.5
"""Standard deviations of its usual weekly change from which on a change is told."""
_TASKS = ("tasks-open", "tasks-overdue")
_MOST_SIGNALS = 200
"""Looked through for those that wait for direction."""


def brief(*, territory: str, week: date | None = None) -> domain.Brief | None:
    """The brief of a territory about a week, the newest without one; none where none was made."""
    rows = models.BriefRow.objects.filter(territory=territory)
    row = rows.filter(week=week).first() if week else rows.order_by("-week").first()
    return domain.read(row.id, row.content) if row else None


def weeks(*, territory: str, limit: int = 60) -> list[date]:
    """The weeks (their Mondays) that a territory has briefs of, the newest first."""
    rows = models.BriefRow.objects.filter(territory=territory).order_by("-week")
    return list(rows.values_list("week", flat=True)[:limit])


def content_of(*, id: UUID) -> tuple[str, str]:
    """The territory and the very text that was kept.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.BriefRow.objects.filter(id=id).first()
    if row is None:
        raise NotFound(what=f"bản tin {id}")
    return row.territory, row.content


def proof_of(*, id: UUID) -> audit.Proof | None:
    """That the log has the hash of the text as it is read now; none where it has not."""
    _, content = content_of(id=id)
    return audit.proof(subject=f"brief:{id}", action=MAKE, detail=("sha256", digest(content)))


def facts(*, territory: str, week: date, at: datetime) -> tuple[tuple[domain.Part, tuple[domain.Sentence, ...]], ...]:
    """What a brief about a week says, part by part; each part at most so many sentences, the weightiest first."""
    nobody = access.stranger(at)
    inside = _inside(territory, vietnam_date(at))
    said = {
        domain.Part.CHANGED: _changed(territory, week, nobody),
        domain.Part.UNUSUAL: _unusual(inside, at),
        domain.Part.OVERDUE: _overdue(territory, at, nobody),
        domain.Part.WORKED: _worked(territory, week),
        domain.Part.DECIDE: _to_decide(territory, inside, nobody),
    }
    return tuple((part, tuple(said[part][: domain.MOST_SENTENCES])) for part in domain.Part)


# --- inside -----------------------------------------------------------------------------------------------------------


def _changed(territory: str, week: date, nobody: Rights) -> list[domain.Sentence]:
    codes = intelligence.weekly_indicators()
    panels = intelligence.panels(codes=codes, territories=[territory], until=week)
    period, before = (f"{day:%G-W%V}" for day in (week, week - WEEK))
    now = _shown(codes, territory, period, nobody)
    then = _shown(codes, territory, before, nobody)
    found = []
    for code, panel in panels.items():
        values = [float(value) for value in panel.values[0] if value == value]
        size = domain.surprise([after - prior for prior, after in pairwise(values)])
        if size < _MARKED or code not in now or code not in then:
            continue
        found.append((size, _change(panel.indicator, territory, then[code], now[code], period)))
    return [sentence for _, sentence in sorted(found, key=lambda item: -item[0])]


def _shown(codes: list[str], territory: str, period: str, nobody: Rights) -> dict[str, Decimal]:
    cells = warehouse.shown_to(nobody, warehouse.cells(codes=codes, territories=[territory], period=period))
    return {cell.indicator: cell.value for cell in cells if not cell.suppressed and cell.value is not None}


def _change(
    indicator: warehouse_domain.Indicator, territory: str, before: Decimal, after: Decimal, period: str
) -> domain.Sentence:
    up = after > before
    better = up is (indicator.direction is warehouse_domain.Direction.UP)
    (vi, en), (was_vi, was_en) = (_both(value, indicator) for value in (after, before))
    word_vi, word_en = ("tăng", "up") if up else ("giảm", "down")
    return domain.Sentence(
        f"{indicator.name['vi']} {word_vi} từ {was_vi} lên {vi} {indicator.unit}."
        if up
        else f"{indicator.name['vi']} {word_vi} từ {was_vi} xuống {vi} {indicator.unit}.",
        f"{indicator.name['en']} went {word_en} from {was_en} to {en} {indicator.unit}.",
        _page(indicator.code, territory), _cells(indicator.code, territory, period=period),
        _tone(indicator, better=better),
    )  # fmt: skip


def _tone(indicator: warehouse_domain.Indicator, *, better: bool) -> str:
    if indicator.amber is None and indicator.red is None:
        return "info"
    return "good" if better else "warn"


def _inside(territory: str, on: date) -> list[str] | None:
    """A territory and those in it; none for the whole country."""
    return [territory, *(unit.code for unit in directory.units(parent=territory, on=on))] if territory else None


def _unusual(inside: list[str] | None, at: datetime) -> list[domain.Sentence]:
    state = intelligence_domain.InsightState.PROPOSED.value
    found = intelligence.insights(state=state, territories=inside, limit=200)
    recent = [item for item in found if item.proposed_at > at - WEEK]
    agencies = directory.agencies_by_code({item.agency for item in recent}, vietnam_date(at))
    said = []
    for item in sorted(recent, key=lambda item: -item.confidence):
        who = agencies[item.agency].name if item.agency in agencies else item.title
        vi, en = (f"{who}: {domain.first_clause(text)}" for text in (item.vi, item.en))
        said.append(domain.Sentence(vi, en, f"/insights/{item.id}", "", "warn"))
    return said


def _overdue(territory: str, at: datetime, nobody: Rights) -> list[domain.Sentence]:
    declared = warehouse.indicators(codes=_TASKS)
    now, before = (
        {
            cell.indicator: cell.value
            for cell in warehouse.shown_to(
                nobody, warehouse.cells_known_at(at=moment, codes=_TASKS, territories=[territory]), past=True
            )
            if cell.value is not None
        }
        for moment in (at, at - WEEK)
    )
    if len(now) < len(_TASKS):
        return []
    (open_vi, open_en), (late_vi, late_en) = (_both(now[code], declared[code]) for code in _TASKS)
    was_vi, was_en = "", ""
    if _TASKS[1] in before:
        told_vi, told_en = _both(before[_TASKS[1]], declared[_TASKS[1]])
        was_vi, was_en = f"; một tuần trước là {told_vi}", f"; a week before, {told_en}"
    return [
        domain.Sentence(
            f"{late_vi} trong {open_vi} nhiệm vụ đang mở đã quá hạn{was_vi}.",
            f"{late_en} of {open_en} open tasks are overdue{was_en}.",
            _page(_TASKS[1], territory), _cells(_TASKS[1], territory, known_at=at.isoformat()),
            "bad" if now[_TASKS[1]] else "good",
        )
    ]  # fmt: skip


def _worked(territory: str, week: date) -> list[domain.Sentence]:
    estimates, found = intelligence.effects(), []
    for item in intelligence.interventions():
        here = not territory or territory in item.territories
        if here and week - 12 * WEEK <= item.start <= week + WEEK and (estimate := estimates.get(item.id)):
            tone = {direction_domain.Outcome.WORKED: "good", direction_domain.Outcome.WORSE: "bad"}
            indicator = warehouse.indicator(code=item.indicator)
            up = indicator.direction is warehouse_domain.Direction.UP
            outcome = direction_domain.outcome(estimate.verdict, estimate.effect, up=up)
            found.append(
                domain.Sentence(
                    f"{item.title}: {estimate.vi}", f"{item.title}: {estimate.en}", f"/effects/{item.id}", "",
                    tone.get(outcome, "info"),
                )
            )  # fmt: skip
    order = ["good", "bad", "info"]
    return sorted(found, key=lambda item: order.index(item.tone))


def _to_decide(territory: str, inside: list[str] | None, nobody: Rights) -> list[domain.Sentence]:
    found = []
    for signal in warehouse.signals_shown_to(nobody, warehouse.signals(territories=inside, limit=_MOST_SIGNALS)):
        if signal.directive_id is None and signal.state is not warehouse_domain.SignalState.CLOSED:
            indicator = warehouse.indicator(code=signal.indicator)
            vi, en = _both(signal.value, indicator)
            limit_vi, limit_en = _both(signal.threshold, indicator)
            found.append(
                domain.Sentence(
                    f"{indicator.name['vi']}: {vi} {indicator.unit}, vượt ngưỡng {limit_vi}, chưa có chỉ đạo.",
                    f"{indicator.name['en']}: {en} {indicator.unit}, beyond the limit {limit_en}, no directive yet.",
                    _page(signal.indicator, signal.territory), _cells(signal.indicator, signal.territory), "bad",
                )
            )  # fmt: skip
    return found + _expected_to_cross(territory)


def _expected_to_cross(territory: str) -> list[domain.Sentence]:
    """Numbers within their limit that are expected beyond it within the weeks that are forecast."""
    found = []
    codes = intelligence.weekly_indicators()
    for code, indicator in warehouse.indicators(codes=codes).items():
        ahead = intelligence.newest_expectations(indicator=code, territory=territory)
        if indicator.red is None or not ahead:
            continue
        up = indicator.direction is warehouse_domain.Direction.UP
        beyond = [
            item for item in ahead if (item.point < float(indicator.red)) is up and item.point != float(indicator.red)
        ]
        if not beyond or beyond[0].week == ahead[0].week:
            continue
        vi, en = _both(Decimal(str(beyond[0].point)), indicator)
        day = beyond[0].week
        found.append(
            domain.Sentence(
                f"{indicator.name['vi']} được dự báo vượt ngưỡng trong tuần từ {day:%d/%m/%Y}: {vi} {indicator.unit}.",
                f"{indicator.name['en']} is expected to cross its limit in the week of {day:%d/%m/%Y}: {en} {indicator.unit}.",
                _page(code, territory), _cells(code, territory, period=f"{ahead[0].origin:%G-W%V}"), "warn",
            )
        )  # fmt: skip
    return found


def _both(value: Decimal, indicator: warehouse_domain.Indicator) -> tuple[str, str]:
    """A value as Vietnamese and as English readers write it."""
    with translation.override("vi"):
        vi = number(value, indicator.digits)
    with translation.override("en"):
        return vi, number(value, indicator.digits)


def _page(code: str, territory: str) -> str:
    return f"/indicators/{code}/{territory}" if territory else f"/indicators/{code}"


def _cells(code: str, territory: str, **more: str) -> str:
    return f"/api/v1/indicators/{code}/cells?{urlencode({'territory': territory} | more)}"
