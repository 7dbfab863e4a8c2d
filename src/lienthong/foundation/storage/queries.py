"""Reading files."""

import hashlib
from collections.abc import Iterator
from uuid import UUID

from lienthong.foundation.storage import adapters, domain, models
from lienthong.kernel.errors import NotFound


def file(id: UUID) -> domain.StoredFile:
    """What is known of a file.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.FileRow.objects.filter(id=id).first()
    if row is None:
        raise NotFound(what=f"tệp {id}")
    return domain.StoredFile(row.id, row.sha256, row.size, row.name, row.media_type, row.stored_at)


def open_file(id: UUID) -> Iterator[bytes]:
    """The content in chunks, compared with its hash as it is read.

    :raises domain.Damaged: it is gone, or not what was stored; said at the latest after the last chunk.
    """
    found = file(id)
    digest = hashlib.sha256()
    try:
        for chunk in adapters.store().read(found.sha256):
            digest.update(chunk)
            yield chunk
    except FileNotFoundError:
        raise domain.Damaged(name=found.name) from None
    if digest.hexdigest() != found.sha256:
        raise domain.Damaged(name=found.name)


def read_content(sha256: str) -> Iterator[bytes]:
    """A content by its hash, in chunks (backups).

    :raises FileNotFoundError: it is not there.
    """
    return adapters.store().read(sha256)


def check_all() -> Iterator[tuple[domain.StoredFile, bool]]:
    """Every file and whether its content is what was stored."""
    for row in models.FileRow.objects.order_by("id").iterator(500):
        try:
            for _ in open_file(row.id):
                pass
        except domain.Damaged:
            yield file(row.id), False
        else:
            yield file(row.id), True
