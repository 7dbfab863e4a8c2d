"""The score: what is right scores well, what is silly does not, what is misshapen is refused in one sentence."""

import json
import shutil
from datetime import date, timedelta

import numpy as np
import pytest

from simulation import indicators, score, space
from simulation.__main__ import main
from simulation.calendar import Calendar

CALENDAR = Calendar(date(2025, 10, 1))


@pytest.fixture(scope="module")
def facts(small):
    return score.daily(small, CALENDAR)


def conclusions(small, facts, *, shift: float = 0.0, verdict=None, falsified=None) -> dict:
    """What an all-knowing analysis would conclude, moved by ``shift`` times the size of each number."""
    forecasts = []
    origin = date(2026, 5, 31)
    for name in indicators.INDICATORS:
        for place in ("01", "44", "79"):
            for week in (1, 2, 3):
                target = origin + timedelta(days=1 + 7 * (week - 1))
                start = (target - CALENDAR.first).days
                (actual,) = indicators.weekly(name, facts[name][place], [start])
                mean = actual + shift * max(1.0, abs(actual))
                forecasts.append({
                    "indicator": name, "territory": place, "origin": origin.isoformat(), "target": target.isoformat(),
                    "mean": mean, "lower": mean - 1e-6, "upper": mean + 1e-6,
                })  # fmt: skip
    true = json.loads((small / "truth" / "interventions.json").read_text())
    effects = [
        {
            "id": row["id"], "mean": row["effect"] * (1 - shift), "lower": row["effect"] - 1e-6 + shift,
            "upper": row["effect"] + 1e-6 + shift, "verdict": verdict or ("effect" if row["effect"] else "none"),
        }
        for row in true
    ]  # fmt: skip
    offices = [row["agency"] for row in json.loads((small / "truth" / "falsified.json").read_text())]
    numerators, denominators = facts["online"]["79"]
    share = indicators.over("online", numerators[92:120], denominators[92:120])
    kpis = {"online": {"79": {"from": "2026-01-01", "to": "2026-01-28", "value": share + shift}}}
    return {
        "forecasts": forecasts, "effects": effects, "falsified": offices if falsified is None else falsified, "kpis": kpis,
    }  # fmt: skip


def scored(small, tmp_path, told: dict) -> dict:
    file = tmp_path / "conclusions.json"
    file.write_text(json.dumps(told))
    return score.score(small, file)


def test_what_a_space_adds_up_over_a_week_is_told_as_the_mean_of_its_days(small, facts):
    assert set(space.CODES) == set(indicators.INDICATORS)
    origin = date(2026, 5, 31)
    start = (origin - CALENDAR.first).days + 1
    week = float(facts["backlog"]["01"][0][start : start + 7].sum())
    row = {
        "indicator": "overdue-dossier-days", "territory": "01", "origin": str(origin), "week": "2026-06-01", "point": week,
        "low": week, "high": week,
    }  # fmt: skip
    (told,) = space.conclusions({"forecasts": [row], "effects": [], "falsified": None}, small)["forecasts"]
    (actual,) = indicators.weekly("backlog", facts["backlog"]["01"], [start])
    assert told["indicator"] == "backlog"
    assert told["mean"] == pytest.approx(actual)


def test_perfect_conclusions_are_perfect(small, facts, tmp_path):
    result = scored(small, tmp_path, conclusions(small, facts))
    assert result["forecasts"]["all"]["mase"] < 1e-6
    assert result["forecasts"]["all"]["coverage"] == 1.0
    assert result["forecasts"]["skipped"] == 0
    assert set(result["forecasts"]["indicators"]) == set(indicators.INDICATORS)
    found = result["effects"]
    assert found["held"] == found["concluded"] >= 20
    assert found["nulls_called_effect"] == found["sign_errors"] == 0
    assert found["effects_found"] == found["effects"]
    assert found["missing"] == []
    assert result["falsified"]["f1"] == 1.0 or result["falsified"]["true"] == 0
    assert result["kpis"]["equal"] == result["kpis"]["figures"] == 1


def test_silly_conclusions_are_bad(small, facts, tmp_path):
    told = conclusions(small, facts, shift=2.0, verdict="effect", falsified=["H26.00097", "H26.00004"])
    result = scored(small, tmp_path, told)
    assert result["forecasts"]["all"]["mase"] > 3
    assert result["forecasts"]["all"]["coverage"] == 0.0
    assert result["effects"]["held"] == 0
    assert result["effects"]["nulls_called_effect"] == result["effects"]["nulls"] > 0
    assert result["effects"]["sign_errors"] == result["effects"]["effects"]
    assert result["falsified"]["right"] == 0
    assert result["kpis"]["equal"] == 0


