"""How Django finds the account of a session. Sign-in itself goes through `services.sign_in`."""

from uuid import UUID

from lienthong.data.identity import models


class PasswordBackend:
    """Gives back the account of a session; holds no permissions, because authority is data (foundation.access)."""

    def authenticate(self, request, **credentials) -> None:
        return None

    def get_user(self, account_id: UUID) -> models.Account | None:
        return models.Account.objects.filter(pk=account_id, is_active=True).first()
