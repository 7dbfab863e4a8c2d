"""What every step in the life of an assessment does: who is apart from whom, keeping results, writing steps down."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from lienthong.channels.kpis import domain, models, queries
from lienthong.channels.kpis.services._assessments import kept
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date


def require_apart(row: models.AssessmentRow, step: domain.Step, *, by: str, agency: str, at: datetime) -> None:
    """:raises domain.SamePerson: it would be the same person or agency."""
    today, acting = vietnam_date(at), acting_from(by, agency, at)
    domain.require_apart(
        step, by=by, agencies=[code for item in acting for code in directory.agency_path(item, today)],
        is_own=row.unit in queries.own_units(agencies=acting, on=today), life=queries.life(id=row.id),
    )  # fmt: skip


def acting_from(by: str, agency: str, at: datetime) -> list[str]:
    """The agency that someone acts from and every other one in which they hold an office: none of them is a judge in its own
    cause, whichever is named."""
    kind, _, id = by.partition(":")
    held = directory.held_positions(UUID(id), at) if kind == "account" else []
    return list(dict.fromkeys(code for code in (agency, *(item.agency_code for item in held)) if code))


def marks_of(row: models.AssessmentRow) -> dict[str, Decimal]:
    """The points that count for the leaves scored from evidence."""
    return {code: Decimal(points) for code, (points, _) in {**row.self_scores, **row.appraised}.items()}


def keep(row: models.AssessmentRow, framework: domain.Framework, results: Mapping[str, domain.Result]) -> None:
    """Results into the columns."""
    root = results[framework.root.code]
    row.results, row.score, row.completeness = kept(results), root.score, root.completeness


def note(
    row: models.AssessmentRow, step: domain.Step, text: str, *, by: str, agency: str, at: datetime, **more
) -> None:
    """Write a step down, here and in the log."""
    models.StepRow.objects.create(assessment=row, step=step, by=by, agency=agency, at=at, text=text.strip())
    audit.record(
        by=by, action=f"channels.kpis.{step}", subject=f"assessment:{row.id}", at=at,
        details={
            "score": None if row.score is None else str(row.score), "results": digest(row.results), "number": row.number, **more,
        },
    )  # fmt: skip


def note_many(
    rows: Sequence[models.AssessmentRow],
    step: domain.Step,
    *,
    text: str = "",
    by: str,
    agency: str,
    at: datetime,
    **more,
) -> None:
    """Write the same step of many down: once in the log for each framework and period."""
    models.StepRow.objects.bulk_create(
        [models.StepRow(assessment=row, step=step, by=by, agency=agency, at=at, text=text) for row in rows], batch_size=1000
    )  # fmt: skip
    for code, span in sorted({(row.framework_id, row.span) for row in rows}):
        of_these = [row for row in rows if (row.framework_id, row.span) == (code, span)]
        scores = {row.unit: None if row.score is None else str(row.score) for row in of_these}
        results = {row.unit: digest(row.results) for row in of_these}
        audit.record(
            by=by, action=f"channels.kpis.{step}", subject=f"assessments:{code}/{span}", at=at,
            details={"units": len(scores), "scores": digest(scores), "results": digest(results), **more},
        )  # fmt: skip


def published(row: models.AssessmentRow, *, reason: str = "", at: datetime) -> models.PublishedRow:
    """What is published of an assessment: with the moment of its rows, and sealed."""
    return models.PublishedRow(
        assessment=row, number=row.number, results=row.results, score=row.score, at=at, reason=reason,
        computed_at=row.computed_at, seal=digest(row.results), withheld=row.withheld,
    )  # fmt: skip


def digest(document: Any) -> str:
    """The hash of a document, however its keys are ordered."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
