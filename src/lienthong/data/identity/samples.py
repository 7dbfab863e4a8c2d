"""Sample accounts: plainly invented people, one of every branch and level, with the offices they hold and what those may do."""

from dataclasses import dataclass
from datetime import datetime

from lienthong.data.identity import queries, services
from lienthong.foundation.access import domain as authority
from lienthong.foundation.access import queries as access_queries
from lienthong.foundation.access import services as access
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory_queries
from lienthong.foundation.directory import services as directory
from lienthong.kernel.clock import vietnam_date

PASSWORD = "lienthong-mau-2026"  # noqa: S105  (of sample spaces only; printed on their sign-in page)
BASIS = "quyết định giao quyền của không gian mẫu"
PROVINCE, WARD = "75", "26368"  # Thành phố Đồng Nai, phường Long Thành


@dataclass(frozen=True)
class Sample:
    """One invented person: where they hold which office, and what the office may do (action, agency, territory)."""

    username: str
    full_name: str
    agency: str = ""
    title: str = ""
    title_en: str = ""
    is_head: bool = True
    may: tuple[tuple[str, str, str], ...] = ()
    kind: str = "person"
    personal_id: str = ""
    enterprise_code: str = ""


def _views(territory: str = "") -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (action, "", territory)
        for action in ("channels.dashboards.view", "channels.kpis.view", "data.quality.read", "data.intelligence.read")
    )


def _directs(agency: str, territory: str = "") -> tuple[tuple[str, str, str], ...]:
    return (("commons.direction.*", agency, ""), ("channels.dashboards.edit", "", territory))


def _works(agency: str) -> tuple[tuple[str, str, str], ...]:
    return (("commons.direction.read", agency, ""), ("commons.direction.work", agency, ""))


PEOPLE = (
    Sample("cong-dan", "Công dân Mẫu", personal_id="999301000001"),
    Sample("doanh-nghiep", "Công ty TNHH Mẫu (doanh nghiệp)", kind="enterprise", enterprise_code="9990000000"),
    Sample(
        "can-bo-xa", "Cán bộ một cửa cấp xã (Mẫu)", f"H19.{WARD}", "Công chức một cửa", "One-stop officer", False,
        _views(WARD) + _works(f"H19.{WARD}") + (("data.registry.read", "", WARD),), personal_id="999301000002",
    ),
    Sample(
        "chu-tich-tinh", "Chủ tịch UBND tỉnh (Mẫu)", "H19", "Chủ tịch Ủy ban nhân dân", "Chairperson", True,
        _views(PROVINCE) + _directs("H19", PROVINCE)
        + (("commons.direction.issue", "", PROVINCE), ("data.registry.read", "", PROVINCE),
           ("channels.kpis.self_score", "", PROVINCE)),
        personal_id="999301000003",
    ),
    Sample(
        "bi-thu-tinh", "Bí thư Tỉnh ủy (Mẫu)", f"B{PROVINCE}", "Bí thư", "Secretary", True,
        _views(PROVINCE) + _directs(f"B{PROVINCE}", PROVINCE)
        + (("commons.direction.issue", "", PROVINCE), ("commons.direction.read", "H19", "")),
        personal_id="999301000004",
    ),
    Sample(
        "bo-truong", "Lãnh đạo bộ, ngành (Mẫu)", "G06", "Bộ trưởng", "Minister", True,
        _views() + _directs("G06") + (("data.registry.read", "", ""), ("channels.kpis.self_score", "G06", "")),
        personal_id="999301000005",
    ),
    Sample(
        "mat-tran", "Cán bộ Mặt trận Tổ quốc (Mẫu)", f"N{PROVINCE}", "Cán bộ giám sát", "Supervision officer", False,
        _views(PROVINCE) + _works(f"N{PROVINCE}") + (("commons.direction.read", "H19", ""),), personal_id="999301000006",
    ),
    Sample(
        "lanh-dao-tw", "Lãnh đạo trung ương (Mẫu)", "A08", "Lãnh đạo Ban Chỉ đạo", "Head of the Steering Committee", True,
        _views() + _directs("")
        + (("data.registry.read", "", ""), ("foundation.directory.*", "", ""), ("channels.kpis.publish", "", ""),
           ("commons.stewardship.plan", "", "")),
        personal_id="999301000007",
    ),
    Sample(
        "quan-tri-du-lieu", "Quản trị dữ liệu (Mẫu)", "G06.90", "Quản trị dữ liệu", "Data steward", True,
        _views() + _works("G06.90")
        + (("data.registry.*", "", ""), ("data.quality.*", "", ""), ("data.intelligence.*", "", "")),
        personal_id="999301000008",
    ),
    Sample(
        "van-hanh", "Người vận hành (Mẫu)", "G01.C12", "Kỹ sư vận hành", "Operator", False,
        (*_views(), ("bootstrap.operate", "", "")), personal_id="999301000009",
    ),
    Sample(
        "kiem-toan", "Kiểm toán, thanh tra (Mẫu)", "K01", "Kiểm toán viên", "Auditor", False,
        (*_views(), ("data.intelligence.decide", "", ""), ("foundation.audit.read", "", ""),
         ("channels.kpis.appraise", "", ""), ("channels.kpis.reopen", "", ""), ("commons.direction.read", "", ""),
         ("data.registry.read", "", "")),
        personal_id="999301000010",
    ),
)  # fmt: skip

