"""Random numbers by name: what is drawn for one thing never depends on what was drawn before for another.

Tables of the world (offices, shocks) come from numpy Generators, one per name. What happens to dossiers comes from a
counter-based generator: the number for a dossier is a hash of (key of the name, number of the dossier). Both are keyed by
SeedSequence with spawn keys made from the name. So a dossier meets the same chance in a year with and in a year without an
intervention, whatever else differs: common random numbers, which is what makes a true effect computable.
"""

import hashlib

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def _mix(x: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output."""
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


class Draws:
    """All chance of a year, by seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def _sequence(self, names: tuple[object, ...]) -> np.random.SeedSequence:
        words = hashlib.sha256("/".join(map(str, names)).encode()).digest()[:16]
        return np.random.SeedSequence(self.seed, spawn_key=tuple(np.frombuffer(words, "<u4").tolist()))

    def generator(self, *names: object) -> np.random.Generator:
        """A generator of its own for one table of the world."""
        return np.random.default_rng(self._sequence(names))

    def uniform(self, name: str, ids: np.ndarray) -> np.ndarray:
        """One number in (0, 1) for each id, always the same for the same seed, name and id."""
        key, other = self._sequence((name,)).generate_state(2, np.uint64)
        bits = _mix(_mix(ids.astype(np.uint64) * _GOLDEN + key) ^ other)
        return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52

    def normal(self, name: str, ids: np.ndarray) -> np.ndarray:
        """A standard normal number for each id (Box and Muller 1958)."""
        radius = np.sqrt(-2.0 * np.log(self.uniform(f"{name}/radius", ids)))
        return radius * np.cos(2.0 * np.pi * self.uniform(f"{name}/angle", ids))

    def exponential(self, name: str, ids: np.ndarray) -> np.ndarray:
        """An exponential number of mean 1 for each id."""
        return -np.log(self.uniform(name, ids))


def poisson_quantile(u: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """The smallest count whose Poisson distribution function reaches ``u``: monotone in the rate, so that a higher rate adds
    dossiers and takes none away. Rates above 200 use the normal approximation with continuity correction."""
    u, rate = np.broadcast_arrays(u, rate)
    count = np.zeros(u.shape, np.int64)
    flat, u, rate = count.reshape(-1), u.reshape(-1), rate.reshape(-1)
    large = rate > 200.0
    if large.any():
        flat[large] = np.maximum(0, np.rint(rate[large] + np.sqrt(rate[large]) * normal_quantile(u[large])))
    open_ = np.flatnonzero(~large & (u > np.exp(-rate)))
    mass = np.exp(-rate[open_])
    total, k = mass.copy(), 0
    while open_.size:
        k += 1
        flat[open_] = k
        mass = mass * rate[open_] / k
        total = total + mass
        keep = (u[open_] > total) & (k < 600)
        open_, mass, total = open_[keep], mass[keep], total[keep]
    return count


def normal_quantile(u: np.ndarray) -> np.ndarray:
    """The inverse of the standard normal distribution function (Abramowitz and Stegun 26.2.23, error below 4.5e-4)."""
    tail = np.minimum(u, 1.0 - u)
    t = np.sqrt(-2.0 * np.log(tail))
    x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    return np.where(u < 0.5, -x, x)


def logistic(x: np.ndarray) -> np.ndarray:
    """A share from its logit."""
    return 1.0 / (1.0 + np.exp(-x))
