"""Passages: a few sentences of a text with where they stand, found by the words of a question and quoted as they are."""

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from lienthong.data.intelligence.domain._spans import folded, key_of, keys

LONGEST_PASSAGE, SHOWN, LEAST_COVERED = 700, 3, 0.5
"""Letters of a passage; passages quoted at most; the share of a question's weight that a passage must hold to be found."""
RELATED_FROM = 0.7
"""The same for what stands below a refusal: nearly everything that was asked."""
LOOSE = 0.5
"""What a word counts that stands in a passage without any of its neighbours in the question: most syllables are half a word."""
FEWEST = 200
"""Among fewer passages than these a word that none holds would outweigh all others."""
MOST_WORDS = 24
_TOKEN = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")


class PassageKind(StrEnum):
    """Whose text it is."""

    INDICATOR = "indicator"
    CRITERION = "criterion"
    DIRECTIVE = "directive"
    TASK = "task"
    ANSWER = "answer"
    REGISTER = "register"
    PROCEDURE = "procedure"


@dataclass(frozen=True)
class Passage:
    """A few sentences, word for word, with the page they stand on and who may read them.

    Nobody reads one who may not open its page: without ``action`` everybody signed in may; with it whoever has that authority
    over one of ``agencies``, or anywhere where none is named.
    """

    kind: PassageKind
    key: str
    title: str
    text: str
    href: str
    number: int = 0
    """Which of the passages of one source."""
    on: date | None = None
    also: str = ""
    """Other words by which it is found, which are not quoted."""
    local: str = ""
    """The address for who has authority in a territory only, ``{}`` where its code goes."""
    action: str = ""
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quote:
    """A passage as it answers: the words of the question in it, and the part that counts."""

    passage: Passage
    marks: tuple[tuple[int, int], ...] = ()
    """(begin, end) in the text."""
    begin: int = 0
    end: int = 0

    @property
    def words(self) -> str:
        """What is quoted, word for word."""
        return self.passage.text[self.begin : self.end]

    @property
    def is_part(self) -> bool:
        return (self.begin, self.end) != (0, len(self.passage.text))


class Token(NamedTuple):
    """A word of a text without marks, as it is spelled, and where it stands."""

    fold: str
    key: str
    begin: int
    end: int

    def is_said(self, other: "Token") -> bool:
        """Whether another word can be this one: marks count where both have them."""
        return self.fold == other.fold and (self.key == other.key or self.fold in (self.key, other.key))


@lru_cache(maxsize=16384)
def _forms(word: str) -> tuple[str, str]:
    return folded(word), key_of(word)


def tokens(text: str) -> list[Token]:
    """The words of a text; the text is in its composed form."""
    return [Token(*_forms(found.group()), found.start(), found.end()) for found in _TOKEN.finditer(text)]


def searched(passage: Passage) -> str:
    """The words that a passage is found by, without marks."""
    return " ".join(token.fold for token in tokens(f"{passage.title} {passage.text} {passage.also}"))


def parts(text: str) -> list[str]:
    """A text in passages of whole sentences; one that is too long by itself is cut between words."""
    found: list[str] = []
    for line in unicodedata.normalize("NFC", text).splitlines():
        for sentence in _SENTENCE.split(" ".join(line.split())):
            for piece in _cut(sentence):
                if found and len(found[-1]) + len(piece) < LONGEST_PASSAGE:
                    found[-1] = f"{found[-1]} {piece}"
                elif piece:
                    found.append(piece)
    return found


def _cut(sentence: str) -> list[str]:
    pieces = []
    while len(sentence) > LONGEST_PASSAGE:
        at = sentence.rfind(" ", 1, LONGEST_PASSAGE)
        at = at if at > 0 else LONGEST_PASSAGE
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [*pieces, sentence]


# --- what is asked --------------------------------------------------------------------------------------------------------

