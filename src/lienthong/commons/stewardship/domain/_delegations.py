"""What came of a delegation: decisions, and indicators then and now."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

DECISIONS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "commons.direction.issue", "commons.direction.approve", "commons.direction.return", "commons.direction.suspend",
            "commons.direction.resume", "commons.direction.withdraw", "commons.direction.extend",
            "commons.direction.extension_granted", "commons.direction.extension_refused",
        ),
        "commons.direction.issue",
    ),
    **dict.fromkeys(("data.intelligence.confirmed", "data.intelligence.refused"), "data.intelligence.decide"),
    "foundation.directory.assign_responsibility": "foundation.directory.assign",
}  # fmt: skip
"""What the log calls an act that decides something, and the authority that it takes."""

AUTHORITIES: Mapping[str, tuple[str, str]] = {
    "bootstrap.operate": ("vận hành không gian", "operate the space"),
    "channels.dashboards.edit": (
        "lập bảng, ghi chú, lưu bảng điều hành",
        "compose boards, write notes, keep snapshots",
    ),
    "channels.dashboards.view": ("xem bảng điều hành", "see the boards"),
    "channels.kpis.view": ("xem kết quả KPI", "see KPI results"),
    "channels.kpis.self_score": ("tự chấm, kiến nghị, giải trình kết quả", "score oneself, appeal, answer for results"),
    "channels.kpis.appraise": ("thẩm định kết quả", "appraise results"),
    "channels.kpis.publish": ("công bố kết quả", "publish results"),
    "channels.kpis.reopen": ("mở lại kết quả đã công bố", "reopen published results"),
    "commons.direction.*": ("chỉ đạo và theo dõi nhiệm vụ", "direct and follow up tasks"),
    "commons.direction.issue": ("ra chỉ đạo, giao nhiệm vụ", "issue directives"),
    "commons.direction.read": ("xem chỉ đạo, nhiệm vụ", "read directives and tasks"),
    "commons.direction.work": ("thực hiện, báo cáo nhiệm vụ", "work on tasks and report"),
    "commons.stewardship.plan": ("đặt lộ trình cho đơn vị", "set the roadmaps of units"),
    "data.intelligence.*": ("xem và kết luận các phát hiện", "see insights and conclude on them"),
    "data.intelligence.approve": ("phê duyệt mô hình", "approve models"),
    "data.intelligence.decide": ("kết luận các phát hiện", "conclude on insights"),
    "data.intelligence.read": ("xem các phát hiện và tác động", "see insights and effects"),
    "data.quality.*": ("quản lý chất lượng dữ liệu", "manage data quality"),
    "data.quality.read": ("xem chất lượng dữ liệu", "see data quality"),
    "data.registry.*": ("quản lý cơ sở dữ liệu", "manage registers"),
    "data.registry.read": ("đọc cơ sở dữ liệu", "read registers"),
    "foundation.audit.read": ("xem toàn bộ nhật ký", "read the whole log"),
    "foundation.directory.assign": ("giao trách nhiệm về hệ thống, dữ liệu", "assign responsibilities"),
    "foundation.directory.*": ("quản lý danh bạ, trách nhiệm", "manage the directory and responsibilities"),
}
"""Authority in words; one that is not here is shown by its name."""
REVIEW_WORKING_DAYS = 60
"""When a delegation is offered to be looked at, in working days."""


@dataclass(frozen=True)
class Change:
    """An indicator when authority was handed on, and now."""

    indicator: str
    then: Decimal | None
    now: Decimal | None
    up: bool
    """Whether higher is better."""

    @property
    def better(self) -> bool | None:
        """Whether it is better now; none where one of the two is not known."""
        if self.then is None or self.now is None:
            return None
        return self.now > self.then if self.up else self.now < self.then

    @property
    def worse(self) -> bool | None:
        return None if self.better is None else not self.better and self.now != self.then
