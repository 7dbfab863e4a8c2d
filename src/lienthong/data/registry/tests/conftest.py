import pytest


@pytest.fixture
def people(db) -> None:
    """The register of invented people, empty."""
    from lienthong.data.registry import testing

    testing.declare()


@pytest.fixture
def client_of(db):
    """Make browsers of signed-in people who may do some actions."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from lienthong.data.registry import testing
    from lienthong.foundation.access import domain, services
    from lienthong.kernel.ids import uuid7

    def make(*actions: str) -> Client:
        name = f"can-bo-{uuid7().hex}"
        account = get_user_model().objects.create(
            username=name, full_name="Cán bộ mẫu", password="!", created_at=testing.AT
        )
        for action in actions:
            services.grant(
                holder_kind=domain.HolderKind.ACCOUNT, holder=str(account.pk), scope=domain.Scope(action),
                basis="Quyết định mẫu", valid_from=testing.AT.replace(year=2020), by="system:test", at=testing.AT,
            )  # fmt: skip
        client = Client()
        client.force_login(account)
        return client

    return make
