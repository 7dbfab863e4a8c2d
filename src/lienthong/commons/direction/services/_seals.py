"""What a result was reported on cannot be changed unseen afterwards."""

from collections import defaultdict
from collections.abc import Sequence

from lienthong.commons.direction import domain, models, queries


def seal(reports: Sequence[models.EntryRow], *, after: Sequence[models.EntryRow] = ()) -> None:
    """Set the seals of reported results that are about to be written, at most one of a task. In one query.

    :param after: lines that are about to be written with them; those of the same task that come before its report are under
        its seal.
    """
    if not reports:
        return
    lives: dict = defaultdict(list)
    written = models.EntryRow.objects.filter(task__in=[entry.task_id for entry in reports]).order_by("id")
    for entry in [*written, *after]:
        lives[entry.task_id].append(entry)
    for report in reports:
        life = lives[report.task_id]
        before = life[: life.index(report)] if report in life else life
        report.seal = domain.seal(report.task_id, [queries.entry_of(entry) for entry in [*before, report]])
