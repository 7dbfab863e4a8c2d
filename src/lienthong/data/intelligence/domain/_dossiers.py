"""Dossiers as columns in minutes, with what offices' habits are measured by: days of delay, days of work, days of the week."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lienthong.data.intelligence.domain._refusals import TooShort, WrongShape

DAY = 24 * 60


@dataclass(frozen=True)
class Dossiers:
    """Columns of dossiers, in minutes, sorted by office and due stamp; only those with a due stamp."""

    office: np.ndarray
    count: int  # of offices
    slack: np.ndarray  # due less claimed end, without the days on which nobody works; NaN = not ended
    term: np.ndarray  # due less received
    gap: np.ndarray  # working days between the day of the claimed end and the day it became known
    excess: np.ndarray  # days more than the office usually takes for ends on that day of the week
    passed: np.ndarray  # days among them on which the office reported something else
    early: np.ndarray  # minutes by which the time of day of the end is before that of the deadline
    ended: np.ndarray
    on_time: np.ndarray
    known_late: np.ndarray

    def per_office(self, mask: np.ndarray) -> np.ndarray:
        """(offices,): how many dossiers of each the mask marks."""
        return np.bincount(self.office[mask], minlength=self.count)


def _minutes(column: np.ndarray, what: str, length: int) -> np.ndarray:
    column = np.asarray(column)
    if column.shape != (length,):
        raise WrongShape(what=what, got=column.shape, wanted=(length,))
    if np.issubdtype(column.dtype, np.datetime64):
        minutes = column.astype("datetime64[m]")
        return np.where(np.isnat(minutes), np.nan, minutes.astype(np.int64).astype(float))
    return np.floor(column.astype(float))


def read_dossiers(office, received, due, ended, known, offices) -> Dossiers:
    """The columns, checked and sorted.

    :raises TooShort: no dossier; :raises WrongShape: columns of different lengths, an office out of range.
    """
    office = np.asarray(office, dtype=np.int64)
    if office.ndim != 1 or not office.size:
        raise TooShort(what="dossiers", got=office.size, wanted=1)
    columns = zip((received, due, ended, known), ("received", "due", "ended", "known"), strict=True)
    received, due, ended, known = (_minutes(column, what, office.size) for column, what in columns)
    count = int(office.max()) + 1 if offices is None else offices
    if office.min() < 0 or office.max() >= count:
        raise WrongShape(what="office", got=(int(office.min()), int(office.max())), wanted=f"0 … {count - 1}")
    keep = np.flatnonzero(np.isfinite(due) & ~(ended < received))
    # All columns, so that the order in which rows are handed in changes nothing.
    keep = keep[np.lexsort((known[keep], ended[keep], received[keep], due[keep], office[keep]))]
    office, due, ended, known = office[keep], due[keep], ended[keep], known[keep]
    received = received[keep]
    with np.errstate(invalid="ignore"):
        # An end that is known before it happens is a fault of a clock, not a sign.
        told = known >= ended
        idle = _idle_days(ended)
        gap = np.where(told, np.floor(known / DAY) - np.floor(ended / DAY) - idle(ended, known), np.nan)
        slack = due - ended
        slack = slack - np.where(slack > 0, DAY * idle(ended, due), 0)
        on_time = (ended <= due) & told
        known_late = np.where(np.isfinite(known), known > due, True)
    passed = _passed(office, ended, known, np.flatnonzero(told))
    excess = _excess(office * 7 + (np.floor(np.nan_to_num(ended) / DAY) % 7).astype(np.int64), gap)
    early = (due - ended) % DAY
    return Dossiers(office, count, slack, due - received, gap, excess, passed, early, ended, on_time, known_late)


def _idle_days(ended: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """How many days on which hardly any office ends anything (weekends, Tết) lie between two stamps, the first day left out."""
    days = np.floor(ended[np.isfinite(ended)] / DAY).astype(np.int64)
    if not days.size:
        return lambda first, second: np.zeros(first.shape)
    counts = np.bincount(days - days.min())
    usual = np.median(counts[counts > 0])
    # With few dossiers a day without one is chance.
    idle = np.concatenate([[0], np.cumsum((counts < usual / 5) & (usual >= 20))])

    def between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        start, stop = (
            np.clip(np.floor(np.nan_to_num(item) / DAY) - days.min() + 1, 0, len(idle) - 1).astype(np.int64)
            for item in (first, second)
        )
        return np.maximum(idle[stop] - idle[start], 0)

    return between


def _excess(cell: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """The gap less the middle one of its cell: whoever reports on Fridays needs longer for Mondays' ends than Thursdays'."""
    rows = np.flatnonzero(np.isfinite(gap))
    order = rows[np.lexsort((gap[rows], cell[rows]))]
    size = np.bincount(cell[order], minlength=int(cell.max(initial=0)) + 1)
    middle = np.cumsum(size) - size + np.maximum(size - 1, 0) // 2
    return gap - np.append(gap[order], np.nan)[np.minimum(middle, len(order))][cell]


def _passed(office: np.ndarray, ended: np.ndarray, known: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """On how many days between a claimed end and its report the office reported other ends.

    Who reports once a week lets nothing pass, nor does a breakdown; a dossier re-dated by a fortnight lets two reports pass.
    """
    span = 10**6  # days: more than there are, so that offices do not meet
    result = np.zeros(len(office))
    if rows.size:
        first = np.floor(ended[rows].min() / DAY)
        end, report = (
            office[rows] * span + (np.floor(column[rows] / DAY) - first).astype(np.int64) for column in (ended, known)
        )
        days = np.unique(report)
        passed = np.searchsorted(days, report) - np.searchsorted(days, end, side="right")
        result[rows] = np.maximum(passed, 0)
    return result
