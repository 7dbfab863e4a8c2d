"""What dossiers cost whoever asks for something, by the standard cost model: (time + trips + copies + fees) × volume."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from lienthong.commons.casework import domain
from lienthong.commons.casework.queries._index import MINISTRY, Sums, by_unit
from lienthong.commons.procedures import domain as procedures_domain
from lienthong.commons.procedures import queries as procedures
from lienthong.data.registry import queries as registry
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

COSTS = f"""
WITH catalogue AS (
    SELECT payload->>'code' AS code, (payload->>'trips')::int AS trips
    FROM ({registry.CURRENT_ROWS.replace("%(register)s", "%(procedures)s")}) AS rows
), told AS (
    SELECT rows.territory, {MINISTRY.format(payload="payload")} AS ministry, payload->>'procedure' AS procedure,
           payload->>'procedure_name' AS name, coalesce((payload->>'papers')::int, 0) AS papers,
           coalesce((payload->>'papers_reused')::int, 0) AS reused, payload->>'channel' = 'direct' AS at_counter,
           payload->>'channel' <> 'online' AS on_paper, coalesce((payload->>'fee')::numeric, 0) AS fee,
           coalesce(catalogue.trips, %(trips)s) AS trips
    FROM ({registry.CURRENT_ROWS}) AS rows LEFT JOIN catalogue ON catalogue.code = payload->>'procedure'
    WHERE payload->>'received_on' >= %(first)s AND payload->>'received_on' <= %(last)s
), cost AS (
    SELECT *, (papers - reused) * %(paper)s::numeric AS hours,
           CASE WHEN at_counter THEN trips * %(trip)s::numeric ELSE 0 END AS ways,
           CASE WHEN on_paper THEN (papers - reused) * %(copy)s::numeric ELSE 0 END AS copies,
           papers * (%(paper)s::numeric + %(copy)s::numeric) + trips * %(trip)s::numeric + fee AS at_most
    FROM told
)
"""


@dataclass(frozen=True)
class ProcedureCost:
    """What one procedure cost all who asked for it, in đồng; ``at_most``: had all come to a counter with every paper."""

    procedure: str
    name: str
    dossiers: int
    time: Decimal
    trips: Decimal
    copies: Decimal
    fees: Decimal
    at_most: Decimal

    @property
    def total(self) -> Decimal:
        return self.time + self.trips + self.copies + self.fees

    @property
    def each(self) -> Decimal:
        """Of one dossier."""
        return self.total / self.dossiers

    @property
    def saved(self) -> Decimal:
        return self.at_most - self.total


def compliance_cost(*, first: date, last: date, at: datetime) -> Sums:
    """What the dossiers received from one day to another cost, against what they would have had everybody come to a counter with
    every paper: for every unit at once."""
    statement = (
        f"{COSTS} SELECT territory, ministry, sum(hours + ways + copies + fee), sum(at_most) FROM cost GROUP BY 1, 2"
    )
    return by_unit(statement, _values(first, last), at)


def costs_by_procedure(*, unit: str, first: date, last: date, at: datetime, limit: int = 20) -> list[ProcedureCost]:
    """The procedures that cost the most in a unit (a territory, the country or a ministry)."""
    places = [code for code, above in directory.territory_pairs(vietnam_date(at)) if above == unit]
    where = "TRUE" if not unit else "ministry = %(unit)s" if unit[0].isalpha() else "territory = ANY(%(places)s)"
    statement = f"""
    {COSTS} SELECT procedure, max(name), count(*), sum(hours), sum(ways), sum(copies), sum(fee), sum(at_most)
    FROM cost WHERE {where} GROUP BY 1 ORDER BY sum(hours + ways + copies + fee) DESC, 1 LIMIT %(limit)s
    """
    values = _values(first, last) | {"unit": unit, "places": places, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [ProcedureCost(*row) for row in cursor.fetchall()]


def _values(first: date, last: date) -> dict:
    prices = procedures.standard_cost()
    return {
        "register": domain.DOSSIERS, "procedures": procedures_domain.REGISTER, "first": first.isoformat(),
        "last": last.isoformat(), "trips": prices.trips, "paper": prices.paper, "trip": prices.trip,
        "copy": prices.copy_per_paper,
    }  # fmt: skip
