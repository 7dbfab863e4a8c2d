"""Registers as JSON: reading with history, taking in records by version, the change feed, imports."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Header, Query, Router, Schema, Status
from ninja.files import UploadedFile

from lienthong.data.registry import domain, queries, services
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.storage import services as storage
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

router = Router(tags=["registers"])
LIMIT = Query(50, ge=1, le=500)


class SourceOut(Schema):
    key: str
    name: str
    agency_code: str
    trusted: bool
    records: int
    changed_at: datetime | None


class RegisterOut(Schema):
    key: str
    name: dict[str, str]
    purpose: dict[str, str]
    owner: str
    record_key: str
    sharing: str
    subject: str
    sources: list[SourceOut]


class RegisterDetail(RegisterOut):
    record_schema: dict[str, Any]


class RecordOut(Schema):
    source: str
    key: str
    version: int
    payload: dict[str, Any]
    territory: str
    valid_from: date | None
    valid_to: date | None
    known_from: datetime
    known_to: datetime | None
    closed: bool
    by: str


class RecordPage(Schema):
    items: list[RecordOut]
    next: str | None


class RecordIn(Schema):
    payload: dict[str, Any]
    version: int | None = None


class Taken(Schema):
    key: str
    version: int
    changed: bool


class Change(RecordOut):
    cursor: str


class ChangePage(Schema):
    items: list[Change]
    next: str | None


class ImportOut(Schema):
    id: UUID
    register: str = Field(...)
    source: str
    name: str
    state: str
    read: int
    total: int | None
    percent: int
    new: int
    changed: int
    unchanged: int
    refused: int
    problem_vi: str
    problem_en: str
    encoding: str
    started_at: datetime
    finished_at: datetime | None


class RefusedOut(Schema):
    row: int
    column: str
    value: str
    reason: str


class RefusedList(Schema):
    items: list[RefusedOut]


@router.get("/registers", response=list[RegisterOut])
def registers(request: HttpRequest):
    """Every register with its sources."""
    return [_register(item) for item in queries.registers()]


@router.get("/registers/{register}", response=RegisterDetail)
def register(request: HttpRequest, register: str):
    """One register with the JSON Schema 2020-12 that its records fit."""
    summary = queries.register(key=register)
    return _register(summary) | {"record_schema": dict(summary.declaration.schema)}


@router.get("/registers/{register}/sources/{source}/records", response=RecordPage)
def records(
    request: HttpRequest,
    register: str,
    source: str,
    q: str = "",
    territory: str = "",
    after: str = "",
    limit: int = LIMIT,
):
    """Current records by key, searchable without tone marks; ``next`` is the ``after`` of the page that follows."""
    now = clock.now()
    declaration = _may_read(request, register, territory)
    _source(register, source)
    below = directory.units(parent=territory, on=clock.vietnam_date(now)) if territory else []
    rows = queries.search(
        register=register, source=source, text=q, after=after, limit=limit + 1,
        territories=[territory, *(unit.code for unit in below)] if territory else None,
    )  # fmt: skip
    page = rows[:limit]
    _note_look(request, declaration, page, now)
    return {"items": page, "next": page[-1].key if len(rows) > limit else None}


@router.get("/registers/{register}/sources/{source}/records/{path:key}", response=RecordOut)
def record(
    request: HttpRequest,
    response: HttpResponse,
    register: str,
    source: str,
    key: str,
    valid_on: date | None = None,
    known_at: datetime | None = None,
):
    """One record: the current one, or what was true on a day as it was known at a moment. Its version is its ETag."""
    now = clock.now()
    found = queries.as_of(register=register, source=source, key=key, valid_on=valid_on, known_at=known_at or now)
    declaration = _may_read(request, register, found.territory if found else "")
    if found is None:
        raise NotFound(what=f"bản ghi {register}/{source}/{key}")
    _note_look(request, declaration, [found], now)
    response["ETag"] = f'"{found.version}"'
    return found


@router.get("/registers/{register}/history/{path:key}", response=list[RecordOut])
def history(request: HttpRequest, register: str, key: str):
    """Every version of a record in every source, the last known first."""
    versions = queries.history(register=register, key=key)
    declaration = _may_read(request, register, versions[0].territory if versions else "")
    if not versions:
        raise NotFound(what=f"bản ghi {register}/{key}")
    _note_look(request, declaration, versions, clock.now())
    return versions


@router.put("/registers/{register}/sources/{source}/records/{path:key}", response={200: Taken, 201: Taken})
def put_record(
    request: HttpRequest,
    response: HttpResponse,
    register: str,
    source: str,
    key: str,
    body: RecordIn,
    if_match: str | None = Header(None, alias="If-Match"),
):
    """Send a record: a new one, or a higher version. With ``If-Match`` it is taken only if the stored version is that one;
    without a ``version`` it becomes the next."""
    request.rights.require("data.registry.write", sector=register)
    declaration = queries.declaration(register=register)
    if str(body.payload.get(declaration.record_key, key)) != key:
        raise domain.OtherKey(key=key, given=body.payload.get(declaration.record_key))
    result = services.accept(
        register=register, source=source, payload=body.payload | {declaration.record_key: key}, version=body.version,
        expected=_version(if_match), by=f"account:{request.user.pk}", at=clock.now(),
    )  # fmt: skip
    response["ETag"] = f'"{result.version}"'
    return Status(201 if result.new else 200, {"key": key, "version": result.version, "changed": result.written})


@router.delete("/registers/{register}/sources/{source}/records/{path:key}", response=Taken)
def end_record(
    request: HttpRequest,
    register: str,
    source: str,
    key: str,
    on: date | None = None,
    if_match: str | None = Header(None, alias="If-Match"),
):
    """End a record, on a day or from now on: it leaves the current ones, its history stays."""
    request.rights.require("data.registry.write", sector=register)
    result = services.end(
        register=register, source=source, key=key, on=on, expected=_version(if_match),
        by=f"account:{request.user.pk}", at=clock.now(),
    )  # fmt: skip
    return {"key": key, "version": result.version, "changed": result.written}


@router.get("/registers/{register}/changes", response=ChangePage)
def changes(request: HttpRequest, register: str, after: str = "", limit: int = LIMIT):
    """The change feed in the order of commits: none is skipped, however transactions overlap. ``next`` goes on from here."""
    declaration = _may_read(request, register, "")
    found = queries.changes(register=register, after=after, limit=limit)
    _note_look(request, declaration, [version for _, version in found], clock.now())
    items = [{**version.__dict__, "cursor": mark} for mark, version in found]
    return {"items": items, "next": items[-1]["cursor"] if items else (after or None)}


@router.post("/registers/{register}/imports", response={202: ImportOut})
def begin_import(
    request: HttpRequest,
    register: str,
    source: Form[str],
    file: File[UploadedFile],
    whole: Form[bool] = False,
):
    """Send a file (CSV, Excel, JSON lines or Parquet); a worker takes it in. Ask for the import to see how far it is.

    ``whole``: the file is all the source has; records that it does not tell are ended.
    """
    request.rights.require("data.registry.import", sector=register)
    now, by = clock.now(), f"account:{request.user.pk}"
    _source(register, source)
    stored = storage.store(
        content=file.file,
        name=file.name or "import",
        media_type=file.content_type or "application/octet-stream",
        by=by,
        at=now,
    )
    headers = queries.preview(file_id=stored.id, register=register).headers
    domain.plan_columns(headers, queries.declaration(register=register), decimal_comma=False)
    import_id = services.begin_import(register=register, source=source, file_id=stored.id, whole=whole, by=by, at=now)
    return Status(202, queries.import_job(id=import_id))


@router.get("/imports/{import_id}", response=ImportOut)
def import_job(request: HttpRequest, import_id: UUID):
    """How far an import is."""
    job = queries.import_job(id=import_id)
    request.rights.require("data.registry.import", sector=job.register)
    return job


@router.get("/imports/{import_id}/refused", response=RefusedList)
def refused(request: HttpRequest, import_id: UUID, limit: int = Query(1000, ge=1, le=10_000)):
    """The first refused cells with their reasons; all of them are in the CSV that the page of the import offers."""
    job = queries.import_job(id=import_id)
    request.rights.require("data.registry.import", sector=job.register)
    cells = queries.refusals(import_id=import_id)
    return {"items": [cell for cell, _ in zip(cells, range(limit), strict=False)]}


def _register(summary: queries.RegisterSummary) -> dict[str, Any]:
    declared = summary.declaration
    return {
        "key": declared.key, "name": dict(declared.name), "purpose": dict(declared.purpose), "owner": declared.owner,
        "record_key": declared.record_key, "sharing": declared.sharing.value, "subject": declared.subject.value,
        "sources": list(summary.sources),
    }  # fmt: skip


def _source(register: str, source: str) -> None:
    """:raises domain.UnknownRegister: the register has no such source."""
    if source not in {item.key for item in queries.register(key=register).sources}:
        raise domain.UnknownRegister(name=f"{register}/{source}")


def _may_read(request: HttpRequest, register: str, territory: str) -> domain.Declaration:
    declaration = queries.declaration(register=register)
    queries.require_readable(request.rights, declaration, territory)
    return declaration


def _note_look(
    request: HttpRequest, declaration: domain.Declaration, versions: list[domain.Version], now: datetime
) -> None:
    services.note_look(declaration=declaration, versions=versions, by=f"account:{request.user.pk}", at=now)


def _version(if_match: str | None) -> int | None:
    """The version that an ``If-Match`` header names.

    :raises domain.BadCondition: it names none.
    """
    if if_match is None:
        return None
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise domain.BadCondition(given=if_match[:50])
    return int(number)
