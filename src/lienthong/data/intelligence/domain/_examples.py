"""Questions to begin with: made of what is declared, so that they are read as they are meant."""

from collections.abc import Collection
from datetime import date

from lienthong.data.intelligence.domain._periods import Period, months
from lienthong.data.intelligence.domain._questions import (
    COMMUNE,
    PROVINCE,
    Asked,
    Kind,
    Lexicon,
    Limit,
    Order,
    Question,
    in_words,
)


def examples(lexicon: Lexicon, *, place: str, today: date, forecast: Collection[str] = ()) -> list[str]:
    """Sentences about a place, one of each kind that is of use there.

    :param forecast: indicators of which there are forecasts of the place.
    """
    this = months(today.year, today.month, today.month)
    quarter = months(today.year, 3 * ((today.month - 1) // 3) + 1, 3 * ((today.month - 1) // 3) + 3)
    before, last, year = this.shifted(-1), quarter.shifted(-3), months(today.year, 1, 12)
    monthly = [item for item in lexicon.indicators if item.dated and "month" in item.every]
    share = _best_known([item for item in monthly if not item.counts])
    count = _best_known([item for item in monthly if item.counts])
    now = _best_known([item for item in lexicon.indicators if not item.dated])
    made: list[Question] = []
    for item in (share, count):
        if item:
            made.append(Question(Kind.VALUE, (item.code,), (place,), (before,)))
            made.append(Question(Kind.PERIODS, (item.code,), (place,), (last, last.shifted(-3))))
            if len(place) <= 2:
                among = COMMUNE if place else PROVINCE
                made.append(Question(Kind.RANK, (item.code,), (place,), (last,), among, Order.HIGHEST, 5))
    if share:
        if len(place) <= 2 and share.thresholds:
            among = COMMUNE if place else PROVINCE
            made.append(Question(Kind.BEYOND, (share.code,), (place,), (before,), among, limit=Limit(level="amber")))
        made.append(Question(Kind.TREND, (share.code,), (place,), (year,)))
    made += [
        Question(Kind.FORECAST, (item.code,), (place,)) for item in (count, share) if item and item.code in forecast
    ][:1]
    if share and len(place) <= 2 and "week" in share.every:
        made.append(Question(Kind.WHY, (share.code,), (place,)))
    if now:
        made.append(Question(Kind.VALUE, (now.code,), (place,), (Period(),)))
    return [sentence(in_words(question, lexicon)) for question in made]


def _best_known(items: list[Asked]) -> Asked | None:
    """What has the most names is asked about the most."""
    return max(items, key=lambda item: len(item.names), default=None)


def sentence(text: str) -> str:
    """Words as a question is written."""
    return f"{text[:1].upper()}{text[1:]}?"
