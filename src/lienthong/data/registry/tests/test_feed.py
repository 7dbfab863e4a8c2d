"""The change feed under transactions that commit in another order than they began."""

import threading

import pytest
from django.db import connection, transaction

from lienthong.data.registry import queries, services, testing

WHOM = {"register": testing.REGISTER, "source": testing.SOURCE, "by": "system:test", "at": testing.AT, "version": None}


def follow(after: str = "", limit: int = 2) -> tuple[list[tuple[str, int]], str]:
    """Everything in the feed behind a mark, page by page; and the mark to go on from."""
    found = []
    while page := queries.changes(register=testing.REGISTER, after=after, limit=limit):
        found += [(version.key, version.version) for _, version in page]
        after = page[-1][0]
    return found, after


def in_thread(work) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_transactions_that_commit_in_reverse_order_are_neither_skipped_nor_repeated():
    testing.declare()
    begun, may_end = threading.Event(), threading.Event()

    def first_to_begin_last_to_commit() -> None:
        with transaction.atomic():
            # From another source, because the batches of one source wait for each other.
            services.accept(payload=testing.person(1), **WHOM | {"source": "other"})
            begun.set()
            assert may_end.wait(20)

    slow = in_thread(first_to_begin_last_to_commit)
    assert begun.wait(20)
    for number in (2, 3, 4):
        services.accept(payload=testing.person(number), **WHOM)
    early, mark = follow()
    assert early == []
    may_end.set()
    slow.join(20)
    late, mark = follow(mark)
    assert [key for key, _ in late] == [testing.person(number)["id"] for number in (1, 2, 3, 4)]
    services.accept(payload=testing.person(1, name="Trần Khác"), **WHOM | {"source": "other"})
    assert follow(mark)[0] == [("999000000001", 2)]


@pytest.mark.django_db(transaction=True)
def test_each_transaction_is_told_once_however_late_it_commits():
    testing.declare()
    _, seen = queries.written_since(register=testing.REGISTER, seen="1:1:")
    begun, may_end = threading.Event(), threading.Event()

    def first_to_begin_last_to_commit() -> None:
        with transaction.atomic():
            services.accept(payload=testing.person(1), **WHOM | {"source": "other"})
            begun.set()
            assert may_end.wait(20)
            services.accept(payload=testing.person(1), **WHOM)

    slow = in_thread(first_to_begin_last_to_commit)
    assert begun.wait(20)
    services.accept(payload=testing.person(2), **WHOM)
    early, seen = queries.written_since(register=testing.REGISTER, seen=seen)
    may_end.set()
    slow.join(20)
    services.accept(payload=testing.person(3), **WHOM | {"source": "other"})  # of which nothing is told
    late, seen = queries.written_since(register=testing.REGISTER, seen=seen)
    assert [len(early), len(late)] == [1, 1]
    assert late < early
    told = [queries.written_in(register=testing.REGISTER, xid=xid) for xid in (*early, *late)]
    assert (testing.SOURCE, testing.person(2)["id"], 1) in told[0]
    assert (testing.SOURCE, testing.person(1)["id"], 1) in told[1]
    assert queries.written_since(register=testing.REGISTER, seen=seen)[0] == []


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_follows_writers_at_work_gets_every_version_once():
    testing.declare()

    def write(source: str) -> None:
        for round in range(12):
            with transaction.atomic():
                for number in range(3):
                    payload = testing.person(number, name=f"Trần {round}")
                    services.accept(payload=payload, **WHOM | {"source": source})

    writers = [in_thread(lambda source=source: write(source)) for source in (testing.SOURCE, "other")]
    got, mark = [], ""
    while any(writer.is_alive() for writer in writers):
        page, mark = follow(mark, limit=5)
        got += page
    got += follow(mark)[0]
    expected = [(testing.person(number)["id"], version) for number in range(3) for version in range(1, 13)]
    assert sorted(got) == sorted(expected * 2)
    for source in range(2):
        own = [version for key, version in got if key.endswith("1")]
        assert sorted(own) == sorted(list(range(1, 13)) * 2), source


@pytest.mark.django_db(transaction=True)
def test_keys_with_any_sign_in_them_are_paged_alike():
    schema = testing.DOCUMENT["schema"]
    loose = schema | {"properties": schema["properties"] | {"id": {"type": "string"}}}
    testing.declare(schema=loose)
    keys = ["a/b", "a", "a/", "//", "ă", "A%", "0/0/0/"]
    with transaction.atomic():
        for key in keys:
            services.accept(payload={"id": key, "name": "Trần An"}, **WHOM)
    assert sorted(key for key, _ in follow(limit=1)[0]) == sorted(keys)
