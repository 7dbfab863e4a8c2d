"""Signs of falsified figures: offices whose dossiers look re-dated to before the deadline, by their own columns alone."""

from dataclasses import dataclass

import numpy as np

from lienthong.data.intelligence.domain._dossiers import DAY, Dossiers, read_dossiers
from lienthong.data.intelligence.domain._refusals import BadOption
from lienthong.data.intelligence.domain._sentences import of_falsification
from lienthong.data.intelligence.domain._statistics import (
    benjamini_hochberg,
    cauchy_combination,
    chi_square_sf,
    fisher_combination,
    hypergeometric_sf,
    normal_sf,
    robust_scale,
)

HOUR = 60
TERM = 1.9 * DAY
"""Dossiers with a shorter term are left out where near and far are compared: all of their ends are near the deadline."""
LATER = (1, 2, 5)
"""Days by which a report comes later than the office's usually do of ends on that day of the week."""
AROUND = 5
"""The density just before the deadline is compared with that of a stretch this many times as long."""
GATE, FLOOR = 0.01, 1e-3
"""A late report less sure than the gate caps the suspicion; no other sign counts for more than the floor."""
LEAST = 20
"""Dossiers ended on time below which nothing is said of an office."""


@dataclass(frozen=True)
class Signs:
    """The signs of every office, in numbers; arrays of one element per office."""

    late_report: np.ndarray
    """p: ends near the deadline are reported later than the office's other ends."""
    heaping: np.ndarray
    """p: more ends just before the deadline than offices have."""
    batches: np.ndarray
    """p: identical stamps gather near the deadline more than elsewhere in the office."""
    digits: np.ndarray
    """p: round minutes gather near the deadline more than elsewhere in the office."""
    jump: np.ndarray
    """p: the on-time share rose at once, while the share that had been reported by the deadline did not."""
    on_time: np.ndarray
    """Dossiers that claim an end by the deadline."""
    near: np.ndarray
    """Those of them, with a term of two days or more, that claim one in the last day before it."""
    near_late: np.ndarray
    """Those of the latter that were reported a day or more later than the office usually does on that day of the week."""
    near_late_expected: np.ndarray
    """How many would be so if the lag had nothing to do with the deadline."""
    near_passed: np.ndarray
    """Those of ``near`` reported so late that the office had reported other dossiers on another day in between."""
    near_passed_expected: np.ndarray
    usual_lag: np.ndarray
    """Mean working days from the day of the claimed end to that of its report, of all other ends."""
    near_lag: np.ndarray
    """The same of the ends near the deadline."""
    near_share: np.ndarray
    """Of the ends in the last five days before the deadline, the share in the last one."""
    usual_share: float
    """The same in the usual office."""
    same_near: np.ndarray
    """Ends near the deadline whose stamp, or distance to the deadline, another dossier has to the minute."""
    round_near: np.ndarray
    """Share of ends near the deadline at :00, :15, :30 or :45."""
    round_far: np.ndarray
    """The same of the others."""
    digits_uniform: np.ndarray
    """p: the minutes near the deadline against evenly spread ones (chi-square over twelfths of an hour)."""
    share_before: np.ndarray
    """On-time share before the most likely moment of a jump."""
    share_after: np.ndarray


@dataclass(frozen=True)
class Finding:
    """One office that looks falsified, with sentences a person can check against its dossiers."""

    office: int
    """Position of the office."""
    p: float
    q: float
    vi: str
    en: str


@dataclass(frozen=True)
class Falsification:
    """The offices by suspicion."""

    p: np.ndarray
    """(offices,) all signs together; NaN where there is too little to go by."""
    q: np.ndarray
    """(offices,) the share of honest ones among all at least as suspect."""
    signs: Signs
    findings: tuple[Finding, ...]
    """Those within the budget, the most suspect first."""


