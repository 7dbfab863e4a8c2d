"""The life of an assessment on screen: what may be done now by whoever reads it, and what was done."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lienthong.channels.kpis import domain, queries, services
from lienthong.channels.kpis.views._results import late_items
from lienthong.channels.kpis.views._units import (
    APPRAISE,
    COUNTRY,
    PUBLISH,
    REOPEN,
    SCORE,
    is_shut,
    place_of,
    require_view,
    unit_of,
)
from lienthong.data.identity import queries as identity
from lienthong.foundation.design.services import number, say
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

NEEDS = {
    domain.Step.SELF_SCORE: SCORE,
    domain.Step.APPRAISE: APPRAISE,
    domain.Step.PUBLISH: PUBLISH,
    domain.Step.APPEAL: SCORE,
    domain.Step.DECIDE: APPRAISE,
    domain.Step.REOPEN: REOPEN,
}


def assessment(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """One result with its evidence, its steps, its published versions and what is asked about it."""
    now = clock.now()
    today = clock.vietnam_date(now)
    found = queries.assessment(id=assessment_id)
    unit = unit_of(found.unit or COUNTRY, today)
    require_view(request, unit)
    framework = queries.versions(code=found.framework)[found.version]
    sheet = queries.Sheet(framework, found, True)
    hide = is_shut(request, unit)
    lines = queries.lines(sheet, hide=hide)
    place = place_of(unit, today)
    steps = [
        step
        for step in domain.possible(framework, found.state)
        if step in NEEDS and request.rights.allows(NEEDS[step], **place)
    ]
    if today <= found.span.last:
        steps = []
    if domain.Step.APPEAL in steps and today > found.appeal_until:
        steps.remove(domain.Step.APPEAL)
    life, versions = queries.life(id=found.id), queries.published(id=found.id)
    evidence = [leaf for leaf in framework.leaves if leaf.evidence and leaf.code not in found.not_due]
    beside = {domain.Step.PUBLISH, domain.Step.APPEAL, domain.Step.DECIDE, domain.Step.REOPEN} | (
        {domain.Step.APPRAISE} if not evidence else set()
    )
    questions = queries.questions(id=found.id)
    context = {
        "framework": framework,
        "found": found,
        "unit": unit,
        "span": found.span,
        "lines": lines,
        "late_items": late_items(lines),
        "evidence": evidence,
        "side": bool(versions or beside & set(steps)),
        "total": lines[0].result,
        "running": today <= found.span.last,
        "steps": [step.value for step in steps],
        "life": life,
        "computed_first": not life or found.computed_at <= life[0].at,
        "people": identity.names_of({taken.by for taken in life}),
        "agencies": directory.agencies_by_code({taken.agency for taken in life if taken.agency}, today),
        "versions": queries.changes(framework=framework, versions=versions, hide=hide),
        "may_compare": not hide,
        "compared": _compared(request, found, framework) if domain.Step.REOPEN in steps and not hide else None,
        "asked": [
            (framework.criterion(code), question, question.overdue(today)) for code, question in questions.items()
        ],
        "may_answer": request.rights.allows(SCORE, **place),
    }
    return render(request, "kpis/assessment.html", context)


@require_POST
def self_score(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Points by the body itself."""
    _require(request, assessment_id, SCORE)
    services.self_score(id=assessment_id, given=_given(request.POST), **_who(request))
    return _done(request, assessment_id)


