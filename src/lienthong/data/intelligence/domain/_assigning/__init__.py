"""From the text of a conclusion or directive to the tasks that are in it, by rule: who, with whom, what, by when, with which
result. Each names the words it rests on and what of them was not understood; none is a task before a person says so."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from lienthong.data.intelligence.domain._assigning._bodies import Bodies, Body, NamedBody
from lienthong.data.intelligence.domain._assigning._deadlines import Both, Deadline, deadlines, repeated
from lienthong.data.intelligence.domain._assigning._targets import ProposedTarget, target_of
from lienthong.data.intelligence.domain._questions import Asked
from lienthong.data.intelligence.domain._spans import Word, keys, said, words_of

__all__ = ["MOST_TEXT", "Bodies", "Body", "NamedBody", "Proposal", "ProposedTarget", "propose_tasks"]

MOST_TEXT = 40_000
"""Letters of a text."""


@dataclass(frozen=True)
class Proposal:
    """One task that a text seems to give."""

    lead: NamedBody
    others: tuple[NamedBody, ...]
    content: str
    due_on: date | None
    due_words: str
    target: ProposedTarget | None
    begin: int
    end: int
    """Where the words it rests on stand in the text."""
    quote: str
    confidence: float
    unsure: tuple[Both, ...] = ()
    """What was not understood, or was taken for granted."""


@dataclass(frozen=True)
class _Clause:
    """A stretch of the text between its stops."""

    begin: int
    text: str
    marked: bool
    """Whether it is an item of a list."""
    ends: str


_MARKER = re.compile(r"\s*(?:[-+•*–—]|\(?(?:\d{1,2}|[ivx]{1,4}|[a-zđ])[.)])\s+", re.IGNORECASE)
_STOP = re.compile(r"\n+|;|[.!?](?=\s|$)")
_ABBREVIATED = re.compile(r"(?:^|[\s(])(?:TP|Tp|tp|P|Q|TS|PGS|GS|ThS|[ivx\d]{1,4}|[a-zđ])$")
_CUES = tuple(
    keys(words) for words in ("giao", "yêu cầu", "đề nghị", "phân công", "giao nhiệm vụ cho", "giao trách nhiệm cho")
)
_NOT_BEFORE = frozenset(["khong", "da", "chua", "duoc", "theo", "dang", "vua"])
_LEADS = tuple(keys(words) for words in ("là cơ quan chủ trì", "làm cơ quan chủ trì", "chủ trì"))
_WITH = tuple(
    keys(words)
    for words in (
        "phối hợp chặt chẽ với", "phối hợp với", "phối hợp cùng", "cùng với", "với sự phối hợp của",
        "phối hợp chặt chẽ", "phối hợp",
    )
)  # fmt: skip
_ASIDES = tuple(
    keys(words)
    for words in (
        "theo lĩnh vực phụ trách", "theo chức năng nhiệm vụ được giao", "theo chức năng nhiệm vụ", "theo chức năng",
        "theo thẩm quyền", "theo nhiệm vụ được giao", "trong phạm vi chức năng nhiệm vụ của mình",
        "căn cứ chức năng nhiệm vụ",
    )
)  # fmt: skip
_VERBS = (
    "lãnh đạo|xây dựng|rà soát|hoàn thiện|hoàn thành|ban hành|trình|báo cáo|chỉ đạo|hướng dẫn|triển khai|thực hiện"
    "|tổ chức|tập trung|khẩn trương|tiếp tục|theo dõi|đôn đốc|kiểm tra|thanh tra|giám sát|đẩy mạnh|đẩy nhanh"
    "|tăng cường|nâng|giảm|bảo đảm|đảm bảo|bố trí|cung cấp|công bố|cấp|tháo gỡ|xử lý|thẩm định|đề xuất|nghiên cứu"
    "|tham mưu|chuẩn bị|kết nối|số hóa|cập nhật|gửi|tổng hợp|tổng kết|sơ kết|niêm yết|vận hành|thúc đẩy|chấn chỉnh"
    "|quán triệt|phổ biến|phê duyệt|chịu trách nhiệm|có trách nhiệm|phải|cần|chủ động|kịp thời|nghiêm túc"
    "|được đề nghị|được giao|trực tiếp|phối hợp|chủ trì|cắt giảm|sớm|quyết liệt|có biện pháp|có giải pháp|kiểm toán"
    "|lập|ưu tiên|duy trì|mở rộng|phát triển|thống nhất|công khai|tiếp thu|hỗ trợ|thành lập|ký|chuyển|khắc phục"
    "|giải quyết|làm rõ|đánh giá"
)
_TIMES = frozenset(["trong", "truoc", "hang", "tu", "den", "cham", "dinh", "moi", "thoi"])


@cache
def _verbs() -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(keys(verb) for verb in _VERBS.split("|"))


def propose_tasks(
    text: str, *, bodies: Bodies, indicators: Sequence[Asked], today: date, working: Callable[[date, int], date]
) -> list[Proposal]:
    """The tasks that a text gives, in its order.

    :param working: so many working days after a day.
    """
    scene = _Scene(text, bodies, indicators, today, working)
    found: list[Proposal] = []
    heads: list[NamedBody] = []
    last: tuple[_Clause, _Reading] | None = None
    for clause in _clauses(text):
        words = words_of(clause.text)
        if not words:
            continue
        reading = _read(clause, words, bodies, heads)
        if joined := _joined(scene, last, clause, words, reading):
            found[-1], last = _proposal(scene, *joined), joined
            continue
        last = None
        if reading is None:
            heads = heads if clause.marked else []
            continue
        if reading.heading:
            heads = reading.given
            continue
        if reading.kind != "inherited":
            heads = []
        found.append(_proposal(scene, clause, reading))
        last = clause, reading
    return found


@dataclass(frozen=True)
class _Scene:
    text: str
    bodies: Bodies
    indicators: Sequence[Asked]
    today: date
    working: Callable[[date, int], date]


def _joined(
    scene: _Scene, last: "tuple[_Clause, _Reading] | None", clause: "_Clause", words: Sequence[Word],
    reading: "_Reading | None",
) -> "tuple[_Clause, _Reading] | None":  # fmt: skip
    """The task before with this clause, where it goes on with the same one: by when, to which target, with whom."""
    if last is None or clause.marked or last[0].ends != ";":
        return None
    before, led = last
    whole = replace(before, text=scene.text[before.begin : clause.begin + len(clause.text)], ends=clause.ends)
    empty = not before.text[_end_of(words_of(before.text), led.rest) :].strip(" ,.:")
    if reading is not None and empty and reading.kind == "plain" and not reading.leads:
        # "A chủ trì; B, C phối hợp …"
        rest = len(words_of(before.text)) + reading.rest
        return whole, replace(led, others=[*led.others, *reading.given, *reading.others], rest=rest)
    told = deadlines(clause.text, today=scene.today, working=scene.working)
    goes_on = _acts(words, 0) or (told and told[0].begin <= 2)
    return (whole, led) if reading is None and goes_on else None


def _clauses(text: str) -> Iterator[_Clause]:
    begin = 0
    for stop in _STOP.finditer(text + "\n"):
        if stop.group() == "." and _ABBREVIATED.search(text[begin : stop.start()]):
            continue
        piece = text[begin : stop.start()]
        if piece.strip():
            marker = _MARKER.match(piece)
            skipped = marker.end() if marker else len(piece) - len(piece.lstrip())
            yield _Clause(begin + skipped, piece[skipped:].rstrip(), marker is not None, stop.group()[0])
        begin = stop.end()


@dataclass(frozen=True)
class _Reading:
    given: list[NamedBody]
    others: list[NamedBody]
    rest: int
    """The word at which what is to be done begins."""
    kind: str
    """``told`` by a cue, ``plain``, ``inherited`` from a heading, or ``do … chủ trì``."""
    leads: bool = False
    heading: bool = False


def _read(clause: _Clause, words: Sequence[Word], bodies: Bodies, heads: list[NamedBody]) -> _Reading | None:
    text = clause.text
    for at, _ in enumerate(words):
        cue = next((len(cue) for cue in _CUES if said(words, at, cue)), 0)
        if cue and not (at and words[at - 1].fold in _NOT_BEFORE):
            given, end = bodies.list_at(words, text, at + cue)
            if given:
                return _with_others(clause, words, bodies, given, end, "told")
    for at in _beginnings(words, text):
        given, end = bodies.list_at(words, text, at)
        if given:
            reading = _with_others(clause, words, bodies, given, end, "plain")
            colon = ":" in text[_end_of(words, end) : words[end].begin if end < len(words) else len(text)]
            acts = reading.leads or reading.others or colon or _acts(words, reading.rest)
            return reading if acts or reading.heading else None
    for at, word in enumerate(words):
        if word.fold == "do" and word.plain:
            given, end = bodies.list_at(words, text, at + 1)
            if given and any(said(words, end, lead) for lead in _LEADS):
                return _Reading(given, [], 0, "by", leads=True)
    if heads and (clause.marked or _acts(words, 0)):
        if not _acts(words, 0):
            return None
        reading = _with_others(clause, words, bodies, heads, 0, "inherited")
        return replace(reading, heading=False)
    return None


def _beginnings(words: Sequence[Word], text: str) -> Iterator[int]:
    """Where a clause may name who is to act: at its beginning, or behind words of time and a comma."""
    yield 0
    if words[0].fold not in _TIMES:
        return
    for at in range(1, min(len(words), 24)):
        if "," in text[words[at - 1].end : words[at].begin]:
            yield at


def _with_others(
    clause: _Clause, words: Sequence[Word], bodies: Bodies, given: list[NamedBody], at: int, kind: str
) -> _Reading:
    """Who leads is known; now with whom, and where what is to be done begins."""
    text, others, leads = clause.text, [], False
    while at < len(words):
        step = next((len(item) for item in (*_LEADS, *_ASIDES) if said(words, at, item)), 0)
        if step:
            leads = leads or any(said(words, at, item) for item in _LEADS)
            at += step
            continue
        step = next((len(item) for item in _WITH if said(words, at, item)), 0)
        found, end = bodies.list_at(words, text, at + step) if step else ([], at)
        if not found:
            break
        others += found
        at = end
    rest = text[_end_of(words, at) :]
    heading = rest.strip(" ,.") == ":" or (
        text.endswith(":") and len(words) - at <= 6 and (at >= len(words) or _acts(words, at))
    )
    return _Reading(given, others, at, kind, leads, heading)


def _end_of(words: Sequence[Word], at: int) -> int:
    return words[at - 1].end if at else 0


def _acts(words: Sequence[Word], at: int) -> bool:
    """Whether something is to be done from here on: a verb of doing, or by when."""
    if at >= len(words):
        return False
    if any(said(words, at, verb) for verb in _verbs()):
        return True
    return (
        words[at].fold in ("truoc", "cham", "muon")
        and at + 1 < len(words)
        and words[at + 1].fold in ("ngay", "nhat", "thang")
    )


def _proposal(scene: _Scene, clause: _Clause, reading: _Reading) -> Proposal:
    words = words_of(clause.text)
    lead, *more = reading.given
    others = (*more, *reading.others)
    unsure: list[Both] = []
    if more:
        unsure.append((
            "nhiều cơ quan cùng được giao; lấy cơ quan nêu đầu làm chủ trì",
            "several bodies are charged; the first is taken as lead",
        ))  # fmt: skip
    unsure += _doubts_of(lead)
    unsure += [
        (f"không rõ cơ quan phối hợp “{item.words}”", f"the body “{item.words}” is not known") for item in others if not item.code
    ]  # fmt: skip
    when, notes = _when(clause.text, scene.today, scene.working)
    body = scene.bodies.by_code.get(lead.code)
    target, doubts = target_of(words, clause.text, scene.indicators, territory=body.territory if body else "")
    unsure += [*notes, *doubts]
    begin = words[reading.rest].begin if 0 < reading.rest < len(words) else 0
    return Proposal(
        lead=lead, others=others, content=_content(clause.text, begin, when), due_on=when.on if when else None,
        due_words=clause.text[when.begin : when.end].strip(" ,") if when else "", target=target, begin=clause.begin,
        end=clause.begin + len(clause.text), quote=clause.text, confidence=_confidence(lead, reading, unsure),
        unsure=tuple(unsure),
    )  # fmt: skip


def _doubts_of(lead: NamedBody) -> list[Both]:
    if lead.code:
        return []
    if lead.group:
        return [
            (
                f"“{lead.words}” là nhiều cơ quan: hãy giao cho từng cơ quan",
                f"“{lead.words}” are many: charge each of them",
            )
        ]
    return [(f"“{lead.words}” không có trong danh bạ hiện nay", f"“{lead.words}” is not in the directory today")]


def _when(text: str, today: date, working: Callable[[date, int], date]) -> tuple[Deadline | None, list[Both]]:
    if repeated(text):
        return None, [
            ("việc làm định kỳ: không đặt một hạn chung", "to be done again and again: no single deadline is set")
        ]
    told = deadlines(text, today=today, working=working)
    if not told:
        return None, []
    first = next((item for item in told if item.on), told[0])
    notes = [first.note] if first.note else []
    if len({item.on for item in told}) > 1:
        notes.append(("có nhiều mốc thời gian; lấy mốc đầu", "several dates are named; the first is taken"))
    return first, notes


def _content(text: str, begin: int, when: Deadline | None) -> str:
    """What is to be done, without by when where that stands at the end."""
    end = when.begin if when and when.begin > begin and not text[when.end :].strip(" .,)") else len(text)
    told = text[begin:end].strip(" ,.;:") or text.strip()
    return told[:1].upper() + told[1:]


def _confidence(lead: NamedBody, reading: _Reading, unsure: Sequence[Both]) -> float:
    base = {"told": 0.95, "inherited": 0.9, "by": 0.85, "plain": 0.85}[reading.kind]
    return round(max(0.1, base - 0.1 * len(unsure) - (0 if lead.code else 0.3)), 2)
