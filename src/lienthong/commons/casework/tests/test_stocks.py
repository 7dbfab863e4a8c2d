"""How many dossiers stand open, and past due, at the end of each day: always what the dossiers as they are known say."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.commons.casework import domain, models, reference, services
from lienthong.commons.casework.tests.test_sync import BY, DONE, LOOKUPS, ROW, wait
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse import services as warehouse_services
from lienthong.kernel import clock

DAY = timedelta(days=1)
FIRST = date(2026, 8, 20)
PLACES = ["00004", "26368", "01", ""]
FINAL = ("not_accepted", "withdrawn", "stopped", "done", "returned")


def at(day: date, hour: int = 1) -> datetime:
    """An hour of a day in Viet Nam."""
    return datetime.combine(day, time(hour), domain.HANOI)


@pytest.fixture
def ground(transactional_db):
    reference.load(by=BY, at=clock.now())
    warehouse_services.set_places(pairs=[("00004", "00004"), ("00004", "01"), ("00004", ""), ("01", "01"), ("01", "")])


def dossier(number: int, received: date, **more) -> dict:
    return {
        "code": f"H26.99-260901-{number:04}", "procedure": "1.999999", "channel": "online", "agency": "H26.99",
        "territory": "00004", "state": "in_process", "received_at": at(received).isoformat(),
        "received_on": received.isoformat(), "supplements": 0,
    } | more  # fmt: skip


def tell(*payloads: dict) -> None:
    declaration = registry.declaration(register=domain.DOSSIERS)
    rows = [declaration.prepare(payload) for payload in payloads]
    registry_services.accept_batch(register=domain.DOSSIERS, source=domain.SOURCE, rows=rows, by=BY, at=clock.now())


def close(today: date) -> None:
    while services.close_days(by=BY, at=at(today)):
        pass


def rows() -> dict[tuple[str, str], tuple[int, int]]:
    found = registry.current(register=domain.STOCKS, source=domain.COUNTER)
    return {
        (row.payload["day"], row.territory): (row.payload["open"], row.payload["overdue"])
        for row in found
    }  # fmt: skip


def moment(text: str) -> date:
    return datetime.fromisoformat(text).astimezone(domain.HANOI).date()


def days_of(told: dict, until: date) -> Iterator[tuple[str, bool]]:
    """The days at whose end a dossier stood open, and whether past due: the rule, read one day after the other."""
    closed = None
    if told["state"] in FINAL:
        closed = date.fromisoformat(told["ended_on"]) if "ended_on" in told else None
        closed = closed or (
            moment(told["returned_at"]) if "returned_at" in told else date.fromisoformat(told["received_on"])
        )
    waits = told["state"] == "supplement" or (told["supplements"] and "moved_due_at" not in told)
    due = None if waits else told.get("moved_due_at" if told["supplements"] else "due_at")
    day = date.fromisoformat(told["received_on"])
    while day <= until and (closed is None or day < closed):
        yield day.isoformat(), due is not None and moment(due) <= day
        day += DAY


def counted(until: date) -> dict[tuple[str, str], tuple[int, int]]:
    """Every row, from the dossiers as they are known."""
    open_, overdue = Counter(), Counter()
    for version in registry.current(register=domain.DOSSIERS, source=domain.SOURCE):
        for day, late in days_of(version.payload, until):
            open_[day, version.territory] += 1
            overdue[day, version.territory] += late
    return {key: (count, overdue[key]) for key, count in open_.items()}


def any_dossier(chance: random.Random, number: int, today: date) -> dict:
    received = min(FIRST + DAY * chance.randrange(60), today)
    told = dossier(
        number, received, territory=chance.choice(PLACES), state=chance.choice([*FINAL, "in_process", "supplement"])
    )
    if chance.random() < 0.9:
        told["due_at"] = at(received + DAY * chance.randrange(-2, 25), 17).isoformat()
    if told["state"] in FINAL and chance.random() < 0.8:
        end = received + DAY * chance.randrange(40)
        told["returned_at"] = at(end, 23).astimezone(UTC).isoformat()
        if told["state"] != "withdrawn":
            told["ended_on"] = (end - DAY * chance.randrange(2)).isoformat()
    if chance.random() < 0.3:
        told["supplements"] = chance.choice([1, 2])
        if chance.random() < 0.7 and "due_at" in told:
            moved = datetime.fromisoformat(told["due_at"]) + timedelta(hours=chance.randrange(200))
            told["moved_due_at"] = moved.isoformat()
    return told


@pytest.mark.parametrize("seed", range(6))
def test_the_rows_always_say_what_the_dossiers_say(ground, seed):
    """Whatever is told, corrected, ended or told late, in whatever order, and whenever the days are closed."""
    chance, today = random.Random(seed), FIRST + DAY * 5
    for _ in range(12):
        tell(*(any_dossier(chance, chance.randrange(40), today) for _ in range(chance.randrange(1, 9))))
        if chance.random() < 0.3:
            stands = [version.key for version in registry.current(register=domain.DOSSIERS, source=domain.SOURCE)]
            ended = chance.sample(stands, min(3, len(stands)))
            registry_services.close(
                register=domain.DOSSIERS, source=domain.SOURCE, keys=ended, by=BY, at=clock.now()
            )  # fmt: skip
        if chance.random() < 0.8:
            close(today)
            assert rows() == counted(models.ClosingRow.objects.get().closed_on or FIRST - DAY)
        today += DAY * chance.randrange(1, 12)
    close(today)
    assert rows() == counted(models.ClosingRow.objects.get().closed_on)
    assert len(rows()) > 50
    before = {
        version.key: version.version for version in registry.current(register=domain.STOCKS, source=domain.COUNTER)
    }
    models.ClosingRow.objects.update(rules=0)  # as after a release that counts otherwise
    close(today)
    until = models.ClosingRow.objects.get().closed_on
    assert rows() == counted(until)
    after = {
        version.key: version.version for version in registry.current(register=domain.STOCKS, source=domain.COUNTER)
    }
    assert after | before == after  # and what was right was left alone
    stands = {row.territory: (row.open, row.overdue) for row in models.StepRow.objects.filter(day=until)}
    assert stands == {place: stock for (day, place), stock in rows().items() if day == until.isoformat()}


def test_a_day_is_closed_once_it_is_over_and_something_later_was_told(ground):
    tell(dossier(1, date(2026, 9, 1), due_at=at(date(2026, 9, 2), 17).isoformat()))
    close(date(2026, 9, 1))
    assert rows() == {}  # it is not over
    close(date(2026, 9, 20))
    assert rows() == {("2026-09-01", "00004"): (1, 0)}  # of what came after, nobody told anything
    tell(dossier(2, date(2026, 9, 4), territory="26368"))
    close(date(2026, 9, 5))
    assert rows()["2026-09-02", "00004"] == rows()["2026-09-04", "00004"] == (1, 1)
    assert rows()["2026-09-04", "26368"] == (1, 0)
    close(date(2026, 9, 5))
    assert len(registry.history(register=domain.STOCKS, key="2026-09-04/00004")) == 1


def test_what_is_told_of_closed_days_mends_them_and_a_place_may_come_to_nothing(ground):
    due = at(date(2026, 9, 2), 17).isoformat()
    tell(dossier(1, date(2026, 9, 1), due_at=due), dossier(2, date(2026, 9, 4), territory="26368"))
    close(date(2026, 9, 5))
    told = dossier(
        1,
        date(2026, 9, 1),
        due_at=due,
        state="done",
        ended_on="2026-09-03",
        returned_at=at(date(2026, 9, 3)).isoformat(),
    )
    tell(told)
    close(date(2026, 9, 5))
    assert rows()["2026-09-03", "00004"] == (1, 1)  # the days are mended once a day
    tell(dossier(3, date(2026, 9, 5), territory="26368"))
    close(date(2026, 9, 6))
    assert [key for key in rows() if key[1] == "00004"] == [("2026-09-01", "00004"), ("2026-09-02", "00004")]
    assert rows()["2026-09-05", "26368"] == (2, 0)


def test_very_much_that_is_told_late_closes_the_days_anew_a_month_at_a_time(ground, monkeypatch):
    monkeypatch.setattr(services, "MOST", 20)
    tell(dossier(1, date(2026, 6, 1)), dossier(2, date(2026, 8, 31), territory="26368"))
    assert services.close_days(by=BY, at=at(date(2026, 9, 1)))
    assert max(rows()) == ("2026-06-30", "00004")
    close(date(2026, 9, 1))
    tell(dossier(3, date(2026, 6, 10), territory="01"), dossier(1, date(2026, 6, 2)))
    close(date(2026, 9, 2))
    assert rows() == counted(date(2026, 8, 31))


def test_the_indicators_add_the_days_of_places_up(ground):
    due = at(date(2026, 9, 2), 17).isoformat()
    tell(
        dossier(1, date(2026, 9, 1), due_at=due),
        dossier(2, date(2026, 9, 1), territory="26368"),
        dossier(3, date(2026, 9, 6)),
    )
    close(date(2026, 9, 7))
    for code in ("overdue-dossier-days", "overdue-open"):
        warehouse_services.recompute(code=code, at=clock.now())
    days = warehouse.cells(codes=["overdue-dossier-days"], territories=["", "00004", "01"], period="2026-W36")
    assert [cell.value for cell in days] == [5, 5, 5]
    (share,) = warehouse.cells(codes=["overdue-open"], territories=[""], period="2026-W36")
    assert (share.numerator, share.denominator) == (5, 6 + 6 + 1)


def test_who_may_see_no_dossiers_sees_no_stock_of_few(ground):
    """One dossier that stands open for a week is on seven days, and still one person's."""
    tell(
        dossier(1, date(2026, 8, 31)),
        *(dossier(number, date(2026, 8, 31), territory="00008") for number in range(2, 32)),
        *(dossier(number, date(2026, 8, 31), territory="00025") for number in range(32, 72)),
    )
    pairs = [(code, above) for code in ("00004", "00008", "00025") for above in (code, "01", "")]
    warehouse_services.set_places(pairs=[*pairs, ("01", "01"), ("01", "")])
    close(date(2026, 9, 9))
    tell(dossier(72, date(2026, 9, 8), territory="01", state="done", ended_on="2026-09-08"))
    close(date(2026, 9, 9))
    warehouse_services.recompute(code="overdue-open", at=clock.now())
    for period in ("2026-W36", "2026-08", "2026-09", ""):
        cells = warehouse.cells(
            codes=["overdue-open"], territories=["", "01", "00004", "00008", "00025"], period=period
        )
        hidden = {cell.territory: cell.suppressed for cell in warehouse.shown_to_all(cells)}
        # The next smallest hides with it: else the whole less the others would tell.
        several = period != "2026-08"  # a month of which one day was counted
        assert hidden == {"": not several, "01": not several, "00004": True, "00008": True, "00025": not several}
    past = warehouse.past(code="overdue-open", territory="00004", period="2026-W36", guarded=True)
    assert past == []
    assert len(warehouse.past(code="overdue-open", territory="00025", period="2026-W36", guarded=True)) == 1


