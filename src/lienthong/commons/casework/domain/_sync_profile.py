"""The national sync profile of dossiers: how its fields are read into a dossier.

The names are those that agencies' systems send; nothing outside this file knows them. A row may be nested as the services of the
sync send it, or flat as in a spreadsheet, where lists are absent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from lienthong.commons.casework.domain._dossier import HANOI, State, Wait, WorkingDays, end_of, moved_due, outcome
from lienthong.kernel.errors import Refusal

CHANNELS = {1: "direct", 2: "online", 3: "post"}
APPLICANTS = {1: "person", 2: "organisation"}
STAMPS = ("NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra")
KNOWN_BY = frozenset({"MaHoSo", "MaTTHC", "TrangThaiHoSo", "NgayTiepNhan"})
"""Headings that only this profile has, and no row can do without."""


class NotADossier(Refusal):
    """A row of the profile that cannot be understood; says which field."""

    code: ClassVar[str] = "casework.not_a_dossier"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Trường {field} {problem}; đã nhận: {value!r}"
    en: ClassVar[str] = "The field {field} {problem_en}; received: {value!r}"


@dataclass(frozen=True)
class Lookups:
    """What a row does not say itself.

    :param territory_of: territory code of a handling agency; empty when it is none of the directory's.
    :param legal_days: legal time by procedure, in working days.
    """

    territory_of: Callable[[str], str]
    legal_days: Mapping[str, int]
    working_days: WorkingDays


def to_dossier(row: Mapping[str, Any], lookups: Lookups) -> dict[str, Any]:
    """One row of the profile as a record of the register of dossiers.

    What follows from its dates is worked out here once, so that every number counts the same thing: outcome by Decision
    766/QĐ-TTg (indicator 2.1), working days taken and allowed, whether it was digitised, paid online, answered electronically.

    :raises NotADossier: naming the field.
    """
    code, agency = _text(row, "MaHoSo"), str(row.get("DonViXuLy") or "").strip()
    agency = agency or code.rsplit("-", 2)[0]
    received, appointed, finished, returned = (_stamp(row, name) for name in STAMPS)
    if received is None:
        raise NotADossier(field="NgayTiepNhan", value="", problem="còn trống", problem_en="is empty")
    state = _state(row)
    waits = [_wait(item) for item in _items(row, "DanhSachHoSoBoSung")]
    procedure = _text(row, "MaTTHC")
    allowed = lookups.legal_days.get(procedure)
    due = appointed or (None if allowed is None else lookups.working_days.due(received, allowed))
    if allowed is None and appointed is not None:
        allowed = lookups.working_days.between(received.date(), appointed.date())
    end = end_of(state, finished, returned)
    told, moved = outcome(end, due, waits), moved_due(due, waits) if waits else None
    papers = [item for item in _items(row, "TaiLieuNop") if not _flag(item, "IsDeleted")]
    again = sum(_flag(item, "DuocLayTuKhoDMQG") for item in papers)
    fees = _items(row, "DanhSachLePhi")
    fee = sum(_number(item, "Gia") for item in fees)
    results = _items(row, "DanhSachGiayToKetQua")
    dossier = {
        "code": code,
        "procedure": procedure,
        "procedure_name": str(row.get("TenTTHC") or "").strip(),
        "sector": str(row.get("MaLinhVuc") or "").strip(),
        "sector_name": str(row.get("TenLinhVuc") or "").strip(),
        "channel": _choice(row, "KenhThucHien", CHANNELS),
        "agency": agency,
        "territory": lookups.territory_of(agency),
        "applicant_kind": _choice(row, "LoaiDoiTuong", APPLICANTS) if row.get("LoaiDoiTuong") else None,
        "applicant_name": str(row.get("ChuHoSo") or "").strip() or None,
        "applicant_id": str(row.get("MaDoiTuong") or "").strip() or None,
        "state": state.value,
        "received_at": received.isoformat(),
        "received_on": received.date().isoformat(),
        "due_at": due and due.isoformat(),
        "ended_at": end and end.isoformat(),
        "ended_on": end and end.date().isoformat(),
        "returned_at": returned and returned.isoformat(),
        "outcome": told and told.value,
        "supplements": len(waits),
        "asked_at": waits[0].asked_at.isoformat() if waits else None,
        "handed_in_at": waits[0].handed_in_at.isoformat() if waits and waits[0].handed_in_at else None,
        "supplemented": bool(waits),
        "moved_due_at": moved and moved.isoformat(),
        "working_days": None if end is None else lookups.working_days.between(received.date(), end.date()),
        "legal_days": allowed if end is not None and allowed is not None else None,
        "papers": len(papers),
        "papers_reused": again,
        "reused": again > 0,
        "digitised": bool(papers) and all(_flag(item, "DuocSoHoa") for item in papers),
        "fee": fee,
        "has_fee": fee > 0,
        "paid_online": fee > 0 and _flag(row, "DuocThanhToanTrucTuyen"),
        "electronic_result": any(
            str(item.get("DuongDanTepTinKetQua") or item.get("MaKetQua") or "") for item in results
        ),
    }
    return {name: value for name, value in dossier.items() if value is not None}


def _text(row: Mapping[str, Any], name: str) -> str:
    value = str(row.get(name) or "").strip()
    if not value:
        raise NotADossier(field=name, value="", problem="còn trống", problem_en="is empty")
    return value


def _stamp(row: Mapping[str, Any], name: str) -> datetime | None:
    """``yyyyMMddHHmmss``, or its beginning down to the day, in Hanoi."""
    value = str(row.get(name) or "").strip()
    if not value:
        return None
    try:
        return datetime.strptime(value.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=HANOI)
    except ValueError:
        raise NotADossier(
            field=name, value=value[:50], problem="không đúng dạng yyyyMMddHHmmss", problem_en="is not yyyyMMddHHmmss"
        ) from None


def _state(row: Mapping[str, Any]) -> State:
    try:
        return State.of_code(int(row.get("TrangThaiHoSo") or 0))
    except (TypeError, ValueError):
        raise NotADossier(
            field="TrangThaiHoSo", value=str(row.get("TrangThaiHoSo"))[:50], problem="phải từ 1 đến 10",
            problem_en="must be from 1 to 10",
        ) from None  # fmt: skip


def _choice(row: Mapping[str, Any], name: str, choices: Mapping[int, str]) -> str:
    try:
        return choices[int(row.get(name) or 0)]
    except (KeyError, TypeError, ValueError):
        known = ", ".join(f"{key} ({value})" for key, value in choices.items())
        raise NotADossier(
            field=name, value=str(row.get(name))[:50], problem=f"phải là {known}", problem_en=f"must be one of {known}"
        ) from None


def _items(row: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    items = row.get(name)
    if items is None or items == "":
        return ()
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise NotADossier(field=name, value=str(items)[:50], problem="phải là danh sách", problem_en="must be a list")
    return items


def _wait(item: Mapping[str, Any]) -> Wait:
    asked = _stamp(item, "NgayBoSung")
    if asked is None:
        raise NotADossier(field="NgayBoSung", value="", problem="còn trống", problem_en="is empty")
    return Wait(asked, _stamp(item, "NgayTiepNhanBoSung"))


def _flag(row: Mapping[str, Any], name: str) -> bool:
    """1 and above are yes: some flags also say by which way."""
    return str(row.get(name) or 0).strip().lower() not in ("0", "false", "")


def _number(row: Mapping[str, Any], name: str) -> int:
    try:
        return int(row.get(name) or 0)
    except (TypeError, ValueError):
        raise NotADossier(
            field=name, value=str(row.get(name))[:50], problem="không phải là số", problem_en="is not a number"
        ) from None
