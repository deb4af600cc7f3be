"""Two entries of one person become one, and two again as if nothing had been."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from residents import actions
from residents.actions import RegisterRefused
from residents.enums import Change, Relation, Whereabouts
from residents.forms.entries import PersonForm
from residents.imports.ledgers import TITLES
from residents.models import Apart, Look, Merge, PointEntry, RegisterEvent, Resident, Stay
from residents.queries.merging import DEPENDANTS, FACTS, HOME
from residents.rules.ledger import PERSONAL, PLAIN

from . import givers, groups
from .people import household, id_number, resident

pytestmark = pytest.mark.django_db

TABLES = ("residents_resident", "residents_stay", "residents_household")


def dump():
    """Every row that a merge may touch, to the last byte."""
    with connection.cursor() as cursor:
        rows = []
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY id")
            rows += cursor.fetchall()
    return rows


def twin(home, at, **facts):
    """The same person, entered again without her number."""
    facts = {"id_number": "", "birth_date": date(1985, 6, 15), **facts}
    return resident(home, at, **facts)


def merge(survivor, other, at, taken=(), key=None):
    return actions.merge(survivor, other, taken=taken, by=None, at=at, key=key or uuid4())


def undo(other, at):
    return actions.unmerge(Merge.objects.get(other=other), by=None, at=at, key=uuid4())


@pytest.fixture
def home(town, at):
    return household(town, at)


@pytest.fixture
def there(town, at):
    return household(town, at, grid="two", house_no="9", since=date(2020, 1, 1))


@pytest.fixture
def she(home, at):
    return resident(home, at, phone="13812345678", employer="一中")


@pytest.fixture
def again(there, at):
    return twin(there, at, on=date(2020, 1, 1), phone="13912345678", note="租住")


def test_the_survivor_keeps_her_facts_but_for_those_taken(she, again, at):
    merge(she, again, at, taken=["phone", "note"])

    she = Resident.objects.get(pk=she.pk)
    assert (she.phone.open(), she.employer, she.note, she.name.open()) == (
        "13912345678",
        "一中",
        "租住",
        "程晓梅",
    )


def test_the_other_entry_leads_to_the_survivor(she, again, at):
    merge(she, again, at)

    again.refresh_from_db()
    assert (again.state, again.merged_into, again.household) == (Whereabouts.MERGED, she, None)


def test_the_household_that_existed_through_the_second_entry_only_closes(she, again, there, at):
    merge(she, again, at)

    there.refresh_from_db()
    assert not there.is_open


def test_where_she_lives_can_be_taken_from_the_other(she, again, home, there, town, at):
    merge(she, again, at, taken=[HOME])

    she.refresh_from_db()
    home.refresh_from_db()
    assert (she.household, she.building, home.is_open) == (there, town.grid.two, False)


def test_their_stays_become_one_story(she, again, home, there, at):
    merge(she, again, at)

    stays = [(stay.household, stay.since, stay.until) for stay in she.stays.order_by("since")]
    assert stays == [(there, date(2020, 1, 1), date(2026, 1, 1)), (home, date(2026, 1, 1), None)]
    assert not again.stays.exists()


def test_a_number_taken_along_says_birth_date_and_sex(she, again, at):
    merge(again, she, at, taken=["id_number"])

    again.refresh_from_db()
    assert (again.id_number.open(), again.birth_date, again.sex) == (
        id_number("19850615", 2),
        date(1985, 6, 15),
        "2",
    )


def test_entries_merged_earlier_come_along(she, again, town, at):
    first = twin(household(town, at, house_no="7"), at)
    merge(again, first, at)

    merge(she, again, at)

    first.refresh_from_db()
    assert first.merged_into == she


def test_both_entries_say_that_they_were_merged(she, again, at):
    merge(she, again, at)

    for entry in (she, again):
        event = entry.events.get(change=Change.MERGE)
        assert set(event.data) == {"merge", "into"}


def test_what_is_kept_for_undoing_holds_nothing_personal(she, again, at):
    merge(she, again, at, taken=["phone"])

    kept = str(Merge.objects.get().rows)
    assert not any(word in kept for word in ("程", "1985", "138", "139", "租住", "一中"))


def test_the_same_form_twice_is_one_merge(she, again, at):
    key = uuid4()

    assert merge(she, again, at, key=key) == merge(she, again, at, key=key)
    assert Merge.objects.count() == 1


def test_a_head_whose_household_goes_on_stays(she, again, there, at):
    resident(there, at, relation=Relation.SON, id_number=id_number("20100303"))
    before = dump()

    with pytest.raises(RegisterRefused, match="户主"), transaction.atomic():
        merge(she, again, at)

    assert dump() == before


def test_in_one_household_the_head_may_be_taken_from_the_other(home, she, at):
    spouse = twin(home, at, relation=Relation.SPOUSE)
    resident(home, at, relation=Relation.SON, id_number=id_number("20100303"))

    with pytest.raises(RegisterRefused), transaction.atomic():
        merge(spouse, she, at)
    merge(spouse, she, at, taken=[HOME])

    spouse.refresh_from_db()
    assert (spouse.relation, home.members.living().count()) == (Relation.HEAD, 2)


def test_an_entry_is_not_merged_into_itself_nor_across_districts(she, at):
    with pytest.raises(RegisterRefused):
        merge(she, she, at)


def test_what_was_merged_is_not_merged_again(she, again, town, at):
    merge(she, again, at)

    with pytest.raises(RegisterRefused):
        merge(twin(household(town, at, house_no="7"), at), again, at)


def test_undone_every_row_is_as_it_was(she, again, at):
    before = dump()
    merge(she, again, at, taken=["phone", "note", HOME])

    undo(again, at + timedelta(days=1))

    assert dump() == before
    assert [event.change for event in she.events.all()] == [Change.REGISTER, Change.MERGE, Change.UNMERGE]


def test_two_merges_are_undone_the_later_first(she, again, town, at):
    first = twin(household(town, at, house_no="7"), at)
    before = dump()
    merge(again, first, at)
    merge(she, again, at)

    with pytest.raises(RegisterRefused), transaction.atomic():
        undo(first, at)
    undo(again, at)
    undo(first, at)

    assert dump() == before


def test_after_thirty_days_it_stands(she, again, at):
    merge(she, again, at)

    with pytest.raises(RegisterRefused, match="30"):
        undo(again, at + timedelta(days=31))


def test_whoever_was_changed_since_stays_merged(she, again, at):
    merge(she, again, at)
    actions.correct(she, by=None, at=at, key=uuid4(), facts={"employer": "二中"})

    with pytest.raises(RegisterRefused, match="更正"):
        undo(again, at)


def test_whoever_has_moved_and_come_back_since_stays_merged(she, again, home, town, at):
    resident(home, at, relation=Relation.SON, id_number=id_number("20100303"))
    merge(she, again, at)
    elsewhere = household(town, at, house_no="7")
    son = home.members.living().get(relation=Relation.SON)
    actions.make_head(son, former_as=Relation.PARENT, by=None, at=at, key=uuid4())
    she.refresh_from_db()
    actions.move(she, elsewhere, relation=Relation.HEAD, on=date(2026, 9, 1), by=None, at=at, key=uuid4())

    with pytest.raises(RegisterRefused):
        undo(again, at)


def test_every_table_that_points_at_a_person_comes_along_or_is_meant_to_stay():
    pointing = {
        (relation.related_model, relation.field.name)
        for relation in Resident._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
        if not relation.related_model.__name__.startswith("Historical")
    }
    told = {(dependant.model, dependant.field) for dependant in DEPENDANTS}
    stays = {
        (Stay, "resident"),
        (RegisterEvent, "resident"),
        (Look, "resident"),
        (Merge, "survivor"),
        (Merge, "other"),
        (Apart, "first"),
        (Apart, "second"),
        (PointEntry, "resident"),
    }

    assert pointing == told | stays


def test_whatever_is_asked_of_a_person_is_chosen_in_a_merge_and_brought_by_a_ledger():
    asked = {*PersonForm.names} - {"relation"}  # which goes with where she lives

    assert asked == set(FACTS)
    assert asked <= set(TITLES)
    assert {*PERSONAL, *PLAIN} == {*PersonForm.names}


# --- whatever two entries there are -------------------------------------------------------------------

GONE = {"left": Change.MOVE_OUT, "dead": Change.DIE}
HOMES = ("home", "there", "home with others", "last home of 2", "last home of 4")
ENTRIES = st.fixed_dictionaries(
    {
        "where": st.sampled_from([*HOMES[:3], *GONE]),
        "relation": st.sampled_from([Relation.HEAD, Relation.SPOUSE]),
        "since": st.dates(date(2010, 1, 1), date(2026, 6, 1)),
        "has_number": st.booleans(),
        "facts": st.fixed_dictionaries(
            {},
            optional={
                "phone": st.sampled_from(["13812345678", "037167891234"]),
                "registered_address": st.just("平安里3号楼2单元501室"),
                "marriage": st.sampled_from(["10", "20"]),
                "employer": st.sampled_from(["一中", "二中"]),
                "note": st.just("租住"),
            },
        ),
    }
)


def enter(said, places, at, series):
    """One entry as drawn; where a household has its head already, as a daughter."""
    number = {"id_number": id_number("19850615", series)} if said["has_number"] else {"id_number": ""}
    facts = {"birth_date": date(1985, 6, 15), **said["facts"], **number}
    gone = said["where"] in GONE
    place = places[f"last home of {series}" if gone else said["where"]]
    has_head = place.members.living().filter(relation=Relation.HEAD).exists()
    relation = Relation.DAUGHTER if has_head else said["relation"]
    entry = resident(place, at, relation=relation, on=said["since"], **facts)
    if gone:
        actions.leave(entry, change=GONE[said["where"]], on=date(2026, 7, 1), by=None, at=at, key=uuid4())
    return Resident.objects.get(pk=entry.pk)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # each example is a dozen transactions: shrinking would take hours
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=ENTRIES, second=ENTRIES, taken=st.sets(st.sampled_from([*FACTS, HOME])), swap=st.booleans())
def test_merging_and_undoing_leaves_every_row_as_it_was(town, at, first, second, taken, swap):
    with transaction.atomic():
        places = {
            name: household(town, at, house_no=str(n), since=date(2010, 1, 1)) for n, name in enumerate(HOMES)
        }
        resident(places["home with others"], at, relation=Relation.HEAD, id_number=id_number("19500101"))
        pair = [enter(first, places, at, 2), enter(second, places, at, 4)]
        survivor, other = reversed(pair) if swap else pair
        before = dump()

        try:
            with transaction.atomic():
                merge(survivor, other, at, taken)
        except RegisterRefused:
            assert dump() == before
        else:
            holds(survivor, other)
            undo(other, at + timedelta(days=30))
            assert dump() == before
        transaction.set_rollback(True)


def holds(survivor, other):
    """What is true of every merge: she lived in one place at a time, and the other entry is out of the register."""
    survivor.refresh_from_db()
    stays = list(survivor.stays.order_by("since", "until"))
    assert all(one.until and one.until <= two.since for one, two in pairwise(stays))
    assert [stay.until is None for stay in stays[-1:]] == [survivor.is_living]
    assert not Resident.objects.living().filter(pk=other.pk).exists() and not other.stays.exists()


def test_who_has_an_account_of_points_is_the_one_that_stays(town, at):
    first, second = (resident(household(town, at, house_no=no), at, id_number="") for no in ("61", "62"))
    givers.rules(town, at - timedelta(days=1))
    giver = givers.volunteer(town, at, second)
    givers.came(town, at, givers.activity(town, at), giver)

    with pytest.raises(RegisterRefused):
        actions.merge(first, second, taken=(), by=town.post.leader, at=at, key=uuid4())


def test_the_files_and_the_volunteer_go_where_the_person_turns_out_to_live(town, at):
    first = resident(household(town, at), at)
    second = twin(household(town, at, grid="two", house_no="9"), at)
    file = groups.opened(town, first, at, by="direct", reviewer="secretary")
    giver = givers.volunteer(town, at, first)

    merge(second, first, at)

    for row in (file, giver):
        row.refresh_from_db()
        assert (row.resident, row.building) == (second, town.grid.two)

    undo(first, at)

    for row in (file, giver):
        row.refresh_from_db()
        assert (row.resident, row.building) == (first, town.grid.one)
