"""The bodies that a text may name, and what they answer for."""

from datetime import date

from lienthong.data.intelligence import domain
from lienthong.data.intelligence.queries._questions import lexicon
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory

MOST_BODIES, MOST_COMMUNES = 2000, 20


def bodies(*, text: str, on: date) -> domain.Bodies:
    """The bodies of the centre and the provinces, and the committees of the communes that a text names."""
    known = lexicon(text=text, on=on)
    found = [
        domain.Body(item.code, item.name, item.territory, sector=item.sector)
        for level in ("central", "province")
        for item in directory.agencies(level=level, on=on, limit=MOST_BODIES)
    ]
    for place in [item for item in known.places if item.parent][:MOST_COMMUNES]:
        body = directory.body_of(place.code, directory_domain.Branch.STATE, on)
        if body:
            found.append(domain.Body(body.code, body.name, place.code, known.place[place.parent].name))
    committees = {item.territory: item.code for item in found if item.name.startswith("Ủy ban nhân dân")}
    formers = tuple((item.name, committees[item.into]) for item in known.formers if item.into in committees)
    return domain.Bodies(tuple(found), formers)


def answering(*, on: date) -> list[domain.Answering]:
    """What bodies answer for: registers and systems by their names, indicators by the register they are counted from."""
    told = directory.responsibilities(on)
    registers = {item.declaration.key: item.declaration.name["vi"] for item in registry.registers()}
    roles = {role.value: (role.vi, role.en) for role in directory_domain.Role}
    found = []
    for item in told:
        kind, _, key = item.subject.partition(":")
        if kind != "register" or key not in registers:
            continue
        role = roles[item.role.value]
        found.append(domain.Answering(registers[key], item.agency_code, role))
        found += [
            domain.Answering(name, item.agency_code, role)
            for indicator in warehouse.indicators().values()
            if indicator.register == key
            for name in (indicator.name["vi"], *indicator.also_called)
        ]
    return found


def places_named(*, text: str, on: date) -> list[tuple[str, str]]:
    """(code, name) of the provinces that a text names."""
    known = lexicon(text=text, on=on)
    words = domain.words_of(text)
    return [
        (item.code, item.full_name)
        for item in known.places
        if not item.parent and any(domain.said(words, at, domain.keys(item.name)) for at in range(len(words)))
    ]
