"""The other half of the promise: no event without the state that it says it led to."""

from django.db import migrations

# 0003 watches the case; an event put in by hand, with the case left alone, is refused here.
EVENT_MOVES_ITS_CASE = """
CREATE FUNCTION cases_event_moves_its_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_version integer; now_step text; last_seq integer; last_step text; events integer;
BEGIN
    SELECT version, step INTO now_version, now_step FROM cases_case WHERE id = NEW.case_id;
    SELECT seq, step_after INTO last_seq, last_step FROM cases_caseevent
        WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;
    SELECT count(*) INTO events FROM cases_caseevent WHERE case_id = NEW.case_id;
    IF last_seq IS DISTINCT FROM events THEN
        RAISE EXCEPTION 'case % has % events, its last one is numbered %', NEW.case_id, events, last_seq
            USING ERRCODE = 'check_violation';
    END IF;
    IF now_version IS DISTINCT FROM last_seq OR now_step IS DISTINCT FROM last_step THEN
        RAISE EXCEPTION 'event % (%) of case % has not moved it: it stands at version % (%)',
            last_seq, last_step, NEW.case_id, now_version, now_step USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER event_moves_its_case AFTER INSERT ON cases_caseevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_event_moves_its_case();
ALTER TABLE cases_caseevent ENABLE ALWAYS TRIGGER event_moves_its_case;
"""

UNDO = """
DROP TRIGGER event_moves_its_case ON cases_caseevent;
DROP FUNCTION cases_event_moves_its_case();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_saved_filters")]
    operations = [migrations.RunSQL(EVENT_MOVES_ITS_CASE, UNDO)]
