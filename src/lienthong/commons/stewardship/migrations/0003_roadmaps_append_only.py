from django.db import migrations

REFUSE = """
CREATE FUNCTION commons_stewardship_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'roadmaps are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER commons_stewardship_roadmap_append_only BEFORE UPDATE OR DELETE ON commons_stewardship_roadmap
    FOR EACH ROW EXECUTE FUNCTION commons_stewardship_refuse();
"""
UNDO = """
DROP TRIGGER commons_stewardship_roadmap_append_only ON commons_stewardship_roadmap;
DROP FUNCTION commons_stewardship_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("commons_stewardship", "0002_roadmaps")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
