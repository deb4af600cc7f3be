"""The demo district: whole or not at all, the same every time, and nothing in it that the domain forbids."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from random import Random

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Q
from django.test import override_settings
from django.utils import timezone

from cases import demo
from cases.demo import places
from cases.demo.affairs import LEFT_OUT
from cases.demo.people import Names
from cases.enums import OPEN_STEPS, Channel, Outcome, Part, Step, Waiting
from cases.models import (
    Admission,
    AffairList,
    Assignment,
    Case,
    CaseEvent,
    Category,
    Commitment,
    DutyShift,
    Patrol,
)
from cases.queries.affairs import is_admitted
from cases.queries.chain import Inspection
from cases.queries.desk import waiting
from grids.demo.names import DENYLIST
from grids.demo.town import GRID, clock
from grids.enums import Level, Right, Role
from grids.models import Grid, Post, User
from grids.queries import scope_of
from grids.queries.cards import card_of

UNTIL = date(2026, 11, 20)
NEXT_MORNING = clock(UNTIL + timedelta(days=1), 9)
SMALL = {"seed": 1, "until": UNTIL, "weeks": 3, "size": demo.Size.SMALL}


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[demo.Tally]:
    """One community has lived three weeks; every test of this module looks at the same town."""
    with _media(tmp_path_factory.mktemp("demo")), django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0, stdout=StringIO())
        yield demo.seed(**SMALL)
        transaction.set_rollback(True)


def _media(folder):
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return override_settings(
        STORAGES={"default": kept, "staticfiles": static},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )


# --- structure ------------------------------------------------------------------------------------


def test_the_street_of_the_articles_has_fourteen_communities_and_fifty_nine_grids(db):
    places.load_district(clock(UNTIL, 9))

    street = Grid.objects.filter(code__startswith="410102006")
    assert [street.filter(level=level).count() for level in (1, 2, 3)] == [1, 14, 59]


def test_the_other_streets_of_the_district_stand_beside_it(db):
    places.load_district(clock(UNTIL, 9))

    assert Grid.objects.filter(level=Level.STREET).count() == 14
    assert Grid.objects.filter(code__in=places.NEIGHBOURS, level=Level.COMMUNITY).count() == 4


# --- what the domain promises ----------------------------------------------------------------------


def test_every_version_of_a_case_is_an_event(lived):
    told = Case.objects.annotate(told=Count("events"))

    assert told.exclude(told=F("version")).count() == 0


def test_the_steps_of_a_case_follow_each_other_in_time(lived):
    for case in Case.objects.prefetch_related("events"):
        for earlier, later in pairwise(case.events.all()):
            assert earlier.at < later.at or (later.actor is None and earlier.at == later.at), case.number


def test_nothing_happens_after_the_last_day(lived):
    assert not CaseEvent.objects.filter(at__gte=clock(UNTIL + timedelta(days=1), 0)).exists()
    assert not Patrol.objects.filter(ended_at=None).exists()


def test_an_open_case_always_has_a_holder(lived):
    nobody = Q(holder_grid=None, holder_department=None)

    assert Case.objects.open().exists()
    assert not Case.objects.open().filter(nobody).exists()


def test_a_case_has_one_open_lead_while_a_unit_works_on_it_and_none_before_and_after(lived):
    leads = Count("assignments", filter=Q(assignments__ended_at=None, assignments__part=Part.LEAD))
    working = (Step.ASSIGNED, Step.HANDLING, Step.FED_BACK)

    assert not Case.objects.annotate(leads=leads).filter(step__in=working).exclude(leads=1).exists()
    assert not Case.objects.annotate(leads=leads).exclude(step__in=working).exclude(leads=0).exists()


def test_every_assignment_in_a_building_grid_has_its_six_ones(lived):
    given = Assignment.objects.filter(case__building__isnull=False)

    assert given.exists()
    assert all(assignment.has_six_ones and assignment.milestones.exists() for assignment in given)


def test_nobody_verifies_what_she_handled(lived):
    verdicts = CaseEvent.objects.filter(action__in=["pass", "fail"]).select_related("case")

    assert verdicts.exists()
    for verdict in verdicts:
        result = verdict.case.events.filter(action__in=["feed_back", "settle"], seq__lt=verdict.seq).last()
        assert result.actor_id != verdict.actor_id


def test_a_result_that_needs_a_photo_has_one(lived):
    done = Assignment.objects.filter(outcome=Outcome.DONE, case__category__needs_photo=True)

    assert done.exists()
    assert all(assignment.case.evidence.filter(stage="after").exists() for assignment in done)


# --- what visitors find -----------------------------------------------------------------------------


def test_every_kind_of_case_waits_somewhere(lived):
    assert set(Case.objects.open().values_list("step", flat=True)) == set(OPEN_STEPS)


@pytest.mark.parametrize("login", ["gridleader", "community", "department"])
def test_a_unit_finds_work_of_every_kind_on_its_desk(lived, login):
    post = Post.objects.get(user__username=login)
    mine = Case.objects.filter(
        assignments__ended_at=None, assignments__grid=post.grid, assignments__department=post.department
    )
    today = mine.filter(due_at__gt=NEXT_MORNING, due_at__lt=clock(UNTIL + timedelta(days=2), 0))

    assert mine.filter(step=Step.ASSIGNED).exists()
    assert mine.filter(step=Step.ASSIGNED, assignments__sign_due_at__lt=NEXT_MORNING).exists()
    assert mine.filter(step=Step.HANDLING).exists()
    if post.department:  # what a grid has not solved in time has gone up
        assert mine.filter(step=Step.HANDLING).overdue(NEXT_MORNING).exists()
    else:
        assert not mine.overdue(NEXT_MORNING).exists()
    assert today.filter(step=Step.HANDLING).exists()
    assert mine.filter(step=Step.FED_BACK).exists()


@pytest.mark.parametrize(
    ("login", "kind"),
    [("dispatcher", Waiting.ENDORSE), ("secretary", Waiting.GRANT), ("community", Waiting.ASSIST)],
)
def test_requests_and_assistance_wait_on_the_desks_they_belong_to(lived, login, kind):
    scope = scope_of(User.objects.get(username=login), NEXT_MORNING)

    assert waiting(kind, scope, NEXT_MORNING).exists()


def test_one_case_stands_still(lived):
    assert Case.objects.filter(suspended_until__gt=NEXT_MORNING).exists()


def test_somebody_is_on_duty_in_the_street(lived):
    street = Grid.objects.get(code=GRID[:9])

    assert DutyShift.objects.running(NEXT_MORNING).filter(grid=street).exists()


def test_the_command_centre_finds_new_claimed_and_verified_cases(lived):
    mine = Case.objects.within(
        scope_of(User.objects.get(username="dispatcher"), NEXT_MORNING), Right.DISPATCH
    )
    new = mine.filter(step=Step.REPORTED)

    assert new.filter(holder_post=None).exists()
    assert new.filter(holder_post__user__username="dispatcher").exists()
    assert mine.filter(step=Step.VERIFIED).exists()


def test_every_role_can_be_signed_in_to(lived):
    posts = Post.objects.filter(user__username__in=[login.username for login in demo.LOGINS]).current(
        NEXT_MORNING
    )

    assert {Role(post.role) for post in posts} == set(Role)
    for login in demo.LOGINS:
        assert User.objects.get(username=login.username).check_password(demo.PASSWORD)


def test_the_administrator_keeps_reference_data_and_sees_no_case(lived):
    admin = User.objects.get(username="admin")

    assert admin.is_staff
    assert not admin.is_superuser
    assert admin.has_perm("grids.change_grid")
    assert not Case.objects.within(scope_of(admin, NEXT_MORNING)).exists()


def test_the_auditor_audits_and_sees_no_case(lived):
    auditor = User.objects.get(username="auditor")
    scope = scope_of(auditor, NEXT_MORNING)

    assert (scope.audits, scope.rights, auditor.is_staff) == (True, frozenset(), False)
    assert not Case.objects.within(scope).exists()


def test_the_logins_are_printed_with_what_to_try(lived):
    printed = StringIO()
    call_command("demo_logins", stdout=printed)

    lines = printed.getvalue().splitlines()
    assert len(lines) == 1 + len(demo.LOGINS)
    assert lines[1].split()[:3] == ["网格长", "gridleader", demo.PASSWORD]


# --- the stories ------------------------------------------------------------------------------------


def test_one_diary_with_three_problems_gives_three_cases(lived):
    patrol = Patrol.objects.get(grid__code=GRID, route__contains="发现三个问题")
    told = [
        (entry.case.category.code, entry.case.house_no, entry.case.unit_no) for entry in patrol.entries.all()
    ]

    assert told == [("B0503", "5号楼", "4单元"), ("B0801", "3号楼", "2单元"), ("B0702", "3号楼", "4单元")]
    assert all(entry.case.grid.code == GRID for entry in patrol.entries.all())


def test_the_burst_pipe_is_mended_in_five_hours(lived):
    case = Case.objects.get(text__contains="水涌到路面")

    assert case.step == Step.CLOSED
    assert case.assignments.get().fed_back_at - case.reported_at < timedelta(hours=5)


def test_the_patrol_car_brings_a_person_in_need_to_hospital_in_an_hour(lived):
    case = Case.objects.get(channel=Channel.VEHICLE, text__contains="1号巡查车")

    assert case.assignments.get().department.code == "minzheng"
    assert case.assignments.get().fed_back_at - case.reported_at <= timedelta(minutes=61)


def test_a_manhole_that_is_open_in_the_morning_is_closed_at_noon(lived):
    case = Case.objects.get(text__contains="井盖缺失，已放锥桶看守")

    assert case.assignments.get().fed_back_at < clock(case.reported_at.date(), 12)


def test_what_two_units_returned_the_dispatcher_decides(lived):
    case = Case.objects.get(text__startswith="无主管楼院西墙外")

    assert (case.returns, case.reworks, case.step) == (2, 1, Step.CLOSED)
    assert "裁定" in case.events.filter(action="assign").last().note


@pytest.mark.parametrize(
    "action", ["settle", "decline", "withdraw", "recall", "return", "fail", "reopen", "claim"]
)
def test_every_way_of_the_table_has_been_gone(lived, action):
    assert CaseEvent.objects.filter(action=action).exists()


def test_buildings_lie_in_their_grid(lived):
    told = Case.objects.filter(grid__scope_note__contains="1至10号楼").exclude(house_no="")

    assert told.exists()
    assert set(told.values_list("house_no", flat=True)) <= {f"{number}号楼" for number in range(1, 11)}


# --- invented people ----------------------------------------------------------------------------------


def test_nobody_of_the_articles_lives_here(lived):
    assert not User.objects.filter(name__in=DENYLIST).exists()


def test_names_are_given_once_and_never_from_the_denylist():
    names = Names(Random(5))
    given = [names.new() for _ in range(2000)]

    assert len(set(given)) == 2000
    assert not DENYLIST & set(given)


def test_phones_are_visibly_invented(lived):
    assert not User.objects.filter(posts__isnull=False).exclude(phone__startswith="0371-0000-").exists()
    called = [row["phone"] for grid in Grid.objects.all() for row in grid.service_phones]
    called += Grid.objects.exclude(supervision_phone="").values_list("supervision_phone", flat=True)
    assert {number[:10] for number in called} == {"0371-0000-"}


def test_the_card_of_every_grid_with_people_is_full(lived):
    until = timezone.now()
    inhabited = Grid.objects.filter(level__gte=Level.STREET, posts__isnull=False).distinct()

    for grid in inhabited:
        card = card_of(grid, until)
        assert all(person.dial for person in card.people) and card.people, grid
        assert len(card.given.contacts) >= len(places.SERVICES), grid
        assert card.given.points and card.given.services and card.given.supervision, grid
        assert grid.scope_note, grid


def test_a_list_of_affairs_is_in_force_the_next_morning_and_promises_hold(lived):
    district = Grid.objects.get(level=Level.DISTRICT)
    tomorrow = UNTIL + timedelta(days=1)

    on_list = {code: is_admitted(Category.objects.get(code=code), district.pk, tomorrow) for code in LEFT_OUT}

    assert on_list == {"A501": False, "A502": False, "B0802": True}
    assert AffairList.objects.get().since == tomorrow
    assert sorted(Admission.objects.values_list("state", flat=True)) == ["admitted", "meeting", "refused"]
    assert Commitment.objects.count() == 2
    assert list(Inspection().breaks()) == []
