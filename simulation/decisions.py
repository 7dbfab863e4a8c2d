"""Which interventions are taken where and when, and how strong they truly are.

Made hard on purpose: over a third do nothing; a few harm or do much less than announced; several begin near a shock, so that
before and after differ for another reason; half of the treated units are chosen because they did badly of late, so that they
get better by themselves (regression to the mean).
"""

import numpy as np

from .calendar import Calendar
from .draws import Draws
from .interventions import Intervention
from .offices import Offices
from .shocks import Shock

WEEKS = 8
"""Weeks before and after the start that lie in the year."""
GROUPS = {"on_time": "time", "handling_ratio": "time", "backlog": "time", "satisfaction": "time"}
"""Indicators moved by the same things: two interventions of a group are kept apart in each unit."""
LOWER_IS_BETTER = ("handling_ratio", "supplemented", "backlog")

_FASTER = (("slow", -0.17), ("capacity", 0.15))
_STRENGTH = {
    "on_time": _FASTER,
    "handling_ratio": (("slow", -0.2),),
    "backlog": (("slow", -0.16), ("capacity", 0.3)),
    "online": (("online", 0.5),),
    "paid_online": (("pay", 0.6),),
    "digitised": (("digitise", 0.6),),
    "e_result": (("e_result", 0.7),),
    "supplemented": (("supplement", -0.55),),
    "reused": (("reuse", 0.6),),
    "satisfaction": (("rating", 0.2),),
}
# indicator, treated level, sector, target in words, title, what it is
_CATALOGUE = (
    ("on_time", "province", "", "tăng ít nhất 4 điểm phần trăm hồ sơ đúng hạn", "Tổ phản ứng nhanh xử lý hồ sơ sắp quá hạn",
     "Mỗi tỉnh lập một tổ theo dõi hằng ngày hồ sơ còn hai ngày đến hạn và đôn đốc nơi xử lý."),
    ("on_time", "province", "", "tăng ít nhất 5 điểm phần trăm hồ sơ đúng hạn", "Biệt phái công chức đến nơi quá tải",
     "Điều công chức từ nơi ít việc sang hỗ trợ nơi quá tải trong sáu tháng."),
    ("on_time", "province", "DD", "tăng ít nhất 6 điểm phần trăm hồ sơ đất đai đúng hạn", "Rút gọn khâu thẩm tra hồ sơ đất đai",
     "Bỏ một lần luân chuyển giấy giữa cấp xã và văn phòng đăng ký đất đai."),
    ("on_time", "commune", "", "tăng ít nhất 5 điểm phần trăm hồ sơ đúng hạn", "Ủy quyền ký cho lãnh đạo bộ phận một cửa cấp xã",
     "Chủ tịch xã ủy quyền ký kết quả các thủ tục đơn giản tại quầy."),
    ("on_time", "province", "", "tăng ít nhất 3 điểm phần trăm hồ sơ đúng hạn", "Tin nhắn nhắc hạn cho người xử lý",
     "Hệ thống nhắn tin cho người xử lý và cấp trên trước hạn một ngày làm việc."),
    ("on_time", "province", "XD", "tăng ít nhất 5 điểm phần trăm hồ sơ xây dựng đúng hạn",
     "Liên thông thẩm định cấp phép xây dựng",
     "Các đơn vị cho ý kiến song song thay vì lần lượt."),
    ("handling_ratio", "province", "", "giảm 10% thời gian giải quyết so với quy định", "Ký số trong luân chuyển nội bộ",
     "Mọi bước trình, duyệt nội bộ đều ký số, không in giấy."),
    ("handling_ratio", "province", "HT", "giảm 15% thời gian giải quyết hồ sơ hộ tịch", "Tái cấu trúc quy trình hộ tịch",
     "Tra cứu dữ liệu dân cư thay cho xác minh bằng văn bản."),
    ("online", "province", "", "tăng 8 điểm phần trăm hồ sơ trực tuyến", "Tổ công nghệ số cộng đồng hướng dẫn nộp trực tuyến",
     "Thành viên tổ công nghệ số trực tại bộ phận một cửa và khu dân cư."),
    ("online", "province", "", "tăng 10 điểm phần trăm hồ sơ trực tuyến", "Miễn lệ phí cho hồ sơ nộp trực tuyến",
     "Hội đồng nhân dân tỉnh miễn lệ phí đối với hồ sơ nộp qua Cổng Dịch vụ công quốc gia."),
    ("online", "commune", "", "tăng 10 điểm phần trăm hồ sơ trực tuyến", "Điểm hỗ trợ nộp hồ sơ tại nhà văn hóa thôn",
     "Đặt máy tính và người hướng dẫn tại nhà văn hóa thôn, tổ dân phố."),
    ("online", "province", "", "tăng 6 điểm phần trăm hồ sơ trực tuyến", "Chiến dịch truyền thông về dịch vụ công trực tuyến",
     "Truyền thanh, mạng xã hội và tờ rơi về lợi ích của nộp hồ sơ trực tuyến."),
    ("paid_online", "province", "", "tăng 8 điểm phần trăm thanh toán trực tuyến", "Mã QR thanh toán tại bộ phận một cửa",
     "Mỗi hồ sơ có một mã QR riêng in trên giấy tiếp nhận."),
    ("paid_online", "province", "", "tăng 6 điểm phần trăm thanh toán trực tuyến", "Ngân hàng hỗ trợ thanh toán không tiền mặt",
     "Nhân viên ngân hàng trực hướng dẫn liên kết tài khoản với VNeID."),
    ("digitised", "province", "", "tăng 10 điểm phần trăm hồ sơ số hóa", "Trang bị máy quét cho bộ phận một cửa",
     "Mỗi quầy có máy quét hai mặt và người chuyên quét."),
    ("digitised", "commune", "", "tăng 12 điểm phần trăm hồ sơ số hóa", "Hợp đồng số hóa giấy tờ tại xã",
     "Thuê người số hóa giấy tờ ngay khi tiếp nhận."),
    ("e_result", "province", "", "tăng 8 điểm phần trăm kết quả điện tử", "Cấp chữ ký số di động cho lãnh đạo cấp xã",
     "Lãnh đạo ký số kết quả trên điện thoại, mọi nơi."),
    ("supplemented", "province", "", "giảm 3 điểm phần trăm hồ sơ phải bổ sung", "Bảng kiểm giấy tờ trước khi nộp",
     "Người dân tự kiểm tra giấy tờ theo bảng kiểm bằng lời đơn giản."),
    ("supplemented", "province", "", "giảm 4 điểm phần trăm hồ sơ phải bổ sung", "Trợ lý AI rà soát thành phần hồ sơ",
     "Trợ lý AI báo thiếu, mờ, sai biểu mẫu khi người dân tải giấy tờ lên."),
    ("reused", "province", "", "tăng 6 điểm phần trăm giấy tờ dùng lại", "Kết nối kho dữ liệu cá nhân trên VNeID",
     "Giấy tờ đã có trong kho được tự điền, không phải tải lên lại."),
    ("satisfaction", "province", "", "tăng 0,2 điểm hài lòng", "Tập huấn kỹ năng giao tiếp cho công chức một cửa",
     "Ba buổi tập huấn và bảng theo dõi thái độ phục vụ tại quầy."),
    ("backlog", "province", "", "giảm 25% hồ sơ quá hạn chưa xong", "Đợt cao điểm giải quyết hồ sơ tồn đọng",
     "Hai tháng làm dứt điểm hồ sơ quá hạn, lãnh đạo sở trực tiếp điều hành."),
)  # fmt: skip
_ROLES = {"none": 8, "harmful": 2, "weak": 3}
"""How many do nothing, harm, or do a fifth of what was announced; the rest work as meant."""


