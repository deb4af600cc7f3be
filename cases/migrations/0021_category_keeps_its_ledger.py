"""What the database itself promises about categories: what cases were filed under stays in its ledger."""

from django.db import migrations

ARM = """
CREATE FUNCTION cases_refuse_another_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM cases_case WHERE category_id = OLD.id)
        OR EXISTS (SELECT FROM cases_caseevent WHERE category_id = OLD.id) THEN
        RAISE EXCEPTION 'cases were filed under category %, it stays in its ledger', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_category_keeps_its_ledger BEFORE UPDATE OF ledger ON cases_category
    FOR EACH ROW WHEN (OLD.ledger IS DISTINCT FROM NEW.ledger) EXECUTE FUNCTION cases_refuse_another_ledger();
ALTER TABLE cases_category ENABLE ALWAYS TRIGGER cases_category_keeps_its_ledger;
"""
DISARM = """
DROP TRIGGER cases_category_keeps_its_ledger ON cases_category;
DROP FUNCTION cases_refuse_another_ledger();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_commitments_stay")]
    operations = [migrations.RunSQL(ARM, DISARM)]
