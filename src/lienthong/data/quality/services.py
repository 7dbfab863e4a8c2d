"""Assessing sources, assigning what was found, and seeing it mended."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lienthong.data.quality import domain, events, models
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import services as warehouse_services
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold


@transaction.atomic
def assess(*, register: str, source: str, by: str, at: datetime) -> dict[str, int]:
    """Hold every record of a source against the register's rules and, unless it is the trusted source itself, against
    the trusted one: open what is new, verify what has come to agree, and write the checks.

    Harmless to repeat: what was found before stays one discrepancy.

    :returns: rows per class of difference, over the whole source.
    :raises domain.NotComparable: there is no such source, or no trusted one beside it.
    :raises domain.UnknownRule: the register's declaration names a rule that is not there.
    """
    summary = registry.register(key=register)
    trusted_source = next((item for item in summary.sources if item.trusted), None)
    assessed = next((item for item in summary.sources if item.key == source), None)
    if trusted_source is None or assessed is None:
        raise domain.NotComparable(register=f"{register}/{source}")
    declaration = summary.declaration
    trusted = {item.key: item for item in registry.current(register=register, source=trusted_source.key)}
    found: list[domain.RowDifference] = []
    rows, verified = trusted, 0
    if not assessed.trusted:
        rows = {item.key: item for item in registry.current(register=register, source=source)}
        found = list(
            domain.compare(
                {key: item.payload for key, item in trusted.items()},
                {key: item.payload for key, item in rows.items()},
                fields=declaration.compare,
                former=_former(register, trusted_source.key, declaration.compare),
            )
        )
        _store(declaration, assessed, found, trusted, rows, at)
        verified = _verify(register, source, {item.key for item in found}, at)
    _write_checks(_Assessment(declaration, assessed, found, trusted, rows), by, at)
    audit.record(
        by=by,
        action="data.quality.assess",
        subject=f"source:{register}/{source}",
        at=at,
        details={"found": len(found), "verified": verified},
    )
    outbox.publish(events.SourceAssessed(register=register, source=source, found=len(found), verified=verified), at=at)
    return domain.counts(found)


@transaction.atomic
def assign(*, ids: Sequence[UUID], agency_code: str, by: str, at: datetime) -> int:
    """Send open discrepancies to the body responsible for the faulty source: they are mended there and nowhere else."""
    changed = models.DiscrepancyRow.objects.filter(id__in=ids, state=domain.State.OPEN).update(
        state=domain.State.ASSIGNED, agency_code=agency_code, assigned_at=at
    )
    audit.record(
        by=by, action="data.quality.assign", subject=f"agency:{agency_code}", at=at, details={"discrepancies": changed}
    )
    return changed


def awaited_sources(*, sources: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of some (register, source), those that were told of something they have not mended yet."""
    waiting = models.DiscrepancyRow.objects.filter(
        register__in={register for register, _ in sources}, state__in=[domain.State.OPEN, domain.State.ASSIGNED]
    )
    return set(waiting.values_list("register", "source").distinct()) & set(sources)


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


@transaction.atomic
def declare_agreement(*, register: str, by: str, at: datetime) -> None:
    """Give a register that several sources tell an indicator of its own: the share of the copies' records that agree with
    the trusted source. Harmless to repeat."""
    declaration = registry.declaration(register=register)
    document = {
        "code": domain.agreement_code(register),
        "name": {
            "vi": f"Bản sao khớp nguồn tin cậy: {declaration.name['vi']}",
            "en": f"Copies that agree: {declaration.name['en']}",
        },
        "definition": {
            "vi": "Bản ghi của các bản sao nói đúng như nguồn tin cậy duy nhất (Nghị định 278/2025/NĐ-CP, điều 5).",
            "en": "Records of the copies that say what the single trusted source says (Decree 278/2025/NĐ-CP, art. 5).",
        },
        "unit": "%", "scale": 100, "digits": 2, "section": "data", "register": domain.CHECKS, "direction": "up",
        "where": {"register": register, "trusted": False}, "numerator": {"where": {"agrees": True}}, "denominator": {},
        "amber": 100, "red": 98, "signals": ["country"],
    }  # fmt: skip
    warehouse_services.declare(document=document, by=by, at=at)


