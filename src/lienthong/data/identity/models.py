"""Accounts and their failed sign-ins."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from lienthong.kernel.ids import uuid7


class Account(AbstractBaseUser):
    """One person or enterprise that can sign in. Its rights are grants (foundation.access), never flags here."""

    class Kind(models.TextChoices):
        PERSON = "person", "Cá nhân"
        ENTERPRISE = "enterprise", "Doanh nghiệp"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.TextField(unique=True)
    kind = models.TextField(choices=Kind.choices, default=Kind.PERSON)
    full_name = models.TextField()
    personal_id = models.TextField(blank=True, default="")
    enterprise_code = models.TextField(blank=True, default="")
    language = models.TextField(default="vi")
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(language__in=["vi", "en"]), name="data_identity_account_language"
            ),
            models.UniqueConstraint(
                fields=["personal_id"],
                condition=~models.Q(personal_id=""),
                name="data_identity_account_personal_id",
            ),
        ]

    class Privacy:
        personal = ("username", "full_name", "personal_id", "enterprise_code", "language", "last_login")


class FailedSignIn(models.Model):
    """One refused attempt, kept until it no longer counts: the ground of lock-out, by account name and by address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.TextField()
    address = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["username", "at"]),
            models.Index(fields=["address", "at"]),
        ]

    class Privacy:
        personal = ("username", "address")
