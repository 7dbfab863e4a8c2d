"""Passages as their owners keep them, invented, beside those that the declarations of a space bring: what questions are
tried on."""

from datetime import date

from lienthong.data.intelligence import domain, services
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import queries as warehouse

from .questions_space import NOW

READ = "commons.direction.read"
Kind = domain.PassageKind
DIRECTIVES = {
    "d1": ("Chỉ đạo 12/2026: Giảm hồ sơ trễ hạn tại tỉnh Nghệ An", ("H41", "G22"),
           "Tỷ lệ hồ sơ trễ hạn của tỉnh Nghệ An tăng ba tháng liền. Yêu cầu Ủy ban nhân dân tỉnh Nghệ An rà "
           "soát từng hồ sơ quá hạn, "
           "xin lỗi người dân bằng văn bản và không để phát sinh hồ sơ trễ mới về đất đai."),
    "d2": ("Chỉ đạo 13/2026: Tăng thanh toán trực tuyến phí, lệ phí", ("G12", "G22"),
           "Bộ Tài chính chủ trì tháo gỡ vướng mắc của cổng thanh toán, bỏ yêu cầu in biên lai giấy. Các tỉnh "
           "công khai hướng dẫn "
           "nộp tiền tại bộ phận một cửa."),
    "d3": ("Chỉ đạo 14/2026: Đối soát dữ liệu dân cư với bảo hiểm xã hội", ("G01", "G22"),
           "Bộ Công an phối hợp Bảo hiểm xã hội đối soát mã số định danh, xử lý dứt điểm bản ghi trùng. Kết quả "
           "báo cáo hằng tuần."),
    "d4": ("Chỉ đạo 15/2026: Ứng phó bão số 9", ("H44", "G10"),
           "Di dời người dân ở vùng trũng thấp ven biển Quảng Ngãi, bảo đảm thông tin liên lạc tới từng xã."),
    "d5": ("Chỉ đạo 16/2026: Kỹ năng số cho cán bộ cấp xã", ("G09", "G22"),
           "Bộ Nội vụ tổ chức bồi dưỡng kỹ năng số cho toàn bộ công chức một cửa cấp xã; tài liệu học dùng "
           "chung, học trực tuyến."),
}  # fmt: skip
TASKS = {
    "t1": ("d1", ("H41", "G22"), "Giảm số hồ sơ đất đai trễ hạn xuống dưới 2 %. Cơ quan chủ trì: Ủy ban nhân dân tỉnh Nghệ An. "
           "Thời hạn: 31/12/2026."),
    "t2": ("d2", ("G12", "G22"), "Kết nối cổng thanh toán với kho bạc. Cơ quan chủ trì: Bộ Tài chính. Phối hợp: "
           "Ngân hàng Nhà nước. "
           "Thời hạn: 15/01/2027."),
    "t3": ("d3", ("G01", "G22"), "Xóa bản ghi trùng trong dữ liệu dân cư. Cơ quan chủ trì: Bộ Công an. Thời hạn: 30/11/2026."),
    "t4": ("d4", ("H44", "G10"), "Chuẩn bị nơi tránh trú bão cho mười hai xã ven biển. Cơ quan chủ trì: Ủy ban "
           "nhân dân tỉnh Quảng "
           "Ngãi. Thời hạn: 28/11/2026."),
    "t5": ("d5", ("G09", "G22"), "Mở lớp bồi dưỡng kỹ năng số cho công chức một cửa. Cơ quan chủ trì: Bộ Nội vụ. "
           "Thời hạn: 31/03/2027."),
    "t6": ("d1", ("H41.2", "G22"), "Công khai xin lỗi người dân có hồ sơ trễ hẹn. Cơ quan chủ trì: Văn phòng Ủy "
           "ban nhân dân tỉnh "
           "Nghệ An. Thời hạn: 15/12/2026."),
}  # fmt: skip
ANSWERS = {
    "a1": ("Tỉnh Cao Bằng trả lời về Kết quả điện tử (Phục vụ người dân (766)), quý 3/2026",
           "Chữ ký số của cán bộ hết hạn nên kết quả vẫn trả bằng giấy. Đã cấp lại 214 chứng thư. Khắc phục xong: 31/12/2026."),
    "a2": ("Tỉnh Cà Mau trả lời về Hồ sơ được số hóa (Phục vụ người dân (766)), quý 3/2026",
           "Máy quét ở 12 xã bị hỏng sau mưa lũ; tỉnh thuê máy thay thế. Khắc phục xong: 15/12/2026."),
    "a3": ("Bộ Xây dựng trả lời về Thủ tục được công bố đúng hạn (Phục vụ người dân (766)), quý 3/2026",
           "Ba quyết định công bố ký muộn vì chờ ý kiến liên bộ. Khắc phục xong: 31/01/2027."),
    "a4": ("Thành phố Huế trả lời về Phản ánh, kiến nghị trả lời đúng hạn (Phục vụ người dân (766)), quý 3/2026",
           "Thiếu người trực tổng đài ban đêm; thành phố bổ sung bốn nhân viên. Khắc phục xong: 20/12/2026."),
}  # fmt: skip
PROCEDURES = {
    "1.999001": ("Đăng ký khai sinh", "Hộ tịch", "trong ngày", "không thu", 3, "xã", "Luật Hộ tịch 2014"),
    "1.999002": ("Đăng ký khai sinh có yếu tố nước ngoài", "Hộ tịch", "5 ngày làm việc", "75.000 đồng", 5, "xã",
                     "Luật Hộ tịch 2014"),
    "1.999003": ("Đăng ký kết hôn", "Hộ tịch", "trong ngày", "không thu", 2, "xã", "Luật Hộ tịch 2014"),
    "1.999004": ("Cấp bản sao trích lục hộ tịch", "Hộ tịch", "trong ngày", "8.000 đồng", 1, "xã", "Nghị định 123/2015/NĐ-CP"),
    "1.999005": ("Chứng thực bản sao từ bản chính", "Chứng thực", "trong ngày", "2.000 đồng", 1, "xã", "Nghị định 23/2015/NĐ-CP"),
    "1.999006": ("Cấp giấy chứng nhận quyền sử dụng đất lần đầu", "Đất đai", "20 ngày làm việc", "100.000 đồng", 7, "tỉnh",
                 "Luật Đất đai 2024"),
    "1.999007": ("Chuyển mục đích sử dụng đất", "Đất đai", "15 ngày làm việc", "không thu", 5, "tỉnh", "Luật Đất đai 2024"),
    "1.999008": ("Cấp giấy phép xây dựng nhà ở riêng lẻ", "Xây dựng", "15 ngày làm việc", "75.000 đồng", 6, "xã",
                     "Luật Xây dựng 2014"),
    "1.999009": ("Đăng ký thành lập hộ kinh doanh", "Đăng ký kinh doanh", "3 ngày làm việc", "100.000 đồng", 4, "xã",
                 "Nghị định 01/2021/NĐ-CP"),
    "1.999010": ("Hưởng trợ cấp xã hội hằng tháng", "Bảo trợ xã hội", "7 ngày làm việc", "không thu", 2, "xã",
                 "Nghị định 20/2021/NĐ-CP"),
    "1.999011": ("Cấp phiếu lý lịch tư pháp", "Tư pháp", "10 ngày làm việc", "200.000 đồng", 2, "tỉnh", "Luật "
           "Lý lịch tư pháp 2009"),
    "1.999012": ("Đổi giấy phép lái xe", "Giao thông", "5 ngày làm việc", "135.000 đồng", 3, "tỉnh", "Thông tư 12/2017/TT-BGTVT"),
    "1.999013": ("Chuyển trường cho học sinh trung học phổ thông", "Giáo dục", "5 ngày làm việc", "không thu", 4, "tỉnh",
                 "Thông tư 50/2021/TT-BGDĐT"),
}  # fmt: skip


