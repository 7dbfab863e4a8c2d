"""The closed loop on real input, run as its users run it; every count worked out again by an independent script."""

import csv
import importlib.util
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("recount", ROOT / "tests/published/recount.py")
counting = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(counting)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("space")]
STAGES = ["load", "compare", "score", "board", "signal", "direct", "correct", "verify", "conclude", "result"]


def run_loop(space, *arguments: str) -> dict:
    file = space.home / "loop.json"
    space.run("loop", *arguments, "--json", str(file))
    return json.loads(file.read_text("utf-8"))


def package(name: str) -> Path:
    return Path(importlib.util.find_spec(name).origin).parent / "data"


def published_units() -> tuple[dict, dict]:
    """Today's units and what their names were before, from the data files and our dated corrections alone."""
    corrections = json.loads((ROOT / "src/lienthong/foundation/directory/data/corrections.json").read_text("utf-8"))
    right = {item["given"]: item["right"] for item in corrections["codes"]}
    with sqlite3.connect(f"file:{package('vietnamadminunits') / 'dataset.db'}?mode=ro", uri=True) as database:
        new = database.execute("SELECT provinceCode, province, wardCode, ward FROM admin_units").fetchall()
        old = database.execute(
            "SELECT provinceCode, province, coalesce(nullif(wardCode, ''), districtCode),"
            " coalesce(nullif(ward, ''), district) FROM admin_units_legacy"
        ).fetchall()
    rows: dict[str, dict[str, str]] = {}
    former: dict[str, dict[str, list[str]]] = {}
    for generation in (old, new):
        present: dict[str, dict[str, str]] = {}
        for province, province_name, ward, ward_name in generation:
            present[province] = {"full_name": province_name, "parent": ""}
            present[right.get(ward, ward)] = {"full_name": ward_name, "parent": province}
        for code, row in rows.items():
            # A unit that ended has no present name; one that goes on had this name before.
            if code in present:
                for field, value in row.items():
                    former.setdefault(code, {}).setdefault(field, []).append(value)
        rows = present
    for change in corrections["changes"]:
        former.setdefault(change["code"], {}).setdefault("full_name", []).append(rows[change["code"]]["full_name"])
        rows[change["code"]]["full_name"] = change["full_name"]
    return rows, former


def second_copy() -> dict[str, dict[str, str]]:
    rows = {}
    for province in json.loads((package("vietnam_provinces") / "nested-divisions.json").read_text("utf-8")):
        code = f"{province['code']:02}"
        rows[code] = {"full_name": named(province), "parent": ""}
        rows |= {f"{ward['code']:05}": {"full_name": named(ward), "parent": code} for ward in province["wards"]}
    return rows


def named(item: dict) -> str:
    kind = item["division_type"].replace(" trung ương", "")
    return item["name"] if item["name"].lower().startswith(kind) else f"{kind[:1].upper()}{kind[1:]} {item['name']}"


def test_the_national_lists(space):
    """A second run finds in the copy's file what the first run had mended, and mends it again."""
    result = run_loop(space)
    trusted, former = published_units()
    expected = counting.recount(trusted, second_copy(), former, ["full_name", "parent"])
    assert result["discrepancies"] == expected
    assert sum(expected.values()) > 200
    assert [stage["stage"] for stage in result["stages"]] == STAGES
    indicator, framework = "agreement-administrative-units", "kpi:model"
    assert result["before"][indicator] < result["after"][indicator] == 100
    assert result["before"][framework] < result["after"][framework]


def test_one_can_walk_from_the_kpi_to_a_row_and_back(space, browser):
    """KPI → indicator → directive → task → discrepancy → record, by links that are on the pages."""
    from .test_pages import sign_in

    page = browser.new_context(locale="vi-VN").new_page()
    sign_in(page, space.url, "lanh-dao-tw")
    for step in (
        r"/kpis$", r"/indicators/dq-agreement$", r"/registers/quality-checks$",
    ):  # fmt: skip
        follow(page, space.url, step)
    page.goto(f"{space.url}/indicators/agreement-administrative-units")
    for step in (
        r"/tasks/[0-9a-f-]{36}$", r"/directives/[0-9a-f-]{36}$", r"/tasks/[0-9a-f-]{36}$",
        r"/quality/discrepancies/[0-9a-f-]{36}$", r"/registers/administrative-units/records/",
        r"/registers/administrative-units$", r"/quality", r"/boards$",
    ):  # fmt: skip
        follow(page, space.url, step)


