"""A write that is sent twice happens once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from lienthong.foundation.idempotency import domain, models, services
from lienthong.kernel import clock

OK = domain.Answer(201, "application/json", {"ETag": '"1"'}, b'{"n": 1}')


def once(write, *, key="key-00000001", caller="account:1", fingerprint=b"a" * 32):
    return services.once(caller=caller, key=key, fingerprint=fingerprint, at=clock.now(), write=write)


@pytest.mark.django_db
def test_the_same_request_is_answered_again_without_being_done():
    done = []
    first = once(lambda: done.append(1) or OK)
    again = once(lambda: done.append(1) or OK)
    assert done == [1]
    assert first == OK
    assert again == domain.Answer(201, "application/json", {"ETag": '"1"'}, b'{"n": 1}', again=True)


@pytest.mark.django_db
def test_a_key_belongs_to_one_request_of_one_caller():
    once(lambda: OK)
    with pytest.raises(domain.KeyReused):
        once(lambda: OK, fingerprint=b"b" * 32)
    assert not once(lambda: OK, caller="account:2").again


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "x" * 201, "có dấu ạ", "tab\tinside"])
def test_a_key_must_be_one(key):
    with pytest.raises(domain.KeyMissing):
        once(lambda: OK, key=key)


@pytest.mark.django_db
def test_a_refusal_undoes_the_write_and_may_be_sent_again():
    def refused():
        models.AnswerRow.objects.create(caller="x", key="written by the use case", fingerprint=b"", at=clock.now())
        return domain.Answer(422, "application/problem+json", {}, b"{}")

    assert once(refused).status == 422
    assert not models.AnswerRow.objects.exists()
    assert once(lambda: OK).status == 201


@pytest.mark.django_db
def test_old_answers_are_forgotten():
    once(lambda: OK)
    assert services.forget_old(at=clock.now()) == 0
    assert services.forget_old(at=clock.now() + domain.KEPT + timedelta(seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one():
    begun, go, done, answers = threading.Event(), threading.Event(), [], []

    def slow():
        begun.set()
        go.wait(5)
        done.append(1)
        return OK

    def send(write):
        answers.append(once(write))
        connection.close()

    first = threading.Thread(target=send, args=(slow,))
    first.start()
    begun.wait(5)
    second = threading.Thread(target=send, args=(lambda: done.append(2) or OK,))
    second.start()
    go.set()
    first.join(5)
    second.join(5)
    assert done == [1]
    assert sorted(answer.again for answer in answers) == [False, True]
