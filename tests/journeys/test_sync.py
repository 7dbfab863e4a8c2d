"""The services of the national sync, as an agency's system calls them: by token, a thousand at once, again and again."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from lienthong.commons.casework.domain import DOSSIERS, RATINGS, SOURCE
from lienthong.data.registry import services as registry
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse import services as warehouse_services
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BASE = "/api/v1/dvcqg-sync"
ROW = {
    "MaHoSo": "H26.99-260914-0007", "MaTTHC": "1.999999", "KenhThucHien": 2, "NgayTiepNhan": "20260914083000",
    "NgayHenTra": "20260921170000", "TrangThaiHoSo": 10, "NgayKetThucXuLy": "20260918101500",
}  # fmt: skip


def token(register: str) -> str:
    now = clock.now()
    _, secret = registry.issue_token(
        register=register, source=SOURCE, name="test", expires_at=now + timedelta(days=1), by="system:test", at=now
    )
    return secret


def post(path: str, body, bearer: str = ""):
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return Client().post(f"{BASE}/{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_dossiers_come_in_and_move_the_numbers():
    secret = token(DOSSIERS)
    late = ROW | {"MaHoSo": "H26.99-260914-0008", "NgayKetThucXuLy": "20260925101500"}
    answer = post("DongBoHoSoMC", {"isUpdating": False, "data": [ROW, late, {"MaHoSo": "x"}]}, secret)
    assert answer.status_code == 200
    assert [row["error_code"] for row in answer.json()["data"]] == [200, 200, 400]
    assert "NgayTiepNhan" in answer.json()["data"][2]["message"]
    warehouse_services.recompute(code="dossiers-on-time", at=clock.now())
    assert warehouse.cell(code="dossiers-on-time", territory="01", period="2026-W38").value == 100
    assert warehouse.cell(code="dossiers-on-time", territory="01", period="2026-W39").value == 0
    assert warehouse.cell(code="dossiers-on-time", territory="").value == 50
    found = Client().get(f"{BASE}/TraCuuHoSo?MaHoSo={ROW['MaHoSo']}", headers={"Authorization": f"Bearer {secret}"})
    assert found.json()["outcome"] == "on_time"


def test_ratings_come_in():
    post("DongBoHoSoMC", {"data": [ROW]}, token(DOSSIERS))
    rating = {"dossier": ROW["MaHoSo"], "level": 4, "rated_on": "2026-09-22"}
    secret = token(RATINGS)
    assert post("ratings", {"data": [rating]}, secret).json() == {"new": 1, "changed": 0, "unchanged": 0}
    assert post("ratings", {"data": [rating]}, secret).json() == {"new": 0, "changed": 0, "unchanged": 1}
    assert post("ratings", {"data": [rating | {"level": 9}]}, secret).status_code == 422


def test_only_a_token_of_the_register_opens():
    assert post("DongBoHoSoMC", {"data": [ROW]}).status_code == 401
    assert post("DongBoHoSoMC", {"data": [ROW]}, "lti_wrong").status_code == 401
    assert post("DongBoHoSoMC", {"data": [ROW]}, token(RATINGS)).status_code == 401


def test_a_body_too_long_or_of_another_form_is_refused():
    secret = token(DOSSIERS)
    assert post("DongBoHoSoMC", {"data": [ROW] * 2001}, secret).status_code == 422
    assert post("DongBoHoSoMC", [ROW], secret).status_code == 422