def test_the_naive_forecast_has_a_ratio_of_one(small, facts, tmp_path):
    origin, starts = date(2026, 5, 31), np.array(indicators.mondays(CALENDAR))
    told = []
    for name in indicators.INDICATORS:
        values = indicators.weekly(name, facts[name]["79"], starts)
        last = values[np.flatnonzero(starts + 6 <= (origin - CALENDAR.first).days)[-1]]
        told.append({
            "indicator": name, "territory": "79", "origin": origin.isoformat(), "target": "2026-06-08", "mean": last,
            "lower": last, "upper": last,
        })  # fmt: skip
    result = scored(small, tmp_path, {"forecasts": told})
    assert result["forecasts"]["all"]["ratio"] == pytest.approx(1.0)
    assert result["falsified"] is None


def test_the_commands_of_the_terminal(small, facts, tmp_path, capsys):
    file = tmp_path / "conclusions.json"
    file.write_text(json.dumps(conclusions(small, facts)))
    assert main(["score", str(small), "--conclusions", str(file), "--json", str(tmp_path / "score.json")]) == 0
    assert "90% cover=100.0%" in capsys.readouterr().out
    assert json.loads((tmp_path / "score.json").read_text())["forecasts"]["all"]["coverage"] == 1.0


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ([], "conclusions"),
        ({"forecast": []}, "forecast"),
        ({"forecasts": {}}, "forecasts"),
        ({"forecasts": [{}]}, "forecasts[0].indicator"),
        ({"forecasts": [{"indicator": "online", "territory": "79", "origin": "2026-05-31", "target": "2026-06-02"}]}, "mean"),
        ({"effects": [{"id": "CT01", "mean": 0, "lower": 1, "upper": 0, "verdict": "effect"}]}, "lower"),
        ({"effects": [{"id": "CT01", "mean": 0, "lower": 0, "upper": 0, "verdict": "yes"}]}, "verdict"),
        ({"effects": [{"id": "CT99", "mean": 0, "lower": 0, "upper": 0, "verdict": "none"}]}, "CT99"),
        ({"falsified": [3]}, "falsified[0]"),
        ({"kpis": {"online": {"79": {"from": "2026-01-01", "to": "soon", "value": 1}}}}, "kpis.online.79.to"),
        ({"kpis": {"beauty": {}}}, "kpis"),
    ],
)  # fmt: skip
def test_misshapen_conclusions_are_refused_in_a_sentence(small, tmp_path, capsys, told, where):
    file = tmp_path / "conclusions.json"
    file.write_text(json.dumps(told))
    assert main(["score", str(small), "--conclusions", str(file)]) == 2
    said = capsys.readouterr().err
    assert where in said
    assert len(said.strip().splitlines()) == 2
    assert "Traceback" not in said


def test_a_year_with_broken_files_is_refused_in_a_sentence(small, tmp_path, capsys):
    broken = tmp_path / "broken"
    shutil.copytree(small, broken)
    next((broken / "days").iterdir()).write_bytes(b"not gzip")
    file = tmp_path / "conclusions.json"
    figure = {"from": "2026-01-01", "to": "2026-01-31", "value": 1}
    file.write_text(json.dumps({"kpis": {"received": {"VN": figure}}}))
    assert main(["score", str(broken), "--conclusions", str(file)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 2


def test_other_mistakes_are_told_in_a_sentence(small, tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "file").write_text("")
    mistakes = (
        ["make", "--seed", "x", "--out", str(tmp_path / "a")],
        ["make", "--seed", "-1", "--out", str(tmp_path / "a")],
        ["make", "--seed", "1", "--out", str(tmp_path)],
        ["make", "--seed", "1", "--out", str(tmp_path / "file")],
        ["make", "--seed", "1", "--out", str(tmp_path / "a"), "--dossiers", "3"],
        ["make", "--seed", "1", "--out", str(tmp_path / "a"), "--from", "yesterday"],
        ["make", "--seed", "1", "--out", str(tmp_path / "a"), "--workers", "0"],
        ["make"],
        ["nothing"],
        ["score", str(tmp_path), "--conclusions", str(tmp_path / "bad.json")],
        ["score", str(small), "--conclusions", str(tmp_path / "bad.json")],
        ["score", str(small), "--conclusions", str(tmp_path / "absent.json")],
    )
    for mistake in mistakes:
        assert main(mistake) == 2, mistake
        said = capsys.readouterr().err
        assert len(said.strip().splitlines()) == 2, said