def follow(page, url: str, pattern: str) -> None:
    wanted = re.compile(pattern)
    hrefs = page.eval_on_selector_all("a[href]", "items => items.map(item => item.getAttribute('href'))")
    href = next((href for href in hrefs if wanted.search(href)), None)
    assert href, f"{page.url} has no link like {pattern}: {sorted(set(hrefs))}"
    assert page.goto(url + href).status == 200


def write(file: Path, rows: dict[str, dict[str, str]], *, delimiter: str = ",") -> Path:
    fields = ["ma", *dict.fromkeys(name for row in rows.values() for name in row)]
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fields, delimiter=delimiter)
        writer.writeheader()
        writer.writerows({"ma": key} | row for key, row in rows.items())
    return file


@pytest.mark.parametrize("seed", [1, 2])
def test_files_of_ones_own(space, tmp_path, seed):
    """Invented lists with faults of every kind put in at random: found as the independent script finds them."""
    chance = random.Random(seed)
    places = ["Hòa Bình", "Thủy Nguyên", "Đắk Hà", "Ea H'leo", "Bà Rịa - Vũng Tàu", "Quy Nhơn", "Phú Quý", "Kỳ Sơn"]
    trusted = {
        f"{number:04}": {"ten": f"{chance.choice(places)} {number}", "loai": chance.choice(["xã", "phường"])}
        for number in range(400)
    }
    copy = {key: dict(row) for key, row in trusted.items()}
    keys = chance.sample(sorted(trusted), 60)
    for key in keys[:10]:
        del copy[key]
    for number in range(7):
        copy[f"9{number:04}"] = {"ten": f"Thừa {number}", "loai": "xã"}
    for first, second in zip(keys[10:20:2], keys[11:20:2], strict=True):
        copy[first]["ten"], copy[second]["ten"] = copy[second]["ten"], copy[first]["ten"]
    for key in keys[20:40]:
        copy[key]["ten"] = chance.choice(
            [str.upper, str.lower, lambda text: text.replace("òa", "oà").replace("ủy", "uỷ")]
        )(copy[key]["ten"])
    for key in keys[40:50]:
        copy[key]["ten"] += " (sai)"
    for key in keys[50:]:
        copy[key]["loai"] = {"xã": "phường", "phường": "xã"}[copy[key]["loai"]]
    result = run_loop(
        space,
        "--source", f"goc={write(tmp_path / 'goc.csv', trusted)}",
        "--source", f"ban={write(tmp_path / 'ban.csv', copy, delimiter=';')}",
        "--key", "ma", "--trusted", "goc", "--register", f"thu-{seed}",
    )  # fmt: skip
    assert result["discrepancies"] == counting.recount(trusted, copy, {}, ["ten", "loai"])
    assert result["after"][f"agreement-thu-{seed}"] == 100


