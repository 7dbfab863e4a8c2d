"""Models on screen: what they are for, how well they do, what use was made of them, and which version is in use."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lienthong.data.identity import queries as identity
from lienthong.data.intelligence import domain, queries, services
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.design.services import say
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

READ, APPROVE = "data.intelligence.read", "data.intelligence.approve"


def model_versions(request: HttpRequest) -> HttpResponse:
    """Every version of every model."""
    request.rights.require_somewhere(READ)
    return render(request, "intelligence/models.html", {"rows": queries.model_versions(at=clock.now())})


def model_version(request: HttpRequest, model_id: UUID) -> HttpResponse:
    """One version: its card, its use, what people made of its answers, who approved it."""
    request.rights.require_somewhere(READ)
    now = clock.now()
    found = _found(model_id)
    errors = None
    if found.name == services.FORECASTING:
        places = queries.provinces(clock.vietnam_date(now))
        errors = queries.forecast_errors(territories=places, until=queries.last_full_week(), weeks=26)
    context = {
        "found": found,
        "others": [item for item in queries.model_versions(at=now) if item.name == found.name and item.id != found.id],
        "in_use": found.state is domain.ModelState.APPROVED,
        "inside": errors.inside if errors else None,
        "drifting": queries.insights(kind="drift", territories=request.rights.territories(READ), limit=10)
        if errors
        else [],
        "life": [
            (entry.record, identity.name_of(entry.record.by))
            for entry in audit.of(subject=f"model:{found.name}/{found.version}", limit=20)
        ],
        "may_approve": request.rights.allows(APPROVE),
    }
    return render(request, "intelligence/model.html", context)


@require_POST
def decide_model(request: HttpRequest, model_id: UUID) -> HttpResponse:
    """Let a version be used from now on, or not any more, and why."""
    request.rights.require(APPROVE)
    found = _found(model_id)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, say("Hãy ghi lý do: đã đánh giá thế nào.", "Say why: how it was evaluated."))
        return redirect(f"/models/{model_id}")
    decide = services.retire_model if request.POST.get("step") == "retire" else services.approve_model
    decide(name=found.name, version=found.version, reason=reason, by=f"account:{request.user.pk}", at=clock.now())
    messages.success(request, say("Đã ghi nhận.", "Noted."))
    return redirect(f"/models/{model_id}")


def _found(model_id: UUID) -> queries.ModelVersion:
    found = queries.model_version(id=model_id, at=clock.now())
    if found is None:
        raise NotFound(what=str(model_id))
    return found
