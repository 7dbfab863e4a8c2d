"""The Model, who answers for what, the agencies, and what operators see to."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lienthong.commons.stewardship import domain, queries
from lienthong.data.registry import queries as registry
from lienthong.foundation.design.services import say
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.directory import services as directory_services
from lienthong.foundation.outbox import queries as outbox
from lienthong.foundation.outbox import services as outbox_services
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound, Refusal
from lienthong.kernel.text import fold

ASSIGN, OPERATE = "foundation.directory.assign", "bootstrap.operate"
PAGE = 50


def model(request: HttpRequest) -> HttpResponse:
    """The four layers with every system: what is built, who answers for it, how it is."""
    now = clock.now()
    layers = queries.model(on=clock.vietnam_date(now), at=now)
    shown = [item for layer in layers for item in layer.systems]
    context = {
        "layers": layers,
        "open_pages": {item.system.key for item in shown if item.system.href and _may_open(request, item.system)},
        "built": sum(item.system.built is not domain.Built.PLANNED for item in shown),
        "total": len(shown),
        "troubled": [item for item in shown if item.health not in (None, domain.Health.GOOD)],
        "pulses": [(pulse, pulse.health(now)) for pulse in queries.pulses()],
        "may_operate": request.rights.allows(OPERATE),
    }
    return render(request, "stewardship/model.html", context)


@require_http_methods(["GET", "POST"])
def responsibilities(request: HttpRequest) -> HttpResponse:
    """Who leads, owns and manages each system, register and source; and the form that decides it."""
    now = clock.now()
    today = clock.vietnam_date(now)
    form = {"given": {name: request.POST.get(name, "").strip() for name in ("subject", "role", "agency", "document")}}
    status = 200
    if request.method == "POST":
        request.rights.require(ASSIGN)
        try:
            return _assign(request, form["given"], now, today)
        except Refusal as refusal:
            form["refusal"], status = refusal.text(request.LANGUAGE_CODE), refusal.status
    names = _subjects()
    wanted = fold(request.GET.get("q", "")).split()
    answers: dict[str, dict[str, directory_domain.Responsibility]] = {}
    for item in directory.responsibilities(today):
        answers.setdefault(item.subject, {})[item.role.value] = item
    lines = [
        {"subject": subject, "name": names.get(subject, subject), "roles": answers.get(subject, {})}
        for subject in dict.fromkeys([*names, *answers])
    ]
    found = [
        line
        for line in lines
        if all(
            word in fold(" ".join([line["subject"], line["name"], *(r.agency_name for r in line["roles"].values())]))
            for word in wanted
        )
    ]
    context = form | {
        "lines": found,
        "text": request.GET.get("q", ""),
        "unanswered": sum(not line["roles"] for line in lines),
        "may_assign": request.rights.allows(ASSIGN),
        "names": names,
        "roles": list(directory_domain.Role),
    }
    return render(request, "stewardship/responsibilities.html", context, status=status)


def agencies(request: HttpRequest) -> HttpResponse:
    """Agencies of the whole political system, by name or either code, tone marks or not."""
    today = clock.vietnam_date(clock.now())
    text, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    branch = request.GET.get("branch", "")
    branch = branch if branch in set(directory_domain.Branch) else ""
    # Without a question, the bodies at the top of each branch.
    parent = "" if not text and not branch else None
    found = directory.agencies(parent=parent, text=text, branch=branch, after=after, on=today, limit=PAGE + 1)
    context = {
        "agencies": found[:PAGE],
        "next": found[PAGE - 1].code if len(found) > PAGE else "",
        "text": text,
        "branch": branch,
        "branches": list(directory_domain.Branch),
    }
    return render(request, "stewardship/agencies.html", context)


def agency_options(request: HttpRequest) -> HttpResponse:
    """The agencies that a field may mean, while someone types their name: options for its list."""
    typed = next((request.GET[name] for name in ("lead_agency", "agency", "holder") if request.GET.get(name)), "")
    found = directory.agencies(text=typed.split("–")[0], on=clock.vietnam_date(clock.now()), limit=12) if typed else []
    return render(
        request, "stewardship/_agency_options.html", {"agencies": [(item, fold(item.name)) for item in found]}
    )


def agency(request: HttpRequest, code: str) -> HttpResponse:
    """One agency: its codes, what stands above and below it, what it answers for; what became of one that has ended."""
    now = clock.now()
    today = clock.vietnam_date(now)
    found = directory.agency(code, today)
    successors = () if found else directory.agency_successors(code, today, today)
    if found is None and not successors:
        raise NotFound(what=f"cơ quan {code}")
    context = {"code": code, "agency": found, "successors": successors}
    if found:
        path = directory.agency_path(found.code, today)
        known = directory.agencies_by_code(path, today)
        context |= {
            "above": [known[item] for item in path[:0:-1] if item in known],
            "below": directory.agencies(parent=found.code, on=today, limit=PAGE),
            "unit": directory.unit(found.territory, today) if found.territory else None,
            "heads": directory.holders(found.code, now, heads_only=True),
            "answers": directory.responsibilities(today, agency_code=found.code),
            "names": _subjects(),
            "may_see_board": request.rights.allows("channels.dashboards.view", territory=found.territory),
        }
    return render(request, "stewardship/agency.html", context)


def operations(request: HttpRequest) -> HttpResponse:
    """What the space stands on, and deliveries that failed, with their causes."""
    now = clock.now()
    request.rights.require(OPERATE)
    context = {
        "pulses": [(pulse, pulse.health(now)) for pulse in queries.pulses()],
        "set_aside": outbox.set_aside(limit=PAGE),
        "unread": outbox.unread(),
        "stale": domain.STALE.seconds,
    }
    return render(request, "stewardship/operations.html", context)


@require_POST
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Let a delivery that was given up be tried again."""
    request.rights.require(OPERATE)
    outbox_services.retry_set_aside(id=delivery_id, at=clock.now())
    messages.success(request, say("Sẽ giao lại ngay.", "It will be delivered again at once."))
    return redirect("/operations")


