import django.db.models.deletion
from django.db import migrations, models

ISSUED = """
UPDATE commons_direction_task task
SET issued_by = directive.issued_by, issuer_agency = directive.issuer_agency, issued_at = directive.issued_at
FROM commons_direction_directive directive WHERE directive.id = task.directive_id
"""
REFUSE = """
CREATE FUNCTION commons_direction_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened to a task is never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER commons_direction_entry_append_only BEFORE UPDATE OR DELETE ON commons_direction_entry
    FOR EACH ROW EXECUTE FUNCTION commons_direction_refuse();
"""
UNDO = """
DROP TRIGGER commons_direction_entry_append_only ON commons_direction_entry;
DROP FUNCTION commons_direction_refuse();
"""


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
        migrations.RunSQL(REFUSE, UNDO),
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
