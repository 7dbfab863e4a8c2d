"""Refusals: what a caller can get wrong, each with a code that is listed in docs/problems.md."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """A use case refused to run; nothing was changed.

    A subclass names one way to be wrong: ``code`` (``module.reason``), the HTTP ``status`` it leaves with, and the
    sentence for the user in Vietnamese and English, formatted with ``data``. The sentence says what to do next.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    vi: ClassVar[str] = "Yêu cầu bị từ chối."
    en: ClassVar[str] = "The request was refused."

    def __init__(self, **data: Any) -> None:
        self.data: Mapping[str, Any] = data
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """The sentence in ``"vi"`` or ``"en"``."""
        return (self.en if language == "en" else self.vi).format(**self.data)


class NotFound(Refusal):
    """What was asked for is not there, or not visible to who asks: the two are not told apart."""

    code = "not_found"
    status = 404
    vi = "Không tìm thấy {what}. Hãy kiểm tra lại đường dẫn hoặc quyền truy cập."
    en = "{what} was not found. Check the address, or whether you may see it."


class Forbidden(Refusal):
    """The caller has no authority for this; ``reason`` is the sentence of the access decision."""

    code = "forbidden"
    status = 403
    vi = "Không được phép: {reason}"
    en = "Not allowed: {reason}"


class Conflict(Refusal):
    """The thing has changed since the caller read it."""

    code = "conflict"
    status = 409
    vi = "{what} vừa được thay đổi bởi người khác. Hãy tải lại rồi thử lại."
    en = "{what} has just been changed by someone else. Reload and try again."
