"""Households are found by whoever lives in them, each once, whether the name is rare or everybody's."""

from datetime import date

import pytest
from django.core.cache import caches

from grids.enums import Right
from grids.queries import scope_of
from residents.enums import Relation
from residents.queries.registers import REGISTERS, Sought, found
from residents.queries.tracing import wanted_trace

from .people import household, id_number, neighbours, resident

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 24)


@pytest.fixture
def homes(town, at):
    """Two households: in the first two people of one name, in the other somebody else."""
    first = household(town, at)
    other = neighbours(first, at)
    resident(first, at, name="王秀英")
    resident(first, at, name="王小宝", relation=Relation.SON, id_number=id_number("20120303"))
    resident(other, at, name="贺子安", id_number=id_number("19500101"))
    return first, other


@pytest.fixture(params=["rare", "common"])
def wang(request):
    """How usual the planner takes the name for; a minute later it would look again."""
    known = {str(wanted_trace("王")): 0.07} if request.param == "common" else {}
    caches["local"].set("common-residents_resident-name_traces", known)
    yield "王"
    caches["local"].clear()


def households(town, at, **asked):
    scope = scope_of(town.user.leader, at)
    return found(REGISTERS["households"], Sought(**asked), scope, Right.REGISTER, TODAY).order_by("pk")


def test_a_name_finds_each_household_once(homes, wang, town, at):
    assert list(households(town, at, q=wang)) == [homes[0]]
    assert list(households(town, at, q="贺")) == [homes[1]]


def test_a_name_finds_everybody_who_has_it(homes, wang, town, at):
    scope = scope_of(town.user.leader, at)
    people = found(REGISTERS["residents"], Sought(q=wang), scope, Right.REGISTER, TODAY)

    assert sorted(one.name.open() for one in people) == ["王小宝", "王秀英"]


def test_the_list_says_how_many_live_there(homes, town, at):
    sizes = {home: home.size for home in households(town, at)}

    assert sizes == {homes[0]: 2, homes[1]: 1}


def test_who_has_left_is_not_counted(homes, town, at):
    homes[1].members.update(household=None, state="left")

    assert [home.size for home in households(town, at, q="")] == [2, None]
