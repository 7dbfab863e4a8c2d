"""Template tags of tasks: what a line of a task's life is called, and where its evidence leads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lienthong.commons.direction.domain import Move
from lienthong.foundation.design.services import say

register = template.Library()
_KINDS = {
    "assigned": ("Giao nhiệm vụ", "Assigned"),
    "measured": ("Đo lại mục tiêu", "Target measured"),
    "reminder": ("Đôn đốc", "Reminder"),
    "extension_asked": ("Đề nghị gia hạn", "More time asked for"),
    "extension_granted": ("Đồng ý gia hạn", "More time granted"),
    "extension_refused": ("Không đồng ý gia hạn", "More time refused"),
    "passed_on": ("Phân giao cho", "Passed on to"),
    "handed_over": ("Chuyển giao do sắp xếp tổ chức, địa giới", "Handed over after a reorganisation"),
    "choose_lead": ("Cơ quan chủ trì đã chia tách, chờ chọn", "The lead agency was split: to be chosen"),
    "escalated": ("Quá hạn, báo lên", "Overdue, escalated to"),
}
_PLACES = {
    "discrepancy": "/quality/discrepancies/{id}",
    "cell": "/indicators/{id}",
    "register": "/registers/{id}",
    "list": "{id}",
    "file": "/tasks/{task}/evidence/{id}",
}


@register.simple_tag
def task_entry(kind: str) -> str:
    """The name of a line."""
    if kind in _KINDS:
        return say(*_KINDS[kind])
    move = Move(kind)
    return say(move.vi, move.en)


@register.simple_tag
def evidence(item: Mapping[str, Any], task: UUID) -> SafeString:
    """One piece of evidence of a task as a link."""
    # A cell is named indicator/territory/period; the page of the number shows all its periods.
    name = "/".join(filter(None, str(item["id"]).split("/")[:2])) if item["kind"] == "cell" else str(item["id"])
    place = _PLACES.get(item["kind"], "").format(id=name, task=task)
    return format_html('<a href="{}">{}</a>', place, item["label"]) if place else format_html("{}", item["label"])
