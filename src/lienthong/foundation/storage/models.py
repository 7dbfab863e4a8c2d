"""Files."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lienthong.kernel.ids import uuid7


class FileRow(models.Model):
    """One file: a content under a name. Several may have one content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.TextField(db_index=True)
    size = models.BigIntegerField()
    name = models.TextField()
    media_type = models.TextField()
    stored_at = models.DateTimeField()
    stored_by = models.TextField()

    class Meta:
        db_table = "foundation_storage_file"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="foundation_storage_file_hash")
        ]

    class Privacy:
        personal = ("name", "stored_by")
