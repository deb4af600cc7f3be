"""A person sees what her posts open: the same answer for one row and for many, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grids.actions import appoint, dismiss
from grids.enums import DEPARTMENT, Level, Right, Role
from grids.models import Department, DepartmentGrant, Grid, GridGrant, InGrid, User, path_of
from grids.queries import scope_of
from grids.scopes import NOWHERE, Span, widest
from tests.factories import AT, make_department, make_tree, make_user

LATER = AT + timedelta(days=1)

pytestmark = pytest.mark.django_db


class Thing(InGrid):
    """Something that lies in a grid, may be a department's and was reported by somebody."""

    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    reporter = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta(InGrid.Meta):
        app_label = "grids_tests"
        managed = False
        db_table = "grids_test_thing"
        constraints = []


@pytest.fixture
def things(db: None) -> Iterator[type[Thing]]:
    """A thing in every grid of two districts with two streets each."""
    columns = [field.column for field in Thing._meta.fields if field.column != "id"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE grids_test_thing"
            f" (id serial PRIMARY KEY, {', '.join(f'{column} bigint' for column in columns)})"
        )
    for code in ("410102", "410105"):
        make_tree(streets=2, communities=2, buildings=2, code=code)
    Thing.objects.bulk_create(Thing(**path_of(grid)) for grid in Grid.objects.all())
    yield Thing
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE grids_test_thing")


def codes_within(user: User, right: str = Right.VIEW, at=AT) -> set[str]:
    """The grids of the things a person gets, the same whichever way one asks."""
    scope = scope_of(user, at)
    listed = set(Thing.objects.within(scope, right).values_list("pk", flat=True))
    assert listed == {thing.pk for thing in Thing.objects.all() if scope.covers(thing, right)}
    return set(Thing.objects.filter(pk__in=listed).values_list("grid__code", flat=True))


def below(code: str) -> set[str]:
    return set(Grid.objects.filter(code__startswith=code).values_list("code", flat=True))


def home_of(role: Role) -> Grid:
    return Grid.objects.get(code="410102001001001"[: role.place.code_length])


GRID_ROLES = [role for role in Role if role.place != DEPARTMENT]


@pytest.mark.parametrize("role", GRID_ROLES)
def test_a_post_opens_its_grid_and_everything_below_to_the_rights_of_its_role(things, role):
    user, home = make_user(), home_of(role)
    appoint(user, role, grid=home, at=AT)

    opened = {right: codes_within(user, right) for right in Right}

    assert opened == {right: below(home.code) if right in role.rights else set() for right in Right}


@pytest.mark.parametrize("role", GRID_ROLES)
def test_grids_above_beside_and_elsewhere_stay_closed(things, role):
    user, home = make_user(), home_of(role)
    appoint(user, role, grid=home, at=AT)
    scope = scope_of(user, AT)

    seen = {grid.code: scope.covers_grid(grid.code) for grid in Grid.objects.all()}
    opened = below(home.code) if Right.VIEW in role.rights else set()
    assert {code for code, is_open in seen.items() if is_open} == opened
    assert set(Grid.objects.within(scope).values_list("code", flat=True)) == opened


@pytest.mark.parametrize("role", [Role.DEPARTMENT_HEAD, Role.DEPARTMENT_OFFICER])
def test_a_department_sees_what_was_given_to_it_wherever_it_lies(things, role):
    street = Grid.objects.get(code="410102001")
    mine, other = make_department(street), make_department(street)
    Thing.objects.filter(grid__code="410105002001").update(department=mine)
    Thing.objects.filter(grid__code="410102001").update(department=other)
    user = make_user()
    appoint(user, role, department=mine, at=AT)

    assert codes_within(user) == {"410105002001"}
    assert codes_within(user, Right.HANDLE) == {"410105002001"}
    assert codes_within(user, Right.CLOSE) == set()


@pytest.mark.parametrize("role", [Role.BUILDING_HEAD, Role.VOLUNTEER])
def test_who_may_only_report_sees_what_she_reported(things, role):
    user = make_user()
    Thing.objects.filter(grid__code__in=["410102001001001", "410105"]).update(reporter=user)
    Thing.objects.filter(grid__code="410102001001002").update(reporter=make_user())
    post = appoint(user, role, grid=home_of(role), at=AT)

    assert codes_within(user) == {"410102001001001", "410105"}
    assert codes_within(user, Right.HANDLE) == set()

    dismiss(post, at=LATER)
    assert codes_within(user, at=LATER) == set()


