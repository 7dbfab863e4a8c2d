"""A procedure as others need to know it."""

from dataclasses import dataclass

REGISTER = "procedures"


@dataclass(frozen=True)
class Procedure:
    """One administrative procedure.

    :param working_days: the time the law gives, in working days; 0: the same day.
    :param fee: in đồng, of an ordinary case.
    """

    code: str
    name: str
    sector: str
    sector_name: str
    level: str
    working_days: int
    fee: int
    online_payment: bool
