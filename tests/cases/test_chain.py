"""verify_chain proves that nothing was changed, or names the first place where it was."""

from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from cases import actions
from cases.enums import Action, Step
from cases.models import Case, CaseEvent, Evidence, NumberSeries
from cases.queries.chain import Inspection
from cases.rules import seal
from cases.rules.clock import Limit
from gridgov.kit import hashing
from tests.cases.walks import walk
from tests.photos import clean_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(town, calendar, at):
    """A closed case with photos before and after, between two others."""
    town.report(at=at)
    case = walk(town, town.report(at=at, photos=[clean_photo(colour="blue")]), at, until=Step.CLOSED)
    town.report(at=at, by="far_leader", grid="nine")
    return case


@contextmanager
def as_owner():
    """The owner of the tables can switch off what guards them."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("cases_caseevent", "cases_case"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield cursor


def tamper(sql: str, *values) -> None:
    with as_owner() as cursor:
        cursor.execute(sql, values)


def found(**options) -> list[tuple[str, int | None]]:
    return [(each.number, each.seq) for each in Inspection(**options).breaks()]


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_chain", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def test_an_untouched_town_holds(case):
    said = verify("--media")

    assert "共读取 3 宗案件的 8 条记录" in said
    assert "所有记录链完好。" in said


def test_nothing_at_all_holds(db):
    assert found() == []


# column                   another value a person with a pencil could write
CHANGED = {
    "seq":                  "seq + 100",
    "action":               "'recall'",
    "step_before":          "'verified'",
    "step_after":           "'closed'",
    "at":                   "at - interval '1 day'",
    "actor_id":             "(SELECT id FROM grids_user WHERE username = 'supervisor')",
    "post_id":              "(SELECT min(id) FROM grids_post)",
    "note":                 "'另一句话'",
    "data":                 "data || '{\"more\": 1}'",
    "key":                  "gen_random_uuid()",
    "category_id":          "(SELECT max(id) FROM cases_category)",
    "holder_grid_id":       "(SELECT id FROM grids_grid WHERE code = '410102001')",
    "holder_department_id": "(SELECT max(id) FROM grids_department)",
    "holder_post_id":       "(SELECT min(id) FROM grids_post)",
    "due_at":               "'2030-01-01'",
    "on_time":              "NOT coalesce(on_time, false)",
    "hash":                 "decode(repeat('00', 32), 'hex')",
}  # fmt: skip
NOT_TOLD = {"id", "case_id"}  # the row's own key; and a move to another case, which has a test below


def test_every_column_of_an_event_is_tried():
    columns = {field.attname for field in CaseEvent._meta.concrete_fields}

    assert columns - NOT_TOLD == set(CHANGED)
    assert set(seal.CHAINED) == set(CHANGED) - {"hash"}


@pytest.mark.parametrize("column", CHANGED)
def test_a_changed_column_is_named(case, column):
    tamper(f"UPDATE cases_caseevent SET {column} = {CHANGED[column]} WHERE case_id = %s AND seq = 4", case.pk)

    assert found() == [(case.number, 4)]


@pytest.mark.parametrize("column", seal.WORDS)
def test_a_changed_word_of_the_report_is_named(case, column):
    tamper(f"UPDATE cases_case SET {column} = 'x' WHERE id = %s", case.pk)

    assert found() == [(case.number, 1)]


def test_the_command_names_the_link_and_fails(case):
    tamper("UPDATE cases_caseevent SET note = '改' WHERE case_id = %s AND seq = 4", case.pk)
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("verify_chain", stdout=out, no_color=True)

    assert f"{case.number} 第 4 条记录" in out.getvalue()


@pytest.mark.parametrize(
    ("removed", "named"), [("seq = 3", 3), ("seq = 1", 1), ("seq > 4", 5), ("seq = 6", 6), ("seq > 0", 1)]
)
def test_a_removed_event_is_missed(case, removed, named):
    tamper(f"DELETE FROM cases_caseevent WHERE case_id = %s AND {removed}", case.pk)

    assert found() == [(case.number, named)]


def test_a_removed_event_is_missed_when_the_others_close_ranks(case):
    tamper("DELETE FROM cases_caseevent WHERE case_id = %s AND seq = 3", case.pk)
    for seq in (4, 5, 6):
        tamper("UPDATE cases_caseevent SET seq = seq - 1 WHERE case_id = %s AND seq = %s", case.pk, seq)
    tamper("UPDATE cases_case SET version = 5 WHERE id = %s", case.pk)

    assert found() == [(case.number, 3)]


def test_a_removed_tail_shows_by_how_the_case_stands(case):
    tamper("DELETE FROM cases_caseevent WHERE case_id = %s AND seq = 6", case.pk)
    tamper("UPDATE cases_case SET version = 5 WHERE id = %s", case.pk)

    assert found() == [(case.number, 5)]


def test_swapped_events_are_named(case):
    for seq, to in ((3, 103), (4, 3), (103, 4)):
        tamper("UPDATE cases_caseevent SET seq = %s WHERE case_id = %s AND seq = %s", to, case.pk, seq)

    assert found() == [(case.number, 3)]


def test_an_event_moved_to_another_case_is_missed_here_and_strange_there(case):
    other = Case.objects.order_by("pk").first()
    tamper("UPDATE cases_caseevent SET case_id = %s WHERE case_id = %s AND seq = 6", other.pk, case.pk)

    assert found() == [(other.number, 2), (case.number, 6)]


def test_the_histories_of_two_cases_exchanged_are_both_named(case):
    other = Case.objects.order_by("pk").first()
    with as_owner() as cursor:
        cursor.execute("ALTER TABLE cases_caseevent DROP CONSTRAINT event_numbered_once")
        cursor.execute(
            "UPDATE cases_caseevent SET case_id = %s + %s - case_id WHERE case_id IN (%s, %s)",
            [case.pk, other.pk, case.pk, other.pk],
        )

    assert {(case.number, 1), (other.number, 1)} <= set(found())


def test_a_forged_event_without_the_key_is_named(case):
    last = case.events.get(seq=6)
    forged = CaseEvent(
        case=case, seq=7, action=Action.REOPEN, step_before=Step.CLOSED, step_after=Step.CLOSED, at=last.at,
        actor=last.actor, post=last.post, note="", category_id=last.category_id,
        holder_grid_id=last.holder_grid_id,
    )  # fmt: skip
    forged.hash = hashing.chain(b"not the key", bytes(last.hash), seal.facts(forged, case.number))
    with as_owner():
        forged.save()
    tamper("UPDATE cases_case SET version = 7 WHERE id = %s", case.pk)

    assert found() == [(case.number, 7)]


@pytest.mark.parametrize(
    ("change", "seq"),
    [
        ("version = 5", 6),
        ("version = 9", 7),
        ("step = 'verified', ended_at = NULL", 6),
        ("holder_grid_id = district_id", 6),
        ("due_at = '2030-01-01'", 6),
        ("category_id = (SELECT max(id) FROM cases_category)", 6),
        ("number = '三官庙-20200101-0001'", 1),
    ],
)
def test_a_case_changed_behind_its_events_is_named(case, change, seq):
    tamper(f"UPDATE cases_case SET {change} WHERE id = %s", case.pk)

    named = dict(found())

    assert named[Case.objects.get(pk=case.pk).number] == seq


def test_a_case_taken_away_with_all_its_events_shows_by_its_number(case):
    prefix = case.number.rpartition("-")[0]
    tamper("DELETE FROM cases_caseevent WHERE case_id = %s", case.pk)
    tamper(
        "DELETE FROM cases_milestone m USING cases_assignment a WHERE a.id = m.assignment_id AND a.case_id = %s",
        case.pk,
    )
    for table in ("evidence", "deadline", "assignment"):
        tamper(f"DELETE FROM cases_{table} WHERE case_id = %s", case.pk)
    tamper("DELETE FROM cases_case WHERE id = %s", case.pk)

    assert found() == [(prefix, None)]


def test_events_left_behind_by_a_removed_case_are_named(case):
    tamper("DELETE FROM cases_case WHERE id = %s", case.pk)

    assert (f"#{case.pk}", 1) in found()


def test_a_number_that_was_never_given_is_named(case):
    NumberSeries.objects.filter(prefix=case.number.rpartition("-")[0]).update(last=1)

    assert found() == [(case.number.rpartition("-")[0], None)]


def test_another_key_proves_nothing(case, settings):
    settings.CHAIN_KEY = "another key"

    assert len(found()) == 3


def test_a_photo_whose_file_was_exchanged_is_named(case):
    after = Evidence.objects.get(case=case, seq=4)
    with after.file.storage.open(after.file.name, "wb") as file:
        file.write(b"another picture")

    assert found() == []
    assert found(media=True) == [(case.number, 4)]


def test_a_photo_whose_file_is_gone_is_named(case):
    before = Evidence.objects.get(case=case, seq=1)
    before.file.storage.delete(before.file.name)

    assert found(media=True) == [(case.number, 1)]


def test_a_photo_whose_row_is_gone_is_named(case):
    Evidence.objects.filter(case=case, seq=4).delete()

    assert found(media=True) == [(case.number, 4)]


def test_a_photo_that_no_event_brought_is_named(case):
    twin = Evidence.objects.get(case=case, seq=4)
    twin.pk, twin.sha256 = None, "0" * 64
    twin.save()

    assert found(media=True) == [(case.number, 4)]


def test_one_case_can_be_looked_at_alone(case):
    other = Case.objects.order_by("pk").first()
    tamper("UPDATE cases_caseevent SET note = '改' WHERE case_id = %s AND seq = 1", other.pk)

    assert "1 宗案件的 6 条记录" in verify("--case", case.number)
    with pytest.raises(CommandError):
        verify("--case", other.number)
    with pytest.raises(CommandError, match="没有编号"):
        verify("--case", "无此案")


def test_since_takes_the_whole_chain_of_every_case_that_moved(case, town, at):
    later = at + timedelta(days=3)
    first = Case.objects.order_by("pk").first()
    actions.assign(first, unit=town.department.chengguan, limit=Limit(2), by=town.post.dispatcher, at=later)

    said = verify("--since", timezone.localtime(later).date().isoformat())

    assert "1 宗案件的 2 条记录" in said


def test_a_day_that_is_none_is_refused(db):
    with pytest.raises(CommandError, match="not a day"):
        verify("--since", "yesterday")
