"""The files of a year: the same again for the same seed, and each message sound."""

import gzip
import hashlib
import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from simulation import year
from simulation.calendar import Calendar
from simulation.procedures import PROCEDURES
from simulation.world import Plan, build, simulate

KEYS = {
    "MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "KenhThucHien", "ChuHoSo", "LoaiDoiTuong", "MaDoiTuong",
    "TrichYeuHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "TrangThaiHoSo", "DonViXuLy", "GhiChu",
    "HinhThuc", "TaiLieuNop", "DanhSachLePhi", "DanhSachTepDinhKemKhac", "DanhSachHoSoBoSung", "DanhSachGiayToKetQua",
    "HoSoCoThanhPhanSoHoa", "DuocThanhToanTrucTuyen",
}  # fmt: skip
NEXT = {2: {4, 5, 6, 7, 8}, 4: {5, 6, 7, 8, 9}, 5: {4, 7, 8}, 6: {4, 7, 8}, 9: {10}, 7: set(), 8: set(), 10: set()}
"""The state machine of the profile; an agency does not tell of every step."""


def files(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def stamp(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S")


@pytest.fixture(scope="module")
def sent(small) -> dict[str, list[tuple[date, dict]]]:
    """The messages of each dossier with the day of sending, in order."""
    told = defaultdict(list)
    for file in sorted((small / "days").iterdir()):
        with gzip.open(file) as lines:
            for line in lines:
                message = json.loads(line)
                assert set(message) == {"isUpdating", "data"}
                told[message["data"]["MaHoSo"]].append((date.fromisoformat(file.name[:10]), message))
    return told


@pytest.fixture(scope="module")
def calendar(small) -> Calendar:
    return Calendar(date.fromisoformat(json.loads((small / "year.json").read_text())["first_day"]))


@pytest.mark.slow
def test_the_same_seed_makes_the_same_bytes_by_any_number_of_hands(tmp_path):
    year.make(11, tmp_path / "one", 1_500, date(2025, 10, 1), workers=1)
    year.make(11, tmp_path / "two", 1_500, date(2025, 10, 1), workers=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_another_seed_makes_another_year(full):
    one, other = (simulate(build(seed, 20_000, full.calendar.first), Plan(), "12") for seed in (1, 2))
    assert one["id"].size != other["id"].size or (one["received"] != other["received"]).all()


def test_year_json_says_what_is_there(small, sent):
    said = json.loads((small / "year.json").read_text())
    found = {
        name: value for name, value in files(small).items() if not name.startswith("truth/") and name != "year.json"
    }
    assert said["sha256"] == found
    assert (said["first_day"], said["last_day"]) == ("2025-10-01", "2026-09-30")
    assert len(list((small / "days").iterdir())) == len(list((small / "ratings").iterdir())) == 365
    assert said["counts"]["dossiers"] == len(sent)
    assert said["counts"]["messages"] == sum(map(len, sent.values()))
    assert 0.9 < len(sent) / 20_000 < 1.15


def test_offices_and_procedures(small):
    offices = [json.loads(line) for line in (small / "offices.jsonl").read_text().splitlines()]
    assert Counter(office["level"] for office in offices) == {"commune": 3321, "province": 204}
    assert len({office["code"] for office in offices}) == 3525
    assert all(len(office["territory"]) == (5 if office["level"] == "commune" else 2) for office in offices)
    procedures = [json.loads(line) for line in (small / "procedures.jsonl").read_text().splitlines()]
    assert {row["code"] for row in procedures} == {procedure.code for procedure in PROCEDURES}


def test_messages_have_the_keys_of_the_profile_and_begin_with_a_first_one(sent):
    for code, messages in sent.items():
        assert [message["isUpdating"] for _, message in messages] == [False] + [True] * (len(messages) - 1)
        for _, message in messages:
            data = message["data"]
            assert set(data) == KEYS
            assert code == f"{data['DonViXuLy']}-{data['NgayTiepNhan'][2:8]}-{code[-4:]}"
            assert data["MaDoiTuong"].startswith("999")
            assert data["KenhThucHien"] in (1, 2, 3)
            assert len(data["TaiLieuNop"]) >= 1


def test_serials_of_an_office_and_day_are_one_two_three(sent):
    serials = defaultdict(list)
    for code in sent:
        serials[code[:-5]].append(int(code[-4:]))
    # A dossier whose first message falls after the year leaves the end of a count open, never a gap.
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in serials.values())


def test_states_follow_the_state_machine(sent):
    def reachable(start: int) -> set[int]:
        found, edge = set(), {start}
        while edge:
            edge = set().union(*(NEXT[state] for state in edge)) - found
            found |= edge
        return found

    later = {state: reachable(state) for state in NEXT}
    for messages in sent.values():
        states = [message["data"]["TrangThaiHoSo"] for _, message in messages]
        assert states[0] == 2
        assert all(after in later[before] for before, after in pairwise(states))


def test_stamps_are_in_working_hours_and_nothing_is_told_before_it_is(sent, calendar):
    def is_worked(moment: datetime) -> bool:
        seconds = int((moment - datetime.combine(calendar.first, datetime.min.time())).total_seconds())
        return bool(calendar.is_worked_moment(seconds))

    for messages in sent.values():
        for day, message in messages:
            data = message["data"]
            steps = [data["NgayKetThucXuLy"], data["NgayTra"]]
            for wait in data["DanhSachHoSoBoSung"]:
                steps += [wait["NgayBoSung"], wait["NgayTiepNhanBoSung"]]
            told = [stamp(text) for text in steps if text]
            assert all(is_worked(moment) for moment in told)
            assert all(moment.date() <= day for moment in [*told, stamp(data["NgayTiepNhan"])])
            if data["KenhThucHien"] != 2:
                assert is_worked(stamp(data["NgayTiepNhan"]))


def test_order_of_events_and_due_dates(sent, calendar):
    legal = {procedure.code: procedure.legal_days for procedure in PROCEDURES}
    start = datetime.combine(calendar.first, datetime.min.time())
    for messages in sent.values():
        data = messages[-1][1]["data"]
        received = stamp(data["NgayTiepNhan"])
        due = calendar.due(int((received - start).total_seconds()), legal[data["MaTTHC"]])
        assert stamp(data["NgayHenTra"]) == start + timedelta(seconds=int(due))
        waits = [
            text for wait in data["DanhSachHoSoBoSung"] for text in (wait["NgayBoSung"], wait["NgayTiepNhanBoSung"])
        ]
        steps = [data["NgayTiepNhan"], *waits, data["NgayKetThucXuLy"], data["NgayTra"]]
        known = [text for text in steps if text]
        assert known == sorted(known)
        ended = data["TrangThaiHoSo"] in (8, 9, 10)
        assert ended == (data["NgayKetThucXuLy"] is not None)


def test_ratings_are_of_returned_dossiers_a_day_or_more_later(small, sent):
    count = 0
    for file in (small / "ratings").iterdir():
        with gzip.open(file) as lines:
            for line in lines:
                rating = json.loads(line)
                at = datetime.fromisoformat(rating["at"])
                assert at.date().isoformat() == file.name[:10]
                assert at.utcoffset() == timedelta(hours=7)
                assert 1 <= rating["level"] <= 5
                count += 1
                last = sent[rating["dossier"]][-1][1]["data"]
                if last["NgayTra"]:
                    assert at.replace(tzinfo=None) - stamp(last["NgayTra"]) >= timedelta(days=1)
    assert 0.08 < count / len(sent) < 0.3


def test_the_country_looks_plausible(sent):
    last = [messages[-1][1]["data"] for messages in sent.values()]
    assert 0.35 < sum(data["KenhThucHien"] == 2 for data in last) / len(last) < 0.65
    assert 0.05 < sum(bool(data["DanhSachHoSoBoSung"]) for data in last) / len(last) < 0.11
    assert 0.005 < sum(data["TrangThaiHoSo"] == 7 for data in last) / len(last) < 0.03
