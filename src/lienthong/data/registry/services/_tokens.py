"""Tokens with which systems send facts to the intake."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lienthong.data.registry import domain, models
from lienthong.data.registry.services._records import source_of
from lienthong.foundation.audit import services as audit
from lienthong.kernel.errors import NotFound


@transaction.atomic
def issue_token(
    *, register: str, source: str, name: str, expires_at: datetime, by: str, at: datetime
) -> tuple[UUID, str]:
    """A new token for one source: its id and the token, which is told this once and cannot be read again.

    :raises domain.UnknownRegister: there is no such source.
    """
    token = f"lti_{secrets.token_urlsafe(32)}"
    row = models.IntakeToken.objects.create(
        source=source_of(register, source), hash=domain.token_hash(token), name=name, created_at=at,
        expires_at=expires_at, by=by,
    )  # fmt: skip
    audit.record(
        by=by,
        action="data.registry.issue_token",
        subject=f"token:{row.id}",
        at=at,
        details={"source": f"{register}/{source}", "name": name, "expires_at": expires_at.isoformat()},
    )
    return row.id, token


@transaction.atomic
def revoke_token(*, id: UUID, by: str, at: datetime) -> None:
    """End a token; the intake heeds it within a second. Harmless to repeat.

    :raises kernel.errors.NotFound: there is none.
    """
    if models.IntakeToken.objects.filter(id=id, revoked_at=None).update(revoked_at=at):
        audit.record(by=by, action="data.registry.revoke_token", subject=f"token:{id}", at=at)
    elif not models.IntakeToken.objects.filter(id=id).exists():
        raise NotFound(what=f"thẻ {id}")