class TestMovedDue:
    DUE = datetime(2026, 9, 21, 17, tzinfo=domain.HANOI)

    @given(st.lists(st.tuples(st.integers(0, 500), st.integers(-5, 300)), max_size=3))
    def test_it_moves_by_the_time_of_every_supplement(self, waits):
        told = [
            domain.Wait(self.DUE + timedelta(hours=start), self.DUE + timedelta(hours=start + length)) for start, length in waits
        ]  # fmt: skip
        moved = domain.moved_due(self.DUE, told)
        assert moved - self.DUE == timedelta(hours=sum(max(length, 0) for _, length in waits))
        assert domain.moved_due(self.DUE, [*told, domain.Wait(self.DUE, None)]) is None
        assert domain.moved_due(None, told) is None

    def test_the_profile_tells_it_where_there_were_supplements(self):
        assert "moved_due_at" not in domain.to_dossier(ROW, LOOKUPS)
        twice = [wait("20260915080000", "20260916080000"), wait("20260917080000", "20260917090000")]
        told = domain.to_dossier(DONE | {"DanhSachHoSoBoSung": twice}, LOOKUPS)
        assert told["moved_due_at"] == "2026-09-22T18:00:00+07:00"
        waits = domain.to_dossier(ROW | {"DanhSachHoSoBoSung": [wait("20260915080000")]}, LOOKUPS)
        assert "moved_due_at" not in waits
