"""A person signs in, is locked out after too many mistakes, and signs out."""

from datetime import timedelta

import pytest

from lienthong.data.identity import domain, samples, services
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]


def test_a_sample_person_signs_in_and_out(client):
    page = client.get("/sign-in")
    assert "lanh-dao-tw" in page.content.decode()
    answer = client.post("/sign-in", {"username": "lanh-dao-tw", "password": samples.PASSWORD, "next": "/boards"})
    assert answer.status_code == 302
    assert answer.url == "/boards"
    assert client.post("/sign-out").status_code == 302
    assert "Đăng nhập" in client.get("/").content.decode()


def test_where_to_go_next_is_never_another_site(client):
    answer = client.post(
        "/sign-in", {"username": "can-bo-xa", "password": samples.PASSWORD, "next": "https://evil.example/"}
    )
    assert answer.url == "/workplace"


def test_five_wrong_passwords_lock_the_account_for_a_while():
    at = clock.now()
    attempt = {"username": "can-bo-xa", "address": "192.0.2.1"}
    for _ in range(domain.FAILURES_PER_ACCOUNT):
        with pytest.raises(domain.WrongPassword):
            services.sign_in(**attempt, password="wrong", at=at)
    with pytest.raises(domain.LockedOut):
        services.sign_in(**attempt, password=samples.PASSWORD, at=at + timedelta(minutes=14))
    assert services.sign_in(**attempt, password=samples.PASSWORD, at=at + timedelta(minutes=16))


def test_an_unknown_name_is_told_like_a_wrong_password(client):
    answer = client.post("/sign-in", {"username": "nobody", "password": "x"})
    assert answer.status_code == 401
    assert "không đúng" in answer.content.decode()


def test_strangers_are_sent_to_sign_in(client):
    answer = client.get("/workplace")
    assert answer.status_code in (302, 404)
