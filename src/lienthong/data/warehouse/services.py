"""Declaring indicators, keeping their cells true, raising and closing signals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain, events, models, queries
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.ids import uuid7

LIVE_CHANNEL = "live"
"""PostgreSQL channel on which the live process hears that cells moved."""


@transaction.atomic
def declare(*, document: Mapping[str, Any], by: str, at: datetime) -> None:
    """Make an indicator as its file declares it, or bring it up to the file and recompute it.

    :raises domain.BadIndicator: the declaration cannot work.
    """
    indicator = domain.Indicator.parse(document)
    if domain.Every.WEEK in indicator.every:
        declared = registry.declaration(register=indicator.register).schema.get("properties", {})
        if declared.get(indicator.period, {}).get("format") != "date":
            raise domain.BadIndicator(code=indicator.code, problem=f"{indicator.period} must have the format date")
    row, made = models.IndicatorRow.objects.get_or_create(
        code=indicator.code,
        defaults={"register": indicator.register, "declaration": document, "declared_at": at, "checked_at": at},
    )
    if not made and row.declaration == document:
        return
    if not made:
        models.IndicatorRow.objects.filter(code=indicator.code).update(
            register=indicator.register, declaration=document, declared_at=at
        )
    audit.record(by=by, action="data.warehouse.declare", subject=f"indicator:{indicator.code}", at=at)
    recompute(code=indicator.code, at=at)


@transaction.atomic
def set_places(*, pairs: Sequence[tuple[str, str]]) -> bool:
    """Which territory lies in which: (code, ancestor) pairs, replacing the ones before; whether they differed. Whoever
    changes places computes the indicators anew."""
    wanted = set(pairs) | {(domain.COUNTRY, domain.COUNTRY)}
    if set(models.Place.objects.values_list("code", "ancestor")) == wanted:
        return False
    models.Place.objects.all().delete()
    models.Place.objects.bulk_create(
        [models.Place(code=code, ancestor=ancestor) for code, ancestor in sorted(wanted)], batch_size=5000
    )
    return True


@transaction.atomic
def apply(*, register: str, xids: Sequence[int], at: datetime) -> int:
    """Move the cells by what some transactions changed in a register, in one go; how many moved. What was applied before is
    not applied again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO data_warehouse_applied_change (register, source_xid, at)
            SELECT %s, xid, %s FROM unnest(%s::bigint[]) AS told (xid) ORDER BY xid
            ON CONFLICT (register, source_xid) DO NOTHING RETURNING source_xid
            """,
            [register, at, list(set(xids))],
        )
        new = [xid for (xid,) in cursor.fetchall()]
    if not new:
        return 0
    _lock(register)
    moved, told = [], {}
    for indicators, group in _unseen(register, new):
        values = {"register": register, "xids": group}
        moved += _move(indicators, registry.CHANGED_ROWS, values, at=at, source_xid=max(group))
        told |= {indicator.code: indicator for indicator in indicators}
    models.IndicatorRow.objects.filter(register=register).update(checked_at=at)
    _tell(register, list(told.values()), moved, at)
    return len(moved)


@transaction.atomic
def recompute(*, code: str, at: datetime) -> int:
    """Compute every cell of an indicator anew from the register's current rows; how many cells differed from before."""
    indicator = domain.Indicator.parse(models.IndicatorRow.objects.get(code=code).declaration)
    _lock(indicator.register)
    before = {
        (row.territory, row.period): (row.numerator, row.denominator, row.rows)
        for row in models.CellRow.objects.filter(indicator_id=code)
    }
    models.CellRow.objects.filter(indicator_id=code).delete()
    moved = _move(
        [indicator], registry.CURRENT_ROWS, {"register": indicator.register}, at=at, source_xid=None, anew=True
    )
    after = {
        (row.territory, row.period): (row.numerator, row.denominator, row.rows)
        for row in models.CellRow.objects.filter(indicator_id=code)
    }
    empty = (Decimal(0), Decimal(0), 0)
    _tell(indicator.register, [indicator], moved, at)
    return sum(before.get(place, empty) != after.get(place, empty) for place in before.keys() | after.keys())


@transaction.atomic
def set_signal_state(
    *, signal_id: UUID, state: domain.SignalState, by: str, at: datetime, directive_id: UUID | None = None
) -> None:
    """Mark a signal seen, explained, or turned into a directive."""
    changes: dict[str, Any] = {"state": state}
    if directive_id:
        changes["directive_id"] = directive_id
    models.SignalRow.objects.filter(id=signal_id).exclude(state=domain.SignalState.CLOSED).update(**changes)
    audit.record(by=by, action=f"data.warehouse.signal_{state}", subject=f"signal:{signal_id}", at=at)


