"""``./lienthong year make|feed|score|try``: a whole administration to try the program, or a policy, on; its truth is known.

The simulator stands outside the program and runs as a process of its own; the program never imports it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command

from lienthong.bootstrap.cli._manage import needs_database
from lienthong.bootstrap.options import ROOT, options
from lienthong.kernel import clock
from lienthong.kernel.clock import vietnam_date

SENDER, LIVING = "năm mô phỏng / simulated year", "năm mô phỏng đang sống / simulated year, living"
SOURCES = {"dossiers": "national-portal", "ratings": "national-portal", "procedures": "national"}
MONTHS_PAST = timedelta(days=300)
WEEKS = 8
"""Weeks after the start over which the truth of an effect is told."""
BY = "system:year"


def year(arguments: list[str]) -> int:
    """Run the simulator. ``feed`` without an address sends to the space of this machine, with tokens for this run alone;
    ``score`` without conclusions lets that space conclude first."""
    asked_for_help = bool({"-h", "--help"} & set(arguments))
    if arguments[:1] == ["live"]:
        return live(arguments[1:])
    if arguments[:1] == ["feed"] and "--url" not in arguments and not asked_for_help:
        return feed(arguments)
    if arguments[:1] == ["score"] and not {"--conclusions", "--space"} & set(arguments) and not asked_for_help:
        return score(arguments)
    return simulate(arguments)


def feed(arguments: list[str], name: str = SENDER) -> int:
    """Send a year to the space of this machine."""
    _begin()
    from lienthong.data.registry import services as registry

    now, issued, tokens = clock.now(), [], {}
    for register, source in SOURCES.items():
        token_id, token = registry.issue_token(
            register=register, source=source, name=name, expires_at=now + timedelta(days=400), by=BY, at=now
        )
        issued.append(token_id)
        tokens[f"LIENTHONG_TOKEN_{register.upper()}"] = token
    try:
        code = simulate([*arguments, "--url", options().url], tokens)
        if not code:
            _settle()
        return code
    finally:
        for token_id in issued:
            registry.revoke_token(id=token_id, by=BY, at=clock.now())


def live(arguments: list[str]) -> int:
    """Let the space of this machine live on a year that began ten months ago: what has been is sent at a chosen speed, then each
    day when it is over. Killed, it goes on after the last day it sent."""
    parser = argparse.ArgumentParser(prog="./lienthong year live")
    parser.add_argument(
        "--speed", type=float, default=86400, help="giây mô phỏng trong một giây / seconds in one second"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--dossiers", type=int, default=60_000, help="hồ sơ mỗi năm / dossiers a year")
    given = parser.parse_args(arguments)
    folder = options().home / "year"
    if not (folder / "year.json").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        first = (vietnam_date(clock.now()) - MONTHS_PAST).replace(day=1)
        made = [
            "make",
            "--seed",
            str(given.seed),
            "--out",
            str(folder),
            "--dossiers",
            str(given.dossiers),
            "--from",
            str(first),
        ]
        if code := simulate(made):
            return code
    _begin()
    from lienthong.data.registry import queries as registry_queries
    from lienthong.data.registry import services as registry

    for token in registry_queries.intake_tokens():  # of a run that was killed
        if token.name == LIVING and token.revoked_at is None:
            registry.revoke_token(id=token.id, by=BY, at=clock.now())
    state = options().home / "year.sent"
    return feed(["feed", str(folder), "--speed", str(given.speed), "--state", str(state)], name=LIVING)


SETTLING_SECONDS = 900
"""For which numbers are waited: a whole year's take some minutes."""


def _settle() -> None:
    """Close the days over which dossiers stood open, and wait until every number knows what was told."""
    import lienthong.bootstrap.urls  # noqa: F401  (subscribes every module's handlers)
    from lienthong.foundation.outbox import services as outbox

    call_command("casework", "close")
    if not outbox.settle(clock=clock.now, seconds=SETTLING_SECONDS):
        raise SystemExit(
            "Số liệu chưa tính xong; xem ./lienthong status, đợi rồi chạy lại ./lienthong year score. / "
            "Not every number knows yet what was told; see ./lienthong status, wait, then run ./lienthong year score again."
        )


def score(arguments: list[str]) -> int:
    """Let the space of this machine forecast, estimate and look for what is falsified, then compare that with the truth."""
    _begin()
    _settle()
    with tempfile.TemporaryDirectory() as folder:
        acts, told = Path(folder, "interventions.json"), Path(folder, "conclusions.json")
        if code := simulate(["interventions", *arguments[1:2], "--out", str(acts)]):
            return code
        call_command("intelligence", "interventions", str(acts))
        call_command("intelligence", "forecast", "--every", "4")
        call_command("intelligence", "effects", "--weeks", str(WEEKS))
        call_command("casework", "look")
        call_command("intelligence", "conclusions", str(told))
        return simulate([*arguments, "--space", str(told)])


def _begin() -> None:
    needs_database()
    os.environ["LIENTHONG_STATEMENT_TIMEOUT"] = "0"
    import django

    django.setup()


def simulate(arguments: list[str], more: dict[str, str] | None = None) -> int:
    """The simulator's own command line."""
    environment = os.environ | (more or {}) | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    return subprocess.run([sys.executable, "-m", "simulation", *arguments], env=environment, check=False).returncode
