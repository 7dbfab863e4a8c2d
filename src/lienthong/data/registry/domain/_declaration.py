"""What a register is: its declaration, its records, and how a record is judged on its way in."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

import jsonschema_rs
import orjson

from lienthong.kernel.errors import Refusal
from lienthong.kernel.text import fold, nfc


class BadDeclaration(Refusal):
    code: ClassVar[str] = "registry.bad_declaration"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Khai báo cơ sở dữ liệu chưa đúng: {problem}. Xem docs/how-to/add-a-register.md."
    en: ClassVar[str] = "The register's declaration is not right: {problem}. See docs/how-to/add-a-register.md."


class VersionConflict(Refusal):
    code: ClassVar[str] = "registry.version_conflict"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = (
        "Bản ghi {key} đang ở phiên bản {stored}; chỉ nhận phiên bản cao hơn, không nhận {given}."
        " Hãy đọc bản hiện hành rồi gửi phiên bản tiếp theo."
    )
    en: ClassVar[str] = (
        "Record {key} stands at version {stored}; only a higher one is accepted, not {given}."
        " Read the current one, then send the next version."
    )


class NotExpected(Refusal):
    code: ClassVar[str] = "registry.not_expected"
    status: ClassVar[int] = 412
    vi: ClassVar[str] = "Bản ghi {key} đang ở phiên bản {stored}, không phải {expected}. Hãy đọc lại rồi gửi lại."
    en: ClassVar[str] = "Record {key} stands at version {stored}, not {expected}. Read it again, then send again."


class BadCondition(Refusal):
    code: ClassVar[str] = "registry.bad_condition"
    vi: ClassVar[str] = 'If-Match: {given} không phải là một phiên bản; hãy gửi ETag đã nhận, ví dụ "3".'
    en: ClassVar[str] = 'If-Match: {given} is no version; send the ETag that was received, such as "3".'


class BadPlace(Refusal):
    code: ClassVar[str] = "registry.bad_place"
    vi: ClassVar[str] = "{given} không phải là vị trí trong dòng thay đổi; hãy gửi lại giá trị next đã nhận."
    en: ClassVar[str] = "{given} is no place in the change feed; send the next that was received."


class OtherKey(Refusal):
    code: ClassVar[str] = "registry.other_key"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Địa chỉ nói khóa {key} nhưng nội dung nói {given}. Hãy sửa một trong hai."
    en: ClassVar[str] = "The address says key {key}, but the payload says {given}. Mend one of them."


class RecordRefused(Refusal):
    code: ClassVar[str] = "registry.record_refused"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Bản ghi {key} không đúng khuôn dạng: {problems}"
    en: ClassVar[str] = "Record {key} does not fit its schema: {problems}"


class UnknownRegister(Refusal):
    code: ClassVar[str] = "registry.unknown"
    status: ClassVar[int] = 404
    vi: ClassVar[str] = "Không có cơ sở dữ liệu hoặc nguồn {name}. Xem danh sách tại /registers."
    en: ClassVar[str] = "There is no register or source {name}. The list is at /registers."


class Sharing(StrEnum):
    """How a data set may be shared (Data Law 60/2024 art. 13)."""

    SHARED = "shared"
    PRIVATE = "private"
    OPEN = "open"


class Subject(StrEnum):
    """Whom the data is about, which decides how its reading is guarded and logged (Law 91/2025)."""

    NONE = "none"
    ORGANISATION = "organisation"
    PERSON_BASIC = "person_basic"
    PERSON_SENSITIVE = "person_sensitive"

    @property
    def is_personal(self) -> bool:
        return self in (Subject.PERSON_BASIC, Subject.PERSON_SENSITIVE)


@dataclass(frozen=True)
class SourceDeclaration:
    """One body that delivers facts to the register."""

    key: str
    name: str
    agency_code: str = ""
    trusted: bool = False


@dataclass(frozen=True)
class Declaration:
    """One register as its file declares it; see docs/how-to/add-a-register.md for every field."""

    key: str
    name: Mapping[str, str]
    purpose: Mapping[str, str]
    owner: str
    schema: Mapping[str, Any]
    record_key: str
    title: str
    territory: str = ""
    person: str = ""
    """The field with the personal id of whom a record is about; empty: the record's key is it."""
    people: str = ""
    """The field with how many cases of people a record tells of, where it tells a number and not of one of them."""
    valid_from: str = ""
    compare: tuple[str, ...] = ()
    sharing: Sharing = Sharing.PRIVATE
    subject: Subject = Subject.NONE
    live_days: int = 365
    weights: Mapping[str, float] = field(default_factory=dict)
    rules: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[SourceDeclaration, ...] = ()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Declaration":
        """Read a declaration and check that it can work.

        :raises BadDeclaration: naming the field that is wrong.
        """
        try:
            declaration = cls(
                **{
                    key: value
                    for key, value in document.items()
                    if key not in ("sharing", "subject", "sources", "rules", "compare")
                },
                compare=tuple(document.get("compare", ())),
                sharing=Sharing(document.get("sharing", "private")),
                subject=Subject(document.get("subject", "none")),
                rules=tuple(document.get("rules", ())),
                sources=tuple(SourceDeclaration(**source) for source in document.get("sources", ())),
            )
            jsonschema_rs.validator_for(dict(declaration.schema))
        except (TypeError, ValueError) as error:
            raise BadDeclaration(problem=str(error)) from error
        properties = declaration.schema.get("properties", {})
        named = (
            declaration.record_key, declaration.title, declaration.territory, declaration.person, declaration.people,
            declaration.valid_from,
        )  # fmt: skip
        for name in (*named, *declaration.compare):
            if name and name not in properties:
                raise BadDeclaration(problem=f"{name} is not among the schema's properties")
        if declaration.valid_from and properties[declaration.valid_from].get("format") != "date":
            raise BadDeclaration(problem=f"{declaration.valid_from} must have the format date")
        if declaration.record_key not in declaration.schema.get("required", ()):
            raise BadDeclaration(problem=f"{declaration.record_key} tells records apart and must be required")
        if declaration.sources and sum(source.trusted for source in declaration.sources) != 1:
            raise BadDeclaration(problem="exactly one source must be trusted")
        return declaration

    def person_of(self, payload: Mapping[str, Any]) -> str:
        """The personal id of whom a record is about; empty where it does not say."""
        return str(payload.get(self.person or self.record_key) or "")

    @cached_property
    def validator(self):
        """The compiled JSON Schema 2020-12 validator, formats checked."""
        return jsonschema_rs.validator_for(dict(self.schema), validate_formats=True)

    def written(self, payload: Mapping[str, Any]) -> bytes | None:
        """The JSON that a payload is stored as, its names in order; none when it does not fit, and `problems` says why."""
        try:
            if not self.validator.is_valid(payload):
                return None
            text = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
            if self.valid_from and (day := payload.get(self.valid_from)):
                date.fromisoformat(day)
        except (TypeError, ValueError):
            return None
        fits = (
            0 < len(str(payload[self.record_key])) <= LONGEST_KEY
            and len(str(payload.get(self.territory) or "")) <= LONGEST_KEY // 2
            and not (b"\\u0000" in text and _NULL.search(text))
        )
        return text if fits else None

    def problems(self, payload: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
        """What is wrong with a payload: (field, value, reason) for each; empty when it fits."""
        if self.written(payload) is not None:
            return []
        found = []
        try:
            for error in self.validator.iter_errors(payload):
                place = "/".join(map(str, error.instance_path)) or str(
                    error.kind.as_dict().get("property", self.record_key)
                )
                found.append((place, error.instance if error.instance_path else payload.get(place), reason(error)))
        except (TypeError, ValueError):
            pass
        return found or [
            (name, value, why) for name, value in payload.items() if (why := self._unstorable(name, value))
        ]

    def _unstorable(self, name: str, value: Any) -> str:
        """Why a value that fits the schema can still not be kept; empty when it can."""
        try:
            text = orjson.dumps(value)
        except TypeError:
            return _REASON_OF_NO_JSON
        if _NULL.search(text):
            return _REASON_OF_NULL
        if name in (self.record_key, self.territory) and not 0 < len(str(value)) <= LONGEST_KEY // 2:
            return _REASON_OF_LENGTH
        return _REASON_OF_NO_DAY if name == self.valid_from else ""

    def prepare(self, payload: Mapping[str, Any]) -> "Incoming":
        """A payload with its text in normal form, and what the registry needs to know of it.

        :raises RecordRefused: it does not fit the schema.
        """
        clean = {key: nfc(value) if isinstance(value, str) else value for key, value in payload.items()}
        key = str(clean.get(self.record_key, ""))
        if problems := self.problems(clean):
            raise RecordRefused(key=key, problems="; ".join(f"{name}: {reason}" for name, _, reason in problems))
        return self.incoming(clean)

    def incoming(self, clean: Mapping[str, Any]) -> "Incoming":
        """The same for a payload already cleaned and judged."""
        key, title = str(clean[self.record_key]), str(clean.get(self.title) or "")
        return Incoming(
            key=key,
            payload=clean,
            digest=digest(clean),
            territory=str(clean.get(self.territory) or "") if self.territory else "",
            search=fold(title if title == key else f"{key} {title}"),
            valid_from=date.fromisoformat(clean[self.valid_from])
            if self.valid_from and clean.get(self.valid_from)
            else None,
        )


@dataclass(frozen=True)
class Incoming:
    """One record on its way in, judged and ready to be stored."""

    key: str
    payload: Mapping[str, Any]
    digest: bytes
    territory: str = ""
    search: str = ""
    valid_from: date | None = None
    version: int | None = None
    """Asked for by the sender; the next one when none is given."""
    closed: bool = False
    """The record ends: it is no longer among the current ones, its history stays."""


def closing(version: "Version", *, valid_from: date | None = None) -> Incoming:
    """The end of a record, on a day or on no known one; never before the fact that it ends."""
    mark = hashlib.sha256(b"closed" + digest(version.payload)).digest()[:16]
    day = max(filter(None, (valid_from, version.valid_from)), default=None)
    return Incoming(version.key, version.payload, mark, version.territory, valid_from=day, closed=True)


@dataclass(frozen=True)
class Version:
    """One stored version of a record."""

    register: str
    source: str
    key: str
    version: int
    payload: Mapping[str, Any]
    territory: str
    valid_from: date | None
    valid_to: date | None
    known_from: datetime
    known_to: datetime | None
    by: str
    import_id: UUID | None
    closed: bool = False

    @property
    def is_current(self) -> bool:
        return self.known_to is None


@dataclass(frozen=True)
class Taken:
    """What became of one record."""

    key: str
    version: int
    """The version that stands now."""
    new: bool
    written: bool
    """Whether it said anything that was not stored already."""


@dataclass(frozen=True)
class Accepted:
    """What became of a batch."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    conflicts: tuple[tuple[str, int, int], ...] = ()
    """(key, stored version, given version) of the records whose version was not higher."""

    def __add__(self, other: "Accepted") -> "Accepted":
        return Accepted(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.conflicts + other.conflicts,
        )


def digest(payload: Mapping[str, Any]) -> bytes:
    """16 bytes that two payloads share only if they say the same: SHA-256 over sorted JSON, shortened."""
    return hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).digest()[:16]


def reason(error: Any) -> str:
    """Why the schema refuses a value, in both languages."""
    vi, en = _REASONS.get(error.kind.name, ("không hợp lệ", error.message))
    said = error.kind.as_dict()
    detail = next((str(said[name]) for name in ("pattern", "format", "limit", "options", "types") if name in said), "")
    return f"{vi} ({detail[:200]}) / {en}" if detail else f"{vi} / {en}"


LONGEST_KEY = 400
"""Characters of a record's key; of a territory, half as many. PostgreSQL keeps no longer ones in an index."""
_NULL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_REASON_OF_NULL = "có ký tự rỗng (U+0000) / has a null character"
_REASON_OF_NO_JSON = "không ghi được dưới dạng JSON / cannot be written as JSON"
_REASON_OF_LENGTH = "để trống hoặc quá dài / empty or too long"
_REASON_OF_NO_DAY = "không phải là ngày / not a day"
_REASONS = {
    "required": ("thiếu giá trị bắt buộc", "a required value is missing"),
    "type": ("sai kiểu dữ liệu", "wrong type of value"),
    "pattern": ("không đúng khuôn dạng; kiểm tra số 0 ở đầu", "does not have the form; check leading zeros"),
    "format": ("không đúng khuôn dạng", "not of the format"),
    "enum": ("không có trong danh mục", "not in the code list"),
    "minLength": ("quá ngắn", "too short"),
    "maxLength": ("quá dài", "too long"),
    "minimum": ("nhỏ hơn mức cho phép", "below the minimum"),
    "maximum": ("lớn hơn mức cho phép", "above the maximum"),
    "additionalProperties": ("có trường không khai báo", "has an undeclared field"),
}
