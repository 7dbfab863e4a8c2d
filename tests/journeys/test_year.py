"""A simulated year made, sent to a real space through its services, concluded about and scored, as a newcomer does it."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from lienthong.kernel import clock
from lienthong.kernel.clock import vietnam_date

from .conftest import ROOT, new_space

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup")]

FACTS = """
import hashlib, json
from lienthong.data.intelligence import queries
from lienthong.commons.casework import queries as casework
from lienthong.data.registry.models import Record
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel import clock
import lienthong.bootstrap.urls
outbox.settle(clock=clock.now, seconds=120)
rows = Record.objects.filter(source__register__key="dossiers")
stand = hashlib.sha256()
for digest in rows.filter(known_to=None).order_by("key").values_list("digest", flat=True):
    stand.update(digest)
print(json.dumps({
    "dossiers": rows.filter(known_to=None).count(),
    "stand": stand.hexdigest(),
    "counted": int(warehouse.cell(code="dossiers-received", territory="").value),
    "closed_on": str(casework.closed_on()),
    "forecasts": len(queries.expectations()), "effects": len(queries.effects()),
}))
"""


def facts(space) -> dict:
    return json.loads(space.run("manage", "shell", "-v", "0", "-c", FACTS).stdout.splitlines()[-1])


def test_a_year_is_made_sent_and_scored(tmp_path):
    tmp_path.chmod(0o755)
    space, year = new_space(tmp_path / "home"), tmp_path / "year"
    space.run("year", "make", "--seed", "3", "--out", str(year), "--dossiers", "6000")
    made = json.loads((year / "year.json").read_text("utf-8"))
    space.run("up", "--detach")
    try:
        first = space.run("year", "feed", str(year), "--to", "2026-03-01", seconds=600)
        assert " 0 refused" in first.stdout
        half = facts(space)
        assert 0 < half["dossiers"] < made["counts"]["dossiers"]
        space.run("year", "feed", str(year), "--from", "2026-02-25", "--to", "2026-03-01")
        assert facts(space) == half  # the last days sent again end where they stood
        space.run("year", "feed", str(year), "--from", "2026-03-02", seconds=600)
        whole = facts(space)
        assert whole["dossiers"] == whole["counted"] == made["counts"]["dossiers"]
        assert whole["closed_on"] == made["last_day"]
        score = tmp_path / "score.json"
        said = space.run("year", "score", str(year), "--json", str(score)).stdout
        assert "MASE" in said
        after = facts(space)
        assert after["forecasts"] > 0
        assert after["effects"] > 0
        assert len(json.loads(score.read_text("utf-8"))["forecasts"]["indicators"]) == 12
        space.run("audit", "verify")
    finally:
        space.run("down", check=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["make", "--seed", "x", "--out", "{folder}/new"], "không phải là số nguyên"),
        (["make", "--seed", "1", "--out", "{folder}"], "{folder}"),
        (["feed", "{folder}", "--url", "http://127.0.0.1:9"], "không có năm mô phỏng"),
        (["score", "{folder}", "--conclusions", "{folder}/none.json"], "{folder}"),
        (["fly"], "--help"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, arguments, said):
    (tmp_path / "something").write_text("here")
    space = new_space(tmp_path / "home")
    done = space.run("year", *(item.format(folder=tmp_path) for item in arguments), check=False)
    assert done.returncode
    assert said.format(folder=tmp_path) in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to be in time"
        time.sleep(0.2)


def sent(home) -> str:
    file = home / "year.sent"
    return file.read_text("utf-8").strip() if file.is_file() else ""


def test_a_sample_space_lives_on_a_year_and_goes_on_after_a_kill(tmp_path):
    tmp_path.chmod(0o755)
    home = tmp_path / "home"
    space = new_space(home)
    space.run("up", "--detach")
    command = [ROOT / "lienthong", "year", "live", "--dossiers", "2000"]
    try:
        runs = [subprocess.Popen([*command, "--speed", "2000000"], env=space.environment, start_new_session=True)]
        try:
            wait_for(lambda: sent(home) >= "2000", 120)
            os.killpg(runs[0].pid, signal.SIGKILL)
            runs[0].wait()
            stood = sent(home)
            runs.append(subprocess.Popen([*command, "--speed", "0"], env=space.environment, start_new_session=True))
            wait_for(lambda: sent(home) > stood, 120)
            yesterday = str(vietnam_date(clock.now()) - timedelta(days=1))
            wait_for(lambda: sent(home) == yesterday, 300)
            time.sleep(3)
            assert runs[1].poll() is None  # it waits for today to be over
            assert sent(home) == yesterday
        finally:
            for run in runs:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(run.pid, signal.SIGKILL)
        assert facts(space)["dossiers"] > 0
    finally:
        space.run("down")
