"""Units, agencies, their successions, positions, holdings, responsibilities and days."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from lienthong.foundation.directory.domain import Branch, ChangeKind, Level, Role, UnitKind
from lienthong.kernel.ids import uuid7


def _among(field: str, values, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": [value.value for value in values]}), name=name)


def _validity(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name=name)


class UnitRow(models.Model):
    """What one code of an administrative unit meant for a time. A code is reused for another unit in another time."""

    id = models.AutoField(primary_key=True)
    code = models.TextField()
    level = models.TextField()
    kind = models.TextField()
    name = models.TextField()
    full_name = models.TextField()
    name_en = models.TextField()
    parent = models.TextField(blank=True, default="")
    district = models.TextField(blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    decree = models.TextField(blank=True, default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    search = models.TextField()

    class Meta:
        db_table = "foundation_directory_unit"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="foundation_directory_unit_since"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="foundation_directory_unit_one_current"
            ),
            _validity("foundation_directory_unit_validity"),
            _among("level", (Level.PROVINCE, Level.COMMUNE), "foundation_directory_unit_level"),
            _among("kind", UnitKind, "foundation_directory_unit_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["parent", "valid_from"], name="directory_unit_parent")]

    class Privacy:
        personal = ()


class UnitChange(models.Model):
    """On a date, a unit of one code became, wholly or in part, the unit of another."""

    id = models.AutoField(primary_key=True)
    on = models.DateField()
    from_code = models.TextField()
    to_code = models.TextField()
    kind = models.TextField()
    decree = models.TextField(blank=True, default="")
    is_default = models.BooleanField(default=True)

    class Meta:
        db_table = "foundation_directory_unit_change"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["on", "from_code", "to_code"], name="foundation_directory_unit_change_once"
            ),
            models.UniqueConstraint(
                fields=["on", "from_code"], condition=Q(is_default=True), name="foundation_directory_unit_one_default"
            ),
            _among("kind", ChangeKind, "foundation_directory_unit_change_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["to_code", "on"], name="directory_unit_change_to")]

    class Privacy:
        personal = ()


class AgencyRow(models.Model):
    """What one agency code meant for a time."""

    id = models.AutoField(primary_key=True)
    code = models.TextField()
    old_code = models.TextField(blank=True, default="")
    provisional = models.BooleanField(default=False)
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    branch = models.TextField()
    level = models.TextField()
    parent = models.TextField(blank=True, default="")
    territory = models.TextField(blank=True, default="")
    sector = models.TextField(blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    decree = models.TextField(blank=True, default="")
    search = models.TextField()

    class Meta:
        db_table = "foundation_directory_agency"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="foundation_directory_agency_since"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="foundation_directory_agency_one_current"
            ),
            _validity("foundation_directory_agency_validity"),
            _among("branch", Branch, "foundation_directory_agency_branch"),
            _among("level", Level, "foundation_directory_agency_level"),
            models.CheckConstraint(condition=~Q(parent=F("code")), name="foundation_directory_agency_parent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["parent"]),
            models.Index(fields=["territory", "branch"]),
            models.Index(fields=["old_code"], condition=~Q(old_code=""), name="directory_agency_old_code"),
        ]

    class Privacy:
        personal = ()


class AgencyChange(models.Model):
    """On a date, an agency's duties passed, wholly or in part, to another."""

    id = models.AutoField(primary_key=True)
    on = models.DateField()
    from_code = models.TextField()
    to_code = models.TextField()
    kind = models.TextField()
    decree = models.TextField(blank=True, default="")

    class Meta:
        db_table = "foundation_directory_agency_change"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["on", "from_code", "to_code"], name="foundation_directory_agency_change_once"
            ),
            _among("kind", ChangeKind, "foundation_directory_agency_change_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["from_code", "on"], name="directory_agency_change_from")]

    class Privacy:
        personal = ()


class Position(models.Model):
    """One office. Which agency it is in is told by its placements, because agencies come and go."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.TextField()
    title_en = models.TextField(blank=True, default="")
    is_head = models.BooleanField(default=False)

    class Privacy:
        personal = ()


class Placement(models.Model):
    """An office is in an agency from a day on. It has one placement that does not end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="placements")
    agency = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "foundation_directory_placement"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["position"], condition=Q(valid_to=None), name="foundation_directory_placement_one_current"
            ),
            _validity("foundation_directory_placement_validity"),
        ]
        indexes: ClassVar = [models.Index(fields=["agency", "valid_to"], name="directory_placement_agency")]

    class Privacy:
        personal = ()


class Holding(models.Model):
    """A person holds an office from a moment on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="holdings")
    account_id = models.UUIDField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    decree = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["position", "account_id"],
                condition=Q(valid_to=None),
                name="foundation_directory_holding_one_current",
            ),
            _validity("foundation_directory_holding_validity"),
        ]
        indexes: ClassVar = [models.Index(fields=["account_id"], name="directory_holding_account")]

    class Privacy:
        personal = ("account_id",)


class ResponsibilityRow(models.Model):
    """An agency answers for a system, register or source in a role."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.TextField()
    role = models.TextField()
    agency = models.TextField(db_index=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    document = models.TextField(blank=True, default="")

    class Meta:
        db_table = "foundation_directory_responsibility"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "role"],
                condition=Q(valid_to=None),
                name="foundation_directory_responsibility_one_current",
            ),
            _validity("foundation_directory_responsibility_validity"),
            _among("role", Role, "foundation_directory_responsibility_role"),
        ]

    class Privacy:
        personal = ()


class Day(models.Model):
    """A day that the yearly decision makes working or free, against the general rule."""

    day = models.DateField(primary_key=True)
    working = models.BooleanField()
    reason = models.TextField()
    decree = models.TextField(blank=True, default="")

    class Privacy:
        personal = ()


class LoadedData(models.Model):
    """Which edition of the shipped data is in the tables."""

    name = models.TextField(primary_key=True)
    digest = models.TextField()
    at = models.DateTimeField()

    class Privacy:
        personal = ()
