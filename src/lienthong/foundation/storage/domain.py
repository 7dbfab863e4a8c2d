"""What a stored file is, and a name that is safe to give it back under."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.errors import Refusal


class TooLarge(Refusal):
    code: ClassVar[str] = "storage.too_large"
    status: ClassVar[int] = 413
    vi: ClassVar[str] = "Tệp {name} lớn hơn mức {megabytes} MB. Hãy chia nhỏ tệp, hoặc nhờ người vận hành nâng mức."
    en: ClassVar[str] = (
        "The file {name} is larger than {megabytes} MB. Divide it, or ask an operator to raise the limit."
    )


class NoSpace(Refusal):
    code: ClassVar[str] = "storage.no_space"
    status: ClassVar[int] = 507
    vi: ClassVar[str] = "Kho tệp đã đầy; chưa lưu gì. Hãy báo người vận hành dọn chỗ rồi thử lại."
    en: ClassVar[str] = "The storage is full; nothing was stored. Tell an operator, then try again."


class Damaged(Refusal):
    code: ClassVar[str] = "storage.damaged"
    status: ClassVar[int] = 500
    vi: ClassVar[str] = (
        "Tệp {name} trong kho không còn đúng như lúc lưu. Hãy báo người vận hành phục hồi từ bản sao lưu."
    )
    en: ClassVar[str] = "The stored file {name} is not what was stored. Tell an operator to restore it from a backup."


class DriverMissing(Refusal):
    code: ClassVar[str] = "storage.driver_missing"
    status: ClassVar[int] = 500
    vi: ClassVar[str] = "Chưa cài phần nối tới S3; cài bằng: {command}"
    en: ClassVar[str] = "The S3 connector is not installed; install it with: {command}"


@dataclass(frozen=True)
class StoredFile:
    """One file: a content under a name."""

    id: UUID
    sha256: str
    size: int
    name: str
    media_type: str
    stored_at: datetime


_BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def safe_name(name: str) -> str:
    """A name without folders, control characters or hidden changes of direction, at most 150 characters."""
    base = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    base = _BIDI.sub("", base)
    base = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C" and letter not in '<>:"|?*')
    base = base.strip(". ")
    if len(base) > 150:
        stem, dot, ending = base.rpartition(".")
        base = f"{stem[: 149 - len(ending)]}{dot}{ending}" if dot and len(ending) < 12 else base[:150]
    return base or "tep"
