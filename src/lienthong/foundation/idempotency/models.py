"""Answers by key."""

from typing import ClassVar

from django.db import models

from lienthong.kernel.ids import uuid7


class AnswerRow(models.Model):
    """The answer to one write of one caller."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    caller = models.TextField()
    key = models.TextField()
    fingerprint = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    content_type = models.TextField(default="")
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "foundation_idempotency_answer"
        constraints: ClassVar = [models.UniqueConstraint(fields=["caller", "key"], name="foundation_idempotency_once")]

    class Privacy:
        personal = ("caller", "body")
