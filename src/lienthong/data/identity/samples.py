"""Sample accounts: plainly invented people, one of every branch and level."""

from datetime import datetime

from lienthong.data.identity import services

PASSWORD = "lienthong-mau-2026"  # noqa: S105  (of sample spaces only; printed on their sign-in page)

PEOPLE = (
    ("cong-dan", "Công dân Mẫu", "person", "999301000001", ""),
    ("doanh-nghiep", "Công ty TNHH Mẫu (doanh nghiệp)", "enterprise", "", "9990000000"),
    ("can-bo-xa", "Cán bộ một cửa cấp xã (Mẫu)", "person", "999301000002", ""),
    ("chu-tich-tinh", "Chủ tịch UBND tỉnh (Mẫu)", "person", "999301000003", ""),
    ("bi-thu-tinh", "Bí thư Tỉnh ủy (Mẫu)", "person", "999301000004", ""),
    ("bo-truong", "Lãnh đạo bộ, ngành (Mẫu)", "person", "999301000005", ""),
    ("mat-tran", "Cán bộ Mặt trận Tổ quốc (Mẫu)", "person", "999301000006", ""),
    ("lanh-dao-tw", "Lãnh đạo trung ương (Mẫu)", "person", "999301000007", ""),
    ("quan-tri-du-lieu", "Quản trị dữ liệu (Mẫu)", "person", "999301000008", ""),
    ("van-hanh", "Người vận hành (Mẫu)", "person", "999301000009", ""),
    ("kiem-toan", "Kiểm toán, thanh tra (Mẫu)", "person", "999301000010", ""),
)


def load(*, by: str, at: datetime) -> None:
    """Open every sample account that is not there yet."""
    password_hash = services.hash_password(password=PASSWORD)
    for username, full_name, kind, personal_id, enterprise_code in PEOPLE:
        services.open_account(
            username=username,
            full_name=full_name,
            password_hash=password_hash,
            kind=kind,
            personal_id=personal_id,
            enterprise_code=enterprise_code,
            is_sample=True,
            by=by,
            at=at,
        )
