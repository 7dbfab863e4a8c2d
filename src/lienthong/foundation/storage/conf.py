"""Where contents are kept and how large a file may be."""

from django.conf import settings

PLACE = settings.LIENTHONG_STORAGE
"""``s3://bucket/prefix``, else a folder."""
MAXIMUM_BYTES = settings.LIENTHONG_UPLOAD_MEGABYTES * 2**20