_ABOUT: tuple[tuple[str, frozenset[PassageKind]], ...] = (
    (
        "tính thế nào|tính như thế nào|tính ra sao|được tính|cách tính|tính từ đâu|công thức|định nghĩa|nghĩa là gì"
        "|là gì|hiểu thế nào|đo thế nào|đo bằng gì|đo cái gì|đếm gì|đếm thế nào|tính những gì",
        frozenset({PassageKind.INDICATOR, PassageKind.CRITERION}),
    ),
    (
        "tiêu chí|điểm tối đa|mấy điểm|chấm thế nào|chấm điểm|chấm ra sao|thang điểm",
        frozenset({PassageKind.CRITERION}),
    ),
    (
        "ai|được giao|giao cho|giao việc|giao nhiệm vụ|chủ trì|nhiệm vụ gì|nhiệm vụ nào|hạn nào|hạn khi nào"
        "|bao giờ xong|khi nào xong",
        frozenset({PassageKind.TASK}),
    ),
    (
        "chỉ đạo gì|chỉ đạo nào|chỉ đạo về|chỉ đạo thế nào|chỉ đạo ra sao|yêu cầu gì",
        frozenset({PassageKind.DIRECTIVE}),
    ),
    (
        "giải trình|trả lời thế nào|trả lời gì|trả lời ra sao|câu trả lời|cam kết|khắc phục|hứa",
        frozenset({PassageKind.ANSWER}),
    ),
    (
        "cơ sở dữ liệu|để làm gì|dùng vào việc gì|lưu gì|chứa gì|gồm những gì|gồm gì",
        frozenset({PassageKind.REGISTER}),
    ),
    (
        "thủ tục gì|thủ tục nào|làm thủ tục|thủ tục|giấy tờ gì|mấy giấy tờ|bao nhiêu giấy tờ|cần gì|mất bao lâu"
        "|mất mấy ngày|bao nhiêu ngày|phí bao nhiêu|lệ phí|mất phí|phải nộp",
        frozenset({PassageKind.PROCEDURE}),
    ),
    (
        "căn cứ|quy định nào|quy định gì|quy định thế nào|quy định ở đâu|quy định|văn bản nào|theo điều nào"
        "|theo luật nào|cơ quan nào|đơn vị nào|bộ nào|sở nào|nói gì|nói về gì|ở đâu",
        frozenset(),
    ),
)
"""Ways to ask for words rather than a number, and whose texts answer them; none: any."""
_ALONE = frozenset({"tiêu chí", "cơ sở dữ liệu", "thủ tục", "quy định", "khắc phục", "ở đâu"})
"""Of them those that a question about a number has too: they lean, but do not tell."""
_IDLE = (
    "là|gì|thế nào|như thế nào|ra sao|của|ở|tại|về|cho|tôi|xin|hãy|biết|hỏi|có|những|các|này|đó|thì|mà|được|bị|và|với"
    "|trong|theo|khi|nào|bao nhiêu|bao lâu|mấy|muốn|cần|ạ|nhé|hay|hoặc|từ|do|đã|đang|sẽ|phải|việc|ai|để|làm|đâu|nói"
    "|chỉ tiêu|bao giờ|khi nào|ngày|trên địa bàn|như|vào|bằng|ra|một|thế|tính|giao|căn cứ|quy định|cơ quan|đơn vị"
    "|chấm|chấm điểm|đo|cách|công thức|định nghĩa|nghĩa|hiểu|mất|điểm tối đa|thang điểm|tiêu chí|giải trình|cam kết|chủ trì"
    "|quản lý|căn cứ pháp lý|dùng|chứa|lưu|vì sao|tại sao|câu trả lời|gồm"
)
"""Words by which nothing is found."""


@dataclass(frozen=True)
class Wanted:
    """What of a question passages are looked for by."""

    words: tuple[Token, ...]
    """Without those that say nothing, in their order."""
    places: tuple[int, ...]
    """Where each stood among all words: what stood side by side should stand so in a passage."""
    leans: Mapping[PassageKind, float]
    """Whose texts it asks for, and how plainly."""
    asks_words: bool
    """Whether it asks for words, not for a number."""

    @property
    def forms(self) -> list[str]:
        return list(dict.fromkeys(word.fold for word in self.words))


