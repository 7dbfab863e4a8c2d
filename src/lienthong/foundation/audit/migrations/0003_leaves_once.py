from django.db import migrations


class Migration(migrations.Migration):
    """The hash of a leaf stands with the leaf alone."""

    dependencies = [("foundation_audit", "0002_append_only")]
    operations = [migrations.RunSQL("DELETE FROM foundation_audit_node WHERE level = 0", migrations.RunSQL.noop)]