def find_falsification(
    office: np.ndarray,
    received: np.ndarray,
    due: np.ndarray,
    ended: np.ndarray,
    known: np.ndarray,
    *,
    offices: int | None = None,
    budget: float = 0.1,
) -> Falsification:
    """Offices whose ends look re-dated to before the deadline.

    Columns of dossiers, all (dossiers,): ``office`` (positions from 0), and four stamps as ``datetime64`` or minutes (NaT or
    NaN = not known): received, due, claimed end, and when the claim became known (was synchronised). ``offices``: how many
    there are; else the highest position and one.

    Five signs, each a p-value against the office's own habits where that can be had, so that an office that reports once a
    week, types round minutes or closes in batches does so for all its dossiers and is no suspect:

    * late report – ends claimed near the deadline are reported a day, two or five days later than the office usually reports
      ends of that day of the week, or let reporting days pass, more often than its other ends (Fisher's exact tests,
      combined by Cauchy's rule);
    * heaping – the density of ends in the last 4 hours and the last day against five times as long a stretch, on the
      arcsine scale, against the middle and spread of all offices (an empirical null: Efron, JASA 99, 2004);
    * batches and digits – identical stamps and round minutes, near the deadline against elsewhere (exact tests);
    * jump – the largest rise of the claimed on-time share over time, where claims that were not known by the deadline rise
      too (the larger p of both; the supremum of a Brownian bridge: P(sup > x) = exp(-2x²)).

    Batches, digits and jump are traces that only some ways of re-dating leave: they make one (Cauchy). Late report, heaping
    and traces are put together by Fisher's rule, none but the first counting for more than p = 1/1,000 (offices that work
    to the deadline heap honestly), and that with the late report alone by Cauchy's. Re-dating cannot be without late
    reports: an office without that sign (p > 0.01) is at most as suspect as that sign alone makes it. Benjamini & Hochberg
    over offices keeps the share of honest ones among the findings under ``budget``. A finding is a reason to look, not a
    verdict.

    ``known`` may be as coarse as a day (the end of the day is then the stamp to give).

    :raises WrongShape: columns of different lengths; :raises TooShort: no dossier; :raises BadOption: a budget outside 0 … 1.
    """
    if not 0 < budget < 1:
        raise BadOption(option="budget", got=budget, wanted="between 0 and 1")
    dossiers = read_dossiers(office, received, due, ended, known, offices)
    signs = _signs(dossiers)
    traces = cauchy_combination(np.stack([signs.batches, signs.digits, signs.jump]))
    others = np.maximum(np.stack([signs.heaping, traces]), FLOOR)
    together = fisher_combination(np.concatenate([signs.late_report[None], others]))
    # Late reports alone must do where the claimed ends are spread too well to heap.
    together = cauchy_combination(np.stack([together, signs.late_report]))
    p = np.where(signs.late_report <= GATE, together, np.maximum(together, signs.late_report))
    p = np.where(signs.on_time >= LEAST, p, np.nan)
    q = benjamini_hochberg(p)
    with np.errstate(invalid="ignore"):
        found = np.flatnonzero(q <= budget)
    found = found[np.argsort(p[found], kind="stable")]
    findings = tuple(Finding(int(row), float(p[row]), float(q[row]), *of_falsification(signs, row)) for row in found)
    return Falsification(p, q, signs, findings)


def _signs(d: Dossiers) -> Signs:
    # Ends claimed after the deadline are nobody's invention: they show the office's habits as well as early ones do.
    told = np.isfinite(d.gap) & (d.term >= TERM)
    near, total = told & d.on_time & (d.slack <= DAY), d.per_office(told)
    near_count = d.per_office(near)
    others = told & ~near
    heaping, near_share, usual = _heaping(d)
    same, is_round = _same_stamps(d, told), told & (d.ended % 15 == 0)
    jump, before, after = _jump(d)
    late, passed = told & (d.excess >= 1), told & (d.passed >= 1)
    part = near_count / np.maximum(total, 1)
    many, few = np.maximum(near_count, 1), np.maximum(total - near_count, 1)
    return Signs(
        late_report=_late_report(d, told), heaping=heaping, batches=_gathers(d, same, near, total, near_count),
        digits=_gathers(d, is_round, near, total, near_count), jump=jump, on_time=d.per_office(d.on_time), near=near_count,
        near_late=d.per_office(near & late), near_late_expected=part * d.per_office(late),
        near_passed=d.per_office(near & passed), near_passed_expected=part * d.per_office(passed),
        usual_lag=np.bincount(d.office[others], d.gap[others], minlength=d.count) / few,
        near_lag=np.bincount(d.office[near], d.gap[near], minlength=d.count) / many,
        near_share=near_share, usual_share=usual, same_near=d.per_office(same & near),
        round_near=d.per_office(is_round & near) / many, round_far=d.per_office(is_round & others) / few,
        digits_uniform=_uniform(d, near), share_before=before, share_after=after,
    )  # fmt: skip


def _late_report(d: Dossiers, told: np.ndarray) -> np.ndarray:
    """p of Fisher's tests that ends near the deadline are reported later than the office's others.

    Lags are counted in whole days, as an end of the afternoon is honestly reported the next morning more often, and from
    what the office usually takes on that day of the week; in the last four hours only ends of the same time of day are
    compared. The second kind of mark is a report that let others pass.
    """
    marks = [told & (d.excess >= least) for least in LATER] + [told & (d.passed >= 1)]
    tests = []
    for window in (4 * HOUR, DAY, 2 * DAY, 3 * DAY):
        among = told & (d.early <= window) if window < DAY else told
        near = among & (d.slack >= 0) & (d.slack <= window)
        drawn, total = d.per_office(near), d.per_office(among)
        for mark in marks:
            p = _exact(d.per_office(near & mark), drawn, d.per_office(among & mark), total)
            # A test that says "rather fewer" must not outweigh one that says "far more": each is held to 3/4.
            tests.append(np.where((drawn > 0) & (drawn < total), np.minimum(p, 0.75), np.nan))
    return cauchy_combination(np.array(tests))


