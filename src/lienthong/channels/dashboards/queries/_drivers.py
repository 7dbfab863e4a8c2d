"""What moved a number, by the parts of its rows, with their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lienthong.commons.procedures import queries as procedures
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse.domain import Indicator

_TITLES = {
    "channel": {"vi": "Kênh nộp", "en": "Channel"},
    "procedure": {"vi": "Thủ tục", "en": "Procedure"},
    "sector": {"vi": "Lĩnh vực", "en": "Sector"},
}
"""Fields that hold codes, by what the codes stand for."""


@dataclass(frozen=True)
class PartDrivers:
    """The drivers over one field, the largest first."""

    field: str
    title: Mapping[str, str]
    names: Mapping[str, str]
    """What its values are called."""
    drivers: intelligence_domain.Drivers


def part_drivers(*, indicator: Indicator, territory: str) -> list[PartDrivers]:
    """For each field that the indicator is kept apart by; nothing below a province, where no parts are kept."""
    if not indicator.by or len(territory) > 2:
        return []
    properties = registry.declaration(register=indicator.register).schema["properties"]
    found = []
    for item in intelligence.part_drivers(code=indicator.code, territory=territory):
        field = properties[item.dimension]
        said = field.get("title", item.dimension)
        title = _TITLES.get(item.dimension, {"vi": said, "en": field.get("title_en", said)})
        members = [driver.member for driver in item.drivers if driver.member]
        found.append(PartDrivers(item.dimension, title, _names(item.dimension, field, members), item))
    return found


def _names(dimension: str, field: Mapping[str, Any], members: list[str]) -> dict[str, str]:
    names = {member: field.get("labels", {}).get(member, member) for member in members}
    if dimension == "procedure":
        names |= {code: item.name for code, item in procedures.procedures(codes=members).items()}
    elif dimension == "sector":
        names |= procedures.sectors(codes=members)
    return names
