"""Taking dossiers in as the national sync sends them; closing the days over which they stand open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from lienthong.commons.casework import domain, models, queries
from lienthong.commons.casework.adapters import SyncProfile
from lienthong.data.intelligence import services as intelligence
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.foundation.audit import services as audit
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import Refusal

RULES = 1
"""Raised when days are counted by other rules than before: all are closed anew."""
DAY = timedelta(days=1)
ROWS = 20_000
"""Rows written at once."""
MOST = 200_000
"""Rows of closed days to be corrected, above which all days are closed anew, a month at a time."""


@dataclass(frozen=True)
class Synced:
    """What became of one row: its dossier's code, and why it was refused, if it was."""

    code: str
    refusal: Refusal | None = None


@transaction.atomic
def sync(*, rows: Sequence[Mapping[str, Any]], source: str, by: str, at: datetime) -> list[Synced]:
    """Take rows of the profile in, in one transaction; bad ones are refused one by one, the others are in. Of several rows
    about one dossier the last counts. Sent again they change nothing."""
    declaration = registry.declaration(register=domain.DOSSIERS)
    outcomes, judged = [], []
    for row, told in zip(rows, SyncProfile().translate(rows), strict=True):
        code = str(row.get("MaHoSo") or "")
        try:
            if isinstance(told, Refusal):
                raise told
            judged += [declaration.prepare(payload) for payload in told]
        except Refusal as refusal:
            outcomes.append(Synced(code, refusal))
        else:
            outcomes.append(Synced(code))
    result = registry_services.accept_batch(register=domain.DOSSIERS, source=source, rows=judged, by=by, at=at)
    if result.new or result.changed:
        audit.record(
            by=by, action="commons.casework.sync", subject=f"source:{domain.DOSSIERS}/{source}", at=at,
            details={"new": result.new, "changed": result.changed, "refused": len(rows) - len(judged)},
        )  # fmt: skip
    return outcomes


@transaction.atomic
def rate(*, ratings: Sequence[Mapping[str, Any]], source: str, by: str, at: datetime) -> registry_domain.Accepted:
    """Take ratings of dossiers in; agency and territory are those of the dossier.

    :raises registry.domain.RecordRefused: one does not fit; none is taken.
    """
    declaration = registry.declaration(register=domain.RATINGS)
    codes = [str(item.get("dossier") or "") for item in ratings]
    dossiers = {
        version.key: version.payload
        for version in registry.current(register=domain.DOSSIERS, source=domain.SOURCE, keys=codes)
    }
    rows = []
    for item in ratings:
        known = dossiers.get(str(item.get("dossier") or ""), {})
        place = {name: known[name] for name in ("agency", "territory") if name in known}
        rows.append(declaration.prepare(dict(item) | place))
    result = registry_services.accept_batch(register=domain.RATINGS, source=source, rows=rows, by=by, at=at)
    if result.new or result.changed:
        audit.record(
            by=by, action="commons.casework.rate", subject=f"source:{domain.RATINGS}/{source}", at=at,
            details={"new": result.new, "changed": result.changed},
        )  # fmt: skip
    return result


def look_for_falsified(*, by: str, at: datetime) -> list[UUID]:
    """Propose a look at the offices whose dossiers seem re-dated to before their deadlines; the insights."""
    offices, columns = queries.ends(at=at)
    if not offices:
        return []
    sample = {"register": domain.DOSSIERS, "dossiers": columns.shape[1], "offices": len(offices)}
    return intelligence.find_falsified(offices=offices, columns=columns, sample=sample, by=by, at=at)


@transaction.atomic
def close_days(*, by: str, at: datetime) -> bool:
    """Write how many dossiers stood open, and how many past due, at the end of each day that is over, and correct the days before
    by what has been told of them since; whether more is left, for no more than a month is closed in one transaction.

    A day is over when it is so in Viet Nam and something of it or of a later day was told: while nobody tells, nobody knows what
    stands. Afterwards, until the next is over, nothing is done: the days are corrected once a day. The rows always say what the
    dossiers as they are known say.
    """
    with connection.cursor() as cursor:  # once a day it may read as long as there is to read
        cursor.execute("SET LOCAL statement_timeout = 0")
    state = models.ClosingRow.objects.select_for_update().get_or_create(id=1)[0]
    today = vietnam_date(at)
    yesterday = today - DAY
    begun = state.rules == RULES and state.reached_on is not None
    if begun and state.closed_on >= yesterday:
        return False
    write = _Writing(by, at)
    if begun:
        xids, state.seen = registry.written_since(register=domain.DOSSIERS, seen=state.seen)
        if xids and not _correct(state, xids, today, write):
            _begin_anew(state, today)
    else:
        _begin_anew(state, today)
    until = min(yesterday, max(filter(None, (state.told_on, state.reached_on)), default=date.min))
    if state.closed_on and state.closed_on < until:
        _close_next(state, until, write)
    state.save()
    if write.rows:
        audit.record(
            by=by, action="commons.casework.close_days", subject=f"register:{domain.STOCKS}", at=at,
            details={"closed_on": str(state.closed_on), "rows": write.rows},
        )  # fmt: skip
    return state.closed_on is not None and state.closed_on < until


