"""What numbers of government say: what to expect, what is unusual, what moved a figure, what a directive changed.

Pure functions over numpy arrays (series × time, NaN = not known); nothing here reads a clock, a file or a table.
"""

from lienthong.data.intelligence.domain._changes import Anomalies, Changes, Kind, find_anomalies, find_changes
from lienthong.data.intelligence.domain._drift import (
    Drift,
    Population,
    Stability,
    cusum_limit,
    find_drift,
    population_stability,
)
from lienthong.data.intelligence.domain._drivers import (
    Driver,
    Drivers,
    Effects,
    Figure,
    decompose,
    find_drivers,
    scaled,
)
from lienthong.data.intelligence.domain._effects import Effect, Reason, UnitEffect, Verdict, estimate_effect
from lienthong.data.intelligence.domain._expected import LEAST_WEEKS, expected
from lienthong.data.intelligence.domain._falsification import Falsification, Finding, Signs, find_falsification
from lienthong.data.intelligence.domain._forecast import MODELS, Backtest, Forecast, forecast, one_step_errors
from lienthong.data.intelligence.domain._hierarchy import Reconciled, reconcile
from lienthong.data.intelligence.domain._models import Measure
from lienthong.data.intelligence.domain._periods import Named, Period
from lienthong.data.intelligence.domain._questions import (
    COMMUNE,
    PROVINCE,
    Asked,
    BadQuestion,
    Former,
    Lexicon,
    Limit,
    Order,
    Place,
    Question,
    Than,
    in_words,
    question_of,
    schema,
    small,
    small_name,
)
from lienthong.data.intelligence.domain._questions import Kind as QuestionKind
from lienthong.data.intelligence.domain._reading import Problem, Reading, read_question
from lienthong.data.intelligence.domain._records import (
    NEXT,
    BadIntervention,
    BadStep,
    Card,
    Expectation,
    Insight,
    InsightState,
    Intervention,
    ModelState,
    NoModel,
    Office,
)
from lienthong.data.intelligence.domain._refusals import BadOption, OutOfBounds, TooShort, WrongShape
from lienthong.data.intelligence.domain._sentences import Subject, unusual_sentences
from lienthong.data.intelligence.domain._spans import NICKNAMES, words_of

__all__ = [
    "COMMUNE",
    "LEAST_WEEKS",
    "MODELS",
    "NEXT",
    "NICKNAMES",
    "PROVINCE",
    "Anomalies",
    "Asked",
    "Backtest",
    "BadIntervention",
    "BadOption",
    "BadQuestion",
    "BadStep",
    "Card",
    "Changes",
    "Drift",
    "Driver",
    "Drivers",
    "Effect",
    "Effects",
    "Expectation",
    "Falsification",
    "Figure",
    "Finding",
    "Forecast",
    "Former",
    "Insight",
    "InsightState",
    "Intervention",
    "Kind",
    "Lexicon",
    "Limit",
    "Measure",
    "ModelState",
    "Named",
    "NoModel",
    "Office",
    "Order",
    "OutOfBounds",
    "Period",
    "Place",
    "Population",
    "Problem",
    "Question",
    "QuestionKind",
    "Reading",
    "Reason",
    "Reconciled",
    "Signs",
    "Stability",
    "Subject",
    "Than",
    "TooShort",
    "UnitEffect",
    "Verdict",
    "WrongShape",
    "cusum_limit",
    "decompose",
    "estimate_effect",
    "expected",
    "find_anomalies",
    "find_changes",
    "find_drift",
    "find_drivers",
    "find_falsification",
    "forecast",
    "in_words",
    "one_step_errors",
    "population_stability",
    "question_of",
    "read_question",
    "reconcile",
    "scaled",
    "schema",
    "small",
    "small_name",
    "unusual_sentences",
    "words_of",
]
