"""Noting which criteria of which units are not told to whoever may not see their rows."""

from collections.abc import Iterable
from uuid import UUID

from lienthong.channels.kpis import domain, models, queries
from lienthong.channels.kpis.services._passages import keep_answers_of


def withhold(
    *, framework: domain.Framework, span: domain.Span, rows: Iterable[models.AssessmentRow]
) -> dict[UUID, frozenset[str]]:
    """Look again at the units beside some of a period, after what they came to was kept: what is withheld of one decides what
    has to be of its neighbours, and of the longer periods that this one lies in. By assessment, what is withheld now where it
    was something else before."""
    groups = {(str(row.kind), row.above) for row in rows}
    if not groups:
        return {}
    found: dict[UUID, frozenset[str]] = {}
    for each in (span, *span.around):
        changed = queries.to_withhold(framework=framework, span=each, groups=groups)
        models.AssessmentRow.objects.bulk_update(
            [models.AssessmentRow(id=id, withheld=sorted(codes)) for id, (_, codes) in changed.items()], ["withheld"],
            batch_size=1000,
        )  # fmt: skip
        found |= {id: codes for id, (_, codes) in changed.items()}
    keep_answers_of(ids=list(found))
    return found
