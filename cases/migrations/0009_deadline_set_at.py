"""A deadline remembers since when its moment was known."""

from django.db import migrations, models

# Our actions say when they set a moment. Whoever moves one behind their back is dated by the database.
DATED = """
CREATE FUNCTION cases_deadline_is_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.set_at := coalesce(NEW.set_at, clock_timestamp());
    ELSIF NEW.due_at <> OLD.due_at AND NEW.set_at IS NOT DISTINCT FROM OLD.set_at THEN
        NEW.set_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deadline_is_dated BEFORE INSERT OR UPDATE OF due_at ON cases_deadline
    FOR EACH ROW EXECUTE FUNCTION cases_deadline_is_dated();
"""
UNDO = """
DROP TRIGGER deadline_is_dated ON cases_deadline;
DROP FUNCTION cases_deadline_is_dated();
"""
BACKFILL = """
UPDATE cases_deadline d SET set_at = a.assigned_at FROM cases_assignment a WHERE a.id = d.assignment_id
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_more_time_and_assistance")]

    operations = [
        migrations.AddField("deadline", "set_at", models.DateTimeField(editable=False, null=True)),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.RunSQL(DATED, UNDO),
        migrations.AddIndex(
            "deadline",
            models.Index(condition=models.Q(("state", "parked")), fields=["case"], name="deadline_parked"),
        ),
    ]
