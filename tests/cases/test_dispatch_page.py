"""The dispatch desk: what waits, its numbers, two clicks, and who was faster."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import actions
from cases.enums import Action, Step
from cases.models import Case, CaseEvent
from cases.queries.queue import queue
from cases.rules.clock import Limit
from grids.queries import scope_of
from tests.cases.test_lifecycle import walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
DESK = "/dispatch/"
ROWS = "/dispatch/rows/"


@pytest.fixture
def sign_in(client, town):
    def enter(name: str):
        client.force_login(town.user[name])
        return client

    return enter


@pytest.fixture
def now(monkeypatch, at):
    """Requests arrive at the moment the test lives in; `now(later)` moves it."""

    def move(moment):
        monkeypatch.setattr("gridgov.kit.middleware.timezone.now", lambda: moment)

    move(at)
    return move


@pytest.fixture(autouse=True)
def _fresh_reference_data():
    caches["local"].clear()


def panel_url(case: Case) -> str:
    return reverse("cases:panel", args=[case.pk])


def assign(client, case: Case, town, **facts):
    facts = {
        "key": uuid4(), "version": case.version, "next": "dispatch", "unit": f"d{town.department.chengguan.pk}",
        "limit_amount": 2, "limit_unit": "working_days", **facts,
    }  # fmt: skip
    return client.post(reverse("cases:assign", args=[case.pk]), facts)


def bulk(client, *cases: Case, **facts):
    chosen = [f"{case.pk}:{case.version}" for case in cases]
    return client.post(reverse("cases:dispatch_bulk"), {"key": uuid4(), "case": chosen, **facts})


def returned(town, case: Case, at, note="不属于我科职责") -> Case:
    case = actions.assign(
        case, unit=town.department.chengguan, limit=Limit(7), by=town.post.dispatcher, at=at
    )
    return actions.return_(case, note=note, by=town.post.officer, at=at)


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "person", ["leader", "first", "official", "secretary", "supervisor", "officer", "volunteer"]
)
def test_only_the_command_centre_comes_in(person, town, at, sign_in):
    case = town.report(at=at)
    client = sign_in(person)

    answers = [client.get(url).status_code for url in (DESK, ROWS, panel_url(case))] + [
        bulk(client, case).status_code
    ]

    assert answers == [403] * 4


def test_another_streets_case_does_not_exist(town, at, sign_in):
    case = town.report(at=at)
    client = sign_in("far_dispatcher")

    answers = [client.get(panel_url(case)).status_code, client.get("/dispatch/999999999/panel/").status_code]

    assert answers == [404, 404]
    assert client.get(DESK).context["queue"] == []


# --- the queue -----------------------------------------------------------------------------------


def test_the_urgent_come_first_then_the_oldest(town, at, sign_in):
    old = town.report(at=at)
    new = town.report(at=at)
    urgent = town.report(at=at, code="A401")

    rows = sign_in("dispatcher").get(DESK).context["queue"]

    assert [row.pk for row in rows] == [urgent.pk, old.pk, new.pk]
    assert bool(rows[0].urgency) and not rows[1].urgency


def test_a_row_tells_its_age_its_addressee_and_who_has_it(town, at, now, sign_in):
    case = town.report(at=at - timedelta(hours=3))
    actions.claim(case, by=town.post.dispatcher2, at=at)

    row = sign_in("dispatcher").get(DESK).context["queue"][0]

    assert row.age in ("3 hours", "3小时")
    assert (row.unit, row.claimed_by, row.is_mine) == ("城市管理科", "dispatcher2", False)


def test_a_returned_case_tells_how_often_and_why(town, at, sign_in):
    case = returned(town, returned(town, town.report(at=at), at, note="第一次"), at, note="仍不属于我科")

    client = sign_in("dispatcher")
    row = client.get(DESK).context["queue"][0]
    panel = client.get(panel_url(case))

    assert (row.returns, row.return_reason) == (2, "仍不属于我科")
    assert [event.note for event in panel.context["panel"]["returns"]] == ["第一次", "仍不属于我科"]
    assert "fresh_clock_because" in panel.context["panel"]["assign"].fields


# --- the numbers ---------------------------------------------------------------------------------


def test_every_number_leads_to_exactly_its_rows(town, at, now, sign_in):
    for step in Step:
        if step.stage:
            walk(town, town.report(at=at), at, until=step)
    actions.claim(town.report(at=at), by=town.post.dispatcher, at=at)
    actions.claim(town.report(at=at), by=town.post.dispatcher2, at=at)
    town.report(at=at, by="far_leader", grid="nine")
    later = at + timedelta(days=13)
    walk(town, town.report(at=later), later, until=Step.CLOSED)
    today = town.report(at=later)
    actions.assign(today, unit=town.department.chengguan, limit=Limit(20), by=town.post.dispatcher, at=later)
    now(later)
    client = sign_in("dispatcher")

    told = client.get(DESK).context["counters"]

    found = [len(client.get(one["url"]).context["rows"]) for one in told]
    assert found == [one["value"] for one in told]
    assert found == [3, 1, 1, 1, 0, 0, 1, 1, 2, 1]


def test_what_is_late_is_counted_late(town, at, now, sign_in):
    walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    now(at + timedelta(days=60))
    client = sign_in("dispatcher")

    told = {one["url"].split("?")[1]: one["value"] for one in client.get(DESK).context["counters"]}

    assert (told["reach=dispatch&due=overdue"], told["reach=dispatch&only=unsigned"]) == (1, 1)


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_the_desk_is_four_queries_whatever_waits(rows, town, at, sign_in):
    for _ in range(rows):
        returned(town, town.report(at=at), at) if rows < 60 else town.report(at=at)
    client = sign_in("dispatcher")
    client.get(DESK)

    with CaptureQueriesContext(connection) as captured:
        client.get(DESK)

    tables = ('FROM "cases_', 'FROM "grids_department"')
    asked = [
        query["sql"] for query in captured.captured_queries if any(table in query["sql"] for table in tables)
    ]
    assert len(asked) == 4


# --- two clicks ----------------------------------------------------------------------------------


def test_the_panel_suggests_unit_limit_and_six_ones(town, at, sign_in):
    case = town.report(at=at)

    panel = sign_in("dispatcher").get(panel_url(case)).context["panel"]

    form = panel["assign"]
    assert form["unit"].initial == f"d{town.department.chengguan.pk}"
    assert (form["limit_amount"].initial, form["limit_unit"].initial) == (
        case.category.limit_amount, case.category.limit_unit,
    )  # fmt: skip
    assert [post.user for _label, post in panel["ones"]] == [
        town.user.secretary,
        town.user.direct,
        town.user.leader,
    ]


def test_the_panel_is_a_page_or_a_part_of_one(town, at, sign_in):
    case = town.report(at=at)
    client = sign_in("dispatcher")

    page = client.get(panel_url(case)).content.decode()
    part = client.get(panel_url(case), headers={"X-Requested-With": "fetch"}).content.decode()

    assert ("<html" in page, "<html" in part, case.number in part) == (True, False, True)


def test_after_assigning_the_next_case_is_open(town, at, sign_in):
    first, second = town.report(at=at), town.report(at=at)
    client = sign_in("dispatcher")

    answer = assign(client, first, town)
    desk = client.get(answer.url)

    assert answer.url == f"{DESK}?after={first.pk}"
    assert Case.objects.get(pk=first.pk).step == Step.ASSIGNED
    assert desk.context["panel"]["case"] == second
    assert "城市管理科" in desk.content.decode()


def test_the_next_case_is_none_that_a_colleague_has_claimed(town, at, sign_in):
    first, second = town.report(at=at), town.report(at=at)
    actions.claim(second, by=town.post.dispatcher2, at=at)
    client = sign_in("dispatcher")

    desk = client.get(assign(client, first, town).url)

    assert not desk.context["panel"]


def test_a_claim_keeps_the_case_open(town, at, sign_in):
    case = town.report(at=at)
    client = sign_in("dispatcher")

    answer = client.post(
        reverse("cases:claim", args=[case.pk]), {"key": uuid4(), "version": case.version, "next": "dispatch"}
    )

    assert client.get(answer.url).context["panel"]["is_mine"]


def test_a_claim_can_be_taken_over_and_the_colleague_sees_it(town, at, sign_in):
    case = actions.claim(town.report(at=at), by=town.post.dispatcher2, at=at)
    client = sign_in("dispatcher")

    client.post(
        reverse("cases:claim", args=[case.pk]), {"key": uuid4(), "version": case.version, "next": "dispatch"}
    )

    row = sign_in("dispatcher2").get(DESK).context["queue"][0]
    assert (row.claimed_by, row.is_mine) == ("dispatcher", False)


def test_declining_needs_its_reason(town, at, sign_in):
    case = town.report(at=at)
    client = sign_in("dispatcher")
    facts = {"key": uuid4(), "version": case.version, "next": "dispatch"}

    without = client.post(reverse("cases:decline", args=[case.pk]), facts)
    done = client.post(reverse("cases:decline", args=[case.pk]), {**facts, "note": "不属于本街道"})

    assert (without.status_code, without.context["panel"]["is_declining"]) == (422, True)
    assert (done.status_code, Case.objects.get(pk=case.pk).step) == (302, Step.DECLINED)


def test_after_a_return_the_clock_runs_on_unless_a_reason_is_given(town, at, sign_in):
    on, fresh = returned(town, town.report(at=at), at), returned(town, town.report(at=at), at)
    client = sign_in("dispatcher")

    assign(client, on, town)
    assign(client, fresh, town, fresh_clock_because="首派单位错误，重新计时")

    clocks = [case.events.order_by("-seq").first().data["clock"] for case in (on, fresh)]
    assert clocks == ["runs on", "starts"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/admin/", "javascript:alert(1)", ""]
)
def test_next_leads_nowhere_else(target, town, at, sign_in):
    case = town.report(at=at)

    answer = assign(sign_in("dispatcher"), case, town, next=target)

    assert answer.url == case.get_absolute_url()


# --- what cannot be accepted -----------------------------------------------------------------------


@pytest.mark.parametrize(("field", "value"), [
    ("limit_amount", "0"), ("limit_amount", "99999"), ("limit_amount", "-1"), ("limit_amount", "七"), ("limit_amount", ""),
    ("limit_unit", "weeks"), ("unit", ""), ("unit", "d0"), ("unit", "x\x00"), ("instruction", "长" * 501),
    ("instruction", "a\x00b"), ("key", ""), ("key", "not-a-key"), ("version", ""), ("version", "-1"), ("version", "9" * 30),
])  # fmt: skip
def test_bad_input_is_said_in_the_panel(field, value, town, at, sign_in):
    case = town.report(at=at)

    answer = assign(sign_in("dispatcher"), case, town, **{field: value})

    assert (answer.status_code, field in answer.context["panel"]["assign"].errors) == (422, True)
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_unit_of_another_street_cannot_be_chosen(town, at, sign_in):
    case = town.report(at=at)
    client = sign_in("dispatcher")

    answers = [
        assign(client, case, town, unit=f"g{town.grid[name].pk}").status_code
        for name in ("south", "west", "nine")
    ]

    assert answers == [422] * 3


def test_what_was_typed_stays_in_the_refused_form(town, at, sign_in):
    answer = assign(sign_in("dispatcher"), town.report(at=at), town, limit_amount=0, instruction="请注意安全")

    assert "请注意安全" in answer.content.decode()


def test_a_colleague_who_was_faster_is_named(town, at, sign_in):
    case = town.report(at=at)
    actions.assign(case, unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher2, at=at)

    answer = assign(sign_in("dispatcher"), case, town, instruction="请注意安全")

    text = answer.content.decode()
    assert (answer.status_code, "dispatcher2" in text, "请注意安全" in text) == (409, True, True)
    assert Case.objects.get(pk=case.pk).assignments.count() == 1


def test_the_same_form_twice_assigns_once(town, at, sign_in):
    case, key = town.report(at=at), uuid4()
    client = sign_in("dispatcher")

    answers = [assign(client, case, town, key=key).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert case.assignments.count() == 1


def test_the_panel_of_a_case_that_has_moved_on_says_so(town, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)

    page = sign_in("dispatcher").get(panel_url(case))

    assert (page.status_code, page.context["panel"]["last"].action) == (200, Action.ASSIGN)


@pytest.mark.parametrize(
    "query", ["case=x", "case=999999999", "after=9" * 20, "after=\x00", "case=-1", "case=٣"]
)
def test_strange_addresses_are_the_plain_desk(query, town, sign_in):
    page = sign_in("dispatcher").get(f"{DESK}?{query}")

    assert (page.status_code, page.context["panel"]) == (200, None)


# --- live ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "?part=counters"])
def test_nothing_new_is_a_304_and_something_new_is_not(part, town, at, now, sign_in):
    case = town.report(at=at)
    client = sign_in("dispatcher")
    first = client.get(ROWS + part)
    headers = {"If-None-Match": first["ETag"]}

    same = client.get(ROWS + part, headers=headers)
    actions.claim(case, by=town.post.dispatcher2, at=at)
    moved = client.get(ROWS + part, headers=headers)
    now(at + timedelta(minutes=2))
    later = client.get(ROWS + part, headers={"If-None-Match": moved["ETag"]})

    assert [answer.status_code for answer in (first, same, moved, later)] == [200, 304, 200, 200]


@pytest.mark.parametrize("change", ["report", "assign", "decline", "elsewhere"])
def test_the_key_changes_with_every_move_in_the_street_and_no_other(change, town, at, now, sign_in):
    case = town.report(at=at)
    client = sign_in("dispatcher")
    key = client.get(ROWS)["ETag"]

    match change:
        case "report":
            town.report(at=at)
        case "assign":
            walk(town, case, at, until=Step.ASSIGNED)
        case "decline":
            actions.decline(case, note="不属于本街道", by=town.post.dispatcher, at=at)
        case "elsewhere":
            town.report(at=at, by="far_leader", grid="nine")

    assert (client.get(ROWS)["ETag"] == key) == (change == "elsewhere")


def test_a_304_costs_one_question(town, at, now, sign_in):
    town.report(at=at)
    client = sign_in("dispatcher")
    etag = client.get(ROWS)["ETag"]

    with CaptureQueriesContext(connection) as captured:
        client.get(ROWS, headers={"If-None-Match": etag})

    assert sum('FROM "cases_' in query["sql"] for query in captured.captured_queries) == 1


# --- several at once -------------------------------------------------------------------------------


def test_each_goes_where_its_category_says_and_each_is_reported(town, at, sign_in):
    plain, assigned, back = town.report(at=at), town.report(at=at), returned(town, town.report(at=at), at)
    no_unit = town.report(at=at, code="A501")
    seen = assigned.version
    actions.assign(assigned, unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher2, at=at)
    assigned.version = seen
    far = town.report(at=at, by="far_leader", grid="nine")

    answer = bulk(sign_in("dispatcher"), plain, assigned, back, no_unit, far)

    results = answer.context["results"]
    assert [(result.case and result.case.pk, result.done) for result in results] == [
        (plain.pk, True), (assigned.pk, False), (back.pk, False), (no_unit.pk, results[3].done), (None, False),
    ]  # fmt: skip
    assert "dispatcher2" in results[1].text
    assert Case.objects.get(pk=plain.pk).holder_department == town.department.chengguan


def test_a_case_in_a_colleagues_hands_is_left_alone(town, at, sign_in):
    meanwhile, before, mine = (town.report(at=at) for _ in range(3))
    actions.claim(meanwhile, by=town.post.dispatcher2, at=at)
    before = actions.claim(before, by=town.post.dispatcher2, at=at)
    mine = actions.claim(mine, by=town.post.dispatcher, at=at)

    answer = bulk(sign_in("dispatcher"), meanwhile, before, mine)

    assert [result.done for result in answer.context["results"]] == [False, False, True]


def test_the_same_bulk_twice_assigns_once_and_says_the_same(town, at, sign_in):
    cases, key = [town.report(at=at) for _ in range(3)], uuid4()
    client = sign_in("dispatcher")

    answers = [bulk(client, *cases, key=key).context["assigned"] for _ in range(2)]

    assert answers == [3, 3]
    assert CaseEvent.objects.filter(action=Action.ASSIGN).count() == 3


@pytest.mark.parametrize("chosen", [
    [], ["x"], ["1:x"], ["\x00"], ["-1:1"], ["9" * 40], [":"], ["٣:1"], [f"{n}:1" for n in range(51)],
])  # fmt: skip
def test_a_strange_selection_is_said(chosen, town, sign_in):
    answer = sign_in("dispatcher").post(reverse("cases:dispatch_bulk"), {"key": uuid4(), "case": chosen})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["case"])


def test_the_orders_of_several_print_together(town, at, sign_in):
    given = [walk(town, town.report(at=at), at, until=Step.ASSIGNED) for _ in range(2)]
    waiting = town.report(at=at)
    far = town.report(at=at, by="far_leader", grid="nine")
    query = "&".join(f"case={case.pk}" for case in (*given, waiting, far))

    page = sign_in("dispatcher").get(f"{reverse('cases:orders')}?{query}")

    assert [assignment.case for assignment, _address in page.context["given"]] == given
    assert page.context["without"] == [waiting]
    assert far.number not in page.content.decode()


@pytest.mark.parametrize("query", ["", "case=x", "case=%00"])
def test_no_selection_prints_nothing(query, town, sign_in):
    assert sign_in("dispatcher").get(f"{reverse('cases:orders')}?{query}").status_code == 422


# --- cost ------------------------------------------------------------------------------------------


def test_the_queue_is_two_queries(town, at, django_assert_num_queries):
    for _ in range(3):
        returned(town, town.report(at=at), at)
    scope = scope_of(town.user.dispatcher, at)
    queue(scope, at)

    with django_assert_num_queries(2):
        assert len(queue(scope, at)) == 3
