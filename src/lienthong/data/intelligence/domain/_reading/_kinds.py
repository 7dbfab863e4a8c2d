"""Which kind of question the parts of a sentence make, and whether each has its use in it."""

from collections.abc import Sequence
from itertools import pairwise

from lienthong.data.intelligence.domain._periods import Period
from lienthong.data.intelligence.domain._questions import (
    COMMUNE,
    MOST_PLACES,
    PROVINCE,
    Asked,
    Kind,
    Limit,
    Order,
    Place,
    Question,
    small,
)
from lienthong.data.intelligence.domain._reading._cutting import Sentence
from lienthong.data.intelligence.domain._reading._names import check_measure, full, indicators_of, places_of, quoted
from lienthong.data.intelligence.domain._reading._times import compare_with, forecast_of, one_period, two_periods
from lienthong.data.intelligence.domain._reading._told import Problem, Stop
from lienthong.kernel.text import fold


def assemble(sentence: Sentence) -> Question:
    if denied := sentence.all("not"):
        raise Stop(Problem.NEGATION, left=map(sentence.said, denied))
    if gone := sentence.all("district"):
        raise Stop(Problem.DISTRICT, left=map(sentence.said, gone))
    if unsure := sentence.all("unsure"):
        raise Stop(
            Problem.WHICH_PLACE, left=map(sentence.said, unsure),
            choices=[sentence.instead(span, full(sentence, item)) for span in unsure for item in span.value],
        )  # fmt: skip
    for span in sentence.all("no_place"):
        wanted = [item for item in span.value if isinstance(item, Place)]
        raise Stop(
            Problem.NO_PLACE, left=[sentence.said(span)],
            choices=[sentence.instead(span, small(sentence.lexicon.where(item.code))) for item in wanted[:5]],
        )  # fmt: skip
    indicators = indicators_of(sentence)
    check_measure(sentence, indicators)
    places = places_of(sentence)
    return _question(sentence, indicators, places)


