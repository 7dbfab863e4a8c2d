"""Where contents are kept and how large a file may be."""

from functools import cache
from pathlib import Path

from django.conf import settings

from lienthong.foundation.storage import adapters

MAXIMUM_BYTES = settings.LIENTHONG_UPLOAD_MEGABYTES * 2**20


@cache
def store() -> adapters.ContentStore:
    """The store of this space: ``s3://bucket/prefix``, else a folder."""
    place = settings.LIENTHONG_STORAGE
    return adapters.S3(place) if place.startswith("s3://") else adapters.Folder(Path(place))
