"""Models: their versions with cards, how they stand, what use was made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from lienthong.data.intelligence import domain, models

COUNTED_DAYS = 30
"""How far back uses are counted."""


@dataclass(frozen=True)
class ModelVersion:
    """A version of a model with what use was made of it in the last days."""

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


def model_versions(*, at: datetime) -> list[ModelVersion]:
    """All versions, those in use first of each model; in two queries. Uses are counted over the last days, and the last use is
    looked up, each by the index of a model's uses in time: what is read are the entries of those days and one more for each
    version, however long the table has grown before."""
    rows = models.ModelRow.objects.order_by("name", "-registered_at").values_list(*_FIELDS)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.id, counted.uses, counted.accepted, counted.refused, (
                SELECT i.at FROM data_intelligence_inferencerow i WHERE i.model_id = m.id ORDER BY i.at DESC LIMIT 1
            )
            FROM data_intelligence_modelrow m CROSS JOIN LATERAL (
                SELECT count(*) AS uses, count(*) FILTER (WHERE i.decision = 'accept') AS accepted,
                       count(*) FILTER (WHERE i.decision = 'refuse') AS refused
                FROM data_intelligence_inferencerow i WHERE i.model_id = m.id AND i.at >= %s
            ) AS counted
            """,
            [at - timedelta(days=COUNTED_DAYS)],
        )
        uses = {id: dict(zip(_USE, told, strict=True)) for id, *told in cursor.fetchall()}
    found = [_version(row, uses.get(row[0], {})) for row in rows]
    return sorted(found, key=lambda item: (item.name, item.state is not domain.ModelState.APPROVED))


_USE = ("uses", "accepted", "refused", "used_at")


def _version(row: tuple, use: Mapping[str, Any]) -> ModelVersion:
    values = dict(zip(_FIELDS, row, strict=True))
    return ModelVersion(**values | {"state": domain.ModelState(values["state"])}, **use)


def model_version(*, id: UUID, at: datetime) -> ModelVersion | None:
    """One of them."""
    return next((item for item in model_versions(at=at) if item.id == id), None)


def models_decided() -> set[str]:
    """The names of models of which a version was approved once: what stands of them is for people to change."""
    rows = models.ModelRow.objects.exclude(approved_at=None)
    return set(rows.values_list("name", flat=True))
