"""A register of invented people and files for it, for tests here and elsewhere."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from lienthong.data.registry import domain, queries, services
from lienthong.foundation.storage import services as storage

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
REGISTER, SOURCE = "people", "own"
DOCUMENT = {
    "key": REGISTER,
    "name": {"vi": "Người mẫu", "en": "Invented people"},
    "purpose": {"vi": "Kiểm thử", "en": "Tests"},
    "owner": "G12",
    "record_key": "id",
    "title": "name",
    "territory": "commune",
    "sharing": "open",
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "string", "pattern": "^999[0-9]{9}$", "title": "Số định danh"},
            "name": {"type": "string", "minLength": 2, "maxLength": 100, "title": "Họ và tên"},
            "born": {"type": "string", "format": "date", "title": "Ngày sinh"},
            "commune": {"type": "string", "pattern": "^[0-9]{5}$", "title": "Mã xã"},
            "children": {"type": "integer", "minimum": 0, "title": "Số con"},
            "income": {"type": "number", "minimum": 0, "title": "Thu nhập"},
            "insured": {"type": "boolean", "title": "Bảo hiểm"},
        },
    },
    "sources": [
        {"key": SOURCE, "name": "Sở mẫu", "trusted": True},
        {"key": "other", "name": "Huyện mẫu"},
    ],
}
HEADINGS = {name: field["title"] for name, field in DOCUMENT["schema"]["properties"].items()}


def declare(**changes: Any) -> None:
    """The register of people, or one like it."""
    services.declare(document=DOCUMENT | changes, by="system:test", at=AT)


def person(number: int, **fields: Any) -> dict[str, Any]:
    """The record of one invented person."""
    return {"id": f"999{number:09}", "name": f"Nguyễn Văn {number}"} | fields


def csv_of(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = ("id", "name")) -> bytes:
    """People as a CSV file under the register's headings."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([HEADINGS[name] for name in columns])
    writer.writerows([[row.get(name, "") for name in columns] for row in rows])
    return text.getvalue().encode()


def put_in_line(content: bytes | BinaryIO, *, name: str = "people.csv", source: str = SOURCE, whole: bool = False):
    """Store a file and put it in line; the id of its import."""
    stored = storage.store(content=content, name=name, media_type="application/octet-stream", by="system:test", at=AT)
    return services.begin_import(
        register=REGISTER, source=source, file_id=stored.id, whole=whole, by="system:test", at=AT
    )


def take_in(content: bytes | BinaryIO, *, at: datetime = AT, **how: Any) -> domain.Import:
    """Take a file in; what became of it."""
    job = put_in_line(content, **how)
    services.run_import(import_id=job, at=at)
    return queries.import_job(id=job)


def stored(source: str = SOURCE) -> dict[str, Mapping[str, Any]]:
    """The current records of a source by key."""
    return {version.key: version.payload for version in queries.current(register=REGISTER, source=source)}


def refusals(job: domain.Import) -> list[domain.Refused]:
    """The refused cells of an import."""
    return list(queries.refusals(import_id=job.id))
