"""Which body a text is for: who is named in it, who answers for what it names, whose field its words are of."""

from collections.abc import Sequence
from dataclasses import dataclass

from lienthong.data.intelligence.domain._assigning import Bodies
from lienthong.data.intelligence.domain._spans import keys, said, words_of

Both = tuple[str, str]
MOST_ROUTES = 5


@dataclass(frozen=True)
class Answering:
    """Something with a name that a body answers for."""

    name: str
    agency: str
    role: Both


@dataclass(frozen=True)
class Route:
    """A body that a text may be for, with the reasons."""

    code: str
    name: str
    score: float
    """From 0 to 1; by it they are ordered."""
    reasons: tuple[Both, ...]


NAMED, ANSWERS, PLACED, FIELD = 1.0, 0.8, 0.5, 0.5
"""What each kind of reason weighs; of several the heaviest counts, and each more a little."""
_FIELDS = {
    "security": "an ninh mạng|cư trú|căn cước|định danh điện tử|phòng cháy|tội phạm|dữ liệu dân cư",
    "trade": "thương mại|xuất khẩu|nhập khẩu|điện lực|xăng dầu|quản lý thị trường",
    "education": "giáo dục|trường học|học sinh|giáo viên|tuyển sinh|đào tạo",
    "digital": "chuyển đổi số|công nghệ thông tin|khoa học công nghệ|đổi mới sáng tạo|viễn thông|khung kiến trúc",
    "foreign": "đối ngoại|lãnh sự|người việt nam ở nước ngoài|hộ chiếu ngoại giao",
    "home": "biên chế|cán bộ công chức|vị trí việc làm|tiền lương|lao động|việc làm|bộ máy",
    "environment": "đất đai|môi trường|nông nghiệp|thủy lợi|khoáng sản|rừng|thiên tai|quyền sử dụng đất",
    "defence": "quốc phòng|nghĩa vụ quân sự|dân quân",
    "finance": "ngân sách|kinh phí|thuế|đầu tư công|giải ngân|tài sản công|doanh nghiệp|đấu thầu",
    "justice": "hộ tịch|khai sinh|công chứng|thi hành án|văn bản quy phạm pháp luật|lý lịch tư pháp",
    "culture": "văn hóa|thể thao|du lịch|di sản|báo chí",
    "construction": "xây dựng|quy hoạch đô thị|nhà ở|giao thông|đường bộ|đăng kiểm|nhà ở xã hội",
    "health": "y tế|bệnh viện|khám chữa bệnh|dịch bệnh|thuốc|sổ sức khỏe",
    "bank": "ngân hàng|tín dụng|tiền tệ|ngoại hối",
    "inspection": "thanh tra|khiếu nại|tố cáo",
    "ethnic": "dân tộc thiểu số|tôn giáo|tín ngưỡng",
    "insurance": "bảo hiểm xã hội|bảo hiểm y tế|bảo hiểm thất nghiệp",
    "statistics": "thống kê|tổng điều tra",
    "border": "biên giới|cửa khẩu|biên phòng",
    "audit": "kiểm toán",
}  # fmt: skip
"""Words of fields, by the sector under which the directory has a body."""


def routes(
    text: str, *, bodies: Bodies, answering: Sequence[Answering], places: Sequence[tuple[str, str]]
) -> list[Route]:
    """The bodies that a text may be for, the likeliest first; none where nothing in it says so.

    :param places: (code, name) of the territories that are named in it.
    """
    words = words_of(text)
    found: dict[str, dict[Both, float]] = {}

    def because(code: str, weight: float, reason: Both) -> None:
        if code in bodies.by_code:
            found.setdefault(code, {})[reason] = weight

    def has(phrase: str) -> bool:
        spelled = keys(phrase)
        return any(said(words, at, spelled) for at in range(len(words)))

    at = 0
    while at < len(words):
        named, end = bodies.list_at(words, text, at)
        for item in named:
            because(item.code, NAMED, (f"được nêu tên: “{item.words}”", f"named: “{item.words}”"))
        at = end if named else at + 1
    for item in answering:
        if has(item.name):
            because(item.agency, ANSWERS, (f"{item.role[0]} “{item.name}”", f"{item.role[1]} “{item.name}”"))
    for body in bodies.known:
        for phrase in _FIELDS.get(body.sector, "").split("|"):
            if phrase and not body.territory and has(phrase):
                because(body.code, FIELD, (f"lĩnh vực phụ trách: “{phrase}”", f"its field: “{phrase}”"))
    for code, name in places:
        for body in bodies.known:
            if body.territory == code and body.name.startswith("Ủy ban nhân dân"):
                because(body.code, PLACED, (f"địa bàn: {name}", f"its territory: {name}"))
    told = [
        Route(code, bodies.by_code[code].name, _score(reasons.values()), tuple(reasons))
        for code, reasons in found.items()
    ]
    return sorted(told, key=lambda item: (-item.score, item.code))[:MOST_ROUTES]


def _score(weights) -> float:
    heaviest, *others = sorted(weights, reverse=True)
    return round(min(1.0, heaviest + 0.1 * len(others)), 2)