def directive(key: str) -> list[domain.Passage]:
    title, agencies, text = DIRECTIVES[key]
    return [
        domain.Passage(
            Kind.DIRECTIVE, key, title, part, f"/directives/{key}", number=number, on=date(2026, 11, 2), action=READ,
            agencies=agencies,
        )
        for number, part in enumerate(domain.parts(text))
    ]  # fmt: skip


def task(key: str) -> domain.Passage:
    of, agencies, text = TASKS[key]
    title = f"Nhiệm vụ của {DIRECTIVES[of][0][0].lower()}{DIRECTIVES[of][0][1:]}"
    return domain.Passage(
        Kind.TASK, key, title, text, f"/tasks/{key}", on=date(2026, 11, 2), action=READ, agencies=agencies
    )


def procedure(code: str) -> domain.Passage:
    name, sector, days, fee, papers, level, basis = PROCEDURES[code]
    text = (
        f"Lĩnh vực: {sector}. Thời hạn giải quyết: {days}. Phí, lệ phí: {fee}. Số giấy tờ phải nộp: {papers}. "
        f"Cấp thực hiện: {level}. "
        f"Căn cứ pháp lý: {basis}."
    )
    also = "thủ tục hành chính, mất bao lâu, mất bao nhiêu ngày, phí bao nhiêu"
    return domain.Passage(Kind.PROCEDURE, code, name, text, f"/registers/procedures/{code}", also=also)


def answer(key: str) -> domain.Passage:
    title, text = ANSWERS[key]
    also = "trả lời công khai, giải trình, cam kết"
    return domain.Passage(Kind.ANSWER, key, title, text, f"/results/x/y/{key}", on=date(2026, 11, 20), also=also)


def keep() -> None:
    """Keep them, and those of what is declared."""
    for kind, keys, passages in (
        (Kind.DIRECTIVE, DIRECTIVES, [part for key in DIRECTIVES for part in directive(key)]),
        (Kind.TASK, TASKS, list(map(task, TASKS))),
        (Kind.PROCEDURE, PROCEDURES, list(map(procedure, PROCEDURES))),
        (Kind.ANSWER, ANSWERS, list(map(answer, ANSWERS))),
    ):
        services.keep_passages(kind=kind, keys=list(keys), passages=passages, at=NOW)
    services.keep_indicators(codes=sorted(warehouse.indicators()), at=NOW)
    services.keep_registers(keys=[item.declaration.key for item in registry.registers()], at=NOW)
