"""Taking dossiers in as the national sync sends them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lienthong.commons.casework import domain, queries
from lienthong.commons.casework.adapters import SyncProfile
from lienthong.data.intelligence import services as intelligence
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.foundation.audit import services as audit
from lienthong.kernel.errors import Refusal


@dataclass(frozen=True)
class Synced:
    """What became of one row: its dossier's code, and why it was refused, if it was."""

    code: str
    refusal: Refusal | None = None


@transaction.atomic
def sync(*, rows: Sequence[Mapping[str, Any]], source: str, by: str, at: datetime) -> list[Synced]:
    """Take rows of the profile in, in one transaction; bad ones are refused one by one, the others are in. Of several rows
    about one dossier the last counts. Sent again they change nothing."""
    declaration = registry.declaration(register=domain.DOSSIERS)
    outcomes, judged = [], []
    for row, told in zip(rows, SyncProfile().translate(rows), strict=True):
        code = str(row.get("MaHoSo") or "")
        try:
            if isinstance(told, Refusal):
                raise told
            judged += [declaration.prepare(payload) for payload in told]
        except Refusal as refusal:
            outcomes.append(Synced(code, refusal))
        else:
            outcomes.append(Synced(code))
    result = registry_services.accept_batch(register=domain.DOSSIERS, source=source, rows=judged, by=by, at=at)
    if result.new or result.changed:
        audit.record(
            by=by, action="commons.casework.sync", subject=f"source:{domain.DOSSIERS}/{source}", at=at,
            details={"new": result.new, "changed": result.changed, "refused": len(rows) - len(judged)},
        )  # fmt: skip
    return outcomes


@transaction.atomic
def rate(*, ratings: Sequence[Mapping[str, Any]], source: str, by: str, at: datetime) -> registry_domain.Accepted:
    """Take ratings of dossiers in; agency and territory are those of the dossier.

    :raises registry.domain.RecordRefused: one does not fit; none is taken.
    """
    declaration = registry.declaration(register=domain.RATINGS)
    codes = [str(item.get("dossier") or "") for item in ratings]
    dossiers = {
        version.key: version.payload
        for version in registry.current(register=domain.DOSSIERS, source=domain.SOURCE, keys=codes)
    }
    rows = []
    for item in ratings:
        known = dossiers.get(str(item.get("dossier") or ""), {})
        place = {name: known[name] for name in ("agency", "territory") if name in known}
        rows.append(declaration.prepare(dict(item) | place))
    result = registry_services.accept_batch(register=domain.RATINGS, source=source, rows=rows, by=by, at=at)
    if result.new or result.changed:
        audit.record(
            by=by, action="commons.casework.rate", subject=f"source:{domain.RATINGS}/{source}", at=at,
            details={"new": result.new, "changed": result.changed},
        )  # fmt: skip
    return result


def look_for_falsified(*, by: str, at: datetime) -> list[UUID]:
    """Propose a look at the offices whose dossiers seem re-dated to before their deadlines; the insights."""
    offices, columns = queries.ends(at=at)
    if not offices:
        return []
    sample = {"register": domain.DOSSIERS, "dossiers": columns.shape[1], "offices": len(offices)}
    return intelligence.find_falsified(offices=offices, columns=columns, sample=sample, by=by, at=at)