def decide(draws: Draws, calendar: Calendar, offices: Offices, shocks: list[Shock], weekly) -> tuple[Intervention, ...]:
    """The year's interventions. ``weekly(indicator)`` gives provinces and their weekly values (provinces × weeks, weeks beginning
    on the first day of the year) in a year without interventions: what made somebody choose a unit."""
    generator = draws.generator("interventions")
    roles = [role for role, count in _ROLES.items() for _ in range(count)]
    roles = generator.permutation(roles + ["strong"] * (len(_CATALOGUE) - len(roles)))
    near_shock = set(generator.choice(len(_CATALOGUE), 8, replace=False).tolist())
    taken: list[tuple[str, int, frozenset[str]]] = []
    decided = []
    for number, (indicator, level, sector, target, title, what) in enumerate(_CATALOGUE):
        start = _start(generator, calendar, shocks, number in near_shock)
        group = GROUPS.get(indicator, indicator)
        free = _free(taken, group, start, sorted(set(offices.province.tolist())))
        badly_chosen = bool(generator.random() < 0.5)
        provinces = _choose_provinces(generator, weekly(indicator), indicator, start, free, badly_chosen, level)
        taken.append((group, start, frozenset(provinces)))
        communes = _choose_communes(generator, offices, provinces[0]) if level == "commune" else ()
        decided.append(
            Intervention(
                f"CT{number + 1:02d}", title, what, indicator, provinces, communes, sector, start,
                f"Trong 8 tuần: {target}", _strength(generator, indicator, str(roles[number])),
            )
        )  # fmt: skip
    return tuple(decided)


