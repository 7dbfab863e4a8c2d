"""What was understood of a sentence, or why nothing was."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from lienthong.data.intelligence.domain._questions import Former, Lexicon, Question


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


class Stop(Exception):
    """Reading ends here: why, with the words that found no place and sentences that would do."""

    def __init__(self, problem: Problem, *, left: Iterable[str] = (), choices: Iterable[str] = ()) -> None:
        self.problem, self.left, self.choices = problem, tuple(left), tuple(dict.fromkeys(choices))
        super().__init__(problem)
