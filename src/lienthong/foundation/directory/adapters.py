"""The published data files as rows: territories from the package's files with our corrections, agencies built over them."""

import hashlib
import importlib.util
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lienthong.foundation.directory import domain
from lienthong.kernel.text import fold, spelling_key

DATA = Path(__file__).parent / "data"
LISTED = date(2004, 7, 8)
"""Decision 124/2004/QĐ-TTg, which founded the code list. The package gives the list as it stood on 30 June 2025; what
changed between the two days is not in it."""
REFORM = date(2025, 7, 1)
LISTED_DECREE = "Quyết định 124/2004/QĐ-TTg (danh mục tại 30/6/2025)"
REFORM_DECREE = "Quyết định 19/2025/QĐ-TTg"
KINDS = {
    "Tỉnh": "tinh",
    "Thành phố": "thanh_pho",
    "Xã": "xa",
    "Phường": "phuong",
    "Thị trấn": "thi_tran",
    "Thị Trấn": "thi_tran",
    "Đặc khu": "dac_khu",
    "Huyện": "dac_khu",
}
"""By the first words of a full name. The five island districts had no communes; each became a special zone whole."""


def package_data() -> Path:
    """The folder of the package's data files; its code is never imported."""
    spec = importlib.util.find_spec("vietnamadminunits")
    return Path(spec.origin).parent / "data"


def edition() -> str:
    """Changes when any of the files does, or this one."""
    content = hashlib.sha256()
    stat = (package_data() / "dataset.db").stat()
    content.update(f"{stat.st_size}".encode() + (package_data() / "converter_2025.json").read_bytes())
    for file in (DATA / "corrections.json", DATA / "agencies.json", Path(__file__)):
        content.update(file.read_bytes())
    return content.hexdigest()


@dataclass
class Territories:
    """Rows of units and of changes between them."""

    units: list[dict[str, Any]]
    changes: list[dict[str, Any]]


