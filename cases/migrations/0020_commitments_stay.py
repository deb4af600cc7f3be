"""What the database itself promises about commitments: none is changed or taken out, a later one replaces it."""

from django.db import migrations

ARM = """
CREATE FUNCTION cases_refuse_change_of_commitments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'commitments are only ever added (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER cases_commitment_stays BEFORE UPDATE OR DELETE ON cases_commitment
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_change_of_commitments();
CREATE TRIGGER cases_commitment_is_never_emptied BEFORE TRUNCATE ON cases_commitment
    FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse_change_of_commitments();
ALTER TABLE cases_commitment ENABLE ALWAYS TRIGGER cases_commitment_stays;
ALTER TABLE cases_commitment ENABLE ALWAYS TRIGGER cases_commitment_is_never_emptied;
"""
DISARM = """
DROP TRIGGER cases_commitment_is_never_emptied ON cases_commitment;
DROP TRIGGER cases_commitment_stays ON cases_commitment;
DROP FUNCTION cases_refuse_change_of_commitments();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_commitments")]
    operations = [migrations.RunSQL(ARM, DISARM)]
