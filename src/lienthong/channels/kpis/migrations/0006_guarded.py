from django.db import migrations

GUARD = """
DROP TRIGGER channels_kpis_assessment_published ON channels_kpis_assessment;
CREATE TRIGGER channels_kpis_reopening_append_only BEFORE UPDATE OR DELETE ON channels_kpis_reopening
    FOR EACH ROW EXECUTE FUNCTION channels_kpis_refuse();
CREATE FUNCTION channels_kpis_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number NOT IN (OLD.number, OLD.number + 1) THEN
        RAISE EXCEPTION 'versions are published one after the other' USING ERRCODE = 'insufficient_privilege';
    ELSIF OLD.published_at IS NULL THEN
        IF NEW.published_at IS NOT NULL AND NEW.number = OLD.number THEN
            RAISE EXCEPTION 'what was reopened is published as a further version' USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF NEW.published_at IS NULL THEN
        IF NOT EXISTS (SELECT FROM channels_kpis_reopening r WHERE r.assessment_id = OLD.id AND r.number = OLD.number) THEN
            RAISE EXCEPTION 'what was published moves again only when it is reopened' USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF NEW.number = OLD.number AND (NEW.results <> OLD.results OR NEW.score IS DISTINCT FROM OLD.score) THEN
        RAISE EXCEPTION 'what was published does not move' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER channels_kpis_assessment_guarded BEFORE UPDATE ON channels_kpis_assessment FOR EACH ROW
    WHEN (OLD.number > 0) EXECUTE FUNCTION channels_kpis_guard();
"""
UNDO = """
DROP TRIGGER channels_kpis_assessment_guarded ON channels_kpis_assessment;
DROP FUNCTION channels_kpis_guard();
DROP TRIGGER channels_kpis_reopening_append_only ON channels_kpis_reopening;
CREATE TRIGGER channels_kpis_assessment_published BEFORE UPDATE ON channels_kpis_assessment FOR EACH ROW
    WHEN (OLD.number > 0 AND NEW.number = OLD.number
          AND (NEW.results <> OLD.results OR NEW.score IS DISTINCT FROM OLD.score))
    EXECUTE FUNCTION channels_kpis_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("channels_kpis", "0005_reopening")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
