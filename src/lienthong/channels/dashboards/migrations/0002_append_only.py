from django.db import migrations

REFUSE = """
CREATE FUNCTION channels_dashboards_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a kept board is never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER channels_dashboards_snapshot_append_only BEFORE UPDATE OR DELETE ON channels_dashboards_snapshot
    FOR EACH ROW EXECUTE FUNCTION channels_dashboards_refuse();
"""
UNDO = """
DROP TRIGGER channels_dashboards_snapshot_append_only ON channels_dashboards_snapshot;
DROP FUNCTION channels_dashboards_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("channels_dashboards", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