def read_territories() -> Territories:
    """Both generations of units, how one became the other, and the dated corrections on top."""
    corrections = json.loads((DATA / "corrections.json").read_text("utf-8"))
    right = {item["given"]: item["right"] for item in corrections["codes"]}
    with closing(sqlite3.connect(f"file:{package_data() / 'dataset.db'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        old = database.execute("SELECT * FROM admin_units_legacy").fetchall()
        new = database.execute("SELECT * FROM admin_units").fetchall()
    units = list(_legacy_units(old)) + list(_present_units(new, right))
    old_codes = {_legacy_key(row): row["wardCode"] or row["districtCode"] for row in old}
    new_codes = {(row["provinceKey"], row["wardKey"]): right.get(row["wardCode"], row["wardCode"]) for row in new}
    pairs = list(_commune_pairs(old_codes, new_codes)) + list(_province_pairs(old, new))
    by_key = {(unit["code"], unit["valid_from"]): unit for unit in units}
    changes = list(_reform_changes(pairs, by_key))
    for item in corrections["changes"]:
        _apply_change(item, by_key, changes)
    return Territories(list(by_key.values()), changes)


def _legacy_units(rows) -> Iterator[dict[str, Any]]:
    provinces = {row["provinceCode"]: row for row in rows}
    for code, row in provinces.items():
        yield _unit(code, row["province"], "", LISTED, LISTED_DECREE, row["provinceLat"], row["provinceLon"])
    for row in rows:
        code, name = row["wardCode"] or row["districtCode"], row["ward"] or row["district"]
        latitude, longitude = row["wardLat"] or row["districtLat"], row["wardLon"] or row["districtLon"]
        unit = _unit(code, name, row["provinceCode"], LISTED, LISTED_DECREE, latitude, longitude)
        yield unit | {"district": row["district"]}


def _present_units(rows, right: dict[str, str]) -> Iterator[dict[str, Any]]:
    provinces = {row["provinceCode"]: row for row in rows}
    area: dict[str, float] = defaultdict(float)
    for row in rows:
        area[row["provinceCode"]] += row["wardAreaKm2"] or 0
    for code, row in provinces.items():
        unit = _unit(code, row["province"], "", REFORM, REFORM_DECREE, row["provinceLat"], row["provinceLon"])
        yield unit | {"area_km2": round(area[code], 2)}
    for row in rows:
        code = right.get(row["wardCode"], row["wardCode"])
        unit = _unit(code, row["ward"], row["provinceCode"], REFORM, REFORM_DECREE, row["wardLat"], row["wardLon"])
        yield unit | {"area_km2": row["wardAreaKm2"]}


def _unit(code: str, full_name: str, parent: str, since: date, decree: str, latitude, longitude) -> dict[str, Any]:
    prefix = next(prefix for prefix in KINDS if full_name.startswith(prefix + " "))
    name = full_name.removeprefix(prefix + " ")
    kind = domain.UnitKind(KINDS[prefix])
    plain = fold(name).title()
    return {
        "code": code,
        "level": (domain.Level.COMMUNE if parent else domain.Level.PROVINCE).value,
        "kind": kind.value,
        "name": name,
        "full_name": full_name,
        "name_en": domain.english_name(plain, kind),
        "parent": parent,
        "district": "",
        "valid_from": since,
        "valid_to": REFORM if since == LISTED else None,
        "decree": decree,
        "latitude": latitude,
        "longitude": longitude,
        "area_km2": None,
        "search": fold(f"{code} {full_name}"),
    }


def _legacy_key(row) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


def _commune_pairs(old_codes: dict[str, str], new_codes: dict[tuple[str, str], str]) -> Iterator[tuple[str, str, bool]]:
    """(old code, new code, whether it is the default one) for every commune."""
    mapping = json.loads((package_data() / "converter_2025.json").read_text("utf-8"))
    for province, communes in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, forerunners in communes.items():
            for forerunner in forerunners:
                yield old_codes[forerunner], new_codes[province, commune], True
    for province, divided in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for forerunner, parts in divided.items():
            for part in parts:
                yield old_codes[forerunner], new_codes[province, part["newWardKey"]], bool(part["isDefaultNewWard"])


def _province_pairs(old, new) -> Iterator[tuple[str, str, bool]]:
    mapping = json.loads((package_data() / "converter_2025.json").read_text("utf-8"))["DICT_PROVINCE"]
    old_codes = {row["provinceKey"]: row["provinceCode"] for row in old}
    new_codes = {row["provinceKey"]: row["provinceCode"] for row in new}
    for province, forerunners in mapping.items():
        for forerunner in forerunners:
            yield old_codes[forerunner], new_codes[province], True


def _reform_changes(pairs, by_key) -> Iterator[dict[str, Any]]:
    sources, parts = defaultdict(set), defaultdict(set)
    for old, new, _ in pairs:
        sources[new].add(old)
        parts[old].add(new)
    for old, new, is_default in pairs:
        before, after = by_key[old, LISTED], by_key[new, REFORM]
        if len(parts[old]) > 1:
            kind = domain.ChangeKind.SPLIT
        elif len(sources[new]) > 1:
            kind = domain.ChangeKind.MERGED
        elif spelling_key(before["name"]) != spelling_key(after["name"]):
            kind = domain.ChangeKind.RENAMED
        elif before["kind"] != after["kind"]:
            kind = domain.ChangeKind.RETYPED
        else:
            kind = domain.ChangeKind.KEPT
        yield _change(REFORM, old, new, kind, REFORM_DECREE, is_default)


def _apply_change(item: dict[str, str], by_key: dict, changes: list) -> None:
    day = date.fromisoformat(item["on"])
    before = next(unit for (code, _), unit in by_key.items() if code == item["code"] and unit["valid_to"] is None)
    before["valid_to"] = day
    after = _unit(item["code"], item["full_name"], before["parent"], day, item["decree"], None, None)
    by_key[item["code"], day] = (
        after | {name: before[name] for name in ("latitude", "longitude", "area_km2")} | {"valid_to": None}
    )
    changes.append(_change(day, item["code"], item["code"], domain.ChangeKind.RETYPED, item["decree"], True))


def _change(on: date, old: str, new: str, kind: domain.ChangeKind, decree: str, is_default: bool) -> dict[str, Any]:
    return {
        "on": on, "from_code": old, "to_code": new, "kind": kind.value, "decree": decree, "is_default": is_default,
    }  # fmt: skip


@dataclass
class Agencies:
    """Rows of agencies and of changes between them."""

    agencies: list[dict[str, Any]]
    changes: list[dict[str, Any]]


_FRONT = "Ủy ban Mặt trận Tổ quốc Việt Nam {unit}"
_BODIES = (
    # letter of a province's body, suffix of a commune's, branch, parent at the centre, name at both levels
    ("B", "party", "A01", "{party}ủy {place}", "Đảng ủy {unit}", "Party Committee of {en}"),
    ("P", "assembly", "Q01", "Hội đồng nhân dân {unit}", "Hội đồng nhân dân {unit}", "People's Council of {en}"),
    ("H", "state", "G00", "Ủy ban nhân dân {unit}", "Ủy ban nhân dân {unit}", "People's Committee of {en}"),
    ("N", "front", "M01", _FRONT, _FRONT, "Fatherland Front Committee of {en}"),
)  # fmt: skip


def read_agencies(territories: Territories) -> Agencies:
    """Central bodies from the file; four bodies for every province and commune since the reform; the People's Committees
    of the 63 provinces before it.

    Codes of local bodies, where none is published: a letter for the branch (B Party, P People's Council, H People's
    Committee, N Front) and two digits for the province, then the commune's own code; all marked provisional.
    """
    document = json.loads((DATA / "agencies.json").read_text("utf-8"))
    h_codes = {spelling_key(name): code for name, code in document["provinces_2020"].items()}
    rows = [
        _agency(
            item["code"], item["name"], item.get("name_en", ""), item["branch"], "central", item.get("parent", ""), "",
            date.fromisoformat(item["since"]) if "since" in item else LISTED, None, "", not item.get("published"),
            item.get("sector", ""),
        )
        for item in document["current"]
    ]  # fmt: skip
    changes = []
    for item in document["former"]:
        until = date.fromisoformat(item["until"])
        rows.append(
            _agency(item["code"], item["name"], "", "state", "central", "G00", "", LISTED, until, "", False, "")
        )
        changes += [
            _agency_change(until, item["code"], into, "merged", document["former_decree"]) for into in item["into"]
        ]
    rows += _former_provinces(territories, h_codes)
    merged_from = defaultdict(list)
    names = {
        unit["code"]: unit for unit in territories.units if unit["level"] == "province" and unit["valid_from"] == LISTED
    }
    for change in territories.changes:
        if change["on"] == REFORM and change["from_code"] in names and len(change["to_code"]) == 2:
            merged_from[change["to_code"]].append(h_codes[spelling_key(names[change["from_code"]]["name"])])
    h_of = {}
    for unit in territories.units:
        if unit["level"] == "province" and unit["valid_from"] >= REFORM:
            h_of[unit["code"]] = h_codes[spelling_key(unit["name"])]
    for code, forerunners in merged_from.items():
        kind = "merged" if len(forerunners) > 1 else "kept"
        changes += [_agency_change(REFORM, old, h_of[code], kind, "Nghị quyết 202/2025/QH15") for old in forerunners]
    for unit in territories.units:
        if unit["valid_from"] >= REFORM:
            rows += _local_bodies(unit, h_of, lone={code for code, olds in merged_from.items() if len(olds) == 1})
    return Agencies(rows, changes)


def _former_provinces(territories: Territories, h_codes: dict[str, str]) -> list[dict[str, Any]]:
    return [
        _agency(
            h_codes[spelling_key(unit["name"])], f"Ủy ban nhân dân {_lowered(unit['full_name'])}",
            f"People's Committee of {unit['name_en']}", "state", "province", "G00", unit["code"], LISTED, REFORM,
            LISTED_DECREE, False, "",
        )
        for unit in territories.units
        if unit["level"] == "province" and unit["valid_from"] == LISTED
    ]  # fmt: skip


def _local_bodies(unit: dict[str, Any], h_of: dict[str, str], lone: set[str]) -> Iterator[dict[str, Any]]:
    province = unit["parent"] or unit["code"]
    for letter, branch, centre, at_province, at_commune, english in _BODIES:
        head = h_of[province] if letter == "H" else f"{letter}{province}"
        is_province = not unit["parent"]
        name = (at_province if is_province else at_commune).format(
            party="Thành " if unit["kind"] == "thanh_pho" else "Tỉnh ",
            place=unit["name"],
            unit=_lowered(unit["full_name"]),
        )
        yield _agency(
            head if is_province else f"{head}.{unit['code']}",
            name,
            english.format(en=unit["name_en"]), branch, unit["level"], centre if is_province else head, unit["code"],
            unit["valid_from"], unit["valid_to"], unit["decree"], not (is_province and letter == "H" and province in lone), "",
        )  # fmt: skip


def _agency(
    code, name, name_en, branch, level, parent, territory, valid_from, valid_to, decree, provisional, sector
) -> dict[str, Any]:
    try:
        old_code = domain.to_old_code(code)
    except domain.NoOldCode:
        old_code = ""
    return {
        "code": code, "old_code": old_code, "provisional": provisional, "name": name, "name_en": name_en, "branch": branch,
        "level": level, "parent": parent, "territory": territory, "sector": sector, "valid_from": valid_from,
        "valid_to": valid_to, "decree": decree, "search": fold(f"{code} {old_code} {name}"),
    }  # fmt: skip


def _agency_change(on: date, old: str, new: str, kind: str, decree: str) -> dict[str, Any]:
    return {"on": on, "from_code": old, "to_code": new, "kind": kind, "decree": decree}


def _lowered(full_name: str) -> str:
    """``Thành phố Huế`` inside another name: ``thành phố Huế``."""
    return full_name[:1].lower() + full_name[1:]
