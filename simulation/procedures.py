"""Sixty invented procedures in ten sectors: what is asked, how long the law allows, what is owed.

Codes have the digits 999 after the dot, which no real procedure has; names resemble real ones so that screens read naturally.
"""

from dataclasses import asdict, dataclass

COMMUNE, PROVINCE = "commune", "province"

SECTORS = {
    "HT": "Hộ tịch",
    "CT": "Chứng thực",
    "DD": "Đất đai",
    "DN": "Đăng ký kinh doanh",
    "XD": "Xây dựng",
    "BT": "Lao động - Bảo trợ xã hội",
    "YT": "Y tế",
    "GD": "Giáo dục",
    "GT": "Giao thông",
    "TP": "Tư pháp",
}


@dataclass(frozen=True)
class Procedure:
    """One procedure. ``share`` is its part in the dossiers of its level, ``pace`` the usual handling time as a part of the legal
    time, ``work`` the units of work of one dossier (1 = an ordinary one)."""

    code: str
    name: str
    sector: str
    sector_name: str
    level: str
    legal_days: int
    service: str
    fee: int
    papers: int
    trips: int
    online_payment: bool
    electronic_result: bool
    organisation: float
    share: float
    pace: float
    work: float

    def public(self) -> dict:
        """What the file of procedures tells, in the words of the program's register: not how the world will behave."""
        return {_PUBLIC.get(name, name): value for name, value in asdict(self).items() if name not in _HIDDEN}


_PUBLIC = {"legal_days": "working_days", "service": "service_level"}
_HIDDEN = ("share", "pace", "work", "organisation")