RESPONSIBLE = (
    # (subject, leads, owns, manages)
    ("register:administrative-units", "G12", "G12", "G12.90"),
    ("register:directive-tasks", "G22", "G22", "G22"),
    ("register:quality-checks", "A08", "G01.C12", "G06.90"),
)


def load(*, by: str, at: datetime) -> None:
    """Open every sample account that is not there yet, with its office; give what an office was never given, such as authority
    over what a newer program brings. Harmless to repeat: what was taken away stays away."""
    missing = [person for person in PEOPLE if queries.by_username(username=person.username) is None]
    if missing:
        password_hash = services.hash_password(password=PASSWORD)
        for person in missing:
            _open(person, password_hash, by, at)
    for person in PEOPLE:
        if person.agency and (position_id := directory_queries.position_of(person.agency, person.title)):
            _give(person, str(position_id), by, at)
    if missing:
        _assign(by, at)


def _open(person: Sample, password_hash: str, by: str, at: datetime) -> None:
    account_id = services.open_account(
        username=person.username, full_name=person.full_name, password_hash=password_hash, kind=person.kind,
        personal_id=person.personal_id, enterprise_code=person.enterprise_code, is_sample=True, by=by, at=at,
    )  # fmt: skip
    if person.agency:
        position_id = directory.create_position(
            agency_code=person.agency,
            title=person.title,
            title_en=person.title_en,
            is_head=person.is_head,
            by=by,
            at=at,
        )
        directory.appoint(position_id=position_id, account_id=account_id, valid_from=at, decree=BASIS, by=by, at=at)


def _give(person: Sample, position: str, by: str, at: datetime) -> None:
    given = access_queries.ever_given(holder=position)
    for action, agency, territory in person.may:
        if (action, agency, territory) not in given:
            access.grant(
                holder_kind=authority.HolderKind.POSITION, holder=position, holder_name=person.title,
                scope=authority.Scope(action, agency, territory), basis=BASIS, valid_from=at, may_delegate=True, by=by, at=at,
            )  # fmt: skip


def _assign(by: str, at: datetime) -> None:
    for subject, *agencies in RESPONSIBLE:
        for role, code in zip(
            (directory_domain.Role.LEADS, directory_domain.Role.OWNS, directory_domain.Role.MANAGES),
            agencies,
            strict=True,
        ):
            directory.assign_responsibility(
                subject=subject, role=role, agency_code=code, valid_from=vietnam_date(at),
                document="giả định của không gian mẫu", by=by, at=at,
            )  # fmt: skip
