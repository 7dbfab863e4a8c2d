"""Interventions and falsification: what they change, and that they change nothing else."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from simulation import falsification, indicators, score, truth, year
from simulation.arrivals import SECTOR
from simulation.calendar import DAY
from simulation.falsification import FEWEST_DOSSIERS, FEWEST_FALSIFIED
from simulation.handling import NEVER
from simulation.interventions import Intervention
from simulation.sending import FACTS, fact_stamp
from simulation.world import Plan, World, build, simulate

PROVINCE = "44"


def intervention(world: World, **changes) -> Intervention:
    values = {
        "id": "CT01", "title": "", "what": "", "indicator": "on_time", "provinces": (PROVINCE,), "communes": (), "sector": "",
        "start": 110, "target": "", "strength": (("slow", -0.3), ("capacity", 0.2), ("online", 0.6), ("supplement", -0.5)),
    }  # fmt: skip
    return Intervention(**values | changes)


@pytest.fixture(scope="module")
def plain(full):
    return simulate(full, Plan(), PROVINCE)


def same(one: dict, other: dict, rows: np.ndarray) -> bool:
    """Dossiers told the same, found again by their number: serials and order may differ when a channel does."""
    where = {number: place for place, number in enumerate(other["id"].tolist())}
    found = np.array([where[number] for number in one["id"][rows].tolist()], int)
    return all(
        np.array_equal(one[name][rows], other[name][found], equal_nan=one[name].dtype.kind == "f")
        for name in one
        if name != "serial"
    )


def test_another_province_is_not_touched(full, plain):
    elsewhere = simulate(full, Plan((intervention(full, provinces=("12",)),)), PROVINCE)
    assert same(plain, elsewhere, np.arange(plain["id"].size))


def test_only_treated_communes_change_and_only_after_the_start(full, plain):
    here = [n for n in full.offices.of(PROVINCE) if full.offices.is_commune[n]]
    treated = np.array(here[:20])
    decided = intervention(full, communes=tuple(full.offices.territory[n] for n in treated))
    with_it = simulate(full, Plan((decided,)), PROVINCE)
    outside = ~np.isin(plain["office"], treated)
    assert same(plain, with_it, np.flatnonzero(outside))
    before = (
        ~outside & (plain["day"] < decided.start) & (np.minimum(plain["end"], plain["withdrawn"]) < decided.start * DAY)
    )
    before &= plain["returned"] < decided.start * DAY
    assert same(plain, with_it, np.flatnonzero(before))
    assert not same(plain, with_it, np.flatnonzero(~outside))


def test_the_dossiers_are_the_same_ones_with_and_without(full, plain):
    with_it = simulate(full, Plan((intervention(full),)), PROVINCE)
    assert set(plain["id"].tolist()) == set(with_it["id"].tolist())


def test_an_effect_has_the_sign_of_its_strength_and_a_null_has_none(full):
    good = intervention(full, strength=(("slow", -0.3), ("capacity", 0.2)))
    bad = intervention(full, id="CT02", strength=(("slow", 0.3),))
    null = intervention(full, id="CT03", strength=())
    for decided, sign in ((good, 1), (bad, -1), (null, 0)):
        plan = Plan((decided,))
        changed = truth.difference(full, plan, decided, PROVINCE, simulate(full, plan, PROVINCE))
        assert np.sign(truth.effect([changed])) == sign
        assert truth.effect([changed]) == 0.0 or sign


def test_a_sector_intervention_leaves_other_sectors_alone(full, plain):
    decided = intervention(full, sector="HT", strength=(("online", 0.8),))
    with_it = simulate(full, Plan((decided,)), PROVINCE)
    where = {number: place for place, number in enumerate(with_it["id"].tolist())}
    found = np.array([where[number] for number in plain["id"].tolist()])
    changed = plain["channel"] != with_it["channel"][found]
    assert changed.sum() > 50
    assert set(SECTOR[plain["procedure"][changed]]) == {"HT"}


def test_a_shock_taken_away_leaves_the_numbers_of_other_dossiers(full, plain):
    calm = simulate(replace(full, shocks=[]), Plan(), PROVINCE)
    first = min(shock.start for shock in full.shocks)
    early = np.flatnonzero((plain["day"] < first) & (plain["returned"] < first * DAY))
    assert early.size > 100
    assert same(plain, calm, early)


def test_falsified_dossiers_look_honest_by_their_claims_and_not_by_their_sending(full, plain):
    could = falsification.candidates(full, "79", simulate(full, Plan(), "79"))
    plan = Plan((), tuple(falsifier for _, falsifier in could[:6]))
    come = simulate(full, plan, "79")
    told = come["falsified"]
    assert set(come["office"][told].tolist()) == {falsifier.office for falsifier in plan.falsifiers}
    assert (come["claimed"][told] <= come["deadline"][told]).all()
    assert (come["end"][told] > come["deadline"][told]).all()
    assert (come["sent_ended"][told] >= come["end"][told]).all()
    assert (come["claimed"][told] > come["received"][told]).all()
    assert full.calendar.is_worked_moment(come["claimed"][told]).all()
    assert (come["claimed"] == come["end"])[~told].all()
    for falsifier in plan.falsifiers:
        own = come["office"] == falsifier.office
        assert own.sum() >= FEWEST_DOSSIERS
        assert (told & own).sum() >= FEWEST_FALSIFIED
        assert come["end"][told & own].min() >= falsifier.start * DAY
        late_share = come["late"][own & (come["end"] < NEVER)].mean()
        claimed_late = (come["claimed"] > come["deadline"])[own & (come["end"] < NEVER)].mean()
        assert claimed_late < late_share


def test_what_is_sent_is_sent_after_the_fact_and_in_order(full, plain):
    before = np.zeros(plain["id"].size, np.int64)
    for fact in FACTS:
        at, sent = fact_stamp(plain, fact), plain[f"sent_{fact}"]
        happened = at < NEVER
        assert (sent[happened] >= at[happened]).all()
        assert (sent[happened] >= before[happened]).all()
        assert (sent[~happened] == NEVER).all()
        before = np.where(happened, sent, before)


def test_files_and_columns_lead_to_the_same_indicators(small):
    """The SQL over files against the SQL over columns, on the year on disk."""
    said = json.loads((small / "year.json").read_text())
    world = build(said["seed"], said["options"]["dossiers"], date.fromisoformat(said["first_day"]))

    def step(_title, function, tasks, workers):
        return year._side_by_side(function, list(tasks), workers)

    _, come = year._live(world, year._plan(world, 1, step), 1, step)
    with indicators.connect(threads=1) as database:
        indicators.load_columns(database, world, come)
        simulated = indicators.facts(database, world.calendar)
    read = score.daily(small, world.calendar)
    for name in indicators.INDICATORS:
        assert set(read[name]) - {"VN"} == set(simulated[name])
        for place, (numerators, denominators) in simulated[name].items():
            np.testing.assert_array_equal(read[name][place][0], numerators)
            np.testing.assert_array_equal(read[name][place][1], denominators)


def test_interventions_of_a_year(small):
    told = json.loads((small / "interventions.json").read_text())
    true = {row["id"]: row for row in json.loads((small / "truth" / "interventions.json").read_text())}
    assert 20 <= len(told) <= 24
    assert {row["id"] for row in told} == set(true)
    nulls = [row for row in true.values() if row["null"]]
    assert len(nulls) * 3 >= len(told)
    assert all(row["effect"] == 0.0 for row in nulls)
    assert sum(row["effect"] != 0.0 for row in true.values()) >= 8
    assert all("2025-11-26" <= row["start"] <= "2026-08-05" for row in told)
    assert not any({"strength", "effect", "null"} & set(row) for row in told)
    levels = Counter(row["level"] for row in told)
    assert levels["commune"] >= 3
    assert all(len(unit) == (5 if row["level"] == "commune" else 2) for row in told for unit in row["units"])
