"""Every committed fact is given to every subscriber, in order per subject, whatever fails or commits when."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.db import connection, transaction

import lienthong
from lienthong.foundation.outbox import domain, models, queries, services
from lienthong.kernel import clock
from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Counted(Event):
    name: ClassVar[str] = "test.outbox.counted.v1"
    counter: str
    number: int


@pytest.fixture
def heard(monkeypatch):
    """What one subscriber was given; numbers in ``fails`` make it fail."""

    class Heard(list):
        fails: ClassVar[set[int]] = set()

    found = Heard()
    found.fails = set()
    monkeypatch.setattr(services, "_subscribers", {})

    @services.subscribe(Counted, name="test.counter")
    def note(event: Counted) -> None:
        if event.number in found.fails:
            raise ValueError(f"cannot count {event.number}")
        found.append((event.counter, event.number))

    return found


def publish(*numbers: int, counter: str = "a") -> None:
    with transaction.atomic():
        services.publish_many([Counted(counter=counter, number=number) for number in numbers], at=clock.now())


def deliver(at=None) -> domain.Delivered:
    return services.deliver(at=at or clock.now())


@pytest.mark.django_db(transaction=True)
class TestDelivery:
    def test_a_fact_without_a_transaction_is_refused(self):
        with pytest.raises(RuntimeError):
            services.publish(Counted(counter="a", number=1), at=clock.now())

    def test_facts_come_once_and_in_order(self, heard):
        publish(1, 2)
        publish(3)
        assert deliver().delivered == 3
        assert deliver().delivered == 0
        assert heard == [("a", 1), ("a", 2), ("a", 3)]

    def test_what_is_rolled_back_was_never_told(self, heard):
        with transaction.atomic():
            services.publish(Counted(counter="a", number=1), at=clock.now())
            transaction.set_rollback(True)
        publish(2)
        deliver()
        assert heard == [("a", 2)]

    def test_transactions_that_commit_in_reverse_order_skip_no_reader(self, heard):
        first_open, second_done = threading.Event(), threading.Event()

        def slow():
            with transaction.atomic():
                services.publish(Counted(counter="slow", number=1), at=clock.now())
                first_open.set()
                second_done.wait(10)
            connection.close()

        thread = threading.Thread(target=slow)
        thread.start()
        first_open.wait(10)
        publish(2, counter="fast")
        deliver()
        # The later one committed first; it waits until nothing older can appear before it.
        assert heard == []
        second_done.set()
        thread.join(10)
        deliver()
        assert heard == [("slow", 1), ("fast", 2)]

    def test_a_poison_fact_is_set_aside_with_its_cause_and_holds_up_only_its_subject(self, heard):
        heard.fails = {2}
        publish(1, 2, 3)
        publish(1, 2 + 10, counter="b")
        deliver()
        assert heard == [("a", 1), ("b", 1), ("b", 12)]
        waiting = queries.set_aside()
        assert [item.subject for item in waiting] == ["test.outbox:a", "test.outbox:a"]
        assert "cannot count 2" in waiting[0].cause
        heard.fails = set()
        deliver(clock.now() + timedelta(minutes=1))
        deliver(clock.now() + timedelta(minutes=1))
        assert heard[-2:] == [("a", 2), ("a", 3)]
        assert not queries.set_aside()

    def test_a_poison_fact_is_given_up_in_the_end_and_a_person_lets_it_try_again(self, heard):
        heard.fails = {1}
        publish(1)
        at = clock.now()
        for _ in range(domain.ATTEMPTS + 2):
            deliver(at)
            at += timedelta(hours=1)
        assert queries.set_aside()[0].given_up
        heard.fails = set()
        deliver(at)
        assert heard == []
        services.retry_set_aside(id=queries.set_aside()[0].id, at=at)
        deliver(at)
        assert heard == [("a", 1)]

    def test_what_a_failing_handler_wrote_is_undone(self, heard, monkeypatch):
        @services.subscribe(Counted, name="test.writer")
        def write(event: Counted) -> None:
            models.Subscriber.objects.create(name="half-written", event_name="x")
            raise ValueError

        publish(1)
        deliver()
        assert not models.Subscriber.objects.filter(name="half-written").exists()

    def test_a_handler_of_batches_is_given_what_there_is_at_once_and_in_order(self, heard):
        calls = []

        @services.subscribe_batch(Counted, name="test.batches")
        def note(events) -> None:
            calls.append([event.number for event in events])

        publish(1, 2)
        publish(3, counter="b")
        assert deliver().delivered == 6
        assert calls == [[1, 2, 3]]

    def test_of_a_batch_that_fails_only_the_one_to_blame_and_those_behind_it_are_set_aside(self, heard):
        fails, calls = {2}, []

        @services.subscribe_batch(Counted, name="test.batches")
        def note(events) -> None:
            for event in events:
                models.Subscriber.objects.create(name=f"effect-{event.number}", event_name="effect")
                if event.number in fails:
                    raise ValueError(f"cannot count {event.number}")
            calls.append([event.number for event in events])

        publish(1, 2, 3)
        publish(4, counter="b")
        deliver()
        # What the failed batch wrote was undone: each effect stands once.
        assert calls == [[1], [4]]
        assert {item.event_name for item in queries.set_aside()} == {Counted.name}
        assert len(queries.set_aside()) == 2
        # What comes later about the same subject waits, others go on together.
        publish(5)
        publish(6, 7, counter="b")
        deliver()
        assert calls == [[1], [4], [6, 7]]
        fails.clear()
        for minutes in (1, 2, 3):
            deliver(clock.now() + timedelta(minutes=minutes))
        assert calls == [[1], [4], [6, 7], [2], [3], [5]]
        effects = models.Subscriber.objects.filter(event_name="effect").values_list("name", flat=True)
        assert sorted(effects) == [f"effect-{number}" for number in range(1, 8)]

    def test_everything_can_be_given_again(self, heard):
        publish(1, 2)
        deliver()
        services.replay(subscriber="test.counter")
        deliver()
        assert heard == [("a", 1), ("a", 2)] * 2

    def test_two_workers_at_once_give_nothing_twice(self, heard):
        publish(*range(200))
        start = threading.Barrier(2)

        def work():
            start.wait(5)
            while deliver().delivered:
                pass
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(20)
        deliver()
        assert heard == [("a", number) for number in range(200)]


WORKER = """
import django, os, sys
django.setup()
from dataclasses import dataclass
from typing import ClassVar
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from lienthong.foundation.outbox import models, services
from lienthong.foundation.outbox.tests.test_delivery import Counted
from lienthong.kernel import clock
services._subscribers.clear()

