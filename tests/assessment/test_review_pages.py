"""A review on screen and on paper: from the case to the appeal, by the hands of those whose turn it is."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from assessment.enums import Measure, ReviewState
from assessment.models import Charge, Review
from grids.models import Notice

from .reviews import HEARD_BY, OPENED, appealed, charge_of, decided, in_hand, late, opened, spoken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(calendar):
    with time_machine.travel(OPENED + HOUR, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clients(town):
    """Everybody of the town, signed in; one client each."""
    known = {}

    def enter(name: str) -> Client:
        if name not in known:
            known[name] = Client()
            known[name].force_login(town.user[name])
        return known[name]

    return enter


def page(client, url, *args, **query):
    return client.get(reverse(f"assessment:{url}", args=args), query)


def send(client, url, pk, **facts):
    return client.post(reverse(f"assessment:{url}", args=[pk]), {"key": uuid4(), **facts})


def text(answer):
    return answer.content.decode()


DECISION = {"measure": "interview", "ground": "unsolved", "reasons": "超期两日"}


def test_the_whole_way_from_the_case_to_the_appeal(town, clients, clock):
    case = late(town)
    leader, supervisor, inspector = (clients(name) for name in ("leader", "supervisor", "inspector"))

    assert reverse("assessment:trace", args=[case.pk]) in text(supervisor.get(case.get_absolute_url()))
    shown = text(page(supervisor, "trace", case.pk))
    assert all(word in shown for word in ("首要责任", "连带责任", "约谈", "系统默认", "启动责任倒追"))

    answer = send(supervisor, "open_review", case.pk, finding="late", note="群众多次反映")
    review = Review.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, review.get_absolute_url())

    told = text(leader.get(reverse("grids:notices")))
    assert f"{review.number}涉及您" in told
    charge = charge_of(town, review, "leader")
    assert send(leader, "speak", charge.pk, statement="当日在外出警").status_code == 302

    assert "当日在外出警" in text(page(supervisor, "review", review.pk))
    assert send(supervisor, "decide_charge", charge.pk, **DECISION).status_code == 302

    assert "超期两日" in text(page(leader, "review", review.pk))
    clock.move_to(HEARD_BY - HOUR)  # nobody is signed in any more, days later
    for name in ("leader", "supervisor", "inspector"):
        clients(name).force_login(town.user[name])
    assert send(leader, "appeal_charge", charge.pk, text="已按期上报").status_code == 302

    assert send(supervisor, "rule_charge", charge.pk, measure="talk", reasons="维持").status_code == 422
    answer = send(inspector, "rule_charge", charge.pk, measure="talk", reasons="情有可原")
    assert answer.status_code == 302
    charge.refresh_from_db()
    assert (charge.decided_measure, charge.measure) == (Measure.INTERVIEW, Measure.TALK)
    assert "情有可原" in text(page(leader, "review", review.pk))


def test_the_case_page_leads_there_only_for_who_supervises(town, clients):
    case = late(town)
    link = reverse("assessment:trace", args=[case.pk])

    led = {
        who
        for who in ("leader", "dispatcher", "secretary", "inspector")
        if link in text(clients(who).get(case.get_absolute_url()))
    }

    assert led == {"secretary", "inspector"}


def test_a_case_in_which_nothing_went_wrong_says_so(town, clients):
    case = in_hand(town, OPENED - HOUR)

    shown = text(page(clients("supervisor"), "trace", case.pk))

    assert "没有需要追责的情况" in shown
    assert "启动责任倒追" not in shown
    answer = send(clients("supervisor"), "open_review", case.pk, finding="late")
    assert (answer.status_code, "没有发生这种情况" in text(answer)) == (422, True)


def test_the_same_form_twice_opens_one_review(town, clients):
    case, key = late(town), uuid4()

    answers = [send(clients("supervisor"), "open_review", case.pk, finding="late", key=key) for _ in "12"]

    assert [answer["Location"] for answer in answers] == [Review.objects.get().get_absolute_url()] * 2


def test_once_it_is_under_way_the_page_leads_to_it(town, clients):
    case = late(town)
    review = opened(town, case)

    shown = text(page(clients("supervisor"), "trace", case.pk))

    assert (review.get_absolute_url() in shown, '<form method="post" class="entry"' in shown) == (True, False)


def test_a_person_concerned_sees_herself_and_nobody_else(town, clients):
    review = opened(town)
    spoken(town, review, "direct")

    mine, theirs = (
        text(page(clients("leader"), "review", review.pk)),
        text(page(clients("supervisor"), "review", review.pk)),
    )

    for word in ("first", "direct", "未能到场"):
        assert word not in mine.replace("redirect", ""), word
        assert word in theirs, word
    assert "不显示他人" in mine


@pytest.mark.parametrize("who", ["dispatcher", "maintainer", "leader2", "far_leader", "officer", "outsider"])
def test_for_everybody_else_it_does_not_exist(town, clients, who):
    town.user["outsider"] = town.outsider
    review = opened(town)
    charge = charge_of(town, review, "leader")

    answers = [
        page(clients(who), "review", review.pk),
        page(clients(who), "review_paper", review.pk),
        send(clients(who), "speak", charge.pk, statement="代为陈述"),
        send(clients(who), "decide_charge", charge.pk, **DECISION),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_it_offers_exactly_what_each_may_do_now(town, clients):
    review = opened(town)
    spoken(town, review, "leader")
    spoken(town, review, "direct")

    def offered(who):
        lines = page(clients(who), "review", review.pk).context["lines"]
        return {
            (line["charge"].user.username, name)
            for line in lines
            for name, form in line["forms"].items()
            if form
        }

    assert offered("supervisor") == {("leader", "decide"), ("direct", "decide")}
    assert offered("leader") == set()
    assert offered("first") == {("first", "speak")}
    decided(charge_of(town, review, "leader"), by=town.post.supervisor, at=OPENED)
    assert offered("leader") == {("leader", "appeal")}
    appealed(charge_of(town, review, "leader"), at=OPENED)
    assert offered("supervisor") == {("direct", "decide")}
    assert offered("inspector") == {("direct", "decide"), ("leader", "rule")}


def test_a_refused_form_keeps_what_was_typed(town, clients):
    charge = spoken(town, opened(town), "leader")

    answer = send(
        clients("supervisor"), "decide_charge", charge.pk, measure="talk", ground="inept", reasons=""
    )
    assert (answer.status_code, 'value="inept" selected' in text(answer)) == (422, True)

    answer = send(
        clients("supervisor"), "decide_charge", charge.pk, measure="death", ground="inept", reasons="无"
    )
    assert answer.status_code == 422
    assert Charge.objects.get(pk=charge.pk).decided_at is None


def test_who_has_not_been_heard_is_not_judged_by_a_hand_made_form_either(town, clients):
    charge = charge_of(town, opened(town), "leader")

    answer = send(clients("supervisor"), "decide_charge", charge.pk, **DECISION)

    assert (answer.status_code, "当事人尚未陈述" in text(answer)) == (422, True)


def test_her_own_list_says_how_far_it_is(town, clients):
    assert "没有涉及您的责任倒追" in text(page(clients("leader"), "charges"))
    review = opened(town)
    assert "可陈述至" in text(page(clients("leader"), "charges"))

    decided(spoken(town, review, "leader"), by=town.post.supervisor, at=OPENED, measure=Measure.NOTICE)

    shown = text(page(clients("leader"), "charges"))
    assert (review.number in shown, "书面通报" in shown) == (True, True)


def test_the_list_is_narrowed_by_state_and_printed(town, clients):
    assert "还没有责任倒追" in text(page(clients("supervisor"), "reviews"))
    review = opened(town)

    def listed(who, url="reviews", **query):
        return [row.number for row in page(clients(who), url, **query).context["rows"]]

    assert listed("supervisor") == listed("inspector") == [review.number]
    assert listed("supervisor", state=ReviewState.OPENED) == [review.number]
    assert listed("supervisor", state=ReviewState.DECIDED) == []
    assert listed("supervisor", state="nonsense") == [review.number]
    assert listed("supervisor", "reviews_paper", state=ReviewState.OPENED) == [review.number]
    assert page(clients("supervisor"), "reviews").context["rows"][0].people == 3
    assert "没有处于该状态" in text(page(clients("supervisor"), "reviews", state="settled"))
    assert page(clients("leader"), "reviews").status_code == 403


def test_another_street_sees_nothing_of_it(town, clients):
    opened(town)

    assert page(clients("far_dispatcher"), "reviews").status_code == 403


def test_the_record_prints_the_hands_and_what_was_said(town, clients):
    review = opened(town, note="群众多次反映")
    decided(spoken(town, review, "leader"), by=town.post.supervisor, at=OPENED)

    shown = text(page(clients("inspector"), "review_paper", review.pk))

    for word in (
        "责任倒追书",
        review.number,
        "群众多次反映",
        "经手链条",
        "当日值班，未能到场",
        "当事人签名",
        "约谈",
    ):
        assert word in shown, word


def test_the_desk_leads_to_what_waits(town, clients):
    review = opened(town)

    assert "待我陈述的责任倒追" in text(clients("leader").get("/"))
    spoken(town, review, "leader")
    assert "待决定的处理" in text(clients("supervisor").get("/"))


def test_a_notice_leads_to_the_review_and_says_nothing_to_others(town, clients):
    review = opened(town)
    notice = Notice.objects.get(person=town.user.leader, kind="review_to_answer")

    answer = clients("leader").post(reverse("grids:notice_open", args=[notice.pk]))

    assert answer["Location"] == review.get_absolute_url()


@pytest.mark.parametrize("number", [1, 3])
def test_more_reviews_ask_no_more_often(town, clients, number, django_assert_max_num_queries):
    for _ in range(number):
        opened(town, late(town))
    page(clients("supervisor"), "reviews")

    with django_assert_max_num_queries(9):
        page(clients("supervisor"), "reviews")
