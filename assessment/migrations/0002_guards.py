"""What the database itself promises about scores: the hundred points are a hundred, and what is published stays."""

from django.db import migrations

# The weights are those of assessment.enums.WEIGHTS; tests/assessment/test_schemes.py holds the two together.
WHOLE = """
CREATE FUNCTION assessment_scheme_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM (
            SELECT section, sum(weight) AS weight FROM assessment_indicator WHERE scheme_id = NEW.scheme_id GROUP BY section
        ) s JOIN (VALUES ('daily', 40), ('facilities', 10), ('performance', 50)) w (section, weight)
            ON w.section = s.section AND w.weight = s.weight) <> 3 THEN
        RAISE EXCEPTION 'the weights of a scheme are 40, 10 and 50 (scheme %)', NEW.scheme_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER assessment_indicator_weighs_its_share AFTER INSERT ON assessment_indicator
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assessment_scheme_is_whole();
"""

# A row of these is written once.
KEPT = ("assessment_scheme", "assessment_indicator", "assessment_correction")
GUARD = """
CREATE FUNCTION assessment_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of this table are only ever added (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
ARM = """
CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_change();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION assessment_refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_changed;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied;
"""
DISARM = """
DROP TRIGGER {table}_is_never_emptied ON {table};
DROP TRIGGER {table}_is_never_changed ON {table};
"""

# Scores of a published month, their shares, and the run itself. Its publication is the last change of a run.
FROZEN = """
CREATE FUNCTION assessment_refuse_published_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'a published month is never changed (%)', OLD.month USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION assessment_refuse_published_score() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whole jsonb := to_jsonb(CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END);
    assessed bigint := CASE WHEN TG_TABLE_NAME = 'assessment_share'
        THEN (SELECT run_id FROM assessment_monthlyscore WHERE id = (whole ->> 'score_id')::bigint)
        ELSE (whole ->> 'run_id')::bigint END;
BEGIN
    IF EXISTS (SELECT FROM assessment_run WHERE id = assessed AND state = 'published') THEN
        RAISE EXCEPTION 'the scores of a published month are never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER assessment_run_is_frozen BEFORE UPDATE OR DELETE ON assessment_run
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_published_run();
CREATE TRIGGER assessment_monthlyscore_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON assessment_monthlyscore
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_published_score();
CREATE TRIGGER assessment_share_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON assessment_share
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_published_score();
ALTER TABLE assessment_run ENABLE ALWAYS TRIGGER assessment_run_is_frozen;
ALTER TABLE assessment_monthlyscore ENABLE ALWAYS TRIGGER assessment_monthlyscore_is_frozen;
ALTER TABLE assessment_share ENABLE ALWAYS TRIGGER assessment_share_is_frozen;
"""
THAW = """
DROP TRIGGER assessment_share_is_frozen ON assessment_share;
DROP TRIGGER assessment_monthlyscore_is_frozen ON assessment_monthlyscore;
DROP TRIGGER assessment_run_is_frozen ON assessment_run;
DROP FUNCTION assessment_refuse_published_score();
DROP FUNCTION assessment_refuse_published_run();
"""

# What was decided stays decided.
DECIDED = """
CREATE FUNCTION assessment_refuse_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decided_at IS NOT NULL OR TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what was decided stays (% on %)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
ARM_DECIDED = """
CREATE TRIGGER {table}_stays_decided BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION assessment_refuse_decided();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_stays_decided;
"""
ONCE_DECIDED = ("assessment_mark", "assessment_appeal", "assessment_proposal")


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_scores")]

    operations = [
        migrations.RunSQL(
            WHOLE,
            "DROP TRIGGER assessment_indicator_weighs_its_share ON assessment_indicator;"
            "DROP FUNCTION assessment_scheme_is_whole();",
        ),
        migrations.RunSQL(GUARD, "DROP FUNCTION assessment_refuse_change();"),
        *(migrations.RunSQL(ARM.format(table=table), DISARM.format(table=table)) for table in KEPT),
        migrations.RunSQL(FROZEN, THAW),
        migrations.RunSQL(DECIDED, "DROP FUNCTION assessment_refuse_decided();"),
        *(
            migrations.RunSQL(
                ARM_DECIDED.format(table=table), f"DROP TRIGGER {table}_stays_decided ON {table};"
            )
            for table in ONCE_DECIDED
        ),
    ]