def test_who_sees_a_grid_sees_by_place_and_not_by_who_reported(things):
    user = make_user()
    Thing.objects.filter(grid__code="410105").update(reporter=user)
    appoint(user, Role.GRID_LEADER, grid=home_of(Role.GRID_LEADER), at=AT)

    assert codes_within(user) == {"410102001001001"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_posts_open_the_same_to_one_row_and_to_many(things, data):
    user, held = make_user(), set()
    Thing.objects.update(reporter=None)
    Thing.objects.filter(grid__code="410105001").update(reporter=user)
    grids = list(Grid.objects.order_by("code"))
    for grid in data.draw(st.lists(st.sampled_from(grids), max_size=4, unique_by=lambda grid: grid.pk)):
        role = data.draw(st.sampled_from([role for role in GRID_ROLES if role.place == grid.level]))
        if not role.seats:
            appoint(user, role, grid=grid, at=AT)
            held.add((role, grid.code))

    for right in Right:
        opened = [below(code) for role, code in held if right in role.rights]
        own = {"410105001"} if right == Right.VIEW and held and not opened else set()
        assert codes_within(user, right) == own.union(*opened)


def test_several_posts_open_the_union_and_the_widest_is_asked_for(things):
    user = make_user()
    appoint(user, Role.DISPATCHER, grid=Grid.objects.get(code="410102001"), at=AT)
    appoint(user, Role.MAINTAINER, grid=Grid.objects.get(code="410102001002"), at=AT)
    appoint(user, Role.MAINTAINER, grid=Grid.objects.get(code="410102002001"), at=AT)

    assert codes_within(user) == below("410102001") | below("410102002001")
    assert [span.code for span in scope_of(user, AT).spans()] == ["410102001", "410102002001"]
    assert codes_within(user, Right.DISPATCH) == below("410102001")


def test_the_widest_span_swallows_those_below_it_and_no_other():
    spans = [
        Span(2, 3, "410102001001"),
        Span(1, 2, "410102001"),
        Span(1, 4, "410102002"),
        Span(1, 2, "410102001"),
    ]

    assert [span.grid_id for span in widest(spans)] == [2, 4]


# --- What opens nothing -------------------------------------------------------------------------


@pytest.fixture
def leader(things) -> User:
    user = make_user()
    appoint(user, Role.GRID_LEADER, grid=home_of(Role.GRID_LEADER), at=AT)
    return user


def sees_nothing(user: User, at=AT) -> bool:
    scope = scope_of(user, at)
    return not scope.rights and not any(codes_within(user, right, at) for right in Right)


def test_nobody_is_somewhere_without_signing_in(things):
    assert scope_of(AnonymousUser(), AT) == NOWHERE
    assert not Thing.objects.within(NOWHERE).exists()


def test_a_person_without_a_post_sees_nothing(things):
    user = make_user()
    Thing.objects.update(reporter=user)

    assert sees_nothing(user)


def test_a_post_opens_nothing_before_it_begins_and_once_it_has_ended(leader):
    assert sees_nothing(leader, AT - timedelta(seconds=1))

    dismiss(leader.posts.get(), at=LATER)

    assert sees_nothing(leader, LATER)


def test_a_superuser_sees_nothing_without_a_post(things):
    assert sees_nothing(make_user(is_superuser=True, is_staff=True))


def test_a_right_given_for_everything_opens_nothing(things):
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="grids"))

    user = User.objects.get(pk=user.pk)
    assert user.has_perm("grids.view_cases")
    assert sees_nothing(user)


def test_a_right_given_for_everything_opens_no_more_than_the_post_does(leader):
    leader.user_permissions.set(Permission.objects.filter(content_type__app_label="grids"))

    assert codes_within(leader) == {"410102001001001"}
    assert codes_within(leader, Right.DISPATCH) == set()


def test_a_grant_without_a_post_opens_nothing(leader):
    assign_perm("grids.view_cases", leader, Grid.objects.get(code="410105"))

    assert codes_within(leader) == {"410102001001001"}


def test_a_post_whose_grants_were_taken_away_opens_nothing(leader):
    GridGrant.objects.filter(user=leader).delete()

    assert sees_nothing(leader)


def test_a_grant_that_outlived_its_post_opens_nothing(leader):
    leader.posts.update(until=LATER)  # past the action, so the grants stay

    assert GridGrant.objects.filter(user=leader).exists()
    assert sees_nothing(leader, LATER)


def test_one_grant_taken_away_closes_that_right_alone(leader):
    GridGrant.objects.filter(user=leader, permission__codename=Right.HANDLE).delete()

    assert codes_within(leader, Right.HANDLE) == set()
    assert codes_within(leader, Right.VIEW) == {"410102001001001"}


def test_a_department_grant_without_a_post_opens_nothing(things):
    department, user = make_department(Grid.objects.get(code="410102001")), make_user()
    Thing.objects.update(department=department)
    assign_perm("grids.view_cases", user, department)

    assert DepartmentGrant.objects.filter(user=user).exists()
    assert sees_nothing(user)


def test_an_account_out_of_use_opens_nothing(leader):
    leader.is_active = False

    assert sees_nothing(leader)


# --- What it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize("posts", [1, 6])
def test_a_scope_costs_three_queries_however_many_posts(things, posts):
    user = make_user()
    appoint(user, Role.DEPARTMENT_OFFICER, department=make_department(home_of(Role.DISPATCHER)), at=AT)
    for grid in Grid.objects.filter(level=Level.BUILDING)[:posts]:
        appoint(user, Role.GRID_MEMBER, grid=grid, at=AT)

    with CaptureQueriesContext(connection) as queries:
        scope = scope_of(user, AT)
        [(post.place_name, str(post)) for post in scope.posts]
        scope.rights, scope.spans(), scope.departments()

    assert len(queries) == 3
    assert len(scope.posts) == posts + 1


def test_the_rows_of_one_grid_are_those_in_it_and_below(things):
    for code in ("410102", "410102001", "410102001001", "410102001001001"):
        found = Thing.objects.inside(Grid.objects.get(code=code)).values_list("grid__code", flat=True)

        assert set(found) == below(code)
