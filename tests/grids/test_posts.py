"""A post is held by one person at a time where it has one seat, and opens exactly what its role allows."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.utils import translation

from grids.actions import AppointmentRefused, align_grants, appoint, dismiss
from grids.enums import DEPARTMENT, Level, Right, Role
from grids.models import Department, DepartmentGrant, Grid, GridGrant, Post, User
from grids.queries import holder_of, posts_at
from tests.factories import AT, make_department, make_tree, make_user

LATER = AT + timedelta(days=10)
MUCH_LATER = AT + timedelta(days=20)
AT_LEVEL = ["410102", "410102001", "410102001001", "410102001001001"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def tree() -> Grid:
    return make_tree()


def grid_at(level: int) -> Grid:
    return Grid.objects.get(code=AT_LEVEL[level])


def place_of(role: Role) -> dict[str, Grid | Department]:
    if role.place == DEPARTMENT:
        return {"department": make_department(grid_at(Level.STREET))}
    return {"grid": grid_at(role.place)}


def grants(user: User) -> set[tuple[str, str]]:
    on_grids = GridGrant.objects.filter(user=user).values_list("content_object__code", "permission__codename")
    on_departments = DepartmentGrant.objects.filter(user=user).values_list(
        "content_object__code", "permission__codename"
    )
    return {*on_grids, *on_departments}


# --- What the database refuses, whoever writes --------------------------------------------------


def row(role: Role, grid: Grid | None = None, **fields: object) -> Post:
    """A post written past the action."""
    level = grid.level if grid else None
    fields = {"user": make_user(), "level": level, "since": AT, **fields}
    with transaction.atomic():
        return Post.objects.create(role=role, grid=grid, **fields)


@pytest.mark.parametrize(
    ("role", "level"), [(Role.GRID_LEADER, Level.BUILDING), (Role.COMMUNITY_FIRST, Level.COMMUNITY)]
)
def test_the_database_keeps_a_single_seat_single(tree, role, level):
    row(role, grid_at(level))

    with pytest.raises(IntegrityError, match=f"post_{role}_one_per_seat"):
        row(role, grid_at(level), since=LATER)
    with pytest.raises(IntegrityError, match=f"post_{role}_seats"):
        row(role, grid_at(level), seat=2)


def test_the_database_knows_two_first_responsible_persons_of_a_street(tree):
    street = grid_at(Level.STREET)
    row(Role.STREET_FIRST, street, seat=1)
    row(Role.STREET_FIRST, street, seat=2)

    for seat, constraint in ((1, "one_per_seat"), (2, "one_per_seat"), (3, "seats"), (0, "seats")):
        with pytest.raises(IntegrityError, match=constraint):
            row(Role.STREET_FIRST, street, seat=seat)


def test_the_database_knows_one_head_of_a_department(tree):
    department = make_department(tree)
    row(Role.DEPARTMENT_HEAD, department=department)

    with pytest.raises(IntegrityError, match="post_department_head_one_per_seat"):
        row(Role.DEPARTMENT_HEAD, department=department)


def test_the_same_seat_of_another_place_is_free(tree):
    for grid in Grid.objects.filter(level=Level.BUILDING):
        row(Role.GRID_LEADER, grid)

    assert Post.objects.count() == 4


def test_two_people_never_held_one_seat_at_the_same_time_in_the_past(tree):
    building = grid_at(Level.BUILDING)
    row(Role.GRID_LEADER, building, since=AT, until=LATER)

    for since, until in ((AT, LATER), (AT - timedelta(days=1), AT + timedelta(seconds=1)), (AT, None)):
        with pytest.raises(IntegrityError, match="post_grid_leader_one_per_seat"):
            row(Role.GRID_LEADER, building, since=since, until=until)


def test_the_next_may_begin_the_moment_the_last_ended_or_after_a_gap(tree):
    building = grid_at(Level.BUILDING)
    row(Role.GRID_LEADER, building, since=AT, until=LATER)
    row(Role.GRID_LEADER, building, since=LATER, until=LATER + timedelta(days=1))
    row(Role.GRID_LEADER, building, since=MUCH_LATER)

    assert Post.objects.filter(grid=building).count() == 3


@pytest.mark.parametrize("role", Role)
def test_a_role_sits_at_its_own_level_and_nowhere_else(tree, role):
    department = make_department(tree)
    wrong = [
        {"grid": grid_at(level), "level": level} for level in Level if level != role.place
    ]  # fmt: skip
    wrong += [{"grid": None, "department": None, "level": None}]
    if role.place == DEPARTMENT:
        wrong += [{"grid": tree, "level": Level.DISTRICT, "department": department}]
    else:
        wrong += [
            {"department": department, "level": None},
            {"grid": grid_at(role.place), "level": role.place, "department": department},
        ]

    for place in wrong:
        with pytest.raises(IntegrityError, match="post_sits_where_its_role_belongs"):
            row(role, **place)


def test_a_post_cannot_end_before_it_began(tree):
    with pytest.raises(IntegrityError, match="post_ends_after_it_began"):
        row(Role.GRID_LEADER, grid_at(Level.BUILDING), until=AT - timedelta(seconds=1))


def test_a_person_holds_a_role_at_a_place_once(tree):
    user, street = make_user(), grid_at(Level.STREET)
    row(Role.DISPATCHER, street, user=user)
    row(Role.DISPATCHER, street)

    with pytest.raises(IntegrityError, match="post_person_once_per_role_and_place"):
        row(Role.DISPATCHER, street, user=user)


def test_people_and_places_with_posts_cannot_be_deleted(tree):
    post = row(Role.GRID_LEADER, grid_at(Level.BUILDING))

    for thing in (post.user, post.grid):
        with pytest.raises(IntegrityError), transaction.atomic():
            thing.delete()


# --- Appointing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_every_role_opens_exactly_its_rights_at_its_place(tree, role):
    user, place = make_user(), place_of(role)

    post = appoint(user, role, at=AT, **place)

    (unit,) = place.values()
    assert grants(user) == {(unit.code, right.value) for right in role.rights}
    assert (post.since, post.until, post.level) == (AT, None, getattr(unit, "level", None))


@pytest.mark.parametrize("role", Role)
def test_the_end_of_a_post_closes_everything_it_opened(tree, role):
    user = make_user()
    post = appoint(user, role, at=AT, **place_of(role))

    ended = dismiss(post, at=LATER)

    assert ended.until == LATER
    assert grants(user) == set()


def test_two_posts_at_one_place_share_rights_and_each_keeps_its_own(tree):
    user, community = make_user(), grid_at(Level.COMMUNITY)
    first = appoint(user, Role.COMMUNITY_FIRST, grid=community, at=AT)
    direct = appoint(user, Role.COMMUNITY_DIRECT, grid=community, at=AT)
    rights = {(community.code, right.value) for right in Role.COMMUNITY_FIRST.rights}
    both = Role.COMMUNITY_FIRST.rights | Role.COMMUNITY_DIRECT.rights
    assert grants(user) == {(community.code, right.value) for right in both} > rights

    dismiss(direct, at=LATER)
    assert grants(user) == rights

    dismiss(first, at=LATER)
    assert grants(user) == set()


def test_the_end_of_one_post_leaves_other_people_and_places_alone(tree):
    user, colleague = make_user(), make_user()
    street, community = grid_at(Level.STREET), grid_at(Level.COMMUNITY)
    post = appoint(user, Role.DISPATCHER, grid=street, at=AT)
    appoint(user, Role.MAINTAINER, grid=community, at=AT)
    appoint(colleague, Role.DISPATCHER, grid=street, at=AT)

    dismiss(post, at=LATER)

    assert grants(user) == {(community.code, right.value) for right in Role.MAINTAINER.rights}
    assert grants(colleague) == {(street.code, right.value) for right in Role.DISPATCHER.rights}


def test_a_post_that_ended_earlier_takes_nothing_from_one_that_began_since(tree):
    user, street = make_user(), grid_at(Level.STREET)
    old = appoint(user, Role.DISPATCHER, grid=street, at=AT)
    appoint(user, Role.STREET_FIRST, grid=street, at=LATER)

    dismiss(old, at=LATER - timedelta(days=1))

    assert grants(user) == {(street.code, right.value) for right in Role.STREET_FIRST.rights}


def test_after_an_update_every_post_has_exactly_what_the_role_table_says(tree):
    leader, officer = make_user("leader"), make_user("officer")
    appoint(leader, Role.GRID_LEADER, grid=grid_at(3), at=AT)
    appoint(officer, Role.DEPARTMENT_OFFICER, department=make_department(grid_at(1)), at=AT)
    before = grants(leader), grants(officer)
    GridGrant.objects.filter(user=leader, permission__codename=Right.INQUIRE).delete()
    DepartmentGrant.objects.filter(user=officer, permission__codename=Right.HANDLE).delete()

    assert [align_grants(at=LATER), align_grants(at=LATER)] == [2, 0]
    assert (grants(leader), grants(officer)) == before


def test_set_up_brings_them_in_line(tree):
    leader = make_user("leader")
    appoint(leader, Role.GRID_LEADER, grid=grid_at(3), at=AT)
    before = grants(leader)
    GridGrant.objects.filter(user=leader, permission__codename=Right.INQUIRE).delete()

    call_command("load_reference", verbosity=0, stdout=StringIO())

    assert grants(leader) == before


def test_a_seat_is_free_again_once_its_holder_has_gone(tree):
    building, successor = grid_at(Level.BUILDING), make_user()
    post = appoint(make_user(), Role.GRID_LEADER, grid=building, at=AT)

    dismiss(post, at=LATER)
    appoint(successor, Role.GRID_LEADER, grid=building, at=LATER)

    assert holder_of(building, [Role.GRID_LEADER], LATER).user == successor
    assert holder_of(building, [Role.GRID_LEADER], LATER - timedelta(seconds=1)) == post
    assert [p.user for p in posts_at([building], LATER)] == [successor]


def test_a_street_has_two_first_responsible_persons_and_names_them_to_the_third(tree):
    street = grid_at(Level.STREET)
    appoint(make_user("田书记"), Role.STREET_FIRST, grid=street, at=AT)
    appoint(make_user("石主任"), Role.STREET_FIRST, grid=street, at=AT)

    with pytest.raises(AppointmentRefused) as refusal:
        appoint(make_user(), Role.STREET_FIRST, grid=street, at=LATER)

    assert "田书记、石主任" in str(refusal.value)


def test_the_second_seat_is_used_when_the_first_is_taken_and_the_first_when_it_is_free(tree):
    street = grid_at(Level.STREET)
    first = appoint(make_user(), Role.STREET_FIRST, grid=street, at=AT)
    second = appoint(make_user(), Role.STREET_FIRST, grid=street, at=AT)
    dismiss(first, at=LATER)

    third = appoint(make_user(), Role.STREET_FIRST, grid=street, at=LATER)

    assert (first.seat, second.seat, third.seat) == (1, 2, 1)


def test_an_appointment_dated_back_before_another_one_is_refused_in_words(tree):
    building = grid_at(Level.BUILDING)
    appoint(make_user("后来人"), Role.GRID_LEADER, grid=building, at=LATER)

    with pytest.raises(AppointmentRefused, match="后来人"):
        appoint(make_user(), Role.GRID_LEADER, grid=building, at=AT)


@pytest.mark.parametrize("role", Role)
def test_a_role_at_the_wrong_place_is_refused_in_words(tree, role):
    department = make_department(tree)
    wrong = [{"grid": grid_at(level)} for level in Level if level != role.place]
    wrong += [{}, {"grid": tree, "department": department}]
    wrong += [] if role.place == DEPARTMENT else [{"department": department}]

    for place in wrong:
        with pytest.raises(AppointmentRefused, match="does not exist at"):
            appoint(make_user(), role, at=AT, **place)
    assert Post.objects.count() == 0


def test_the_same_post_twice_is_refused(tree):
    user, street = make_user(), grid_at(Level.STREET)
    appoint(user, Role.DISPATCHER, grid=street, at=AT)

    with pytest.raises(AppointmentRefused, match="already holds that post"):
        appoint(user, Role.DISPATCHER, grid=street, at=LATER)


def test_who_cannot_sign_in_gets_no_post(tree):
    user = make_user()
    User.objects.filter(pk=user.pk).update(is_active=False)  # since the page was opened

    with pytest.raises(AppointmentRefused, match="cannot sign in"):
        appoint(user, Role.DISPATCHER, grid=grid_at(Level.STREET), at=AT)


@pytest.mark.parametrize("model", [Grid, Department])
def test_a_place_out_of_use_gets_nobody(tree, model):
    department = make_department(tree)
    role, place = (
        (Role.DEPARTMENT_OFFICER, {"department": department})
        if model is Department
        else (Role.DISTRICT_OFFICIAL, {"grid": tree})
    )
    model.objects.update(is_active=False)  # since the page was opened

    with pytest.raises(AppointmentRefused, match="no longer in use"):
        appoint(make_user(), role, at=AT, **place)


def test_a_post_ends_once_and_not_before_it_began(tree):
    post = appoint(make_user(), Role.GRID_LEADER, grid=grid_at(Level.BUILDING), at=AT)

    with pytest.raises(AppointmentRefused, match="before it began"):
        dismiss(post, at=AT - timedelta(seconds=1))
    dismiss(post, at=LATER)
    with pytest.raises(AppointmentRefused, match="ended already"):
        dismiss(post, at=MUCH_LATER)

    assert Post.objects.get().until == LATER


def test_history_says_who_appointed_and_who_dismissed(tree):
    chief, deputy = make_user(), make_user()
    post = appoint(make_user(), Role.GRID_LEADER, grid=grid_at(Level.BUILDING), by=chief, at=AT)

    dismiss(post, by=deputy, at=LATER)

    history = Post.history.order_by("history_id")
    assert list(history.values_list("history_user", "history_date", "until")) == [
        (chief.pk, AT, None),
        (deputy.pk, LATER, LATER),
    ]


# --- Two at once --------------------------------------------------------------------------------


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call gave, the exception included, when all of them started together."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        try:
            start.wait()
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_appointments_to_one_seat_one_wins_and_the_other_is_told(tree):
    building = grid_at(Level.BUILDING)
    people = [make_user(f"候选{n}") for n in "甲乙丙"]

    results = at_once(
        *(lambda user=user: appoint(user, Role.GRID_LEADER, grid=building, at=AT) for user in people)
    )

    winner = Post.objects.get()
    assert winner in results
    refusals = [str(r) for r in results if isinstance(r, AppointmentRefused)]
    assert len(refusals) == 2
    assert all(str(winner.user) in refusal for refusal in refusals)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_a_post_that_begins_while_another_ends_keeps_the_rights_they_share(tree, _round):
    user, street = make_user(), grid_at(Level.STREET)
    old = appoint(user, Role.DISPATCHER, grid=street, at=AT)

    at_once(
        lambda: dismiss(old, at=LATER),
        lambda: appoint(user, Role.STREET_FIRST, grid=street, at=LATER),
    )

    assert grants(user) == {(street.code, right.value) for right in Role.STREET_FIRST.rights}


def moment(day: int) -> datetime:
    return AT + timedelta(days=day)


def test_who_held_a_post_on_a_day_always_has_an_answer(tree):
    building = grid_at(Level.BUILDING)
    people = [make_user() for _ in range(3)]
    for number, user in enumerate(people):
        post = appoint(user, Role.GRID_LEADER, grid=building, at=moment(number))
        dismiss(post, at=moment(number + 1))

    answers = [holder_of(building, [Role.GRID_LEADER], moment(day)) for day in range(4)]

    assert [answer.user if answer else None for answer in answers] == [*people, None]


def test_people_of_a_grid_are_named_in_the_order_of_their_roles(tree):
    building = grid_at(Level.BUILDING)
    for role in (Role.VOLUNTEER, Role.BUILDING_HEAD, Role.GRID_LEADER):
        appoint(make_user(), role, grid=building, at=AT)

    assert [post.role for post in posts_at([building], AT)] == [
        Role.GRID_LEADER, Role.BUILDING_HEAD, Role.VOLUNTEER,
    ]  # fmt: skip
