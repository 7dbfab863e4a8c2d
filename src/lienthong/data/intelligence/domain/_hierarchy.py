"""Forecasts of the parts and of the whole, made to agree: communes add up to provinces, provinces to the country."""

from dataclasses import dataclass

import numpy as np

from lienthong.data.intelligence.domain._refusals import WrongShape, matrix


@dataclass(frozen=True)
class Reconciled:
    """Forecasts that add up, nodes × horizon, in the order of the nodes given."""

    point: np.ndarray
    """(nodes, horizon)"""
    low: np.ndarray | None
    """(levels, nodes, horizon)"""
    high: np.ndarray | None
    narrowing: np.ndarray
    """(nodes,): what the agreement did to the past errors of a node (0.8: they became a fifth smaller)."""
    shrinkage: float
    """How far the correlations of the errors were drawn to zero: 1 is weighted least squares."""


@dataclass(frozen=True)
class _Tree:
    parent: np.ndarray
    inner: np.ndarray  # nodes that have children
    order: np.ndarray  # every node but the roots, the deepest first
    constraints: np.ndarray  # (inner, nodes): a node less its children


def reconcile(
    point: np.ndarray,
    parent: np.ndarray,
    *,
    errors: np.ndarray,
    low: np.ndarray | None = None,
    high: np.ndarray | None = None,
    non_negative: bool = True,
) -> Reconciled:
    """Make forecasts of sums add up, moving each the less, the surer it is.

    ``point``: (nodes, horizon). ``parent``: (nodes,) the position of each node's parent, -1 for the top. ``errors``:
    (nodes, samples) past forecast errors (value less forecast) of all nodes at the same moments, NaN = not known.
    ``low``/``high``: (levels, nodes, horizon).

    Minimum-trace reconciliation (Wickramasuriya, Athanasopoulos & Hyndman, JASA 114, 2019): the projection on forecasts
    that add up which has the least variance under the covariance of the past errors, its correlations shrunk to zero by
    Schäfer & Strimmer's rule (SAGMB 4, 2005). Then, for counts, leaves below zero become zero and every whole is the sum of its
    parts, so that they add up exactly. Intervals: the same projection is applied to the past errors; a node's interval
    keeps its shape about the moved point and its width is multiplied by how much smaller or larger those errors
    became (between ½ and 1½); where nothing is below zero, a lower bound of zero stays. Forecasts that add up already are left as
    they are.

    :raises WrongShape: where arrays do not fit or the parents form no tree.
    """
    point = matrix(point, "point")
    nodes = len(point)
    errors = matrix(errors, "errors")
    if len(errors) != nodes:
        raise WrongShape(what="errors", got=errors.shape, wanted=f"({nodes}, samples)")
    tree = _tree(np.asarray(parent), nodes)
    complete = errors[:, np.isfinite(errors).all(axis=0)]
    if complete.shape[1] < 2:
        # Nothing is known about the errors: a forecast is trusted by its size, as of Poisson counts.
        spread, complete = np.sqrt(np.abs(point).mean(axis=1) + 1e-9), np.zeros((nodes, 0))
    else:
        spread = np.sqrt((complete**2).mean(axis=1))
        spread = np.maximum(spread, 1e-6 * max(float(spread.max()), 1e-12))
    shrinkage = _shrinkage(complete / spread[:, None])
    gain = _gain(tree.constraints, complete, spread, shrinkage)

    moved = point - gain @ (tree.constraints @ point)
    moved = _add_up(tree, moved, non_negative)
    after = complete - gain @ (tree.constraints @ complete)
    narrowing = np.ones(nodes)
    if complete.shape[1] >= 2:
        # Ten samples' worth of "it changed nothing": the projection was learnt from the same errors.
        narrowing = np.sqrt(((after**2).sum(1) + 10 * spread**2) / ((complete**2).sum(1) + 10 * spread**2))
    narrowing = np.clip(narrowing, 0.5, 1.5)
    width = narrowing[:, None]
    if low is not None:
        low = np.asarray(low, dtype=float)
        kept = moved - (point - low) * width
        # What may come to nothing still may when more is expected of it: a bound at zero stays there.
        low = np.where(low > 0, np.maximum(kept, 0), 0) if non_negative else kept
    if high is not None:
        high = np.maximum(moved + (np.asarray(high, dtype=float) - point) * width, moved)
    return Reconciled(moved, low, high, narrowing, shrinkage)


def _tree(parent: np.ndarray, nodes: int) -> _Tree:
    if parent.shape != (nodes,) or (parent >= nodes).any() or (parent < -1).any():
        raise WrongShape(what="parent", got=parent.shape, wanted=f"({nodes},) of positions, -1 for the top")
    depth, above = np.zeros(nodes, dtype=int), parent.copy()
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parent[above], -1)
        if depth.max() > nodes:
            raise WrongShape(what="parent", got="a circle", wanted="a tree")
    inner = np.unique(parent[parent >= 0])
    constraints = np.zeros((len(inner), nodes))
    constraints[np.arange(len(inner)), inner] = 1
    below = np.flatnonzero(parent >= 0)
    constraints[np.searchsorted(inner, parent[below]), below] = -1
    order = np.argsort(-depth, kind="stable")
    return _Tree(parent, inner, order[parent[order] >= 0], constraints)


def _shrinkage(relative: np.ndarray) -> float:
    """Schäfer & Strimmer's weight of the diagonal: the noise of the correlations over their size."""
    n = relative.shape[1]
    if n < 4:
        return 1.0
    # Sums over all pairs of nodes from (samples × samples) products: thousands of nodes need no matrix of their pairs.
    squares = relative**2
    own_r2, own_squares = float((squares.mean(axis=1) ** 2).sum()), float((squares**2).mean(axis=1).sum())
    all_r2 = float(((relative.T @ relative) ** 2).sum()) / n**2 - own_r2
    mean_of_squares = float((squares.sum(axis=0) ** 2).sum()) / n - own_squares
    noise = (mean_of_squares - all_r2) / (n - 1)
    return float(np.clip(noise / all_r2, 0, 1)) if all_r2 > 1e-12 else 1.0


def _gain(constraints: np.ndarray, errors: np.ndarray, spread: np.ndarray, shrinkage: float) -> np.ndarray:
    """(nodes, inner): W A' (A W A')⁻¹ with W the shrunk covariance, which is never written out."""
    n = max(errors.shape[1], 1)
    weighted = shrinkage * (spread**2)[:, None] * constraints.T
    weighted += (1 - shrinkage) * errors @ (errors.T @ constraints.T) / n
    middle = constraints @ weighted
    middle[np.diag_indices_from(middle)] += 1e-10 * np.trace(middle) / len(middle)
    return np.linalg.solve(middle, weighted.T).T


def _add_up(tree: _Tree, values: np.ndarray, non_negative: bool) -> np.ndarray:
    """Every whole as the sum of its parts, from the leaves up; what clipping the leaves adds is taken from the others."""
    result = values.copy()
    is_leaf = np.ones(len(values), dtype=bool)
    is_leaf[tree.inner] = False
    if non_negative and (result[is_leaf] < 0).any():
        wanted = result.copy()
        result[is_leaf] = np.maximum(result[is_leaf], 0)
        for node in tree.inner:
            rows = np.flatnonzero((tree.parent == node) & is_leaf)
            before, now = wanted[rows].sum(axis=0), result[rows].sum(axis=0)
            with np.errstate(all="ignore"):
                result[rows] *= np.where(now > 0, np.clip(before, 0, None) / now, 1.0)
    result[tree.inner] = 0
    for node in tree.order:
        result[tree.parent[node]] += result[node]
    return result
