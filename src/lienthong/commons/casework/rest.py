"""The services of the national sync of dossiers, under the names that agencies' systems call."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.security import HttpBearer

from lienthong.commons.casework import domain, services
from lienthong.commons.procedures import queries as procedures
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

router = Router(tags=["dvcqg-sync"])
ROWS = 2000
"""Rows of one call at most."""


class Token(HttpBearer):
    """A sending system, by a token of its source (``./lienthong manage intake issue``)."""

    register: str

    def __init__(self, register: str) -> None:
        super().__init__()
        self.register = register

    def __call__(self, request: HttpRequest) -> registry.Sender:
        """:raises registry.domain.TokenRefused: there is no token, or it is not valid here."""
        return super().__call__(request) or self.authenticate(request, "")

    def authenticate(self, request: HttpRequest, token: str) -> registry.Sender:
        sender = registry.sender(token=token.strip(), at=clock.now())
        if sender is None or sender.register != self.register:
            raise registry_domain.TokenRefused
        return sender


class SyncIn(Schema):
    isUpdating: bool = False
    data: list[dict[str, Any]] = Field(max_length=ROWS)


class RowOut(Schema):
    MaHoSo: str
    error_code: int
    message: str


class SyncOut(Schema):
    error_code: int
    message: str
    data: list[RowOut]


class RatingsIn(Schema):
    data: list[dict[str, Any]] = Field(max_length=ROWS)


class RatingsOut(Schema):
    new: int
    changed: int
    unchanged: int


@router.post("/dvcqg-sync/DongBoHoSoMC", response=SyncOut, auth=Token(domain.DOSSIERS))
def sync_dossiers(request: HttpRequest, body: SyncIn):
    """Send dossiers as they stand now, new ones and changed ones alike. Each row is answered: 200, or 400 with the reason.
    Sent again, they change nothing."""
    sender = request.auth
    outcomes = services.sync(rows=body.data, source=sender.source, by=sender.by, at=clock.now())
    rows = [
        {"MaHoSo": item.code, "error_code": 400 if item.refusal else 200,
         "message": item.refusal.text("vi") if item.refusal else "OK"}
        for item in outcomes
    ]  # fmt: skip
    bad = sum(item.refusal is not None for item in outcomes)
    return {"error_code": 400 if bad else 200, "message": f"{bad} hồ sơ bị từ chối" if bad else "OK", "data": rows}


@router.get("/dvcqg-sync/TraCuuHoSo", response=dict[str, Any], auth=Token(domain.DOSSIERS))
def look_up_dossier(request: HttpRequest, MaHoSo: str):
    """One dossier of the sender's source as it stands."""
    found = next(registry.current(register=domain.DOSSIERS, source=request.auth.source, keys=[MaHoSo]), None)
    if found is None:
        raise NotFound(what=f"hồ sơ {MaHoSo}")
    declaration = registry.declaration(register=domain.DOSSIERS)
    registry_services.note_look(declaration=declaration, versions=[found], by=request.auth.by, at=clock.now())
    return dict(found.payload)


@router.get("/dvcqg-sync/LayDanhSachTTHC", response=list[dict[str, Any]], auth=Token(domain.DOSSIERS))
def list_procedures(request: HttpRequest):
    """The catalogue of procedures."""
    return [
        {"MaTTHC": item.code, "TenTTHC": item.name, "MaLinhVuc": item.sector, "TenLinhVuc": item.sector_name,
         "ThoiHanGiaiQuyet": item.working_days, "LePhi": item.fee}
        for item in procedures.procedures().values()
    ]  # fmt: skip


@router.post("/dvcqg-sync/ratings", response=RatingsOut, auth=Token(domain.RATINGS))
def sync_ratings(request: HttpRequest, body: RatingsIn):
    """Send ratings: dossier, level 1 to 5, the day. Sent again, they change nothing."""
    sender = request.auth
    result = services.rate(ratings=body.data, source=sender.source, by=sender.by, at=clock.now())
    return {"new": result.new, "changed": result.changed, "unchanged": result.unchanged}
