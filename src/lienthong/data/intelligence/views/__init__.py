"""Pages: insights and effects, questions and their answers."""

from lienthong.data.intelligence.views._ask import answer, ask, judge
from lienthong.data.intelligence.views._insights import decide, effect, effects, insight, insights
from lienthong.data.intelligence.views._models import decide_model, model_version, model_versions

__all__ = [
    "answer",
    "ask",
    "decide",
    "decide_model",
    "effect",
    "effects",
    "insight",
    "insights",
    "judge",
    "model_version",
    "model_versions",
]
