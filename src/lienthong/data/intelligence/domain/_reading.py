"""From a sentence to a question, by rule. Every word of weight must find its place in the structure: what does not is told, and
nothing is computed from half a sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import pairwise, product

from lienthong.data.intelligence.domain import _spans as spans
from lienthong.data.intelligence.domain._periods import (
    ACCEPTED,
    Named,
    Period,
    Trouble,
    months,
    read_period,
    unit_before,
    unit_of,
)
from lienthong.data.intelligence.domain._questions import (
    COMMUNE,
    MOST_INDICATORS,
    MOST_PLACES,
    PROVINCE,
    Asked,
    Former,
    Kind,
    Lexicon,
    Limit,
    Order,
    Place,
    Question,
    small,
)
from lienthong.data.intelligence.domain._spans import Span, Word

LONGEST = 400
"""Letters of a question."""
_IN_NAMES = frozenset(["ty", "le", "so", "muc", "duoc", "da", "cua", "cac", "co", "nhung", "tong"])
"""Words of names that say nothing by themselves."""
_MOST_GUESSES = 60


class Problem(StrEnum):
    """Why a sentence is no question that can be computed."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    WORDS = "words"
    """Words were left over."""
    NEGATION = "negation"
    NO_INDICATOR = "no_indicator"
    WHICH_INDICATOR = "which_indicator"
    MEASURE = "measure"
    """A number was asked of a share, or a share of a number."""
    WHICH_PLACE = "which_place"
    NO_PLACE = "no_place"
    DISTRICT = "district"
    WHICH_PERIOD = "which_period"
    NO_PERIOD = "no_period"
    FUTURE = "future"
    NO_FORECAST = "no_forecast"
    BY_DAY = "by_day"
    PRESENT_ONLY = "present_only"
    MIXED = "mixed"


@dataclass(frozen=True)
class Reading:
    """What was understood of a sentence: a question, or what stands in the way and sentences that would do."""

    text: str
    question: Question | None = None
    problem: Problem | None = None
    understood: tuple[tuple[str, str], ...] = ()
    """(words, what they were taken for)"""
    left: tuple[str, ...] = ()
    """Words that found no place."""
    choices: tuple[str, ...] = ()
    """Sentences to choose from."""
    formers: tuple[tuple[Former, str], ...] = ()
    """Provinces named that are no more, with the place that is answered for."""
    slips: tuple[tuple[str, str], ...] = ()
    """(as written, as read)"""
    assumed: tuple[str, ...] = ()
    """``country``, ``all_time``: what was not said."""
    claimed: int = 0
    """+1 or −1 where the sentence takes a rise or a fall for granted."""
    lexicon: Lexicon | None = field(default=None, repr=False, compare=False)


class _Stop(Exception):
    def __init__(self, problem: Problem, *, left: Iterable[str] = (), choices: Iterable[str] = ()) -> None:
        self.problem, self.left, self.choices = problem, tuple(left), tuple(dict.fromkeys(choices))
        super().__init__(problem)