@require_POST
def appraise(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Points settled by somebody else."""
    _require(request, assessment_id, APPRAISE)
    text = request.POST.get("text", "")[:4000]
    services.appraise(id=assessment_id, given=_given(request.POST), text=text, **_who(request))
    return _done(request, assessment_id)


@require_POST
def appeal(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """An appeal by the body."""
    _require(request, assessment_id, SCORE)
    services.appeal(id=assessment_id, reason=request.POST.get("text", "")[:4000], **_who(request))
    return _done(request, assessment_id)


@require_POST
def decide(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """The end of an appeal."""
    _require(request, assessment_id, APPRAISE)
    changed = {code: given for code, given in _given(request.POST).items() if given[0]}
    services.decide(
        id=assessment_id, granted=request.POST.get("verdict") == "grant", given=changed,
        reason=request.POST.get("text", "")[:4000], **_who(request),
    )  # fmt: skip
    return _done(request, assessment_id)


@require_POST
def answer(request: HttpRequest, assessment_id: UUID, criterion: str) -> HttpResponse:
    """A public answer about a red criterion."""
    _require(request, assessment_id, SCORE)
    who = _who(request)
    services.answer(
        assessment_id=assessment_id, criterion=criterion, text=request.POST.get("text", "")[:4000],
        promised_on=_day(request.POST.get("promised_on", "")), by=who["by"], at=who["at"],
    )  # fmt: skip
    return _done(request, assessment_id)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Appraise what was computed for a period as it is, all at once."""
    request.rights.require(APPRAISE)
    framework, span = _period(request.POST)
    done = services.confirm(framework=framework, span=span, **_who(request))
    messages.success(request, say("Đã thẩm định {n} kết quả.", "{n} results appraised.", n=done))
    return redirect(f"/kpis?framework={framework.code}&period={span.code}")


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish all that is appraised of a period."""
    request.rights.require(PUBLISH)
    framework, span = _period(request.POST)
    ids = queries.standing(framework=framework, span=span, state=domain.State.APPRAISED)
    done = services.publish(ids=ids, **_who(request))
    messages.success(request, say("Đã công bố {n} kết quả.", "{n} results published.", n=done))
    return redirect(f"/kpis?framework={framework.code}&period={span.code}")


@require_POST
def publish_one(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Publish one result."""
    _require(request, assessment_id, PUBLISH)
    services.publish(ids=[assessment_id], **_who(request))
    return _done(request, assessment_id)


@require_POST
def reopen(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Compute one published result anew."""
    _require(request, assessment_id, REOPEN)
    services.reopen(id=assessment_id, **_why(request), **_who(request))
    return _done(request, assessment_id)


@require_POST
def reopen_period(request: HttpRequest) -> HttpResponse:
    """Compute all that is published of a period anew."""
    request.rights.require(REOPEN)
    code, span = request.POST.get("framework", ""), domain.Span.parse(request.POST.get("period", ""))
    of_then = queries.public_version(code=code, span=span)
    done = services.reopen_period(framework=of_then, span=span, **_why(request), **_who(request))
    messages.success(request, say("Đã mở lại {n} kết quả.", "{n} results reopened.", n=done))
    return redirect(f"/kpis?framework={code}&period={span.code}")


def _compared(request: HttpRequest, found: domain.Assessment, framework: domain.Framework) -> dict | None:
    """A published result beside what the data say now, when it is asked for, with the reason that this offers."""
    if not request.GET.get("compare"):
        return None
    now, parts = queries.moved_now(found=found, framework=framework, at=clock.now())
    names = ", ".join(item.criterion.code for item in parts[:6]) + (" …" if len(parts) > 6 else "")
    before, after = ("N/A" if score is None else number(score, 2) for score in (found.score, now))
    offered = say(
        "Số liệu đến sau hoặc được đính chính: {a} thành {b}; tiêu chí đổi: {c}.",
        "Late or corrected data: {a} becomes {b}; criteria that moved: {c}.", a=before, b=after, c=names,
    )  # fmt: skip
    return {"score": now, "moved": parts, "offered": offered if parts else ""}


def _why(request: HttpRequest) -> dict[str, str]:
    return {"reason": request.POST.get("text", "")[:4000], "document": request.POST.get("document", "")[:500]}


def _period(form: QueryDict) -> tuple[domain.Framework, domain.Span]:
    return queries.framework(code=form.get("framework", "")), domain.Span.parse(form.get("period", ""))


def _require(request: HttpRequest, assessment_id: UUID, action: str) -> None:
    today = clock.vietnam_date(clock.now())
    unit = unit_of(queries.assessment(id=assessment_id).unit or COUNTRY, today)
    request.rights.require(action, **place_of(unit, today))


def _who(request: HttpRequest) -> dict:
    now = clock.now()
    held = directory.held_positions(request.user.pk, now)
    return {"by": f"account:{request.user.pk}", "agency": held[0].agency_code if held else "", "at": now}


def _given(form: QueryDict) -> dict[str, tuple[str, str]]:
    """Points and their basis by leaf, as the form names them."""
    return {
        name.removeprefix("points-"): (value.strip()[:20], form.get(f"basis-{name.removeprefix('points-')}", "")[:4000])
        for name, value in form.items()
        if name.startswith("points-")
    }


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise domain.BadAnswer(
            problem=f"“{typed[:20]}” không phải là ngày", problem_en=f"“{typed[:20]}” is no day"
        ) from None


def _done(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    messages.success(request, say("Đã ghi nhận.", "Recorded."))
    return redirect(f"/kpis/assessments/{assessment_id}")
