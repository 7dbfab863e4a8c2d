"""The program's own reader of the sync profile and the simulation's SQL, each written alone, find the same numbers."""

import gzip
import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from simulation import score
from simulation.calendar import Calendar

casework = pytest.importorskip("lienthong.commons.casework.domain")
COMMONS = Path(__file__).parents[2] / "src" / "lienthong" / "commons"


def schema(file: str) -> jsonschema.Draft202012Validator:
    declared = json.loads((COMMONS / file).read_text("utf-8"))
    return jsonschema.Draft202012Validator(declared["schema"])


@pytest.fixture(scope="module")
def procedures(small) -> list[dict]:
    return [json.loads(line) for line in (small / "procedures.jsonl").read_text("utf-8").splitlines()]


def test_procedures_fit_their_register(procedures):
    register = schema("procedures/declarations/procedures.register.json")
    for procedure in procedures:
        register.validate(procedure)


def test_dossiers_fit_their_register_and_count_the_same(small, procedures):
    calendar = Calendar(date.fromisoformat(json.loads((small / "year.json").read_text())["first_day"]))
    offices = {row["code"]: row for row in map(json.loads, (small / "offices.jsonl").read_text("utf-8").splitlines())}
    worked = {day for day, works in zip(calendar.dates, calendar.working, strict=True) if works}
    lookups = casework.Lookups(
        territory_of=lambda agency: offices[agency]["territory"],
        legal_days={procedure["code"]: procedure["working_days"] for procedure in procedures},
        working_days=casework.WorkingDays(worked.__contains__, calendar.dates[0], calendar.dates[-1]),
    )
    last = {}
    for file in sorted((small / "days").iterdir()):
        with gzip.open(file) as lines:
            last |= {message["MaHoSo"]: message for message in (json.loads(line)["data"] for line in lines)}
    register, sums = schema("casework/declarations/dossiers.register.json"), defaultdict(lambda: [0, 0])
    for number, message in enumerate(last.values()):
        dossier = casework.to_dossier(message, lookups)
        if number % 50 == 0:
            register.validate(dossier)
        for name, numerator, denominator in counted(dossier):
            total = sums[name, offices[dossier["agency"]]["province"]]
            total[0] += numerator
            total[1] += denominator
    facts = score.daily(small, calendar)
    for (name, province), (numerator, denominator) in sums.items():
        numerators, denominators = facts[name][province]
        assert numerators.sum() == numerator, (name, province)
        assert name in ("received", "finished") or denominators.sum() == denominator, (name, province)


def counted(dossier: dict):
    """What a dossier adds to each indicator: name, numerator, denominator."""
    yield "received", 1, 1
    yield "online", dossier["channel"] == "online", 1
    yield "digitised", dossier["digitised"], 1
    yield "reused", dossier["papers_reused"], dossier["papers"]
    if dossier["has_fee"]:
        yield "paid_online", dossier["paid_online"], 1
    if "ended_on" in dossier:
        yield "finished", 1, 1
        yield "on_time", dossier["outcome"] == "on_time", 1
        yield "handling_ratio", dossier["working_days"], dossier["legal_days"]
        yield "e_result", dossier["electronic_result"], 1
        yield "supplemented", dossier["supplemented"], 1