def _question(sentence: Sentence, indicators: tuple[Asked, ...], places: list[str]) -> Question:
    has = {label: bool(sentence.all(label)) for label in (
        "why", "forecast", "trend", "position", "order", "noun", "howmany", "limit", "level", "vs", "more", "change", "country",
        "number", "much", "most", "top", "which", "end", "and", "compare", "still", "who",
    )}  # fmt: skip
    order = _order(sentence, has, indicators[0])
    noun = _noun(sentence, has, places)
    limit = _limit(sentence, indicators[0])
    named = [span.value for span in sentence.all("period")]
    forecast = has["forecast"] or any(item.ahead and item.unit == "week" for item in named)
    wants = [
        kind
        for kind, wanted in (
            (Kind.WHY, has["why"]), (Kind.FORECAST, forecast), (Kind.TREND, has["trend"]), (Kind.POSITION, has["position"]),
            (Kind.RANK, order is not None), (Kind.BEYOND, limit is not None and noun is not None and order is None),
        )
        if wanted
    ]  # fmt: skip
    are_two = len(named) > 1 or any(item.same for item in named)
    if len(wants) > 1:
        raise Stop(Problem.MIXED)
    kind = wants[0] if wants else None
    within = places
    if has["country"] and kind in (None, Kind.VALUE) and places and (has["vs"] or has["compare"] or has["and"]):
        places = [*places, ""]
    if kind is None:
        kind = Kind.PLACES if len(places) > 1 else Kind.VALUE
        if are_two or (has["vs"] and len(places) < 2):
            kind = Kind.PERIODS
    if kind is Kind.PLACES and any(sentence.words[span.begin].fold == "tong" for span in sentence.all("measure")):
        raise Stop(Problem.MIXED, left=map(sentence.said, sentence.all("measure")))
    if kind is Kind.PLACES and not (has["vs"] or has["and"] or has["compare"] or _listed(sentence)):
        raise Stop(Problem.MIXED)
    if are_two and kind is not Kind.PERIODS:
        raise Stop(Problem.MIXED)
    if len(indicators) > 1 and kind is not Kind.VALUE:
        raise Stop(Problem.MIXED)
    _check_leftover(sentence, kind, has, places, noun, limit, indicators)
    if has["change"] and kind not in (Kind.PERIODS, Kind.WHY):
        if kind is Kind.VALUE and len(named) <= 1:
            base = named[0].period if named else Period()
            raise Stop(Problem.WHICH_PERIOD, choices=compare_with(sentence, base))
        raise Stop(Problem.MIXED)
    of_the_country = [span for span in sentence.all("order") if sentence.words[span.end - 1].fold == "nuoc"]
    if of_the_country and places:
        raise Stop(Problem.MIXED, left=map(sentence.said, of_the_country))
    if has["country"] and places and "" not in places and not (kind is Kind.POSITION and len(places[0]) == 2):
        raise Stop(Problem.MIXED, left=map(sentence.said, sentence.all("country")))
    if not places and not has["country"] and kind not in (Kind.RANK, Kind.BEYOND):
        sentence.assumed.append("country")
    territories = tuple(places) or ("",)
    if len(territories) > (MOST_PLACES if kind is Kind.PLACES else 1):
        raise Stop(Problem.MIXED)
    codes = tuple(item.code for item in indicators)
    if kind is Kind.PERIODS:
        return Question(kind, codes, territories, two_periods(sentence, named, indicators))
    if kind is Kind.WHY:
        if any(item.unit not in ("now", "all") for item in named):
            raise Stop(
                Problem.WHICH_PERIOD,
                choices=[f"Vì sao {quoted(indicators[0])} của {sentence.lexicon.where(territories[0])} thay đổi"],
            )
        return Question(kind, codes, territories)
    if kind is Kind.FORECAST:
        return forecast_of(sentence, indicators, territories, named)
    period = one_period(sentence, named, indicators, kind)
    if kind is Kind.VALUE and any(fold(sentence.said(span)) == "chi tieu" for span in sentence.all("filler")):
        sentence.assumed.append("measured")
    if kind is Kind.RANK:
        among = noun or (COMMUNE if within else PROVINCE)
        _check_among(sentence, among, territories[0])
        return Question(kind, codes, territories, (period,), among, order, _top(sentence))
    if kind is Kind.POSITION:
        among = COMMUNE if len(territories[0]) > 2 else PROVINCE
        if not territories[0]:
            raise Stop(Problem.MIXED)
        return Question(kind, codes, territories, (period,), among)
    if kind is Kind.BEYOND:
        among = noun or (COMMUNE if within else PROVINCE)
        _check_among(sentence, among, territories[0])
        return Question(kind, codes, territories, (period,), among, limit=limit)
    return Question(kind, codes, territories, (period,), limit=limit)


def _listed(sentence: Sentence) -> bool:
    """Whether places stand one after another with commas between them."""
    told = sentence.all("place")
    return all(
        "," in sentence.text[sentence.words[a.end - 1].end : sentence.words[b.begin].begin] and a.end == b.begin
        for a, b in pairwise(told)
    )


def _order(sentence: Sentence, has: dict[str, bool], item: Asked) -> Order | None:
    told = {span.value for span in sentence.all("order")}
    if has["most"]:
        told |= {span.value for span in sentence.all("much")}
        if not has["much"]:
            raise Stop(Problem.WORDS, left=map(sentence.said, sentence.all("most")))
    if len(told) > 1:
        raise Stop(Problem.MIXED)
    if not told and has["top"] and item.up:
        # "top 3" where more is better: the best are the highest too.
        return Order.BEST
    return next(iter(told), None)


def _noun(sentence: Sentence, has: dict[str, bool], places: Sequence[str]) -> str | None:
    told = {span.value for span in sentence.all("noun")}
    if len(told) > 1:
        raise Stop(Problem.MIXED)
    if not told:
        return None
    return next(iter(told)) or (COMMUNE if len(places) == 1 else PROVINCE)


