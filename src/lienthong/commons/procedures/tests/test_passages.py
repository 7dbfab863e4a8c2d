"""What procedures ask is quoted for everybody, as the catalogue has it now."""

from datetime import UTC, datetime

import pytest

from lienthong.commons.procedures import domain, services
from lienthong.data.intelligence import models as intelligence
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reference_data")]
BY, AT = "system:test", datetime(2026, 11, 24, 8, tzinfo=UTC)
ROW = {
    "code": "1.999001", "name": "Đăng ký khai sinh", "sector": "HT", "sector_name": "Hộ tịch", "working_days": 0, "fee": 0,
    "papers": 3, "level": "commune", "legal_basis": "Luật Hộ tịch 2014",
}  # fmt: skip


@pytest.fixture
def reference_data():
    from lienthong.bootstrap import setup

    setup.load_reference_data()


def take(**changes) -> None:
    row = registry.declaration(register=domain.REGISTER).prepare(ROW | changes)
    registry_services.accept_batch(register=domain.REGISTER, source="national", rows=[row], by=BY, at=AT)
    assert outbox.settle(clock=clock.now)


def said() -> list[tuple[str, str, str]]:
    return list(intelligence.PassageRow.objects.filter(kind="procedure").values_list("title", "text", "action"))


def test_a_procedure_is_kept_when_the_catalogue_takes_it_follows_it_and_goes_with_it():
    take()
    ((title, text, action),) = said()
    assert (title, action) == ("Đăng ký khai sinh", "")
    assert text == (
        "Lĩnh vực: Hộ tịch. Thời hạn giải quyết: trong ngày. Phí, lệ phí: không thu. Số giấy tờ phải nộp: 3. Cấp thực hiện: xã. "
        "Căn cứ pháp lý: Luật Hộ tịch 2014."
    )
    take(working_days=3, fee=75_000)
    assert "3 ngày làm việc. Phí, lệ phí: 75.000 đồng." in said()[0][1]
    intelligence.PassageRow.objects.all().delete()
    services.keep_missing(at=AT)
    assert len(said()) == 1
    registry_services.end(register=domain.REGISTER, source="national", key=ROW["code"], by=BY, at=AT)
    assert outbox.settle(clock=clock.now)
    assert said() == []