class _Writing:
    """Writes rows of the register of stocks, many at once."""

    def __init__(self, by: str, at: datetime) -> None:
        self.by, self.at, self.rows = by, at, 0
        self.declaration = registry.declaration(register=domain.STOCKS)

    def __call__(self, rows: Iterable[registry_domain.Incoming]) -> None:
        rows = iter(rows)
        while part := list(islice(rows, ROWS)):
            taken = registry_services.accept_batch(
                register=domain.STOCKS, source=domain.COUNTER, rows=part, by=self.by, at=self.at
            )
            self.rows += taken.new + taken.changed

    def row(self, stock: domain.Stock) -> registry_domain.Incoming:
        return self.declaration.prepare(stock.payload)


def _begin_anew(state: models.ClosingRow, today: date) -> None:
    """Read every dossier as it stands; the days are closed after it from the first."""
    models.StepRow.objects.all().delete()
    values = {"register": domain.DOSSIERS, "first_day": domain.FIRST_DAY}
    with connection.cursor() as cursor:
        # One row more tells which transactions the statement saw, so that those are not heard of again.
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE moved AS
            {domain.steps(registry.CURRENT_ROWS)} UNION ALL SELECT pg_current_snapshot()::text, NULL, NULL, NULL, NULL
            """,
            values,
        )
        cursor.execute("DELETE FROM moved WHERE day IS NULL RETURNING territory")
        state.seen = cursor.fetchone()[0]
    state.rules, state.closed_on = RULES, None
    _add_steps(state, today)
    written = next(registry.current(register=domain.STOCKS, source=domain.COUNTER), None)
    if written is not None:
        before = date.fromisoformat(written.payload["day"]) - DAY
        state.closed_on = min(filter(None, (state.closed_on, before)))


def _correct(state: models.ClosingRow, xids: Sequence[int], today: date, write: _Writing) -> bool:
    """Take in what some transactions changed, and mend the closed days by it; whether it could be done so."""
    values = {"register": domain.DOSSIERS, "first_day": domain.FIRST_DAY, "xids": list(xids)}
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE moved AS {domain.steps(registry.CHANGED_ROWS)}", values)
        cursor.execute(
            f"{domain.LEVELS.format(steps='moved')} LIMIT {MOST + 1}",
            {"first": domain.FIRST_DAY, "last": state.closed_on},
        )
        changes = [domain.Stock(*row) for row in cursor.fetchall()]
    _add_steps(state, today)
    if len(changes) > MOST:
        return False
    ends, rows = [], []
    for start in range(0, len(changes), ROWS):
        part = changes[start : start + ROWS]
        keys = [change.key for change in part]
        stands = {
            version.key: version
            for version in registry.current(register=domain.STOCKS, source=domain.COUNTER, keys=keys)
        }
        for change in part:
            told = stands[change.key].payload if change.key in stands else {}
            open_, overdue = told.get("open", 0) + change.open, told.get("overdue", 0) + change.overdue
            if open_ < 0 or overdue < 0:  # somebody else wrote there
                return False
            if open_:
                rows.append(domain.Stock(change.territory, change.day, open_, overdue))
            elif change.key in stands:
                ends.append(registry_domain.closing(stands[change.key]))
    write(write.row(stock) for stock in rows)
    write(ends)
    return True


def _add_steps(state: models.ClosingRow, today: date) -> None:
    """Add the steps that moved to those that are known: what lies before the last closed day is part of what stands there."""
    values = {"closed_on": state.closed_on, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO commons_casework_step AS known (territory, day, open, overdue)
            SELECT territory, greatest(day, %(closed_on)s::date), sum(open), sum(overdue) FROM moved GROUP BY 1, 2
            HAVING sum(open) <> 0 OR sum(overdue) <> 0 ORDER BY 1, 2
            ON CONFLICT (territory, day) DO UPDATE
            SET open = known.open + excluded.open, overdue = known.overdue + excluded.overdue
            """,
            values,
        )
        cursor.execute("DELETE FROM commons_casework_step WHERE open = 0 AND overdue = 0")
        cursor.execute("SELECT min(day), max(day) FILTER (WHERE told AND day <= %(today)s) FROM moved", values)
        first, told_on = cursor.fetchone()
        cursor.execute("DROP TABLE moved")
    state.told_on = max(filter(None, (state.told_on, told_on)), default=None)
    if state.closed_on is None and first is not None:
        state.closed_on = first - DAY


def _close_next(state: models.ClosingRow, until: date, write: _Writing) -> None:
    """Close the days that follow, to the end of their month at most."""
    first = state.closed_on + DAY
    last = min(until, (first.replace(day=1) + 31 * DAY).replace(day=1) - DAY)
    with connection.cursor() as cursor:
        cursor.execute(domain.LEVELS.format(steps="commons_casework_step"), {"first": first, "last": last})
        stocks = [domain.Stock(*row) for row in cursor.fetchall()]
        write(write.row(stock) for stock in stocks)
        if state.reached_on and first <= state.reached_on:
            wanted = {stock.key for stock in stocks}
            write(
                registry_domain.closing(version)
                for version in registry.current(register=domain.STOCKS, source=domain.COUNTER, prefix=f"{first:%Y-%m}-")
                if version.key not in wanted and first.isoformat() <= version.payload["day"] <= last.isoformat()
            )
        cursor.execute(
            """
            WITH gone AS (DELETE FROM commons_casework_step WHERE day <= %(last)s RETURNING territory, open, overdue)
            INSERT INTO commons_casework_step (territory, day, open, overdue)
            SELECT territory, %(last)s, sum(open), sum(overdue) FROM gone GROUP BY 1 HAVING sum(open) <> 0 OR sum(overdue) <> 0
            """,
            {"last": last},
        )
    state.closed_on, state.reached_on = last, max(filter(None, (state.reached_on, last)))
