"""What moved a figure: the change of a sum or a share, divided exactly among volume, mix and rate of every member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lienthong.data.intelligence.domain._refusals import BadOption, OutOfBounds, WrongShape


class Figure(StrEnum):
    """What changed: a sum (Σ numerators) or a share or mean (Σ numerators / Σ denominators)."""

    SUM = "sum"
    SHARE = "share"


@dataclass(frozen=True)
class Driver:
    """What one member of a dimension did to the change; the three effects add up to the total."""

    member: str
    total: float
    volume: float
    """Because there was more or less of everything (0 for a share)."""
    mix: float
    """Because this member became a larger or smaller part of it."""
    rate: float
    """Because this member itself did better or worse."""
    before: float
    """The member's own rate before; NaN if it was not there."""
    after: float
    members: int = 1
    """How many members it stands for: 1, or those that "others" gathers."""


@dataclass(frozen=True)
class Drivers:
    """The drivers of a change over one dimension, the largest first; their totals add up to the change."""

    dimension: str
    before: float
    after: float
    change: float
    drivers: tuple[Driver, ...]
    """Ranked by size; what is left is gathered in a last one named "" (others)."""


@dataclass(frozen=True)
class Effects:
    """The effects of every cell; arrays of the cells' shape."""

    volume: np.ndarray
    mix: np.ndarray
    rate: np.ndarray
    before: float
    after: float

    @property
    def total(self) -> np.ndarray:
        return self.volume + self.mix + self.rate


def decompose(
    numerator_before: np.ndarray,
    denominator_before: np.ndarray,
    numerator_after: np.ndarray,
    denominator_after: np.ndarray,
    *,
    figure: Figure = Figure.SHARE,
) -> Effects:
    """Divide the change between two periods among cells, exactly: all effects add up to the change.

    Four arrays of one shape, NaN as 0. A cell's part is (size of the whole) × (its share of it) × (its rate). For a sum each of
    the three gets its Shapley value (the mean over the orders in which the factors could have changed: Shorrocks, J. Econ.
    Inequality 11, 2013); for a share, mix and rate are the midpoint forms of Oaxaca & Reimers, with the mix effect measured
    against the overall rate, so that growing is good only for a cell that is better than the whole. A cell that was not
    there in a period takes its rate from the other: coming and going is mix.

    :raises WrongShape, OutOfBounds: arrays that do not fit, negative denominators, a whole of nothing.
    """
    arrays = [np.nan_to_num(np.asarray(item, dtype=float)) for item in
              (numerator_before, denominator_before, numerator_after, denominator_after)]  # fmt: skip
    if len({item.shape for item in arrays}) > 1:
        raise WrongShape(what="numerators/denominators", got=[item.shape for item in arrays], wanted="one shape")
    a0, n0, a1, n1 = arrays
    if wrong := int((n0 < 0).sum() + (n1 < 0).sum()):
        raise OutOfBounds(what="denominators", bounds="≥ 0", got=wrong)
    if wrong := int(((n0 == 0) & (a0 != 0)).sum() + ((n1 == 0) & (a1 != 0)).sum()):
        raise OutOfBounds(what="numerators of empty cells", bounds="0 … 0", got=wrong)
    whole0, whole1 = float(n0.sum()), float(n1.sum())
    if figure is Figure.SHARE and not (whole0 > 0 and whole1 > 0):
        raise OutOfBounds(what="sum of denominators", bounds="> 0", got=int(whole0 <= 0) + int(whole1 <= 0))
    r0 = np.divide(a0, n0, out=np.zeros_like(a0), where=n0 > 0)
    r1 = np.divide(a1, n1, out=np.zeros_like(a1), where=n1 > 0)
    r0, r1 = np.where(n0 > 0, r0, r1), np.where(n1 > 0, r1, r0)
    w0 = n0 / whole0 if whole0 else n0 * 0
    w1 = n1 / whole1 if whole1 else n1 * 0
    if figure is Figure.SHARE:
        before, after = float(a0.sum()) / whole0, float(a1.sum()) / whole1
        mix = (w1 - w0) * ((r0 + r1) / 2 - (before + after) / 2)
        return Effects(np.zeros_like(mix), mix, (w0 + w1) / 2 * (r1 - r0), before, after)
    w0, w1 = (w0 if whole0 else w1), (w1 if whole1 else w0)  # nothing has no mix: it takes the other period's
    volume = (whole1 - whole0) * ((w0 * r0 + w1 * r1) / 3 + (w0 * r1 + w1 * r0) / 6)
    mix = (w1 - w0) * ((whole0 * r0 + whole1 * r1) / 3 + (whole0 * r1 + whole1 * r0) / 6)
    rate = (r1 - r0) * ((whole0 * w0 + whole1 * w1) / 3 + (whole0 * w1 + whole1 * w0) / 6)
    return Effects(volume, mix, rate, float(a0.sum()), float(a1.sum()))


