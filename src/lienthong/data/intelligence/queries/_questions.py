"""The names that questions may be made of, and the numbers that answer them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from lienthong.data.intelligence import domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse.domain import Cell, Every, Indicator
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory

BEFORE_THE_REFORM = date(2025, 6, 30)
"""The last day of the 63 provinces."""


def lexicon(*, text: str, on: date) -> domain.Lexicon:
    """Everything a sentence may name: the declared indicators, the provinces with what they were formed from, and the communes
    whose name is in the sentence."""
    provinces = directory.units(level="province", on=on)
    communes = directory.units(level="commune", on=on)
    said = f" {' '.join(word.fold for word in domain.words_of(text))} "
    named = [unit for unit in communes if f" {_plain(unit.name)} " in said]
    syllables = {syllable for unit in communes for syllable in _plain(unit.name).split()}
    return domain.Lexicon(
        indicators=tuple(_asked(item) for item in warehouse.indicators().values()),
        places=tuple(
            domain.Place(unit.code, unit.name, unit.full_name, unit.kind.value, unit.parent) for unit in (*provinces, *named)
        ),
        formers=_formers({unit.name for unit in provinces}, said, on),
        syllables=frozenset(syllables), districts=_districts(),
    )  # fmt: skip


def with_places(lexicon: domain.Lexicon, codes: Sequence[str], on: date) -> domain.Lexicon:
    """The same with some more places to name."""
    missing = [code for code in codes if code and code not in lexicon.place]
    if not missing:
        return lexicon
    found = directory.units_by_code(missing, on).values()
    more = [domain.Place(unit.code, unit.name, unit.full_name, unit.kind.value, unit.parent) for unit in found]
    return domain.Lexicon(
        lexicon.indicators, (*lexicon.places, *more), lexicon.formers, lexicon.syllables, lexicon.districts
    )


def _districts() -> frozenset[str]:
    """The names of the districts of the day before the reform, read once: that day does not change."""
    if not _known_districts:
        old = {unit.district for unit in directory.units(level="commune", on=BEFORE_THE_REFORM) if unit.district}
        kinds = ("Huyện ", "Quận ", "Thị xã ", "Thành phố ")
        _known_districts.update(
            _plain(next((name.removeprefix(kind) for kind in kinds if name.startswith(kind)), name)) for name in old
        )
    return frozenset(_known_districts)


_known_districts: set[str] = set()


@lru_cache(maxsize=8192)
def _plain(name: str) -> str:
    return " ".join(word.fold for word in domain.words_of(name))


def _asked(item: Indicator) -> domain.Asked:
    return domain.Asked(
        code=item.code, names=(item.name["vi"], *item.also_called), unit=item.unit, up=item.direction == "up",
        counts=item.denominator is None, dated=bool(item.period), every=frozenset(every.value for every in item.every),
        thresholds=item.amber is not None, english=item.name["en"],
    )  # fmt: skip


def _formers(present: set[str], said: str, on: date) -> tuple[domain.Former, ...]:
    """Provinces that were merged away; what became of one is looked up only where it is named or called by a short form."""
    nicknamed = {
        name for nick, names in domain.NICKNAMES.items() if f" {_plain(nick)} " in said for name in names
    }  # fmt: skip
    found = []
    for unit in directory.units(level="province", on=BEFORE_THE_REFORM):
        if unit.name in present:
            continue
        if f" {_plain(unit.name)} " not in said and unit.name not in nicknamed:
            continue
        became = directory.resolve(unit.code, BEFORE_THE_REFORM, on)
        if became.outcome is directory_domain.Outcome.CHANGED and became.default:
            step = next((item for item in became.steps if item.from_code == unit.code), became.steps[0])
            found.append(domain.Former(unit.name, unit.full_name, became.default.code, step.on, step.decree))
    return tuple(found)


def units_in(*, among: str, parent: str, on: date) -> list[directory_domain.Unit]:
    """Provinces, or communes of a province (of the country where none is given), by code."""
    return directory.units(level=among, parent=parent, on=on)


def counted(
    *, indicator: Indicator, territories: Sequence[str], periods: Sequence[domain.Period], rights: Rights
) -> dict[tuple[str, domain.Period], domain.Counted]:
    """Territories in periods: sums of months' numerators and denominators, never a mean of quotients.

    What a reader may not see is withheld as on the boards, and so is each sum that has such a number in it: a sum of numbers
    that are all shown tells nothing that they do not.
    """
    names = {period: period.months or (period.first,) for period in periods}
    cells = warehouse.cells_in(
        code=indicator.code, territories=territories, periods=sorted({name for each in names.values() for name in each})
    )
    told = {(cell.territory, cell.period): cell for cell in warehouse.shown_to(rights, cells)}
    found = {}
    for place in territories:
        for period in periods:
            parts = [part for name in names[period] if (part := told.get((place, name)))]
            found[place, period] = _added(indicator, place, period, parts)
    return found


def _added(indicator: Indicator, place: str, period: domain.Period, parts: Sequence[Cell]) -> domain.Counted:
    if any(part.suppressed for part in parts):
        return domain.Counted(place, period, None, withheld=True)
    numerator, denominator = (
        sum((getattr(part, name) for part in parts), Decimal()) for name in ("numerator", "denominator")
    )
    rows = sum(part.rows for part in parts)
    if not (rows or numerator or denominator):
        return domain.Counted(place, period, None)
    shown = denominator if indicator.denominator is not None else None
    return domain.Counted(place, period, indicator.value(numerator, denominator, rows), numerator, shown)


def told_since(*, indicator: Indicator) -> str:
    """The first month that the country's numbers tell of; empty when it is not counted by month."""
    months = warehouse.series(codes=[indicator.code], territories=[""], every=Every.MONTH).get((indicator.code, ""), {})
    return min(months, default="")


def as_of(*, code: str) -> datetime | None:
    """When an indicator was last known to be up to date with its register."""
    cell = warehouse.cell(code=code, territory="")
    return cell.checked_at if cell else None
