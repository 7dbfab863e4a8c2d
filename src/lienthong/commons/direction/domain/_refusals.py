"""What can be wrong with a directive, a task, and what is asked of them."""

from typing import ClassVar

from lienthong.kernel.errors import Refusal


class WrongState(Refusal):
    code: ClassVar[str] = "direction.wrong_state"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = (
        "Nhiệm vụ đang ở trạng thái “{state}” nên chưa thể “{move}”. Hãy tải lại trang để xem việc làm được."
    )
    en: ClassVar[str] = "The task is {state_en}, so it cannot be moved by “{move_en}”. Reload to see what can be done."


class BadDirective(Refusal):
    code: ClassVar[str] = "direction.bad_directive"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chỉ đạo chưa ban hành được: {problem}."
    en: ClassVar[str] = "The directive cannot be issued: {problem_en}."


class AgencyEnded(Refusal):
    code: ClassVar[str] = "direction.agency_ended"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = (
        "Cơ quan {code} đã chấm dứt hoạt động từ {on} và được chia thành {parts}. Hãy chọn cơ quan chủ trì."
    )
    en: ClassVar[str] = "Agency {code} ended on {on} and was split into {parts}. Choose which of them leads."


class UnknownAgency(Refusal):
    code: ClassVar[str] = "direction.unknown_agency"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Không có cơ quan mang mã {code}. Hãy tìm theo tên tại /agencies."
    en: ClassVar[str] = "There is no agency with the code {code}. Find it by name at /agencies."


class BadExtension(Refusal):
    code: ClassVar[str] = "direction.bad_extension"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chưa ghi nhận được việc gia hạn: {problem}."
    en: ClassVar[str] = "The extension cannot be recorded: {problem_en}."


class BadPart(Refusal):
    code: ClassVar[str] = "direction.bad_part"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chưa phân giao được nhiệm vụ: {problem}."
    en: ClassVar[str] = "The task cannot be passed on: {problem_en}."


class PartsOpen(Refusal):
    code: ClassVar[str] = "direction.parts_open"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = (
        "Còn {count} phần việc đã phân giao chưa hoàn thành. Hãy chờ, thu hồi chúng, hoặc ghi rõ lý do kết thúc sớm."
    )
    en: ClassVar[str] = (
        "{count} parts passed on are not done. Wait, withdraw them, or write why the task ends before them."
    )


class BadSuccessor(Refusal):
    code: ClassVar[str] = "direction.bad_successor"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Cơ quan {code} không kế tục cơ quan chủ trì cũ. Hãy chọn trong số: {parts}."
    en: ClassVar[str] = "Agency {code} does not carry on for the former lead agency. Choose among: {parts}."
