"""Boards that people composed."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from lienthong.channels.dashboards import domain, models
from lienthong.kernel.errors import NotFound
from lienthong.kernel.text import fold


def own_board(*, id: UUID) -> domain.OwnBoard:
    """One of them.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.BoardRow.objects.filter(id=id).first()
    if row is None:
        raise NotFound(what=f"bảng {id}")
    return board_of(row)


def own_boards(
    *, owner: str, territories: Sequence[str] | None, text: str = "", limit: int = 100
) -> list[domain.OwnBoard]:
    """Boards whose title holds every word: one's own, and published ones about some territories (none for all)."""
    published = Q(state=domain.BoardState.PUBLISHED)
    if territories is not None:
        published &= Q(territory__in=list(territories))
    rows = models.BoardRow.objects.filter(Q(owner=owner) | published)
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    return [board_of(row) for row in rows.order_by("-changed_at")[:limit]]


def board_of(row: models.BoardRow) -> domain.OwnBoard:
    sections = tuple(domain.OwnSection(item["title"], tuple(item["indicators"])) for item in row.sections)
    return domain.OwnBoard(
        row.id, row.title, row.territory, sections, domain.BoardState(row.state), row.owner, row.changed_at
    )
