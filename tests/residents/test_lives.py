"""The history of an entry tells what happened in words, in order, and nothing of what stood in its fields."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from grids.queries import scope_of
from residents import actions
from residents.queries.lives import life

from .people import household, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def she(town, at):
    return resident(household(town, at), at, employer="一中", by=town.post.leader)


def correct(resident, at, **facts):
    return actions.correct(resident, by=None, at=at, key=uuid4(), facts=facts)


def told(resident):
    return [(moment.label, moment.fields) for moment in life(resident)]


def test_events_and_changed_fields_are_one_story(she, at):
    correct(she, at + timedelta(hours=1), employer="二中", phone="13812345678")

    assert told(she) == [("更正信息", ("联系电话", "学校或工作单位")), ("登记", ())]


def test_it_says_who_wrote_it_down(she, town):
    assert [moment.who for moment in life(she)] == [str(town.user.leader)]


def test_nothing_personal_is_in_it(she, at):
    correct(she, at + timedelta(hours=1), name="程晓枚", phone="13812345678")

    assert not any(word in str(life(she)) for word in ("晓", "138", "一中"))


def test_what_was_changed_without_an_event_is_told_too(she, town, at):
    son = resident(she.household, at, relation="20", id_number="")
    later = at + timedelta(hours=2)
    actions.make_head(son, former_as="50", by=None, at=later, key=uuid4())

    assert told(she)[0] == ("信息变更", ("与户主关系",))


def test_the_entry_that_was_merged_into_it_is_told_with_it_and_can_be_reached(she, town, at):
    home = household(town, at, house_no="8")
    twin = resident(home, at, id_number="", birth_date=date(1985, 6, 15))
    actions.merge(she, twin, taken=(), by=None, at=at + timedelta(hours=1), key=uuid4())

    here, there = life(she)[:2]
    ways = [there.leads_to(scope_of(town.user[name], at=at)) for name in ("leader", "leader2")]

    assert (here.label, here.other) == ("合并", None)
    assert (there.label, there.other, ways) == ("已合并", twin, [twin.get_absolute_url(), ""])
