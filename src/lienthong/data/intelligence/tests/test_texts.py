"""Tasks from texts: passages as they are written, the tasks in them noted by hand before there were rules."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from lienthong.data.intelligence import domain, services
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory

from .questions_space import BY, NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
HERE = Path(__file__).parent / "passages"


@dataclass(frozen=True)
class Expected:
    lead: str
    others: frozenset[str]
    due_on: date | None
    target: tuple[str, str, str, bool] | None


def code_of(noted: str) -> str:
    """``U40`` is the committee of a territory, ``?`` a body that is in no directory or is not one."""
    if noted == "?":
        return ""
    if noted[0] in "UB" and noted[1:].isdecimal():
        return directory.body_of(noted[1:], directory_domain.Branch.STATE, TODAY).code
    return noted


def passages(file: str = "passages.txt") -> list[tuple[str, list[Expected]]]:
    told = []
    for block in (HERE / file).read_text("utf-8").split("###\n"):
        lines = block.strip("\n").split("\n")
        text = "\n".join(line for line in lines if not line.startswith("=>"))
        tasks = []
        for line in lines:
            if line.startswith("=>"):
                lead, others, due, target = (part.strip() for part in line[2:].split("|"))
                tasks.append(
                    Expected(
                        code_of(lead), frozenset(code_of(item) for item in others.split() if item != "-"),
                        None if due == "-" else date.fromisoformat(due), _target(target),
                    )
                )  # fmt: skip
        told.append((text, tasks))
    return told


def _target(noted: str) -> tuple[str, str, str, bool] | None:
    if noted == "-":
        return None
    code, place, value, than = noted.split()
    return code, "" if place == "-" else place, value, than == ">="


def read(text: str) -> list[domain.Proposal]:
    return services.propose_tasks(text=text, by=BY, at=NOW)[1]


@dataclass
class Tally:
    """What was found of what there is."""

    found: int = 0
    proposed: int = 0
    there: int = 0

    def add(self, proposed: set, there: set) -> None:
        self.found += len(proposed & there)
        self.proposed += len(proposed)
        self.there += len(there)

    @property
    def precision(self) -> float:
        return self.found / self.proposed if self.proposed else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.there if self.there else 1.0


def measured(file: str) -> tuple[dict[str, Tally], list[tuple]]:
    tallies = {name: Tally() for name in ("tasks", "others", "targets")}
    missed = []
    for text, expected in passages(file):
        told = read(text)
        keyed = [(item.lead.code, item.due_on) for item in told]
        there = [(item.lead, item.due_on) for item in expected]
        for name, mine, theirs in (
            ("tasks", {(*key, keyed[:at].count(key)) for at, key in enumerate(keyed)},
             {(*key, there[:at].count(key)) for at, key in enumerate(there)}),
            ("others", {(item.lead.code, other.code) for item in told for other in item.others},
             {(item.lead, other) for item in expected for other in item.others}),
            ("targets", {(t.indicator, t.territory, f"{t.value:f}", t.at_least) for item in told if (t := item.target)},
             {item.target for item in expected if item.target}),
        ):  # fmt: skip
            tallies[name].add(mine, theirs)
            if mine != theirs:
                missed.append((name, text[:90], mine - theirs, theirs - mine))
    return tallies, missed


@pytest.mark.parametrize("file", ["passages.txt", "later.txt"])
def test_tasks_are_found_and_no_others(file):
    tallies, missed = measured(file)
    told = {name: (round(item.precision, 3), round(item.recall, 3)) for name, item in tallies.items()}
    print(told, *missed, sep="\n")
    assert all(item.precision >= 0.95 and item.recall >= 0.9 for item in tallies.values()), (told, missed)


def test_every_proposal_quotes_the_text_and_says_what_it_is_unsure_of():
    for text, _ in passages():
        for item in read(text):
            assert item.quote == text[item.begin : item.end]
            assert item.lead.words in text
            assert item.content.lower() in text.lower()
            assert item.lead.code or item.unsure
            assert 0 < item.confidence <= 0.95
