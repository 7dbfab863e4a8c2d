"""What a person should look at, and what they made of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from lienthong.data.intelligence import domain, events, models
from lienthong.data.intelligence.services._models import Inferred, digest, infer
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold

FALSIFICATION = "falsification-signs"


@transaction.atomic
def find_falsified(
    *, offices: Sequence[domain.Office], columns: np.ndarray, sample: Mapping[str, Any], by: str, at: datetime
) -> list[UUID]:
    """Propose a look at the offices whose records seem re-dated to before their deadlines; the insights, the surest first. An
    office that was proposed already is not proposed again.

    :param columns: (5, records): position of the office, then received, due, claimed end, known, in minutes.
    :param sample: what the columns were read from, for the record.
    """
    office, *stamps = columns
    inferred, found = infer(
        model=FALSIFICATION, purpose="falsification", inputs=dict(sample) | {"values": digest(columns)},
        run=lambda: domain.find_falsification(office.astype(int), *stamps, offices=len(offices)),
        output=lambda answer: {"offices": len(offices), "found": len(answer.findings)}, by=by, at=at,
    )  # fmt: skip
    proposed = []
    for finding in reversed(found.findings):  # the surest is the newest, and so the first in lists
        place = offices[finding.office]
        signs = {
            name: float(value[finding.office])
            for name, value in vars(found.signs).items()
            if isinstance(value, np.ndarray) and np.isfinite(value[finding.office])
        }
        proposed.append(
            propose(
                kind="falsification", mark=f"falsification:{place.code}", agency=place.code, territory=place.territory,
                title=place.name, vi=finding.vi, en=finding.en, evidence=signs | {"q": finding.q},
                confidence=1 - finding.q, inferred=inferred, at=at,
            )
        )  # fmt: skip
    return [item for item in reversed(proposed) if item]


def propose(
    *, kind: str, mark: str, title: str, vi: str, en: str, evidence: Mapping[str, Any], confidence: float, inferred: Inferred,
    at: datetime, indicator: str = "", territory: str = "", agency: str = "",
) -> UUID | None:  # fmt: skip
    row, made = models.InsightRow.objects.get_or_create(
        mark=mark,
        defaults={
            "id": uuid7(), "kind": kind, "indicator": indicator, "territory": territory, "agency": agency,
            "title": title, "vi": vi, "en": en,
            "evidence": dict(evidence), "confidence": confidence, "proposed_at": at, "inference_id": inferred.id,
            "search": fold(f"{title} {agency} {vi}"),
        },
    )  # fmt: skip
    if not made:
        return None
    outbox.publish(events.InsightProposed(insight_id=row.id, kind=kind, territory=territory, agency=agency), at=at)
    return row.id


@transaction.atomic
def decide(*, insight_id: UUID, state: domain.InsightState, reason: str, by: str, at: datetime) -> None:
    """A person's answer to an insight: confirmed, refused, acted on or measured, and why.

    :raises domain.BadStep: it does not stand where that can follow.
    """
    row = models.InsightRow.objects.select_for_update().filter(id=insight_id).first()
    stands = domain.InsightState(row.state) if row else None
    if stands is None or state not in domain.NEXT[stands]:
        raise domain.BadStep(state=stands or "–", wanted=state)
    row.state, row.decided_by, row.decided_at, row.reason = state, by, at, reason
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    # An answer to one of many insights of a run is no answer to the run.
    if not models.InsightRow.objects.filter(inference=row.inference_id).exclude(id=row.id).exists():
        models.InferenceRow.objects.filter(id=row.inference_id).update(
            decision="refuse" if state is domain.InsightState.REFUSED else "accept",
            decided_by=by,
            decided_at=at,
            reason=reason,
        )
    audit.record(by=by, action=f"data.intelligence.{state}", subject=f"insight:{insight_id}", at=at, reason=reason)
    outbox.publish(events.InsightDecided(insight_id=insight_id, state=state), at=at)
