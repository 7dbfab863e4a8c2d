"""The public-service index, number by number: an auditor's SQL over the rows comes to the same, for every unit and period."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from lienthong.channels.kpis import domain, queries, services
from lienthong.commons.casework import domain as casework
from lienthong.commons.casework import services as casework_services
from lienthong.commons.procedures import domain as procedures
from lienthong.commons.procedures.adapters import AnnouncementProfile
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import services as warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"
AUDIT = Path(__file__).parents[5] / "tests" / "published" / "public_service_index.sql"
OFFICES = ("H19.26368", "H19.26374", "H19", "H26.99.01", "H26", "G06", "G06.90", "G12.01")
PROCEDURES = {f"1.99990{number}": days for number, days in enumerate((1, 3, 5, 10, 20))}


def audited(span: domain.Span, at: datetime) -> dict[tuple[str, str], tuple]:
    """(numerator, denominator, score) by unit and criterion, from the auditor's SQL."""
    after = (span.last + timedelta(days=1)).isoformat()
    statement = AUDIT.read_text("utf-8")
    for name, value in (
        ("first", span.first),
        ("after", after),
        ("months", span.every.months),
        ("now", at.isoformat()),
    ):
        statement = statement.replace(f":'{name}'", f"'{value}'")
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {(unit, criterion): tuple(parts) for unit, criterion, *parts in cursor.fetchall()}


def stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}"


def dossier(chance: random.Random, number: int) -> dict:
    """A row of the sync profile with whatever can be special about it."""
    agency, procedure = chance.choice(OFFICES), chance.choice([*PROCEDURES, "1.888888"])
    received = datetime(2026, chance.randint(1, 9), chance.randint(1, 28), chance.randint(7, 16), chance.randint(0, 59))
    due = received + timedelta(days=chance.choice([1, 5, 12, 30]), hours=chance.randint(0, 5))
    ended = due + timedelta(days=chance.choice([-4, -1, 0, 0, 1, 6, 40]), seconds=chance.choice([0, 0, -1, 1]))
    ended = max(ended, received + timedelta(minutes=5))
    state = chance.choice([1, 2, 3, 4, 5, 7, 8, 9, 10, 10, 10, 10])
    waits = []
    for _ in range(chance.choice([0, 0, 0, 0, 1, 1, 2])):
        asked = received + timedelta(hours=chance.randint(1, 200))
        back = asked + timedelta(hours=chance.randint(1, 300)) if chance.random() < 0.8 else None
        waits.append({"NgayBoSung": stamp(asked), "NgayTiepNhanBoSung": back and stamp(back)})
    fee = chance.choice([0, 50_000])
    papers = chance.randint(0, 3)
    return {
        "MaHoSo": f"{agency}-{received:%y%m%d}-{number:05}", "MaTTHC": procedure, "TenTTHC": "Thử", "MaLinhVuc": "LV01",
        "KenhThucHien": chance.randint(1, 3), "DonViXuLy": agency, "NgayTiepNhan": stamp(received),
        "NgayHenTra": stamp(due) if chance.random() < 0.8 else None, "TrangThaiHoSo": state,
        "NgayKetThucXuLy": stamp(ended) if state in (3, 8, 9, 10) and chance.random() < 0.9 else None,
        "NgayTra": stamp(ended + timedelta(hours=3)) if state in (8, 10) else None, "DanhSachHoSoBoSung": waits,
        "TaiLieuNop": [
            {"TepDinhKemId": f"f{place}", "DuocSoHoa": int(chance.random() < 0.8), "DuocLayTuKhoDMQG": int(chance.random() < 0.4)}
            for place in range(papers)
        ],
        "DanhSachLePhi": [{"MaPhiLePhi": "LP01", "Gia": fee}] if fee else [],
        "DuocThanhToanTrucTuyen": int(chance.random() < 0.5),
        "DanhSachGiayToKetQua": [{"MaKetQua": "KQ"}] if chance.random() < 0.6 else [],
    }  # fmt: skip


def send(register: str, source: str, rows: list[dict], at: datetime) -> None:
    declaration = registry.declaration(register=register)
    judged = [declaration.prepare(row) for row in rows]
    registry_services.accept_batch(register=register, source=source, rows=judged, by=BY, at=at)


def territory(agency: str) -> str:
    return {"H19.26368": "26368", "H19.26374": "26374", "H19": "75", "H26": "01", "H26.99.01": "01"}.get(agency, "")


