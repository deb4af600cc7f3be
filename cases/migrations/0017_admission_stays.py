"""What the database itself promises about admission: what was applied for, said and listed stays as it was.

Events are only ever added; of an application only its course changes, of an affair only its end, and that once.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION cases_refuse_change_of_admission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was applied for and listed stays (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
COURSE = """
CREATE FUNCTION cases_keep_admission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'met_on', 'decided_at', 'decided_by_id', 'decision'];
BEGIN
    IF OLD.state NOT IN ('submitted', 'meeting') OR (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving) THEN
        RAISE EXCEPTION 'what was applied for stays, and so does what was decided' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION cases_keep_affair() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['until', 'left_at', 'left_by_id', 'left_how', 'left_because', 'left_key'];
BEGIN
    IF OLD.left_at IS NOT NULL OR NEW.left_at IS NULL
       OR (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving) THEN
        RAISE EXCEPTION 'of an affair on the list only its end changes, and that once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
#   table                    what is refused           what is looked at
GUARDED = (
    ("cases_affairlist",     "UPDATE OR DELETE",       ""),
    ("cases_admissionevent", "UPDATE OR DELETE",       ""),
    ("cases_admission",      "DELETE",                 "cases_keep_admission"),
    ("cases_affair",         "DELETE",                 "cases_keep_affair"),
)  # fmt: skip


def arm(table: str, refused: str, looked_at: str) -> str:
    triggers = {
        f"{table}_stays": f"BEFORE {refused} ON {table} FOR EACH ROW EXECUTE FUNCTION cases_refuse_change_of_admission()",
        f"{table}_is_never_emptied": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse_change_of_admission()",
    }
    if looked_at:
        triggers[f"{table}_moves_by_rule"] = (
            f"BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {looked_at}()"
        )
    return "".join(
        f"CREATE TRIGGER {name} {when};\nALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};\n"
        for name, when in triggers.items()
    )


def disarm(table: str, _refused: str, looked_at: str) -> str:
    names = [
        f"{table}_stays",
        f"{table}_is_never_emptied",
        *([f"{table}_moves_by_rule"] if looked_at else []),
    ]
    return "".join(f"DROP TRIGGER {name} ON {table};\n" for name in names)


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_admission")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION cases_refuse_change_of_admission();"),
        migrations.RunSQL(COURSE, "DROP FUNCTION cases_keep_admission(); DROP FUNCTION cases_keep_affair();"),
        *[migrations.RunSQL(arm(*guarded), disarm(*guarded)) for guarded in GUARDED],
    ]