def _check_leftover(
    sentence: Sentence,
    kind: Kind,
    has: dict[str, bool],
    places: Sequence[str],
    noun: str | None,
    limit: Limit | None,
    indicators: Sequence[Asked],
) -> None:
    """Words of weight that this kind of question has no use for."""
    compares = kind in (Kind.PERIODS, Kind.PLACES)
    # "giữa ba tỉnh A, B, C"
    counted = kind is Kind.PLACES and [span.value for span in sentence.all("number")] == [len(places)]
    uses = {
        "noun": kind in (Kind.RANK, Kind.BEYOND, Kind.POSITION)
        or (kind is Kind.PLACES and has["more"] | has["order"] | counted),
        "howmany": kind is Kind.BEYOND, "number": kind is Kind.RANK or counted, "top": kind is Kind.RANK,
        "more": compares, "vs": compares, "compare": compares, "much": has["most"] or (kind is Kind.PLACES and has["more"]),
        "who": kind is Kind.PLACES,
        "limit": kind in (Kind.BEYOND, Kind.VALUE), "level": kind in (Kind.BEYOND, Kind.VALUE),
        "still": not indicators[0].dated, "and": compares or len(sentence.all("indicator")) > 1,
    }  # fmt: skip
    for label, used in uses.items():
        if has[label] and not used:
            raise Stop(Problem.MIXED, left=map(sentence.said, sentence.all(label)))
    numbers = [
        span for span in sentence.all("order", "much", "more") if sentence.words[span.begin].fold in ("nhieu", "it")
    ]
    if numbers and not indicators[0].counts:
        # "nhiều hồ sơ nhất" asks for a number of them, not for a share.
        raise Stop(Problem.MEASURE, left=[indicators[0].names[0]])
    nouns = {span.begin for span in sentence.all("noun")}
    if kind is Kind.BEYOND and any(span.value == "share" and span.end in nouns for span in sentence.all("measure")):
        # "bao nhiêu phần trăm tỉnh …" asks for a share of places.
        raise Stop(Problem.MIXED, left=map(sentence.said, sentence.all("measure")))
    if kind is Kind.RANK and not noun:
        raise Stop(Problem.MIXED, left=map(sentence.said, sentence.all("order")))
    if (
        has["which"]
        and not has["noun"]
        and any(sentence.words[span.begin].fold == "nao" for span in sentence.all("which"))
    ):
        raise Stop(Problem.WORDS, left=map(sentence.said, sentence.all("which")))
    if kind is Kind.VALUE and limit is not None and not has["end"]:
        raise Stop(Problem.MIXED, left=map(sentence.said, sentence.all("limit", "level")))
    decides = (kind is Kind.VALUE and limit is not None) or (kind is Kind.PERIODS and has["change"])
    decides = decides or (kind is Kind.BEYOND and has["which"])
    if has["end"] and not decides:
        raise Stop(Problem.MIXED, left=map(sentence.said, sentence.all("end")))
    if kind is Kind.POSITION and noun and len(places) != 1:
        raise Stop(Problem.MIXED)


def _check_among(sentence: Sentence, among: str, parent: str) -> None:
    if (among == PROVINCE and parent) or len(parent) > 2:
        raise Stop(Problem.MIXED)


def _top(sentence: Sentence) -> int:
    told = [span.value for span in sentence.all("number")]
    if len(told) > 1 or any(number > 50 for number in told):
        raise Stop(Problem.MIXED)
    return told[0] if told else 1


def _limit(sentence: Sentence, item: Asked) -> Limit | None:
    told = sentence.all("limit", "level")
    if not told:
        return None
    if len(told) > 1:
        raise Stop(Problem.MIXED)
    span = told[0]
    if span.label == "limit":
        than, value, unit = span.value
        if unit and fold(unit) != fold(item.unit):
            raise Stop(Problem.MEASURE, left=[item.names[0]])
        if item.unit == "%" and not unit and value <= 1:
            # "trên 0,9": of one, or per cent?
            raise Stop(Problem.WORDS, left=[sentence.said(span)])
        return Limit(than, value)
    level, sense = span.value
    if not item.thresholds or (sense == "below" and not item.up) or (sense == "above" and item.up):
        raise Stop(Problem.WORDS, left=[sentence.said(span)])
    return Limit(level=level)
