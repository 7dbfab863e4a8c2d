"""Delegations by their results: the list, one of them, handing on, concluding."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lienthong.commons.stewardship import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access import domain as access_domain
from lienthong.foundation.access import queries as access
from lienthong.foundation.design.services import read_day, say
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound, Refusal

KINDS = {
    access_domain.HolderKind.POSITION: ("người đứng đầu một cơ quan", "the head of an agency"),
    access_domain.HolderKind.AGENCY: ("mọi người giữ chức vụ trong một cơ quan", "everyone in office in an agency"),
    access_domain.HolderKind.ACCOUNT: ("một người, theo tên đăng nhập", "a person, by user name"),
}


def delegations(request: HttpRequest) -> HttpResponse:
    """Those that wait for my conclusion first; those I gave, those I hold, those under me."""
    now = clock.now()
    today, me = clock.vietnam_date(now), f"account:{request.user.pk}"
    found = access.delegations_about(account_id=request.user.pk, at=now)
    holders = set(request.rights.subject.holders())
    reviews = access.reviews(grant_ids=[grant.id for grant in found])
    told = queries.index_of([review.goal for items in reviews.values() for review in items[-1:]], rights=request.rights)
    lines = [_line(grant, reviews.get(grant.id, []), told, today, now) for grant in found]
    lines.sort(key=lambda line: (not line["due"], not line["stands"]))
    given = [line for line in lines if line["grant"].granted_by == me]
    held = [
        line for line in lines if (line["grant"].holder_kind, line["grant"].holder) in holders and line not in given
    ]
    context = _names([line["grant"] for line in lines], today) | {
        "groups": [
            (say("Tôi đã ủy quyền", "Given by me"), given),
            (say("Tôi được ủy quyền", "Held by me"), held),
            (
                say("Trong phạm vi của tôi", "Under me"),
                [line for line in lines if line not in given and line not in held],
            ),
        ],
        "due": sum(line["due"] for line in given),
        "may_delegate": bool(_delegable(request, now)),
    }
    return render(request, "stewardship/delegations.html", context)


def delegation(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """One of them: its indicators then and now, what was decided under it, what that changed, and every look at it."""
    return _delegation(request, grant_id)


@require_POST
def conclude(request: HttpRequest, grant_id: UUID, review_id: UUID) -> HttpResponse:
    """Who gave it concludes on it."""
    now = clock.now()
    grant = access.grant(id=grant_id)
    queries.require_seen(request.rights, grant)
    form = {
        name: request.POST.get(name, "").strip()
        for name in ("conclusion", "reason", "review_on", "action", "territory")
    }
    try:
        conclusion = access_domain.Conclusion(form["conclusion"])
    except ValueError:
        raise NotFound(what=say("kết luận", "the conclusion")) from None
    scope = access_domain.Scope(form["action"], grant.scope.agency, form["territory"], grant.scope.sector)
    try:
        successor = services.conclude(
            grant_id=grant_id, review_id=review_id, account_id=request.user.pk, conclusion=conclusion,
            reason=form["reason"][:1000], scope=scope if conclusion.changes_scope else None,
            review_on=read_day(form["review_on"]), at=now,
        )  # fmt: skip
    except (access_domain.CannotConclude, access_domain.CannotDelegate) as refusal:
        return _delegation(request, grant_id, form | {"refusal": refusal.text(request.LANGUAGE_CODE)}, refusal.status)
    messages.success(request, say("Đã ghi kết luận.", "The conclusion is recorded."))
    return redirect(f"/delegations/{successor or grant_id}")


@require_http_methods(["GET", "POST"])
def delegate(request: HttpRequest) -> HttpResponse:
    """Hand on what one holds: to whom, how much of it, until when, judged by which indicators, looked at on which day."""
    now = clock.now()
    today = clock.vietnam_date(now)
    mine = {str(grant.id): grant for grant in _delegable(request, now)}
    chosen = mine.get((request.POST if request.method == "POST" else request.GET).get("grant", ""))
    if chosen is None:
        context = _names(list(mine.values()), today) | {"grants": list(mine.values())}
        return render(request, "stewardship/delegable.html", context)
    form, status = _form(request, chosen, today), 200
    if request.method == "POST":
        try:
            made = _delegate(request, chosen, form, now)
        except Refusal as refusal:
            form["refusal"], status = refusal.text(request.LANGUAGE_CODE), refusal.status
        else:
            messages.success(request, say("Đã ủy quyền.", "The authority is handed on."))
            return redirect(f"/delegations/{made}")
    context = _names([chosen], today) | form | _choices(chosen, chosen, today) | {"grant": chosen}
    return render(request, "stewardship/delegate.html", context | {"indicators": warehouse.indicators()}, status=status)


# --- inside -----------------------------------------------------------------------------------------------------------


def _delegation(request: HttpRequest, grant_id: UUID, form: dict | None = None, status: int = 200) -> HttpResponse:
    now = clock.now()
    today = clock.vietnam_date(now)
    grant = access.grant(id=grant_id)
    if grant.parent_id is None:
        raise NotFound(what=f"ủy quyền {grant_id}")
    queries.require_seen(request.rights, grant)
    parent = access.grant(id=grant.parent_id)
    reviews = access.reviews(grant_ids=[grant_id]).get(grant_id, [])
    goal = reviews[-1].goal if reviews else None
    waiting = next((item for item in reviews if item.conclusion is None), None)
    found = queries.results(grant, goal, rights=request.rights, at=now)
    actors = {
        grant.granted_by,
        *(entry.record.by for entry in found.decisions),
        *(item.concluded_by for item in reviews),
    }
    calendar = directory.calendar([today.year, today.year + 1])
    last = clock.vietnam_date(grant.valid_to) if grant.valid_to else today
    suggested = {
        "conclusion": "", "reason": "", "action": grant.scope.action, "territory": grant.scope.territory,
        "review_on": min(calendar.add_working_days(today, domain.REVIEW_WORKING_DAYS), last).isoformat(),
    }  # fmt: skip
    context = _names([grant], today) | _choices(parent, grant, today) | suggested | (form or {}) | {
        "grant": grant,
        "goal": goal,
        "place": _place(goal.territory, today) if goal else "",
        "reviews": reviews[::-1],
        "waiting": waiting if waiting and grant.ends > now else None,
        "due": bool(waiting and waiting.due(today) and grant.ends > now),
        "stands": access.index().stands(grant, now),
        "is_giver": grant.granted_by == f"account:{request.user.pk}",
        "results": found,
        "people": identity.names_of(actors),
        "conclusions": list(access_domain.Conclusion),
        "may_open": request.rights.allows("channels.dashboards.view", territory=goal.territory if goal else ""),
        "may_read_tasks": bool(request.rights.scopes("commons.direction.read")),
    }  # fmt: skip
    return render(request, "stewardship/delegation.html", context, status=status)


def _delegable(request: HttpRequest, now: datetime) -> list[access_domain.Grant]:
    return [grant for grant in access.grants_of(request.user.pk, now) if grant.may_delegate]


def _line(
    grant: access_domain.Grant, reviews: Sequence[access_domain.Review], told, today: date, now: datetime
) -> dict:
    changes = queries.changes(reviews[-1].goal, told) if reviews else []
    stands = grant.ends > now
    return {
        "grant": grant,
        "review": reviews[-1] if reviews else None,
        "due": bool(reviews) and stands and reviews[-1].due(today),
        "stands": stands,
        "better": sum(bool(change.better) for change in changes),
        "worse": sum(bool(change.worse) for change in changes),
        "known": sum(change.better is not None for change in changes),
    }


def _names(grants: Sequence[access_domain.Grant], today: date) -> dict:
    """What grants are called in words: actions, agencies, territories, people."""
    return {
        "authorities": {code: say(*words) for code, words in domain.AUTHORITIES.items()},
        "agencies": directory.agencies_by_code({grant.scope.agency for grant in grants if grant.scope.agency}, today),
        "units": directory.units_by_code({grant.scope.territory for grant in grants if grant.scope.territory}, today),
        "givers": identity.names_of({grant.granted_by for grant in grants}),
    }


def _place(territory: str, today: date) -> str:
    if not territory:
        return say("cả nước", "the whole country")
    found = directory.unit(territory, today)
    return found.full_name if found else territory


def _choices(outer: access_domain.Grant, inner: access_domain.Grant, today: date) -> dict:
    """The actions and territories that lie within a grant: itself, those under it, those under another one within it."""
    scope = outer.scope
    actions = [scope.action, *(code for code in domain.AUTHORITIES if access_domain.covers_action(scope.action, code))]
    under = [*directory.units(parent=scope.territory, level="" if scope.territory else "province", on=today)]
    if inner.scope.territory and inner.scope.territory != scope.territory:
        under += directory.units(parent=inner.scope.territory, on=today)
    places = [
        (scope.territory, _place(scope.territory, today)),
        (inner.scope.territory, _place(inner.scope.territory, today)),
    ]
    places += [(unit.code, unit.full_name) for unit in under]
    return {
        "actions": list(dict.fromkeys([*actions, inner.scope.action])),
        "places": list(dict(places).items()),
    }


def _form(request: HttpRequest, grant: access_domain.Grant, today: date) -> dict:
    """What was sent, else what is suggested."""
    calendar = directory.calendar([today.year, today.year + 1, today.year + 2])
    suggested = {
        "kind": access_domain.HolderKind.POSITION.value, "holder": "", "action": grant.scope.action,
        "agency": grant.scope.agency, "territory": grant.scope.territory, "basis": "",
        "valid_to": calendar.add_working_days(today, 3 * domain.REVIEW_WORKING_DAYS).isoformat(),
        "review_on": calendar.add_working_days(today, domain.REVIEW_WORKING_DAYS).isoformat(),
    }  # fmt: skip
    fields = request.POST if request.method == "POST" else {}
    sent = {name: fields.get(name, value).strip() for name, value in suggested.items()}
    return sent | {
        "chosen": request.POST.getlist("indicators"),
        "kinds": [(kind.value, say(*words)) for kind, words in KINDS.items()],
        "working_days": domain.REVIEW_WORKING_DAYS,
    }  # fmt: skip


def _delegate(request: HttpRequest, grant: access_domain.Grant, form: dict, now: datetime) -> UUID:
    """:raises kernel.errors.Refusal: something of it is not right."""
    kind = access_domain.HolderKind(form["kind"]) if form["kind"] in set(access_domain.HolderKind) else None
    holder, name = _holder(kind, form["holder"], now)
    valid_to, review_on = read_day(form["valid_to"]), read_day(form["review_on"])
    if valid_to is None or review_on is None or not form["basis"]:
        raise access_domain.CannotDelegate(
            problem="thiếu căn cứ, ngày kết thúc hoặc ngày xem xét",
            problem_en="its basis, its end or its review is missing",
        )
    agency = directory.agency(form["agency"].split("–")[0].strip(), clock.vietnam_date(now)) if form["agency"] else None
    scope = access_domain.Scope(
        form["action"],
        agency.code if agency else form["agency"].split("–")[0].strip(),
        form["territory"],
        grant.scope.sector,
    )
    return services.delegate(
        grant_id=grant.id, account_id=request.user.pk, holder_kind=kind, holder=holder, holder_name=name, scope=scope,
        valid_to=clock.end_of_day(valid_to), basis=form["basis"][:500], indicators=form["chosen"],
        territory=scope.territory or (agency.territory if agency else ""), review_on=review_on, at=now,
    )  # fmt: skip


def _holder(kind: access_domain.HolderKind | None, typed: str, now: datetime) -> tuple[str, str]:
    """(holder, its name) of what was typed: a user name, or an agency by its code.

    :raises kernel.errors.NotFound: there is none.
    """
    if kind is access_domain.HolderKind.ACCOUNT:
        person = identity.by_username(username=typed)
        if person is None:
            raise NotFound(what=say("người có tên đăng nhập {a}", "the person {a}", a=typed or "–"))
        return str(person.id), person.full_name
    agency = directory.agency(typed.split("–")[0].strip(), clock.vietnam_date(now)) if typed else None
    if agency is None or kind is None:
        raise NotFound(what=say("cơ quan {a}", "the agency {a}", a=typed or "–"))
    if kind is access_domain.HolderKind.AGENCY:
        return agency.code, agency.name
    heads: Sequence[directory_domain.HeldPosition] = directory.holders(agency.code, now, heads_only=True)
    if not heads:
        raise NotFound(what=say("người đứng đầu của {a}", "the head of {a}", a=agency.name))
    return str(heads[0].position_id), f"{heads[0].title}, {agency.name}"
