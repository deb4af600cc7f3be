"""What the database itself promises about checks and evaluations: what was drawn or taken down stays as it is."""

from django.db import migrations

APPEND_ONLY = (
    "assessment_spotcheck",
    "assessment_rating",
    "assessment_periodrating",
    "assessment_mutualcheck",
)
# table                  what was drawn, which nothing changes afterwards
DONE_ONCE = {
    "assessment_spotitem": "spot_check_id, place, case_id, event_id, handler_id, verifier_id, grid_id, building_id,"
    " community_id, street_id, district_id",
    "assessment_pair": "mutual_check_id, checker_id, grid_id, building_id, community_id, street_id, district_id",
}
GUARDS = """
CREATE FUNCTION assessment_refuse_change_of_checks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of this table are only ever added (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION assessment_check_is_done_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.done_at IS NOT NULL THEN
        RAISE EXCEPTION 'what was checked stays as it was found (% on %)', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION assessment_draw_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was drawn by lot stays as it was drawn (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
DROP_GUARDS = """
DROP FUNCTION assessment_draw_stays();
DROP FUNCTION assessment_check_is_done_once();
DROP FUNCTION assessment_refuse_change_of_checks();
"""
ARM = """
CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_change_of_checks();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION assessment_refuse_change_of_checks();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_changed;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied;
"""
DISARM = """
DROP TRIGGER {table}_is_never_emptied ON {table};
DROP TRIGGER {table}_is_never_changed ON {table};
"""
ARM_ONCE = """
CREATE TRIGGER {table}_is_done_once BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION assessment_check_is_done_once();
CREATE TRIGGER {table}_stays_as_drawn BEFORE UPDATE OF {columns} ON {table}
    FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION assessment_draw_stays();
CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_change_of_checks();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION assessment_refuse_change_of_checks();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_done_once;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_stays_as_drawn;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_deleted;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied;
"""
DISARM_ONCE = """
DROP TRIGGER {table}_is_never_emptied ON {table};
DROP TRIGGER {table}_is_never_deleted ON {table};
DROP TRIGGER {table}_stays_as_drawn ON {table};
DROP TRIGGER {table}_is_done_once ON {table};
"""


def _arm_once(table: str, columns: str) -> str:
    names = columns.split(", ")
    old, new = (", ".join(f"{side}.{name}" for name in names) for side in ("OLD", "NEW"))
    return ARM_ONCE.format(table=table, columns=columns, old=old, new=new)


class Migration(migrations.Migration):
    dependencies = [("assessment", "0003_checks")]

    operations = [
        migrations.RunSQL(GUARDS, DROP_GUARDS),
        *(migrations.RunSQL(ARM.format(table=t), DISARM.format(table=t)) for t in APPEND_ONLY),
        *(migrations.RunSQL(_arm_once(t, c), DISARM_ONCE.format(table=t)) for t, c in DONE_ONCE.items()),
    ]
