"""What can be asked: a question as a structure, the names it may be made of, and how it is said again in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

from lienthong.data.intelligence.domain._periods import Period
from lienthong.kernel.errors import Refusal

MOST_PLACES, MOST_INDICATORS = 10, 3
PROVINCE, COMMUNE = "province", "commune"


class BadQuestion(Refusal):
    code: ClassVar[str] = "intelligence.bad_question"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Câu hỏi có cấu trúc chưa đúng: {problem}."
    en: ClassVar[str] = "The structure of the question is not right: {problem}."


class Kind(StrEnum):
    """What is wanted."""

    VALUE = "value"
    PERIODS = "periods"
    """One place in two periods."""
    PLACES = "places"
    """Places beside each other."""
    RANK = "rank"
    POSITION = "position"
    """Where one place stands among its like."""
    BEYOND = "beyond"
    """Which places are beyond a limit."""
    TREND = "trend"
    FORECAST = "forecast"
    WHY = "why"


class Order(StrEnum):
    """By the number, or by which way is better."""

    HIGHEST = "highest"
    LOWEST = "lowest"
    BEST = "best"
    WORST = "worst"


class Than(StrEnum):
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="

    def holds(self, value: Decimal, limit: Decimal) -> bool:
        return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[self.value]


@dataclass(frozen=True)
class Limit:
    """A number that a value is held against, or one of the indicator's own thresholds (``amber``, ``red``)."""

    than: Than | None = None
    value: Decimal | None = None
    level: str = ""


@dataclass(frozen=True)
class Question:
    """A question that can be computed. Ranks and counts are among the communes or provinces of ``territories[0]``."""

    kind: Kind
    indicators: tuple[str, ...]
    territories: tuple[str, ...] = ("",)
    periods: tuple[Period, ...] = (Period(),)
    among: str = ""
    order: Order | None = None
    top: int = 0
    limit: Limit | None = None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        limit = self.limit
        return {
            "kind": self.kind.value, "indicators": list(self.indicators), "territories": list(self.territories),
            "periods": [{"first": item.first, "last": item.last} for item in self.periods], "among": self.among,
            "order": self.order.value if self.order else "", "top": self.top,
            "limit": None if limit is None else {
                "than": limit.than.value if limit.than else "", "value": None if limit.value is None else str(limit.value),
                "level": limit.level,
            },
        }  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """An indicator as questions know it."""

    code: str
    names: tuple[str, ...]
    """Its name, then what else it is called."""
    unit: str
    up: bool
    """Whether more is better."""
    counts: bool
    """A plain sum; else a quotient."""
    dated: bool
    every: frozenset[str]
    """``all``, ``month``, ``week``."""
    thresholds: bool = True
    english: str = ""


@dataclass(frozen=True)
class Place:
    """A territory as questions know it."""

    code: str
    name: str
    full_name: str
    kind: str
    parent: str = ""


@dataclass(frozen=True)
class Former:
    """A province that is no more, and the one it became part of."""

    name: str
    full_name: str
    into: str
    since: date
    decree: str


@dataclass(frozen=True)
class Lexicon:
    """Everything that may be named. Provinces are all here; communes at least those whose name may be meant."""

    indicators: tuple[Asked, ...]
    places: tuple[Place, ...]
    formers: tuple[Former, ...] = ()
    syllables: frozenset[str] = frozenset()
    """Syllables, without marks, that are no slips of the pen."""
    districts: frozenset[str] = frozenset()
    """Names, without marks, of districts that are no more: a commune of such a name is meant only where it is said."""

    @cached_property
    def asked(self) -> Mapping[str, Asked]:
        return {item.code: item for item in self.indicators}

    @cached_property
    def place(self) -> Mapping[str, Place]:
        return {item.code: item for item in self.places}

    def where(self, code: str) -> str:
        """A place by its full name, with its province's."""
        if not code:
            return "cả nước"
        found = self.place[code]
        return (
            f"{small(found.full_name)}, {small(self.place[found.parent].full_name)}"
            if found.parent
            else small(found.full_name)
        )


def small(full_name: str) -> str:
    """``Tỉnh Nghệ An`` within a sentence."""
    return full_name[:1].lower() + full_name[1:]


# --- a structure given by others --------------------------------------------------------------------------------------


def schema(lexicon: Lexicon, territories: Sequence[str], periods: Sequence[Period]) -> dict[str, Any]:
    """The JSON Schema of questions made of what is declared, for a model to fill in: every part is one of a list."""
    period = {"enum": [{"first": item.first, "last": item.last} for item in periods]}
    return {
        "type": "object", "additionalProperties": False,
        "required": ["kind", "indicators", "territories", "periods", "among", "order", "top", "limit"],
        "properties": {
            "kind": {"enum": [item.value for item in Kind]},
            "indicators": _some({"enum": sorted(lexicon.asked)}, MOST_INDICATORS),
            "territories": _some({"enum": list(territories)}, MOST_PLACES),
            "periods": _some(period, 2),
            "among": {"enum": ["", PROVINCE, COMMUNE]},
            "order": {"enum": ["", *(item.value for item in Order)]},
            "top": {"type": "integer", "minimum": 0, "maximum": 50},
            "limit": {"anyOf": [{"type": "null"}, {
                "type": "object", "additionalProperties": False, "required": ["than", "value", "level"],
                "properties": {
                    "than": {"enum": ["", *(item.value for item in Than)]},
                    "value": {"type": ["string", "null"], "pattern": r"^-?\d{1,12}(\.\d{1,6})?$"},
                    "level": {"enum": ["", "amber", "red"]},
                },
            }]},
        },
    }  # fmt: skip


