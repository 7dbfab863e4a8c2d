import django.db.models.deletion
from django.db import migrations, models

from lienthong.kernel.keeping import append_only

ISSUED = """
UPDATE commons_direction_task task
SET issued_by = directive.issued_by, issuer_agency = directive.issuer_agency, issued_at = directive.issued_at
FROM commons_direction_directive directive WHERE directive.id = task.directive_id
"""
REFUSE = append_only("commons_direction_entry", "what happened to a task is never changed: % refused")


class Migration(migrations.Migration):

    dependencies = [
        ('commons_direction', '0003_extensions'),
    ]

    operations = [
        migrations.AddField(
            model_name='entryrow',
            name='seal',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.RunSQL(*REFUSE),
        migrations.AddField(
            model_name='taskrow',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='commons_direction.taskrow'),
        ),
        migrations.AddField(
            model_name='taskrow',
            name='issued_by',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='taskrow',
            name='issuer_agency',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='taskrow',
            name='issued_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(ISSUED, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='taskrow',
            name='issued_by',
            field=models.TextField(),
        ),
        migrations.AlterField(
            model_name='taskrow',
            name='issued_at',
            field=models.DateTimeField(),
        ),
    ]