def _assign(request: HttpRequest, given: dict[str, str], now, today: date) -> HttpResponse:
    """Make an agency answer for a subject.

    :raises kernel.errors.Refusal: the subject, role, agency or document is not right.
    """
    if given["subject"] not in _subjects() or given["role"] not in set(directory_domain.Role):
        raise NotFound(what=f"{given['subject']} {given['role']}".strip() or "hệ thống")
    # Typed or picked, "G12 – Bộ Tài chính" names the agency by its code.
    directory_services.assign_responsibility(
        subject=given["subject"], role=directory_domain.Role(given["role"]), agency_code=given["agency"].split("–")[0].strip(),
        valid_from=today, document=given["document"][:500], by=f"account:{request.user.pk}", at=now,
    )  # fmt: skip
    messages.success(request, say("Đã ghi trách nhiệm.", "The responsibility is recorded."))
    return redirect("/responsibilities")


def _may_open(request: HttpRequest, system: domain.System) -> bool:
    """A sector's page is for the whole country; the others take their readers to what they may see."""
    if "/sector/" in system.href:
        return request.rights.allows(system.opens)
    return not system.opens or bool(request.rights.scopes(system.opens))


def _subjects() -> dict[str, str]:
    """What can be answered for, with its name: systems, registers, sources."""
    names = {system.subject: say(system.vi, system.en) for system in queries.systems()}
    for summary in registry.registers():
        declared = summary.declaration
        names[f"register:{declared.key}"] = say(declared.name["vi"], declared.name.get("en", declared.name["vi"]))
        for source in summary.sources:
            if not source.trusted:
                names[f"source:{declared.key}/{source.key}"] = f"{declared.name['vi']} – {source.name}"
    return names
