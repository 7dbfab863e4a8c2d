"""Reading directives and tasks."""

from lienthong.commons.direction.queries._effects import Prospect, effect, effects, outcomes, precedents, prospects
from lienthong.commons.direction.queries._statistics import statistics
from lienthong.commons.direction.queries._tasks import (
    Line,
    Place,
    directive,
    directive_of_signal,
    directives,
    life,
    locked_task,
    may_move,
    measured,
    number,
    of_indicator,
    readable_agencies,
    require_move,
    require_over,
    require_readable,
    target,
    task,
    tasks,
    worklist,
)

__all__ = [
    "Line", "Place", "Prospect", "directive", "directive_of_signal", "directives", "effect", "effects", "life",
    "locked_task", "may_move", "measured", "number", "of_indicator", "outcomes", "precedents", "prospects",
    "readable_agencies", "require_move", "require_over", "require_readable", "statistics", "target", "task", "tasks",
    "worklist",
]  # fmt: skip
