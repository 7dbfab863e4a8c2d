"""The tasks as rows of their register, and as passages."""

from collections.abc import Sequence
from datetime import datetime

from lienthong.commons.direction import domain, events, models
from lienthong.commons.direction.services._passages import keep
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date


def publish_rows(rows: Sequence[models.TaskRow], *, by: str, at: datetime, events_too: bool = True) -> None:
    """The tasks as rows of their register; where they moved, that they did, and what they say now."""
    if not rows:
        return
    today = vietnam_date(at)
    declaration = registry.declaration(register=domain.TASKS)
    incoming = []
    for row in rows:
        state = domain.TaskState(row.state)
        ended = vietnam_date(row.completed_at) if row.completed_at else None
        standing = domain.standing(due_on=row.due_on, state=state, completed_on=ended, today=today)
        incoming.append(
            declaration.prepare(
                {
                    "id": str(row.id), "directive": str(row.directive_id), "content": row.content[:500],
                    "lead_agency": row.lead_agency, "territory": row.territory, "state": state.value,
                    "standing": standing.value, "has_target": bool(row.indicator),
                    "target_met": bool(
                        row.indicator
                        and domain.Target(row.indicator, "", row.target_value, row.at_least).met(row.measured)
                    ),
                    "due_on": row.due_on.isoformat() if row.due_on else None,
                    "completed_on": ended.isoformat() if ended else None,
                }
            )
        )  # fmt: skip
    registry_services.accept_batch(register=domain.TASKS, source=domain.SOURCE, rows=incoming, by=by, at=at)
    if events_too:
        keep(rows=rows, at=at)
        outbox.publish_many(
            [
                events.TaskMoved(
                    task_id=row.id, directive_id=row.directive_id, lead_agency=row.lead_agency, state=row.state
                )
                for row in rows
            ],
            at=at,
        )