def test_a_loop_whose_processes_are_killed_is_carried_to_its_end_by_the_next(space, tmp_path):
    """Killed at any point, the loop and the worker with it: the next run finds what is right, one directive answers one
    signal, every record has each version once, and the log is sound. Killed just before the issuer approved, a task waits
    for that in the issuer's inbox."""
    trusted = {f"{number:04}": {"ten": f"Xã Thử {number}"} for number in range(300)}
    copy = {key: {"ten": f"{row['ten']} (sai)" if int(key) % 5 == 0 else row["ten"]} for key, row in trusted.items()}
    arguments = [
        "--source", f"goc={write(tmp_path / 'goc.csv', trusted)}", "--source", f"ban={write(tmp_path / 'ban.csv', copy)}",
        "--key", "ma", "--trusted", "goc", "--register", "ngat",
    ]  # fmt: skip
    begun = time.monotonic()
    run_loop(space, *arguments[:-1], "do")
    whole, killed = time.monotonic() - begun, 0
    for share in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.6, 0.5, 0.4, 0.3, 0.2):
        process = subprocess.Popen(
            [ROOT / "lienthong", "loop", *arguments], env=space.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(whole * share)
        except subprocess.TimeoutExpired:
            if worker := re.search(r"│ worker +│ \w+ +│ (\d+)", space.run("status").stdout):
                os.kill(int(worker[1]), signal.SIGKILL)
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait(10)
        if killed == 5:
            break
    assert killed >= 3
    result = run_loop(space, *arguments)
    assert result["discrepancies"] == counting.recount(trusted, copy, {}, ["ten"])
    assert result["after"]["agreement-ngat"] == 100
    assert json.loads(space.run("manage", "shell", "-v", "0", "-c", FACTS).stdout.splitlines()[-1]) == {
        "set_aside": 0,
        "signals_without_an_end": [],
        "directives_of_a_signal": [1],
        "tasks_neither_done_nor_before_their_issuer": [],
        "unverified": 0,
        "current_records": 600,
        "cells_that_differ_from_a_full_computing": 0,
    }
    space.run("audit", "verify")


FACTS = """
import json
from lienthong.commons.direction.models import TaskRow
from lienthong.data.quality.models import DiscrepancyRow
from lienthong.data.registry.models import Record
from lienthong.data.warehouse import services as warehouse
from lienthong.data.warehouse.models import SignalRow
from lienthong.foundation.outbox import queries as outbox
from lienthong.kernel import clock

indicator = "agreement-ngat"
signals = SignalRow.objects.filter(indicator=indicator)
tasks = TaskRow.objects.filter(indicator=indicator)
print(json.dumps({
    "set_aside": len(outbox.set_aside()),
    "signals_without_an_end": [str(row.id) for row in signals if row.state != "closed"],
    "directives_of_a_signal": sorted({tasks.filter(directive__signal_id=row.id).values("directive").distinct().count()
                                      for row in signals}),
    "tasks_neither_done_nor_before_their_issuer": [row.state for row in tasks if row.state not in ("completed", "reported")],
    "unverified": DiscrepancyRow.objects.filter(register="ngat").exclude(state="verified").count(),
    "current_records": Record.objects.filter(source__register__key="ngat", known_to=None, closed=False).count(),
    "cells_that_differ_from_a_full_computing": warehouse.recompute(code=indicator, at=clock.now()),
}))
"""


def test_what_was_true_before_its_date_is_outdated_and_not_wrong(space, tmp_path):
    trusted = tmp_path / "goc.csv"
    trusted.write_text(
        "ma,ten,valid_from,valid_to\n1,Xã An Hòa,2000-01-01,2025-07-01\n1,Phường An Hòa,2025-07-01,\n2,Xã Bình,2000-01-01,\n",
        "utf-8",
    )
    copy = tmp_path / "ban.jsonl"
    copy.write_text('{"ma": "1", "ten": "Xã An Hoà"}\n{"ma": "2", "ten": "Xã Bình"}\n', "utf-8")
    result = run_loop(
        space,
        "--source",
        f"goc={trusted}",
        "--source",
        f"ban={copy}",
        "--key",
        "ma",
        "--trusted",
        "goc",
        "--register",
        "cu",
    )
    assert {kind: count for kind, count in result["discrepancies"].items() if count} == {"outdated": 1}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source", "a=missing.csv", "--source", "b=missing.csv", "--key", "x", "--trusted", "a"], "Không có tệp"),
        (["--source", "a"], "viết TÊN=TỆP"),
        (["--source", "a={good}", "--source", "b={good}", "--key", "không-có", "--trusted", "a"], "không có cột"),
        (["--source", "a={good}", "--source", "b={good}", "--key", "ma", "--trusted", "c"], "không phải tên nguồn"),
        (["--source", "a={good}", "--key", "ma", "--trusted", "a"], "ít nhất hai nguồn"),
        (["--source", "a={good}", "--source", "b={empty}", "--key", "ma", "--trusted", "a"], "rỗng"),
    ],
)
def test_bad_input_is_one_sentence(space, tmp_path, arguments, said):
    (tmp_path / "good.csv").write_text("ma,ten\n1,Một\n", "utf-8")
    (tmp_path / "empty.csv").write_bytes(b"")
    done = space.run(
        "loop",
        *(item.format(good=tmp_path / "good.csv", empty=tmp_path / "empty.csv") for item in arguments),
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
