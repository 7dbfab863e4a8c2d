"""What procedures ask of people and the time the law gives them, kept as passages for everybody."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from lienthong.commons.procedures import queries
from lienthong.commons.procedures.domain import REGISTER
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import queries as intelligence_queries
from lienthong.data.intelligence import services as intelligence
from lienthong.data.registry import queries as registry

_KIND = intelligence_domain.PassageKind.PROCEDURE
LEVELS = {"central": "trung ương", "province": "tỉnh", "commune": "xã"}


def keep_procedures(*, codes: Collection[str] | None = None, at: datetime) -> None:
    """The passages of some procedures as the catalogue has them now, of all without ``codes``; one that left it is gone."""
    keys = None if codes is None else sorted(codes)
    told = list(registry.current(register=REGISTER, source=queries.trusted_source(), keys=keys))
    intelligence.keep_passages(
        kind=_KIND, keys=keys or [], passages=[_passage(item.key, item.payload) for item in told], at=at
    )


def keep_missing(*, at: datetime) -> None:
    """Those of a catalogue that was there before there were passages; nothing where there are some."""
    if _KIND not in intelligence_queries.kinds_kept():
        keep_procedures(at=at)


def _passage(key: str, row: Mapping[str, Any]) -> intelligence_domain.Passage:
    days = row["working_days"]
    said = [
        f"Lĩnh vực: {row['sector_name']}" if row.get("sector_name") else "",
        f"Thời hạn giải quyết: {f'{days} ngày làm việc' if days else 'trong ngày'}",
        f"Phí, lệ phí: {_dong(row['fee'])}" if row.get("fee") is not None else "",
        f"Số giấy tờ phải nộp: {row['papers']}" if row.get("papers") is not None else "",
        f"Cấp thực hiện: {LEVELS[row['level']]}" if row.get("level") else "",
        f"Căn cứ pháp lý: {row['legal_basis'].strip().rstrip('.')}" if row.get("legal_basis") else "",
    ]
    text = " ".join(f"{item}." for item in said if item)
    return intelligence_domain.Passage(
        _KIND, key, row["name"], text[: intelligence_domain.LONGEST_PASSAGE], f"/registers/{REGISTER}/{key}",
        also="thủ tục hành chính, mất bao lâu, mất bao nhiêu ngày, phí bao nhiêu",
    )  # fmt: skip


def _dong(amount: int) -> str:
    return f"{f'{amount:,}'.replace(',', '.')} đồng" if amount else "không thu"
