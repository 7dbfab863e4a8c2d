"""Declaring indicators, keeping their cells true, raising and closing signals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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
RULES = 2
"""Raised when indicators are computed by other rules than before: each is computed anew where it was computed by older ones."""


@transaction.atomic
def declare(*, document: Mapping[str, Any], by: str, at: datetime) -> None:
    """Make an indicator as its file declares it, or bring it up to the file and recompute it.

    :raises domain.BadIndicator: the declaration cannot work.
    """
    declare_many(documents=[document], by=by, at=at)


@transaction.atomic
def declare_many(*, documents: Sequence[Mapping[str, Any]], by: str, at: datetime) -> None:
    """The same for several, computing those that count together in one pass over their rows.

    :raises domain.BadIndicator: a declaration cannot work.
    """
    changed: dict[str, list[str]] = {}
    told: list[str] = []
    known = {
        row.code: row
        for row in models.IndicatorRow.objects.filter(code__in=[item["code"] for item in documents if "code" in item])
    }
    for document in documents:
        indicator = domain.Indicator.parse(document)
        row = known.get(indicator.code)
        if row is not None and row.declaration == document and row.rules == RULES:
            continue
        if domain.Every.WEEK in indicator.every:
            declared = registry.declaration(register=indicator.register).schema.get("properties", {})
            if declared.get(indicator.period, {}).get("format") != "date":
                raise domain.BadIndicator(code=indicator.code, problem=f"{indicator.period} must have the format date")
        before, rules = (row.declaration, row.rules) if row else ({}, None)
        weighty = (document.keys() | before.keys()) - domain.SAID
        _place(indicator, row, document, at=at)
        if row is None or row.declaration != document:
            models.DeclarationRow.objects.create(indicator_id=indicator.code, declaration=document, at=at)
            audit.record(by=by, action="data.warehouse.declare", subject=f"indicator:{indicator.code}", at=at)
            told.append(indicator.code)
        if row is None or rules != RULES or any(document.get(key) != before.get(key) for key in weighty):
            changed.setdefault(indicator.register, []).append(indicator.code)
    for codes in changed.values():
        recompute_many(codes=codes, at=at)
    if told:
        outbox.publish(events.IndicatorsDeclared(indicators=tuple(told)), at=at)


def _place(
    indicator: domain.Indicator,
    row: models.IndicatorRow | None,
    document: Mapping[str, Any],
    *,
    at: datetime,
) -> None:
    """Give the indicator a slot in the family that counts by the most, its own periods and parts among them: what is read once is
    counted for all. One that is computed by these rules stays where it is while it fits; one that comes from another family
    brings its past with it."""
    own = {"every": list(indicator.every), "by": list(indicator.by)}
    of_its_rows = models.FamilyRow.objects.filter(register=indicator.register, period=indicator.period)
    fitting = of_its_rows.filter(every__contains=own["every"], by__contains=own["by"])
    stays = row.family_id if row is not None and row.rules == RULES else None
    family = max(fitting, key=lambda item: (item.id == stays, len(item.every) + len(item.by), -item.id), default=None)
    if family is None:
        family = models.FamilyRow.objects.create(register=indicator.register, period=indicator.period, **own)
    values = {
        "register": indicator.register,
        "declaration": document,
        "declared_at": at,
        "rules": RULES,
    }
    if row is not None and row.family_id == family.id:
        models.IndicatorRow.objects.filter(code=indicator.code).update(**values)
        return
    family.width += 1
    family.save(update_fields=["width"])
    values |= {"family": family, "slot": family.width}
    if row is None:
        models.IndicatorRow.objects.create(code=indicator.code, checked_at=at, **values)
        return
    models.IndicatorRow.objects.filter(code=indicator.code).update(**values)
    with connection.cursor() as cursor:
        taken = ", ".join(
            f"array_fill(NULL::{kind}, ARRAY[%(before)s]) || {name}[%(slot)s]"
            for name, kind in (("numerators", "numeric"), ("denominators", "numeric"), ("rows", "bigint"))
        )
        cursor.execute(
            f"""
            INSERT INTO data_warehouse_sums_version
                (family_id, territory, period, numerators, denominators, rows, at, source_xid, xid)
            SELECT %(family)s, territory, period, {taken}, at, source_xid, NULL FROM data_warehouse_sums_version
            WHERE family_id = %(from)s AND rows[%(slot)s] IS NOT NULL
            """,
            {"family": family.id, "before": family.width - 1, "from": row.family_id, "slot": row.slot},
        )


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
def apply(*, register: str, xids: Sequence[int], at: datetime, share: domain.Share = domain.Share.ALL) -> int:
    """Move the cells by what some transactions changed in a register, in one go; how many moved. What was applied before is
    not applied again.

    :param share: the cells that are moved; whoever moves the live ones moves the rest later.
    """
    if share is domain.Share.ALL:
        return sum(apply(register=register, xids=xids, at=at, share=one) for one in _APPLIED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {_APPLIED[share]} (register, source_xid, at)
            SELECT %s, xid, %s FROM unnest(%s::bigint[]) AS told (xid) ORDER BY xid
            ON CONFLICT (register, source_xid) DO NOTHING RETURNING source_xid
            """,
            [register, at, list(set(xids))],
        )
        new = [xid for (xid,) in cursor.fetchall()]
    if not new:
        return 0
    _lock(register)
    cells, codes, told, watched = 0, set(), {}, []
    for seen, group in _unseen(register, new):
        for family in filter(lambda item: item.has(share), queries.families(codes=seen)):
            values: dict[str, Any] = {"register": register, "xids": group}
            chosen = sorted(family.slots)
            moves = domain.sums(family, registry.CHANGED_ROWS, values, chosen=chosen, changes=True, share=share)
            moved = _write(family, moves, values, at=at, source_xid=max(group))
            cells += sum(moved.counts.values())
            codes |= moved.counts.keys()
            told |= {indicator.code: indicator for indicator in family.slots.values()}
            watched += moved.watched
    checked = {"checked_at": at} if share is domain.Share.LIVE else {"rest_checked_at": at}
    models.IndicatorRow.objects.filter(register=register).update(**checked)
    if codes:
        _signal(told, watched, at)
        _publish(register, codes, cells, at)
    return cells


