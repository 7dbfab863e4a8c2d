"""What directives and tasks say, kept as passages for those who may open their pages."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from lienthong.commons.direction import domain, models, queries
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import queries as intelligence_queries
from lienthong.data.intelligence import services as intelligence
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

_KIND = intelligence_domain.PassageKind
BATCH = 200


def keep(*, rows: Sequence[models.TaskRow], at: datetime) -> None:
    """The passages of some tasks and of the directives they are of, as they stand now (in the caller's transaction)."""
    if not rows:
        return
    directives = models.DirectiveRow.objects.in_bulk({row.directive_id for row in rows})
    codes = {code for row in rows for code in (row.lead_agency, *row.co_agencies)}
    names = {code: item.name for code, item in directory.agencies_by_code(codes, vietnam_date(at)).items()}
    tasks = [
        passage
        for row in rows
        if row.state != domain.TaskState.WITHDRAWN
        for passage in _task(row, directives[row.directive_id], names)
    ]
    intelligence.keep_passages(kind=_KIND.TASK, keys=[str(row.id) for row in rows], passages=tasks, at=at)
    leads: dict[UUID, set[str]] = {}
    led = models.TaskRow.objects.filter(directive__in=directives).order_by().values_list("directive", "lead_agency")
    for directive_id, code in led.distinct():
        leads.setdefault(directive_id, set()).add(code)
    intelligence.keep_passages(
        kind=_KIND.DIRECTIVE, keys=[str(id) for id in directives], at=at,
        passages=[
            passage for row in directives.values() for passage in _directive(row, leads.get(row.id, set()))
        ],
    )  # fmt: skip


def keep_missing(*, at: datetime) -> None:
    """Those of everything that was issued before there were passages; nothing where there are some."""
    if {_KIND.DIRECTIVE, _KIND.TASK} <= intelligence_queries.kinds_kept():
        return
    after = UUID(int=0)
    while rows := list(models.TaskRow.objects.filter(id__gt=after).order_by("id")[:BATCH]):
        keep(rows=rows, at=at)
        after = rows[-1].id


def _task(
    row: models.TaskRow, directive: models.DirectiveRow, names: dict[str, str]
) -> list[intelligence_domain.Passage]:
    said = f"{row.content.strip().rstrip('.')}. Cơ quan chủ trì: {names.get(row.lead_agency, row.lead_agency)}."
    if row.co_agencies:
        said += f" Phối hợp: {', '.join(names.get(code, code) for code in row.co_agencies)}."
    if row.due_on:
        said += f" Thời hạn: {row.due_on:%d/%m/%Y}."
    title = f"Nhiệm vụ của chỉ đạo {queries.number(directive)}: {directive.title}"
    readers = (row.lead_agency, row.issuer_agency)
    return _passages(_KIND.TASK, row.id, title, said, f"/tasks/{row.id}", readers, vietnam_date(row.issued_at))


def _directive(row: models.DirectiveRow, leads: set[str]) -> list[intelligence_domain.Passage]:
    title = f"Chỉ đạo {queries.number(row)}: {row.title}"
    said = row.text.strip() or f"{row.title.strip().rstrip('.')}."
    if row.document:
        said += f"\nVăn bản: {row.document}."
    readers = (*sorted(leads), row.issuer_agency)
    return _passages(
        _KIND.DIRECTIVE, row.id, title, said, f"/directives/{row.id}", readers, vietnam_date(row.issued_at)
    )


def _passages(
    kind: intelligence_domain.PassageKind, id: UUID, title: str, said: str, href: str, readers: Iterable[str], on: date
) -> list[intelligence_domain.Passage]:
    # Where no agency is named, nobody reads it but who reads everything: an empty code is under none.
    named = tuple(dict.fromkeys(code for code in readers if code)) or ("",)
    return [
        intelligence_domain.Passage(
            kind, str(id), title, text, href, number=number, on=on, action=domain.READ, agencies=named
        )
        for number, text in enumerate(intelligence_domain.parts(said))
    ]
