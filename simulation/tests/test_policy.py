"""A policy is tried on years that differ from others by the policy alone."""

import json
from datetime import date
from pathlib import Path

import pytest

from simulation import indicators, policy
from simulation.__main__ import main
from simulation.calendar import Calendar
from simulation.errors import Wrong

FIRST = date(2025, 10, 1)
GOOD = {"title": "Thử", "provinces": ["40"], "sector": "", "start": "2026-03-02", "pushes": {"online": 0.6}}


def written(folder: Path, **values) -> Path:
    file = folder / "policy.json"
    file.write_text(json.dumps(GOOD | values), "utf-8")
    return file


def lived(folder: Path, years: int = 2, **values):
    return policy.lived(written(folder, **values), first=FIRST, seed=11, years=years, dossiers=100_000, workers=1)[
        "indicators"
    ]


def test_only_what_is_pushed_and_what_hangs_on_it_changes(tmp_path):
    found = lived(tmp_path)
    assert found["online"]["low"] > 0
    assert found["received"]["change"] == 0
    assert found["digitised"]["low"] <= found["digitised"]["change"] <= found["digitised"]["high"]


def test_faster_handling_leaves_fewer_overdue(tmp_path):
    found = lived(tmp_path, pushes={"slow": -0.4})
    assert found["handling_ratio"]["high"] < 0
    assert found["on_time"]["low"] > 0
    assert found["backlog"]["high"] < 0


def test_before_it_begins_nothing_is_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(policy, "WEEKS", 1)
    start = Calendar(FIRST).dates.index(date(2026, 3, 2))
    read = policy.read

    def earlier(*given):
        found = read(*given)
        monkeypatch.setattr(policy, "_weekly", lambda *rest: weekly(*rest[:-1], [start - 7]))
        return found

    weekly = policy._weekly
    monkeypatch.setattr(policy, "read", earlier)
    assert all(row["change"] == 0 for row in lived(tmp_path, years=1).values())


def test_the_same_seed_says_the_same(tmp_path):
    assert lived(tmp_path, years=1) == lived(tmp_path, years=1)


@pytest.mark.parametrize(
    "values",
    [
        {"pushes": {}}, {"pushes": {"magic": 1}}, {"pushes": {"slow": 0}}, {"pushes": {"slow": 9}}, {"pushes": {"slow": "x"}},
        {"provinces": ["99"]}, {"sector": "XX"}, {"start": "2026-09-20"}, {"start": "2031-01-01"}, {"start": "x"},
    ],
)  # fmt: skip
def test_what_cannot_be_tried_is_refused_in_words(tmp_path, values):
    with pytest.raises(Wrong):
        lived(tmp_path, **values)


def test_on_the_command_line(tmp_path, capsys):
    file = tmp_path / "result.json"
    given = [
        "try",
        str(written(tmp_path)),
        "--years",
        "1",
        "--dossiers",
        "50000",
        "--workers",
        "1",
        "--json",
        str(file),
    ]
    assert main(given) == 0
    assert set(json.loads(file.read_bytes())["indicators"]) <= set(indicators.INDICATORS)
    assert "Trực tuyến" in capsys.readouterr().out
    assert main(["try", str(tmp_path / "none.json")]) == 2
    assert main(["try", str(written(tmp_path)), "--years", "0"]) == 2


def test_the_example_works():
    example = Path(__file__).parents[2] / "examples" / "policy.json"
    found = policy.lived(example, first=FIRST, seed=1, years=1, dossiers=50_000, workers=1)
    assert found["indicators"]["handling_ratio"]["change"] < 0
