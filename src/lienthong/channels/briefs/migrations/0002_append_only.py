from django.db import migrations

REFUSE = """
CREATE FUNCTION channels_briefs_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a brief is never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER channels_briefs_brief_append_only BEFORE UPDATE OR DELETE ON channels_briefs_brief
    FOR EACH ROW EXECUTE FUNCTION channels_briefs_refuse();
"""
UNDO = """
DROP TRIGGER channels_briefs_brief_append_only ON channels_briefs_brief;
DROP FUNCTION channels_briefs_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("channels_briefs", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
