"""The national sync profile becomes dossiers, by file and by service; what the law makes of their dates."""

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.commons.casework import domain, services
from lienthong.commons.procedures import domain as procedures
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.foundation.storage import services as storage
from lienthong.kernel import clock

BY = "system:test"
ROW = {
    "MaHoSo": "H26.99-260914-0007", "MaTTHC": "1.999999", "TenTTHC": "Thủ tục thử nghiệm", "MaLinhVuc": "LV01",
    "KenhThucHien": 2, "ChuHoSo": "Trần Thị Mẫu", "LoaiDoiTuong": 1, "MaDoiTuong": "999300123456",
    "NgayTiepNhan": "20260914083000", "NgayHenTra": "20260921170000", "TrangThaiHoSo": 2,
    "TaiLieuNop": [{"TepDinhKemId": "f1", "TenTepDinhKem": "don.pdf", "DuocSoHoa": 1, "DuocLayTuKhoDMQG": 0},
                   {"TepDinhKemId": "f2", "TenTepDinhKem": "cccd.pdf", "DuocSoHoa": 1, "DuocLayTuKhoDMQG": 1}],
    "DanhSachLePhi": [{"MaPhiLePhi": "LP01", "Gia": 50000, "HinhThucThu": 1}], "DuocThanhToanTrucTuyen": 1,
}  # fmt: skip
DONE = ROW | {"TrangThaiHoSo": 10, "NgayKetThucXuLy": "20260918101500", "NgayTra": "20260921090000",
              "DanhSachGiayToKetQua": [{"TenGiayTo": "kq.pdf", "MaKetQua": "KQ01"}]}  # fmt: skip
WEEKDAYS = domain.WorkingDays(lambda day: day.weekday() < 5, date(2026, 1, 1), date(2027, 12, 31))
LOOKUPS = domain.Lookups(lambda agency: "01" if agency == "H26.99" else "", {"1.999999": 5}, WEEKDAYS)


ITEMS = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5)), max_size=2)
ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), ITEMS)


def wait(asked: str, handed_in: str = "") -> dict:
    return {"NgayBoSung": asked, "NgayTiepNhanBoSung": handed_in}


class TestReading:
    def test_one_that_was_received(self):
        dossier = domain.to_dossier(ROW, LOOKUPS)
        assert dossier["agency"] == "H26.99"
        assert dossier["territory"] == "01"
        assert (dossier["channel"], dossier["state"]) == ("online", "accepted")
        assert dossier["received_at"] == "2026-09-14T08:30:00+07:00"
        assert (dossier["papers"], dossier["papers_reused"], dossier["digitised"]) == (2, 1, True)
        assert (dossier["fee"], dossier["has_fee"], dossier["paid_online"]) == (50_000, True, True)
        assert not {"outcome", "ended_on", "working_days"} & dossier.keys()

    def test_one_that_has_ended(self):
        dossier = domain.to_dossier(DONE, LOOKUPS)
        assert (dossier["outcome"], dossier["ended_on"]) == ("on_time", "2026-09-18")
        assert (dossier["working_days"], dossier["legal_days"]) == (4, 5)
        assert dossier["electronic_result"]

    def test_one_supplement_is_taken_off_and_two_are_late(self):
        late = DONE | {"NgayKetThucXuLy": "20260923100000"}
        assert domain.to_dossier(late, LOOKUPS)["outcome"] == "late"
        once = late | {"DanhSachHoSoBoSung": [wait("20260915080000", "20260918080000")]}
        assert domain.to_dossier(once, LOOKUPS)["outcome"] == "on_time"
        twice = DONE | {"DanhSachHoSoBoSung": [wait("20260915080000", "20260915090000")] * 2}
        assert domain.to_dossier(twice, LOOKUPS)["outcome"] == "late"

    def test_without_an_appointment_the_legal_time_counts(self):
        bare = {name: value for name, value in DONE.items() if name != "NgayHenTra"}
        assert domain.to_dossier(bare, LOOKUPS)["due_at"] == "2026-09-21T17:00:00+07:00"
        unknown = bare | {"MaTTHC": "1.999998"}
        assert "outcome" not in domain.to_dossier(unknown, LOOKUPS)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("MaHoSo", ""), ("MaTTHC", None), ("NgayTiepNhan", ""), ("NgayTiepNhan", "14/09/2026"), ("TrangThaiHoSo", 11),
            ("TrangThaiHoSo", "xong"), ("KenhThucHien", 9), ("TaiLieuNop", "f1"), ("DanhSachHoSoBoSung", [{"x": 1}]),
            ("DanhSachLePhi", [{"Gia": "nhiều"}]),
        ],
    )  # fmt: skip
    def test_what_cannot_be_understood_names_its_field(self, field, value):
        with pytest.raises(domain.NotADossier) as refusal:
            domain.to_dossier(ROW | {field: value}, LOOKUPS)
        assert refusal.value.data["field"] in (field, "NgayBoSung", "Gia")

    @given(st.dictionaries(st.sampled_from([*DONE, "DanhSachHoSoBoSung"]), ANYTHING))
    def test_anything_is_a_dossier_or_refused(self, changes):
        try:
            dossier = domain.to_dossier(DONE | changes, LOOKUPS)
        except domain.NotADossier:
            return
        json.dumps(dossier)


