"""Declaring frameworks, computing their scores, moving assessments through their life."""

from lienthong.channels.kpis.services._answers import answer
from lienthong.channels.kpis.services._assessments import assess, assess_current
from lienthong.channels.kpis.services._frameworks import declare
from lienthong.channels.kpis.services._live import compute, compute_for, follow_roadmap
from lienthong.channels.kpis.services._reopening import reopen, reopen_period
from lienthong.channels.kpis.services._steps import (
    appeal,
    appraise,
    close_unappealed,
    confirm,
    decide,
    publish,
    self_score,
)

__all__ = [
    "answer",
    "appeal",
    "appraise",
    "assess",
    "assess_current",
    "close_unappealed",
    "compute",
    "compute_for",
    "confirm",
    "decide",
    "declare",
    "follow_roadmap",
    "publish",
    "reopen",
    "reopen_period",
    "self_score",
]
