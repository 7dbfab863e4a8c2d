"""Registers every space has, and the list of administrative units mirrored from the directory with its history."""

import json
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from lienthong.data.registry import domain, queries, services
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

DECLARATIONS = Path(__file__).parent / "declarations"
UNITS, SOURCE = "administrative-units", "directory"


def load(*, by: str, at: datetime) -> None:
    """Declare the registers of this folder and bring the list of units up to the directory; harmless to repeat."""
    for file in sorted(DECLARATIONS.glob("*.register.json")):
        services.declare(document=json.loads(file.read_text("utf-8")), by=by, at=at)
    mirror_units(by=by, at=at)


def mirror_units(*, by: str, at: datetime) -> None:
    """Take in every generation of units, the oldest first, so that the register knows what was true before which day."""
    declaration = queries.declaration(register=UNITS)
    today = vietnam_date(at)
    units = [unit for unit in directory.all_units() if unit.valid_from <= today]
    standing = {version.key: version for version in queries.current(register=UNITS, source=SOURCE)}
    if {unit.code: unit.full_name for unit in units if _stands(unit, today)} == {
        key: version.payload["full_name"] for key, version in standing.items()
    }:
        return
    for day, generation in groupby(
        sorted(units, key=lambda unit: (unit.valid_from, unit.code)), lambda unit: unit.valid_from
    ):
        generation = list(generation)
        known = {version.key: version for version in queries.current(register=UNITS, source=SOURCE)}
        begun = {unit.code for unit in units if unit.valid_from <= day and not _ended(unit, day)}
        rows = [declaration.prepare(_payload(unit)) for unit in generation]
        ended = [domain.closing(version, valid_from=day) for key, version in known.items() if key not in begun]
        services.accept_batch(register=UNITS, source=SOURCE, rows=rows + ended, by=by, at=at)


def _payload(unit) -> dict:
    return {
        "code": unit.code,
        "full_name": unit.full_name,
        "level": unit.level,
        "parent": unit.parent,
        "valid_from": unit.valid_from.isoformat(),
        "decree": unit.decree,
    }


def _stands(unit, day: date) -> bool:
    return unit.valid_from <= day and not _ended(unit, day)


def _ended(unit, day: date) -> bool:
    return unit.valid_to is not None and unit.valid_to <= day
