"""Boards kept as they were, with the proof that nothing was changed since."""

import base64
import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lienthong.channels.dashboards import conf, domain, queries, services
from lienthong.channels.dashboards.views._boards import COUNTRY, EDIT, VIEW
from lienthong.data.identity import queries as identity
from lienthong.foundation.audit import domain as audit_domain
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.design.services import read_uuid, say
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

PAGE = 30


def snapshots(request: HttpRequest) -> HttpResponse:
    """Snapshots of boards that one may see, newest first."""
    request.rights.require_somewhere(VIEW)
    text = request.GET.get("q", "")
    before = read_uuid(request.GET.get("before", ""))
    found = queries.snapshots(territories=request.rights.territories(VIEW), text=text, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    context = {
        "snapshots": shown,
        "more": shown[-1].id if len(found) > PAGE else None,
        "text": text,
        "names": identity.names_of(item.by for item in shown),
        "units": directory.units_by_code({item.territory for item in shown}, clock.vietnam_date(clock.now())),
    }
    return render(request, "dashboards/snapshots.html", context)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a board as it is now."""
    now, me = clock.now(), f"account:{request.user.pk}"
    territory, section, sections = request.POST.get("territory", ""), request.POST.get("section", ""), ()
    territory = "" if territory == COUNTRY else territory
    if territory and directory.unit(territory, clock.vietnam_date(now)) is None:
        raise NotFound(what=f"địa bàn {territory}")
    if section and section not in {item.key for item in conf.sections()}:
        raise NotFound(what=f"bảng điều hành {section}")
    if own_id := read_uuid(request.POST.get("own", "")):
        own = queries.own_board(id=own_id)
        if own.owner != me and own.state is not domain.BoardState.PUBLISHED:
            raise NotFound(what=f"bảng {own_id}")
        territory, sections = own.territory, own.as_sections()
    request.rights.require(EDIT, territory=territory)
    request.rights.require(VIEW, territory=territory, sector=section)
    made = services.keep_snapshot(
        territory=territory, title=request.POST.get("title", ""), section=section, sections=sections, by=me, at=now
    )
    messages.success(request, say("Đã lưu bảng như lúc này.", "The board is kept as it is now."))
    return redirect(f"/snapshots/{made}")


def snapshot(request: HttpRequest, snapshot_id: UUID) -> HttpResponse:
    """A board as it was, and whether it still is what was kept."""
    found = _readable(request, snapshot_id)
    content = json.loads(queries.content_of(id=snapshot_id))
    proof = queries.proof_of(id=snapshot_id)
    context = {"snapshot": found, "content": content, "proof": proof, "by": identity.name_of(found.by)}
    return render(request, "dashboards/snapshot.html", context)


def content(request: HttpRequest, snapshot_id: UUID) -> HttpResponse:
    """The very text that was kept, as a download."""
    _readable(request, snapshot_id)
    response = HttpResponse(queries.content_of(id=snapshot_id), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="snapshot-{snapshot_id}.json"'
    return response


def proof(request: HttpRequest, snapshot_id: UUID) -> JsonResponse:
    """The proof that the log has it, for anybody to check with the public key alone."""
    _readable(request, snapshot_id)
    found = queries.proof_of(id=snapshot_id)
    if found is None or found.index is None:
        raise NotFound(what=f"chứng minh của ảnh chụp {snapshot_id}")
    return JsonResponse(_as_json(found))


def _as_json(found: audit.Proof) -> dict:
    def text(value: bytes) -> str:
        return base64.b64encode(value).decode()

    return {
        "record": found.record.decode(), "leaf_index": found.index, "tree_size": found.size, "root": text(found.root),
        "path": [text(item) for item in found.path], "checkpoint": audit_domain.checkpoint_text(found.size, found.root).decode(),
        "signature": text(found.signature), "public_key": text(found.public_key),
    }  # fmt: skip


def _readable(request: HttpRequest, snapshot_id: UUID) -> domain.Snapshot:
    found = queries.snapshot(id=snapshot_id)
    request.rights.require(VIEW, territory=found.territory)
    return found
