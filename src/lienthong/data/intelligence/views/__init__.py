"""Pages: insights and effects, questions and their answers."""

from lienthong.data.intelligence.views._ask import answer, ask, judge
from lienthong.data.intelligence.views._insights import decide, effect, effects, insight, insights

__all__ = ["answer", "ask", "decide", "effect", "effects", "insight", "insights", "judge"]