@pytest.fixture
def year(request) -> random.Random:
    """Nine months of everything that the index counts, invented by chance."""
    chance, at = random.Random(request.param), datetime(2026, 10, 1, tzinfo=UTC)
    send(
        procedures.REGISTER, "national",
        [{"code": code, "name": "Thử", "sector": "LV01", "working_days": days} for code, days in PROCEDURES.items()], at,
    )  # fmt: skip
    rows = [dossier(chance, number) for number in range(700)]
    outcomes = casework_services.sync(rows=rows, source=casework.SOURCE, by=BY, at=at)
    assert all(item.refusal is None for item in outcomes)
    rated = [
        {"dossier": row["MaHoSo"], "level": chance.randint(1, 5), "rated_on": f"2026-{chance.randint(1, 9):02}-15"}
        for row in chance.sample(rows, 150)
    ]
    casework_services.rate(ratings=rated, source=casework.SOURCE, by=BY, at=at)
    send(
        procedures.SERVICES, "national",
        [
            {"code": f"{agency}/{code}", "name": "Thử", "procedure": code, "agency": agency, "territory": territory(agency),
             "service_level": chance.choice(["full", "partial", "info"]), "has_fee": chance.random() < 0.6,
             "online_payment": chance.random() < 0.5, "complete": chance.random() < 0.8}
            for agency in OFFICES for code in PROCEDURES
        ], at,
    )  # fmt: skip
    decisions = []
    for number in range(60):
        issued = date(2026, chance.randint(1, 9), chance.randint(1, 28))
        decisions.append(
            {"number": f"{number}/QĐ", "agency": chance.choice(["H19", "H26", "G06", "G12"]), "issued_on": issued.isoformat(),
             "effective_on": (issued + timedelta(days=chance.randint(0, 40))).isoformat(),
             "published_on": (issued + timedelta(days=chance.randint(0, 20))).isoformat() if chance.random() < 0.9 else None}
        )  # fmt: skip
    told = AnnouncementProfile().translate(decisions)
    send(procedures.ANNOUNCEMENTS, "national", [row for item in told for row in item], at)
    send(
        casework.TOTALS, casework.SOURCE,
        [
            {"code": f"{agency}/{month}", "agency": agency, "territory": territory(agency), "month": month,
             "reported": chance.randint(0, 20), "portal": chance.randint(0, 20), "population_used": chance.randint(0, 10)}
            for agency in ("H19", "G06", "H26.99.01")
            for month in [*(f"2025-{number:02}" for number in range(1, 13)), *(f"2026-{number:02}" for number in range(1, 6))]
        ], at,
    )  # fmt: skip
    feedback = []
    for number in range(80):
        agency = chance.choice(OFFICES)
        due = date(2026, chance.randint(1, 12), chance.randint(1, 28))
        feedback.append(
            {"code": f"PA-{number}", "agency": agency, "territory": territory(agency), "received_on": "2026-01-01",
             "due_on": due.isoformat()}
            | ({"answered_on": (due + timedelta(days=chance.randint(-5, 3))).isoformat()} if chance.random() < 0.8 else {})
        )  # fmt: skip
    send(casework.FEEDBACK, casework.SOURCE, feedback, at)
    framework = queries.framework(code="public-service")
    warehouse.recompute_many(codes=sorted(framework.indicators), at=at)
    return chance


PERIODS = ["2026-03", "2026-Q1", "2026-Q2", "2026-Q3", "2026-09", "2026"]


@pytest.mark.parametrize("year", [1, 2, 3], indirect=True)
def test_an_auditor_comes_to_every_number(year):
    framework = queries.framework(code="public-service")
    met = set()
    for code in PERIODS:
        span, at = domain.Span.parse(code), datetime(2026, 9, 21, 3, tzinfo=UTC)
        services.assess(framework=framework, span=span, at=at)
        audit = audited(span, at)
        found = {unit: item.results for unit, item in queries.assessments(framework=framework, span=span).items()}
        assert {"", "01", "75", "26368", "26374", "G06", "G12"} <= found.keys()
        for unit, results in found.items():
            for criterion, result in results.items():
                top, bottom, score = audit.get((unit, criterion), (None, None, None))
                assert result.score == score or ((unit, criterion) not in audit and not result.score), (
                    code,
                    unit,
                    criterion,
                )
                met.add((criterion, result.score is None, result.score == 0))
                if result.denominator is not None and bottom is not None:
                    assert (result.numerator, result.denominator) == (round(top, 6), round(bottom, 6)), (
                        code,
                        unit,
                        criterion,
                    )
        assert {unit for unit, _ in audit} <= found.keys() | skipped(found.keys())
    assert {criterion for criterion, *_ in met} == {node.code for _, node in framework.root.walk()}
    assert any(none for _, none, _ in met)


def skipped(known) -> set[str]:
    """Units of which there are rows, but none that the index counts in a period."""
    return {unit.code for unit in _units()} - set(known)


def _units():
    from lienthong.foundation.directory import queries as directory

    return directory.units(on=date(2026, 9, 21))
