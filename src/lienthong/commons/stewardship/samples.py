"""Who answers for the systems of the Model in a sample space: the published arrangement, where there is one."""

from datetime import datetime

from lienthong.commons.stewardship import queries
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.directory import services as directory_services
from lienthong.kernel.clock import vietnam_date

DOCUMENT = "không gian mẫu, theo phân công đã công bố"


def load(*, by: str, at: datetime) -> None:
    """Lay them where nobody answers yet."""
    today = vietnam_date(at)
    taken = {(item.subject, item.role) for item in directory.responsibilities(today, text="system:")}
    for system in queries.systems():
        for role, code in system.responsible.items():
            if (system.subject, role) not in taken:
                directory_services.assign_responsibility(
                    subject=system.subject, role=directory_domain.Role(role), agency_code=code, valid_from=today,
                    document=DOCUMENT, by=by, at=at,
                )  # fmt: skip
