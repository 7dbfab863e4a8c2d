"""Comparing sources, assigning what was found, and seeing it mended."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lienthong.data.quality import domain, events, models
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold

CHECKS = "quality-checks"
"""The register in which every compared record says whether it agrees: what indicators of quality are computed from."""


@transaction.atomic
def compare(*, register: str, source: str, by: str, at: datetime) -> dict[str, int]:
    """Compare a source with the trusted one: open what is new, verify what has come to agree, and write the checks.

    Harmless to repeat: what was found before stays one discrepancy.

    :returns: rows per class of difference, over the whole source.
    :raises domain.NotComparable: the register has no trusted source, or ``source`` is that one.
    """
    summary = registry.register(key=register)
    trusted_source = next((item for item in summary.sources if item.trusted), None)
    faulty = next((item for item in summary.sources if item.key == source and not item.trusted), None)
    if trusted_source is None or faulty is None:
        raise domain.NotComparable(register=f"{register}/{source}")
    declaration = summary.declaration
    trusted = {item.key: item for item in registry.current(register=register, source=trusted_source.key)}
    other = {item.key: item for item in registry.current(register=register, source=source)}
    found = list(
        domain.compare(
            {key: item.payload for key, item in trusted.items()},
            {key: item.payload for key, item in other.items()},
            fields=declaration.compare,
            former=_former(register, trusted_source.key, declaration.compare),
        )
    )
    _store(declaration, source, faulty.agency_code, found, trusted, other, at)
    verified = _verify(register, source, {item.key for item in found}, at)
    _write_checks(declaration, source, found, trusted, other, by, at)
    audit.record(
        by=by,
        action="data.quality.compare",
        subject=f"source:{register}/{source}",
        at=at,
        details={"found": len(found), "verified": verified},
    )
    outbox.publish(events.SourcesCompared(register=register, source=source, found=len(found), verified=verified), at=at)
    return domain.counts(found)


@transaction.atomic
def assign(*, ids: Sequence[UUID], agency_code: str, by: str, at: datetime) -> int:
    """Send open discrepancies to the body responsible for the faulty source."""
    changed = models.DiscrepancyRow.objects.filter(id__in=ids, state=domain.State.OPEN).update(
        state=domain.State.ASSIGNED, agency_code=agency_code, assigned_at=at
    )
    audit.record(
        by=by, action="data.quality.assign", subject=f"agency:{agency_code}", at=at, details={"discrepancies": changed}
    )
    return changed


@transaction.atomic
def note_fixed(*, register: str, source: str, xid: int, at: datetime) -> int:
    """The source has sent higher versions of records it was told about: those are fixed, and wait to be verified."""
    versions = {
        key: version for name, key, version in registry.written_in(register=register, xid=xid) if name == source
    }
    rows = models.DiscrepancyRow.objects.filter(
        register=register, source=source, key__in=versions, state__in=[domain.State.OPEN, domain.State.ASSIGNED]
    )
    fixed = []
    for row in rows.filter(opened_at__lte=at):
        if row.other_version is None or versions[row.key] > row.other_version:
            row.state, row.fixed_at, row.fixed_version = domain.State.FIXED, at, versions[row.key]
            fixed.append(row)
    models.DiscrepancyRow.objects.bulk_update(fixed, ["state", "fixed_at", "fixed_version"], batch_size=1000)
    return len(fixed)


def _store(declaration, source, agency_code, found, trusted, other, at) -> None:
    standing = {
        row.key: row
        for row in models.DiscrepancyRow.objects.filter(register=declaration.key, source=source).exclude(
            state=domain.State.VERIFIED
        )
    }
    new, changed = [], []
    for item in found:
        right, given = trusted.get(item.key), other.get(item.key)
        payload = (right or given).payload
        title = str(payload.get(declaration.title) or item.key)
        values = {
            "kind": item.kind,
            "title": title,
            "territory": (right or given).territory,
            "differences": [
                {
                    "field": difference.field,
                    "trusted": difference.trusted,
                    "other": difference.other,
                    "kind": difference.kind,
                    "until": difference.until.isoformat() if difference.until else None,
                }
                for difference in item.differences
            ],
            "search": fold(f"{item.key} {title}"),
            "trusted_version": right.version if right else None,
            "other_version": given.version if given else None,
        }
        row = standing.get(item.key)
        if row is None:
            new.append(
                models.DiscrepancyRow(
                    id=uuid7(),
                    register=declaration.key,
                    source=source,
                    key=item.key,
                    agency_code=agency_code,
                    opened_at=at,
                    **values,
                )
            )
        elif any(getattr(row, name) != value for name, value in values.items()):
            # It came back otherwise wrong: whoever is responsible looks at it again.
            for name, value in values.items():
                setattr(row, name, value)
            if row.state == domain.State.FIXED:
                row.state = domain.State.ASSIGNED if row.assigned_at else domain.State.OPEN
            changed.append(row)
    models.DiscrepancyRow.objects.bulk_create(new, batch_size=2000)
    if changed:
        models.DiscrepancyRow.objects.bulk_update(
            changed,
            ["kind", "title", "territory", "differences", "search", "trusted_version", "other_version", "state"],
            batch_size=1000,
        )


def _verify(register: str, source: str, still: set[str], at: datetime) -> int:
    """What was found before and is found no more is verified, whoever mended it."""
    gone = [
        row.id
        for row in models.DiscrepancyRow.objects.filter(register=register, source=source)
        .exclude(state=domain.State.VERIFIED)
        .only("id", "key")
        if row.key not in still
    ]
    return models.DiscrepancyRow.objects.filter(id__in=gone).update(state=domain.State.VERIFIED, verified_at=at)


def _write_checks(declaration, source, found, trusted, other, by, at) -> None:
    kinds = {item.key: item.kind for item in found}
    checks = registry.declaration(register=CHECKS)
    rows = [
        checks.incoming(
            {
                "id": f"{declaration.key}/{source}/{key}",
                "register": declaration.key,
                "source": source,
                "record": key,
                "territory": (trusted.get(key) or other[key]).territory,
                "agrees": key not in kinds,
                "right": key not in kinds or not kinds[key].is_error,
                "kind": kinds[key].value if key in kinds else "",
            }
        )
        for key in trusted.keys() | other.keys()
    ]
    registry_services.accept_batch(register=CHECKS, source="quality", rows=rows, by=by, at=at)


def _former(register: str, source: str, fields: Sequence[str]) -> dict[tuple[str, str], list[domain.Former]]:
    """The values that were true before a date, from the closed validity of the trusted source's own versions."""
    found: dict[tuple[str, str], list[domain.Former]] = {}
    for version in registry.formerly_valid(register=register, source=source):
        for field in fields:
            if field in version.payload:
                former = domain.Former(version.payload[field], version.valid_to)
                found.setdefault((version.key, field), []).append(former)
    return found


def declare_checks(*, by: str, at: datetime) -> None:
    """The register of checks, there in every space."""
    registry_services.declare(document=_CHECKS_DECLARATION, by=by, at=at)


_CHECKS_DECLARATION = {
    "key": CHECKS,
    "name": {"vi": "Kết quả đối soát", "en": "Checks between sources"},
    "purpose": {
        "vi": "Mỗi bản ghi được đối chiếu với nguồn tin cậy: khớp hay không, khác kiểu gì",
        "en": "Each record compared with the trusted source: whether it agrees, and how it differs",
    },
    "owner": "",
    "record_key": "id",
    "title": "record",
    "territory": "territory",
    "sharing": registry_domain.Sharing.SHARED.value,
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["id", "register", "source", "record", "agrees", "right"],
        "properties": {
            "id": {"type": "string"},
            "register": {"type": "string"},
            "source": {"type": "string"},
            "record": {"type": "string"},
            "territory": {"type": "string"},
            "agrees": {"type": "boolean"},
            "right": {"type": "boolean"},
            "kind": {"enum": ["", *(kind.value for kind in domain.Class)]},
        },
        "additionalProperties": False,
    },
    "sources": [{"key": "quality", "name": "lienthong", "trusted": True}],
}
