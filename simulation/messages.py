"""A day's facts as messages of the sync profile: one line each, in the order of sending."""

import gzip
import io
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import orjson

from .calendar import DAY, EVENING
from .handling import NEVER, STOPPED
from .procedures import PROCEDURES, Procedure
from .sending import FACTS, fact_stamp

if TYPE_CHECKING:
    from .world import Columns, World

STATES = {"received": 2, "asked1": 5, "back1": 4, "asked2": 5, "back2": 4, "ended": 9, "returned": 10, "withdrawn": 7}
"""The state each fact leaves a dossier in; an end that is a stop leaves it in 8."""
_ENDED, _RETURNED, _WITHDRAWN = FACTS.index("ended"), FACTS.index("returned"), FACTS.index("withdrawn")
_SURNAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Lò",
    "Y",
)
_MIDDLE = ("Văn", "Thị", "Minh", "Ngọc", "Thanh", "Hữu", "Thu", "Quang")
_GIVEN = (
    "An Mẫu", "Bình Mẫu", "Cúc Mẫu", "Dũng Mẫu", "Giang Mẫu", "Hà Mẫu", "Khánh Mẫu", "Lan Mẫu", "Mai Mẫu", "Nam Mẫu", "Oanh Mẫu",
    "Phúc Mẫu", "Quỳnh Mẫu", "Sơn Mẫu", "Tâm Mẫu", "Yến Mẫu",
)  # fmt: skip
"""Every given name ends in "Mẫu" (sample): nobody real is meant."""
_FIRMS = ("Công ty Mẫu", "Hộ kinh doanh Mẫu", "Hợp tác xã Mẫu", "Doanh nghiệp tư nhân Mẫu")
_PAPERS = ("Đơn đề nghị", "Giấy tờ chứng minh", "Bản khai", "Giấy ủy quyền", "Bản vẽ, sơ đồ", "Tài liệu kèm theo")
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
"""Of the check digit of a tax code."""


@dataclass(frozen=True)
class Queue:
    """All messages of a year in the order of sending: the dossier (row) and fact (number) of each, and where days begin."""

    row: np.ndarray
    fact: np.ndarray
    border: np.ndarray


def queue(world: "World", come: "Columns") -> Queue:
    """Everything sent within the year. At equal moments of sending: by the moment of the fact, then by dossier."""
    sent = np.stack([come[f"sent_{fact}"] for fact in FACTS], axis=1)
    at = np.stack([fact_stamp(come, fact) for fact in FACTS], axis=1)
    row, fact = np.nonzero(sent < world.calendar.end)
    order = np.lexsort((fact, come["id"][row], at[row, fact], sent[row, fact]))
    row, fact = row[order], fact[order]
    day = sent[row, fact] // DAY
    return Queue(row.astype(np.int32), fact.astype(np.int8), np.searchsorted(day, np.arange(world.calendar.days + 1)))


def dossier_code(agency: str, day: date, serial: int) -> str:
    return f"{agency}-{day:%y%m%d}-{serial:04d}"


def render(world: "World", come: "Columns", queued: Queue, day: int) -> bytes:
    """The file of one day, packed; the same bytes whenever it is made."""
    part = slice(queued.border[day], queued.border[day + 1])
    row, fact = queued.row[part], queued.fact[part]
    told = _Told(world, {name: column[row] for name, column in come.items()})
    lines = [
        orjson.dumps({"isUpdating": number != 0, "data": told.message(place, number)})
        for place, number in enumerate(fact.tolist())
    ]
    return pack(b"\n".join(lines) + b"\n" if lines else b"")


