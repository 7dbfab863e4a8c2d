"""Units in addresses, by name, and who may do what about them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from lienthong.channels.kpis import domain, queries
from lienthong.foundation.design.services import say
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.errors import NotFound

VIEW, SCORE = "channels.kpis.view", "channels.kpis.self_score"
APPRAISE, PUBLISH, REOPEN = "channels.kpis.appraise", "channels.kpis.publish", "channels.kpis.reopen"
READ_ROWS = "data.registry.read"
COUNTRY = "vn"
"""The country's name in addresses, where an empty code cannot stand."""


@dataclass(frozen=True)
class Unit:
    """A unit as readers know it."""

    code: str
    name: str
    parent: str = ""

    @property
    def kind(self) -> domain.Kind:
        return domain.Kind.of(self.code)

    @property
    def slug(self) -> str:
        return self.code or COUNTRY


def unit_of(slug: str, today: date) -> Unit:
    """:raises kernel.errors.NotFound: there is none of that code."""
    code = "" if slug == COUNTRY else slug
    found = names([code], today).get(code)
    if found is None:
        raise NotFound(what=f"đơn vị {slug}")
    return found


def names(codes: Iterable[str], today: date) -> dict[str, Unit]:
    """Several by their codes, in two queries."""
    wanted = set(codes)
    ministries = {code for code in wanted if domain.Kind.of(code) is domain.Kind.MINISTRY}
    found = {"": Unit("", say("Cả nước", "The whole country"))}
    if ministries:
        known = directory.agencies_by_code(ministries, today)
        found |= {code: Unit(code, agency.name) for code, agency in known.items()}
    if places := wanted - ministries - {""}:
        known = directory.units_by_code(places, today)
        found |= {code: Unit(code, unit.full_name, unit.parent) for code, unit in known.items()}
    return {code: found[code] for code in wanted if code in found}


def require_view(request: HttpRequest, unit: Unit) -> None:
    """:raises kernel.errors.Forbidden: the reader may not see it."""
    if unit.kind is domain.Kind.MINISTRY:
        request.rights.require(VIEW, agency=unit.code)
    else:
        request.rights.require(VIEW, territory=unit.code)


def shut(request: HttpRequest) -> queries.Shut:
    """Says of some units those of which the reader may not see rows about persons."""

    def of(units: Collection[str]) -> set[str]:
        if not request.user.is_authenticated:
            return set(units)
        request.rights.learn(units)
        return {code for code in units if not request.rights.allows(READ_ROWS, territory=code)}

    return of


def is_shut(request: HttpRequest, unit: Unit) -> bool:
    """Whether the reader may not see rows of a unit."""
    return bool(shut(request)([unit.code]))


def place_of(unit: Unit, today: date) -> dict[str, str]:
    """Where what is done about a unit is done: in its agency and its territory."""
    territory = "" if unit.kind is domain.Kind.MINISTRY else unit.code
    return {"agency": queries.unit_agency(unit=unit.code, on=today), "territory": territory}