# --- inside -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Assessment:
    """One source held against its rules and the trusted source."""

    declaration: registry_domain.Declaration
    source: registry.SourceSummary
    found: Sequence[domain.RowDifference]
    trusted: Mapping[str, registry_domain.Version]
    rows: Mapping[str, registry_domain.Version]


def _store(declaration, source, found, trusted, other, at) -> None:
    standing = {
        row.key: row
        for row in models.DiscrepancyRow.objects.filter(register=declaration.key, source=source.key).exclude(
            state=domain.State.VERIFIED
        )
    }
    new, changed = [], []
    for item in found:
        right, given = trusted.get(item.key), other.get(item.key)
        values = _described(declaration, item, right, given)
        row = standing.get(item.key)
        if row is None:
            row = models.DiscrepancyRow(id=uuid7(), register=declaration.key, source=source.key, key=item.key, **values)
            row.agency_code, row.opened_at = source.agency_code, at
            new.append(row)
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            if row.state == domain.State.FIXED:
                # It came back otherwise wrong: whoever is responsible looks at it again.
                row.state = domain.State.ASSIGNED if row.assigned_at else domain.State.OPEN
            changed.append(row)
    models.DiscrepancyRow.objects.bulk_create(new, batch_size=2000)
    if changed:
        models.DiscrepancyRow.objects.bulk_update(
            changed,
            ["kind", "title", "territory", "differences", "search", "trusted_version", "other_version", "state"],
            batch_size=1000,
        )


def _described(declaration, item, right, given) -> dict[str, Any]:
    payload = (right or given).payload
    title = str(payload.get(declaration.title) or item.key)
    return {
        "kind": item.kind.value,
        "title": title,
        "territory": (right or given).territory,
        "differences": [
            {
                "field": difference.field,
                "trusted": difference.trusted,
                "other": difference.other,
                "kind": difference.kind.value,
                "until": difference.until.isoformat() if difference.until else None,
            }
            for difference in item.differences
        ],
        "search": fold(f"{item.key} {title}"),
        "trusted_version": right.version if right else None,
        "other_version": given.version if given else None,
    }


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


def _write_checks(assessment: _Assessment, by: str, at: datetime) -> None:
    """One check for every record that either source knows, and the end of checks on records that neither knows now."""
    declaration, source = assessment.declaration, assessment.source
    failed = domain.failing({key: row.payload for key, row in assessment.rows.items()}, declaration.rules)
    kinds = {item.key: item for item in assessment.found}
    for item in assessment.found:
        reasons = {domain.FAILS[difference.kind] for difference in item.differences} or {domain.FAILS[item.kind]}
        failed[item.key] = failed.get(item.key, set()) | reasons
    for key, row in assessment.rows.items():
        if at - row.known_from > timedelta(days=declaration.live_days):
            failed.setdefault(key, set()).add(domain.Dimension.LIVE)
    checks = registry.declaration(register=domain.CHECKS)
    prefix = f"{declaration.key}/{source.key}/"
    keys = assessment.rows.keys() | (assessment.trusted.keys() if not source.trusted else set())
    incoming = []
    for key in sorted(keys):
        fails = failed.get(key, set())
        payload = {
            "id": prefix + key,
            "register": declaration.key,
            "source": source.key,
            "agency": source.agency_code,
            "trusted": source.trusted,
            "record": key,
            "territory": (assessment.trusted.get(key) or assessment.rows[key]).territory,
            "agrees": key not in kinds,
            "kind": kinds[key].kind.value if key in kinds else "",
            "score": domain.index(fails, declaration.weights),
        }
        incoming.append(checks.incoming(payload | {item.value: item not in fails for item in domain.Dimension}))
    ended = [
        registry_domain.closing(version)
        for version in registry.current(register=domain.CHECKS, source=domain.CHECKER, prefix=prefix)
        if version.payload["record"] not in keys
    ]
    registry_services.accept_batch(register=domain.CHECKS, source=domain.CHECKER, rows=incoming + ended, by=by, at=at)


def _former(register: str, source: str, fields: Sequence[str]) -> dict[tuple[str, str], list[domain.Former]]:
    """The values that were true before a date, from the closed validity of the trusted source's own versions."""
    found: dict[tuple[str, str], list[domain.Former]] = {}
    for version in registry.formerly_valid(register=register, source=source):
        for field in fields:
            if field in version.payload:
                former = domain.Former(version.payload[field], version.valid_to)
                found.setdefault((version.key, field), []).append(former)
    return found
