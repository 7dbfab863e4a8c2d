"""The one entrance to analysis: every use of a model is recorded, every conclusion can be looked up and answered."""

from lienthong.data.intelligence.services._declared import keep_indicators, keep_registers
from lienthong.data.intelligence.services._effects import (
    EFFECT,
    declare_intervention,
    estimate_effect,
    estimate_effects,
)
from lienthong.data.intelligence.services._forecasts import FORECASTING, HORIZON, LEVEL, UNUSUAL, find_unusual, forecast
from lienthong.data.intelligence.services._insights import FALSIFICATION, decide, find_falsified
from lienthong.data.intelligence.services._language import LANGUAGE, QUOTER
from lienthong.data.intelligence.services._models import Inferred, approve_model, infer, register_model, retire_model
from lienthong.data.intelligence.services._passages import forget_others, keep_passages
from lienthong.data.intelligence.services._questions import (
    PURPOSE,
    QUESTIONS,
    VIEW,
    answer_question,
    ask,
    judge_answer,
)
from lienthong.data.intelligence.services._texts import ROUTES, TASKS, judge_route, judge_tasks, propose_tasks, route
from lienthong.data.intelligence.services._watching import CHANGES, DRIFT, find_changed, find_drifting

__all__ = [
    "CHANGES",
    "DRIFT",
    "EFFECT",
    "FALSIFICATION",
    "FORECASTING",
    "HORIZON",
    "LANGUAGE",
    "LEVEL",
    "PURPOSE",
    "QUESTIONS",
    "QUOTER",
    "ROUTES",
    "TASKS",
    "UNUSUAL",
    "VIEW",
    "Inferred",
    "answer_question",
    "approve_model",
    "ask",
    "decide",
    "declare_intervention",
    "estimate_effect",
    "estimate_effects",
    "find_changed",
    "find_drifting",
    "find_falsified",
    "find_unusual",
    "forecast",
    "forget_others",
    "infer",
    "judge_answer",
    "judge_route",
    "judge_tasks",
    "keep_indicators",
    "keep_passages",
    "keep_registers",
    "propose_tasks",
    "register_model",
    "retire_model",
    "route",
]