def _some(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": most, "items": items}


def question_of(document: Mapping[str, Any], lexicon: Lexicon) -> Question:
    """A question from a document that keeps to :func:`schema`, if it makes sense.

    :raises BadQuestion: naming what is wrong.
    """
    try:
        limit = document["limit"]
        question = Question(
            kind=Kind(document["kind"]), indicators=tuple(document["indicators"]),
            territories=tuple(document["territories"]),
            periods=tuple(Period(item["first"], item["last"]) for item in document["periods"]),
            among=document["among"], order=Order(document["order"]) if document["order"] else None,
            top=int(document["top"]),
            limit=None if limit is None else Limit(
                Than(limit["than"]) if limit["than"] else None,
                None if limit["value"] is None else Decimal(limit["value"]), limit["level"],
            ),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise BadQuestion(problem=str(error)[:200]) from error
    if problem := _nonsense(question, lexicon):
        raise BadQuestion(problem=problem)
    return question


def _nonsense(question: Question, lexicon: Lexicon) -> str:
    places, periods, kind = question.territories, question.periods, question.kind
    if not set(question.indicators) <= set(lexicon.asked) or not set(places) <= {"", *lexicon.place}:
        return "chỉ tiêu hoặc địa bàn không có trong danh mục"
    if len(question.indicators) > 1 and kind is not Kind.VALUE:
        return "nhiều chỉ tiêu chỉ hỏi được giá trị"
    if (len(periods) == 2) != (kind is Kind.PERIODS) or (len(places) > 1) != (kind is Kind.PLACES):
        return "số kỳ hoặc số địa bàn không hợp với loại câu hỏi"
    if (kind in (Kind.RANK, Kind.BEYOND, Kind.POSITION)) != bool(question.among):
        return "xếp hạng cần cấp địa bàn, câu hỏi khác thì không"
    if (kind is Kind.RANK) != (question.order is not None and question.top > 0):
        return "xếp hạng cần thứ tự và số nơi"
    limit = question.limit
    whole = limit is None or bool(limit.level) != (limit.than is not None and limit.value is not None)
    if not whole or (kind is Kind.BEYOND and limit is None) or (limit and kind not in (Kind.BEYOND, Kind.VALUE)):
        return "giới hạn chưa rõ"
    return ""


# --- said again -------------------------------------------------------------------------------------------------------

LEVELS = {PROVINCE: ("tỉnh", "provinces"), COMMUNE: ("đơn vị cấp xã", "communes")}
ORDERS = {
    Order.HIGHEST: ("cao nhất", "highest"), Order.LOWEST: ("thấp nhất", "lowest"), Order.BEST: ("tốt nhất", "best"),
    Order.WORST: ("kém nhất", "worst"),
}  # fmt: skip
THANS = {
    Than.BELOW: ("dưới", "below"), Than.AT_MOST: ("không quá", "at most"), Than.ABOVE: ("trên", "above"),
    Than.AT_LEAST: ("ít nhất", "at least"),
}  # fmt: skip


def in_words(question: Question, lexicon: Lexicon) -> str:
    """The question as a sentence that is read as the same question again."""
    name = " và ".join(small_name(lexicon.asked[code].names[0]) for code in question.indicators)
    where, period = lexicon.where(question.territories[0]), _when(question, 0, lexicon)
    among = f"{LEVELS[question.among][0]} của {where}" if question.territories[0] and question.among else "tỉnh"
    if question.among == COMMUNE and not question.territories[0]:
        among = "đơn vị cấp xã cả nước"
    unit = lexicon.asked[question.indicators[0]].unit
    if question.kind is Kind.PERIODS:
        return f"{name} của {where} {period} so với {_when(question, 1, lexicon)}"
    if question.kind is Kind.PLACES:
        return f"So sánh {name} giữa {' và '.join(lexicon.where(code) for code in question.territories)} {period}"
    if question.kind is Kind.RANK:
        return f"{question.top} {among} có {name} {ORDERS[question.order][0]} {period}"
    if question.kind is Kind.POSITION:
        return f"{where} đứng thứ mấy về {name} {period}"
    if question.kind is Kind.BEYOND:
        return f"bao nhiêu {among} có {name} {limit_in_words(question.limit, unit)} {period}"
    if question.kind is Kind.TREND:
        return f"xu hướng {name} của {where} {period}"
    if question.kind is Kind.FORECAST:
        return f"dự báo {name} của {where} tuần tới"
    if question.kind is Kind.WHY:
        return f"vì sao {name} của {where} thay đổi"
    limit = f" có {limit_in_words(question.limit, unit)} {period} không" if question.limit else f" {period}"
    return f"{name} của {where}{limit}"


def small_name(name: str) -> str:
    """A name within a sentence; what is written in capitals stays so."""
    return name if name[:2].isupper() else small(name)


def limit_in_words(limit: Limit, unit: str) -> str:
    if limit.level:
        return "ở mức đỏ" if limit.level == "red" else "chưa đạt ngưỡng"
    number = f"{limit.value.normalize():f}".replace(".", ",")
    return f"{THANS[limit.than][0]} {number}{' %' if unit == '%' else ''}"


def _when(question: Question, number: int, lexicon: Lexicon) -> str:
    period = question.periods[number]
    if period.is_all and not lexicon.asked[question.indicators[0]].dated:
        return "hiện nay"
    return period.vi()
