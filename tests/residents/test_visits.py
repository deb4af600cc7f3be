"""Somebody goes to a household's door: what the visit changes, what it does not, who sees it."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection

from grids.queries import scope_of
from residents import actions
from residents.actions import LooksExhausted, RegisterRefused, groups
from residents.actions.visits import Position
from residents.enums import Change, CloseReason, LookKind, Met, Purpose, Risk
from residents.models import Look, Visit, VisitPhoto
from residents.queries.shown import Reader
from residents.queries.visiting import Figure, rows, table
from residents.queries.visits import due_list
from tests.photos import clean_photo, jpeg, upload
from tests.residents.groups import opened
from tests.residents.people import household, resident

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 24)
SAID = "老人说暖气不热，电话13812345678"


@pytest.fixture
def home(town, at):
    return household(town, at)


@pytest.fixture
def she(home, at):
    return resident(home, at)


def day(n):
    return TODAY + timedelta(days=n)


def go(town, home, at, *, met=Met.FAMILY, by="leader", key=None, **facts):
    facts = {"purpose": Purpose.ROUND, "what": SAID, **facts}
    return actions.visit(home, met=met, by=town.post[by], at=at, key=key or uuid4(), **facts)


def plan(home, due, last=None):
    home.visit_due, home.visited_on = due, last
    home.save(update_fields=["visit_due", "visited_on"])


# --- what a visit changes -------------------------------------------------------------------------------


def test_it_verifies_the_household_and_plans_the_next_one(town, home, at):
    go(town, home, at)

    home.refresh_from_db()
    assert (home.verified_on, home.verified_by, home.visited_on) == (TODAY, town.post.leader, TODAY)
    assert home.visit_due == day(180)


def test_every_day_on_which_it_was_verified_is_kept_once(town, home, at):
    for when in (at, at + timedelta(hours=2), at + timedelta(days=3)):
        go(town, home, when)

    assert list(home.verifications.order_by("on").values_list("on", "by", "street")) == [
        (TODAY, town.post.leader.pk, town.grid.street.pk),
        (day(3), town.post.leader.pk, town.grid.street.pk),
    ]


def test_an_earlier_day_can_be_agreed(town, home, at):
    go(town, home, at, agreed=day(14))

    home.refresh_from_db()
    assert home.visit_due == day(14)


def test_nobody_at_home_verifies_nothing_and_the_visit_stays_due(town, home, at):
    plan(home, day(-3))

    done = go(town, home, at, met=Met.NOBODY, what="", agreed=day(2))

    home.refresh_from_db()
    assert (home.verified_on, home.visited_on, home.visit_due) == (None, None, day(-3))
    assert (done.due_on, done.on_time, done.next_due) == (None, None, day(2))


@pytest.mark.parametrize(
    ("due", "last", "verdict"),
    [
        (0, -180, (day(0), True)),
        (-1, -181, (day(-1), False)),
        (80, -100, (day(80), True)),
        (100, -80, (None, None)),  # one more than was due
    ],
)
def test_whether_it_was_on_time_is_decided_when_it_is_done(town, home, at, due, last, verdict):
    plan(home, day(due), day(last))

    done = go(town, home, at)

    assert (done.due_on, done.on_time) == verdict


def test_the_same_form_twice_is_one_visit(town, home, at):
    key = uuid4()

    assert go(town, home, at, key=key) == go(town, home, at, key=key)
    assert Visit.objects.count() == 1


def test_the_form_of_somebody_else_is_refused(town, home, at):
    key = uuid4()
    go(town, home, at, key=key)

    with pytest.raises(RegisterRefused):
        go(town, home, at, key=key, by="member")


def test_a_closed_household_is_not_visited(town, home, she, at):
    actions.leave(she, change=Change.MOVE_OUT, on=TODAY, by=None, at=at, key=uuid4())

    with pytest.raises(RegisterRefused):
        go(town, home, at)

    assert Visit.objects.count() == 0


def test_the_next_day_lies_ahead(town, home, at):
    with pytest.raises(RegisterRefused):
        go(town, home, at, agreed=TODAY)

    home.refresh_from_db()
    assert (Visit.objects.count(), home.verified_on) == (0, None)


def test_the_same_photo_is_kept_once(town, home, at):
    done = go(town, home, at, photos=[clean_photo(), clean_photo(), clean_photo("blue")])

    assert done.photos.count() == 2


# --- special groups -------------------------------------------------------------------------------------


def test_a_visit_to_a_special_group_plans_its_next_one(town, home, she, at):
    file = opened(town, she, at - timedelta(days=40), risk=Risk.HIGH)

    done = go(town, home, at, file=file)

    file.refresh_from_db()
    assert (file.last_visited_on, file.next_visit_due) == (TODAY, day(7))
    assert (done.resident, done.due_on, done.on_time) == (she, day(-33), False)


def test_the_earlier_day_is_agreed_for_whom_the_visit_was_to(town, home, she, at):
    file = opened(town, she, at)

    go(town, home, at, file=file, agreed=day(3))

    file.refresh_from_db()
    home.refresh_from_db()
    assert (file.next_visit_due, home.visit_due) == (day(3), day(180))


def test_a_visit_to_the_household_leaves_its_files_due(town, home, she, at):
    file = opened(town, she, at - timedelta(days=40), risk=Risk.HIGH)

    go(town, home, at)

    due = file.next_visit_due
    file.refresh_from_db()
    assert file.next_visit_due == due


def test_a_file_of_another_household_or_a_closed_one_is_refused(town, home, she, at):
    file = opened(town, she, at)
    other = household(town, at, house_no="4")
    with pytest.raises(RegisterRefused):
        go(town, other, at, file=file)
    groups.close(
        file,
        reason=CloseReason.NOT_ENTITLED,
        note="不再享受",
        on=TODAY,
        by=town.post.leader,
        at=at,
        key=uuid4(),
    )
    file.refresh_from_db()
    with pytest.raises(RegisterRefused):
        go(town, home, at, file=file)

    assert Visit.objects.count() == 0


def test_a_visit_to_a_sensitive_file_exists_for_named_roles_only(town, home, she, at):
    go(town, home, at, file=opened(town, she, at, "SQJZ"))

    def sees(name):
        return Visit.objects.seen_by(scope_of(town.user[name], at)).exists()

    assert {
        name for name in ("leader", "direct", "secretary", "first", "maintainer", "member") if sees(name)
    } == {
        "leader",
        "direct",
        "secretary",
    }


# --- what lies sealed -----------------------------------------------------------------------------------


def test_what_was_said_and_where_she_stood_lie_sealed(town, home, at):
    position = Position(Decimal("34.751234"), Decimal("113.612345"), 12)
    done = go(town, home, at, position=position)

    again = Visit.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT v::text FROM residents_visit v")
        row = cursor.fetchone()[0]
    assert (str(again.what), str(again.position), str(done.what)) == ("***", "***", "***")
    assert again.position.open() == "34.751234,113.612345,12"
    assert SAID not in row and SAID.encode().hex() not in row and "113.612345" not in row


def test_who_reads_it_says_why_and_is_on_record(town, home, she, at):
    done = go(town, home, at)

    said = actions.read_visit(done, reason="核对暖气报修", by=town.post.leader, at=at)

    look = Look.objects.get()
    assert (said, look.kind, look.visit, look.resident) == (SAID, LookKind.VISIT, done, she)


def test_without_a_reason_or_beyond_the_limit_it_stays_sealed(town, home, she, at):
    done = go(town, home, at)
    facts = {"reason": "试行", "since": TODAY, "looks_per_hour": 1, "key": uuid4()}
    actions.set_register_policy(town.grid.street, by=town.post.secretary, at=at, **facts)
    with pytest.raises(RegisterRefused):
        actions.read_visit(done, reason=" ", by=town.post.leader, at=at)
    actions.read_visit(done, reason="核对暖气报修", by=town.post.leader, at=at)

    with pytest.raises(LooksExhausted):
        actions.read_visit(done, reason="核对暖气报修", by=town.post.leader, at=at)

    assert Look.objects.count() == 1


# --- the due list ---------------------------------------------------------------------------------------


def listed(town, at, name="leader"):
    scope = scope_of(town.user[name], at)
    sections, _is_cut = due_list(scope, Reader(scope, TODAY))
    return {
        section.key: [str(one.household.dwelling.door) for one in section.entries] for section in sections
    }


def test_special_groups_come_first_then_what_is_due_then_what_comes(town, home, she, at):
    opened(town, she, at - timedelta(days=40))
    homes = {n: household(town, at, house_no=str(n)) for n in (4, 5, 6)}
    for n, due in ((4, -1), (5, 3), (6, 30)):
        plan(homes[n], day(due))

    assert listed(town, at) == {
        "groups": ["3号楼2单元501室"],
        "ordinary": ["4号楼2单元501室"],
        "coming": ["5号楼2单元501室"],
    }


def test_doors_stand_in_walking_order(town, home, at):
    plan(home, day(-1))
    for number in ("102", "1201", "301"):
        dwelling = actions.register_dwelling(
            home.dwelling.house, unit_no="1", room_no=number, by=town.post.leader, at=at
        )
        plan(actions.open_household(dwelling, on=TODAY, by=town.post.leader, at=at), day(-int(number)))
    far = household(town, at, house_no="10")
    plan(far, day(-9))

    assert listed(town, at)["ordinary"] == [
        "3号楼1单元102室",
        "3号楼1单元301室",
        "3号楼1单元1201室",
        "3号楼2单元501室",
        "10号楼2单元501室",
    ]


def test_a_household_that_nobody_has_planned_is_due(town, home, at):
    plan(home, None)

    assert listed(town, at) == {"ordinary": ["3号楼2单元501室"]}


def test_nobody_is_led_to_the_doors_of_others(town, home, at):
    plan(home, day(-1))

    assert [listed(town, at, name) for name in ("leader2", "secretary", "far_leader")] == [{}, {}, {}]
    assert listed(town, at, "direct") == listed(town, at, "member") == listed(town, at)


def test_who_may_not_see_files_is_led_to_households_only(town, home, she, at):
    opened(town, she, at - timedelta(days=40))
    plan(home, day(30))

    assert (listed(town, at, "member"), list(listed(town, at))) == ({}, ["groups"])


def test_a_person_who_has_left_is_not_visited(town, home, she, at):
    file = opened(town, she, at - timedelta(days=40))
    actions.leave(she, change=Change.DIE, on=TODAY, by=town.post.leader, at=at, key=uuid4())

    file.refresh_from_db()
    assert (file.is_open, listed(town, at)) == (False, {})


# --- up the levels --------------------------------------------------------------------------------------


@pytest.fixture
def month(town, at):
    """In one grid: one visit on time, one late, one overdue still to do, one due today; one elsewhere."""
    homes = [household(town, at, house_no=str(n)) for n in range(1, 5)]
    for home, due in zip(homes, (0, -2, -5, 0), strict=True):
        plan(home, day(due), day(-180))
    go(town, homes[0], at)
    go(town, homes[1], at)
    plan(household(town, at, grid="three", house_no="7"), day(-40))
    return homes


def counted(town, at, place="street", name="secretary"):
    lines, total = table(town.grid[place], scope_of(town.user[name], at), TODAY)
    return {line.grid.name: (*line.counts.values(), line.percent) for line in [*lines, total]}


def test_every_grid_says_how_it_keeps_up(town, at, month):
    assert counted(town, at) == {
        "东街社区": (2, 1, 2, 1, 4, "25.0%"),
        "西街社区": (1, 1, 0, 0, 0, "—"),
        "三官庙街道": (3, 2, 2, 1, 4, "25.0%"),
    }


def test_the_page_of_a_building_grid_counts_itself(town, at, month):
    assert counted(town, at, "one", "leader")["一号网格"] == (2, 1, 2, 1, 4, "25.0%")


def test_every_number_leads_to_its_rows(town, at, month):
    scope = scope_of(town.user.secretary, at)
    _lines, total = table(town.grid.street, scope, TODAY)

    for figure in Figure:
        found = rows(town.grid.street, figure, scope, TODAY)
        number = len(found.households) + len(found.files) + len(found.visits)
        assert (figure, number, found.hidden) == (figure, total.counts[figure], 0)


def test_what_somebody_may_not_see_is_said_as_a_number(town, at, home, she):
    opened(town, she, at - timedelta(days=40))
    scope = scope_of(town.user.maintainer, at)

    found = rows(town.grid.one, Figure.DUE, scope, TODAY)

    assert (found.households, found.files, found.hidden) == ([], [], 1)
    assert table(town.grid.one, scope, TODAY)[1].counts["due"] == 1


def test_sensitive_groups_count_only_for_who_may_know_of_them(town, at, home, she):
    opened(town, she, at - timedelta(days=40), "SQJZ")

    seen = {name: counted(town, at, "one", name)["一号网格"][0] for name in ("leader", "first", "official")}

    assert seen == {"leader": 1, "first": 0, "official": 0}


@pytest.mark.parametrize("number", [1, 5])
def test_the_figures_cost_the_same_whatever_they_count(town, at, number, django_assert_num_queries):
    for n in range(number):
        plan(household(town, at, house_no=str(n)), day(-1))
    scope = scope_of(town.user.secretary, at)

    with django_assert_num_queries(4):
        table(town.grid.street, scope, TODAY)


# --- the pages ------------------------------------------------------------------------------------------


@pytest.fixture
def leader(client, town, time_machine, at):
    time_machine.move_to(at, tick=False)
    client.force_login(town.user.leader)
    return client


def sent(**facts):
    return {"key": uuid4(), "purpose": "care", "met": "self", "what": SAID, **facts}


def form_of(home):
    return f"/visits/household/{home.pk}/"


def test_one_tap_leads_from_the_list_to_the_form_and_back_without_the_door(leader, town, home, at):
    plan(home, day(-1))
    assert form_of(home) in leader.get("/visits/").content.decode()

    page = leader.post(form_of(home), sent(), follow=True)

    assert page.status_code == 200 and SAID not in page.content.decode()
    assert form_of(home) not in leader.get("/visits/").content.decode()


def test_the_list_says_when_somebody_was_there_last_and_what_was_agreed(leader, town, home, at):
    go(town, home, at - timedelta(days=1), met=Met.NOBODY, what="", agreed=day(1))
    plan(home, day(-1), day(-200))

    page = leader.get("/visits/").content.decode()

    assert all(words in page for words in ("逾期 1 天", "2026-03-08", "无人在家", "约定 09-25"))


def test_the_form_offers_the_files_of_the_household(leader, town, home, she, at):
    file = opened(town, she, at)

    page = leader.get(form_of(home), {"file": file.pk})

    assert page.context["form"]["file"].value() == str(file.pk)
    leader.post(form_of(home), sent(file=file.pk))
    assert Visit.objects.get().file == file


def test_photos_are_kept_and_served_in_scope_only(leader, client, town, home, at):
    leader.post(form_of(home), sent(photos=[upload()]))
    photo = VisitPhoto.objects.get()

    answer = leader.get(photo.get_absolute_url())
    assert answer.getvalue()[:3] == b"\xff\xd8\xff"
    client.force_login(town.user.leader2)

    assert (answer.status_code, answer["X-Content-Type-Options"], answer["Content-Type"]) == (
        200,
        "nosniff",
        "image/jpeg",
    )
    assert client.get(photo.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"met": ""},
        {"met": "ghost"},
        {"purpose": "tea"},
        {"what": ""},
        {"what": "字" * 501},
        {"agreed": "2026-09-24"},
        {"agreed": "gestern"},
        {"file": "1"},
        {"key": "x"},
        {"latitude": "34.7"},
        {"latitude": "134.7", "longitude": "113.6"},
    ],
)
def test_nonsense_is_said_and_nothing_is_written(leader, home, wrong):
    answer = leader.post(form_of(home), sent(**wrong))

    home.refresh_from_db()
    assert (answer.status_code, Visit.objects.count(), home.verified_on) == (422, 0, None)


def test_ten_photos_are_one_too_many(leader, home):
    photos = [upload(jpeg(size=(64, 48 + n)), f"{n}.jpg") for n in range(10)]

    assert leader.post(form_of(home), sent(photos=photos)).status_code == 422
    assert (Visit.objects.count(), VisitPhoto.objects.count()) == (0, 0)


def test_what_was_said_is_shown_once_to_who_says_why(leader, town, home, she, at):
    done = go(town, home, at)
    page = done.get_absolute_url()

    refused = leader.post(f"{page}read/", {"reason": "a"})
    shown = leader.post(f"{page}read/", {"reason": "核对暖气报修"})

    assert (refused.status_code, SAID in refused.content.decode()) == (422, False)
    assert (shown.status_code, SAID in shown.content.decode(), shown["Cache-Control"]) == (
        200,
        True,
        "no-store",
    )
    assert SAID not in leader.get(page).content.decode()


def test_who_only_reads_figures_sees_numbers_and_no_doors(client, town, home, at, time_machine):
    time_machine.move_to(at, tick=False)
    plan(home, day(-1))
    client.force_login(town.user.official)

    page = client.get("/visits/", follow=True)

    assert (page.redirect_chain, page.context["total"].counts["overdue"]) == ([("/visits/figures/", 302)], 1)
    assert "/visits/figures/rows/" not in page.content.decode()
    assert client.get("/visits/figures/rows/", {"grid": town.grid.street.code}).status_code == 403


def test_the_figures_lead_down_to_the_doors(client, town, month, at, time_machine):
    time_machine.move_to(at, tick=False)
    client.force_login(town.user.secretary)

    page = client.get("/visits/figures/").content.decode()
    found = client.get("/visits/figures/rows/", {"grid": town.grid.east.code, "figure": "overdue"})

    assert f"grid={town.grid.east.code}&amp;figure=overdue" in page
    assert "平安里 3号楼2单元501室" in found.content.decode()
    assert client.get("/visits/figures/rows/", {"figure": "nonsense"}).status_code == 404
    assert "25.0%" in client.get("/visits/figures/paper/").content.decode()
