"""How many dossiers are open at the end of a day, and how many of them are past due.

A dossier is open from the day of receipt until the day before the one on which it ended. It is past due from the day of its
appointed time, moved by its supplements; one that waits for a supplement is not past due. So each dossier is a few *steps*: on a
day one more, or one fewer, is open or past due. Steps of many dossiers are added, and what stands on a day is the sum of the
steps up to it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

COUNTER = "casework"
"""The source of the register of stocks: the space counts them itself."""
FIRST_DAY = date(2000, 1, 1)
"""What is dated before is an error of writing: it does not count, lest it make days without number."""


@dataclass(frozen=True)
class Stock:
    """What stands in a territory at the end of a day."""

    territory: str
    day: date
    open: int
    overdue: int

    @property
    def key(self) -> str:
        return f"{self.day}/{self.territory}"

    @property
    def payload(self) -> dict[str, Any]:
        return {
            "id": self.key, "territory": self.territory, "day": self.day.isoformat(), "open": self.open, "overdue": self.overdue,
        }  # fmt: skip


_LOCAL = "(d.{0} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
_SPANS = f"""
SELECT rows.sign, rows.territory, d.received_on AS opened,
       CASE WHEN d.state IN ('not_accepted', 'withdrawn', 'stopped', 'done', 'returned')
            THEN coalesce(d.ended_on, {_LOCAL.format("returned_at")}, d.received_on) END AS closed,
       CASE WHEN d.state = 'supplement' THEN NULL
            WHEN coalesce(d.supplements, 0) = 0 THEN {_LOCAL.format("due_at")}
            WHEN d.moved_due_at IS NOT NULL THEN {_LOCAL.format("moved_due_at")}
            WHEN d.supplements = 1 AND d.handed_in_at IS NOT NULL THEN (
                (d.due_at + greatest(d.handed_in_at - d.asked_at, interval '0')) AT TIME ZONE 'Asia/Ho_Chi_Minh'
            )::date END AS due
FROM ({{rows}}) AS rows
CROSS JOIN LATERAL jsonb_to_record(rows.payload) AS d (
    state text, received_on date, ended_on date, returned_at timestamptz, due_at timestamptz, moved_due_at timestamptz,
    supplements integer, asked_at timestamptz, handed_in_at timestamptz
)
WHERE d.received_on >= %(first_day)s
"""
# A dossier that closes on the day of receipt was open at no day's end, but its day was told of; one that closes by the day of its
# due time was never past due.
_STEPS = """
SELECT territory, day, sum(step.open)::integer AS open, sum(step.overdue)::integer AS overdue,
       bool_or(sign > 0 AND step.open <> 0) AS told
FROM ({spans}) AS span
CROSS JOIN LATERAL (
    SELECT CASE WHEN span.closed IS NOT NULL THEN greatest(span.closed, opened) END AS closed,
           CASE WHEN due IS NOT NULL THEN greatest(due, opened) END AS overdue
) AS late
CROSS JOIN LATERAL (VALUES
    (opened, sign, 0), (late.closed, -sign, 0),
    (CASE WHEN late.overdue < coalesce(late.closed, 'infinity') THEN late.overdue END, 0, sign),
    (CASE WHEN late.overdue < late.closed THEN late.closed END, 0, -sign)
) AS step (day, open, overdue)
WHERE day IS NOT NULL
GROUP BY territory, day
"""
LEVELS = """
SELECT territory, generate_series(greatest(day, %(first)s), least(until, %(last)s), interval '1 day')::date, open, overdue
FROM (
    SELECT territory, day, sum(open) OVER up AS open, sum(overdue) OVER up AS overdue,
           lead(day, 1, %(last)s + 1) OVER up - 1 AS until
    FROM {steps} WHERE day <= %(last)s WINDOW up AS (PARTITION BY territory ORDER BY day)
) AS level
WHERE (open <> 0 OR overdue <> 0) AND until >= %(first)s
ORDER BY 2, 1
"""
"""What stands on each day from ``first`` to ``last``, by a table of steps, where it is not nothing."""


def steps(rows_sql: str) -> str:
    """A SELECT of territory, day, open, overdue, told: the steps of dossiers, and whether one of them is now told to have come or
    ended on that day.

    :param rows_sql: rows of the register as a SELECT of sign, payload, territory. The statement takes the parameter first_day
        beside its own.
    """
    return _STEPS.format(spans=_SPANS.format(rows=rows_sql))
