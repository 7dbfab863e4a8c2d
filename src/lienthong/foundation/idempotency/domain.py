"""Keys, answers, and what can be wrong with a key."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from lienthong.kernel.errors import Refusal

KEPT = timedelta(days=1)
"""How long an answer is given again."""
KEY = re.compile(r"^[\x21-\x7e]{8,200}$")


class KeyMissing(Refusal):
    code: ClassVar[str] = "idempotency.key_missing"
    vi: ClassVar[str] = (
        "Thiếu tiêu đề Idempotency-Key: hãy gửi một mã mới (8–200 ký tự) cho mỗi lần ghi, và giữ mã đó khi gửi lại."
    )
    en: ClassVar[str] = (
        "The header Idempotency-Key is missing: send a new key (8–200 characters) with each write, and the same one when"
        " you send it again."
    )


class KeyReused(Refusal):
    code: ClassVar[str] = "idempotency.key_reused"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy gửi với mã mới."
    en: ClassVar[str] = "This Idempotency-Key was used for another request. Send it with a new key."


@dataclass(frozen=True)
class Answer:
    """What was answered to a write."""

    status: int
    content_type: str
    headers: dict[str, str]
    body: bytes
    again: bool = False
    """Whether it is given again instead of for the first time."""
