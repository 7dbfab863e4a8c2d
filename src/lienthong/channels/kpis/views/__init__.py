"""Results on screen: of the moment, of periods, their life, and in public."""

from lienthong.channels.kpis.views._life import (
    answer,
    appeal,
    appraise,
    assessment,
    confirm,
    decide,
    publish,
    publish_one,
    reopen,
    reopen_period,
    self_score,
)
from lienthong.channels.kpis.views._public import public_results, public_unit
from lienthong.channels.kpis.views._results import criterion, tree

__all__ = [
    "answer",
    "appeal",
    "appraise",
    "assessment",
    "confirm",
    "criterion",
    "decide",
    "public_results",
    "public_unit",
    "publish",
    "publish_one",
    "reopen",
    "reopen_period",
    "self_score",
    "tree",
]
