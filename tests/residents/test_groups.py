"""A file of a special group is opened by two people, moves with its person, and ends for a reason."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from residents import actions
from residents.actions import RegisterRefused, groups
from residents.enums import Change, CloseReason, FileChange, FileState, Relation, Risk
from residents.models import GroupEvent, GroupFile, GroupType

from .groups import DETAILS, kind, load_types, opened, proposed
from .people import household, id_number, resident

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 24)


@pytest.fixture
def she(town, at):
    return resident(household(town, at), at)


def history(file):
    return list(file.events.values_list("change", flat=True))


# --- opening ------------------------------------------------------------------------------------------


def test_a_proposal_is_not_open_yet(town, she, at):
    file = proposed(town, she, at)

    assert (file.state, file.next_visit_due, history(file)) == (
        FileState.PROPOSED,
        None,
        [FileChange.PROPOSED],
    )


def test_a_second_person_opens_it_and_the_first_visit_is_due(town, she, at):
    file = opened(town, she, at)

    assert (file.state, file.opened_on, file.next_visit_due) == (
        FileState.OPEN,
        TODAY,
        TODAY + timedelta(days=30),
    )
    assert (file.proposed_by, file.reviewed_by) == (town.post.leader, town.post.direct)
    assert history(file) == [FileChange.PROPOSED, FileChange.OPENED]


def test_the_proposer_does_not_decide(town, she, at):
    file = proposed(town, she, at, by="direct")

    for decide in (groups.open_file, groups.refuse):
        with pytest.raises(RegisterRefused, match="提出人"):
            decide(file, note="同意", by=town.post.direct, at=at, key=uuid4())

    file.refresh_from_db()
    assert (file.state, history(file)) == (FileState.PROPOSED, [FileChange.PROPOSED])


def test_nor_does_she_from_another_post_of_hers(town, she, at):
    file = proposed(town, she, at)
    post = town.post.first
    post.user = town.user.leader

    with pytest.raises(RegisterRefused):
        groups.open_file(file, by=post, at=at, key=uuid4())


def test_the_database_asks_for_the_second_pair_of_eyes_too(town, she, at):
    file = opened(town, she, at)

    with pytest.raises(IntegrityError), transaction.atomic():
        GroupFile.objects.filter(pk=file.pk).update(reviewed_by=file.proposed_by)


def test_a_file_without_review_does_not_open_in_the_database(town, she, at):
    file = proposed(town, she, at)

    with pytest.raises(IntegrityError), transaction.atomic():
        GroupFile.objects.filter(pk=file.pk).update(
            state=FileState.OPEN, opened_on=TODAY, next_visit_due=TODAY
        )


def test_a_refusal_says_why_and_leaves_room_for_another_proposal(town, she, at):
    file = proposed(town, she, at)
    with pytest.raises(RegisterRefused):
        groups.refuse(file, note=" ", by=town.post.direct, at=at, key=uuid4())

    groups.refuse(file, note="没有证明材料", by=town.post.direct, at=at, key=uuid4())

    assert proposed(town, she, at).pk != file.pk
    assert history(file) == [FileChange.PROPOSED, FileChange.REFUSED]


def test_what_was_decided_is_not_decided_again(town, she, at):
    file = opened(town, she, at)

    with pytest.raises(RegisterRefused):
        groups.refuse(file, note="又不同意", by=town.post.first, at=at, key=uuid4())


def test_a_person_is_in_several_groups_but_once_in_each(town, she, at):
    opened(town, she, at, "DB")
    opened(town, she, at, "CJ")

    with pytest.raises(RegisterRefused, match="已有"):
        proposed(town, she, at, "DB")

    assert she.files.count() == 2
    assert GroupEvent.objects.count() == 4


def test_two_open_files_of_one_type_are_impossible_in_the_database(town, she, at):
    closed = opened(town, she, at)
    groups.close(
        closed, reason=CloseReason.MISTAKE, note="", on=TODAY, by=town.post.leader, at=at, key=uuid4()
    )
    opened(town, she, at)

    with pytest.raises(IntegrityError), transaction.atomic():
        GroupFile.objects.filter(pk=closed.pk).update(
            state=FileState.OPEN, closed_on=None, close_reason="", next_visit_due=TODAY
        )


def test_the_same_form_twice_is_one_file(town, she, at):
    key = uuid4()

    assert proposed(town, she, at, key=key) == proposed(town, she, at, key=key)
    assert GroupFile.objects.count() == GroupEvent.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis": " "},
        {"details": {}},
        {"details": {**DETAILS["DB"], "faith": "x"}},
    ],
)
def test_what_a_type_asks_for_is_needed_and_nothing_else_is_kept(town, she, at, wrong):
    facts = {"risk": Risk.LOW, "basis": "民政〔2026〕12号", "details": DETAILS["DB"], **wrong}

    with pytest.raises(RegisterRefused):
        groups.propose(she, kind("DB"), **facts, by=town.post.leader, at=at, key=uuid4())

    assert GroupFile.objects.count() == GroupEvent.objects.count() == 0


def test_who_has_left_is_not_proposed(town, she, at):
    actions.leave(she, change=Change.MOVE_OUT, on=TODAY, by=None, at=at, key=uuid4())

    with pytest.raises(RegisterRefused):
        proposed(town, she, at)


def test_what_a_file_holds_lies_sealed(town, she, at):
    opened(town, she, at)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r::text FROM residents_groupfile r UNION ALL SELECT h::text FROM residents_historicalgroupfile h"
            " UNION ALL SELECT e::text FROM residents_groupevent e"
        )
        rows = " ".join(row[0] for row in cursor.fetchall())
    assert "低保0001" not in rows and "低保0001".encode().hex() not in rows
    assert str(GroupFile.objects.get().details) == "***"


# --- changing, visiting, closing ----------------------------------------------------------------------


def change(town, file, at, *, risk=Risk.LOW, reason="入户核实", **details):
    held = {**DETAILS[file.type.code], **details}
    return groups.change(
        file, risk=risk, details=held, reason=reason, by=town.post.leader, at=at, key=uuid4()
    )


def test_a_higher_risk_brings_the_next_visit_forward(town, she, at):
    file = change(town, opened(town, she, at), at, risk=Risk.HIGH)

    assert file.next_visit_due == TODAY + timedelta(days=7)
    event = file.events.get(change=FileChange.RISK)
    assert event.data == {"fields": [], "risk": [Risk.LOW, Risk.HIGH]}


def test_a_change_names_the_fields_and_nothing_of_what_stood_there(town, she, at):
    file = change(town, opened(town, she, at), at, category="B类")

    event = file.events.get(change=FileChange.CHANGED)
    assert (event.data, event.note) == ({"fields": ["category"], "risk": [Risk.LOW, Risk.LOW]}, "入户核实")


def test_a_change_needs_a_reason_and_something_that_changes(town, she, at):
    file = opened(town, she, at)

    for wrong in ({"risk": Risk.HIGH, "reason": ""}, {}):
        with pytest.raises(RegisterRefused):
            change(town, file, at, **wrong)

    assert history(file) == [FileChange.PROPOSED, FileChange.OPENED]


def test_a_visit_moves_the_next_one(town, she, at):
    file = groups.visited(opened(town, she, at), on=TODAY, by=town.post.leader, at=at)

    assert (file.last_visited_on, file.next_visit_due) == (TODAY, TODAY + timedelta(days=30))
    assert file.events.last().data == {"on": "2026-09-24"}


def test_a_visit_written_down_late_moves_nothing(town, she, at):
    file = groups.visited(opened(town, she, at), on=TODAY, by=town.post.leader, at=at)

    groups.visited(file, on=TODAY - timedelta(days=20), by=town.post.leader, at=at)

    file.refresh_from_db()
    assert (file.last_visited_on, file.events.filter(change=FileChange.VISITED).count()) == (TODAY, 2)


def test_nobody_is_visited_tomorrow(town, she, at):
    with pytest.raises(RegisterRefused):
        groups.visited(opened(town, she, at), on=TODAY + timedelta(days=1), by=town.post.leader, at=at)


def test_a_closed_file_says_why_and_asks_for_no_visit(town, she, at):
    file = opened(town, she, at)

    groups.close(
        file, reason=CloseReason.NOT_ENTITLED, note="收入超标", on=TODAY, by=town.post.leader, at=at, key=uuid4()
    )  # fmt: skip

    file.refresh_from_db()
    assert (file.state, file.close_reason, file.days_late(TODAY + timedelta(days=400))) == (
        FileState.CLOSED, "not_entitled", 0,
    )  # fmt: skip
    assert not GroupFile.objects.due(TODAY + timedelta(days=400)).exists()
    with pytest.raises(RegisterRefused):
        groups.visited(file, on=TODAY, by=town.post.leader, at=at)


def test_a_file_does_not_end_before_it_began(town, she, at):
    file = opened(town, she, at)

    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(RegisterRefused):
            groups.close(
                file, reason=CloseReason.EXPIRED, note="", on=day, by=town.post.leader, at=at, key=uuid4()
            )


# --- with the person ----------------------------------------------------------------------------------


def test_files_move_with_their_person(town, she, at):
    standing, waiting = opened(town, she, at), proposed(town, she, at, "CJ")
    there = household(town, at, grid="two", house_no="9")

    actions.move(she, there, relation=Relation.HEAD, on=TODAY, by=None, at=at, key=uuid4())

    for file in (standing, waiting):
        file.refresh_from_db()
        assert (file.building, file.events.last().change) == (town.grid.two, FileChange.MOVED)


def test_a_move_within_the_grid_says_nothing_in_the_file(town, she, at):
    file = opened(town, she, at)

    there = household(town, at, house_no="9")
    actions.move(she, there, relation=Relation.HEAD, on=TODAY, by=None, at=at, key=uuid4())

    assert history(file) == [FileChange.PROPOSED, FileChange.OPENED]


@pytest.mark.parametrize(
    ("what", "reason"),
    [(Change.DIE, CloseReason.DIED), (Change.MOVE_OUT, CloseReason.MOVED_AWAY)],
)
def test_files_close_with_their_person(town, she, at, what, reason):
    standing, waiting = opened(town, she, at), proposed(town, she, at, "CJ")

    actions.leave(she, change=what, on=date(2026, 9, 1), by=town.post.leader, at=at, key=uuid4())

    for file in (standing, waiting):
        file.refresh_from_db()
        assert (file.state, file.close_reason, file.days_late(TODAY + timedelta(days=400))) == (
            FileState.CLOSED, reason, 0,
        )  # fmt: skip
    assert (standing.closed_on, waiting.closed_on) == (TODAY, date(2026, 9, 1))


# --- what the house ships, and what stays -------------------------------------------------------------


def test_the_types_are_loaded_once_and_what_was_changed_stays(db):
    call_command("load_registers", verbosity=0)
    GroupType.objects.filter(code="DB").update(name="城乡低保")

    call_command("load_registers", verbosity=0)

    assert list(GroupType.objects.values_list("code", flat=True)) == [
        "DB", "WB", "CJ", "DJ", "LSET", "ZB", "SQJZ", "XMSF",
    ]  # fmt: skip
    assert GroupType.objects.get(code="DB").name == "城乡低保"
    assert set(GroupType.objects.filter(is_sensitive=True).values_list("code", flat=True)) == {"SQJZ", "XMSF"}


def test_the_higher_the_risk_the_oftener(db):
    load_types()

    with pytest.raises(IntegrityError), transaction.atomic():
        GroupType.objects.filter(code="DB").update(high_days=40)


def test_events_of_files_are_only_ever_added_to(town, she, at):
    proposed(town, she, at)

    for sql in ("UPDATE residents_groupevent SET note = 'x'", "DELETE FROM residents_groupevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_two_people_do_not_share_a_file(town, she, at):
    he = resident(she.household, at, relation=Relation.SPOUSE, id_number=id_number("19830101"))

    assert opened(town, she, at).pk != opened(town, he, at).pk