def find_drivers(
    numerator_before: np.ndarray,
    denominator_before: np.ndarray,
    numerator_after: np.ndarray,
    denominator_after: np.ndarray,
    members: Mapping[str, Sequence[str]],
    *,
    figure: Figure = Figure.SHARE,
    top: int = 10,
) -> tuple[Drivers, ...]:
    """The drivers of a change over each dimension of a cube, ranked.

    Four cubes of one shape (units × procedures × channels …); ``members`` names the dimensions in the order of the axes and the
    members of each. Every dimension is decomposed on its own margins, so its figures are those a reader finds on the board;
    the members beyond the ``top`` largest are gathered as others, and each dimension adds up to the whole change.

    :raises WrongShape: where cubes and members do not fit; :raises OutOfBounds: as :func:`decompose`;
    :raises BadOption: ``top`` below 1.
    """
    cubes = [np.asarray(item, dtype=float) for item in
             (numerator_before, denominator_before, numerator_after, denominator_after)]  # fmt: skip
    wanted = tuple(len(names) for names in members.values())
    if any(cube.shape != wanted for cube in cubes):
        raise WrongShape(what="numerators/denominators", got=[cube.shape for cube in cubes], wanted=wanted)
    if top < 1:
        raise BadOption(option="top", got=top, wanted="at least 1")
    cubes = [np.nan_to_num(cube) if np.isnan(cube.sum()) else cube for cube in cubes]
    result = []
    for axis, (dimension, names) in enumerate(members.items()):
        margins = [cube.sum(axis=tuple(other for other in range(cube.ndim) if other != axis)) for cube in cubes]
        result.append(_ranked(dimension, names, margins, figure, top))
    return tuple(result)


def scaled(found: Drivers, factor: float) -> Drivers:
    """The same in another unit: a share in per cent. Rates of members are left as they are."""
    drivers = tuple(
        replace(
            item, total=item.total * factor, volume=item.volume * factor, mix=item.mix * factor, rate=item.rate * factor
        )
        for item in found.drivers
    )
    return Drivers(found.dimension, found.before * factor, found.after * factor, found.change * factor, drivers)


def _ranked(dimension: str, names: Sequence[str], margins: list[np.ndarray], figure: Figure, top: int) -> Drivers:
    effects = decompose(*margins, figure=figure)
    a0, n0, a1, n1 = margins
    total = effects.total
    order = np.argsort(-np.abs(total), kind="stable")

    def driver(member: str, rows: np.ndarray) -> Driver:
        sums = [float(item[rows].sum()) for item in (effects.volume, effects.mix, effects.rate, a0, n0, a1, n1)]
        volume, mix, rate, num0, den0, num1, den1 = sums
        before = num0 / den0 if den0 else float("nan")
        after = num1 / den1 if den1 else float("nan")
        return Driver(member, volume + mix + rate, volume, mix, rate, before, after, len(rows))

    drivers = [driver(str(names[row]), np.array([row])) for row in order[:top]]
    if len(order) > top:
        drivers.append(driver("", order[top:]))
    return Drivers(dimension, effects.before, effects.after, effects.after - effects.before, tuple(drivers))
