"""Registers on screen: the list, a register's records, a record's life, files taken in."""

import csv
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lienthong.data.registry import domain, queries, services
from lienthong.foundation.design.services import say
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.storage import services as storage
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound, Refusal

READ, IMPORT = "data.registry.read", "data.registry.import"
PAGE = 50


def registers(request: HttpRequest) -> HttpResponse:
    """Every register: what it is for, whose it is, how much it holds."""
    today = clock.vietnam_date(clock.now())
    found = queries.registers()
    context = {
        "registers": found,
        "owners": directory.agencies_by_code({item.declaration.owner for item in found}, today),
    }
    return render(request, "registry/registers.html", context)


def records(request: HttpRequest, register: str) -> HttpResponse:
    """A register's current records in one of its sources, searchable without tone marks."""
    now = clock.now()
    summary = queries.register(key=register)
    source, territory = request.GET.get("source", ""), request.GET.get("territory", "")
    source = next((item for item in summary.sources if item.key == source), summary.sources[0])
    territory = territory or _only_territory(request, summary.declaration)
    queries.require_readable(request.rights, summary.declaration, territory)
    text, after = request.GET.get("q", ""), request.GET.get("after", "")
    today = clock.vietnam_date(now)
    rows = queries.search(
        register=register, source=source.key, text=text, after=after, limit=PAGE + 1,
        territories=[territory, *(unit.code for unit in directory.units(parent=territory, on=today))] if territory else None,
    )  # fmt: skip
    _note_look(request, summary.declaration, rows[:PAGE], now)
    context = {
        "register": summary,
        "source": source,
        "rows": rows[:PAGE],
        "fields": [(name, _title(summary.declaration, name)) for name in _shown(summary.declaration)],
        "next": rows[PAGE - 1].key if len(rows) > PAGE else "",
        "text": text,
        "territory": territory,
        "place": directory.unit(territory, today) if territory else None,
        "owner": directory.agency(summary.declaration.owner, today),
        "responsible": directory.responsible(f"register:{register}", today),
        "imports": queries.imports(register=register, limit=5),
        "may_import": request.rights.allows(IMPORT, sector=register),
        "may_see_quality": bool(request.rights.scopes("data.quality.read")),
    }
    return render(request, "registry/records.html", context)


def record(request: HttpRequest, register: str, key: str) -> HttpResponse:
    """The life of one record: every version from every source, what changed, when it was true, when it was known."""
    now = clock.now()
    summary = queries.register(key=register)
    history = queries.history(register=register, key=key)
    if not history:
        raise NotFound(what=f"bản ghi {key}")
    queries.require_readable(request.rights, summary.declaration, history[0].territory)
    _note_look(request, summary.declaration, history, now)
    context = {
        "register": summary,
        "key": key,
        "may_import": request.rights.allows(IMPORT, sector=register),
        "title": str(history[0].payload.get(summary.declaration.title) or key),
        "lives": _lives(history, summary),
        "current": {item.source: item for item in history if item.is_current},
        "fields": [
            (name, _title(summary.declaration, name)) for name in summary.declaration.schema.get("properties", {})
        ],
    }
    return render(request, "registry/record.html", context)


@require_http_methods(["GET", "POST"])
def new_import(request: HttpRequest, register: str) -> HttpResponse:
    """Choose a file and its source; it is put in line and taken in by the worker."""
    now = clock.now()
    request.rights.require(IMPORT, sector=register)
    summary = queries.register(key=register)
    context = {"register": summary, "fields": summary.declaration.schema.get("properties", {})}
    if request.method == "GET":
        return render(request, "registry/new_import.html", context)
    upload, by = request.FILES.get("file"), f"account:{request.user.pk}"
    try:
        if upload is None:
            raise domain.BadFile(name="–", problem="chưa chọn tệp", problem_en="no file was chosen")
        stored = storage.store(
            content=upload.file,
            name=upload.name,
            media_type=upload.content_type or "application/octet-stream",
            by=by,
            at=now,
        )
        headers = queries.preview(file_id=stored.id, register=register).headers
        domain.plan_columns(headers, summary.declaration, decimal_comma=False)
        import_id = services.begin_import(
            register=register, source=request.POST.get("source", ""), file_id=stored.id,
            whole=request.POST.get("whole") == "yes", by=by, at=now,
        )  # fmt: skip
    except Refusal as refusal:
        context["refusal"] = refusal.text(request.LANGUAGE_CODE)
        return render(request, "registry/new_import.html", context, status=refusal.status)
    messages.success(request, say("Đã nhận tệp.", "The file has been received."))
    return redirect(f"/imports/{import_id}")


def import_job(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How far an import is, and what became of its rows."""
    job = queries.import_job(id=import_id)
    request.rights.require(IMPORT, sector=job.register)
    first = [cell for cell, _ in zip(queries.refusals(import_id=import_id), range(20), strict=False)]
    template = "registry/_progress.html" if request.htmx else "registry/import.html"
    return render(request, template, {"job": job, "refusals": first})


def refused(request: HttpRequest, import_id: UUID) -> StreamingHttpResponse:
    """The refused rows with their reasons, as CSV that spreadsheets open in Vietnamese."""
    job = queries.import_job(id=import_id)
    request.rights.require(IMPORT, sector=job.register)

    class Line:
        def write(self, text: str) -> str:
            return text

    def lines() -> Iterator[str]:
        writer = csv.writer(Line())
        yield "\ufeff" + writer.writerow(["dòng / row", "cột / column", "giá trị / value", "lý do / reason"])
        for cell in queries.refusals(import_id=import_id):
            yield writer.writerow([cell.row, cell.column, cell.value, cell.reason])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{import_id}.csv"'
    return response


def _only_territory(request: HttpRequest, declaration: domain.Declaration) -> str:
    """Where a reader is taken who may not read everywhere: the first territory they may."""
    if declaration.sharing is domain.Sharing.OPEN:
        return ""
    scopes = request.rights.require_somewhere(READ)
    return "" if any(not scope.territory for scope in scopes) else scopes[0].territory


def _note_look(
    request: HttpRequest, declaration: domain.Declaration, versions: list[domain.Version], now: datetime
) -> None:
    services.note_look(declaration=declaration, versions=versions, by=f"account:{request.user.pk}", at=now)


def _title(declaration: domain.Declaration, name: str) -> str:
    field = declaration.schema.get("properties", {}).get(name, {})
    return say(field.get("title", name), field.get("title_en", field.get("title", name)))


def _shown(declaration: domain.Declaration) -> list[str]:
    """The columns of a list: the key, the title, then the first of the others."""
    first = [declaration.record_key, declaration.title]
    others = [name for name in declaration.schema.get("properties", {}) if name not in first]
    return list(dict.fromkeys(first)) + others[:4]


def _lives(history: list[domain.Version], summary: queries.RegisterSummary) -> list[dict]:
    """Per source, its versions with what each changed, newest first."""
    lives = []
    for source in summary.sources:
        versions = sorted((item for item in history if item.source == source.key), key=lambda item: -item.version)
        lines = []
        for version, before in zip(versions, [*versions[1:], None], strict=False):
            told = before.payload if before else {}
            changed = [
                (name, _title(summary.declaration, name), told.get(name), version.payload.get(name))
                for name in summary.declaration.schema.get("properties", {})
                if told.get(name) != version.payload.get(name)
            ]
            lines.append({"version": version, "changed": changed, "first": before is None})
        if lines:
            lives.append({"source": source, "lines": lines})
    return lives
