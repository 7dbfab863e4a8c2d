"""What a reader who may not see rows about persons is shown of results: nothing that few rows stand behind, nor anything from
which it can be worked out. All that is shown is a function of what may be known alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from lienthong.channels.kpis.domain._framework import HUNDRED, Criterion, Framework
from lienthong.channels.kpis.domain._scoring import Result, rounded, total
from lienthong.data.warehouse.domain import withheld as parts_withheld


def withheld(
    framework: Framework, personal: Collection[str], units: Mapping[str, Mapping[str, Result]]
) -> dict[str, frozenset[str]]:
    """The leaves that are withheld of each of several units that make a whole together: those that few rows stand behind, as
    many of the other units' as it takes that the whole less what is shown tells nothing small, and what is multiplied by one.

    :param personal: the leaves that count rows about persons.
    :param units: results by unit.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for leaf in framework.leaves:
        if leaf.code in personal:
            rows = {unit: rows_behind(leaf, results) for unit, results in units.items()}
            for unit in parts_withheld(rows):
                found[unit].add(leaf.code)
    for leaf in framework.leaves:
        for codes in found.values():
            if leaf.times in codes:
                codes.add(leaf.code)
    return {unit: frozenset(found[unit]) for unit in units}


def rows_behind(leaf: Criterion, results: Mapping[str, Result]) -> Decimal:
    """How many rows a leaf's number stands on: what it is divided by, less another leaf's part in it."""
    own, other = results.get(leaf.code), results.get(leaf.times) if leaf.times else None
    if own is None or own.denominator is None:
        return Decimal(0)
    if other is None or not other.denominator or not other.numerator < other.denominator:
        return own.denominator
    return own.denominator / other.denominator


def shown(framework: Framework, results: Mapping[str, Result], hidden: Collection[str]) -> dict[str, Result]:
    """Results without the hidden leaves: no value and no points; groups above them say only from what to what they can be,
    whatever the leaves came to."""
    if not hidden or not results:
        return dict(results)
    leaves = {leaf.code: leaf for leaf in framework.leaves}

    def with_leaves_at(points: Mapping[str, Decimal]) -> dict[str, Result]:
        none = {code: Result(code, None, points[code], HUNDRED) for code in hidden if code in leaves}
        return total(framework, {code: none.get(code, results[code]) for code in leaves})

    low = with_leaves_at(dict.fromkeys(leaves, Decimal("0.00")))
    high = with_leaves_at({code: rounded(leaf.maximum) for code, leaf in leaves.items()})
    covered = {node.code for _, node in framework.root.walk() if any(part.code in hidden for _, part in node.walk())}

    def of(code: str) -> Result:
        if code not in covered:
            return results[code]
        nothing = replace(low[code], value=None, score=None, is_hidden=True)
        return nothing if code in leaves else replace(nothing, low=low[code].score, high=high[code].score)

    return {code: of(code) for code in results}
