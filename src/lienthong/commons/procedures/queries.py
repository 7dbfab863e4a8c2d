"""The catalogue, read."""

from collections.abc import Collection, Mapping
from typing import Any

from lienthong.commons.procedures import conf
from lienthong.commons.procedures.domain import REGISTER, Procedure, StandardCost
from lienthong.data.registry import queries as registry


def procedures(*, codes: Collection[str] | None = None) -> dict[str, Procedure]:
    """Procedures by code, in one query; all of them without ``codes``."""
    keys = None if codes is None else list(codes)
    return {
        version.key: _procedure(version.payload)
        for version in registry.current(register=REGISTER, source=trusted_source(), keys=keys)
    }


def trusted_source() -> str:
    """Whose word about procedures counts."""
    return next(item.key for item in registry.register(key=REGISTER).sources if item.trusted)


def _procedure(payload: Mapping[str, Any]) -> Procedure:
    return Procedure(
        code=payload["code"], name=payload["name"], sector=payload["sector"], sector_name=payload.get("sector_name", ""),
        level=payload.get("level", ""), working_days=payload["working_days"], fee=payload.get("fee", 0),
        online_payment=payload.get("online_payment", False),
    )  # fmt: skip


def sectors(*, codes: Collection[str]) -> dict[str, str]:
    """What sectors of the catalogue are called; those without a name are not there."""
    wanted = set(codes)
    return {
        item.sector: item.sector_name for item in procedures().values() if item.sector in wanted and item.sector_name
    }


def standard_cost() -> StandardCost:
    """What an hour, a trip and a copy cost whoever asks for something."""
    return conf.standard_cost()
