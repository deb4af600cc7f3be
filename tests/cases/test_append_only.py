"""The database itself refuses to change what happened, and to move a case without saying so."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from cases.enums import Action, Step
from cases.models import Case, CaseEvent
from tests.cases.walks import walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(town, calendar, at):
    walked = walk(town, town.report(at=at), at, until=Step.HANDLING)
    run("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit: only what a test does is still to be checked
    run("SET CONSTRAINTS ALL DEFERRED")
    return walked


def run(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def at_commit():
    """What a commit would say: everything that was put off is checked now."""
    with transaction.atomic():
        yield
        run("SET CONSTRAINTS ALL IMMEDIATE")


# how somebody would try
CHANGES = {
    "UPDATE":          lambda case: run("UPDATE cases_caseevent SET note = '改' WHERE case_id = %s", case.pk),
    "UPDATE of all":   lambda case: run("UPDATE cases_caseevent SET at = at"),
    "DELETE":          lambda case: run("DELETE FROM cases_caseevent WHERE case_id = %s", case.pk),
    "TRUNCATE":        lambda case: run("TRUNCATE cases_caseevent CASCADE"),
    "a TRUNCATE of cases": lambda case: run("TRUNCATE cases_case CASCADE"),
    "a MERGE":         lambda case: run(
        "MERGE INTO cases_caseevent e USING cases_case c ON c.id = e.case_id WHEN MATCHED THEN DELETE"
    ),
    "an upsert":       lambda case: run(
        "INSERT INTO cases_caseevent SELECT * FROM cases_caseevent"
        " ON CONFLICT (id) DO UPDATE SET note = '改'"
    ),
    "ORM update":      lambda case: case.events.update(note="改"),
    "ORM save":        lambda case: case.events.first().save(),
    "ORM delete":      lambda case: case.events.all().delete(),
    "ORM bulk_update": lambda case: CaseEvent.objects.bulk_update(case.events.all(), ["note"]),
}  # fmt: skip


@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize("attempt", CHANGES)
def test_an_event_is_neither_changed_nor_removed(case, attempt, role):
    before = list(CaseEvent.objects.values())

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        run(f"SET LOCAL session_replication_role = {role}")
        CHANGES[attempt](case)

    assert list(CaseEvent.objects.values()) == before


def test_a_case_with_events_is_not_deleted(case):
    with pytest.raises(IntegrityError), at_commit():
        run("DELETE FROM cases_case WHERE id = %s", case.pk)


@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize(
    "change",
    [
        "step = 'fed_back'",
        "step = 'closed', ended_at = now()",
        "version = version + 1",
        "version = version - 1",
        "version = version + 1, step = 'fed_back'",
    ],
)
def test_a_case_does_not_move_without_an_event(case, change, role):
    before = Case.objects.filter(pk=case.pk).values().get()

    with pytest.raises(IntegrityError, match="its last event is"), at_commit():
        run(f"SET LOCAL session_replication_role = {role}")
        run(f"UPDATE cases_case SET {change} WHERE id = %s", case.pk)

    assert Case.objects.filter(pk=case.pk).values().get() == before


def test_a_case_does_not_move_through_the_orm_either(case):
    with pytest.raises(IntegrityError), at_commit():
        Case.objects.filter(pk=case.pk).update(version=F("version") + 1)


def test_a_case_is_not_born_without_an_event(case):
    case.pk, case.number, case.version = None, "三官庙-20260924-9999", 0

    with pytest.raises(IntegrityError), at_commit():
        case.save(force_insert=True)


def test_an_event_is_not_slipped_in_beside_its_case(case):
    last = case.events.last()
    last.pk, last.seq, last.key, last.action = None, last.seq + 1, None, Action.SIGN

    with pytest.raises(IntegrityError, match="has not moved it"), at_commit():
        last.save(force_insert=True)


def test_an_event_is_not_slipped_in_before_the_first(case):
    first = case.events.first()
    first.pk, first.seq, first.key = None, 0, None

    with pytest.raises(IntegrityError, match="its last one is numbered"), at_commit():
        first.save(force_insert=True)


def test_a_number_in_the_chain_is_taken_once(case):
    twin = case.events.last()
    twin.pk, twin.key = None, None

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
