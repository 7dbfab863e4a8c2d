"""Wholes of all time are moved before the rest; a move of a cell touches no index.

Written by hand, because a column with a default that differs from row to row would have the whole history written anew.
"""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

XID = "(pg_current_xact_id()::text)::bigint"


class Migration(migrations.Migration):
    dependencies = [("data_warehouse", "0004_wholes")]
    operations = [
        migrations.CreateModel(
            name="AppliedRest",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "register", "source_xid", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("register", models.TextField()),
                ("source_xid", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "data_warehouse_applied_rest"},
        ),
        # Until now both shares were moved together.
        migrations.RunSQL(
            "INSERT INTO data_warehouse_applied_rest (register, source_xid, at) "
            "SELECT register, source_xid, at FROM data_warehouse_applied_change",
            migrations.RunSQL.noop,
        ),
        migrations.AddField("indicatorrow", "rest_checked_at", models.DateTimeField(null=True)),
        migrations.RemoveIndex("cellrow", "data_warehouse_sums_live"),
        migrations.RunSQL(
            "ALTER TABLE data_warehouse_sums SET (fillfactor = 70)",
            "ALTER TABLE data_warehouse_sums RESET (fillfactor)",
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE data_warehouse_sums_version ADD COLUMN xid bigint",
                    "ALTER TABLE data_warehouse_sums_version DROP COLUMN xid",
                ),
                migrations.RunSQL(
                    f"ALTER TABLE data_warehouse_sums_version ALTER COLUMN xid SET DEFAULT {XID}",
                    migrations.RunSQL.noop,
                ),
            ],
            state_operations=[
                migrations.AddField("cellversion", "xid", models.BigIntegerField(null=True, db_default=RawSQL(XID, [])))
            ],
        ),
        migrations.AddIndex(
            "cellversion",
            models.Index(fields=["xid"], condition=Q(period=""), name="data_warehouse_version_live"),
        ),
    ]
