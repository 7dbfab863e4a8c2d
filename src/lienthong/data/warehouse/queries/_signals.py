"""Thresholds crossed."""

from collections.abc import Sequence
from uuid import UUID

from lienthong.data.warehouse import domain, models

_SIGNAL = (
    "id", "indicator", "territory", "period", "level", "value", "threshold", "state", "raised_at", "closed_at", "directive_id",
)  # fmt: skip


def signals(
    *, open_only: bool = True, territories: Sequence[str] | None = None, limit: int = 100
) -> list[domain.Signal]:
    """Signals, newest first."""
    rows = models.SignalRow.objects.order_by("-raised_at", "-id")
    if open_only:
        rows = rows.exclude(state=domain.SignalState.CLOSED)
    if territories is not None:
        rows = rows.filter(territory__in=territories)
    return [_signal(row) for row in rows.values_list(*_SIGNAL)[:limit]]


def signal(*, id: UUID) -> domain.Signal | None:
    """One signal."""
    row = models.SignalRow.objects.filter(id=id).values_list(*_SIGNAL).first()
    return _signal(row) if row else None


def _signal(row: tuple) -> domain.Signal:
    values = dict(zip(_SIGNAL, row, strict=True))
    values |= {"level": domain.Level(values["level"]), "state": domain.SignalState(values["state"])}
    return domain.Signal(**values)
