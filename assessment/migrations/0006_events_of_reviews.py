"""What the database itself promises about the record of reviews: nothing in it is changed or taken out."""

from django.db import migrations

TABLE = "assessment_reviewevent"
GUARD = """
CREATE FUNCTION assessment_keep_review_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of this table are only ever added (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
ARM = f"""
CREATE TRIGGER {TABLE}_is_never_changed BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION assessment_keep_review_events();
CREATE TRIGGER {TABLE}_is_never_emptied BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION assessment_keep_review_events();
ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_is_never_changed;
ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_is_never_emptied;
"""
DISARM = f"""
DROP TRIGGER {TABLE}_is_never_emptied ON {TABLE};
DROP TRIGGER {TABLE}_is_never_changed ON {TABLE};
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0005_reviews")]

    operations = [
        migrations.RunSQL(GUARD, "DROP FUNCTION assessment_keep_review_events();"),
        migrations.RunSQL(ARM, DISARM),
    ]
