"""The notation of the questions' expected meanings: written by hand, without the parser.

``= code place period`` a value (``+`` joins indicators), ``p`` two periods, ``x`` places, ``r`` a ranking (parent, level, order,
how many), ``o`` a position, ``#`` beyond a limit, ``t`` a trend, ``f`` a forecast, ``w`` why; ``?`` asks back, ``!`` is refused,
``-`` is not allowed. ``-`` as a place is the country.
"""

from decimal import Decimal

from lienthong.data.intelligence import domain

CODES = {
    "ontime": "dossiers-on-time", "received": "dossiers-received", "ended": "dossiers-ended", "ratio": "handling-ratio",
    "online": "online-share", "paid": "paid-online", "digit": "digitised", "eres": "electronic-results", "suppl": "supplemented",
    "reused": "papers-reused", "satis": "satisfaction", "topen": "tasks-open", "tover": "tasks-overdue",
    "tontime": "tasks-on-time", "tmet": "targets-met", "dqi": "dqi", "dqbad": "dq-disagreements",
}  # fmt: skip
ORDERS = {
    "max": domain.Order.HIGHEST,
    "min": domain.Order.LOWEST,
    "best": domain.Order.BEST,
    "worst": domain.Order.WORST,
}


def period(text: str) -> domain.Period:
    if text in ("all", "now"):
        return domain.Period()
    if text.startswith("W"):
        return domain.Period(f"2026-{text}", f"2026-{text}")
    first, _, last = text.partition("..")
    return domain.Period(first, last or first)


def limit(text: str) -> domain.Limit:
    if text in ("amber", "red"):
        return domain.Limit(level=text)
    than = text.rstrip("0123456789.")
    return domain.Limit(domain.Than(than), Decimal(text[len(than) :]))


def expected_question(notation: str) -> domain.Question | None:
    """The question that is meant; none where it is not to be answered."""
    sign, *parts = notation.split()
    if sign in "?!-":
        return None
    codes = tuple(CODES[code] for code in parts[0].split("+"))
    places = tuple("" if place == "-" else place for place in parts[1].split(","))
    kind = {
        "=": domain.QuestionKind.VALUE, "p": domain.QuestionKind.PERIODS, "x": domain.QuestionKind.PLACES,
        "r": domain.QuestionKind.RANK, "o": domain.QuestionKind.POSITION, "#": domain.QuestionKind.BEYOND,
        "t": domain.QuestionKind.TREND, "f": domain.QuestionKind.FORECAST, "w": domain.QuestionKind.WHY,
    }[sign]  # fmt: skip
    if sign == "r":
        among, order, top, when = parts[2:]
        return domain.Question(kind, codes, places, (period(when),), among, ORDERS[order], int(top))
    if sign == "o":
        return domain.Question(kind, codes, places, (period(parts[3]),), parts[2])
    if sign == "#":
        return domain.Question(kind, codes, places, (period(parts[4]),), parts[2], limit=limit(parts[3]))
    if sign in "fw":
        return domain.Question(kind, codes, places)
    return domain.Question(
        kind,
        codes,
        places,
        tuple(period(item) for item in parts[2:4]),
        limit=limit(parts[4]) if len(parts) > 4 else None,
    )
