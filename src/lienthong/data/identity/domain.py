"""Rules of sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.errors import Refusal

WINDOW = timedelta(minutes=15)
"""How long a failed attempt counts."""
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_ADDRESS = 50
"""Many people share one address (an office behind one line), so an address may fail more often than an account."""


class WrongPassword(Refusal):
    code: ClassVar[str] = "identity.wrong_password"
    status: ClassVar[int] = 401
    vi: ClassVar[str] = "Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra lại rồi thử lần nữa."
    en: ClassVar[str] = "The user name or the password is wrong. Check both and try again."


class LockedOut(Refusal):
    code: ClassVar[str] = "identity.locked_out"
    status: ClassVar[int] = 429
    vi: ClassVar[str] = "Đã sai quá nhiều lần. Hãy thử lại sau {minutes} phút, hoặc nhờ quản trị đặt lại mật khẩu."
    en: ClassVar[str] = (
        "Too many failed attempts. Try again in {minutes} minutes, or ask an operator for a new password."
    )


@dataclass(frozen=True)
class Person:
    """An account as other modules see it."""

    id: UUID
    username: str
    full_name: str
    kind: str
    language: str
    is_sample: bool

    @property
    def actor(self) -> str:
        """The name under which its acts are recorded."""
        return f"account:{self.id}"


def locked_until(failures: list[datetime], *, limit: int, at: datetime) -> datetime | None:
    """When sign-in opens again, if the failures within the window have reached the limit; none if it is open."""
    counting = sorted(moment for moment in failures if moment > at - WINDOW)
    return counting[-limit] + WINDOW if len(counting) >= limit else None
