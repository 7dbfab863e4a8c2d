"""Models: their versions with cards, how they stand, what use was made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from lienthong.data.intelligence import domain, models


@dataclass(frozen=True)
class ModelVersion:
    """A version of a model with what use was made of it."""

    id: UUID
    name: str
    version: str
    card: Mapping[str, Any]
    state: domain.ModelState
    registered_at: datetime
    approved_by: str
    approved_at: datetime | None
    uses: int = 0
    used_at: datetime | None = None
    accepted: int = 0
    refused: int = 0

    @property
    def judged(self) -> int:
        """How many of its answers people took or refused."""
        return self.accepted + self.refused

    @property
    def share_accepted(self) -> float | None:
        """Of the answers that people judged, those they took; none where they judged none."""
        return self.accepted / self.judged if self.judged else None


_FIELDS = ("id", "name", "version", "card", "state", "registered_at", "approved_by", "approved_at")


def model_versions() -> list[ModelVersion]:
    """All versions, those in use first of each model; in two queries."""
    rows = models.ModelRow.objects.order_by("name", "-registered_at").values_list(*_FIELDS)
    uses = {
        row["model"]: row
        for row in models.InferenceRow.objects.values("model").annotate(
            uses=Count("id"), used_at=Max("at"), accepted=Count("id", filter=Q(decision="accept")),
            refused=Count("id", filter=Q(decision="refuse")),
        )
    }  # fmt: skip
    found = [_version(row, uses.get(row[0], {})) for row in rows]
    return sorted(found, key=lambda item: (item.name, item.state is not domain.ModelState.APPROVED))


def _version(row: tuple, use: Mapping[str, Any]) -> ModelVersion:
    values = dict(zip(_FIELDS, row, strict=True))
    used = {name: use[name] for name in ("uses", "used_at", "accepted", "refused") if name in use}
    return ModelVersion(**values | {"state": domain.ModelState(values["state"])}, **used)


def model_version(*, id: UUID) -> ModelVersion | None:
    """One of them."""
    return next((item for item in model_versions() if item.id == id), None)


def models_decided() -> set[str]:
    """The names of models of which a version was approved once: what stands of them is for people to change."""
    rows = models.ModelRow.objects.exclude(approved_at=None)
    return set(rows.values_list("name", flat=True))