class TestTime:
    @given(st.dates(date(2026, 1, 1), date(2027, 6, 1)), st.integers(0, 60))
    def test_the_day_that_ends_a_legal_time_is_as_many_working_days_later(self, day, count):
        due = WEEKDAYS.due(datetime(day.year, day.month, day.day, 9, tzinfo=domain.HANOI), count)
        assert WEEKDAYS.between(day, due.date()) == count
        assert count == 0 or due.weekday() < 5

    @given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 400))
    def test_working_days_are_those_counted_one_by_one(self, day, length):
        end = min(day + timedelta(days=length), date(2027, 12, 31))
        counted = sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, (end - day).days + 1))
        assert WEEKDAYS.between(day, end) == counted

    def test_the_ten_states_have_the_codes_of_the_sync(self):
        assert [state.code for state in domain.State] == list(range(1, 11))
        assert domain.State.of_code(9) is domain.State.DONE
        assert all(state.is_final == (not domain.NEXT[state]) for state in domain.State)


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
class TestTakingIn:
    def stored(self) -> dict:
        found = registry.current(register=domain.DOSSIERS, source=domain.SOURCE)
        return {version.key: version.payload for version in found}

    def test_rows_are_taken_one_by_one_and_again_change_nothing(self):
        procedure = {"code": "1.999999", "name": "Thủ tục thử nghiệm", "sector": "LV01", "working_days": 5}
        registry_services.accept(
            register=procedures.REGISTER, source="national", payload=procedure, by=BY, at=clock.now()
        )
        rows = [ROW, ROW | {"MaHoSo": "H26.99-260914-0008", "TrangThaiHoSo": 99}, {"MaHoSo": "x"}]
        outcomes = services.sync(rows=rows, source=domain.SOURCE, by=BY, at=clock.now())
        assert [item.refusal is None for item in outcomes] == [True, False, False]
        assert self.stored()[ROW["MaHoSo"]]["territory"] == "01"
        services.sync(rows=[ROW], source=domain.SOURCE, by=BY, at=clock.now())
        services.sync(rows=[DONE], source=domain.SOURCE, by=BY, at=clock.now())
        versions = registry.history(register=domain.DOSSIERS, key=ROW["MaHoSo"])
        assert [version.payload["state"] for version in versions] == ["returned", "accepted"]

    @pytest.mark.parametrize("form", ["rows", "envelopes", "csv"])
    def test_a_file_of_the_profile_is_read_by_its_headings(self, form):
        rows = [DONE | {"MaHoSo": f"H26.99-260914-{number:04}"} for number in range(5)]
        rows.append(ROW | {"MaHoSo": "H26.99-260914-9999", "NgayTiepNhan": "hôm qua"})
        if form == "csv":
            names = [name for name in ROW if not isinstance(ROW[name], list)]
            content = "\n".join([";".join(names), *(";".join(str(row[name]) for name in names) for row in rows)])
        else:
            told = [{"isUpdating": True, "data": row} if form == "envelopes" else row for row in rows]
            content = "\n".join(json.dumps(row, ensure_ascii=False) for row in told)
        file = storage.store(
            content=content.encode(), name=f"ho-so.{form}", media_type="text/plain", by=BY, at=clock.now()
        )
        job = registry_services.begin_import(
            register=domain.DOSSIERS, source=domain.SOURCE, file_id=file.id, by=BY, at=clock.now()
        )
        assert registry_services.run_import(import_id=job, at=clock.now()) is registry_domain.ImportState.DONE
        done = registry.import_job(id=job)
        assert done.refused == 1
        assert set(self.stored()) >= {row["MaHoSo"] for row in rows[:5]}
        (refused,) = registry.refusals(import_id=job)
        assert (refused.column, refused.value) == ("NgayTiepNhan", "hôm qua")

    def test_ratings_stand_where_their_dossier_does(self):
        services.sync(rows=[DONE], source=domain.SOURCE, by=BY, at=clock.now())
        rating = {"dossier": DONE["MaHoSo"], "level": 5, "rated_on": "2026-09-22"}
        services.rate(ratings=[rating], source=domain.SOURCE, by=BY, at=clock.now())
        (stored,) = registry.current(register=domain.RATINGS, source=domain.SOURCE, keys=[DONE["MaHoSo"]])
        assert stored.payload["territory"] == "01"
        with pytest.raises(registry_domain.RecordRefused):
            services.rate(ratings=[rating | {"level": 6}], source=domain.SOURCE, by=BY, at=clock.now())
