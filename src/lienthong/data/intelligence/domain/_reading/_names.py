"""Which indicators and places a sentence names."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from lienthong.data.intelligence.domain import _spans as spans
from lienthong.data.intelligence.domain._questions import MOST_INDICATORS, Asked, Former, Place, small, small_name
from lienthong.data.intelligence.domain._reading._cutting import IN_NAMES, Sentence
from lienthong.data.intelligence.domain._reading._told import Problem, Stop
from lienthong.data.intelligence.domain._spans import Span


def indicators_of(sentence: Sentence) -> tuple[Asked, ...]:
    told, left = sentence.all("indicator"), sentence.all("?")
    if told and not left and len(told) > 1 and _joined(sentence, told):
        codes = [_one_of(sentence, span, span.value) for span in told]
        if len(codes) > MOST_INDICATORS:
            raise Stop(Problem.MIXED)
        return tuple(sentence.lexicon.asked[code] for code in dict.fromkeys(codes))
    if len(told) == 1 and not left:
        return (sentence.lexicon.asked[_one_of(sentence, told[0], told[0].value)],)
    bag = _bag_of(sentence, told, left)
    if not bag:
        raise Stop(Problem.NO_INDICATOR, choices=_offer(sentence, sentence.lexicon.indicators[:4]))
    fits = [item for item in sentence.lexicon.indicators if any(_bag(name) == bag for name in item.names)]
    if not fits:
        # "nhận trên 5 hồ sơ": the noun of the limit belongs to the name.
        units = {form for span in sentence.all("limit") for form, _ in spans.keys(span.value[2])}
        whole = bag | units - IN_NAMES
        fits = [
            item for item in sentence.lexicon.indicators if units and any(_bag(name) == whole for name in item.names)
        ]
    if len(fits) > 1:
        raise Stop(Problem.WHICH_INDICATOR, choices=_offer(sentence, fits))
    if fits:
        return (fits[0],)
    wider = [item for item in sentence.lexicon.indicators if any(bag < _bag(name) for name in item.names)]
    if wider:
        raise Stop(Problem.WHICH_INDICATOR, choices=_offer(sentence, wider[:8]))
    alike = sorted(sentence.lexicon.indicators, key=lambda item: -max(len(bag & _bag(name)) for name in item.names))
    near = [item for item in alike if any(len(bag & _bag(name)) > 1 for name in item.names)][:4]
    problem = Problem.WORDS if told or near else Problem.NO_INDICATOR
    raise Stop(problem, left=_runs(sentence, left), choices=_offer(sentence, near))


def _bag_of(sentence: Sentence, told: Sequence[Span], left: Sequence[Span]) -> frozenset[str]:
    """The words that name the indicator, wherever they stand. One that is written with other marks than in any name is no
    such word."""
    known = _spellings(sentence.lexicon.indicators)
    named = {sentence.words[at].fold for span in told for at in range(span.begin, span.end)}
    loose = {
        word.fold if any(word.is_written(key) for key in known.get(word.fold, ())) else f"§{word.text}"
        for span in left
        for word in sentence.words[span.begin : span.end]
    }
    return frozenset(named | loose) - IN_NAMES


def _joined(sentence: Sentence, told: Sequence[Span]) -> bool:
    return all(
        any(span.label == "and" and a.end <= span.begin and span.end <= b.begin for span in sentence.found)
        for a, b in pairwise(told)
    )


def _one_of(sentence: Sentence, span: Span, codes: frozenset[str]) -> str:
    if len(codes) > 1:
        written = {word.fold for word in sentence.words[span.begin : span.end]} - IN_NAMES
        exact = [code for code in codes if _bag(sentence.lexicon.asked[code].names[0]) == written]
        if len(exact) == 1:
            return exact[0]
        either = [sentence.lexicon.asked[code] for code in sorted(codes)]
        raise Stop(Problem.WHICH_INDICATOR, choices=_offer(sentence, either))
    return next(iter(codes))


def _offer(sentence: Sentence, items: Iterable[Asked]) -> list[str]:
    """The sentence with each of some indicators instead of the words that were not one."""
    taken = [span for span in sentence.found if span.label in ("indicator", "?")]
    kept = [span for span in sentence.found if span.label not in ("indicator", "?", "measure")]
    rest = " ".join(sentence.said(span) for span in kept if span.label in ("place", "period", "country"))
    if len(taken) == 1:
        return [sentence.instead(taken[0], f" {quoted(item)} ").strip() for item in items]
    of = "của " if sentence.all("place", "country") else ""
    return [f"{quoted(item)} {of}{rest}".strip() for item in items]


def check_measure(sentence: Sentence, indicators: Sequence[Asked]) -> None:
    wanted = {span.value for span in sentence.all("measure")}
    at = {span.begin for span in sentence.found if span.label in ("indicator", "?")}
    for span in sentence.all("filler"):
        # "bao nhiêu hồ sơ …" asks for a number of them.
        if sentence.words[span.end - 1].fold in ("nhieu", "may") and span.end in at:
            wanted.add("count")
    for item in indicators:
        if ("share" in wanted and item.unit != "%") or ("count" in wanted and not item.counts):
            raise Stop(Problem.MEASURE, left=[item.names[0]])


def places_of(sentence: Sentence) -> list[str]:
    told = sentence.all("place")
    codes: list[str] = []
    swallowed: set[str] = set()
    for number, span in enumerate(told):
        items = list(span.value)
        old = any(other.begin == span.end for other in sentence.all("former"))
        if old and any(isinstance(item, Former) for item in items):
            items = [item for item in items if isinstance(item, Former)]
        elif old:
            raise Stop(Problem.NO_PLACE, left=[sentence.said(span) + " cũ"])
        beside = [told[other].value for other in (number + 1, number - 1) if 0 <= other < len(told)]
        for parent in (value[0] for value in beside if len(value) == 1 and isinstance(value[0], Place)):
            # "phường X, tỉnh Y": the province says which commune is meant.
            inside = [item for item in items if isinstance(item, Place) and item.parent == parent.code]
            if inside:
                items = inside
                swallowed.add(parent.code)
                break
        if (
            len(items) > 1
            and any(isinstance(item, Former) for item in items)
            and sentence.words[span.begin].fold == "tinh"
        ):
            items = [item for item in items if isinstance(item, Former) or not item.parent]
        if len(items) > 1:
            choices = [sentence.instead(span, full(sentence, item)) for item in items[:12]]
            raise Stop(Problem.WHICH_PLACE, left=[sentence.said(span)], choices=choices)
        item = items[0]
        if isinstance(item, Former):
            sentence.formers.append((item, item.into))
            codes.append(item.into)
        else:
            codes.append(item.code)
    ends = {span.end for span in told}
    orphans = [span for span in sentence.all("former") if span.begin not in ends]
    if orphans:
        raise Stop(Problem.WORDS, left=map(sentence.said, orphans))
    codes = [code for code in codes if code not in swallowed or codes.count(code) > 1]
    return list(dict.fromkeys(codes))


def full(sentence: Sentence, item: Place | Former) -> str:
    """A place by its full name, with its province's."""
    if isinstance(item, Former):
        return f"{small(item.full_name)} cũ"
    return sentence.lexicon.where(item.code)


@cache
def _spellings(indicators: tuple[Asked, ...]) -> dict[str, frozenset[str]]:
    """Words of all names by their form without marks."""
    found: dict[str, set[str]] = {}
    for form, key in (pair for item in indicators for name in item.names for pair in spans.keys(name)):
        found.setdefault(form, set()).add(key)
    return {form: frozenset(written) for form, written in found.items()}


@cache
def _bag(name: str) -> frozenset[str]:
    return frozenset(form for form, _ in spans.keys(name)) - IN_NAMES


def quoted(item: Asked) -> str:
    return small_name(item.names[0])


def _runs(sentence: Sentence, left: Sequence[Span]) -> list[str]:
    """Words left over, those that stand together as one."""
    runs: list[list[Span]] = []
    for span in left:
        if runs and runs[-1][-1].end == span.begin:
            runs[-1].append(span)
        else:
            runs.append([span])
    return [sentence.said(Span("?", None, run[0].begin, run[-1].end)) for run in runs]
