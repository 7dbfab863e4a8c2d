"""Composing boards, writing notes beside numbers, keeping boards as they are."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lienthong.channels.dashboards import domain, models, queries
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access import queries as access
from lienthong.foundation.audit import services as audit
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import NotFound
from lienthong.kernel.ids import uuid7
from lienthong.kernel.keeping import digest
from lienthong.kernel.text import fold


@transaction.atomic
def begin_board(*, title: str, territory: str, by: str, at: datetime) -> UUID:
    """Begin a board as a draft with one empty part.

    :raises domain.BadBoard: it has no title, or too long a one.
    """
    row = models.BoardRow(
        id=uuid7(), title=_title(title), territory=territory, sections=[{"title": _title(title), "indicators": []}],
        owner=by, changed_at=at, search=fold(title),
    )  # fmt: skip
    row.save()
    audit.record(by=by, action="channels.dashboards.begin_board", subject=f"board:{row.id}", at=at)
    return row.id


@transaction.atomic
def change_indicator(
    *, board_id: UUID, section: int, change: domain.Change, code: str, by: str, at: datetime
) -> domain.OwnBoard:
    """Add an indicator to a part, take it out or move it one place.

    :raises domain.BadBoard, data.warehouse.domain.UnknownIndicator: it cannot be.
    """
    row = _of_owner(board_id, by)
    if change is domain.Change.ADD:
        warehouse.indicator(code=code)
    sections = domain.compose(queries.board_of(row).sections, section, change, code)
    return _save(row, sections, at)


@transaction.atomic
def change_parts(*, board_id: UUID, title: str, titles: Sequence[str], by: str, at: datetime) -> domain.OwnBoard:
    """Give a board and its parts other titles; a part without a title is taken out, one more title is a new part at the end.

    :raises domain.BadBoard: no title, too long a one, too many parts or none.
    """
    row = _of_owner(board_id, by)
    row.title, row.search = _title(title), fold(title)
    known = queries.board_of(row).sections
    sections = [
        domain.OwnSection(_title(text), known[number].indicators if number < len(known) else ())
        for number, text in enumerate(titles)
        if text.strip()
    ]
    if not 1 <= len(sections) <= domain.MOST_SECTIONS:
        raise domain.BadBoard(
            problem=f"bảng có từ 1 đến {domain.MOST_SECTIONS} phần",
            problem_en=f"a board has 1 to {domain.MOST_SECTIONS} parts",
        )
    return _save(row, sections, at)


@transaction.atomic
def set_board_state(*, board_id: UUID, state: domain.BoardState, by: str, at: datetime) -> None:
    """Publish a board, retire it, or take it back as a draft; to a state it has, nothing changes.

    :raises domain.BadBoard: nothing is on it that could be published.
    """
    row = _of_owner(board_id, by)
    if row.state == state:
        return
    if state is domain.BoardState.PUBLISHED and not any(item["indicators"] for item in row.sections):
        raise domain.BadBoard(problem="bảng chưa có chỉ tiêu nào", problem_en="it has no indicator")
    row.state, row.changed_at = state, at
    row.save(update_fields=["state", "changed_at"])
    audit.record(
        by=by,
        action="channels.dashboards.set_board_state",
        subject=f"board:{row.id}",
        at=at,
        details={"state": state.value},
    )


@transaction.atomic
def write_note(*, indicator: str, territory: str, day: date, text: str, by: str, at: datetime) -> UUID:
    """Write a note beside a number. Written the same again by the same person, it is the one that is there.

    :raises domain.BadNote: no text, too much of it, or a day to come.
    """
    text = text.strip()
    if not text or len(text) > domain.LONGEST_NOTE:
        raise domain.BadNote(
            problem=f"cần từ 1 đến {domain.LONGEST_NOTE} ký tự",
            problem_en=f"it takes 1 to {domain.LONGEST_NOTE} characters",
        )
    if day > vietnam_date(at):
        raise domain.BadNote(problem="ngày chưa tới", problem_en="the day has not come")
    warehouse.indicator(code=indicator)
    values = {"indicator": indicator, "territory": territory, "day": day, "text": text, "by": by}
    row = models.NoteRow.objects.filter(withdrawn_at=None, **values).first()
    if row is None:
        row = models.NoteRow.objects.create(id=uuid7(), at=at, **values)
        audit.record(by=by, action="channels.dashboards.write_note", subject=f"note:{row.id}", at=at)
    return row.id


@transaction.atomic
def withdraw_note(*, note_id: UUID, by: str, at: datetime) -> domain.Note:
    """Take one's own note back; the log keeps that it was there. Harmless to repeat.

    :raises kernel.errors.NotFound: there is none, or it is somebody else's.
    """
    row = models.NoteRow.objects.select_for_update().filter(id=note_id, by=by).first()
    if row is None:
        raise NotFound(what=f"ghi chú {note_id}")
    if row.withdrawn_at is None:
        row.withdrawn_by, row.withdrawn_at = by, at
        row.save(update_fields=["withdrawn_by", "withdrawn_at"])
        audit.record(by=by, action="channels.dashboards.withdraw_note", subject=f"note:{row.id}", at=at)
    return domain.Note(row.id, row.indicator, row.territory, row.day, row.text, row.by, row.at)


@transaction.atomic
def keep_snapshot(
    *, territory: str, title: str, section: str = "", sections: Sequence[domain.Section] = (), by: str, at: datetime
) -> UUID:
    """Keep a board as it is now, for good: its text is hashed, and the log has the hash. What few rows stand behind about
    persons is withheld in it, whoever keeps it.

    :raises domain.BadBoard: no title, or too long a one.
    """
    board = queries.board(
        territory=territory, on=vietnam_date(at), rights=access.stranger(at), section=section, sections=sections
    )
    content = queries.frozen(board, _title(title), at.isoformat())
    row = models.SnapshotRow(
        id=uuid7(), title=_title(title), territory=territory, content=content, sha256=digest(content), by=by, at=at,
        search=fold(f"{title} {board.name}"),
    )  # fmt: skip
    row.save(force_insert=True)
    audit.record(by=by, action=queries.KEEP, subject=f"snapshot:{row.id}", at=at, details={"sha256": row.sha256})
    return row.id


# --- inside -----------------------------------------------------------------------------------------------------------


def _of_owner(board_id: UUID, by: str) -> models.BoardRow:
    """:raises kernel.errors.NotFound: there is none, or it is somebody else's."""
    row = models.BoardRow.objects.select_for_update().filter(id=board_id, owner=by).first()
    if row is None:
        raise NotFound(what=f"bảng {board_id}")
    return row


def _save(row: models.BoardRow, sections: Sequence[domain.OwnSection], at: datetime) -> domain.OwnBoard:
    """:raises domain.BadBoard: it is not a draft, so that others read it as it is."""
    if row.state != domain.BoardState.DRAFT:
        raise domain.BadBoard(
            problem="bảng không còn là bản nháp; hãy đưa về bản nháp rồi sửa",
            problem_en="it is no draft; take it back as a draft, then change it",
        )
    row.sections = [{"title": item.title, "indicators": list(item.indicators)} for item in sections]
    row.changed_at = at
    row.save()
    return queries.board_of(row)


def _title(text: str) -> str:
    text = text.strip()
    if not text or len(text) > domain.LONGEST_TITLE:
        raise domain.BadBoard(
            problem=f"tên cần từ 1 đến {domain.LONGEST_TITLE} ký tự",
            problem_en=f"a title takes 1 to {domain.LONGEST_TITLE} characters",
        )
    return text
