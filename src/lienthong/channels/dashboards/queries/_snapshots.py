"""Boards as they were kept, and the proof that they are what was kept."""

from collections.abc import Sequence
from uuid import UUID

from lienthong.channels.dashboards import domain, models
from lienthong.channels.dashboards.queries._boards import Board
from lienthong.data.warehouse.domain import Cell, Indicator
from lienthong.foundation.audit import queries as audit
from lienthong.kernel.errors import NotFound
from lienthong.kernel.keeping import canonical, digest
from lienthong.kernel.text import fold

KEEP = "channels.dashboards.keep_snapshot"


def snapshot(*, id: UUID) -> domain.Snapshot:
    """One of them.

    :raises kernel.errors.NotFound: there is none.
    """
    return _snapshot(_row(id))


def snapshots(
    *, territories: Sequence[str] | None, text: str = "", before: UUID | None = None, limit: int = 50
) -> list[domain.Snapshot]:
    """Snapshots of boards of some territories (none for all) whose title holds every word, newest first."""
    rows = models.SnapshotRow.objects.order_by("-id")
    if territories is not None:
        rows = rows.filter(territory__in=list(territories))
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    if before:
        rows = rows.filter(id__lt=before)
    return [_snapshot(row) for row in rows[:limit]]


def content_of(*, id: UUID) -> str:
    """The very text that was kept.

    :raises kernel.errors.NotFound: there is none.
    """
    return _row(id).content


def proof_of(*, id: UUID) -> audit.Proof | None:
    """That the log has the hash of the text as it is read now; none where it has not.

    :raises kernel.errors.NotFound: there is none.
    """
    row = _row(id)
    return audit.proof(subject=f"snapshot:{id}", action=KEEP, detail=("sha256", digest(row.content)))


def frozen(board: Board, title: str, at: str) -> str:
    """What a snapshot keeps of a board: every number with what it was computed from, as text."""
    content = {
        "title": title, "territory": board.territory, "name": board.name, "at": at,
        "sections": [
            {
                "name": dict(section.name), "question": dict(section.question),
                "tiles": [_tile(tile.indicator, tile.cell) for tile in tiles],
            }
            for section, tiles in board.sections
        ],
        "ranking": board.leading
        and {
            "indicator": _named(board.leading),
            "places": [
                {"code": place.code, "name": place.name} | _cell(place.cell, board.leading.digits) for place in board.places
            ],
        },
    }  # fmt: skip
    return canonical(content)


def _named(indicator: Indicator) -> dict:
    return {"code": indicator.code, "name": dict(indicator.name), "unit": indicator.unit, "digits": indicator.digits}


def _tile(indicator: Indicator, cell: Cell | None) -> dict:
    return _named(indicator) | {"stock": indicator.stock} | _cell(cell, indicator.digits)


def _cell(cell: Cell | None, digits: int) -> dict:
    if cell is None:
        return {"value": None, "level": "none"}
    if cell.suppressed:
        return {"value": None, "level": "none", "withheld": True}
    return {
        "value": None if cell.value is None else f"{cell.value:.{digits}f}", "numerator": str(cell.numerator),
        "denominator": str(cell.denominator), "rows": cell.rows, "level": cell.level.value,
        "computed_at": cell.computed_at.isoformat(),
    }  # fmt: skip


def _row(id: UUID) -> models.SnapshotRow:
    row = models.SnapshotRow.objects.filter(id=id).first()
    if row is None:
        raise NotFound(what=f"ảnh chụp {id}")
    return row


def _snapshot(row: models.SnapshotRow) -> domain.Snapshot:
    return domain.Snapshot(row.id, row.title, row.territory, row.sha256, row.by, row.at)
