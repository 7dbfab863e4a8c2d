"""Template tags of insights and effects: words for states and verdicts, the chart of what was and what would have been."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lienthong.data.intelligence.domain import InsightState, ModelState, Outcome, PassageKind, Quote, Verdict, pieces
from lienthong.foundation.design.services import day, moment, number, say

register = template.Library()
STATES = {
    InsightState.PROPOSED: ("chờ xem", "to be looked at", "warn"),
    InsightState.CONFIRMED: ("đã xác nhận", "confirmed", "bad"),
    InsightState.REFUSED: ("không đúng", "not so", "info"),
    InsightState.ACTED_ON: ("đã xử lý", "acted on", "info"),
    InsightState.MEASURED: ("đã đo kết quả", "measured", "good"),
}
VERDICTS = {
    Verdict.EFFECT: ("có tác động", "an effect", "info"),
    Verdict.NONE_SEEN: ("chưa thấy tác động", "no effect seen", "warn"),
    Verdict.CANNOT_SAY: ("chưa nói được", "cannot say", "neutral"),
}


@register.simple_tag
def state_word(state: InsightState) -> str:
    return say(*STATES[state][:2])


@register.filter
def state_tone(state: InsightState) -> str:
    return STATES[state][2]


@register.simple_tag
def verdict_word(verdict: Verdict) -> str:
    return say(*VERDICTS[verdict][:2])


@register.filter
def verdict_tone(verdict: Verdict) -> str:
    return VERDICTS[verdict][2]


@register.filter
def share(value: float) -> str:
    """A share of one, in per cent; certain is never said."""
    return f"{number(min(value, 0.999) * 100, 1)} %"


@register.simple_tag
def effect_chart(
    details: Mapping[str, Any], start: date, digits: int, width: int = 720, height: int = 260
) -> SafeString | str:
    """What was (full line) and what would have been (dashed), by week, with the moment of the start; its table stands below."""
    weeks = [date.fromisoformat(week) for week in details.get("weeks", ())]
    lines = [details.get(name, ()) for name in ("actual", "counterfactual")]
    known = [value for line in lines for value in line if value is not None]
    if len(weeks) < 2 or not known:
        return ""
    low, high = min(known), max(known)
    rise, left, right, top, bottom = (high - low) or 1.0, 44, 12, 12, 28

    def x(number_of_week: float) -> float:
        return left + number_of_week / (len(weeks) - 1) * (width - left - right)

    def y(value: float) -> float:
        return height - bottom - (value - low) / rise * (height - top - bottom)

    def points(line: Sequence[float | None]) -> str:
        return " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in enumerate(line) if value is not None)

    begun = x(sum(week < start for week in weeks) - 0.5)
    label = say(
        "Đường liền: số đo thật; đường đứt: ước lượng nếu không có can thiệp; vạch đứng: ngày bắt đầu {a}",
        "Full line: what was measured; dashed: what would have been without it; upright: the start on {a}", a=day(start),
    )  # fmt: skip
    marks = format_html_join(
        "", '<text x="{}" y="{}" class="mark" text-anchor="end">{}</text>',
        [(left - 6, f"{y(value) + 4:.1f}", number(value, digits)) for value in (low, high)],
    )  # fmt: skip
    ends = format_html_join(
        "", '<text x="{}" y="{}" class="mark" text-anchor="{}">{}</text>',
        [(f"{x(0):.1f}", height - 8, "start", day(weeks[0])), (f"{x(len(weeks) - 1):.1f}", height - 8, "end", day(weeks[-1]))],
    )  # fmt: skip
    return format_html(
        '<figure class="effect-chart"><svg viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<line class="start" x1="{}" x2="{}" y1="{}" y2="{}"/><polyline class="without" points="{}"/>'
        '<polyline class="actual" points="{}"/>{}{}</svg><figcaption class="quiet">{}</figcaption></figure>',
        str(width), str(height), label, f"{begun:.1f}", f"{begun:.1f}", str(top), str(height - bottom), points(lines[1]),
        points(lines[0]), marks, ends, label,
    )  # fmt: skip


OUTCOMES = {
    Outcome.ANSWERED: ("đã trả lời", "answered", "good"),
    Outcome.QUOTED: ("trích nguyên văn", "quoted", "good"),
    Outcome.CHOOSE: ("cần chọn", "choose first", "warn"),
    Outcome.REFUSED: ("không trả lời", "not answered", "neutral"),
    Outcome.FORBIDDEN: ("không được hiển thị", "not for you to see", "bad"),
}


MODEL_STATES = {
    ModelState.REGISTERED: ("chờ phê duyệt", "waits for approval", "warn"),
    ModelState.APPROVED: ("đang dùng", "in use", "good"),
    ModelState.RETIRED: ("ngừng dùng", "retired", "neutral"),
}
RISKS = {
    "minimal": ("rủi ro thấp", "minimal risk"),
    "limited": ("rủi ro trung bình", "limited risk"),
    "high": ("rủi ro cao", "high risk"),
}
ACTS = {
    "data.intelligence.register_model": ("đăng ký", "registered"), "data.intelligence.approve_model": ("phê duyệt", "approved"),
    "data.intelligence.retire_model": ("ngừng dùng", "retired"), "data.intelligence.evaluate_model": ("đánh giá", "evaluated"),
}  # fmt: skip


@register.simple_tag
def model_state_word(state: ModelState) -> str:
    return say(*MODEL_STATES[state][:2])


@register.filter
def model_state_tone(state: ModelState) -> str:
    return MODEL_STATES[state][2]


@register.simple_tag
def risk_word(risk: str) -> str:
    return say(*RISKS.get(risk, (risk, risk)))


@register.simple_tag
def model_act(action: str) -> str:
    """What was done to a version of a model."""
    return say(*ACTS.get(action, (action, action)))


@register.simple_tag
def outcome_word(outcome: Outcome) -> str:
    return say(*OUTCOMES[outcome][:2])


@register.filter
def outcome_tone(outcome: Outcome) -> str:
    return OUTCOMES[outcome][2]


PASSAGES = {
    PassageKind.INDICATOR: ("Định nghĩa chỉ tiêu", "Definition of an indicator"),
    PassageKind.CRITERION: ("Tiêu chí đánh giá", "Criterion"),
    PassageKind.DIRECTIVE: ("Chỉ đạo", "Directive"),
    PassageKind.TASK: ("Nhiệm vụ", "Task"),
    PassageKind.ANSWER: ("Trả lời công khai", "Public answer"),
    PassageKind.REGISTER: ("Cơ sở dữ liệu", "Register"),
    PassageKind.PROCEDURE: ("Thủ tục hành chính", "Procedure"),
}


@register.simple_tag
def passage_word(kind: PassageKind) -> str:
    return say(*PASSAGES[kind])


@register.filter
def quoted(quote: Quote) -> SafeString:
    """The passage word for word: the words that were asked are marked, the part that counts stands out."""
    shown = {
        (False, False): "{}", (True, False): "<mark>{}</mark>", (False, True): "<strong>{}</strong>",
        (True, True): "<strong><mark>{}</mark></strong>",
    }  # fmt: skip
    return format_html_join(
        "", "{}", [(format_html(shown[asked, part], words),) for words, asked, part in pieces(quote)]
    )


@register.filter
def plain(value: float) -> str:
    """A sum without needless decimals."""
    return number(value, 0 if value == int(value) else 2)


@register.filter
def bare(value: float) -> str:
    """For attributes: a point as the decimal sign, whatever the language."""
    return str(value)


@register.filter
def instant(text: str) -> str:
    """A moment that was kept as text."""
    return moment(datetime.fromisoformat(text))


@register.filter
def pretty(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


@register.simple_tag
def answer_chart(figures: Sequence[Mapping[str, Any]], width: int = 480, height: int = 200) -> SafeString | str:
    """Numbers one after another as a line with its ends, highest and lowest written on it, in the band of what is likely where
    they are forecasts; their table stands below."""
    known = [(place, item) for place, item in enumerate(figures) if item["value"] is not None]
    if len(known) < 2:
        return ""
    heights = [item[name] for _, item in known for name in ("value", "low", "high") if item[name] is not None]
    low, high = min(heights), max(heights)
    rise, left, right, top, bottom = (high - low) or 1.0, 56, 16, 16, 32

    def at(place: int, value: float) -> str:
        x = left + place / (len(figures) - 1) * (width - left - right)
        return f"{x:.1f},{height - bottom - (value - low) / rise * (height - top - bottom):.1f}"

    digits = known[0][1]["digits"]
    names = [say(item["vi"], item["en"]) for _, item in known]
    label = say(
        "Từ {a} ({b}) đến {c} ({d})", "From {a} ({b}) to {c} ({d})", a=number(known[0][1]["value"], digits), b=names[0],
        c=number(known[-1][1]["value"], digits), d=names[-1],
    )  # fmt: skip
    banded = [(place, item) for place, item in known if item["low"] is not None]
    upper = [at(place, item["high"]) for place, item in banded]
    lower = [at(place, item["low"]) for place, item in reversed(banded)]
    points = [at(place, item["value"]) for place, item in known]
    marks = format_html_join(
        "", '<text x="{}" y="{}" class="mark" text-anchor="end">{}</text>',
        [(left - 8, f"{float(at(0, value).split(',')[1]) + 4:.1f}", number(value, digits)) for value in (low, high)],
    )  # fmt: skip
    dots = format_html_join("", '<circle cx="{}" cy="{}" r="3.5"/>', [point.split(",") for point in points])
    ends = format_html_join(
        "", '<text x="{}" y="{}" class="mark" text-anchor="{}">{}</text>',
        [(left, height - 8, "start", names[0]), (width - right, height - 8, "end", names[-1])],
    )  # fmt: skip
    return format_html(
        '<figure class="trend"><svg viewBox="0 0 {} {}" role="img" aria-label="{}"><polygon class="band" points="{}"/>'
        '<path d="M{}"/>{}{}{}</svg></figure>',
        str(width), str(height), label, " ".join(upper + lower), "L".join(points), dots, marks, ends,
    )  # fmt: skip
