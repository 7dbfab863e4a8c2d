"""A question cut into words, and the words that questions are made of beside names: what each may stand for."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lienthong.data.intelligence.domain._periods import ACCEPTED
from lienthong.data.intelligence.domain._questions import COMMUNE, PROVINCE, Order, Than
from lienthong.kernel.text import fold, spelling_key

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*(?:/\d+){0,2}|%|[<>≤≥]=?")
_ALIKE = {"ti": "ty", "qui": "quy", "ki": "ky", "li": "ly"}
"""Two ways to write the same vowel."""
_SURE = frozenset({"so"})
"""Words whose meaning turns with a mark: in a sentence that has marks, "so" is not "số"."""


@dataclass(frozen=True)
class Word:
    """One word of a question, and where it stands in it."""

    text: str
    fold: str
    key: str
    begin: int
    end: int
    sure: bool = False
    """Among words with marks, one that has none of its own."""

    @property
    def plain(self) -> bool:
        """Written without marks: it may be any word of that form."""
        return self.key == self.fold and not self.sure

    def is_written(self, key: str) -> bool:
        return self.plain or self.key == key


@dataclass(frozen=True)
class Span:
    """Words that stand for one thing."""

    label: str
    value: Any
    begin: int
    end: int
    """Positions of its first word and of the one after its last."""


def words_of(text: str) -> list[Word]:
    """The words of a text; punctuation between them is left out."""
    text = unicodedata.normalize("NFC", text)
    marked = not text.isascii()
    return [
        Word(word, folded(word), key_of(word), found.start(), found.end(), marked and word.lower() in _SURE)
        for found in _WORD.finditer(text)
        for word in [found.group()]
    ]


def folded(word: str) -> str:
    plain = fold(word)
    return _ALIKE.get(plain, plain)


def key_of(word: str) -> str:
    """Its spelling with marks, however they are placed; the plain form of a word without marks is its key too."""
    key = spelling_key(word.lower())
    return _ALIKE.get(key, key)


@cache
def keys(phrase: str) -> tuple[tuple[str, str], ...]:
    """The words of a phrase as (form without marks, spelling)."""
    return tuple((word.fold, word.key) for word in words_of(phrase))


_GRAMMAR: dict[str, dict[Any, str]] = {
    "filler": {None: (
        "của|tại|ở|là|thì|được|đạt|đang|hãy|xin|vui lòng|cho biết|cho tôi biết|cho xem|cho hỏi|hỏi|tôi muốn biết"
        "|muốn biết|tôi muốn xem|xem|tôi cần biết|cần biết|lãnh đạo cần biết|bộ trưởng cần biết|thủ tướng cần biết"
        "|chủ tịch cần biết|ạ|nhé|nhỉ|thế nào|như thế nào|ra sao|tình hình|có|các|những|trong|trên địa bàn|địa bàn|về"
        "|hiện có|chiếm|bao nhiêu|là bao nhiêu|mấy|mức|chỉ tiêu|chỉ số|kết quả thực hiện|số liệu|báo cáo|thống kê"
        "|cụ thể|thực hiện được|đã|theo số liệu|tổng cộng|rồi|giúp|với ạ|anh chị|anh chị ơi|em hỏi|anh ơi|chị ơi"
        "|đồng chí|gửi|kính gửi|kính|liệt kê|danh sách|nêu|kể tên|lúc|riêng|vậy|à|đến đâu|đến mức nào|toàn|ước|con số"
        "|kỳ|giai đoạn|đề nghị|đề nghị hệ thống|hệ thống|cho em hỏi|cho em biết|xíu|chút|một chút|dạ|vừa rồi|vừa qua|hồi|bn"
        "|em|mình|giúp mình|giúp em|giúp tôi|cảm ơn|xin cảm ơn|cám ơn|xin cám ơn|trân trọng|trân trọng cảm ơn"
    )},
    "measure": {
        "share": "tỷ lệ|tỉ lệ|phần trăm|tỷ lệ phần trăm|%|bao nhiêu %|bao nhiêu phần trăm|mấy phần trăm|mấy %",
        "count": "số|số lượng|tổng số|lượng|số lượt",
    },
    "noun": {
        PROVINCE: "tỉnh|tỉnh thành|tỉnh thành phố|tỉnh hay thành phố|tỉnh hoặc thành phố|địa phương cấp tỉnh|đơn vị cấp tỉnh",
        COMMUNE: "xã|xã phường|phường xã|xã phường đặc khu|đơn vị cấp xã|địa phương cấp xã|xã hay phường",
        "": "địa phương|nơi|chỗ|bên",
    },
    "which": {None: "nào|các|những|mọi|tất cả các|toàn bộ các|danh sách các"},
    "howmany": {None: "bao nhiêu|bn|mấy|có bao nhiêu|có mấy|số lượng|số"},
    "who": {None: "ai"},
    "order": {
        Order.HIGHEST: "cao nhất|lớn nhất|nhiều nhất|cao nhất nước|lớn nhất nước|nhiều nhất nước",
        Order.LOWEST: "thấp nhất|nhỏ nhất|ít nhất|thấp nhất nước|nhỏ nhất nước|ít nhất nước",
        Order.BEST: "tốt nhất|đứng nhất|xếp nhất|xếp đầu|đứng đầu|dẫn đầu|đầu bảng|khá nhất",
        Order.WORST: "kém nhất|tệ nhất|xấu nhất|đứng cuối|xếp cuối|xếp chót|đội sổ|cuối bảng|bét nhất|yếu nhất|đứng chót",
    },
    "much": {Order.HIGHEST: "nhiều|cao|lớn", Order.LOWEST: "ít|thấp|nhỏ"},
    "most": {None: "nhất"},
    "top": {None: "top|tốp"},
    "more": {
        None: (
            "cao hơn|thấp hơn|nhiều hơn|ít hơn|tốt hơn|kém hơn|lớn hơn|nhỏ hơn|hơn|hơn kém|hơn kém nhau|chênh lệch"
            "|chênh nhau"
        ),
    },
    "than": {
        Than.BELOW: "dưới|thấp hơn|ít hơn|nhỏ hơn|kém hơn|chưa đạt|không đạt|chưa đến|chưa tới|chưa được|dưới mức|<",
        Than.ABOVE: "trên|cao hơn|nhiều hơn|lớn hơn|hơn|vượt|quá|vượt quá|đạt trên|đạt hơn|vượt mức|trên mức|>",
        Than.AT_LEAST: "ít nhất|tối thiểu|từ|đạt|đạt từ|đạt ít nhất|đạt tối thiểu|không dưới|không thấp hơn|>=|≥|đạt mức",
        Than.AT_MOST: "nhiều nhất|không quá|tối đa|không vượt quá|không trên|<=|≤",
    },
    "onward": {Than.AT_LEAST: "trở lên", Than.AT_MOST: "trở xuống"},
    "level": {
        ("amber", "fail"): "chưa đạt ngưỡng|không đạt ngưỡng|chưa đạt chuẩn|ngoài ngưỡng",
        ("amber", "below"): "dưới ngưỡng|thấp hơn ngưỡng",
        ("amber", "above"): "vượt ngưỡng|quá ngưỡng|trên ngưỡng|cao hơn ngưỡng",
        ("red", "fail"): "mức đỏ|ở mức đỏ|ngưỡng đỏ|chưa đạt ngưỡng đỏ|báo động đỏ|màu đỏ|bị đỏ|ở ngưỡng đỏ|trong vùng đỏ",
    },
    "vs": {None: "so với|so sánh với|đối chiếu với|vs"},
    "compare": {None: "so sánh|giữa|đối chiếu|compare"},
    "and": {None: "và|với|cùng với|hay|hoặc"},
    "change": {
        0: (
            "thay đổi|thay đổi thế nào|biến động|tăng hay giảm|tăng giảm|tăng giảm thế nào|tăng giảm ra sao"
            "|tăng hoặc giảm|tăng bao nhiêu hay giảm bao nhiêu|có thay đổi"
        ),
        1: "tăng|lại tăng|tăng lên|cải thiện|tăng bao nhiêu|tăng mạnh",
        -1: "giảm|lại giảm|giảm xuống|sụt|sụt giảm|giảm bao nhiêu|giảm mạnh|tụt|đi xuống",
    },
    "trend": {
        None: (
            "xu hướng|diễn biến|theo tháng|theo từng tháng|từng tháng|qua các tháng|các tháng|hằng tháng|hàng tháng"
            "|biểu đồ|qua từng tháng|biến động theo tháng"
        ),
    },
    "forecast": {None: "dự báo|dự kiến|dự đoán|ước tính|sẽ"},
    "why": {
        None: (
            "vì sao|tại sao|do đâu|vì đâu|nguyên nhân|lý do|nguyên nhân vì sao|nguyên nhân nào khiến|lý do vì sao"
            "|nguyên nhân làm|do nguyên nhân nào|điều gì làm"
        ),
    },
    "position": {
        None: (
            "thứ mấy|đứng thứ mấy|xếp thứ mấy|xếp hạng mấy|đứng thứ bao nhiêu|xếp thứ bao nhiêu|xếp hạng bao nhiêu"
            "|đứng hạng mấy|hạng mấy|đứng ở vị trí nào|vị trí thứ mấy|xếp hạng thứ mấy"
        ),
    },
    "still": {None: "còn|hiện còn|vẫn còn|đang còn|còn có"},
    "end": {None: "không|hay không|đúng không|phải không|được không|hay chưa|chưa"},
    "not": {None: "không|chưa|chẳng|trừ|ngoại trừ|ngoài|không kể|không tính|không gồm|trừ đi|loại trừ|đừng|thiếu"},
    "district": {None: "huyện|quận|thị xã|thị trấn"},
    "former": {None: "cũ|trước đây"},
    "country": {"": "cả nước|nước ta|toàn quốc|quốc gia|việt nam|trên cả nước|trong cả nước|toàn bộ cả nước|cả nước ta"},
    "unit": {None: "hồ sơ|điểm|nhiệm vụ|bản ghi|việc"},
}  # fmt: skip
NUMBERS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
_KIND_WORDS = {
    "tỉnh": ("tinh",), "thành phố": ("thanh_pho",), "tp": ("thanh_pho",), "t p": ("thanh_pho",), "xã": ("xa",),
    "phường": ("phuong",),
    "đặc khu": ("dac_khu",),
}  # fmt: skip
KIND_WORDS = {keys(words): kinds for words, kinds in _KIND_WORDS.items()}
NICKNAMES: dict[str, tuple[str, ...]] = {
    "hn": ("Hà Nội",), "hcm": ("Hồ Chí Minh",), "tphcm": ("Hồ Chí Minh",), "tp hcm": ("Hồ Chí Minh",), "sg": ("Hồ Chí Minh",),
    "sài gòn": ("Hồ Chí Minh",), "hp": ("Hải Phòng",), "br vt": ("Bà Rịa - Vũng Tàu",), "brvt": ("Bà Rịa - Vũng Tàu",),
    "đắc lắc": ("Đắk Lắk",), "đắc nông": ("Đắk Nông",), "thừa thiên huế": ("Huế",), "tt huế": ("Huế",),
    "dn": ("Đà Nẵng", "Đồng Nai"),
    "đn": ("Đà Nẵng", "Đồng Nai"), "qn": ("Quảng Ninh", "Quảng Ngãi", "Quảng Nam"),
    "bắc cạn": ("Bắc Kạn",), "kontum": ("Kon Tum",), "hcmc": ("Hồ Chí Minh",), "thành phố hồ chí minh": ("Hồ Chí Minh",),
}  # fmt: skip
"""What provinces are called beside their names; several where a short form fits several."""


@cache
def grammar() -> dict[str, list[tuple[tuple[tuple[str, str], ...], str, Any]]]:
    """Phrases by the form of their first word, the longest first."""
    found: dict[str, list] = {}
    for label, values in _GRAMMAR.items():
        for value, phrases in values.items():
            for phrase in phrases.split("|"):
                spelled = keys(phrase)
                found.setdefault(spelled[0][0], []).append((spelled, label, value))
    for phrases in found.values():
        phrases.sort(key=lambda item: -len(item[0]))
    return found


@cache
def syllables() -> frozenset[str]:
    """The forms of all words of the grammar and of time."""
    told = {form for phrases in grammar().values() for spelled, _, _ in phrases for form, _ in spelled}
    return frozenset(told | set(ACCEPTED) | {folded(word) for word in NUMBERS} | {"roman", "tp", "p", "x"})


@cache
def mendable() -> frozenset[str]:
    """Forms that a slip may be mended to beside those of names: words of time, and for places. None that turns a meaning."""
    return frozenset(
        ["thang", "tuan", "quy", "nam", "truoc", "ngoai", "tinh", "thanh", "pho", "phuong", "nuoc", "hien"]
    )


_INITIALS = [
    "b",
    "c",
    "ch",
    "d",
    "g",
    "gh",
    "gi",
    "h",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "ngh",
    "nh",
    "p",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
_RIMES = [
    "a",
    "ac",
    "ach",
    "ai",
    "am",
    "an",
    "ang",
    "anh",
    "ao",
    "ap",
    "at",
    "au",
    "ay",
    "e",
    "ec",
    "em",
    "en",
    "eng",
    "eo",
    "ep",
    "et",
    "eu",
    "i",
    "ia",
    "ich",
    "iec",
    "iem",
    "ien",
    "ieng",
    "iep",
    "iet",
    "ieu",
    "im",
    "in",
    "inh",
    "ip",
    "it",
    "iu",
    "o",
    "oa",
    "oac",
    "oach",
    "oai",
    "oam",
    "oan",
    "oang",
    "oanh",
    "oao",
    "oat",
    "oay",
    "oc",
    "oe",
    "oen",
    "oeo",
    "oet",
    "oi",
    "om",
    "on",
    "ong",
    "oong",
    "op",
    "ot",
    "u",
    "ua",
    "uan",
    "uang",
    "uat",
    "uay",
    "uc",
    "ue",
    "ueu",
    "uech",
    "uenh",
    "ui",
    "um",
    "un",
    "ung",
    "uo",
    "uoc",
    "uoi",
    "uom",
    "uon",
    "uong",
    "uop",
    "uot",
    "uou",
    "up",
    "ut",
    "uu",
    "uy",
    "uya",
    "uych",
    "uyen",
    "uyet",
    "uynh",
    "uyt",
    "uyu",
    "y",
    "yem",
    "yen",
    "yeng",
    "yet",
    "yeu",
]
_FRONT = ("e", "i", "y")


@cache
def is_syllable(form: str) -> bool:
    """Whether a form without marks can be a Vietnamese syllable: then it is a word that is not known here, and no slip."""
    if form in _RIMES:
        return True
    for first in _INITIALS:
        rime = form.removeprefix(first)
        if rime != form and rime in _RIMES:
            hard = first in ("c", "g", "ng") and rime.startswith(_FRONT)
            soft = first in ("k", "gh", "ngh") and not rime.startswith(_FRONT)
            if not hard and not soft:
                return True
    return False


def said(words: Sequence[Word], at: int, spelled: Sequence[tuple[str, str]], *, loose: bool = False) -> bool:
    """Whether the words from a position on are these; ``loose`` takes other marks for a slip."""
    if at + len(spelled) > len(words):
        return False
    return all(
        word.fold == form and (loose or word.is_written(key))
        for word, (form, key) in zip(words[at:], spelled, strict=False)
    )


def number_of(text: str) -> str | None:
    """A written number as a plain one: ``1.000`` is a thousand, ``95,5`` and ``95.5`` have a decimal."""
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", text):
        return None
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        return None  # "1,000": a thousand to some, one to others
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if text.count(",") + text.count(".") <= 1 else None
