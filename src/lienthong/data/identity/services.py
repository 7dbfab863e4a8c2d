"""Opening accounts, signing in, choosing a language."""

import math
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from lienthong.data.identity import domain, models
from lienthong.foundation.audit import services as audit
from lienthong.kernel.ids import uuid7

# Checked when there is no such account, so that a wrong name takes as long as a wrong password.
_NOBODY = make_password("no account has this password")


def hash_password(*, password: str) -> str:
    """The Argon2id hash (RFC 9106) of a password, with a salt of its own."""
    return make_password(password)


@transaction.atomic
def open_account(
    *,
    username: str,
    full_name: str,
    password_hash: str,
    kind: str = "person",
    personal_id: str = "",
    enterprise_code: str = "",
    is_sample: bool = False,
    by: str,
    at: datetime,
) -> UUID:
    """Open an account, or find the one of that name.

    :param password_hash: made by `hash_password`; kept apart so that opening many accounts costs one slow hash.
    """
    account, made = models.Account.objects.get_or_create(
        username=username,
        defaults={
            "id": uuid7(),
            "full_name": full_name,
            "password": password_hash,
            "kind": kind,
            "personal_id": personal_id,
            "enterprise_code": enterprise_code,
            "is_sample": is_sample,
            "created_at": at,
        },
    )
    if made:
        subject = f"account:{account.id}"
        audit.record(by=by, action="data.identity.open_account", subject=subject, at=at, about=(subject,))
    return account.id


def sign_in(*, username: str, password: str, address: str, at: datetime) -> UUID:
    """Check a name and password; the id of the account they open.

    :param address: where the attempt comes from.
    :raises domain.LockedOut: too many attempts failed lately, for this name or from this address.
    :raises domain.WrongPassword: the attempt is counted.
    """
    since = at - domain.WINDOW
    failed = models.FailedSignIn.objects.filter(at__gt=since)
    for attempts, limit in (
        (failed.filter(username=username), domain.FAILURES_PER_ACCOUNT),
        (failed.filter(address=address), domain.FAILURES_PER_ADDRESS),
    ):
        moments = list(attempts.order_by("-at").values_list("at", flat=True)[:limit])
        if until := domain.locked_until(moments, limit=limit, at=at):
            raise domain.LockedOut(minutes=math.ceil((until - at).total_seconds() / 60))
    account = models.Account.objects.filter(username=username, is_active=True).first()
    right = check_password(password, account.password if account else _NOBODY)
    if not (right and account):
        with transaction.atomic():
            models.FailedSignIn.objects.create(username=username[:200], address=address, at=at)
            models.FailedSignIn.objects.filter(at__lte=since).delete()
            subject = f"account:{account.id}" if account else "account:unknown"
            about = (subject,) if account else ()
            audit.record(
                by="system:identity", action="data.identity.sign_in_failed", subject=subject, at=at, about=about
            )
        raise domain.WrongPassword
    with transaction.atomic():
        models.FailedSignIn.objects.filter(username=username).delete()
        subject = f"account:{account.id}"
        audit.record(by=subject, action="data.identity.sign_in", subject=subject, at=at, about=(subject,))
    return account.id


@transaction.atomic
def choose_language(*, account_id: UUID, language: str) -> None:
    """Keep a person's language for their next visits."""
    models.Account.objects.filter(id=account_id).update(language=language)