def pack(content: bytes) -> bytes:
    """gzip without a time in it."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=buffer, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


class _Told:
    """The columns of some dossiers, made ready for telling."""

    def __init__(self, world: "World", come: "Columns") -> None:
        calendar, offices = world.calendar, world.offices
        self._agency = [offices.code[number] for number in come["office"].tolist()]
        self._codes = [
            dossier_code(agency, calendar.dates[day], serial)
            for agency, day, serial in zip(self._agency, come["day"].tolist(), come["serial"].tolist(), strict=True)
        ]
        self._procedure = [PROCEDURES[number] for number in come["procedure"].tolist()]
        self._channel = come["channel"].tolist()
        self._owner, self._owner_id = _owners(world, come)
        self._organisation = come["organisation"].tolist()
        ymd = np.array([int(f"{day:%Y%m%d}") for day in calendar.dates], np.int64)
        days_out = _working_days_between(calendar, come["asked1"], come["back1"])
        moved = calendar.working_days[calendar.worked_before[come["due"] // DAY] + days_out] * DAY + EVENING
        stamps = {
            name: come[name]
            for name in ("received", "due", "asked1", "back1", "asked2", "back2", "returned", "withdrawn")
        }
        self._stamp = {
            name: _texts(ymd, column) for name, column in (stamps | {"ended": come["claimed"], "moved": moved}).items()
        }
        self._stopped = (come["outcome"] == STOPPED).tolist()
        self._e_result, self._by_post = come["e_result"].tolist(), come["by_post"].tolist()
        self._papers = list(zip(come["digitised"].tolist(), come["stored"].tolist(), strict=True))
        self._all, self._paid = come["all_digitised"].tolist(), come["paid_online"].tolist()

    def message(self, place: int, fact: int) -> dict:
        """The whole state of a dossier once a fact is known: what happened later is not in it."""
        procedure, stamp, code = self._procedure[place], self._stamp, self._codes[place]
        ended = _ENDED <= fact <= _RETURNED
        stopped = ended and self._stopped[place]
        paid = self._paid[place]
        back = stamp[FACTS[fact]][place] if fact in (_RETURNED, _WITHDRAWN) else None
        return {
            "MaHoSo": code,
            "MaTTHC": procedure.code,
            "TenTTHC": procedure.name,
            "MaLinhVuc": procedure.sector,
            "TenLinhVuc": procedure.sector_name,
            "KenhThucHien": self._channel[place],
            "ChuHoSo": self._owner[place],
            "LoaiDoiTuong": 2 if self._organisation[place] else 1,
            "MaDoiTuong": self._owner_id[place],
            "TrichYeuHoSo": procedure.name,
            "NgayTiepNhan": stamp["received"][place],
            "NgayHenTra": stamp["due"][place],
            "NgayKetThucXuLy": stamp["ended"][place] if ended else None,
            "NgayTra": back,
            "TrangThaiHoSo": 8 if stopped else STATES[FACTS[fact]],
            "DonViXuLy": self._agency[place],
            "GhiChu": _REMARKS.get(8 if stopped else STATES[FACTS[fact]], ""),
            "HinhThuc": 1 if self._by_post[place] else 0,
            "TaiLieuNop": _papers(procedure, *self._papers[place]),
            "DanhSachLePhi": _fees(procedure, paid),
            "DanhSachTepDinhKemKhac": [],
            "DanhSachHoSoBoSung": self._supplements(place, fact, code),
            "DanhSachGiayToKetQua": _results(code, procedure) if ended and self._e_result[place] else [],
            "HoSoCoThanhPhanSoHoa": 1 if self._all[place] else 0,
            "DuocThanhToanTrucTuyen": 1 if paid else 0,
        }

    def _supplements(self, place: int, fact: int, code: str) -> list[dict]:
        stamp, result = self._stamp, []
        for number in (1, 2):
            asked, back = stamp[f"asked{number}"][place], stamp[f"back{number}"][place]
            if asked is None or fact < 2 * number - 1:
                break
            back = back if fact >= 2 * number else None
            result.append({
                "HoSoBoSungId": f"{code}-BS{number}",
                "NguoiYeuCauBoSung": "Cán bộ thụ lý",
                "NoiDungBoSung": "Bổ sung, hoàn thiện giấy tờ theo phiếu hướng dẫn",
                "NgayBoSung": asked,
                "NgayTiepNhanBoSung": back,
                "TrangThaiBoSung": 1 if back else 0,
                "NgayHenTraTruoc": stamp["due"][place],
                "NgayHenTraMoi": stamp["moved"][place] if back and number == 1 else None,
            })  # fmt: skip
        return result


_REMARKS = {7: "Công dân rút hồ sơ", 8: "Không đủ điều kiện giải quyết, đã thông báo bằng văn bản"}


def _texts(ymd: np.ndarray, column: np.ndarray) -> list[str | None]:
    """yyyyMMddHHmmss, or nothing for what did not happen."""
    happened = column < NEVER
    day, second = np.divmod(np.where(happened, column, 0), DAY)
    minute, second = np.divmod(second, 60)
    hour, minute = np.divmod(minute, 60)
    number = ymd[np.minimum(day, ymd.size - 1)] * 1_000_000 + hour * 10_000 + minute * 100 + second
    return [str(value) if known else None for value, known in zip(number.tolist(), happened.tolist(), strict=True)]


def _working_days_between(calendar, asked: np.ndarray, back: np.ndarray) -> np.ndarray:
    known = back < NEVER
    first, last = (np.where(known, column, 0) // DAY for column in (asked, back))
    return calendar.worked_before[last] - calendar.worked_before[first]


def _owners(world: "World", come: "Columns") -> tuple[list[str], list[str]]:
    """Invented names, and numbers that begin with 999 as no real one does."""
    draws, ids = world.draws, come["id"]
    name = (draws.uniform("owner/name", ids) * 2**40).astype(np.int64)
    number = (draws.uniform("owner/number", ids) * 10**6).astype(np.int64)
    age = (draws.uniform("owner/age", ids) * 60).astype(np.int64)
    names, numbers = [], []
    for is_firm, chosen, digits, years in zip(
        come["organisation"].tolist(), name.tolist(), number.tolist(), age.tolist(), strict=True
    ):
        if is_firm:
            names.append(f"{_FIRMS[chosen % 4]} {chosen // 4 % 9000 + 1000}")
            numbers.append(tax_code(digits))
        else:
            middle = _MIDDLE[chosen // 16 % 8]
            names.append(f"{_SURNAMES[chosen % 16]} {middle} {_GIVEN[chosen // 128 % 16]}")
            born = 1947 + years
            sex = (1 if middle in ("Thị", "Thu") else 0) + (2 if born >= 2000 else 0)
            numbers.append(f"999{sex}{born % 100:02d}{digits:06d}")
    return names, numbers


@lru_cache(maxsize=65_536)
def tax_code(digits: int) -> str:
    """An invented tax code of an organisation with a right check digit; numbers that have none are skipped."""
    while True:
        nine = f"999{digits % 1_000_000:06d}"
        check = 10 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, nine, strict=True)) % 11
        if check < 10:
            return f"{nine}{check}"
        digits += 1


@lru_cache(maxsize=65_536)
def _papers(procedure: Procedure, digitised: int, stored: int) -> orjson.Fragment:
    """The list of papers: few different ones exist, so each is written once."""
    return orjson.Fragment(orjson.dumps([
        {
            "TepDinhKemId": f"f{number + 1}",
            "TenTepDinhKem": f"{_PAPERS[number]}.pdf",
            "MaThanhPhanHoSo": f"TP{number + 1:02d}",
            "DuocSoHoa": digitised >> number & 1,
            "DuocLayTuKhoDMQG": stored >> number & 1,
        }
        for number in range(procedure.papers)
    ]))  # fmt: skip


@lru_cache(maxsize=1_024)
def _fees(procedure: Procedure, paid_online: bool) -> orjson.Fragment:
    fee = {
        "TenPhiLePhi": "Lệ phí giải quyết",
        "MaPhiLePhi": "LP01",
        "HinhThucThu": 2 if paid_online else 1,
        "Gia": procedure.fee,
    }
    return orjson.Fragment(orjson.dumps([fee] if procedure.fee else []))


def _results(code: str, procedure: Procedure) -> list[dict]:
    return [{
        "TenGiayTo": f"Kết quả: {procedure.name}",
        "MaThanhPhanHoSo": "KQ01",
        "GiayToId": "kq1",
        "DuongDanTepTinKetQua": f"/ket-qua/{code}.pdf",
        "MaKetQua": f"KQ.{code}",
    }]  # fmt: skip


def ratings(world: "World", come: "Columns", day: int) -> bytes:
    """The file of a day's ratings, packed."""
    rows = np.flatnonzero(come["rated"] // DAY == day)
    rows = rows[np.lexsort((come["id"][rows], come["rated"][rows]))]
    lines = []
    for row in rows.tolist():
        second = int(come["rated"][row]) % DAY
        at = f"{world.calendar.dates[day]}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+07:00"
        received = world.calendar.dates[int(come["day"][row])]
        code = dossier_code(world.offices.code[int(come["office"][row])], received, int(come["serial"][row]))
        lines.append(orjson.dumps({"dossier": code, "level": int(come["rating"][row]), "at": at}))
    return pack(b"\n".join(lines) + b"\n" if lines else b"")
