"""Compliance cost by the standard cost model, counted by hand, and the same in whole as procedure by procedure."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lienthong.commons.casework import domain, queries, services
from lienthong.commons.casework.tests.test_sync import BY
from lienthong.commons.procedures import domain as procedures_domain
from lienthong.commons.procedures import queries as procedures
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
AT = datetime(2026, 10, 5, 3, tzinfo=UTC)
SEPTEMBER = {"first": date(2026, 9, 1), "last": date(2026, 9, 30), "at": AT}
PAPERS = [{"TepDinhKemId": "f1", "DuocLayTuKhoDMQG": 1}, {"TepDinhKemId": "f2"}]


def told(number: int, **row) -> None:
    base = {"MaHoSo": f"H26.99.01-260901-{number:04}", "MaTTHC": "1.999999", "TenTTHC": "Thử", "KenhThucHien": 1,
            "NgayTiepNhan": "20260901083000", "TrangThaiHoSo": 2, "TaiLieuNop": PAPERS,
            "DanhSachLePhi": [{"MaPhiLePhi": "LP01", "Gia": 50000}]}  # fmt: skip
    (outcome,) = services.sync(rows=[base | row], source=domain.SOURCE, by=BY, at=AT)
    assert outcome.refusal is None


@pytest.fixture
def september() -> None:
    declaration = registry.declaration(register=procedures_domain.REGISTER)
    catalogue = {"code": "1.999999", "name": "Thử", "sector": "LV", "working_days": 5, "trips": 3}
    registry_services.accept_batch(
        register=procedures_domain.REGISTER, source="national", rows=[declaration.prepare(catalogue)], by=BY, at=AT
    )
    told(1)
    told(2, KenhThucHien=2)
    told(3, KenhThucHien=3, MaTTHC="1.999998", DanhSachLePhi=[])
    told(4, MaHoSo="G06.90-260901-0001", DonViXuLy="G06.90", MaTTHC="1.999998", TaiLieuNop=[], DanhSachLePhi=[])
    told(5, NgayTiepNhan="20260801083000")


def test_time_trips_copies_and_fees_times_volume(september):
    prices = procedures.standard_cost()
    assert (prices.paper, prices.trip, prices.copy_per_paper, prices.trips) == (22_500, 120_000, 5_000, 2)
    at_counter = Decimal(22_500 + 3 * 120_000 + 5_000 + 50_000)
    online = Decimal(22_500 + 50_000)
    by_post = Decimal(22_500 + 5_000)
    at_most = Decimal(2 * 27_500 + 3 * 120_000 + 50_000)
    other = Decimal(2 * 27_500 + 2 * 120_000)
    found = queries.compliance_cost(**SEPTEMBER)
    assert found["01"] == (at_counter + online + by_post, 2 * at_most + other)
    assert found["G06"] == (240_000, 240_000)
    assert found[""] == tuple(map(sum, zip(found["01"], found["G06"], strict=True)))


@pytest.mark.parametrize("unit", ["", "01", "G06"])
def test_procedures_add_up_to_the_whole(september, unit):
    parts = queries.costs_by_procedure(unit=unit, **SEPTEMBER)
    assert (sum(part.total for part in parts), sum(part.at_most for part in parts)) == queries.compliance_cost(
        **SEPTEMBER
    )[unit]
    assert parts == sorted(parts, key=lambda part: -part.total)
    assert all(part.each * part.dossiers == part.total and part.saved >= 0 for part in parts)
    assert queries.costs_by_procedure(unit="75", **SEPTEMBER) == []
