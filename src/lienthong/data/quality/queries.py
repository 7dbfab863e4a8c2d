"""Reading discrepancies and scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lienthong.data.quality import domain, models
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import queries as warehouse
from lienthong.kernel.errors import NotFound
from lienthong.kernel.text import fold

_FIELDS = (
    "id", "register", "source", "key", "title", "territory", "kind", "state", "differences", "agency_code", "opened_at",
    "assigned_at", "fixed_at", "verified_at", "trusted_version", "other_version", "fixed_version",
)  # fmt: skip


@dataclass(frozen=True)
class Score:
    """How good a group of records is: shares of 1 by dimension, and the weighted index."""

    group: tuple[str, ...]
    records: int
    dimensions: Mapping[str, float]
    index: float


def scores(*, by: Sequence[str] = ("register", "source"), where: Mapping[str, Any] | None = None) -> list[Score]:
    """Scores per data set and source, agency or territory, in one query.

    :param by: fields of the checks to group by: register, source, agency, territory, trusted.
    """
    names = [dimension.value for dimension in domain.Dimension]
    return sorted(
        (
            Score(
                group,
                records,
                {name: value / records for name, value in zip(names, sums, strict=False)},
                sums[-1] / records,
            )
            for group, records, sums in registry.tally(
                register=domain.CHECKS, by=by, sums=[*names, "score"], where=where
            )
        ),
        key=lambda score: score.group,
    )


def indexes() -> dict[str, float]:
    """The quality index of each register, 0 to 1, as it is kept beside the whole: no check is read."""
    found = warehouse.parts(code="dqi", territories=[""], by="register", periods=[""]).get(("", ""), {})
    return {register: float(score / checks) for register, (score, checks, _) in found.items() if checks}


def discrepancy(*, id: UUID) -> domain.Discrepancy:
    """One of them.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.DiscrepancyRow.objects.filter(id=id).values_list(*_FIELDS).first()
    if row is None:
        raise NotFound(what=f"sai lệch {id}")
    return _discrepancy(row)


def discrepancies(
    *,
    register: str = "",
    source: str = "",
    kind: str = "",
    state: str = "",
    agency_codes: Sequence[str] | None = None,
    key: str = "",
    territories: Sequence[str] | None = None,
    text: str = "",
    after: UUID | None = None,
    limit: int = 50,
) -> list[domain.Discrepancy]:
    """Discrepancies by their id after ``after``; ``state`` may be ``unverified``."""
    rows = _filtered(register, source, kind, state, agency_codes, key, territories, text)
    if after:
        rows = rows.filter(id__gt=after)
    return [_discrepancy(row) for row in rows.order_by("id").values_list(*_FIELDS)[:limit]]


def counts(
    *, register: str = "", source: str = "", territories: Sequence[str] | None = None
) -> dict[str, dict[str, int]]:
    """Discrepancies by kind and state."""
    rows = _filtered(register, source, "", "", None, "", territories, "")
    found: dict[str, dict[str, int]] = {kind.value: dict.fromkeys(domain.State, 0) for kind in domain.Class}
    for row in rows.order_by().values("kind", "state").annotate(number=Count("id")):
        found[row["kind"]][row["state"]] = row["number"]
    return found


def _filtered(register, source, kind, state, agency_codes, key, territories, text) -> QuerySet:
    rows = models.DiscrepancyRow.objects.all()
    for name, value in {"register": register, "source": source, "kind": kind, "key": key}.items():
        if value:
            rows = rows.filter(**{name: value})
    if state == "unverified":
        rows = rows.filter(~Q(state=domain.State.VERIFIED))
    elif state:
        rows = rows.filter(state=state)
    if agency_codes is not None:
        rows = rows.filter(agency_code__in=list(agency_codes))
    if territories is not None:
        rows = rows.filter(territory__in=list(territories))
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    return rows


def _discrepancy(row: tuple) -> domain.Discrepancy:
    values = dict(zip(_FIELDS, row, strict=True))
    values |= {"kind": domain.Class(values["kind"]), "state": domain.State(values["state"])}
    return domain.Discrepancy(**values | {"differences": tuple(values["differences"])})
