"""Storing and removing files."""

import errno
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction

from lienthong.foundation.storage import adapters, conf, domain, models
from lienthong.kernel.ids import uuid7

UNCLAIMED = timedelta(days=1)
"""A content that no file has is removed after this long: until then the transaction that stored it may still commit."""


@transaction.atomic
def store(
    *, content: bytes | BinaryIO | Iterable[bytes], name: str, media_type: str, by: str, at: datetime
) -> domain.StoredFile:
    """Store a file, read in chunks and never held whole.

    :raises domain.TooLarge: it exceeds the space's limit.
    :raises domain.NoSpace: the disk is full; nothing is left behind.
    """
    digest, size = hashlib.sha256(), 0
    name = domain.safe_name(name)
    place = adapters.store()
    try:
        with place.draft() as draft:
            for chunk in _chunks(content):
                size += len(chunk)
                if size > conf.MAXIMUM_BYTES:
                    raise domain.TooLarge(name=name, megabytes=conf.MAXIMUM_BYTES // 2**20)
                digest.update(chunk)
                draft.write(chunk)
            _hold("pg_advisory_xact_lock_shared")
            place.keep(draft, digest.hexdigest())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise domain.NoSpace from error
        raise
    row = models.FileRow.objects.create(
        id=uuid7(), sha256=digest.hexdigest(), size=size, name=name, media_type=media_type, stored_at=at, stored_by=by
    )
    return domain.StoredFile(row.id, row.sha256, size, name, media_type, at)


def put_back(*, content: Path, sha256: str) -> None:
    """Put a content where its hash belongs (restoring a backup).

    :raises domain.Damaged: the file does not have that hash.
    """
    place = adapters.store()
    with content.open("rb") as stream, place.draft() as draft:
        digest = hashlib.sha256()
        for chunk in _chunks(stream):
            digest.update(chunk)
            draft.write(chunk)
        if digest.hexdigest() != sha256:
            raise domain.Damaged(name=sha256)
        place.keep(draft, sha256)


@transaction.atomic
def remove(*, file_id) -> None:
    """Forget a file; its content goes with the next clearing if no other file has it."""
    models.FileRow.objects.filter(id=file_id).delete()


def clear_unclaimed(*, at: datetime) -> int:
    """Remove contents that no file has had for a day; how many."""
    place, removed, before = adapters.store(), 0, (at - UNCLAIMED).timestamp()
    place.sweep()
    for sha256, put_at in list(place.all()):
        if put_at >= before or models.FileRow.objects.filter(sha256=sha256).exists():
            continue
        with transaction.atomic():
            # Whoever stores the same content just now has committed by now, or begins after it is gone.
            _hold("pg_advisory_xact_lock")
            if not models.FileRow.objects.filter(sha256=sha256).exists():
                place.remove(sha256)
                removed += 1
    return removed


def _hold(lock: str) -> None:
    """Keep storing and clearing apart until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtext('foundation.storage.contents'))")


def _chunks(content: bytes | BinaryIO | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(content, bytes):
        return [content]
    if hasattr(content, "read"):
        return iter(lambda: content.read(adapters.CHUNK), b"")
    return content
