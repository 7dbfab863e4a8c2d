"""The SQL of an indicator: sums over the rows of a register, by territory, period and part.

Indicators whose rows count at the same places and times form a family and are computed in one pass over the rows. A pass first
sums where the rows lie and then up the territories, so that no row is multiplied by the places above it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lienthong.data.warehouse.domain._indicator import Condition, Every, Indicator, Measure

_PERIODS = {
    Every.ALL: "''",
    Every.MONTH: "left({day}, 7)",
    Every.WEEK: "to_char(to_date({day}, 'YYYY-MM-DD'), 'IYYY-\"W\"IW')",
}


class Share(StrEnum):
    """Which cells of a family."""

    LIVE = "live"
    """Wholes of all time: what open boards show. They are moved first."""
    REST = "rest"
    """Months, weeks and parts: many times more, moved as soon as no live ones wait."""
    ALL = "all"


@dataclass(frozen=True)
class Family:
    """Indicators of one register that count by the same date field, and by no other periods and parts than these. Their sums lie
    side by side in one row for each territory, period and part; ``slots`` tells where (from 1)."""

    id: int
    register: str
    period: str
    every: tuple[Every, ...]
    by: tuple[str, ...]
    slots: Mapping[int, Indicator]
    width: int
    """Slots there have ever been, those given up among them."""

    def has(self, share: Share) -> bool:
        """Whether there are such cells."""
        if share is Share.LIVE:
            return Every.ALL in self.every
        return share is Share.ALL or bool(self.by) or self.every != (Every.ALL,)


def sums(
    family: Family,
    rows_sql: str,
    values: dict[str, Any],
    *,
    chosen: Sequence[int],
    changes: bool,
    parts: bool = True,
    share: Share = Share.ALL,
) -> str:
    """A SELECT of territory, period, part and, for each chosen slot, ``n…, d…, r…``: numerator, denominator, rows.

    :param rows_sql: rows as a SELECT of sign, payload, territory.
    :param values: takes the statement's parameters.
    :param changes: the rows are what some transactions added and took: they are read once and kept. Else they are all there
        are, none of them taken, and are read anew for each pass, which the server may then share among its workers.
    :param parts: whether the parts are summed as well.
    :param share: the cells that are summed, of which the family must have some.
    """
    return _Statement(family, rows_sql, values, chosen, changes, parts, share).text()


class _Statement:
    def __init__(
        self,
        family: Family,
        rows_sql: str,
        values: dict[str, Any],
        chosen: Sequence[int],
        changes: bool,
        parts: bool,
        share: Share,
    ) -> None:
        self.family, self.rows_sql, self.values = family, rows_sql, values
        self.chosen, self.changes, self.share = chosen, changes, share
        self.by = family.by if parts and share is not Share.LIVE else ()
        self.indicators = {slot: family.slots[slot] for slot in chosen}
        self.fields: dict[tuple[str, str], str] = {}
        self._one = "sign" if changes else "1"

    def text(self) -> str:
        """The whole statement."""
        sums = ", ".join(column for slot in self.chosen for column in self._sums(slot, self.indicators[slot]))
        up = ", ".join(f"sum({kind}{slot}) AS {kind}{slot}" for slot in self.chosen for kind in "ndr")
        day = self._field(self.family.period, "text") if self.family.period else ""
        members = [(name, self._field(name, "text")) for name in self.by]
        dated = f"{day} IS NOT NULL" if day else "true"
        above = (
            f"LEFT JOIN {'above' if self.changes else 'data_warehouse_place'} place ON place.code = {{rows}}.territory"
        )
        named, selects = [], []
        if self.changes:
            # Places of the few territories that changed, so that no pass reads those of the whole country.
            named.append("""above AS MATERIALIZED (
                SELECT place.code, place.ancestor FROM (SELECT DISTINCT territory FROM typed) AS told
                JOIN data_warehouse_place place ON place.code = told.territory
            )""")
        for number, (every, derived) in enumerate(self._passes()):
            period = _PERIODS[every].format(day=day)
            named.append(
                f"at{number} AS (SELECT territory, {period} AS period, {sums} FROM typed WHERE {dated} GROUP BY 1, 2)"
            )
            for form in self._wholes(every, derived):
                selects.append(f"""
                    SELECT coalesce(place.ancestor, '') AS territory, {form} AS period, '' AS part, {up}
                    FROM at{number} {above.format(rows=f"at{number}")} GROUP BY 1, 2
                """)
            for place, (name, member) in enumerate(members):
                named.append(f"""of{number}_{place} AS (
                    SELECT coalesce(place.ancestor, '') AS territory, {period} AS period, '{name}=' || {member} AS part, {sums}
                    FROM typed {above.format(rows="typed")} AND length(place.ancestor) < 5
                    WHERE {dated} AND {member} IS NOT NULL GROUP BY 1, 2, 3
                )""")
                selects.append(f"SELECT * FROM of{number}_{place}")
                if derived:
                    selects.append(f"SELECT territory, '', part, {up} FROM of{number}_{place} GROUP BY 1, 3")
        typed = f"typed AS {'MATERIALIZED' if self.changes else 'NOT MATERIALIZED'} ({self._typed()})"
        return f"WITH {', '.join([typed, *named])} {' UNION ALL '.join(selects)}"

    def _passes(self) -> list[tuple[Every, bool]]:
        """The kinds of periods to sum by, and whether all time is summed up from one's periods."""
        kinds = [every for every in self.family.every if every is not Every.ALL]
        if not kinds or self.share is Share.LIVE:
            return [(Every.ALL, False)]
        return [(every, number == 0 and Every.ALL in self.family.every) for number, every in enumerate(kinds)]

    def _wholes(self, every: Every, derived: bool) -> list[str]:
        """The periods of the wholes that a pass gives: its own, all time."""
        if self.share is Share.REST:
            return [] if every is Every.ALL else ["period"]
        return ["period", "''"] if derived else ["period"]

    def _typed(self) -> str:
        """The rows with the fields that the sums need, each read once from its document."""
        if not self.fields:
            return f"SELECT rows.sign, rows.territory FROM ({self.rows_sql}) AS rows"
        kinds: dict[str, set[str]] = {}
        for name, kind in self.fields:
            kinds.setdefault(name, set()).add(kind)
        # A field that is wanted in one kind alone is read as such at once, not anew wherever it is used.
        record = ", ".join(
            f'"{name}" {next(iter(wanted)) if len(wanted) == 1 else "jsonb"}' for name, wanted in kinds.items()
        )
        columns = ", ".join(
            f'r."{name}" AS {column}'
            if len(kinds[name]) == 1 or kind == "jsonb"
            else f"(r.\"{name}\" #>> '{{}}')::{kind} AS {column}"
            for (name, kind), column in self.fields.items()
        )
        return f"""
            SELECT rows.sign, rows.territory, {columns} FROM ({self.rows_sql}) AS rows
            CROSS JOIN LATERAL jsonb_to_record(rows.payload) AS r ({record})
        """

    def _field(self, name: str, kind: str) -> str:
        return self.fields.setdefault((name, kind), f"f{len(self.fields)}")

    def _sums(self, slot: int, indicator: Indicator) -> list[str]:
        where = self._holds(indicator.where)
        rows = self._gives(Measure(of=indicator.stock), where)
        divided = self._gives(indicator.denominator, where) if indicator.denominator else "0::numeric"
        return [f"{self._gives(indicator.numerator, where)} AS n{slot}", f"{divided} AS d{slot}", f"{rows} AS r{slot}"]

    def _gives(self, measure: Measure, where: list[str]) -> str:
        amount = self._one
        if measure.of:
            amount = f"coalesce({self._field(measure.of, 'numeric')}, 0)"
            amount = f"sign * {amount}" if self.changes else amount
        return f"sum({self._if([*where, *self._holds(measure.where)], amount)})"

    def _if(self, conditions: list[str], amount: str) -> str:
        return f"CASE WHEN {' AND '.join(dict.fromkeys(conditions))} THEN {amount} ELSE 0 END" if conditions else amount

    def _holds(self, conditions: Sequence[Condition]) -> list[str]:
        found = []
        for condition in conditions:
            field = self._field(condition.field, "jsonb")
            values = [self._parameter(json.dumps(value)) for value in condition.among if value is not None]
            choices = [f"{field} IN ({', '.join(f'{name}::jsonb' for name in values)})"] if values else []
            choices += [f"{field} IS NULL"] if None in condition.among else []
            found.append(f"({' OR '.join(choices) or 'false'})")
        return found

    def _parameter(self, value: str) -> str:
        for name, known in self.values.items():
            if name.startswith("c_") and known == value:
                return f"%({name})s"
        name = f"c_{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"
