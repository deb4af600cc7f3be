"""What the database itself promises about looks at hints: nothing in them is changed or taken out."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION assessment_refuse_change_of_looks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'looks at hints are only ever added (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER hintlook_is_never_changed BEFORE UPDATE OR DELETE ON assessment_hintlook
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_change_of_looks();
CREATE TRIGGER hintlooks_are_never_emptied BEFORE TRUNCATE ON assessment_hintlook
    FOR EACH STATEMENT EXECUTE FUNCTION assessment_refuse_change_of_looks();
ALTER TABLE assessment_hintlook ENABLE ALWAYS TRIGGER hintlook_is_never_changed;
ALTER TABLE assessment_hintlook ENABLE ALWAYS TRIGGER hintlooks_are_never_emptied;
"""
UNDO = """
DROP TRIGGER hintlooks_are_never_emptied ON assessment_hintlook;
DROP TRIGGER hintlook_is_never_changed ON assessment_hintlook;
DROP FUNCTION assessment_refuse_change_of_looks();
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0007_hints")]
    operations = [migrations.RunSQL(APPEND_ONLY, UNDO)]
