from django.db import migrations

REFUSE = """
CREATE FUNCTION foundation_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER foundation_audit_record_append_only BEFORE UPDATE OR DELETE ON foundation_audit_record
    FOR EACH ROW EXECUTE FUNCTION foundation_audit_refuse();
CREATE TRIGGER foundation_audit_record_no_truncate BEFORE TRUNCATE ON foundation_audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION foundation_audit_refuse();
"""
UNDO = """
DROP TRIGGER foundation_audit_record_no_truncate ON foundation_audit_record;
DROP TRIGGER foundation_audit_record_append_only ON foundation_audit_record;
DROP FUNCTION foundation_audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("foundation_audit", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