def _lock(register: str) -> None:
    """One change of a register's numbers at a time, so that none falls between applying and computing anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"data.warehouse:{register}"])


def _unseen(register: str, xids: Sequence[int]) -> list[tuple[list[domain.Indicator], list[int]]]:
    """The transactions by the indicators whose last full computing did not see them yet: all of them, but for one that was
    declared just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT told.xid, array_agg(i.code ORDER BY i.code) FROM data_warehouse_indicator i
            CROSS JOIN unnest(%s::bigint[]) AS told (xid)
            WHERE i.register = %s AND i.computed_xid <> told.xid
              AND NOT pg_visible_in_snapshot(told.xid::text::xid8, i.computed_snapshot::pg_snapshot)
            GROUP BY told.xid ORDER BY told.xid
            """,
            [list(xids), register],
        )
        groups: dict[tuple[str, ...], list[int]] = {}
        for xid, codes in cursor.fetchall():
            groups.setdefault(tuple(codes), []).append(xid)
    declared = queries.indicators(codes=sorted({code for codes in groups for code in codes}))
    return [([declared[code] for code in codes], group) for codes, group in groups.items()]


def _move(
    indicators: Sequence[domain.Indicator],
    rows_sql: str,
    values: Mapping[str, Any],
    *,
    at: datetime,
    source_xid: int | None,
    anew: bool = False,
) -> list[domain.Cell]:
    """Add the rows' contributions to the cells, in one statement for all indicators; the cells that moved.

    :param anew: the rows are all there are; the statement notes which transactions it saw.
    """
    if not indicators:
        return []
    codes = [indicator.code for indicator in indicators]
    values = dict(values) | {"at": at, "source_xid": source_xid, "codes": codes}
    parts = [queries.contributions(indicator, number, values) for number, indicator in enumerate(indicators)]
    statement = f"""
    WITH {_SEEN if anew else ""} changed AS MATERIALIZED ({queries.placed(rows_sql)}),
    moves AS ({" UNION ALL ".join(parts)}),
    moved AS (
        INSERT INTO data_warehouse_cell AS cell
            (indicator_id, territory, period, numerator, denominator, rows, computed_at)
        SELECT indicator, territory, period, numerator, denominator, rows, %(at)s FROM moves
        WHERE numerator <> 0 OR denominator <> 0 OR rows <> 0
        ORDER BY indicator, territory, period
        ON CONFLICT (indicator_id, territory, period) DO UPDATE SET
            numerator = cell.numerator + excluded.numerator, denominator = cell.denominator + excluded.denominator,
            rows = cell.rows + excluded.rows, computed_at = excluded.computed_at,
            xid = (pg_current_xact_id()::text)::bigint
        RETURNING indicator_id, territory, period, numerator, denominator, rows
    )
    INSERT INTO data_warehouse_cell_version (indicator, territory, period, numerator, denominator, rows, at, source_xid)
    SELECT indicator_id, territory, period, numerator, denominator, rows, %(at)s, %(source_xid)s FROM moved
    RETURNING indicator, territory, period, numerator, denominator, rows
    """
    by_code = {indicator.code: indicator for indicator in indicators}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = []
        for code, territory, period, numerator, denominator, rows in cursor.fetchall():
            value = by_code[code].value(numerator, denominator, rows)
            found.append(
                domain.Cell(
                    code, territory, period, numerator, denominator, rows, at, at, value, by_code[code].level(value)
                )
            )
    return found


_SEEN = """
    seen AS (
        UPDATE data_warehouse_indicator
        SET computed_snapshot = pg_current_snapshot()::text, computed_xid = (pg_current_xact_id()::text)::bigint
        WHERE code = ANY(%(codes)s)
    ),
"""


def _tell(register: str, indicators: Sequence[domain.Indicator], moved: Sequence[domain.Cell], at: datetime) -> None:
    """Signals, the event, and one notice to the live process."""
    if not moved:
        return
    _signal({indicator.code: indicator for indicator in indicators}, moved, at)
    codes = tuple(sorted({cell.indicator for cell in moved}))
    outbox.publish(events.IndicatorsUpdated(register=register, indicators=codes, cells=len(moved)), at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [LIVE_CHANNEL])


def _signal(indicators: Mapping[str, domain.Indicator], moved: Sequence[domain.Cell], at: datetime) -> None:
    watched = [cell for cell in moved if domain.territory_level(cell.territory) in indicators[cell.indicator].signals]
    standing = {
        (row.indicator, row.territory, row.period): row
        for row in models.SignalRow.objects.filter(indicator__in={cell.indicator for cell in watched}).exclude(
            state=domain.SignalState.CLOSED
        )
    }
    for cell in watched:
        row = standing.get((cell.indicator, cell.territory, cell.period))
        crossed = cell.level in (domain.Level.AMBER, domain.Level.RED)
        if row is None and crossed:
            indicator = indicators[cell.indicator]
            row = models.SignalRow.objects.create(
                id=uuid7(), indicator=cell.indicator, territory=cell.territory, period=cell.period, level=cell.level,
                value=cell.value, threshold=indicator.red if cell.level is domain.Level.RED else indicator.amber, raised_at=at,
            )  # fmt: skip
            outbox.publish(
                events.SignalRaised(
                    signal_id=row.id, indicator=cell.indicator, territory=cell.territory, period=cell.period,
                    level=cell.level, value=cell.value,
                ),
                at=at,
            )  # fmt: skip
        elif row is not None and crossed:
            models.SignalRow.objects.filter(id=row.id).update(level=cell.level, value=cell.value)
        elif row is not None:
            models.SignalRow.objects.filter(id=row.id).update(
                state=domain.SignalState.CLOSED, closed_at=at, value=cell.value or 0
            )
            outbox.publish(
                events.SignalClosed(
                    signal_id=row.id, indicator=cell.indicator, territory=cell.territory, value=cell.value or Decimal(0)
                ),
                at=at,
            )
