"""The page of one case: what it shows, what it offers, how it answers."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from cases import actions
from cases.enums import Action, Refusal, Step
from cases.models import Case, CaseEvent
from cases.rules.clock import Limit
from cases.rules.lifecycle import EDGES
from tests.cases.walks import photo, walk
from tests.photos import jpeg, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_that_thursday(at):
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def sign_in(client, town):
    def enter(name: str):
        client.force_login(town.user[name])
        return client

    return enter


def send(client, case: Case, action: Action, **facts):
    facts = {"key": uuid4(), "version": case.version, **facts}
    return client.post(reverse(f"cases:{action.value}", args=[case.pk]), facts)


def test_it_shows_where_the_case_stands(town, calendar, at, sign_in):
    case = town.report(at=at)

    page = sign_in("leader").get(case.get_absolute_url())

    assert page.status_code == 200
    assert case.number in page.content.decode()


OVER = {"recategorise", "flag"}  # the dispatcher, wherever a case is open

EXPECTED = {
    # step            person        buttons
    ("reported",      "dispatcher"): {"claim", "assign", "decline", "merge"} | OVER,
    ("reported",      "leader"):     {"withdraw"},
    ("reported",      "first"):      set(),
    ("assigned",      "officer"):    {"sign", "return"},
    ("assigned",      "dispatcher"): {"recall", "invite"} | OVER,
    ("assigned",      "leader"):     set(),
    ("handling",      "officer"):    {"feed_back", "extend", "suspend"},
    ("handling",      "dispatcher"): {"transfer", "invite"} | OVER,
    ("fed_back",      "direct"):     {"pass", "fail"},
    ("fed_back",      "officer"):    set(),
    ("fed_back",      "leader"):     {"pass", "fail"},
    ("verified",      "dispatcher"): {"close"} | OVER,
    ("verified",      "supervisor"): {"supervise"},
    ("closed",        "supervisor"): {"reopen"},
    ("closed",        "leader"):     set(),
}  # fmt: skip


@pytest.mark.parametrize(("person", "is_led"), [("leader", True), ("dispatcher", True), ("officer", False)])
def test_it_leads_to_the_grid_for_whom_there_is_one(person, is_led, town, calendar, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)

    page = sign_in(person).get(case.get_absolute_url()).content.decode()

    assert (f'href="{case.grid.get_absolute_url()}"' in page) == is_led


@pytest.mark.parametrize(("step", "person"), EXPECTED)
def test_it_offers_exactly_what_the_table_allows(step, person, town, calendar, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step(step))

    page = sign_in(person).get(case.get_absolute_url())

    assert {move.action.value for move in page.context["moves"]} == EXPECTED[step, person]


def test_a_dispatcher_assigns_in_one_post(town, calendar, at, sign_in):
    case = town.report(at=at)
    client = sign_in("dispatcher")
    unit = f"d{town.department.chengguan.pk}"

    answer = send(client, case, Action.ASSIGN, unit=unit, limit_amount=2, limit_unit="working_days")

    case.refresh_from_db()
    assert (answer.status_code, case.step, case.holder_department) == (
        302,
        Step.ASSIGNED,
        town.department.chengguan,
    )


def test_the_same_form_twice_is_one_move(town, calendar, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    client, key = sign_in("officer"), uuid4()

    answers = [send(client, case, Action.SIGN, key=key).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert CaseEvent.objects.filter(case=case, action=Action.SIGN).count() == 1


def test_a_case_that_has_moved_on_answers_409_and_keeps_what_was_typed(town, calendar, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    seen = case.version
    actions.recall(case, note="派错了", by=town.post.dispatcher, at=at)
    client = sign_in("officer")

    answer = send(client, case, Action.RETURN, version=seen, note="不属于我科职责")

    assert answer.status_code == 409
    assert "不属于我科职责" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).version == seen + 1


TYPED = {
    # action          what was sent                              what the person had seen of it
    Action.ASSIGN:    ({"unit": "d{unit}", "limit_amount": "2", "limit_unit": "working_days"},
                       [("承办单位", "城市管理科"), ("时限", "2"), ("计量单位", "个工作日")]),
    Action.PASS:      ({"method": "on_site"},                    [("认定方式", "现场查看")]),
    Action.CLOSE:     ({"evaluation": "good", "note": "及时"},   [("综合评价", "好"), ("备注", "及时")]),
    Action.FEED_BACK: ({"result": "已清运", "keep_position": "on"},
                       [("处理经过和结果", "已清运"), ("处理后照片", "1.jpg\n2.jpg"), ("保留照片中的位置信息", "是")]),
}  # fmt: skip
WHO = {
    Action.ASSIGN: "dispatcher",
    Action.PASS: "direct",
    Action.CLOSE: "dispatcher",
    Action.FEED_BACK: "officer",
}


@pytest.mark.parametrize("action", TYPED)
def test_what_was_typed_is_kept_in_the_words_of_the_screen(action, town, calendar, at, sign_in):
    sent, seen = TYPED[action]
    facts = {name: value.format(unit=town.department.chengguan.pk) for name, value in sent.items()}
    if action == Action.FEED_BACK:
        facts["photos"] = [upload(jpeg("red"), "1.jpg"), upload(jpeg("blue"), "2.jpg")]
    source = next(edge.source for edge in EDGES if edge.action == action)
    case = walk(town, town.report(at=at), at, until=source)

    answer = send(sign_in(WHO[action]), case, action, version=case.version + 1, **facts)

    assert answer.status_code == 409
    assert answer.context["typed"] == seen


def test_what_lies_outside_the_subtree_does_not_exist(town, calendar, at, sign_in):
    case = town.report(at=at)
    client = sign_in("far_leader")

    outside = client.get(case.get_absolute_url())
    unknown = client.get(reverse("cases:detail", args=[10**9]))

    assert (outside.status_code, unknown.status_code) == (404, 404)


def test_inside_without_the_right_is_forbidden(town, calendar, at, sign_in):
    case = town.report(at=at)

    answer = send(sign_in("first"), case, Action.DECLINE, note="不予受理")

    assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).step == Step.REPORTED


REASONS = {
    # action          until      who              sent                        why she may not
    Action.WITHDRAW: ("reported", "member",  {"note": "看错了"},                Refusal.NOT_THE_REPORTER),
    Action.SIGN:     ("assigned", "leader",  {},                              Refusal.NOT_THE_HOLDER),
    Action.SETTLE:   ("reported", "direct",  {"result": "已清运"},              Refusal.NOT_A_SETTLER),
    Action.PASS:     ("fed_back", "leader",  {"method": "on_site"},           Refusal.HANDLED_IT),
    Action.CLOSE:    ("verified", "leader",  {"evaluation": "good"},          Refusal.NO_RIGHT),
}  # fmt: skip


@pytest.mark.parametrize("action", REASONS)
def test_who_is_refused_reads_why(action, town, calendar, at, sign_in):
    step, who, facts, refusal = REASONS[action]
    case = town.report(at=at)
    if action == Action.PASS:
        case = handled_by_the_leader(town, case, at)
    case = walk(town, case, at, until=Step(step))
    if action == Action.SETTLE:
        facts = {**facts, "photos": [upload()]}

    answer = send(sign_in(who), case, action, **facts)

    page = answer.content.decode()
    assert answer.status_code == 403
    assert (str(refusal.label) in page) == (refusal != Refusal.NO_RIGHT)
    assert ("您的任职不含这项权限" in page) == (refusal == Refusal.NO_RIGHT)


def handled_by_the_leader(town, case, at):
    case = actions.assign(case, unit=town.grid.one, limit=Limit(7), by=town.post.dispatcher, at=at)
    case = actions.sign(case, by=town.post.leader, at=at)
    return actions.feed_back(case, result="已清运", by=town.post.leader, at=at, photos=[photo()])


def test_what_has_been_returned_twice_is_not_returned_and_nobody_was_faster(town, calendar, at, sign_in):
    case = town.report(at=at)
    for _ in range(2):
        case = walk(town, case, at, until=Step.ASSIGNED)
        case = actions.return_(case, note="不属于我科", by=town.post.officer, at=at)
    case = walk(town, case, at, until=Step.ASSIGNED)

    answer = send(sign_in("officer"), case, Action.RETURN, note="还是不属于我科")

    assert_is_too_late(answer, Refusal.RETURNED_TWICE, "还是不属于我科")


def test_a_case_closed_long_ago_is_not_reopened_and_nobody_was_faster(town, calendar, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step.CLOSED)

    with time_machine.travel(at + timedelta(days=31), tick=False):
        answer = send(sign_in("supervisor"), case, Action.REOPEN, note="又堆起来了")

    assert_is_too_late(answer, Refusal.TOO_OLD_TO_REOPEN, "又堆起来了")


def assert_is_too_late(answer, refusal, typed):
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "现在不能再这样办理" in page
    assert "已有人先办理" not in page
    assert str(refusal.label) in page
    assert typed in page


def test_a_result_without_its_photo_is_refused_in_words(town, calendar, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step.HANDLING)

    answer = send(sign_in("officer"), case, Action.FEED_BACK, result="已清运")

    assert answer.status_code == 422
    assert answer.context["refused"].errors["photos"]
    assert Case.objects.get(pk=case.pk).step == Step.HANDLING


def test_why_this_deadline_lists_every_day(town, calendar, at, sign_in):
    case = town.report(at=at)
    actions.assign(case, unit=town.department.chengguan, limit=Limit(7), by=town.post.dispatcher, at=at)

    page = sign_in("officer").get(reverse("cases:why", args=[case.pk]))

    days = page.context["reasons"][0].days
    assert [day.date[5:] for day in days if day.counts] == [
        "09-28", "09-29", "09-30", "10-08", "10-09", "10-10", "10-12",
    ]  # fmt: skip
    assert page.context["reasons"][0].due.when == "10-12 24:00"


def test_why_this_deadline_tells_several_assignments_to_one_unit_apart(town, calendar, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    case = actions.return_(case, note="不属于我科", by=town.post.officer, at=at)
    case = walk(town, case, at, until=Step.ASSIGNED)

    page = sign_in("officer").get(reverse("cases:why", args=[case.pk])).content.decode()

    assert re.findall(r'<h2 id="why.*?>(.*?)</h2>', page) == [
        "第2次交办：城市管理科，期限 10-12 24:00",
        "第1次交办：城市管理科，期限 10-12 24:00",
    ]


def test_the_printed_order_names_who_stands_for_it(town, calendar, at, sign_in):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    assignment = case.assignments.get()

    page = sign_in("officer").get(reverse("cases:order", args=[case.pk, assignment.pk]))

    text = page.content.decode()
    assert page.status_code == 200
    assert all(str(person) in text for person in (town.user.secretary, town.user.direct, town.user.leader))


@pytest.mark.parametrize(
    ("language", "limit", "day"),
    [
        ("zh-hans", "在7个工作日内（至2026年10月5日24:00）办结", "2026年9月24日"),
        ("en", "within 7 working days (by Oct. 5, 2026, 24:00)", "Sept. 24, 2026"),
    ],
)
def test_the_printed_order_names_days_with_their_year(town, at, sign_in, language, limit, day):
    case = walk(town, town.report(at=at, code="C201"), at, until=Step.ASSIGNED)
    client = sign_in("dispatcher")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    text = client.get(reverse("cases:order", args=[case.pk, case.assignments.get().pk])).content.decode()

    assert (limit in text, text.count(day)) == (True, 2), text