def _start(generator: np.random.Generator, calendar: Calendar, shocks: list[Shock], near: bool) -> int:
    """A Monday with eight whole weeks before and after it in the year, drawn near the beginning of a shock where asked."""
    mondays = [n for n in range(WEEKS * 7, calendar.days - WEEKS * 7) if calendar.weekday[n] == 0]
    drawn = int(generator.integers(0, len(mondays)))
    shock = shocks[int(generator.integers(0, len(shocks)))]
    after = int(generator.integers(-2, 3)) * 7
    if near and mondays[0] <= shock.start + after <= mondays[-1]:
        return min(mondays, key=lambda day: abs(day - shock.start - after))
    return mondays[drawn]


def _free(taken: list, group: str, start: int, provinces: list[str]) -> list[str]:
    """Provinces where no other intervention of the group is within its sixteen weeks; all, when too few are left."""
    busy = set().union(*(where for other, day, where in taken if other == group and abs(day - start) < 2 * WEEKS * 7))
    free = [province for province in provinces if province not in busy]
    return free if len(free) >= 8 else provinces


def _choose_provinces(generator, values, indicator, start, free, because_bad: bool, level: str) -> tuple[str, ...]:
    names, weekly = values
    count = 1 if level == "commune" else int(generator.integers(4, 9))
    candidates = [name for name in names if name in set(free)]
    chance = generator.random(len(candidates))
    if because_bad:
        week = start // 7
        # A week without any dossier, in a very small year, is taken as an average one.
        weekly = np.where(np.isfinite(weekly), weekly, np.mean(weekly[np.isfinite(weekly)]))
        recent = weekly[:, max(0, week - 3) : week].mean(axis=1)
        usual = weekly[:, max(0, week - 12) : week].mean(axis=1)
        spread = max(float(usual.std()), 1e-9)
        badness = (recent - usual) / spread * 2 + (usual - usual.mean()) / spread
        badness = badness if indicator in LOWER_IS_BETTER else -badness
        place = {name: number for number, name in enumerate(names)}
        # A little chance stays: not only the very worst are treated.
        chance = -np.array([badness[place[name]] for name in candidates]) + 0.7 * chance
    order = np.argsort(chance, kind="stable")
    return tuple(sorted(candidates[number] for number in order[:count]))


def _choose_communes(generator: np.random.Generator, offices: Offices, province: str) -> tuple[str, ...]:
    here = [number for number in offices.of(province) if offices.is_commune[number]]
    chosen = generator.choice(here, max(6, int(len(here) * generator.uniform(0.25, 0.45))), replace=False)
    return tuple(sorted(offices.territory[number] for number in chosen))


def _strength(generator: np.random.Generator, indicator: str, role: str) -> tuple[tuple[str, float], ...]:
    size = float(generator.uniform(0.8, 1.35))
    factor = {"none": 0.0, "harmful": -0.55, "weak": 0.2, "strong": 1.0}[role] * size
    return tuple((thing, factor * value) for thing, value in _STRENGTH[indicator] if factor)
