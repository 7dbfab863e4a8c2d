"""The small rules a year is made of."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.calendar import DAY, EVENING, WORKED_DAY, Calendar
from simulation.draws import Draws, poisson_quantile
from simulation.handling import leave_queue
from simulation.messages import tax_code
from simulation.procedures import DEPARTMENTS, PROCEDURES

CALENDAR = Calendar(date(2025, 10, 1))
moments = st.integers(0, 400 * DAY)


@given(st.integers(0, 300 * WORKED_DAY))
def test_a_worked_second_has_a_stamp_in_working_hours_and_comes_back(worked):
    stamp = CALENDAR.stamp(np.array([worked]))
    assert CALENDAR.is_worked_moment(stamp).all()
    assert CALENDAR.worked(stamp)[0] == worked


@given(moments, moments)
def test_working_time_never_runs_backwards(one, other):
    first, second = CALENDAR.worked(np.array(sorted((one, other))))
    assert 0 <= second - first <= abs(other - one)


@given(moments, st.integers(0, 30))
def test_due_is_found_by_counting_days_one_by_one(received, legal):
    day, second = divmod(received, DAY)
    while not CALENDAR.working[day]:
        day, second = day + 1, 0
    if second > 15 * 3600:
        day += 1
        while not CALENDAR.working[day]:
            day += 1
    for _ in range(legal):
        day += 1
        while not CALENDAR.working[day]:
            day += 1
    assert CALENDAR.due(np.array([received]), np.array([legal]))[0] == day * DAY + EVENING


def test_the_days_of_tet_2026_and_the_exchanged_saturday():
    off = {CALENDAR.date(n) for n in range(365) if not CALENDAR.working[n] and CALENDAR.weekday[n] < 5}
    assert {date(2026, 1, 1), date(2026, 2, 16), date(2026, 2, 20), date(2026, 4, 30), date(2026, 9, 2)} <= off
    assert CALENDAR.working[(date(2026, 8, 22) - CALENDAR.first).days]
    assert CALENDAR.tet[(date(2026, 2, 17) - CALENDAR.first).days] == 0
    assert CALENDAR.tet[(date(2026, 2, 10) - CALENDAR.first).days] == -7


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0.001, 150))
def test_poisson_quantile_is_the_inverse_of_the_distribution(u, rate):
    (count,) = poisson_quantile(np.array([u]), np.array([rate]))
    masses = np.cumsum(np.concatenate(([1.0], np.cumprod(rate / np.arange(1, count + 2))))) * np.exp(-rate)
    assert masses[count] >= u - 1e-9
    assert count == 0 or masses[count - 1] < u + 1e-9
    assert poisson_quantile(np.array([u]), np.array([rate * 1.1]))[0] >= count


def test_draws_depend_on_seed_name_and_number_only():
    draws, ids = Draws(5), np.arange(100_000, dtype=np.uint64)
    u = draws.uniform("a", ids)
    np.testing.assert_array_equal(draws.uniform("a", ids[::-7]), u[::-7])
    assert not np.isin(draws.uniform("b", ids), u).any()
    assert not np.isin(Draws(6).uniform("a", ids), u).any()
    assert 0 < u.min() < 1e-3
    assert abs(u.mean() - 0.5) < 0.005
    assert abs(np.corrcoef(u, draws.uniform("b", ids))[0, 1]) < 0.015
    normal = draws.normal("n", ids)
    assert abs(normal.mean()) < 0.015
    assert abs(normal.std() - 1) < 0.015


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_queue_is_that_of_a_clerk_who_takes_one_after_the_other(data):
    offices = data.draw(st.integers(1, 3))
    capacity = np.array(
        data.draw(st.lists(st.lists(st.floats(0.3, 6), min_size=80, max_size=80), min_size=offices, max_size=offices))
    )
    count = data.draw(st.integers(1, 25))
    office = np.sort(np.array(data.draw(st.lists(st.integers(0, offices - 1), min_size=count, max_size=count))))
    ready = np.array(data.draw(st.lists(st.integers(0, 20 * WORKED_DAY), min_size=count, max_size=count)))
    order = np.lexsort((ready, office))
    ready = ready[order]
    work = np.array(data.draw(st.lists(st.floats(0.05, 0.8), min_size=count, max_size=count)))
    left = leave_queue(capacity, office, ready, work)
    free = np.zeros(offices)
    for number in range(count):
        at, rest = max(free[office[number]], ready[number]), work[number]
        while rest > 1e-12:
            day = int((at + 1e-6) // WORKED_DAY)
            speed = capacity[office[number], day] / WORKED_DAY
            step = min(rest / speed, max(0.0, (day + 1) * WORKED_DAY - at))
            at, rest = at + step, rest - step * speed
        free[office[number]] = at
        assert left[number] == pytest.approx(at, abs=3)


@given(st.integers(0, 2_000_000))
def test_invented_tax_codes_have_a_right_check_digit(digits):
    code = tax_code(digits)
    assert len(code) == 10
    assert code.startswith("999")
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    total = sum(weight * int(digit) for weight, digit in zip(weights, code[:9], strict=True))
    assert int(code[9]) == 10 - total % 11


def test_about_sixty_procedures_with_codes_no_real_one_has():
    codes = [procedure.code for procedure in PROCEDURES]
    assert len(set(codes)) == len(codes) == 61
    assert all(code.startswith("1.999") and len(code) == 8 for code in codes)
    assert len({procedure.sector for procedure in PROCEDURES}) == 10
    handled = {sector for _, sectors in DEPARTMENTS for sector in sectors}
    assert {procedure.sector for procedure in PROCEDURES if procedure.level == "province"} == handled


def test_stamps_are_seconds_since_midnight_of_the_first_day_in_hanoi():
    stamp = int(CALENDAR.stamp(np.array([0]))[0])
    assert datetime(2025, 10, 1) + timedelta(seconds=stamp) == datetime(2025, 10, 1, 7, 30)
