"""Reading by rule: a word of weight that is put into a question is never passed over, what is said again is read the same."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.data.intelligence import domain
from lienthong.data.intelligence.domain import (
    Asked,
    Former,
    Lexicon,
    Order,
    Period,
    Place,
    Question,
    QuestionKind,
    Than,
)

TODAY = date(2026, 11, 25)
EVERY = frozenset({"all", "month", "week"})
LEXICON = Lexicon(
    indicators=(
        Asked("on-time", ("Hồ sơ giải quyết đúng hạn", "tỷ lệ đúng hạn", "hồ sơ đúng hạn"), "%", True, False, True, EVERY),
        Asked("received", ("Hồ sơ tiếp nhận", "hồ sơ nhận"), "hồ sơ", True, True, True, EVERY),
        Asked("reused", ("Giấy tờ không phải nộp lại",), "%", True, False, True, EVERY),
        Asked("overdue", ("Nhiệm vụ quá hạn",), "nhiệm vụ", False, True, False, frozenset({"all"})),
        Asked("dqi", ("Chỉ số chất lượng dữ liệu", "DQI"), "điểm", True, False, False, frozenset({"all"})),
    ),
    places=(
        Place("01", "Hà Nội", "Thành phố Hà Nội", "thanh_pho"), Place("11", "Điện Biên", "Tỉnh Điện Biên", "tinh"),
        Place("40", "Nghệ An", "Tỉnh Nghệ An", "tinh"), Place("42", "Hà Tĩnh", "Tỉnh Hà Tĩnh", "tinh"),
        Place("37", "Ninh Bình", "Tỉnh Ninh Bình", "tinh"), Place("79", "Hồ Chí Minh", "Thành phố Hồ Chí Minh", "thanh_pho"),
        Place("86", "Vĩnh Long", "Tỉnh Vĩnh Long", "tinh"), Place("10001", "Tân Phú", "Xã Tân Phú", "xa", "40"),
        Place("10002", "Tân Phú", "Xã Tân Phú", "xa", "86"), Place("10003", "Bến Tre", "Phường Bến Tre", "phuong", "86"),
    ),
    formers=(
        Former("Hà Nam", "Tỉnh Hà Nam", "37", date(2025, 7, 1), "NQ 202"),
        Former("Bến Tre", "Tỉnh Bến Tre", "86", date(2025, 7, 1), "NQ 202"),
    ),
    syllables=frozenset(["an", "binh", "tan", "phu", "long", "thanh", "hoa"]),
)  # fmt: skip


def read(text: str) -> domain.Reading:
    return domain.read_question(text, lexicon=LEXICON, today=TODAY)


GOOD = (
    "tỷ lệ đúng hạn của Nghệ An tháng 10", "Hà Nội quý 3 tiếp nhận bao nhiêu hồ sơ", "ty le dung han cua ha noi thang 10",
    "năm tỉnh có tỷ lệ đúng hạn cao nhất quý 3", "tỷ lệ đúng hạn của Nghệ An quý này so với quý trước",
    "bao nhiêu tỉnh có tỷ lệ đúng hạn dưới 90% tháng 10", "so sánh tỷ lệ đúng hạn giữa Nghệ An và Hà Tĩnh tháng 9",
    "xu hướng số hồ sơ tiếp nhận của Hà Nội năm nay", "dự báo tỷ lệ đúng hạn của cả nước tuần tới",
    "vì sao tỷ lệ đúng hạn của cả nước giảm", "nhiệm vụ quá hạn hiện nay", "Nghệ An đứng thứ mấy về tỷ lệ đúng hạn tháng 10",
)  # fmt: skip
WEIGHTY = (
    "trừ", "không", "chưa", "ngoài", "đất đai", "khai sinh", "miền núi", "doanh nghiệp", "nữ", "trễ", "bình quân",
    "trung bình", "mới",
    "sở", "quận", "huyện", "xây dựng", "Quảng Nam Đà Nẵng", "gần như", "chỉ", "ngoại thành", "luỹ tiến", "2,5", "17",
    "một nửa", "gấp đôi",
    "công an", "cấp xã", "thuế", "người già", "trực tuyến", "bộ", "khong", "tru", "ngoai tru", "dat dai",
    "so xay dung", "binh quan", "nu",
    "đầu", "cuối", "buổi sáng", "ngày lễ", "giả sử", "nếu",
)  # fmt: skip


@pytest.mark.parametrize("good", GOOD)
def test_a_good_question_is_read(good):
    assert read(good).question, read(good)


@pytest.mark.parametrize("good", GOOD)
def test_no_word_of_weight_is_passed_over(good):
    words, meant = good.split(), read(good).question
    passed = [
        text
        for weighty in WEIGHTY
        for at in range(len(words) + 1)
        if read(text := " ".join([*words[:at], weighty, *words[at:]])).question == meant and "chỉ số" not in text
    ]
    assert not passed


months = st.integers(0, 22).map(lambda count: f"{2025 + count // 12}-{count % 12 + 1:02}")
spans = st.tuples(months, st.integers(1, 12)).map(
    lambda pair: Period(pair[0], Period(pair[0], pair[0]).shifted(pair[1] - 1).first)
)
periods = st.one_of(
    st.just(Period()),
    months.map(lambda month: Period(month, month)),
    spans,
    st.sampled_from([Period("2026-W47", "2026-W47")]),
)
dated = st.sampled_from(["on-time", "received", "reused"])
places = st.sampled_from(["", "01", "40", "42", "79", "10001", "10003"])
limits = st.one_of(
    st.builds(domain.Limit, st.sampled_from(list(Than)), st.integers(0, 100).map(Decimal)),
    st.sampled_from([domain.Limit(level="amber"), domain.Limit(level="red")]),
)
questions = st.one_of(
    st.builds(lambda code, place, period: Question(QuestionKind.VALUE, (code,), (place,), (period,)), dated, places, periods),
    st.builds(
        lambda code, place, first: Question(
            QuestionKind.PERIODS, (code,), (place,), (Period(first, first), Period(first, first).shifted(-1))
        ),
        dated, places, months.filter(lambda month: month > "2025-01"),
    ),
    st.builds(
        lambda code, pair, period: Question(QuestionKind.PLACES, (code,), tuple(pair), (period,)),
        dated, st.lists(st.sampled_from(["01", "40", "42", "79"]), min_size=2, max_size=4, unique=True), periods,
    ),
    st.builds(
        lambda code, period, order, top: Question(QuestionKind.RANK, (code,), ("",), (period,), "province", order, top),
        dated, periods, st.sampled_from(list(Order)), st.integers(1, 50),
    ),
    st.builds(
        lambda code, period, order, top: Question(QuestionKind.RANK, (code,), ("40",), (period,), "commune", order, top),
        dated, periods, st.sampled_from(list(Order)), st.integers(1, 50),
    ),
    st.builds(lambda code, period: Question(QuestionKind.POSITION, (code,), ("40",), (period,), "province"), dated, periods),
    st.builds(
        lambda code, period, limit: Question(QuestionKind.BEYOND, (code,), ("",), (period,), "province", limit=limit),
        dated, periods, limits,
    ),
    st.builds(lambda code, place: Question(QuestionKind.FORECAST, (code,), (place,)), dated, places),
    st.builds(lambda code, place: Question(QuestionKind.WHY, (code,), (place,)), dated, places),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(questions)
def test_what_is_said_again_is_read_the_same(question):
    if any(not period.is_all and period.begins > TODAY for period in question.periods):
        return
    assert read(domain.in_words(question, LEXICON)).question == question, domain.in_words(question, LEXICON)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200))
def test_anything_may_be_typed(text):
    reading = read(text)
    assert reading.question or reading.problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tỷ lệ đúng hạn xã Tân Phú tháng 10", "which_place"), ("tỷ lệ đúng hạn của Bến Tre tháng 10", "which_place"),
        ("tỷ lệ đúng hạn tháng 12", "which_period"), ("tỷ lệ đúng hạn năm 2031", "future"),
        ("tỷ lệ đúng hạn tháng 15", "no_period"),
        ("tỷ lệ đúng hạn hôm qua", "by_day"), ("nhiệm vụ quá hạn tháng 9", "present_only"),
        ("số giấy tờ không phải nộp lại", "measure"),
        ("tỷ lệ hồ sơ tiếp nhận của Hà Nội", "measure"), ("thời tiết Hà Nội", "no_indicator"),
        ("hồ sơ của Hà Nội", "which_indicator"),
        ("tỷ lệ đúng hạn của TP Nghệ An", "no_place"), ("tỷ lệ đúng hạn huyện Diễn Châu", "district"), ("", "empty"),
        ("x" * 500, "too_long"),
        ("tỷ lệ đúng hạn của Nghệ An trừ Vinh", "negation"), ("tỉnh nào có tỷ lệ đúng hạn cao nhất và thấp nhất", "mixed"),
    ],
)  # fmt: skip
def test_why_a_sentence_is_no_question(text, problem):
    reading = read(text)
    assert reading.question is None
    assert reading.problem == problem


def test_a_former_province_with_its_kind_or_called_former_is_its_successor():
    for text in ("tỷ lệ đúng hạn của tỉnh Bến Tre tháng 10", "tỷ lệ đúng hạn của Bến Tre cũ tháng 10"):
        reading = read(text)
        assert reading.question.territories == ("86",)
        assert reading.formers[0][0].name == "Bến Tre"


@pytest.mark.parametrize("kind", ["phường", "đặc khu"])
def test_one_kind_of_communes_alone_is_not_taken_for_all_of_them(kind):
    assert read(f"{kind} nào ở Hà Nội có tỷ lệ đúng hạn thấp nhất tháng 10").question is None


@pytest.mark.parametrize("named", ["999301000001", "0912 345 678", "a.b@vi.vn"])
def test_who_is_named_by_a_number_is_not_passed_over(named):
    """What is masked is a word that is not understood, so that nobody gets the numbers of all for those of one."""
    reading = read(domain.masked(f"hồ sơ tiếp nhận {named} Nghệ An tháng 10"))
    assert (reading.question, reading.problem) == (None, domain.Problem.WORDS)


def test_a_period_told_beside_another_is_said_to_be_what_it_was_taken_for():
    reading = read("tỷ lệ đúng hạn của Nghệ An quý 2/2026 so với quý trước")
    assert dict(reading.understood)["quý trước"] == "quý 1/2026"
    assert [item.vi() for item in reading.question.periods] == ["quý 2/2026", "quý 1/2026"]


@pytest.mark.parametrize("text", [
    "top -3 tỉnh có tỷ lệ đúng hạn cao nhất quý 3", "top −3 tỉnh về tỷ lệ đúng hạn tháng 10",
    "bao nhiêu tỉnh có tỷ lệ đúng hạn dưới -90% tháng 10", "-3 tỉnh có tỷ lệ đúng hạn cao nhất quý 3",
])  # fmt: skip
def test_a_number_below_zero_is_not_read_without_its_sign(text):
    told = read(text)
    assert told.question is None
    assert told.left[0][0] in "-−"


def test_a_dash_between_numbers_leads_from_one_to_the_other():
    told = read("tỷ lệ đúng hạn của Hà Nội giai đoạn tháng 4 - tháng 6")
    assert told.question.periods == (Period("2026-04", "2026-06"),)
    assert not any(word.startswith("-") for word in read("tỷ lệ đúng hạn của Hà Nội năm 2025-2026").left)


@pytest.mark.parametrize(
    ("written", "noted"),
    [("xã Thạnh Hóa", False), ("xã THẠNH HOÁ", False), ("xa thanh hoa", False), ("xã Thanh Hoa", False), ("xã Thanh Hóa", True),
     ("xã Thạnh Hoa", True)],
)  # fmt: skip
def test_a_name_with_some_marks_of_others_is_read_with_a_note(written, noted):
    place = Place("10004", "Thạnh Hóa", "Xã Thạnh Hóa", "xa", "40")
    lexicon = Lexicon(LEXICON.indicators, (*LEXICON.places, place), LEXICON.formers, LEXICON.syllables)
    told = domain.read_question(f"tỷ lệ đúng hạn của {written} tháng 10", lexicon=lexicon, today=TODAY)
    assert told.question.territories == ("10004",)
    assert told.slips == (((written, "Thạnh Hóa"),) if noted else ())
