"""What a framework of KPIs is, how a score comes about, and what becomes of it."""

from lienthong.channels.kpis.domain._framework import (
    HUNDRED,
    BadFramework,
    Criterion,
    Framework,
    Nothing,
    VersionTaken,
)
from lienthong.channels.kpis.domain._periods import BadPeriod, Every, Span
from lienthong.channels.kpis.domain._scoring import (
    Figure,
    Known,
    Result,
    Scale,
    Sums,
    assess,
    compute,
    figure,
    grade,
    rounded,
    score,
)

__all__ = [
    "HUNDRED", "BadFramework", "BadPeriod", "Criterion", "Every", "Figure", "Framework", "Known", "Nothing", "Result", "Scale",
    "Span", "Sums", "VersionTaken", "assess", "compute", "figure", "grade", "rounded", "score",
]  # fmt: skip
