"""How tasks stand, counted by agency, sector or month."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from lienthong.commons.direction import domain
from lienthong.foundation.directory import queries as directory


def statistics(
    *,
    by: domain.By,
    today: date,
    since: date | None = None,
    until: date | None = None,
    agencies: Sequence[str] | None = None,
) -> list[domain.Count]:
    """The tasks that were issued in a time, by the class each stands in on a day, by the deadline in force; the largest group
    first, months in their order.

    :param agencies: of these lead agencies alone; none for all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"today": today, "since": since, "until": until,
                                  "agencies": None if agencies is None else list(agencies)})  # fmt: skip
        rows = cursor.fetchall()
    sectors = {}
    if by is domain.By.SECTOR:
        found = directory.agencies_by_code({row[0] for row in rows}, today)
        sectors = {code: item.sector for code, item in found.items()}
    counts: dict[str, domain.Count] = {}
    for lead, month, *numbers in rows:
        group = {domain.By.AGENCY: lead, domain.By.MONTH: month, domain.By.SECTOR: sectors.get(lead, "")}[by]
        counts[group] = counts.get(group, domain.Count(group)) + domain.Count(group, *numbers)
    if by is domain.By.MONTH:
        return [counts[group] for group in sorted(counts)]
    return sorted(counts.values(), key=lambda item: (-item.all, item.group))


_COUNTED = """
SELECT lead_agency, month, count(*) FILTER (WHERE standing = 'on_time'), count(*) FILTER (WHERE standing = 'late'),
       count(*) FILTER (WHERE standing = 'in_term'), count(*) FILTER (WHERE standing = 'overdue'),
       count(*) FILTER (WHERE standing = 'no_deadline'), count(*) FILTER (WHERE standing = 'withdrawn')
FROM (
    SELECT task.lead_agency, to_char(task.issued_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM') AS month, CASE
        WHEN task.state = 'withdrawn' THEN 'withdrawn'
        WHEN task.due_on IS NULL THEN 'no_deadline'
        WHEN task.state = 'completed' AND (task.completed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= task.due_on THEN 'on_time'
        WHEN task.state = 'completed' THEN 'late'
        WHEN %(today)s > task.due_on THEN 'overdue' ELSE 'in_term' END AS standing
    FROM commons_direction_task task
    WHERE (%(agencies)s::text[] IS NULL OR task.lead_agency = ANY(%(agencies)s))
      AND (%(since)s::date IS NULL OR (task.issued_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= %(since)s)
      AND (%(until)s::date IS NULL OR (task.issued_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= %(until)s)
) AS counted GROUP BY lead_agency, month
"""
