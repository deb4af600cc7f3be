"""The inquiry on screen and on paper: whose turn it is, what each side may do, and what is watched about it."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from cases import actions
from cases.enums import Action, InquiryState, InquiryWaiting, Verdict, Waiting
from cases.models import Case, Inquiry
from cases.queries import watch
from cases.queries.desk import sections, waiting_count
from cases.rules.clock import Limit
from grids.queries import scope_of
from tests.cases.test_seven_days import COMMUNITY_DUE, THURSDAY, at_the_community

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 10, 13, 9, 0, tzinfo=SHANGHAI)  # nine hours after the community's limit
REPLY_DUE = datetime(2026, 10, 16, 0, 0, tzinfo=SHANGHAI)  # two working days later, 24:00

ANSWER = {"progress": "已立项", "cause": "等待招标", "measures": "十月底前完工"}


@pytest.fixture(autouse=True)
def clock(calendar):
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def right(town) -> Inquiry:
    at_the_community(town)
    actions.sweep(at=COMMUNITY_DUE)
    return Inquiry.objects.get()


@pytest.fixture
def issued(town, right) -> Inquiry:
    return actions.ask(right, question="请说明处理进展", by=town.post.leader, at=TUESDAY)


@pytest.fixture
def answered(town, issued) -> Inquiry:
    return actions.answer(issued, **ANSWER, by=town.post.direct, at=TUESDAY)


@pytest.fixture
def objected(town, answered) -> Inquiry:
    return actions.object_(answered, note="没有写明由谁负责", by=town.post.leader, at=TUESDAY)


@pytest.fixture
def sign_in(client, town):
    def enter(name: str):
        client.force_login(town.user[name])
        return client

    return enter


def send(client, paper: Inquiry, action: Action, **facts):
    facts = {"key": uuid4(), "version": fresh(paper).case.version, **facts}
    return client.post(reverse(f"cases:{action.value}", args=[paper.pk]), facts)


def fresh(paper: Inquiry) -> Inquiry:
    return Inquiry.objects.select_related("case").get(pk=paper.pk)


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


# --- the page of one inquiry -------------------------------------------------------------------------

OFFERED = {
    # state       person        what she may do
    ("right",     "leader"):     {"ask"},
    ("right",     "direct"):     set(),
    ("right",     "dispatcher"): set(),
    ("issued",    "direct"):     {"answer"},
    ("issued",    "first"):      set(),
    ("issued",    "leader"):     set(),
    ("issued",    "official"):   set(),
    ("answered",  "leader"):     {"accept", "object"},
    ("answered",  "direct"):     set(),
    ("objected",  "supervisor"): {"decide"},
    ("objected",  "secretary"):  {"decide"},
    ("objected",  "official"):   set(),
    ("objected",  "direct"):     set(),
}  # fmt: skip


@pytest.mark.parametrize(("state", "person"), OFFERED)
def test_it_offers_exactly_what_the_table_allows(state, person, request, sign_in):
    paper = request.getfixturevalue(state)

    page = sign_in(person).get(paper.get_absolute_url())

    assert {panel.action.value for panel in page.context["moves"]} == OFFERED[state, person]


def test_a_right_becomes_a_numbered_paper_in_one_post(right, sign_in):
    answer = send(sign_in("leader"), right, Action.ASK, question="请说明处理进展")

    paper = fresh(right)
    assert (answer.status_code, answer["Location"]) == (302, right.get_absolute_url())
    assert (paper.state, paper.number) == (InquiryState.ISSUED, "东街社区一号网格〔2026〕质询0001号")
    assert (paper.question, paper.reply_due_at) == ("请说明处理进展", REPLY_DUE)


def test_the_three_questions_of_the_articles_stand_in_the_form(right, sign_in):
    page = text_of(sign_in("leader").get(right.get_absolute_url()))

    assert "1．处理进展情况；" in page
    assert "3．下一步措施和完成时限。" in page


def test_the_page_tells_both_sides_the_expiry_and_the_course(objected, sign_in):
    page = text_of(sign_in("supervisor").get(objected.get_absolute_url()))

    for words in ("一号网格", "东街社区", "三官庙街道", objected.case.number, "至 10-12 24:00"):
        assert words in page
    for words in ("请说明处理进展", *ANSWER.values(), "没有写明由谁负责"):
        assert words in page


def test_the_course_is_that_of_this_paper_alone(town, objected, sign_in):
    other = at_the_community(town, THURSDAY + timedelta(minutes=1))
    actions.sweep(at=TUESDAY)

    page = sign_in("leader").get(objected.get_absolute_url())

    told = [line.label for line in page.context["events"]]
    assert told == [
        f"对答复提出异议 {objected.number}",
        f"答复质询 {objected.number}",
        f"提出质询 {objected.number}",
        "一号网格可以质询东街社区",
        "东街社区办理超期",
        "上报至东街社区",
    ]
    assert other.inquiries.count() == 1


def test_why_the_limit_lists_the_days_and_their_reasons(issued, sign_in):
    page = sign_in("leader").get(issued.get_absolute_url())

    limit = page.context["limit"]
    assert limit.amount == 2
    assert [(day.date, day.counts) for day in limit.days] == [("2026-10-14", True), ("2026-10-15", True)]


def test_the_limit_is_explained_by_the_policy_of_its_day(town, issued, sign_in, clock):
    later = TUESDAY + timedelta(minutes=5)
    actions.set_policy(town.grid.district, reply_days=5, reason="试行", by=town.post.official, at=later)
    clock.shift(timedelta(hours=1))

    page = sign_in("leader").get(issued.get_absolute_url())

    assert (page.context["limit"].amount, page.context["limit"].recounted) == (2, "")


def test_a_limit_in_a_year_without_its_calendar_says_that_it_is_provisional(town, sign_in, clock):
    """Issued on the last working day of the year, to be answered in the next."""
    begun = datetime(2026, 12, 21, 9, 0, tzinfo=SHANGHAI)
    at_the_community(town, begun)
    asked = datetime(2026, 12, 31, 9, 0, tzinfo=SHANGHAI)
    actions.sweep(at=asked)
    paper = actions.ask(Inquiry.objects.get(), question="请说明", by=town.post.leader, at=asked)
    clock.move_to(asked)

    client = sign_in("leader")

    for address in (paper.get_absolute_url(), "/inquiries/", f"{paper.get_absolute_url()}letter/"):
        assert "暂定" in text_of(client.get(address)), address


def test_the_same_form_twice_is_one_inquiry(right, sign_in):
    client, facts = sign_in("leader"), {"key": uuid4(), "version": right.case.version, "question": "请说明"}

    answers = [send(client, right, Action.ASK, **facts).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert right.case.events.filter(action=Action.ASK).count() == 1


def test_a_colleague_answered_first_and_what_was_typed_is_kept(town, issued, sign_in):
    seen = issued.case.version
    actions.answer(issued, **ANSWER, by=town.post.direct, at=TUESDAY)

    answer = send(
        sign_in("direct"), issued, Action.ANSWER, version=seen, progress="别的进展", cause="原因", measures="措施"
    )  # fmt: skip

    assert answer.status_code == 409
    assert "别的进展" in answer.content.decode()
    assert f'href="{issued.get_absolute_url()}"' in answer.content.decode()
    assert fresh(issued).progress == ANSWER["progress"]


def test_a_case_that_moved_on_meanwhile_is_looked_at_again_and_the_way_leads_back_here(town, issued, sign_in):
    seen = issued.case.version
    actions.sign(fresh(issued).case, by=town.post.dispatcher, at=TUESDAY)

    answer = send(sign_in("direct"), issued, Action.ANSWER, version=seen, **ANSWER)

    page = answer.content.decode()
    assert (answer.status_code, "dispatcher" in page) == (409, True)
    assert f'href="{issued.get_absolute_url()}"' in page and ANSWER["progress"] in page


def test_an_answer_that_lacks_a_part_keeps_the_others(issued, sign_in):
    answer = send(sign_in("direct"), issued, Action.ANSWER, progress="已立项", cause="", measures="月底前")

    assert answer.status_code == 422
    assert "已立项" in answer.content.decode() and "月底前" in answer.content.decode()
    assert fresh(issued).state == InquiryState.ISSUED


def test_a_second_answer_is_too_late(answered, sign_in):
    answer = send(sign_in("direct"), answered, Action.ANSWER, **ANSWER)

    assert answer.status_code == 409
    assert "没有等待这一步的质询" in answer.content.decode()


def test_the_questioned_side_cannot_settle_it_for_the_asker(answered, sign_in):
    answer = send(sign_in("direct"), answered, Action.ACCEPT)

    assert answer.status_code == 403
    assert "只有享有质询权的网格才能这样操作" in answer.content.decode()


def test_an_answer_after_the_limit_is_taken_and_marked_late(issued, sign_in, clock):
    clock.move_to(REPLY_DUE + timedelta(hours=9))
    actions.sweep(at=REPLY_DUE)

    answer = send(sign_in("direct"), issued, Action.ANSWER, **ANSWER)

    assert answer.status_code == 302
    page = text_of(sign_in("leader").get(issued.get_absolute_url()))
    assert "逾期答复" in page


def test_the_level_above_decides_and_that_is_the_end(objected, sign_in):
    send(sign_in("supervisor"), objected, Action.DECIDE, verdict="upheld", note="限三日内办结")

    page = sign_in("leader").get(objected.get_absolute_url())
    assert "质询成立" in text_of(page) and "限三日内办结" in text_of(page)
    assert page.context["moves"] == []


def test_the_questioned_side_can_neither_decline_nor_merge_it_away(town, issued, sign_in):
    """The street takes the case back and tries to end it unhandled."""
    case = actions.recall(fresh(issued).case, note="收回", by=town.post.dispatcher, at=TUESDAY)
    into = town.report(at=TUESDAY)
    client = sign_in("dispatcher")

    for action, facts in (("decline", {}), ("merge", {"into": into.number})):
        facts |= {"key": uuid4(), "version": case.version, "note": "不再办理"}
        answer = client.post(reverse(f"cases:{action}", args=[case.pk]), facts)
        assert answer.status_code == 409
        assert "还有未了结的质询" in answer.content.decode()


# --- the papers ----------------------------------------------------------------------------------------


def test_the_letter_says_who_asks_whom_about_what_by_when(issued, sign_in):
    page = text_of(sign_in("direct").get(reverse("cases:inquiry_letter", args=[issued.pk])))

    for words in (
        "质询函", issued.number, "东街社区一号网格", "2026年9月24日", "至2026年10月12日已满7个工作日",
        "1 个工作日", "请于 2 个工作日内（2026年10月15日24:00前）答复", "<svg", "leader",
    ):  # fmt: skip
        assert words in page, words


def test_the_reply_carries_the_answer_and_the_opinion_of_those_below(objected, sign_in):
    page = text_of(sign_in("leader").get(reverse("cases:inquiry_reply", args=[objected.pk])))

    for words in ("质询答复", objected.number, *ANSWER.values(), "☑ 不满意", "没有写明由谁负责", "<svg"):
        assert words in page, words


# --- lists and desks -----------------------------------------------------------------------------------


@pytest.fixture
def scope(town):
    return lambda person: scope_of(town.user[person], TUESDAY)


TURN = {
    # state       person        the kind of waiting
    ("right",    "leader"):     InquiryWaiting.ASK,
    ("issued",   "direct"):     InquiryWaiting.ANSWER,
    ("answered", "leader"):     InquiryWaiting.JUDGE,
    ("objected", "supervisor"): InquiryWaiting.DECIDE,
}  # fmt: skip


@pytest.mark.parametrize(("state", "person"), TURN)
def test_it_waits_on_the_desk_of_whose_turn_it_is(state, person, request, town, scope, sign_in):
    paper, kind = request.getfixturevalue(state), TURN[state, person]
    others = {"leader", "direct", "supervisor"} - {person}

    found = {section.kind: [row.inquiry for row in section.rows if section.is_of_inquiries]
             for section in sections(scope(person), TUESDAY)}  # fmt: skip

    assert found[kind] == [paper]
    assert str(kind.label) in text_of(sign_in(person).get("/"))
    for other in others:
        assert kind not in {section.kind for section in sections(scope(other), TUESDAY)}, other


def test_the_badge_counts_it(issued, scope):
    with_it = waiting_count(scope("direct"), TUESDAY)
    Inquiry.objects.update(reply_due_at=REPLY_DUE, state=InquiryState.ACCEPTED)

    assert with_it == waiting_count(scope("direct"), TUESDAY) + 1


def test_a_department_head_or_a_clerk_without_the_right_is_asked_for_nothing(issued, scope):
    for person in ("officer", "maintainer", "member", "far_leader"):
        assert not [s for s in sections(scope(person), TUESDAY) if s.is_of_inquiries], person


def test_what_a_grid_handed_up_stays_on_its_desk_until_it_is_settled(town, right, scope, sign_in):
    section = next(s for s in sections(scope("leader"), TUESDAY) if s.kind == Waiting.ABOVE)

    assert [row.case for row in section.rows] == [right.case]
    assert "现由三官庙街道承办" in text_of(sign_in("leader").get("/"))
    assert Waiting.ABOVE not in {s.kind for s in sections(scope("leader2"), TUESDAY)}
    assert not Waiting.ABOVE.is_work


def test_each_tab_shows_exactly_what_it_counts(town, objected, right, sign_in):
    at_the_community(town, THURSDAY + timedelta(minutes=1))
    actions.sweep(at=TUESDAY)
    client = sign_in("leader")

    page = client.get("/inquiries/")

    counts = {tab["label"]: tab["count"].n for tab in page.context["tabs"]}
    assert counts == {"全部": 2, "可以提出的质询": 1, "待认可的答复": 0}
    for tab in page.context["tabs"]:
        assert len(client.get(tab["url"]).context["rows"]) == tab["count"].n


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1), ("?state=issued", 1), ("?state=decided", 0), ("?grid=410102006001", 1), ("?grid=410102006002", 0),
        ("?state=nonsense", 1), ("?grid=999999", 1), ("?waiting=answer&state=issued", 1), ("?cursor=junk", 1),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_as_the_address_says_and_nonsense_is_left_aside(query, found, issued, sign_in):
    page = sign_in("secretary").get(f"/inquiries/{query}")

    assert len(page.context["rows"]) == (found if "waiting" not in query else 0)


def test_a_tab_keeps_the_place(issued, sign_in):
    page = sign_in("secretary").get("/inquiries/?grid=410102006001&state=issued")

    assert {tab["url"].partition("?")[2] for tab in page.context["tabs"]} == {
        "grid=410102006001",
        *(f"grid=410102006001&waiting={kind}" for kind in ("answer", "ask", "judge", "decide")),
    }


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "还没有质询"),
        ("?waiting=ask", "这里没有等您办理的质询"),
        ("?state=decided", "换一个状态或网格试试"),
    ],
)
def test_an_empty_list_helps_on(query, says, town, sign_in):
    assert says in text_of(sign_in("leader").get(f"/inquiries/{query}"))


def test_the_page_of_the_case_leads_to_its_inquiries_and_so_does_its_timeline(town, issued, sign_in):
    page = sign_in("leader").get(issued.case.get_absolute_url())

    assert issued.number in text_of(page)
    linked = {line.label for line in page.context["events"] if line.url == issued.get_absolute_url()}
    assert linked == {f"提出质询 {issued.number}", "一号网格可以质询东街社区"}


def test_the_desk_of_who_supervises_leads_to_what_it_counts(town, right, objected, sign_in):
    actions.supervise(fresh(right).case, grade="yellow", note="限期", by=town.post.supervisor, at=TUESDAY)
    client = sign_in("official")

    numbers = client.get("/").context["oversight"]

    assert [one["value"] for one in numbers] == [0, 1, 0, 0, 1]
    for one in numbers:
        assert len(client.get(one["url"]).context["rows"]) == one["value"], one["label"]
    assert sign_in("dispatcher").get("/").context["oversight"] is None


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("person", "path", "queries"),
    [("secretary", "/inquiries/", 7), ("leader", "/", 9), ("supervisor", "/inquiries/silence/?days=1", 6)],
)
def test_more_inquiries_ask_no_more_often(
    person, path, queries, number, town, client, django_assert_num_queries
):
    for minute in range(number):
        at_the_community(town, THURSDAY + timedelta(minutes=minute))
    actions.sweep(at=TUESDAY)
    client.force_login(town.user[person])
    client.get(path)

    with django_assert_num_queries(queries):
        client.get(path)


# --- what is watched -----------------------------------------------------------------------------------


def suspects(scope) -> list[list[tuple[str, int]]]:
    page = watch.suspects(scope)
    return [[(deed.event.action, deed.days) for deed in suspect.deeds] for suspect in page.rows]


def sent_back(town, at) -> None:
    """The community gives a new case of the asking grid back."""
    given = actions.assign(
        town.report(at=at), unit=town.grid.east, limit=Limit(7), by=town.post.dispatcher, at=at
    )
    actions.return_(given, note="不归社区管", by=town.post.direct, at=at)


def test_what_the_questioned_side_does_to_the_asker_within_thirty_days_is_listed(town, issued, scope):
    sent_back(town, TUESDAY + timedelta(days=3))

    assert suspects(scope("supervisor")) == [[("return", 3)]]
    assert suspects(scope("official")) == [[("return", 3)]]


def test_before_the_inquiry_or_after_thirty_days_it_is_nothing(town, issued, scope):
    sent_back(town, TUESDAY - timedelta(minutes=1))
    sent_back(town, TUESDAY + timedelta(days=30, minutes=1))

    assert suspects(scope("supervisor")) == []


def test_what_somebody_else_does_or_what_hits_another_grid_is_nothing(town, issued, scope):
    at = TUESDAY + timedelta(days=1)
    actions.decline(
        town.report(at=at), note="重复", by=town.post.dispatcher, at=at
    )  # the street was not asked
    other = actions.assign(
        town.report(at=at, by="leader2", grid="two"), unit=town.grid.east, limit=Limit(7),
        by=town.post.dispatcher, at=at,
    )  # fmt: skip
    actions.return_(other, note="不归社区管", by=town.post.direct, at=at)

    assert suspects(scope("supervisor")) == []


def test_each_row_leads_to_its_case_and_its_inquiry(town, issued, sign_in):
    sent_back(town, TUESDAY + timedelta(minutes=1))
    sent_back(town, TUESDAY + timedelta(hours=1))

    page = text_of(sign_in("supervisor").get("/inquiries/retaliation/"))

    hit = Case.objects.filter(returns=1)
    assert len(hit) == 2
    for row in (issued, *hit):
        assert f'href="{row.get_absolute_url()}"' in page


def test_a_right_that_lapsed_or_lies_unused_is_a_silence(town, right, scope):
    def silent(days, at):
        return [(row.inquiry, row.days) for row in watch.silences(scope("supervisor"), at, days=days).rows]

    assert silent(3, TUESDAY) == []
    assert silent(3, TUESDAY + timedelta(days=4)) == [(right, 4)]
    Inquiry.objects.update(state=InquiryState.LAPSED, lapsed_at=TUESDAY + timedelta(days=1))
    assert silent(30, TUESDAY + timedelta(days=4)) == [(right, 1)]


def test_the_grids_that_keep_silent_most_come_first(town, scope):
    for minute in range(3):
        at_the_community(town, THURSDAY + timedelta(minutes=minute))
    later = TUESDAY + timedelta(days=14)
    actions.sweep(at=later)  # by now the street has let its limit pass, too

    grids = watch.silent_grids(scope("supervisor"), later, days=3)

    assert [(grid.name, grid.lapsed, grid.unused) for grid in grids] == [
        ("东街社区", 0, 3),
        ("一号网格", 0, 3),
    ]


def test_a_used_right_is_no_silence(issued, scope, sign_in, clock):
    clock.shift(timedelta(days=20))

    assert "没有应质询而未质询的网格" in text_of(sign_in("supervisor").get("/inquiries/silence/"))


def test_the_decision_is_told_in_the_timeline_with_its_verdict(town, objected, sign_in):
    actions.decide(objected, verdict=Verdict.UPHELD, note="限期", by=town.post.supervisor, at=TUESDAY)

    page = sign_in("leader").get(objected.get_absolute_url())

    assert page.context["events"][0].label == f"裁定质询 {objected.number} 质询成立"
