"""A sentence cut into what its words stand for: the longest that fits counts, from left to right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lienthong.data.intelligence.domain import _spans as spans
from lienthong.data.intelligence.domain._periods import ACCEPTED, read_period
from lienthong.data.intelligence.domain._questions import Former, Lexicon, Place
from lienthong.data.intelligence.domain._spans import Span, Word

IN_NAMES = frozenset(["ty", "le", "so", "muc", "duoc", "da", "cua", "cac", "co", "nhung", "tong"])
"""Words of names that say nothing by themselves."""
_TIME_KEYS = {form: {spans.key_of(word) for word in words} for form, words in ACCEPTED.items()}
_PRECEDENCE = {
    "indicator": 0,
    "place": 1,
    "no_place": 2,
    "limit": 3,
    "period": 4,
    "howmany": 4,
    "end": 4,
    "level": 4,
    "which": 4,
    "much": 6,
    "filler": 7,
    "not": 8,
}


@dataclass
class Sentence:
    """Words and what they were taken for."""

    text: str
    words: Sequence[Word]
    lexicon: Lexicon
    today: date
    found: list[Span] = field(default_factory=list)
    formers: list[tuple[Former, str]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    bare: list[Span] = field(default_factory=list)
    """Communes that were named without their kind."""

    def __post_init__(self) -> None:
        self.time = [_time_word(word) for word in self.words]
        self._cut()

    # - asked of it

    def all(self, *labels: str) -> list[Span]:
        return [span for span in self.found if span.label in labels]

    def said(self, span: Span) -> str:
        return self.text[self.words[span.begin].begin : self.words[span.end - 1].end]

    def instead(self, span: Span, words: str) -> str:
        """The sentence with other words in a place."""
        return self.text[: self.words[span.begin].begin] + words + self.text[self.words[span.end - 1].end :]

    def is_slip(self, span: Span) -> bool:
        """Whether a name was written with other marks than it has."""
        if span.label == "place":
            names = [name for item in span.value for name in self._names(item)]
        elif span.label == "indicator":
            names = [spans.keys(name) for code in span.value for name in self.lexicon.asked[code].names]
        else:
            return False
        begins = range(span.begin, min(span.begin + 3, span.end))
        return not any(
            spans.said(self.words, begin, name[skipped:])
            for name in names
            for skipped in range(3)
            for begin in begins
            if begin + len(name) - skipped == span.end and name[skipped:]
        )

    # - cutting

    def _cut(self) -> None:
        at = 0
        while at < len(self.words):
            span = max(self._spans_at(at), key=lambda item: item.end, default=None) or Span("?", None, at, at + 1)
            self.found.append(span)
            at = span.end
        self._find_bare_communes()

    def _spans_at(self, at: int) -> list[Span]:
        """What begins here; of the same length the first counts."""
        made = [*self._indicators_at(at), *self._places_at(at), *self._numbers_at(at)]
        if timed := read_period(self.time[at:], self.today):
            made.append(Span("period", timed[0], at, at + timed[1]))
        for spelled, label, value in spans.grammar().get(self.words[at].fold, ()):
            end = at + len(spelled)
            if (
                label not in ("than", "onward", "unit")
                and spans.said(self.words, at, spelled)
                and self._stands(label, at, end)
            ):
                made.append(Span(label, value, at, end))
        return _settled(sorted(made, key=lambda item: (self.is_slip(item), _PRECEDENCE.get(item.label, 5))))

    def _stands(self, label: str, at: int, end: int) -> bool:
        """Whether a word of many uses can have this one here."""
        if label == "end":
            return all(word.fold in ("a", "nhi", "vay", "nhe", "the") for word in self.words[end:])
        if label == "howmany":
            return self._noun_at(end) is not None
        if label == "measure" and self.words[at].fold in ("so", "luong") and end == at + 1 and self.words[at].plain:
            of_dossiers = at > 0 and self.words[at - 1].fold == "ho"
            return not of_dossiers and end < len(self.words) and self.words[end].fold in self._subject_words()
        if label == "much":
            return any(word.fold in ("nhat", "hon") for word in self.words[end : end + 6])
        return True

    def _noun_at(self, at: int) -> Span | None:
        if at >= len(self.words) or self._places_at(at):
            return None
        for spelled, label, value in spans.grammar().get(self.words[at].fold, ()):
            if label == "noun" and spans.said(self.words, at, spelled):
                return Span(label, value, at, at + len(spelled))
        return None

    def _subject_words(self) -> frozenset[str]:
        return frozenset(
            form for item in self.lexicon.indicators for name in item.names for form, _ in spans.keys(name)
        )

    def _indicators_at(self, at: int) -> list[Span]:
        best: dict[int, set[str]] = {}
        for item in self.lexicon.indicators:
            for name in item.names:
                spelled = spans.keys(name)
                for skipped in range(3):
                    rest = spelled[skipped:]
                    if (
                        rest
                        and all(form in IN_NAMES for form, _ in spelled[:skipped])
                        and spans.said(self.words, at, rest, loose=True)
                    ):
                        best.setdefault(at + len(rest), set()).add(item.code)
        return [Span("indicator", frozenset(codes), at, end) for end, codes in best.items()]

    def _places_at(self, at: int) -> list[Span]:
        kinds, begin = (), at
        for spelled, allowed in spans.KIND_WORDS.items():
            if spans.said(self.words, at, spelled) and at + len(spelled) > begin:
                kinds, begin = allowed, at + len(spelled)
        made: dict[int, list[tuple[bool, Place | Former]]] = {}
        for item in (*self.lexicon.places, *self.lexicon.formers):
            if isinstance(item, Place) and item.parent and not kinds and not self._is_former(item.name):
                continue
            for name in self._names(item):
                if spans.said(self.words, begin, name, loose=True):
                    exact = spans.said(self.words, begin, name)
                    made.setdefault(begin + len(name), []).append((exact, item))
        if not kinds and spans.said(self.words, at, (("tinh", "tinh"),)) and not made:
            return []
        result = []
        for end, items in made.items():
            chosen = [item for exact, item in items if exact] or [item for _, item in items]
            chosen = _of_kind(chosen, kinds)
            if chosen:
                result.append(Span("place", tuple(chosen), at, end))
            elif kinds:
                result.append(Span("no_place", tuple(item for _, item in items), at, end))
        return result

    def _is_former(self, name: str) -> bool:
        """Whether a commune has the name of a province that is no more, or what a province is called."""
        return name.lower() in spans.NICKNAMES or any(item.name == name for item in self.lexicon.formers)

    def _names(self, item: Place | Former) -> list[tuple[tuple[str, str], ...]]:
        names = [spans.keys(item.name)]
        if isinstance(item, Former) or not item.parent:
            names += [spans.keys(nick) for nick, meant in spans.NICKNAMES.items() if item.name in meant]
        return names

    def _numbers_at(self, at: int) -> list[Span]:
        made = []
        limit = self._limit_at(at)
        if limit:
            made.append(limit)
        word = self.words[at]
        plain = spans.number_of(word.text)
        told = [
            value
            for spelled, value in spans.NUMBERS.items()
            if word.fold == spans.folded(spelled) and word.is_written(spans.key_of(spelled))
        ]
        number = int(plain) if plain and plain.isdigit() else (told[0] if told else 0)
        if number and (self._noun_at(at + 1) or (at and self.words[at - 1].fold in ("top", "top"))):
            made.append(Span("number", number, at, at + 1))
        return made

    def _limit_at(self, at: int) -> Span | None:
        than, begin = None, at
        for spelled, label, value in spans.grammar().get(self.words[at].fold, ()):
            if label == "than" and spans.said(self.words, at, spelled):
                than, begin = value, at + len(spelled)
                if begin < len(self.words) and spans.number_of(self.words[begin].text):
                    break
                than, begin = None, at
        if begin >= len(self.words) or not (number := spans.number_of(self.words[begin].text)):
            return None
        end, unit = begin + 1, ""
        if end < len(self.words) and self.words[end].fold == "%":
            end, unit = end + 1, "%"
        elif spans.said(self.words, end, spans.keys("phần trăm")):
            end, unit = end + 2, "%"
        else:
            for spelled, label, _ in spans.grammar().get(self.words[end].fold if end < len(self.words) else "", ()):
                if label == "unit" and spans.said(self.words, end, spelled):
                    unit = " ".join(word.text for word in self.words[end : end + len(spelled)]).lower()
                    end += len(spelled)
                    break
        for onward in spans.grammar().get(self.words[end].fold if end < len(self.words) else "", ()):
            if onward[1] == "onward" and spans.said(self.words, end, onward[0]):
                than, end = onward[2], end + len(onward[0])
                break
        return Span("limit", (than, Decimal(number), unit), at, end) if than else None

    def _find_bare_communes(self) -> None:
        """Communes named without their kind: only among words that nothing else took."""
        at = 0
        while at < len(self.found):
            run = at
            while run < len(self.found) and self.found[run].label == "?":
                run += 1
            if run == at:
                at += 1
                continue
            begin, end = self.found[at].begin, self.found[run - 1].end
            hits = [
                (spans.said(self.words, begin, spans.keys(item.name)), item)
                for item in self.lexicon.places
                if item.parent
                and len(spans.keys(item.name)) == end - begin
                and spans.said(self.words, begin, spans.keys(item.name), loose=True)
            ]
            exact = [item for written, item in hits if written] or [item for _, item in hits]
            if exact and end - begin > 1:
                plain = " ".join(form for form, _ in spans.keys(exact[0].name))
                label = "unsure" if plain in self.lexicon.districts else "place"
                self.found[at:run] = [Span(label, tuple(exact), begin, end)]
                self.bare.append(self.found[at])
            at = run if not exact else at + 1


def _time_word(word: Word) -> str:
    fits = word.plain or word.key in _TIME_KEYS.get(word.fold, ())
    return word.fold if fits else "§"


def _settled(made: list[Span]) -> list[Span]:
    """Where the same words without marks are a place and something else of weight, neither is taken for granted."""
    longest = max((span.end for span in made), default=0)
    top = [span for span in made if span.end == longest]
    weighty = {span.label for span in top} & {"trend", "change", "why", "forecast", "order", "not"}
    places = [span for span in top if span.label == "place"]
    if places and weighty and top[0].label == "place":
        return [Span("unsure", places[0].value, top[0].begin, longest)]
    return made


def _of_kind(items: Sequence[Place | Former], kinds: Sequence[str]) -> list[Place | Former]:
    if not kinds:
        return list(items)
    if kinds == ("tinh",):
        return [item for item in items if isinstance(item, Former) or not item.parent]
    return [item for item in items if isinstance(item, Place) and item.kind in kinds]