@lru_cache(maxsize=4)
def _phrases(text: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(sorted((keys(phrase) for phrase in text.split("|")), key=len, reverse=True))


def _at(words: Sequence[Token], at: int, phrase: Sequence[tuple[str, str]]) -> bool:
    if at + len(phrase) > len(words):
        return False
    return all(
        word.fold == form and word.key in (form, key) for word, (form, key) in zip(words[at:], phrase, strict=False)
    )


def wanted(text: str) -> Wanted:
    """What a question asks passages for."""
    words = tokens(unicodedata.normalize("NFC", text))
    leans: dict[PassageKind, float] = {}
    asks = False
    for phrases, kinds in _ABOUT:
        said = {
            phrase for phrase in phrases.split("|") if any(_at(words, at, keys(phrase)) for at in range(len(words)))
        }
        asks = asks or not said <= _ALONE
        for kind in kinds if said else ():
            leans[kind] = leans.get(kind, 0.0) + 1 / len(kinds)
    kept, at = [], 0
    while at < len(words):
        idle = next((phrase for phrase in _phrases(_IDLE) if _at(words, at, phrase)), ())
        if not idle:
            kept.append(at)
        at += len(idle) or 1
    kept = kept[:MOST_WORDS]
    return Wanted(tuple(words[place] for place in kept), tuple(kept), leans, asks)


# --- which of them answer ---------------------------------------------------------------------------------------------------


def weights(forms: Sequence[str], holding: Mapping[str, int], of: int) -> dict[str, float]:
    """How much each word of a question tells, by how many hold it of the passages that the reader may read and that hold any
    (BM25's)."""
    of = max(of, FEWEST)
    return {
        form: math.log(1 + (of - holding.get(form, 0) + 0.5) / (holding.get(form, 0) + 0.5)) + 0.05 for form in forms
    }


def decisive(weight: Mapping[str, float], least: float = LEAST_COVERED) -> list[str]:
    """The rarest words of which a passage that is found holds at least one."""
    whole, seen, chosen = sum(weight.values()), 0.0, []
    for form in sorted(weight, key=lambda item: (-weight[item], item)):
        chosen.append(form)
        seen += weight[form]
        if seen > (1 - least) * whole:
            break
    return chosen


@dataclass(frozen=True)
class Ranked:
    """A passage with how well it answers."""

    quote: Quote
    covered: float
    """Of the weight of what was asked, the share it holds."""
    score: float


@dataclass
class _Held:
    """Which words of a question a text holds, where, and which of them side by side as asked."""

    words: set[int] = field(default_factory=set)
    pairs: set[int] = field(default_factory=set)
    spans: list[tuple[int, int]] = field(default_factory=list)


def _held(asked: Wanted, text: str) -> _Held:
    found, said = _Held(), tokens(text)
    by_form: dict[str, list[int]] = {}
    for at, token in enumerate(said):
        by_form.setdefault(token.fold, []).append(at)
    at_of = [{at for at in by_form.get(word.fold, ()) if word.is_said(said[at])} for word in asked.words]
    beside: dict[int, set[int]] = {}
    for number, (one, other) in enumerate(pairwise(at_of)):
        pair = {at for at in one if at + 1 in other}
        if pair and asked.places[number + 1] - asked.places[number] == 1:
            found.pairs.add(number)
            beside.setdefault(number, set()).update(pair)
            beside.setdefault(number + 1, set()).update(at + 1 for at in pair)
    for number, places in enumerate(at_of):
        if places:
            found.words.add(number)
            # Of a syllable that stands with its neighbour, other places are most likely another word.
            found.spans += [(said[at].begin, said[at].end) for at in beside.get(number, places)]
    return found


def rank(asked: Wanted, passages: Sequence[Passage], weight: Mapping[str, float], least: float) -> list[Ranked]:
    """The passages that hold at least a share of what was asked, the best first: by the weight of the words they hold, by how
    many of them stand side by side as in the question, in the title, and by whose text is asked for."""
    each = [weight[word.fold] for word in asked.words]
    whole = sum(each) or 1.0
    pairs = {
        number: each[number] + each[number + 1]
        for number in range(len(each) - 1)
        if asked.places[number + 1] - asked.places[number] == 1
    }
    compound = {number for pair in pairs for number in (pair, pair + 1)}
    found = []
    for passage in passages:
        told, titled, other = (_held(asked, text) for text in (passage.text, passage.title, passage.also))
        beside = told.pairs | titled.pairs | other.pairs
        close = {number for pair in beside for number in (pair, pair + 1)}
        held = {
            number: each[number] * (1.0 if number in close or number not in compound else LOOSE)
            for number in told.words | titled.words | other.words
        }
        covered = sum(held.values()) / whole
        if covered < least:
            continue
        together = sum(pairs[number] for number in beside) / sum(pairs.values()) if pairs else covered
        head = max(sum(each[number] for number in item.words) / whole for item in (titled, other))
        said = len(titled.spans) / max(len(tokens(passage.title)), 1)
        score = (
            covered + 0.6 * together + 0.3 * head + 0.15 * said + 0.3 * asked.leans.get(passage.kind, 0.0)
            - len(passage.text) / 20_000
        )  # fmt: skip
        quote = Quote(passage, _joined(told.spans, passage.text), 0, len(passage.text))
        found.append(Ranked(quote, round(covered, 4), score))
    return sorted(found, key=lambda item: (-item.score, item.quote.passage.kind, item.quote.passage.key))


def _joined(spans: Sequence[tuple[int, int]], text: str) -> tuple[tuple[int, int], ...]:
    """Spans in their order, those with nothing but a space between them as one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(set(spans)):
        if joined and text[joined[-1][1] : begin].strip() == "":
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return tuple(joined)


def pieces(quote: Quote) -> list[tuple[str, bool, bool]]:
    """The text of a quote cut at its marks: (words, whether they were asked, whether they are the part that counts)."""
    text = quote.passage.text
    cuts = sorted({0, len(text), quote.begin, quote.end, *(at for span in quote.marks for at in span)})
    return [
        (
            text[begin:end],
            any(first <= begin and end <= last for first, last in quote.marks),
            quote.is_part and quote.begin <= begin and end <= quote.end,
        )
        for begin, end in pairwise(cuts)
        if begin < end
    ]


def digest(text: str) -> str:
    """A hash by which it is known whether words still stand as they were quoted."""
    return hashlib.sha256(text.encode()).hexdigest()


def reference(quote: Quote) -> dict[str, Any]:
    """What of a quote is kept with a record: where it stands and which words, not the words themselves."""
    passage = quote.passage
    return {
        "kind": passage.kind.value, "key": passage.key, "number": passage.number, "sha256": digest(passage.text),
        "marks": [list(span) for span in quote.marks], "begin": quote.begin, "end": quote.end,
    }  # fmt: skip
