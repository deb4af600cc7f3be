"""What the database itself promises about events: nothing changes them, nothing moves without one."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION cases_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of a case are only ever added (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON cases_caseevent
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_change();
CREATE TRIGGER events_are_never_emptied BEFORE TRUNCATE ON cases_caseevent
    FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse_change();
ALTER TABLE cases_caseevent ENABLE ALWAYS TRIGGER event_is_never_changed;
ALTER TABLE cases_caseevent ENABLE ALWAYS TRIGGER events_are_never_emptied;
"""

# At commit the last event of a case has the case's version as its number and its step as its result:
# no state changes without an event, not even by hand in SQL.
STATE_HAS_ITS_EVENT = """
CREATE FUNCTION cases_state_has_its_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_version integer; now_step text; last_seq integer; last_step text;
BEGIN
    SELECT version, step INTO now_version, now_step FROM cases_case WHERE id = NEW.id;
    SELECT seq, step_after INTO last_seq, last_step FROM cases_caseevent
        WHERE case_id = NEW.id ORDER BY seq DESC LIMIT 1;
    IF now_version IS DISTINCT FROM last_seq OR now_step IS DISTINCT FROM last_step THEN
        RAISE EXCEPTION 'case % stands at version % (%), its last event is % (%)',
            NEW.id, now_version, now_step, last_seq, last_step USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_state_has_its_event AFTER INSERT OR UPDATE OF version, step ON cases_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_state_has_its_event();
ALTER TABLE cases_case ENABLE ALWAYS TRIGGER case_state_has_its_event;
"""

UNDO = """
DROP TRIGGER case_state_has_its_event ON cases_case;
DROP FUNCTION cases_state_has_its_event();
DROP TRIGGER events_are_never_emptied ON cases_caseevent;
DROP TRIGGER event_is_never_changed ON cases_caseevent;
DROP FUNCTION cases_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY + STATE_HAS_ITS_EVENT, UNDO)]
