"""What the index of Decision 766 counts over rows, trap by trap, each counted by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lienthong.commons.casework import domain, queries, services
from lienthong.commons.casework.tests.test_sync import BY, wait
from lienthong.commons.procedures import domain as procedures
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse import services as warehouse_services

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
AT = datetime(2026, 10, 5, 3, tzinfo=UTC)
SEPTEMBER = {"first": date(2026, 9, 1), "last": date(2026, 9, 30), "at": AT}
DUE = "20260914170000"


def told(number: int, **row) -> None:
    base = {
        "MaHoSo": f"H26.99.01-260901-{number:04}", "MaTTHC": "1.999999", "KenhThucHien": 1, "NgayTiepNhan": "20260901083000",
        "NgayHenTra": DUE, "TrangThaiHoSo": 10, "NgayKetThucXuLy": DUE,
    }  # fmt: skip
    (outcome,) = services.sync(rows=[base | row], source=domain.SOURCE, by=BY, at=AT)
    assert outcome.refusal is None


def send(register: str, source: str, *payloads: dict) -> None:
    rows = [registry.declaration(register=register).prepare(payload) for payload in payloads]
    registry_services.accept_batch(register=register, source=source, rows=rows, by=BY, at=AT)


ASKED, BACK, LATER = "20260910080000", "20260915080000", "20260919170000"
TRAPS = {
    "at the very second": ({}, True),
    "a second late": ({"NgayKetThucXuLy": "20260914170001"}, False),
    "one supplement is taken off": ({"NgayKetThucXuLy": LATER, "DanhSachHoSoBoSung": [wait(ASKED, BACK)]}, True),
    "and no more than that": ({"NgayKetThucXuLy": "20260919170001", "DanhSachHoSoBoSung": [wait(ASKED, BACK)]}, False),
    "two supplements are late": ({"DanhSachHoSoBoSung": [wait(ASKED, ASKED), wait(ASKED, ASKED)]}, False),
    "refused counts": ({"TrangThaiHoSo": 3, "NgayKetThucXuLy": "20260902080000"}, True),
    "stopped counts": ({"TrangThaiHoSo": 8, "NgayKetThucXuLy": "20260920080000"}, False),
    "not ended by the period's end": ({"TrangThaiHoSo": 4, "NgayKetThucXuLy": None}, False),
    "ended only after it": ({"NgayKetThucXuLy": "20261003080000"}, False),
    "waits for papers since before": (
        {"TrangThaiHoSo": 5, "NgayKetThucXuLy": None, "DanhSachHoSoBoSung": [wait(ASKED)]}, True,
    ),
    "waits for papers since too late": (
        {"TrangThaiHoSo": 5, "NgayKetThucXuLy": None, "DanhSachHoSoBoSung": [wait("20260914170001")]}, False,
    ),
    "no due time: the legal one": ({"NgayHenTra": None, "NgayKetThucXuLy": "20260909170000"}, True),
    "no due time, too long": ({"NgayHenTra": None, "NgayKetThucXuLy": "20260909170001"}, False),
}  # fmt: skip


@pytest.mark.parametrize(("row", "on_time"), TRAPS.values(), ids=TRAPS.keys())
def test_in_time(row, on_time):
    send(procedures.REGISTER, "national", {"code": "1.999999", "name": "Thử", "sector": "LV", "working_days": 5})
    told(1, **row)
    counted = (Decimal(on_time), Decimal(1))
    assert queries.in_time(**SEPTEMBER) == {"": counted, "01": counted}


@pytest.mark.parametrize(
    "row",
    [{"TrangThaiHoSo": 7}, {"NgayHenTra": None}, {"NgayHenTra": "20261001000000"}, {"NgayHenTra": "20260831235959"}],
    ids=["withdrawn", "no due time and no known procedure", "due the month after", "due the month before"],
)
def test_what_is_not_judged(row):
    told(1, **row)
    assert queries.in_time(**SEPTEMBER) == {}


def test_what_is_not_due_yet_is_not_judged_while_the_period_goes_on():
    told(1, TrangThaiHoSo=4, NgayKetThucXuLy=None)
    told(2)
    now = datetime(2026, 9, 10, tzinfo=UTC)
    assert queries.in_time(first=date(2026, 9, 1), last=date(2026, 9, 30), at=now) == {}
    now = datetime(2026, 9, 20, tzinfo=UTC)
    assert queries.in_time(first=date(2026, 9, 1), last=date(2026, 9, 30), at=now)[""] == (1, 2)


def service(agency: str, level: str = "full", procedure: str = "1.999999", territory: str = "") -> dict:
    return {
        "code": f"{agency}/{procedure}", "procedure": procedure, "agency": agency, "territory": territory,
        "service_level": level, "has_fee": True, "online_payment": True, "complete": True,
    }  # fmt: skip


def test_a_service_is_used_by_the_dossiers_of_its_offices_alone():
    send(
        procedures.SERVICES, "national", service("H26", territory="01"), service("H19", territory="75"),
        service("H26", "info", "1.999998", "01"), service("G06"), service("H26.99", "partial", "1.999997", "01"),
    )  # fmt: skip
    told(1)
    told(2, MaHoSo="G06.90-260901-0001", DonViXuLy="G06.90", KenhThucHien=2)
    told(3, MaHoSo="H26.99.01-260801-0001", MaTTHC="1.999997", NgayTiepNhan="20260801083000")
    found = queries.services_used(**SEPTEMBER)
    assert found == {"": (2, 4), "01": (1, 2), "75": (0, 1), "G06": (1, 1)}


def test_feedback_is_judged_when_its_day_is_over():
    base = {"agency": "H26", "territory": "01", "received_on": "2026-09-01"}
    send(
        domain.FEEDBACK, domain.SOURCE,
        base | {"code": "PA-1", "due_on": "2026-09-10", "answered_on": "2026-09-10"},
        base | {"code": "PA-2", "due_on": "2026-09-10", "answered_on": "2026-09-11"},
        base | {"code": "PA-3", "due_on": "2026-09-30"},
        base | {"code": "PA-4", "due_on": "2026-10-01", "answered_on": "2026-09-11"},
    )  # fmt: skip
    assert queries.feedback_answered(**SEPTEMBER) == {"": (1, 3), "01": (1, 3)}
    early = SEPTEMBER | {"at": datetime(2026, 9, 30, 3, tzinfo=UTC)}
    assert queries.feedback_answered(**early)["01"] == (1, 2)


def test_ministries_have_the_sums_of_their_offices():
    told(1)
    for number, agency in enumerate(("G06", "G06.90", "G12.01")):
        told(number, MaHoSo=f"{agency}-260901-0001", DonViXuLy=agency, KenhThucHien=2)
    told(9, MaHoSo="G06-260801-0001", DonViXuLy="G06", NgayTiepNhan="20260801083000")
    warehouse_services.recompute(code="online-share", at=AT)
    months = ["2026-08", "2026-09"]
    found = queries.of_ministries(codes=["online-share"], periods=months)
    assert found == {("online-share", "G06"): (2, 3, 3), ("online-share", "G12"): (1, 1, 1)}
    assert queries.of_ministries(codes=["online-share"], periods=["2026-08"]) == {("online-share", "G06"): (0, 1, 1)}
    told_places = warehouse.sums(codes=["online-share", "dossiers-received"], territories=["", "01"], periods=months)
    assert told_places["online-share", ""] == (3, 5, 5)
    assert told_places["online-share", "01"] == (0, 1, 1)
    assert warehouse.sums(codes=["online-share"], territories=["01"], periods=["2020-01"]) == {}
