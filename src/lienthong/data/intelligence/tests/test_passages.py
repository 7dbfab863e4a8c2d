"""Passages: found without tone marks, in the right order, by who may read them alone, and quoted word for word."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some

from lienthong.data.intelligence import domain, models, queries, services
from lienthong.data.intelligence.domain import Outcome, PassageKind
from lienthong.foundation.access.domain import Scope

from . import passages_space as space
from .questions_space import BY, NOW, TODAY

HERE = Path(__file__).parent / "quotations"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def kept(sample_space, django_db_blocker):
    with django_db_blocker.unblock():
        space.keep()


class Reader:
    """Rights made of scopes; of everything without any."""

    today = TODAY

    def __init__(self, *scopes: Scope) -> None:
        self.given = scopes

    def learn(self, territories) -> None:
        pass

    def allows(self, action: str, **_: str) -> bool:
        return bool(self.scopes(action))

    def scopes(self, action: str) -> list[Scope]:
        return [scope for scope in self.given if scope.action == action] if self.given else [Scope(action)]


LEADER = Reader()


def ask(text: str, rights: Reader = LEADER) -> domain.Answer:
    return services.ask(text=text, rights=rights, by=BY, at=NOW)[1]


def lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (HERE / name).read_text("utf-8").splitlines() if line]


def named(quote: domain.Quote) -> str:
    return f"{quote.passage.kind}:{quote.passage.key}"


@pytest.mark.parametrize("file", ["first.tsv", "second.tsv"])
def test_the_passage_that_answers_comes_first(file):
    """``first`` is what the rules were made with; ``second`` was written after them."""
    first, among, wrong = 0, 0, []
    for text, expected in lines(file):
        found = [named(quote) for quote in ask(text).quotes]
        right = set(expected.split("|"))
        first += bool(right & set(found[:1]))
        among += bool(right & set(found))
        if not right & set(found[:1]):
            wrong.append(f"{text}: {found}")
    count = len(lines(file))
    print(f"{file}: recall@1 {first}/{count}, @3 {among}/{count}", *wrong, sep="\n")
    assert first >= 0.9 * count, wrong
    assert among >= 0.95 * count, wrong


def test_nothing_is_found_rather_than_guessed():
    for (text,) in lines("nothing.tsv"):
        answer = ask(text)
        assert answer.outcome is Outcome.REFUSED, (text, [named(quote) for quote in answer.quotes])
        assert answer.vi == domain.NOTHING_SAID[0]
        assert not answer.quotes


def test_marks_count_where_they_are_written_and_are_not_needed():
    plain = ask("ai duoc giao giam ho so dat dai tre han o nghe an").quotes
    marked = ask("ai được giao giảm hồ sơ đất đai trễ hạn ở Nghệ An").quotes
    assert named(plain[0]) == named(marked[0]) == "task:t1"
    assert ask("ai được giao giám hộ sở đạt đài trẻ hàn").quotes == ()


def test_it_is_quoted_word_for_word_with_its_source_day_and_link_and_the_words_asked_marked():
    quote = ask("ai chủ trì kết nối cổng thanh toán với kho bạc").quotes[0]
    passage = quote.passage
    assert quote.words == passage.text == space.TASKS["t2"][2]
    assert (passage.href, str(passage.on)) == ("/tasks/t2", "2026-11-02")
    assert {passage.text[begin:end] for begin, end in quote.marks} >= {"Kết nối cổng thanh toán", "kho bạc"}
    assert "".join(words for words, _, _ in domain.pieces(quote)) == passage.text


HEAD = Reader(Scope("channels.dashboards.view", territory="40"), Scope("commons.direction.read", agency="H41"))


@pytest.mark.parametrize(
    ("text", "readers", "others"),
    [
        ("ai được giao giảm hồ sơ đất đai trễ hạn", [LEADER, HEAD, Reader(Scope(space.READ, agency="G22"))],
         [Reader(Scope(space.READ, agency="G12")), Reader(Scope("channels.dashboards.view")),
          Reader(Scope(space.READ, agency="H41", territory="40")), Reader(Scope(space.READ, territory="40"))]),
        ("cách tính mức hài lòng", [LEADER, HEAD], [Reader(Scope(space.READ, agency="G12")), Reader(Scope("x.y"))]),
        ("thủ tục khai sinh mất bao lâu", [LEADER, HEAD, Reader(Scope("x.y"))], []),
    ],
)  # fmt: skip
def test_a_passage_is_read_by_those_alone_who_may_open_its_page(text, readers, others):
    first = named(ask(text).quotes[0])
    for rights in readers:
        assert named(ask(text, rights).quotes[0]) == first
    for rights in others:
        assert first not in [named(quote) for quote in ask(text, rights).quotes]
        references = [domain.reference(quote) for quote in ask(text).quotes[:1]]
        assert queries.quoted(references=references, rights=rights) == []


def test_who_reads_a_part_of_an_agency_reads_what_is_of_that_part_alone():
    part = Reader(Scope(space.READ, agency="H41.2"))
    found = {named(quote) for quote in ask("ai phải công khai xin lỗi người dân có hồ sơ trễ hẹn", part).quotes}
    assert "task:t6" in found
    assert not found & {"task:t1", "directive:d1"}


def test_a_definition_leads_to_the_page_of_a_place_that_the_reader_may_open():
    assert ask("cách tính mức hài lòng").quotes[0].passage.href == "/indicators/satisfaction/vn"
    assert ask("cách tính mức hài lòng", HEAD).quotes[0].passage.href == "/indicators/satisfaction/40"


def test_a_refusal_that_says_why_there_is_no_number_stays_with_passages_below_it():
    answer = ask("tỷ lệ đúng hạn của quận Hoàn Kiếm tháng 10")
    assert answer.outcome is Outcome.REFUSED
    assert "không còn cấp huyện" in answer.vi
    below = ask("bão số 9 ven biển Quảng Ngãi")
    assert below.outcome is Outcome.REFUSED
    assert "không trả lời được" in below.vi
    assert named(below.quotes[0]) in ("directive:d4", "task:t4")


def test_what_changes_is_replaced_what_is_withdrawn_is_gone_and_the_same_again_changes_nothing():
    def at(key: str) -> list:
        return list(
            models.PassageRow.objects.filter(kind="directive", key=key).order_by("number").values_list("text", "at")
        )

    long = domain.Passage(PassageKind.DIRECTIVE, "long", "Chỉ đạo 99/2026", "Một.", "/directives/x", action=space.READ)
    one, two = (domain.Passage(**vars(long) | {"number": number, "text": f"Đoạn {number}."}) for number in (0, 1))
    services.keep_passages(kind=PassageKind.DIRECTIVE, keys=["long"], passages=[one, two], at=NOW)
    services.keep_passages(kind=PassageKind.DIRECTIVE, keys=["long"], passages=[one, two], at=NOW.replace(year=2027))
    assert at("long") == [("Đoạn 0.", NOW), ("Đoạn 1.", NOW)]
    services.keep_passages(kind=PassageKind.DIRECTIVE, keys=["long"], passages=[long], at=NOW)
    assert [text for text, _ in at("long")] == ["Một."]
    services.keep_passages(kind=PassageKind.DIRECTIVE, keys=["long"], passages=[], at=NOW)
    assert at("long") == []
    assert at("d1")


def test_numbers_that_name_a_person_are_masked_and_amounts_are_not():
    passage = domain.Passage(
        PassageKind.ANSWER,
        "masked",
        "Trả lời",
        "Ông A, 999301000001, gọi 0912 345 678, được hoàn 1.500.000.000 đồng.",
        "/x",
    )
    services.keep_passages(kind=PassageKind.ANSWER, keys=["masked"], passages=[passage], at=NOW)
    text = models.PassageRow.objects.get(key="masked").text
    assert text == "Ông A, [đã che], gọi [đã che], được hoàn 1.500.000.000 đồng."


def test_looking_costs_the_same_however_many_passages_there_are():
    def cost() -> int:
        with CaptureQueriesContext(connection) as told:
            ask("ai được giao giảm hồ sơ đất đai trễ hạn ở Nghệ An", HEAD)
        return len(told)

    cost()
    few = cost()
    many = [
        domain.Passage(
            PassageKind.TASK, f"m{number}", "Nhiệm vụ", f"Giảm hồ sơ đất đai trễ hạn, đợt {number}.", "/tasks/x",
            action=space.READ, agencies=(f"H{number}", "H41"),
        )
        for number in range(300)
    ]  # fmt: skip
    services.keep_passages(kind=PassageKind.TASK, keys=[item.key for item in many], passages=many, at=NOW)
    assert cost() == few


ODD = (
    "ai ½ ² ª ㋿ 𝟙 là gì", "ai' OR 1=1 -- được giao", "được giao a|b & !c <-> d:*", "căn cứ nào %s %(x)s {} quy định",
    "là gì 1e5 0x1F 007 3g v1.2", "ai được giao \x00 \u200b", "là gì là gì là gì", "ai " * 130,
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_words_are_looked_for_as_words(text):
    assert ask(text.replace("\x00", "")).outcome in (Outcome.REFUSED, Outcome.QUOTED)


@given(some.text(alphabet="aăđếổ1 .;!?\n\t", max_size=3000))
def test_passages_of_a_text_are_short_and_hold_all_its_words_in_order(text):
    parts = domain.parts(text)
    assert all(part and len(part) <= domain.LONGEST_PASSAGE for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(some.text(max_size=200), some.data())
def test_pieces_put_together_are_the_passage(text, data):
    at = some.integers(0, len(text))
    spans = [tuple(sorted((data.draw(at), data.draw(at)))) for _ in range(3)]
    quote = domain.Quote(domain.Passage(PassageKind.TASK, "1", "", text, ""), tuple(spans[:2]), *spans[2])
    assert "".join(words for words, _, _ in domain.pieces(quote)) == text