@services.subscribe(Counted, name="test.killed")
def write(event):
    models.Subscriber.objects.create(name=f"effect-{event.number}", event_name="effect")
    if event.number == 5 and not os.environ.get("SURVIVE"):
        print("ready", flush=True)
        import time; time.sleep(60)

while services.deliver(at=clock.now()).delivered:
    pass
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing():
    publish(*range(10))
    name = connection.settings_dict["NAME"]
    command = [sys.executable, "-c", WORKER, name]
    environment = os.environ | {"PYTHONPATH": str(Path(lienthong.__file__).parents[1])}
    doomed = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert doomed.stdout.readline().strip() == "ready"
    os.kill(doomed.pid, signal.SIGKILL)
    doomed.wait(10)
    subprocess.run(command, env=environment | {"SURVIVE": "1"}, check=True, timeout=60)
    effects = models.Subscriber.objects.filter(event_name="effect").values_list("name", flat=True)
    assert sorted(effects) == sorted(f"effect-{number}" for number in range(10))


@dataclass(frozen=True, kw_only=True)
class Weighed(Event):
    name: ClassVar[str] = "test.outbox.weighed.v1"
    number: int
    grams: int

    @property
    def weight(self) -> int:
        return self.grams


@pytest.mark.django_db(transaction=True)
class TestGivingWay:
    """What can wait does not keep others waiting, and waits a minute at most."""

    @pytest.fixture
    def heard(self, monkeypatch):
        found: dict[str, list[int]] = {"prompt": [], "patient": []}
        monkeypatch.setattr(services, "_subscribers", {})

        @services.subscribe_batch(Weighed, name="test.patient", gives_way=True)
        def wait(events) -> None:
            found["patient"] += [event.number for event in events]

        @services.subscribe_batch(Weighed, name="test.prompt")
        def hurry(events) -> None:
            found["prompt"] += [event.number for event in events]

        return found

    @staticmethod
    def publish(*grams: int, first: int = 1, at=None) -> None:
        with transaction.atomic():
            events = [Weighed(number=first + place, grams=one) for place, one in enumerate(grams)]
            services.publish_many(events, at=at or clock.now())

    def test_a_light_round_has_room_for_both(self, heard):
        self.publish(100, 100)
        deliver()
        assert heard == {"prompt": [1, 2], "patient": [1, 2]}

    def test_a_full_round_has_none_and_the_next_one_takes_as_much_as_a_round_may_weigh(self, heard):
        self.publish(300, 300, 300)
        deliver()
        assert heard == {"prompt": [1, 2, 3], "patient": []}
        deliver()
        assert heard["patient"] == [1, 2]
        assert deliver().delivered == 1
        assert heard["patient"] == [1, 2, 3]
        assert not deliver().delivered

    def test_one_that_is_heavier_than_a_round_is_given_alone(self, heard):
        self.publish(5000, 1)
        deliver()
        deliver()
        assert heard["patient"] == [1]
        deliver()
        assert heard["patient"] == [1, 2]

    def test_nobody_waits_longer_than_the_patience_however_busy_it_is(self, heard):
        now = clock.now()
        self.publish(500, at=now)
        deliver(at=now)
        for number in range(2, 5):
            self.publish(500, first=number, at=now)
            deliver(at=now)
        assert heard["patient"] == []
        self.publish(500, first=5, at=now)
        deliver(at=now + services.PATIENCE + timedelta(seconds=1))
        assert heard == {"prompt": [1, 2, 3, 4, 5], "patient": [1, 2, 3, 4]}

    def test_settling_gives_everything_to_everybody(self, heard):
        self.publish(*[400] * 7)
        assert services.settle(clock=clock.now)
        assert heard["patient"] == heard["prompt"] == list(range(1, 8))