_APPLIED = {
    domain.Share.LIVE: models.AppliedChange._meta.db_table,
    domain.Share.REST: models.AppliedRest._meta.db_table,
}
"""Where it is noted which transactions have moved a share of the cells."""


@transaction.atomic
def recompute(*, code: str, at: datetime) -> int:
    """Compute every cell of an indicator anew from the register's current rows; how many cells differed from before."""
    return recompute_many(codes=[code], at=at)


@transaction.atomic
def recompute_many(*, codes: Sequence[str], at: datetime) -> int:
    """The same for several, a family at a time. Only what differs is written; every threshold is looked at again."""
    families: dict[str, list[domain.Family]] = {}
    for family in queries.families(codes=codes):
        families.setdefault(family.register, []).append(family)
    total = 0
    for register, members in sorted(families.items()):
        _lock(register)
        differed = sum(sum(_recompute(family, at).counts.values()) for family in members)
        told = {indicator.code: indicator for family in members for indicator in family.slots.values()}
        _signal(told, queries.watched(indicators=list(told.values())), at)
        _publish(register, told, differed, at)
        total += differed
    return total


def _recompute(family: domain.Family, at: datetime) -> "_Moved":
    chosen = sorted(family.slots)
    values: dict[str, Any] = {"register": family.register}
    computed = domain.sums(family, registry.CURRENT_ROWS, values, chosen=chosen, changes=False)
    nothing = ", ".join("NULL" for _ in range(3 * len(chosen)))
    with connection.cursor() as cursor:
        # A table of its own, so that the server may share the work among its workers; one row more tells which transactions
        # the statement saw, so that those are not applied to these indicators again.
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE computed ON COMMIT DROP AS
            {computed} UNION ALL SELECT NULL, NULL, pg_current_snapshot()::text, {nothing}
            """,
            values,
        )
        cursor.execute("DELETE FROM computed WHERE territory IS NULL RETURNING part")
        seen = cursor.fetchone()[0]
        cursor.execute("ANALYZE computed (territory, period, part)")
        cursor.execute(
            """
            UPDATE data_warehouse_indicator
            SET computed_snapshot = %s, computed_xid = (pg_current_xact_id()::text)::bigint
            WHERE family_id = %s AND slot = ANY(%s)
            """,
            [seen, family.id, chosen],
        )
        differences = ", ".join(
            f"coalesce(computed.{letter}{slot}, 0) - coalesce(cell.{name}[{slot}], 0) AS {letter}{slot}"
            for slot in chosen
            for letter, name in _SUMS
        )
        moves = f"""
            SELECT territory, period, part, {differences}
            FROM computed FULL JOIN (SELECT * FROM data_warehouse_sums WHERE family_id = %(family)s) AS cell
            USING (territory, period, part)
        """
        moved = _write(family, moves, {}, at=at, source_xid=None)
        cursor.execute("DROP TABLE computed")
    return moved


_SUMS = (("n", "numerators"), ("d", "denominators"), ("r", "rows"))


@dataclass(frozen=True)
class _Moved:
    """Which cells moved."""

    counts: Mapping[str, int]
    """How many of each indicator."""
    watched: Sequence[domain.Cell] = ()
    """Those whose thresholds are watched."""


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


def _unseen(register: str, xids: Sequence[int]) -> list[tuple[list[str], list[int]]]:
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
    return [(list(codes), group) for codes, group in groups.items()]


def _write(
    family: domain.Family, moves: str, values: Mapping[str, Any], *, at: datetime, source_xid: int | None
) -> _Moved:
    """Add moves to the cells and keep what the moved ones say from now on, in one statement.

    :param moves: a SELECT of territory, period, part and ``n…, d…, r…`` of the family's slots.
    """
    chosen = sorted(family.slots)
    differs = {slot: f"(n{slot} <> 0 OR d{slot} <> 0 OR r{slot} <> 0)" for slot in chosen}
    slots = range(1, family.width + 1)

    def given(letter: str, kind: str) -> str:
        return f"ARRAY[{', '.join(f'{letter}{slot}' if slot in differs else '0' for slot in slots)}]::{kind}[]"

    def added(name: str) -> str:
        return f"{name} = ARRAY[{', '.join(f'coalesce(cell.{name}[{slot}], 0) + excluded.{name}[{slot}]' for slot in slots)}]"

    def kept(name: str, kind: str) -> str:
        said = [f"CASE WHEN moved[{slot}] THEN {name}[{slot}] END" for slot in slots]
        return f"ARRAY[{', '.join(said)}]::{kind}[]"

    watched = {slot: indicator for slot, indicator in family.slots.items() if indicator.is_watched}
    widest = max((_LENGTHS[level] for item in watched.values() for level in item.signals), default=-1)
    statement = f"""
    WITH moves AS MATERIALIZED (SELECT * FROM ({moves}) AS all_moves WHERE {" OR ".join(differs.values())}),
    written AS (
        INSERT INTO data_warehouse_sums AS cell
            (family_id, territory, period, part, numerators, denominators, rows, moved, computed_at)
        SELECT %(family)s, territory, period, part, {given("n", "numeric")}, {given("d", "numeric")}, {given("r", "bigint")},
               ARRAY[{", ".join(differs.get(slot, "false") for slot in slots)}], %(at)s
        FROM moves ORDER BY territory, period, part
        ON CONFLICT (family_id, territory, period, part) DO UPDATE SET {", ".join(added(name) for _, name in _SUMS)},
            moved = excluded.moved, computed_at = excluded.computed_at, xid = (pg_current_xact_id()::text)::bigint
        RETURNING territory, period, part, numerators, denominators, rows, moved
    ),
    versions AS (
        INSERT INTO data_warehouse_sums_version
            (family_id, territory, period, numerators, denominators, rows, at, source_xid)
        SELECT %(family)s, territory, period, {kept("numerators", "numeric")}, {kept("denominators", "numeric")},
               {kept("rows", "bigint")}, %(at)s, %(source_xid)s
        FROM written WHERE part = ''
    ),
    counts AS (
        SELECT ARRAY[{", ".join(f"count(*) FILTER (WHERE {differs[slot]})" for slot in chosen)}] AS moved
        FROM moves WHERE part = ''
    ),
    watched AS (
        SELECT territory, period, numerators, denominators, rows, moved
        FROM written WHERE part = '' AND length(territory) <= %(widest)s
    )
    SELECT counts.moved AS how_many, watched.* FROM counts LEFT JOIN watched ON true
    """
    parameters = dict(values) | {"family": family.id, "at": at, "source_xid": source_xid, "widest": widest}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    cells = []
    for _, territory, period, numerators, denominators, counts, moved in rows:
        for slot in watched if moved else ():
            if moved[slot - 1] and domain.territory_level(territory) in watched[slot].signals:
                sums = numerators[slot - 1], denominators[slot - 1], counts[slot - 1]
                value = watched[slot].value(*sums)
                cells.append(
                    domain.Cell(watched[slot].code, territory, period, *sums, at, at, value, watched[slot].level(value))
                )
    return _Moved(
        {family.slots[slot].code: count for slot, count in zip(chosen, rows[0][0], strict=True) if count}, cells
    )


_LENGTHS = {"country": 0, "province": 2, "commune": 5}
"""Of the codes of territories of a level."""


def _publish(register: str, codes: Collection[str], cells: int, at: datetime) -> None:
    """The event, and one notice to the live process."""
    outbox.publish(events.IndicatorsUpdated(register=register, indicators=tuple(sorted(codes)), cells=cells), at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [LIVE_CHANNEL])


def _signal(indicators: Mapping[str, domain.Indicator], watched: Sequence[domain.Cell], at: datetime) -> None:
    """Raise, raise further or close the signals of these cells; of one that moved more than once, its last value counts."""
    standing = {
        (row.indicator, row.territory, row.period): row
        for row in models.SignalRow.objects.filter(indicator__in={cell.indicator for cell in watched}).exclude(
            state=domain.SignalState.CLOSED
        )
    }
    for cell in {(cell.indicator, cell.territory, cell.period): cell for cell in watched}.values():
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
