"""What can happen to a person or a household can be done on its page, and the page says what it came to."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from residents import actions
from residents.enums import Change, Relation
from residents.models import Household, Merge, RegisterEvent, Resident

from .people import door, household, id_number, resident

pytestmark = pytest.mark.django_db

LONG = "买买提江·阿不都热合曼·阿卜杜拉·艾合买提"  # twenty characters


@pytest.fixture
def home(town, at):
    return household(town, at)


@pytest.fixture
def she(home, at):
    return resident(home, at, phone="13812345678")


@pytest.fixture
def again(town, at):
    there = household(town, at, grid="two", house_no="9")
    return resident(there, at, id_number="", birth_date=date(1985, 6, 15), phone="13912345678")


@pytest.fixture
def ask(client, town, at, time_machine):
    """A page, or a form sent, as somebody; by default whoever keeps the register of the community."""
    time_machine.move_to(at)

    def send(name, *args, who="maintainer", data=None):
        client.force_login(town.user[who])
        url = reverse(f"residents:{name}", args=args)
        return client.get(url) if data is None else client.post(url, {"key": uuid4(), **data})

    return send


def body(page):
    return page.content.decode()


def test_the_pairs_lead_to_their_comparison(ask, she, again):
    page = ask("duplicates")

    assert reverse("residents:merge", args=[she.pk, again.pk]) in body(page)
    assert "晓梅" not in body(page)


def test_a_pair_beyond_reach_is_said_without_naming(ask, she, again):
    page = ask("duplicates", who="leader")

    assert "另有 1 对" in body(page) and "程*" not in body(page)


def test_without_any_the_list_says_so(ask, she):
    assert "没有疑似重复登记的人员" in body(ask("duplicates"))


def test_the_two_entries_stand_side_by_side_masked(ask, she, again):
    page = body(ask("merge", she.pk, again.pk))

    assert "138****5678" in page and "139****5678" in page
    assert "13812345678" not in page and "晓梅" not in page


def test_a_merge_takes_what_was_chosen(ask, she, again):
    page = ask(
        "merge",
        she.pk,
        again.pk,
        data={"survivor": "first", "home": "second", "phone": "second", "id_number": "first"},
    )

    assert (page.status_code, page["Location"]) == (302, she.get_absolute_url())
    she.refresh_from_db()
    again.refresh_from_db()
    assert (she.phone.open(), she.household.grid.name, again.merged_into) == ("13912345678", "二号网格", she)


def test_the_second_may_survive(ask, she, again):
    ask(
        "merge",
        she.pk,
        again.pk,
        data={"survivor": "second", "home": "second", "phone": "second", "id_number": "first"},
    )

    again.refresh_from_db()
    assert (again.merged_into, again.id_number.open()) == (None, id_number("19850615", 2))


@pytest.mark.parametrize("data", [{}, {"survivor": "third"}, {"survivor": "first", "home": "x"}])
def test_a_choice_that_is_none_is_refused_and_leaves_no_trace(ask, she, again, data):
    page = ask("merge", she.pk, again.pk, data=data)

    assert (page.status_code, Merge.objects.count()) == (422, 0)


def test_the_merged_entry_offers_to_undo_and_leads_to_the_other(ask, she, again, at):
    actions.merge(she, again, taken=(), by=None, at=at, key=uuid4())

    page = body(ask("resident", again.pk))

    assert "撤销合并" in page and she.get_absolute_url() in page
    assert ask("unmerge", again.pk, data={}).status_code == 302
    assert Resident.objects.get(pk=again.pk).is_living


def test_the_page_of_the_survivor_leads_to_the_merged_entry(ask, she, again, at):
    actions.merge(she, again, taken=(), by=None, at=at, key=uuid4())

    assert f'href="{again.get_absolute_url()}"' in body(ask("resident", she.pk))
    assert f'href="{again.get_absolute_url()}"' not in body(
        ask("resident", she.pk, who="leader")
    )  # of one grid


def test_what_cannot_be_undone_says_why(ask, she, again, at):
    actions.merge(she, again, taken=(), by=None, at=at, key=uuid4())
    actions.correct(she, by=None, at=at, key=uuid4(), facts={"employer": "二中"})

    page = body(ask("resident", again.pk))

    assert "登记内容已有改动" in page and "撤销合并" not in page.replace("不能撤销合并", "")


def test_the_page_of_a_person_says_that_she_may_be_entered_twice(ask, she, again):
    assert reverse("residents:merge", args=[she.pk, again.pk]) in body(ask("resident", she.pk))
    assert "疑似重复" not in body(ask("resident", she.pk, who="member"))


def test_a_household_splits_on_its_page(ask, she, home, at):
    son = resident(home, at, relation=Relation.SON, id_number=id_number("20050303"))
    said = {f"member_{she.pk}": "", f"member_{son.pk}": Relation.HEAD, "on": "2026-03-01"}

    page = ask("split", home.pk, data=said)

    new = Household.objects.get(opened_on=date(2026, 3, 1))
    assert (page.status_code, page["Location"]) == (302, new.get_absolute_url())
    assert reverse("residents:join", args=[home.pk, new.pk]) in body(ask("household", home.pk))


def test_it_splits_to_a_door_named_as_people_say_it(ask, she, home, town, at):
    son = resident(home, at, relation=Relation.SON, id_number=id_number("20050303"))
    door(town, at, grid="two", house_no="9")
    said = {f"member_{she.pk}": "", f"member_{son.pk}": Relation.HEAD, "on": "2026-03-01"}

    ask("split", home.pk, data={**said, "door": "平安里9号楼2单元501"})

    son.refresh_from_db()
    assert son.grid.name == "二号网格"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"son": ""}, "请选择"),
        ({"son": "10"}, "户主"),
        ({"she": "02", "son": "50"}, "全户"),
        ({"on": "2025-12-31"}, "2026-01-01"),
        ({"on": "2027-01-01"}, "晚于今天"),
        ({"door": "没有这里9号楼"}, "没有"),
        ({"son": "77"}, ""),
    ],
)
def test_a_split_that_cannot_be_says_why(ask, she, home, at, changed, why):
    son = resident(home, at, relation=Relation.SON, id_number=id_number("20050303"))
    said = {"she": "", "son": Relation.HEAD, "on": "2026-03-01", **changed}
    said[f"member_{she.pk}"], said[f"member_{son.pk}"] = said.pop("she"), said.pop("son")

    page = ask("split", home.pk, data=said)

    assert page.status_code == 422 and why in body(page)
    assert not RegisterEvent.objects.filter(change=Change.SPLIT).exists()


def test_households_behind_different_doors_have_no_page_to_join(ask, she, home, town, at):
    other = household(town, at, house_no="9")

    assert ask("join", home.pk, other.pk).status_code == 404
    assert ask("join", home.pk, home.pk).status_code == 404


def test_a_death_is_entered_by_who_says_that_she_is_certain(ask, she):
    died = {"change": "die", "on": "2026-09-01"}

    assert ask("leave", she.pk, data=died).status_code == 422
    assert ask("leave", she.pk, data={**died, "is_certain": "on"}).status_code == 302


@pytest.mark.parametrize("page", ["resident_paper", "household_paper"])
def test_on_paper_it_is_masked_and_says_who_printed_it_when(ask, she, home, town, page):
    paper = body(ask(page, she.pk if page == "resident_paper" else home.pk))

    assert "138****5678" in paper and "13812345678" not in paper and "晓梅" not in paper
    assert f"打印人：{town.user.maintainer}" in paper and "2026-09-24 09:00" in paper


def test_a_long_name_is_no_longer_than_any_other(ask, home, at):
    she = resident(home, at, name=LONG)

    assert "买**" in body(ask("resident", she.pk))


def test_the_pages_of_places_ask_for_a_day(ask, she, home):
    for kind, place in (("household", home), ("dwelling", home.dwelling), ("building", home.dwelling.house)):
        assert f'name="{kind}" value="{place.pk}"' in body(ask(kind, place.pk))


def test_the_front_page_counts_what_there_is_and_leads_to_the_rest(ask, she, home, at):
    for number in (3, 5):
        resident(home, at, relation=Relation.OTHER, id_number=id_number("20050303", number))
    page = ask("home")

    assert {register.name: n for register, n in page.context["registers"] if n} == {
        "residents": 3,
        "households": 1,
        "dwellings": 1,
        "buildings": 1,
    }
    page = body(page)
    assert reverse("residents:duplicates") in page and reverse("residents:as_of") in page
    assert reverse("residents:duplicates") not in body(ask("home", who="member"))
