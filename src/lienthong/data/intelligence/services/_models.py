"""Models and their use: every use is recorded."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from django.db import transaction

from lienthong.data.intelligence import domain, models
from lienthong.foundation.audit import services as audit
from lienthong.kernel.ids import uuid7

T = TypeVar("T")


@dataclass(frozen=True)
class Inferred:
    """What a model said, and the record of it."""

    id: UUID
    milliseconds: int


@transaction.atomic
def register_model(*, card: Mapping[str, Any], by: str, at: datetime) -> UUID:
    """Register a version of a model by its card; it is not used before it is approved. Harmless to repeat; of a version that is
    there, the evaluation alone may be told anew."""
    read = domain.Card(**card)
    row, made = models.ModelRow.objects.get_or_create(
        name=read.name, version=read.version, defaults={"id": uuid7(), "card": asdict(read), "registered_at": at}
    )
    if made:
        audit.record(
            by=by, action="data.intelligence.register_model", subject=f"model:{read.name}/{read.version}", at=at
        )
    elif read.evaluation and row.card.get("evaluation") != read.evaluation:
        row.card = row.card | {"evaluation": dict(read.evaluation)}
        row.save(update_fields=["card"])
        audit.record(
            by=by, action="data.intelligence.evaluate_model", subject=f"model:{read.name}/{read.version}", at=at
        )
    return row.id


@transaction.atomic
def approve_model(*, name: str, version: str, reason: str = "", by: str, at: datetime) -> None:
    """Let a version be used from now on; the one before is retired. Approving an older one again is the way back.

    :raises domain.NoModel: there is no such version.
    """
    row = models.ModelRow.objects.select_for_update().filter(name=name, version=version).first()
    if row is None:
        raise domain.NoModel(name=f"{name}/{version}")
    if row.state == domain.ModelState.APPROVED:
        return
    models.ModelRow.objects.filter(name=name, state=domain.ModelState.APPROVED).update(state=domain.ModelState.RETIRED)
    row.state, row.approved_by, row.approved_at = domain.ModelState.APPROVED, by, at
    row.save(update_fields=["state", "approved_by", "approved_at"])
    audit.record(
        by=by, action="data.intelligence.approve_model", subject=f"model:{name}/{version}", at=at, reason=reason[:1000]
    )


@transaction.atomic
def retire_model(*, name: str, version: str, reason: str, by: str, at: datetime) -> None:
    """Let a version not be used any more; without another that is approved, what needs the model is refused.

    :raises domain.NoModel: there is no such version, or it is not in use.
    """
    rows = models.ModelRow.objects.filter(name=name, version=version, state=domain.ModelState.APPROVED)
    if not rows.update(state=domain.ModelState.RETIRED):
        raise domain.NoModel(name=f"{name}/{version}")
    audit.record(
        by=by, action="data.intelligence.retire_model", subject=f"model:{name}/{version}", at=at, reason=reason[:1000]
    )


def infer(
    *,
    model: str,
    version: str = "",
    purpose: str,
    inputs: Mapping[str, Any],
    run: Callable[[], T],
    output: Callable[[T], Mapping[str, Any]],
    confidence: Callable[[T], float | None] = lambda _: None,
    by: str,
    at: datetime,
) -> tuple[Inferred, T]:
    """Use a model, and keep what for, from which inputs, what it said and how sure it was.

    :param version: the one that must be approved, where a model is plugged in from outside.
    :param inputs: what the answer hangs on, as references and options; hashed, so that the same question is known again.
    :param output: what of the answer is kept with the record.
    :raises domain.NoModel: no version of it is approved, or another than this one.
    """
    row = models.ModelRow.objects.filter(name=model, state=domain.ModelState.APPROVED).first()
    if row is None or (version and row.version != version):
        raise domain.NoModel(name=f"{model} {version}".strip())
    begun = time.monotonic()
    answer = run()
    took = int(1000 * (time.monotonic() - begun))
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
    record = models.InferenceRow.objects.create(
        id=uuid7(), model=row, purpose=purpose, by=by, at=at, inputs=json.loads(text),
        inputs_sha256=hashlib.sha256(text.encode()).digest(), output=dict(output(answer)), confidence=confidence(answer),
        milliseconds=took,
    )  # fmt: skip
    return Inferred(record.id, took), answer


def digest(*arrays: np.ndarray | None) -> str:
    """A hash of numbers that a model was given."""
    found = hashlib.sha256()
    for array in arrays:
        if array is not None:
            found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
