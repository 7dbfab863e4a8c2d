"""Frameworks for tests of others and our own."""

from collections.abc import Collection
from typing import Any


def small(**more: Any) -> dict[str, Any]:
    """A framework of one computed leaf and one scored from evidence."""
    return {
        "code": "small", "version": "1", "name": {"vi": "Thử", "en": "Small"}, "basis": "thử", "every": ["month", "quarter"],
        "total": 10, "units": ["country", "province", "commune", "ministry"], "appeal_days": 5, "answer_days": 10,
        "criteria": [
            {"code": "online", "max": 6, "name": {"vi": "Trực tuyến", "en": "Online"}, "indicator": "online-share", "full_at": 80,
             "unit": "%", "nothing": "zero", "formula": {"vi": "Nộp trực tuyến ÷ tiếp nhận", "en": "Online ÷ received"}},
            {"code": "plan", "max": 4, "name": {"vi": "Kế hoạch", "en": "A plan"}, "evidence": True},
        ],
    } | more  # fmt: skip


def all_open(_units: Collection[str]) -> set[str]:
    """Of units those that are shut to a reader who may see rows everywhere."""
    return set()
