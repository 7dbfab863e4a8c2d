"""Questions on screen: the box, what can be asked, what was answered, what the asker made of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lienthong.data.intelligence import domain, queries, services
from lienthong.foundation.design.services import read_uuid, say
from lienthong.kernel import clock

VIEW = services.VIEW
PAGE = 8


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The box with examples that this person can have answered, and what they asked before; asking leads to the answer."""
    scopes = request.rights.require_somewhere(VIEW)
    now = clock.now()
    if request.method == "POST":
        text = request.POST.get("q", "")[:1000]
        question_id, _ = services.ask(text=text, rights=request.rights, by=_asker(request), at=now)
        return redirect(f"/ask/{question_id}")
    whole = request.rights.allows(VIEW, territory="")
    place = "" if whole else next((scope.territory for scope in scopes if scope.territory), None)
    before = queries.questions_asked(by=_asker(request), before=read_uuid(request.GET.get("before")), limit=PAGE + 1)
    context = {
        "given": request.GET.get("q", "")[: domain.LONGEST],
        "examples": [] if place is None else queries.examples(place=place, on=clock.vietnam_date(now)),
        "asked": before[:PAGE],
        "next": before[PAGE - 1].id if len(before) > PAGE else None,
        "longest": str(domain.LONGEST),
    }
    return render(request, "intelligence/ask.html", context)


@require_GET
def answer(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """What was answered to a question of this person's, as it was said then."""
    found = queries.question_asked(id=question_id, by=_asker(request))
    for place in found.territories:
        request.rights.require(VIEW, territory=place)
    figures = found.answer["figures"]
    largest = max((abs(item["value"]) for item in figures if item["value"] is not None), default=0) or 1
    kind = (found.answer["question"] or {}).get("kind", "")
    ranked = kind in (domain.QuestionKind.RANK, domain.QuestionKind.PLACES)
    quotes = queries.quoted(references=found.quotes, rights=request.rights)
    context = {
        "found": found,
        "answer": found.answer,
        "quotes": quotes,
        "gone": len(found.quotes) - len(quotes),
        "is_quoted": found.outcome is domain.Outcome.QUOTED,
        "rows": [
            {"item": item, "share": round(abs(item["value"] or 0) / largest * 100, 1) if ranked else None}
            for item in figures
        ],
        "ranked": ranked,
        "places": any(item["place"] for item in figures),
        "sums": any(item["denominator"] is not None for item in figures),
        "bounds": any(item["low"] is not None for item in figures),
        "single": figures[0] if len(figures) == 1 else None,
        "series": figures if kind in (domain.QuestionKind.TREND, domain.QuestionKind.FORECAST) else [],
        "longest": str(domain.LONGEST),
    }
    return render(request, "intelligence/answer.html", context)


@require_POST
def judge(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Keep whether the asker found the answer right."""
    right, reason = request.POST.get("right") == "yes", request.POST.get("reason", "").strip()
    if not right and not reason:
        messages.error(
            request, say("Hãy ghi chưa đúng ở đâu, để sửa được.", "Say what is wrong, so that it can be mended.")
        )
        return redirect(f"/ask/{question_id}")
    services.judge_answer(question_id=question_id, right=right, reason=reason, by=_asker(request), at=clock.now())
    messages.success(request, say("Đã ghi nhận.", "Noted."))
    return redirect(f"/ask/{question_id}")


def _asker(request: HttpRequest) -> str:
    return f"account:{request.user.pk}"
