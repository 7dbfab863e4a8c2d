"""Doing a write once."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from lienthong.foundation.idempotency import domain, models
from lienthong.kernel.ids import uuid7


def once(
    *, caller: str, key: str, fingerprint: bytes, at: datetime, write: Callable[[], domain.Answer]
) -> domain.Answer:
    """Run a write, or give again what it answered. Two that come at once: the second waits for the first.

    The write and its answer commit together; an answer that refuses (status 400 and above) undoes the write and is
    forgotten, so that it can be mended and sent again with the same key.

    :param fingerprint: SHA-256 of the request: the same key with another request is refused.
    :raises domain.KeyMissing: the key is not 8 to 200 visible characters.
    :raises domain.KeyReused: the key was used for another request.
    """
    if not domain.KEY.match(key):
        raise domain.KeyMissing
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Waits where another transaction is just writing the same key.
            cursor.execute(
                """
                INSERT INTO foundation_idempotency_answer (id, caller, key, fingerprint, content_type, headers, body, at)
                VALUES (%s, %s, %s, %s, '', '{}', '', %s) ON CONFLICT (caller, key) DO NOTHING
                """,
                [uuid7(), caller, key, fingerprint, at],
            )
            first = cursor.rowcount == 1
        if not first:
            row = models.AnswerRow.objects.get(caller=caller, key=key)
            if bytes(row.fingerprint) != fingerprint:
                raise domain.KeyReused
            return domain.Answer(row.status, row.content_type, row.headers, bytes(row.body), again=True)
        answer = write()
        if answer.status >= 400:
            transaction.set_rollback(True)
        else:
            models.AnswerRow.objects.filter(caller=caller, key=key).update(
                status=answer.status, content_type=answer.content_type, headers=answer.headers, body=answer.body
            )
        return answer


def forget_old(*, at: datetime) -> int:
    """Remove answers that are no longer given again; how many."""
    removed, _ = models.AnswerRow.objects.filter(at__lt=at - domain.KEPT).delete()
    return removed
