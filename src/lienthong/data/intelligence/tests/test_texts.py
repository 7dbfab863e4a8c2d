"""Tasks from texts: passages as they are written, the tasks in them noted by hand before there were rules."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.data.intelligence import domain, models, queries, services
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
    if noted[0] == "U" and noted[1:].isdecimal():
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


def test_of_a_text_only_where_its_tasks_stand_is_recorded():
    made, found = services.propose_tasks(text="Giao Bộ Tài chính báo cáo trước ngày 15/12/2026.", by=BY, at=NOW)
    kept = models.InferenceRow.objects.get(id=made)
    assert kept.model.name == services.TASKS
    assert kept.output["tasks"] == [
        {"lead": "G12", "others": [], "confidence": found[0].confidence, "due_on": "2026-12-14", "begin": 0, "end": 47,
         "target": "", "unsure": 1}
    ]  # fmt: skip
    assert "Tài chính" not in str(kept.inputs) + str(kept.output)


def test_who_is_no_more_is_named_with_who_carries_on():
    (found,) = read("Giao UBND tỉnh Bình Dương rà soát trụ sở dôi dư, hoàn thành trước ngày 31/12/2026.")
    assert found.lead.code == ""
    assert found.lead.instead == code_of("U79")


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(domain.TooLongText):
        services.propose_tasks(text="a" * (domain.MOST_TEXT + 1), by=BY, at=NOW)


@pytest.mark.parametrize(
    "text",
    ["", "\n;\n;.", "Giao", "Giao Bộ Tài chính", "::: ;;; ...", "- \n- \n1. ", "Bộ Tài chính:", "do Bộ Tài chính"],
)
def test_anything_may_be_pasted(text):
    assert len(read(text)) <= 1


@pytest.mark.parametrize(
    ("text", "likeliest"),
    [
        ("Đề nghị Bộ Y tế hướng dẫn mẫu giấy khám sức khỏe", "G18"),
        ("Vướng mắc về chế độ bảo hiểm y tế của người lao động", "G24"),
        ("Kiến nghị về cấp giấy chứng nhận quyền sử dụng đất tại tỉnh Nghệ An", "G10"),
        ("Phản ánh đường hỏng ở thành phố Huế", "U46"), ("Hồ sơ khai sinh bị chậm", "G15"),
    ],
)  # fmt: skip
def test_a_text_goes_to_who_answers_for_it_with_the_reason(text, likeliest):
    _, found = services.route(text=text, by=BY, at=NOW)
    assert code_of(likeliest) in [item.code for item in found if item.score == found[0].score]
    assert all(item.reasons for item in found)


def test_a_text_without_a_sign_goes_nowhere():
    assert services.route(text="Xin chào", by=BY, at=NOW)[1] == []


def test_what_is_declared_of_responsibility_counts():
    name = next(item for item in queries.answering(on=TODAY))
    _, found = services.route(text=f"Sai sót trong {name.name}", by=BY, at=NOW)
    assert name.agency in [item.code for item in found]


SMALL = domain.Bodies((
    domain.Body("G12", "Bộ Tài chính"), domain.Body("H41", "Ủy ban nhân dân tỉnh Nghệ An", "40"),
    domain.Body("G09", "Bộ Nội vụ"),
))  # fmt: skip
PIECES = st.sampled_from([
    "Giao ", "Bộ Tài chính", "UBND tỉnh Nghệ An", "Bộ Nội vụ", " chủ trì", ", ", " và ", "; ", ".\n", ":", "\n- ", "1. ",
    " phối hợp với ", " rà soát", " trước ngày 15/12/2026", " trong quý I", "98 %", " các bộ, ngành", "Sở Xây dựng", " (", ")",
    " do ", " đã ", " hằng tháng",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=300)))
def test_whatever_is_pasted_proposals_are_words_of_it(text):
    found = domain.propose_tasks(
        text, bodies=SMALL, indicators=(), today=TODAY, working=lambda day, count: day + timedelta(days=count)
    )
    for item in found:
        assert item.quote == text[item.begin : item.end]
        assert item.lead.words in text
        assert item.lead.code in ("", "G12", "H41", "G09")
        assert item.due_on is None or item.due_on >= TODAY
    assert [item.begin for item in found] == sorted(item.begin for item in found)
