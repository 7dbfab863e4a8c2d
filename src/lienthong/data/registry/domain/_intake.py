"""What comes through the intake: facts one by one, tokens of the systems that send them, and how a fact is refused."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson

from lienthong.kernel.errors import Refusal

FACT_KILOBYTES = 64
HIGHEST_VERSION = 2**63 - 1


class TokenRefused(Refusal):
    """Not told apart: no token, a wrong one, one that has ended, one that was revoked."""

    code: ClassVar[str] = "registry.token_refused"
    status: ClassVar[int] = 401
    vi: ClassVar[str] = (
        "Thẻ gửi dữ liệu thiếu, sai, hết hạn hoặc đã bị thu hồi. Hãy gửi Authorization: Bearer <thẻ>;"
        " xin thẻ mới ở người vận hành. Xem docs/how-to/send-facts.md."
    )
    en: ClassVar[str] = (
        "The intake token is missing, wrong, expired or revoked. Send Authorization: Bearer <token>;"
        " an operator issues a new one. See docs/how-to/send-facts.md."
    )


class OtherSource(Refusal):
    code: ClassVar[str] = "registry.other_source"
    status: ClassVar[int] = 403
    vi: ClassVar[str] = (
        "Thẻ này chỉ gửi được cho nguồn {own}, không gửi được cho {asked}. Hãy sửa địa chỉ hoặc dùng thẻ khác."
    )
    en: ClassVar[str] = (
        "This token sends for the source {own} only, not for {asked}. Mend the address or use another token."
    )


class FactTooLarge(Refusal):
    code: ClassVar[str] = "registry.fact_too_large"
    status: ClassVar[int] = 413
    vi: ClassVar[str] = "Một bản ghi gửi qua cổng nhận không quá {kilobytes} KB. Bản ghi lớn hơn hãy gửi bằng tệp."
    en: ClassVar[str] = "A record sent to the intake has at most {kilobytes} KB. Send a larger one in a file."


class FactUnreadable(Refusal):
    code: ClassVar[str] = "registry.fact_unreadable"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = (
        'Nội dung không đúng khuôn dạng: cần một đối tượng JSON {{"payload": {{…}}, "version": số nguyên từ 1 (nếu có)}}.'
    )
    en: ClassVar[str] = (
        'The body is not of the form: one JSON object {{"payload": {{…}}, "version": a whole number from 1 (if any)}}.'
    )


class NotStorable(Refusal):
    """The fact fits its schema, but the database refuses it, such as text with a zero character."""

    code: ClassVar[str] = "registry.not_storable"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Không lưu được bản ghi {key}: {problem}. Hãy sửa bản ghi rồi gửi lại."
    en: ClassVar[str] = "Record {key} cannot be stored: {problem}. Mend it, then send it again."


class IntakeFull(Refusal):
    code: ClassVar[str] = "registry.intake_full"
    status: ClassVar[int] = 429
    vi: ClassVar[str] = "Cổng nhận đang đầy. Bản ghi chưa được nhận; hãy gửi lại sau {seconds} giây."
    en: ClassVar[str] = "The intake is full. The record was not taken; send it again in {seconds} seconds."


class IntakeAway(Refusal):
    code: ClassVar[str] = "registry.intake_away"
    status: ClassVar[int] = 503
    vi: ClassVar[str] = (
        "Cơ sở dữ liệu tạm thời không trả lời nên chưa xác nhận được bản ghi. Hãy gửi lại sau {seconds} giây;"
        " gửi lại không làm trùng."
    )
    en: ClassVar[str] = (
        "The database does not answer at the moment, so the record is not confirmed. Send it again in {seconds} seconds;"
        " sending again doubles nothing."
    )


@dataclass(frozen=True)
class IntakeToken:
    """The right of one system to send facts of one source, without its secret."""

    id: UUID
    register: str
    source: str
    name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    by: str


def token_hash(token: str) -> bytes:
    """What is kept of a token. It is random in 256 bits, so one plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def read_fact(body: bytes) -> tuple[Mapping[str, Any], int | None]:
    """The payload and the version a sender gives.

    :raises FactUnreadable: the body is something else.
    """
    try:
        fact = orjson.loads(body)
        payload, version = fact["payload"], fact.get("version")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FactUnreadable from error
    is_version = version is None or (type(version) is int and 1 <= version <= HIGHEST_VERSION)
    if not isinstance(payload, dict) or not is_version:
        raise FactUnreadable
    return payload, version
