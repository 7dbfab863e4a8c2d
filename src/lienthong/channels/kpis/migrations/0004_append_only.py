from django.db import migrations

REFUSE = """
CREATE FUNCTION channels_kpis_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published and the steps to it are append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER channels_kpis_published_append_only BEFORE UPDATE OR DELETE ON channels_kpis_published
    FOR EACH ROW EXECUTE FUNCTION channels_kpis_refuse();
CREATE TRIGGER channels_kpis_step_append_only BEFORE UPDATE OR DELETE ON channels_kpis_step
    FOR EACH ROW EXECUTE FUNCTION channels_kpis_refuse();
CREATE TRIGGER channels_kpis_assessment_published BEFORE UPDATE ON channels_kpis_assessment FOR EACH ROW
    WHEN (OLD.number > 0 AND NEW.number = OLD.number
          AND (NEW.results <> OLD.results OR NEW.score IS DISTINCT FROM OLD.score))
    EXECUTE FUNCTION channels_kpis_refuse();
"""
UNDO = """
DROP TRIGGER channels_kpis_assessment_published ON channels_kpis_assessment;
DROP TRIGGER channels_kpis_step_append_only ON channels_kpis_step;
DROP TRIGGER channels_kpis_published_append_only ON channels_kpis_published;
DROP FUNCTION channels_kpis_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("channels_kpis", "0003_moved")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