def read_question(text: str, *, lexicon: Lexicon, today: date) -> Reading:
    """Read a sentence. What cannot be read as it stands is tried once more with likely slips of the pen mended."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return Reading(text[:LONGEST], problem=Problem.TOO_LONG)
    words = spans.words_of(text)
    if not words:
        return Reading(text, problem=Problem.EMPTY)
    first = _Reader(text, words, lexicon, today).read()
    if first.question or first.problem not in (Problem.WORDS, Problem.NO_INDICATOR, Problem.NO_PLACE):
        return first
    found = [
        replace(reading, slips=(*slips, *reading.slips))
        for mended, slips in _mended(words, lexicon)
        if (reading := _Reader(text, mended, lexicon, today).read()).question
    ]
    same = {reading.question for reading in found}
    return found[0] if len(same) == 1 else first


# --- slips of the pen -------------------------------------------------------------------------------------------------


def _mended(words: Sequence[Word], lexicon: Lexicon) -> Iterable[tuple[list[Word], tuple[tuple[str, str], ...]]]:
    wanted = _vocabulary(lexicon) | spans.mendable()
    known = spans.syllables() | lexicon.syllables | wanted
    odd = [
        place
        for place, word in enumerate(words)
        if word.fold.isalpha() and len(word.fold) > 2 and word.fold not in known and not spans.is_syllable(word.fold)
    ]
    if not 0 < len(odd) <= 2:
        return
    near = [[form for form in sorted(wanted) if len(form) > 1 and _one_off(words[place].fold, form)] for place in odd]
    for number, forms in enumerate(product(*near)):
        if number >= _MOST_GUESSES:
            return
        mended = list(words)
        for place, form in zip(odd, forms, strict=True):
            mended[place] = replace(words[place], fold=form, key=form)
        yield mended, tuple((words[place].text, form) for place, form in zip(odd, forms, strict=True))


def _vocabulary(lexicon: Lexicon) -> frozenset[str]:
    names = [name for item in lexicon.indicators for name in item.names]
    names += [item.name for item in lexicon.places if not item.parent] + [item.name for item in lexicon.formers]
    return frozenset(form for name in names for form, _ in _keys(name))


def _one_off(written: str, meant: str) -> bool:
    """Whether one letter was left out, put in, changed, or two were exchanged."""
    if abs(len(written) - len(meant)) > 1 or written == meant:
        return False
    start = next((i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), min(len(written), len(meant)))
    a, b = written[start:], meant[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:] and len(a) > 1)


@cache
def _keys(phrase: str) -> tuple[tuple[str, str], ...]:
    return spans.keys(phrase)


_TIME_KEYS = {form: {spans.key_of(word) for word in words} for form, words in ACCEPTED.items()}


# --- one reading ------------------------------------------------------------------------------------------------------


@dataclass
class _Reader:
    text: str
    words: Sequence[Word]
    lexicon: Lexicon
    today: date
    found: list[Span] = field(default_factory=list)
    formers: list[tuple[Former, str]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)

    def read(self) -> Reading:
        self.time = [self._time_word(word) for word in self.words]
        self._cut()
        try:
            question = self._assemble()
            problem, left, choices = None, (), ()
        except _Stop as stop:
            question, problem, left, choices = None, stop.problem, stop.left, stop.choices
        slips = [
            (self._said(span), next(iter(span.value)).name if span.label == "place" else self.lexicon.asked[min(span.value)].names[0])
            for span in self._all("place", "indicator")
            if self._is_slip(span)
        ]
        claimed = next((span.value for span in self.found if span.label == "change" and span.value), 0)
        return Reading(
            self.text, question, problem, self._understood(), left, choices, tuple(self.formers), tuple(slips), tuple(self.assumed), claimed, self.lexicon
        )

    def _time_word(self, word: Word) -> str:
        fits = word.plain or word.key in _TIME_KEYS.get(word.fold, ())
        return word.fold if fits else "§"

    # - cutting: the longest that fits, from left to right

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
            if label not in ("than", "onward", "unit") and spans.said(self.words, at, spelled) and self._stands(label, at, end):
                made.append(Span(label, value, at, end))
        return _settled(sorted(made, key=lambda item: (self._is_slip(item), _PRECEDENCE.get(item.label, 5))))

    def _is_slip(self, span: Span) -> bool:
        """Whether a name was written with other marks than it has."""
        if span.label == "place":
            names = [name for item in span.value for name in self._names(item)]
        elif span.label == "indicator":
            names = [_keys(name) for code in span.value for name in self.lexicon.asked[code].names]
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

    def _stands(self, label: str, at: int, end: int) -> bool:
        """Whether a word of many uses can have this one here."""
        if label == "end":
            return all(word.fold in ("a", "nhi", "vay", "nhe", "the") for word in self.words[end:])
        if label == "howmany":
            return self._noun_at(end) is not None
        if label == "measure" and self.words[at].fold in ("so", "luong") and end == at + 1 and self.words[at].plain:
            return end < len(self.words) and self.words[end].fold in self._subject_words()
        if label == "much":
            return any(word.fold == "nhat" for word in self.words[end : end + 6])
        return True

    def _noun_at(self, at: int) -> Span | None:
        if at >= len(self.words) or self._places_at(at):
            return None
        for spelled, label, value in spans.grammar().get(self.words[at].fold, ()):
            if label == "noun" and spans.said(self.words, at, spelled):
                return Span(label, value, at, at + len(spelled))
        return None

    def _subject_words(self) -> frozenset[str]:
        return frozenset(form for item in self.lexicon.indicators for name in item.names for form, _ in _keys(name))

    def _indicators_at(self, at: int) -> list[Span]:
        best: dict[int, set[str]] = {}
        for item in self.lexicon.indicators:
            for name in item.names:
                spelled = _keys(name)
                for skipped in range(3):
                    rest = spelled[skipped:]
                    if rest and all(form in _IN_NAMES for form, _ in spelled[:skipped]) and spans.said(self.words, at, rest, loose=True):
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
        names = [_keys(item.name)]
        if isinstance(item, Former) or not item.parent:
            names += [_keys(nick) for nick, meant in spans.NICKNAMES.items() if item.name in meant]
        return names

    def _numbers_at(self, at: int) -> list[Span]:
        made = []
        limit = self._limit_at(at)
        if limit:
            made.append(limit)
        word = self.words[at]
        plain = spans.number_of(word.text)
        told = [value for spelled, value in spans.NUMBERS.items() if word.fold == spans.folded(spelled) and word.is_written(spans.key_of(spelled))]
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
                (spans.said(self.words, begin, _keys(item.name)), item)
                for item in self.lexicon.places
                if item.parent and len(_keys(item.name)) == end - begin and spans.said(self.words, begin, _keys(item.name), loose=True)
            ]
            exact = [item for written, item in hits if written] or [item for _, item in hits]
            if exact and end - begin > 1:
                self.found[at:run] = [Span("place", tuple(exact), begin, end)]
            at = run if not exact else at + 1

    # - what was understood, in words

    def _said(self, span: Span) -> str:
        return self.text[self.words[span.begin].begin : self.words[span.end - 1].end]

    def _understood(self) -> tuple[tuple[str, str], ...]:
        told = []
        for span in self.found:
            if span.label in _MEANINGS:
                told.append((self._said(span), _MEANINGS[span.label]))
            elif span.label == "indicator":
                told.append((self._said(span), " / ".join(self.lexicon.asked[code].names[0] for code in sorted(span.value))))
            elif span.label == "place":
                told.append((self._said(span), " / ".join(small(item.full_name) for item in span.value[:3])))
            elif span.label == "period" and not span.value.trouble:
                told.append((self._said(span), "cùng kỳ" if span.value.same else span.value.period.vi()))
        return tuple(told)

    # - putting together

    def _all(self, *labels: str) -> list[Span]:
        return [span for span in self.found if span.label in labels]

    def _instead(self, span: Span, words: str) -> str:
        """The sentence with other words in a place."""
        return self.text[: self.words[span.begin].begin] + words + self.text[self.words[span.end - 1].end :]

    def _assemble(self) -> Question:
        if denied := self._all("not"):
            raise _Stop(Problem.NEGATION, left=map(self._said, denied))
        if gone := self._all("district"):
            raise _Stop(Problem.DISTRICT, left=map(self._said, gone))
        if unsure := self._all("unsure"):
            raise _Stop(
                Problem.WHICH_PLACE, left=map(self._said, unsure),
                choices=[self._instead(span, small(item.full_name)) for span in unsure for item in span.value],
            )  # fmt: skip
        for span in self._all("no_place"):
            wanted = [item for item in span.value if isinstance(item, Place)]
            raise _Stop(
                Problem.NO_PLACE, left=[self._said(span)],
                choices=[self._instead(span, small(self.lexicon.where(item.code))) for item in wanted[:5]],
            )  # fmt: skip
        indicators = self._indicators()
        self._measure(indicators)
        places = self._places()
        return self._question(indicators, places)

    def _indicators(self) -> tuple[Asked, ...]:
        told, left = self._all("indicator"), self._all("?")
        if told and not left and len(told) > 1 and self._joined(told):
            codes = [self._one_of(span, span.value) for span in told]
            if len(codes) > MOST_INDICATORS:
                raise _Stop(Problem.MIXED)
            return tuple(self.lexicon.asked[code] for code in dict.fromkeys(codes))
        if len(told) == 1 and not left:
            return (self.lexicon.asked[self._one_of(told[0], told[0].value)],)
        bag = self._bag_of(told, left)
        if not bag:
            raise _Stop(Problem.NO_INDICATOR, choices=self._offer(self.lexicon.indicators[:4]))
        fits = [item for item in self.lexicon.indicators if any(_bag(name) == bag for name in item.names)]
        if not fits:
            # "nhận trên 5 hồ sơ": the noun of the limit belongs to the name.
            units = {form for span in self._all("limit") for form, _ in _keys(span.value[2])}
            fits = [item for item in self.lexicon.indicators if units and any(_bag(name) == bag | units - _IN_NAMES for name in item.names)]
        if len(fits) > 1:
            raise _Stop(Problem.WHICH_INDICATOR, choices=self._offer(fits))
        if fits:
            return (fits[0],)
        wider = [item for item in self.lexicon.indicators if any(bag < _bag(name) for name in item.names)]
        if wider:
            raise _Stop(Problem.WHICH_INDICATOR, choices=self._offer(wider[:8]))
        unknown = [self._said(span) for span in left]
        alike = sorted(self.lexicon.indicators, key=lambda item: -max(len(bag & _bag(name)) for name in item.names))
        near = [item for item in alike if any(len(bag & _bag(name)) > 1 for name in item.names)][:4]
        raise _Stop(Problem.WORDS if told or near else Problem.NO_INDICATOR, left=_runs(left, self) or unknown, choices=self._offer(near))

    def _bag_of(self, told: Sequence[Span], left: Sequence[Span]) -> frozenset[str]:
        """The words that name the indicator, wherever they stand. One that is written with other marks than in any name is no
        such word."""
        known = _spellings(self.lexicon.indicators)
        named = {self.words[at].fold for span in told for at in range(span.begin, span.end)}
        loose = {
            word.fold if any(word.is_written(key) for key in known.get(word.fold, ())) else f"§{word.text}"
            for span in left
            for word in self.words[span.begin : span.end]
        }
        return frozenset(named | loose) - _IN_NAMES

    def _joined(self, told: Sequence[Span]) -> bool:
        return all(
            any(span.label == "and" and a.end <= span.begin and span.end <= b.begin for span in self.found)
            for a, b in pairwise(told)
        )

    def _one_of(self, span: Span, codes: frozenset[str]) -> str:
        if len(codes) > 1:
            exact = [code for code in codes if _bag(self.lexicon.asked[code].names[0]) == {w.fold for w in self.words[span.begin : span.end]} - _IN_NAMES]
            if len(exact) == 1:
                return exact[0]
            raise _Stop(Problem.WHICH_INDICATOR, choices=self._offer(self.lexicon.asked[code] for code in sorted(codes)))
        return next(iter(codes))

    def _offer(self, items: Iterable[Asked]) -> list[str]:
        """The sentence with each of some indicators instead of the words that were not one."""
        taken = [span for span in self.found if span.label in ("indicator", "?")]
        kept = [span for span in self.found if span.label not in ("indicator", "?", "measure")]
        rest = " ".join(self._said(span) for span in kept if span.label in ("place", "period", "country"))
        if len(taken) == 1:
            return [self._instead(taken[0], f" {_quoted(item)} ").strip() for item in items]
        return [f"{_quoted(item)} của {rest}" if self._all("place", "country") else f"{_quoted(item)} {rest}".strip() for item in items]

    def _measure(self, indicators: Sequence[Asked]) -> None:
        wanted = {span.value for span in self._all("measure")}
        at = {span.begin for span in self.found if span.label in ("indicator", "?")}
        for span in self._all("filler"):
            # "bao nhiêu hồ sơ …" asks for a number of them.
            if self.words[span.end - 1].fold in ("nhieu", "may") and span.end in at:
                wanted.add("count")
        for item in indicators:
            if ("share" in wanted and item.unit != "%") or ("count" in wanted and not item.counts):
                raise _Stop(Problem.MEASURE, left=[item.names[0]])

    def _places(self) -> list[str]:
        told = self._all("place")
        provinces = [item for span in told for item in span.value if isinstance(item, Place) and not item.parent]
        codes: list[str] = []
        swallowed: set[str] = set()
        for number, span in enumerate(told):
            items = list(span.value)
            old = span.end < len(self.words) and any(other.label == "former" and other.begin == span.end for other in self.found)
            if old and any(isinstance(item, Former) for item in items):
                items = [item for item in items if isinstance(item, Former)]
            elif old:
                raise _Stop(Problem.NO_PLACE, left=[self._said(span) + " cũ"])
            communes = [item for item in items if isinstance(item, Place) and item.parent]
            if communes and provinces:
                beside = [other for other in (number + 1, number - 1) if 0 <= other < len(told)]
                for other in beside:
                    parent = told[other].value
                    inside = [item for item in communes if len(parent) == 1 and isinstance(parent[0], Place) and item.parent == parent[0].code]
                    if inside:
                        items, _ = inside, swallowed.add(parent[0].code)
                        break
            if len(items) > 1 and any(isinstance(item, Former) for item in items) and self.words[span.begin].fold == "tinh":
                items = [item for item in items if isinstance(item, Former) or not item.parent]
            if len(items) > 1:
                raise _Stop(Problem.WHICH_PLACE, left=[self._said(span)], choices=[self._instead(span, self._full(item)) for item in items[:12]])
            item = items[0]
            if isinstance(item, Former):
                self.formers.append((item, item.into))
                codes.append(item.into)
            else:
                codes.append(item.code)
        orphans = [span for span in self._all("former") if not any(other.end == span.begin and other.label == "place" for other in self.found)]
        if orphans:
            raise _Stop(Problem.WORDS, left=map(self._said, orphans))
        codes = [code for code in codes if code not in swallowed or codes.count(code) > 1]
        return list(dict.fromkeys(codes))

    def _full(self, item: Place | Former) -> str:
        if isinstance(item, Former):
            return f"{small(item.full_name)} cũ"
        return self.lexicon.where(item.code)

    # - kinds

    def _question(self, indicators: tuple[Asked, ...], places: list[str]) -> Question:
        has = {label: bool(self._all(label)) for label in (
            "why", "forecast", "trend", "position", "order", "noun", "howmany", "limit", "level", "vs", "more", "change", "country",
            "number", "much", "most", "top", "which", "end", "and", "compare",
        )}  # fmt: skip
        order = self._order(has)
        noun = self._noun(has, places)
        limit = self._limit(indicators[0])
        named = [span.value for span in self._all("period")]
        forecast = has["forecast"] or any(item.ahead and item.unit == "week" for item in named)
        wants = [
            kind
            for kind, wanted in (
                (Kind.WHY, has["why"]), (Kind.FORECAST, forecast), (Kind.TREND, has["trend"]), (Kind.POSITION, has["position"]),
                (Kind.RANK, order is not None), (Kind.BEYOND, limit is not None and noun is not None and order is None),
            )
            if wanted
        ]  # fmt: skip
        two_periods = len(named) > 1 or any(item.same for item in named)
        if len(wants) > 1:
            raise _Stop(Problem.MIXED)
        kind = wants[0] if wants else None
        within = places
        if has["country"] and kind in (None, Kind.VALUE) and places and (has["vs"] or has["compare"] or has["and"]):
            places = [*places, ""]
        if kind is None:
            kind = Kind.PERIODS if two_periods or (has["vs"] and len(places) < 2) else Kind.PLACES if len(places) > 1 else Kind.VALUE
        if kind is Kind.PLACES and any(self.words[span.begin].fold == "tong" for span in self._all("measure")):
            raise _Stop(Problem.MIXED, left=map(self._said, self._all("measure")))
        if kind is Kind.PLACES and not (has["vs"] or has["and"] or has["compare"] or self._listed()):
            raise _Stop(Problem.MIXED)
        if two_periods and kind is not Kind.PERIODS:
            raise _Stop(Problem.MIXED)
        if len(indicators) > 1 and kind is not Kind.VALUE:
            raise _Stop(Problem.MIXED)
        self._check_leftover(kind, has, places, noun, limit)
        if has["change"] and kind not in (Kind.PERIODS, Kind.WHY):
            if kind is Kind.VALUE and len(named) <= 1:
                base = named[0].period if named else Period()
                raise _Stop(Problem.WHICH_PERIOD, choices=self._compare_with(base))
            raise _Stop(Problem.MIXED)
        if not places and not has["country"] and kind not in (Kind.RANK, Kind.BEYOND):
            self.assumed.append("country")
        territories = tuple(places) or ("",)
        if len(territories) > (MOST_PLACES if kind is Kind.PLACES else 1):
            raise _Stop(Problem.MIXED)
        codes = tuple(item.code for item in indicators)
        if kind is Kind.PERIODS:
            return Question(kind, codes, territories, self._two_periods(named, indicators))
        if kind is Kind.WHY:
            if any(item.unit not in ("now", "all") for item in named):
                raise _Stop(Problem.WHICH_PERIOD, choices=[f"Vì sao {_quoted(indicators[0])} của {self.lexicon.where(territories[0])} thay đổi"])
            return Question(kind, codes, territories)
        if kind is Kind.FORECAST:
            return self._forecast(indicators, territories, named)
        period = self._one_period(named, indicators, kind)
        if kind is Kind.RANK:
            among = noun or (COMMUNE if within else PROVINCE)
            self._check_among(among, territories[0])
            return Question(kind, codes, territories, (period,), among, order, self._top())
        if kind is Kind.POSITION:
            among = COMMUNE if len(territories[0]) > 2 else PROVINCE
            if not territories[0]:
                raise _Stop(Problem.MIXED)
            return Question(kind, codes, territories, (period,), among)
        if kind is Kind.BEYOND:
            among = noun or (COMMUNE if within else PROVINCE)
            self._check_among(among, territories[0])
            return Question(kind, codes, territories, (period,), among, limit=limit)
        return Question(kind, codes, territories, (period,), limit=limit)

    def _listed(self) -> bool:
        """Whether places stand one after another with commas between them."""
        told = self._all("place")
        return all(
            "," in self.text[self.words[a.end - 1].end : self.words[b.begin].begin] and a.end == b.begin
            for a, b in pairwise(told)
        )

    def _order(self, has: dict[str, bool]) -> Order | None:
        told = {span.value for span in self._all("order")}
        if has["most"]:
            told |= {span.value for span in self._all("much")}
            if not has["much"]:
                raise _Stop(Problem.WORDS, left=map(self._said, self._all("most")))
        if len(told) > 1:
            raise _Stop(Problem.MIXED)
        return next(iter(told), None)

    def _noun(self, has: dict[str, bool], places: Sequence[str]) -> str | None:
        told = {span.value for span in self._all("noun")}
        if len(told) > 1:
            raise _Stop(Problem.MIXED)
        if not told:
            return None
        return next(iter(told)) or (COMMUNE if len(places) == 1 else PROVINCE)

    def _check_leftover(self, kind: Kind, has: dict[str, bool], places: Sequence[str], noun: str | None, limit: Limit | None) -> None:
        """Words of weight that this kind of question has no use for."""
        uses = {
            "noun": kind in (Kind.RANK, Kind.BEYOND, Kind.POSITION) or (kind is Kind.PLACES and has["more"] | has["order"]),
            "howmany": kind is Kind.BEYOND, "number": kind is Kind.RANK, "top": kind is Kind.RANK,
            "more": kind in (Kind.PLACES, Kind.PERIODS), "vs": kind in (Kind.PERIODS, Kind.PLACES), "compare": kind in (Kind.PERIODS, Kind.PLACES),
            "limit": kind in (Kind.BEYOND, Kind.VALUE), "level": kind in (Kind.BEYOND, Kind.VALUE), "much": has["most"],
            "and": kind in (Kind.PLACES, Kind.PERIODS) or len(self._all("indicator")) > 1,
        }  # fmt: skip
        for label, used in uses.items():
            if has[label] and not used:
                raise _Stop(Problem.MIXED, left=map(self._said, self._all(label)))
        if kind is Kind.RANK and not noun:
            raise _Stop(Problem.MIXED, left=map(self._said, self._all("order")))
        if has["which"] and not has["noun"] and any(self.words[span.begin].fold == "nao" for span in self._all("which")):
            raise _Stop(Problem.WORDS, left=map(self._said, self._all("which")))
        decides = (kind is Kind.VALUE and limit is not None) or (kind is Kind.PERIODS and has["change"])
        if has["end"] and not decides:
            raise _Stop(Problem.MIXED, left=map(self._said, self._all("end")))
        if kind is Kind.POSITION and noun and len(places) != 1:
            raise _Stop(Problem.MIXED)

    def _check_among(self, among: str, parent: str) -> None:
        if (among == PROVINCE and parent) or len(parent) > 2:
            raise _Stop(Problem.MIXED)

    def _top(self) -> int:
        told = [span.value for span in self._all("number")]
        if len(told) > 1 or any(number > 50 for number in told):
            raise _Stop(Problem.MIXED)
        return told[0] if told else 1

    def _limit(self, item: Asked) -> Limit | None:
        told = self._all("limit", "level")
        if not told:
            return None
        if len(told) > 1:
            raise _Stop(Problem.MIXED)
        span = told[0]
        if span.label == "limit":
            than, value, unit = span.value
            if unit and unit != item.unit:
                raise _Stop(Problem.MEASURE, left=[item.names[0]])
            return Limit(than, value)
        level, sense = span.value
        if not item.thresholds or (sense == "below" and not item.up) or (sense == "above" and item.up):
            raise _Stop(Problem.WORDS, left=[self._said(span)])
        return Limit(level=level)

    # - time

    def _forecast(self, indicators: Sequence[Asked], territories: tuple[str, ...], named: Sequence[Named]) -> Question:
        if "week" not in indicators[0].every:
            raise _Stop(Problem.NO_FORECAST)
        if any(not (item.ahead and item.unit == "week" and item.step == 1) for item in named):
            raise _Stop(Problem.FUTURE, choices=[f"Dự báo {_quoted(indicators[0])} của {self.lexicon.where(territories[0])} tuần tới"])
        return Question(Kind.FORECAST, tuple(item.code for item in indicators), territories)

    def _one_period(self, named: Sequence[Named], indicators: Sequence[Asked], kind: Kind) -> Period:
        if not named:
            if kind is Kind.TREND:
                self.assumed.append("year")
                present = months(self.today.year, self.today.month, self.today.month)
                period = Period(present.shifted(-11).first, present.last)
                return self._held(period, indicators, Named(period))
            self.assumed.append("all_time")
            return self._held(Period(), indicators, Named(Period()))
        period = self._held(named[0].period, indicators, named[0])
        if kind is Kind.TREND and (period.is_week or len(period.months) < 2):
            raise _Stop(Problem.MIXED)
        return period

    def _held(self, period: Period, indicators: Sequence[Asked], named: Named) -> Period:
        """The period, if the indicators are counted in such ones and it has begun."""
        if named.trouble is Trouble.NO_SUCH:
            raise _Stop(Problem.NO_PERIOD)
        for item in indicators:
            if not item.dated:
                if named.unit in ("today", "now") or (period.is_all and not named.trouble):
                    continue
                raise _Stop(Problem.PRESENT_ONLY, left=[item.names[0]])
            if named.trouble is Trouble.BY_DAY:
                raise _Stop(Problem.BY_DAY, choices=self._periods_instead(("tuần này", "tháng này")))
            needed = "all" if period.is_all else "week" if period.is_week else "month"
            if needed not in item.every:
                raise _Stop(Problem.WHICH_PERIOD, choices=self._periods_instead(("tháng này", "tháng trước")))
        if not period.is_all and period.begins > self.today:
            last_year = [] if named.has_year or period.is_week else [period.shifted(-12).vi()]
            raise _Stop(Problem.WHICH_PERIOD if last_year else Problem.FUTURE, choices=self._periods_instead(last_year))
        return period

    def _periods_instead(self, said: Iterable[str]) -> list[str]:
        told = self._all("period")
        if len(told) > 1:
            return []
        return [self._instead(told[0], item) if told else f"{self.text.rstrip(' ?.')} {item}" for item in said]

    def _compare_with(self, base: Period) -> list[str]:
        sentence = self.text.rstrip(" ?.")
        if base.is_all:
            return [f"{sentence} tháng này so với tháng trước", f"{sentence} quý này so với quý trước"]
        before = [f"{sentence} so với {base.shifted(-len(base.months)).vi()}"] if base.months else []
        return [*before, *([f"{sentence} so với cùng kỳ năm trước"] if base.months else [])]

    def _two_periods(self, named: list[Named], indicators: Sequence[Asked]) -> tuple[Period, Period]:
        told = [item for item in named if not item.same]
        same = [item for item in named if item.same]
        if len(told) + len(same) > 2 or len(same) > 1 or any(item.trouble is Trouble.NO_SUCH for item in named):
            raise _Stop(Problem.NO_PERIOD if any(item.trouble is Trouble.NO_SUCH for item in named) else Problem.MIXED)
        if same:
            return self._same_period(told, same[0], indicators)
        if len(told) == 1:
            (other,) = told
            if other.step is None or not other.step or not self._all("vs"):
                raise _Stop(Problem.WHICH_PERIOD, choices=self._compare_with(other.period))
            present = replace(other, step=0 - other.step)
            base = unit_before(present, other.period)
            return self._held(base, indicators, other), self._held(other.period, indicators, other)
        first, second = told
        if not self._all("vs", "and", "compare"):
            raise _Stop(Problem.MIXED)
        base = self._held(first.period, indicators, first)
        if second.step is not None and second.step < 0 and second.unit != "year" and unit_of(base) == second.unit and self._all("vs"):
            # "so với tháng trước" is told beside the month that was named.
            gap = second.step if second.step > -2 or first.step in (0, None) else second.step - (first.step or 0)
            other = unit_before(replace(second, step=gap), base)
        elif second.step == -1 and second.unit == "year" and unit_of(base) != "year":
            raise _Stop(Problem.WHICH_PERIOD, choices=[self._instead(self._all("period")[1], "cùng kỳ năm trước")])
        else:
            other = second.period
            if not second.has_year and first.has_year and not first.step == 0 and base.months:
                other = other.shifted(12 * (int(base.first[:4]) - int(other.first[:4]))) if other.months else other
            if not first.has_year and second.has_year and second.step is None and second.period.first[:4] != base.first[:4]:
                raise _Stop(Problem.WHICH_PERIOD, choices=self._with_years(first, second))
        if (base.is_week != other.is_week) or base.is_all or other.is_all or len(base.months) != len(other.months):
            raise _Stop(Problem.MIXED)
        if base == other:
            raise _Stop(Problem.WHICH_PERIOD, choices=self._compare_with(base) if len(told) == 1 else ())
        return base, self._held(other, indicators, second)

    def _with_years(self, first: Named, second: Named) -> list[str]:
        span = self._all("period")[0]
        return [
            self._instead(span, first.period.vi()),
            self._instead(span, first.period.shifted(12 * (int(second.period.first[:4]) - int(first.period.first[:4]))).vi()),
        ]

    def _same_period(self, told: Sequence[Named], same: Named, indicators: Sequence[Asked]) -> tuple[Period, Period]:
        if not told:
            raise _Stop(Problem.WHICH_PERIOD, choices=[f"{self.text.rstrip(' ?.')} {item}" for item in ("của tháng này", "của quý này", "của năm nay")])
        base = self._held(told[0].period, indicators, told[0])
        if not base.months:
            raise _Stop(Problem.WHICH_PERIOD, choices=())
        years = 1 if same.year is None else int(base.first[:4]) - same.year
        if years < 1:
            raise _Stop(Problem.WHICH_PERIOD)
        return base, base.shifted(-12 * years)


def _settled(made: list[Span]) -> list[Span]:
    """Where the same words without marks are a place and something else of weight, neither is taken for granted."""
    longest = max((span.end for span in made), default=0)
    top = [span for span in made if span.end == longest]
    weighty = {span.label for span in top} & {"trend", "change", "why", "forecast", "order", "not"}
    places = [span for span in top if span.label == "place"]
    if places and weighty and top[0].label == "place":
        return [Span("unsure", places[0].value, top[0].begin, longest)]
    return made


_PRECEDENCE = {"indicator": 0, "place": 1, "no_place": 2, "limit": 3, "period": 4, "howmany": 4, "end": 4, "level": 4, "which": 4, "much": 6, "filler": 7, "not": 8}
_MEANINGS = {
    "forecast": "dự báo", "why": "vì sao", "trend": "xu hướng", "position": "thứ hạng", "order": "xếp hạng", "noun": "cấp địa bàn",
    "limit": "giới hạn", "level": "ngưỡng", "vs": "so sánh", "compare": "so sánh", "change": "thay đổi", "country": "cả nước",
    "measure": "loại số đo", "more": "so sánh", "number": "số nơi", "howmany": "đếm", "much": "xếp hạng", "most": "xếp hạng",
}  # fmt: skip


def _of_kind(items: Sequence[Place | Former], kinds: Sequence[str]) -> list[Place | Former]:
    if not kinds:
        return list(items)
    if kinds == ("tinh",):
        return [item for item in items if isinstance(item, Former) or not item.parent]
    return [item for item in items if isinstance(item, Place) and item.kind in kinds]


@cache
def _spellings(indicators: tuple[Asked, ...]) -> dict[str, frozenset[str]]:
    """Words of all names by their form without marks."""
    found: dict[str, set[str]] = {}
    for form, key in (pair for item in indicators for name in item.names for pair in _keys(name)):
        found.setdefault(form, set()).add(key)
    return {form: frozenset(written) for form, written in found.items()}


@cache
def _bag(name: str) -> frozenset[str]:
    return frozenset(form for form, _ in _keys(name)) - _IN_NAMES


def _quoted(item: Asked) -> str:
    name = item.names[0]
    return name if name[:2].isupper() else small(name)


def _runs(left: Sequence[Span], reader: _Reader) -> list[str]:
    """Words left over, those that stand together as one."""
    runs: list[list[Span]] = []
    for span in left:
        if runs and runs[-1][-1].end == span.begin:
            runs[-1].append(span)
        else:
            runs.append([span])
    return [reader.text[reader.words[run[0].begin].begin : reader.words[run[-1].end - 1].end] for run in runs]