def _exact(seen: np.ndarray, drawn: np.ndarray, marked: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Fisher's exact test with the seen table counted half (mid-p: Lancaster, JASA 56, 1961), as whole numbers are coarse."""
    return (hypergeometric_sf(seen, drawn, marked, total) + hypergeometric_sf(seen + 1, drawn, marked, total)) / 2


def _heaping(d: Dossiers) -> tuple[np.ndarray, np.ndarray, float]:
    tests, share, usual = [], np.zeros(d.count), float("nan")
    for window in (4 * HOUR, DAY):
        near = d.per_office(d.on_time & (d.slack <= window))
        around = d.per_office(d.on_time & (d.slack <= AROUND * window))
        enough = around >= 8
        share = near / np.maximum(around, 1)
        scale = 2 * np.sqrt(around + 0.75)
        turned = np.arcsin(np.sqrt(np.clip((near + 0.375) / (around + 0.75), 0, 1)))
        middle = float(np.median(turned[enough])) if enough.any() else 0.0
        z = (turned - middle) * scale
        # Offices differ more than chance would have it: their own spread is the measure, chance the least of it.
        spread = max(1.0, float(robust_scale(z[enough]))) if enough.any() else 1.0
        tests.append(np.where(enough, normal_sf(z / spread), np.nan))
        usual = float(np.sin(middle) ** 2)
    return cauchy_combination(np.array(tests)), share, usual


def _same_stamps(d: Dossiers, among: np.ndarray) -> np.ndarray:
    """Ends whose stamp another dossier of the office has, or whose minute of the day two others have."""
    rows = np.flatnonzero(among)
    result = np.zeros(len(d.office), dtype=bool)
    for column, least in ((d.ended, 2), (d.ended % DAY, 3)):
        order = rows[np.lexsort((column[rows], d.office[rows]))]
        new = np.ones(len(order), dtype=bool)
        new[1:] = (np.diff(d.office[order]) != 0) | (np.diff(column[order]) != 0)
        group = np.cumsum(new) - 1
        result[order] |= np.bincount(group, minlength=1)[group] >= least
    return result


def _gathers(d, marked, near, total, near_count) -> np.ndarray:
    """p: the marked dossiers of an office are near the deadline more often than its others."""
    p = _exact(d.per_office(marked & near), near_count, d.per_office(marked), total)
    return np.where((near_count > 0) & (near_count < total), p, np.nan)


def _uniform(d: Dossiers, near: np.ndarray) -> np.ndarray:
    """p of the chi-square test of minutes near the deadline against evenly spread ones, where 24 or more are."""
    twelfth = (d.ended[near] % 60 // 5).astype(int)
    table = np.bincount(d.office[near] * 12 + twelfth, minlength=12 * d.count).reshape(d.count, 12)
    n = table.sum(axis=1)
    statistic = ((table - n[:, None] / 12) ** 2).sum(axis=1) / np.maximum(n / 12, 1e-9)
    return np.where(n >= 24, chi_square_sf(statistic, 11), np.nan)


def _jump(d: Dossiers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p, and the on-time share before and after the largest rise, dossiers in the order of their due stamps."""
    n = np.bincount(d.office, minlength=d.count)
    start = np.cumsum(n) - n
    position = np.arange(len(d.office)) - start[d.office] + 1
    claimed = np.isfinite(d.slack) & (d.slack >= 0)
    unseen = claimed & d.known_late
    ps, at = [], None
    for mark in (claimed, unseen):
        share = np.bincount(d.office, mark, minlength=d.count) / np.maximum(n, 1)
        running = np.cumsum(mark) - np.concatenate([[0], np.cumsum(mark)])[start][d.office]
        # Fewer before than in proportion means a rise.
        bridge = position * share[d.office] - running
        deviation = np.sqrt(np.maximum(n * share * (1 - share), 1e-9))[d.office]
        height = np.where(n[d.office] * share[d.office] * (1 - share[d.office]) > 1e-9, bridge / deviation, 0)
        top = np.full(d.count, -np.inf)
        np.maximum.at(top, d.office, height)
        ps.append(np.exp(-2 * np.maximum(top, 0) ** 2))
        if at is None:
            order = np.lexsort((height, d.office))
            at = np.where(n > 0, position[order[np.minimum(start + n - 1, len(order) - 1)]], 0)
    before = np.bincount(d.office, claimed & (position <= at[d.office]), minlength=d.count) / np.maximum(at, 1)
    after = np.bincount(d.office, claimed & (position > at[d.office]), minlength=d.count) / np.maximum(n - at, 1)
    return np.where(n >= LEAST, np.maximum(*ps), np.nan), before, after