# sector, name, legal days, service, fee, papers, trips, online payment, electronic result, part of organisations, share, pace,
# work
_COMMUNE = (
    ("CT", "Chứng thực bản sao từ bản chính", 0, "partial", 2000, 1, 1, 1, 1, 0.05, 17.0, 0.9, 0.3),
    ("CT", "Chứng thực chữ ký trong giấy tờ, văn bản", 0, "partial", 10000, 2, 1, 0, 0, 0.05, 7.0, 1.0, 0.4),
    ("CT", "Chứng thực hợp đồng, giao dịch liên quan đến tài sản", 2, "info", 50000, 4, 2, 0, 0, 0.05, 3.5, 0.5, 1.2),
    ("CT", "Chứng thực văn bản thỏa thuận phân chia di sản", 2, "info", 50000, 5, 2, 0, 0, 0.0, 1.2, 0.55, 1.6),
    ("CT", "Cấp bản sao từ sổ gốc", 1, "full", 0, 1, 1, 0, 1, 0.0, 2.0, 0.5, 0.4),
    ("HT", "Đăng ký khai sinh", 1, "full", 0, 3, 1, 0, 1, 0.0, 7.5, 0.45, 0.8),
    ("HT", "Đăng ký khai sinh kết hợp cấp thẻ bảo hiểm y tế", 3, "full", 0, 3, 1, 0, 1, 0.0, 5.0, 0.55, 1.0),
    ("HT", "Đăng ký kết hôn", 1, "partial", 0, 3, 1, 0, 0, 0.0, 4.5, 0.45, 0.9),
    ("HT", "Đăng ký khai tử", 1, "full", 0, 2, 1, 0, 1, 0.0, 4.0, 0.45, 0.7),
    ("HT", "Cấp giấy xác nhận tình trạng hôn nhân", 3, "full", 15000, 2, 1, 1, 1, 0.0, 7.0, 0.55, 0.8),
    ("HT", "Thay đổi, cải chính, bổ sung thông tin hộ tịch", 3, "full", 15000, 3, 1, 1, 1, 0.0, 3.5, 0.6, 1.1),
    ("HT", "Cấp bản sao trích lục hộ tịch", 1, "full", 8000, 1, 1, 1, 1, 0.0, 8.0, 0.45, 0.4),
    ("HT", "Đăng ký nhận cha, mẹ, con", 3, "full", 15000, 4, 2, 1, 1, 0.0, 0.8, 0.6, 1.3),
    ("HT", "Đăng ký giám hộ", 3, "full", 0, 4, 1, 0, 1, 0.0, 0.4, 0.6, 1.2),
    ("HT", "Đăng ký lại khai sinh", 5, "full", 8000, 4, 1, 1, 1, 0.0, 1.4, 0.6, 1.4),
    ("BT", "Trợ giúp xã hội hằng tháng", 10, "full", 0, 4, 1, 0, 1, 0.0, 2.6, 0.62, 1.5),
    ("BT", "Hỗ trợ chi phí mai táng", 8, "full", 0, 3, 1, 0, 1, 0.0, 1.6, 0.58, 1.1),
    ("BT", "Trợ cấp hưu trí xã hội", 10, "full", 0, 2, 1, 0, 1, 0.0, 2.4, 0.6, 1.2),
    ("BT", "Xác nhận hộ nghèo, hộ cận nghèo", 12, "partial", 0, 3, 1, 0, 0, 0.0, 1.2, 0.62, 1.6),
    ("BT", "Giải quyết chế độ người có công", 12, "partial", 0, 5, 2, 0, 0, 0.0, 1.0, 0.66, 1.9),
    ("BT", "Xác định, cấp giấy xác nhận khuyết tật", 15, "full", 0, 3, 1, 0, 1, 0.0, 0.8, 0.66, 1.8),
    ("DD", "Xác nhận nguồn gốc và thời điểm sử dụng đất", 10, "partial", 0, 5, 1, 0, 0, 0.05, 2.2, 0.7, 2.4),
    ("DD", "Cấp giấy chứng nhận quyền sử dụng đất lần đầu", 20, "partial", 100000, 6, 2, 1, 1, 0.05, 1.8, 0.72, 3.2),
    ("DD", "Chuyển mục đích sử dụng đất của cá nhân", 15, "partial", 50000, 5, 2, 1, 1, 0.05, 1.2, 0.7, 2.8),
    ("DD", "Hòa giải tranh chấp đất đai", 30, "info", 0, 4, 2, 0, 0, 0.02, 0.4, 0.7, 3.5),
    ("XD", "Cấp giấy phép xây dựng nhà ở riêng lẻ", 10, "full", 75000, 5, 1, 1, 1, 0.05, 1.8, 0.64, 2.2),
    ("XD", "Cấp giấy phép sửa chữa, cải tạo nhà ở", 10, "full", 75000, 4, 1, 1, 1, 0.05, 0.7, 0.64, 2.0),
    ("XD", "Cung cấp thông tin quy hoạch", 7, "full", 0, 1, 1, 0, 1, 0.1, 0.9, 0.6, 1.3),
    ("DN", "Đăng ký hộ kinh doanh", 3, "full", 100000, 3, 1, 1, 1, 0.55, 2.6, 0.55, 1.1),
    ("DN", "Đăng ký thay đổi nội dung hộ kinh doanh", 3, "full", 100000, 2, 1, 1, 1, 0.6, 1.2, 0.55, 1.0),
    ("DN", "Chấm dứt hoạt động hộ kinh doanh", 3, "full", 0, 2, 1, 0, 1, 0.6, 0.7, 0.55, 0.9),
    ("GD", "Xét tuyển vào lớp một, lớp sáu", 5, "full", 0, 3, 1, 0, 1, 0.0, 1.5, 0.55, 0.8),
    ("GD", "Chuyển trường đối với học sinh", 3, "full", 0, 3, 1, 0, 1, 0.0, 1.0, 0.55, 0.8),
    ("GD", "Cho phép nhóm trẻ, lớp mẫu giáo hoạt động", 15, "partial", 0, 5, 2, 0, 1, 0.3, 0.3, 0.66, 2.2),
    ("YT", "Xác nhận đối tượng hưởng bảo hiểm y tế", 3, "full", 0, 2, 1, 0, 1, 0.0, 1.3, 0.55, 0.8),
    ("YT", "Cấp giấy xác nhận bản cam kết an toàn thực phẩm", 7, "full", 30000, 3, 1, 1, 1, 0.6, 0.5, 0.6, 1.2),
    ("TP", "Công nhận hòa giải viên, tuyên truyền viên pháp luật", 5, "full", 0, 2, 1, 0, 1, 0.0, 0.4, 0.6, 0.9),
    ("TP", "Xác nhận thông tin cư trú để giải quyết thủ tục", 2, "full", 0, 1, 1, 0, 1, 0.0, 1.6, 0.5, 0.5),
    ("GT", "Xóa đăng ký phương tiện thủy nội địa", 3, "full", 0, 2, 1, 0, 1, 0.1, 0.3, 0.55, 0.9),
)  # fmt: skip
_PROVINCE = (
    ("TP", "Cấp phiếu lý lịch tư pháp số 1", 7, "full", 200000, 2, 1, 1, 1, 0.0, 14.0, 0.6, 0.8),
    ("TP", "Cấp phiếu lý lịch tư pháp số 2", 7, "full", 200000, 2, 1, 1, 1, 0.0, 6.0, 0.62, 0.9),
    ("TP", "Đăng ký hành nghề công chứng, luật sư", 7, "full", 500000, 4, 1, 1, 1, 0.2, 1.2, 0.6, 1.4),
    ("HT", "Xác nhận có quốc tịch Việt Nam", 15, "partial", 100000, 4, 1, 1, 0, 0.0, 0.8, 0.6, 1.8),
    ("DD", "Đăng ký biến động đất đai", 8, "partial", 80000, 4, 2, 1, 1, 0.15, 9.0, 0.68, 1.6),
    ("DD", "Đăng ký biện pháp bảo đảm bằng quyền sử dụng đất", 1, "full", 80000, 3, 1, 1, 1, 0.3, 8.0, 0.45, 0.7),
    ("DD", "Cấp đổi giấy chứng nhận quyền sử dụng đất", 10, "full", 50000, 3, 1, 1, 1, 0.1, 6.0, 0.68, 1.5),
    ("DD", "Giao đất, cho thuê đất cho tổ chức", 20, "partial", 500000, 6, 2, 1, 1, 0.95, 0.9, 0.72, 4.0),
    ("DN", "Đăng ký thành lập doanh nghiệp", 3, "full", 50000, 4, 1, 1, 1, 1.0, 8.0, 0.5, 0.9),
    ("DN", "Đăng ký thay đổi nội dung đăng ký doanh nghiệp", 3, "full", 50000, 3, 1, 1, 1, 1.0, 12.0, 0.52, 0.8),
    ("DN", "Giải thể doanh nghiệp", 5, "full", 0, 4, 1, 0, 1, 1.0, 2.0, 0.6, 1.2),
    ("DN", "Tạm ngừng kinh doanh", 3, "full", 0, 2, 1, 0, 1, 1.0, 2.5, 0.5, 0.6),
    ("XD", "Thẩm định thiết kế xây dựng", 20, "partial", 1000000, 6, 2, 1, 1, 0.95, 1.5, 0.7, 4.0),
    ("XD", "Cấp chứng chỉ hành nghề xây dựng", 15, "full", 300000, 4, 1, 1, 1, 0.05, 2.0, 0.62, 1.4),
    ("GT", "Cấp đổi giấy phép lái xe", 5, "full", 135000, 3, 1, 1, 1, 0.0, 12.0, 0.6, 0.6),
    ("GT", "Cấp phù hiệu xe kinh doanh vận tải", 2, "full", 0, 2, 1, 0, 1, 0.8, 4.0, 0.5, 0.6),
    ("GT", "Chấp thuận tuyến vận tải hành khách", 7, "full", 0, 3, 1, 0, 1, 0.9, 0.8, 0.6, 1.4),
    ("YT", "Cấp giấy phép hành nghề khám bệnh, chữa bệnh", 20, "full", 360000, 5, 1, 1, 1, 0.0, 2.0, 0.66, 1.8),
    ("YT", "Cấp giấy chứng nhận đủ điều kiện kinh doanh dược", 15, "full", 1000000, 5, 1, 1, 1, 0.7, 1.5, 0.66, 2.0),
    ("BT", "Thành lập cơ sở trợ giúp xã hội", 15, "partial", 0, 5, 2, 0, 1, 0.7, 0.4, 0.66, 2.2),
    ("GD", "Cấp bản sao văn bằng, chứng chỉ từ sổ gốc", 2, "full", 0, 2, 1, 0, 1, 0.0, 4.0, 0.5, 0.5),
    ("GD", "Công nhận văn bằng do nước ngoài cấp", 15, "full", 250000, 4, 1, 1, 1, 0.0, 1.4, 0.62, 1.6),
)  # fmt: skip


def _rows(rows: tuple, level: str, start: int) -> list[Procedure]:
    return [
        Procedure(
            f"1.999{start + number:03d}", name, sector, SECTORS[sector], level, legal, service, fee, papers, trips,
            bool(payment), bool(result), organisation, share, pace, work,
        )
        for number, (
            sector, name, legal, service, fee, papers, trips, payment, result, organisation, share, pace, work,
        ) in enumerate(rows)
    ]  # fmt: skip


PROCEDURES: tuple[Procedure, ...] = tuple(_rows(_COMMUNE, COMMUNE, 1) + _rows(_PROVINCE, PROVINCE, 501))
"""All procedures; their place in this list is their number in every column."""

DEPARTMENTS = (
    ("Sở Tư pháp", ("TP", "HT")),
    ("Sở Nông nghiệp và Môi trường", ("DD",)),
    ("Sở Tài chính", ("DN",)),
    ("Sở Xây dựng", ("XD", "GT")),
    ("Sở Y tế", ("YT", "BT")),
    ("Sở Giáo dục và Đào tạo", ("GD",)),
)
"""The six departments of every province and the sectors they handle."""
