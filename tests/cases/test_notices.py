"""People are told of what concerns them, when it happens, and of nothing else."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as house
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases import actions
from cases.enums import Evaluation, Grade, NoticeKind, Step, Told, Verdict
from cases.models import Case, Inquiry
from cases.rules.clock import Limit
from cases.rules.lifecycle import NotAllowed
from cases.rules.notices import TELLINGS
from grids.actions import appoint, dismiss
from grids.enums import Role
from grids.models import Notice
from grids.queries import scope_of
from grids.queries.notices import said
from grids.rules import notices as rules
from tests.cases.walks import walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
THURSDAY = datetime(2026, 9, 24, 9, 0, tzinfo=SHANGHAI)  # before two holidays and a make-up day
HALF = datetime(2026, 9, 30, 8, 30, tzinfo=SHANGHAI)
EVE = datetime(2026, 10, 10, 8, 30, tzinfo=SHANGHAI)
DUE = datetime(2026, 10, 13, 0, 0, tzinfo=SHANGHAI)  # seven working days: 24:00 of 10-12
N = NoticeKind


def told(*but: str) -> list[tuple[str, str]]:
    """Who has been told what, in the order of telling, but for the kinds named."""
    rows = Notice.objects.exclude(kind__in=but).order_by("pk").values_list("person__username", "kind")
    return list(rows)


def forget() -> None:
    Notice.objects.all().delete()


def given(town, unit="one", at=THURSDAY, **facts) -> Case:
    place = town.department.get(unit) or town.grid[unit]
    return actions.assign(
        town.report(at=at, **facts), unit=place, limit=Limit(7), by=town.post.dispatcher, at=at
    )


def signed(town, unit="one", at=THURSDAY, **facts) -> Case:
    return actions.sign(given(town, unit, at, **facts), by=town.post.leader, at=at)


def raised(town, at=THURSDAY) -> Case:
    return actions.escalate(signed(town, at=at), note="网格无力解决", by=town.post.leader, at=at)


# --- What people do ---------------------------------------------------------------------------------


def test_who_is_given_a_case_is_told(town):
    case = given(town)

    notice = Notice.objects.get()
    assert told() == [("leader", N.ASSIGNED)]
    assert (notice.subject, notice.at) == (case.pk, THURSDAY)


def test_of_a_report_nobody_is_told(town):
    town.report(at=THURSDAY)

    assert told() == []


def test_what_cannot_wait_is_told_as_urgent(town):
    urgent = next(
        c.code for c in town.category().__class__.objects.leaves() if c.severity in ("urgent", "major")
    )

    given(town, "chengguan", code=urgent)

    assert told() == [("head", N.URGENT)]


def test_nobody_is_told_of_what_she_did_herself(town):
    actions.decline(town.report(at=THURSDAY, by="secretary"), note="x", by=town.post.dispatcher, at=THURSDAY)
    actions.decline(town.report(at=THURSDAY, by="dispatcher"), note="x", by=town.post.dispatcher, at=THURSDAY)

    assert told() == [("secretary", N.DECLINED)]


def test_a_return_goes_to_the_dispatcher_who_gave_it(town):
    actions.return_(given(town), note="不属于本网格", by=town.post.leader, at=THURSDAY)

    assert told(N.ASSIGNED) == [("dispatcher", N.RETURNED)]


def test_where_she_has_left_it_goes_to_every_dispatcher_of_the_street(town):
    case = given(town)
    dismiss(town.post.dispatcher, at=THURSDAY)

    actions.return_(case, note="不属于本网格", by=town.post.leader, at=THURSDAY)

    assert told(N.ASSIGNED) == [("dispatcher2", N.RETURNED)]


@pytest.mark.parametrize(("decide", "kind"), [("grant", N.GRANTED), ("refuse", N.REFUSED)])
def test_a_request_goes_up_step_by_step_and_its_answer_comes_back(town, decide, kind):
    case = signed(town)
    forget()

    actions.extend(case, amount=2, note="材料未到", by=town.post.leader, at=THURSDAY)
    actions.endorse(case, by=town.post.dispatcher, at=THURSDAY)
    getattr(actions, decide)(case, note="已核实", by=town.post.secretary, at=THURSDAY)

    assert told() == [("dispatcher", N.TO_PASS_ON), ("secretary", N.TO_GRANT), ("leader", kind)]


def test_the_end_of_a_suspension_is_told_to_who_has_to_go_on(town):
    case = signed(town)
    until = THURSDAY.date() + timedelta(days=10)
    actions.suspend(case, until=until, note="雨季", by=town.post.leader, at=THURSDAY)
    actions.endorse(case, by=town.post.dispatcher, at=THURSDAY)
    actions.grant(case, by=town.post.secretary, at=THURSDAY)
    forget()

    actions.sweep(at=THURSDAY + timedelta(days=11))

    assert told() == [("leader", N.RESUMED)]


def test_who_answers_for_a_unit_that_is_asked_to_assist_is_told(town):
    case = signed(town)
    forget()

    actions.invite(case, unit=town.department.chengguan, note="配合", by=town.post.dispatcher, at=THURSDAY)

    assert told() == [("head", N.TO_ASSIST)]


def test_who_had_it_is_told_when_it_is_taken_away(town):
    actions.recall(given(town), note="派错了", by=town.post.dispatcher, at=THURSDAY)
    assert told(N.ASSIGNED) == [("leader", N.TAKEN)]
    forget()

    case = signed(town)
    actions.transfer(case, unit=town.grid.east, note="转社区", by=town.post.dispatcher, at=THURSDAY)

    assert told()[1:] == [("direct", N.ASSIGNED), ("leader", N.TAKEN)]


def test_a_result_that_the_desks_list_is_told_to_nobody_and_a_rework_to_whoever_handled_it(town):
    case = walk(town, town.report(at=THURSDAY), THURSDAY, until=Step.FED_BACK)
    assert told() == [("head", N.ASSIGNED)]
    forget()

    actions.verify(case, passed=False, note="没有清完", by=town.post.direct, at=THURSDAY)

    # The head answers for the department, the officer has done the work.
    assert sorted(told()) == [("head", N.REWORK), ("officer", N.REWORK)]


def test_how_it_ended_is_told_to_everybody_who_reported_it(town):
    kept = town.report(at=THURSDAY)
    twin = town.report(at=THURSDAY, by="member")
    actions.merge(twin, into=kept, note="同一问题", by=town.post.dispatcher, at=THURSDAY)
    case = walk(town, kept, THURSDAY, until=Step.VERIFIED)
    assert told(N.ASSIGNED) == [("member", N.MERGED)]

    actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=THURSDAY)

    closed = Notice.objects.filter(kind=N.CLOSED).values_list("person__username", flat=True)
    assert sorted(closed) == ["leader", "member"]


def test_supervision_is_told_to_the_holder(town):
    case = signed(town)

    actions.supervise(case, grade=Grade.ORDINARY, note="限期办结", by=town.post.supervisor, at=THURSDAY)

    assert told(N.ASSIGNED) == [("leader", N.SUPERVISED)]


def test_a_move_that_is_refused_tells_nobody(town):
    case = given(town)
    forget()

    with pytest.raises(NotAllowed):
        actions.sign(case, by=town.post.member, at=THURSDAY)

    assert told() == []


def test_a_move_that_is_undone_tells_nobody(town):
    with transaction.atomic():
        given(town)
        transaction.set_rollback(True)

    assert told() == []


def test_whose_post_has_ended_is_not_told_but_whoever_follows(town):
    case = given(town)
    dismiss(town.post.leader, at=THURSDAY)
    appoint(town.user.member, Role.GRID_LEADER, grid=town.grid.one, at=THURSDAY)

    actions.supervise(case, grade=Grade.ORDINARY, note="限期办结", by=town.post.supervisor, at=THURSDAY)

    assert told(N.ASSIGNED) == [("member", N.SUPERVISED)]


# --- What the clock does ---------------------------------------------------------------------------


def test_a_limit_that_nobody_keeps_is_told_step_by_step(town):
    case = raised(town)
    forget()
    for moment in (HALF, EVE, DUE):
        actions.sweep(at=moment)

    at_their_moments = list(
        Notice.objects.exclude(kind=N.SIGN_LATE).order_by("pk").values_list("person__username", "kind", "at")
    )
    assert at_their_moments == [
        ("direct", N.HALF_TIME, HALF),
        ("direct", N.LAST_DAY, EVE),
        ("direct", N.EXPIRED, DUE),
        ("leader", N.MAY_ASK, DUE),
        ("secretary", N.ASSIGNED, DUE),
    ]
    assert set(Notice.objects.values_list("subject", flat=True)) == {case.pk}


def test_that_nobody_signs_is_told_to_the_centre(town):
    given(town)
    forget()

    actions.sweep(at=HALF)

    assert told(N.HALF_TIME) == [("dispatcher", N.SIGN_LATE)]


def test_twice_the_same_sweep_tells_once(town):
    raised(town)
    actions.sweep(at=DUE)
    before = told()

    actions.sweep(at=DUE)
    actions.sweep(at=DUE + timedelta(hours=1))

    assert told() == before


def test_after_a_long_silence_nobody_is_reminded_of_what_has_passed(town):
    raised(town)
    forget()

    actions.sweep(at=DUE)

    assert {N.HALF_TIME, N.LAST_DAY} & {kind for _who, kind in told()} == set()


def test_a_sweep_that_is_undone_tells_nobody(town):
    raised(town)
    forget()

    with transaction.atomic():
        actions.sweep(at=DUE)
        transaction.set_rollback(True)

    assert told() == []


def statements_of_a_sweep(town, number: int, at: datetime) -> tuple[int, int]:
    """How many statements a sweep takes for so many cases, and how many notices it writes."""
    for _ in range(number):
        raised(town)
    forget()
    with CaptureQueriesContext(connection) as captured:
        actions.sweep(at=at)
    return len(captured), Notice.objects.count()


@pytest.mark.parametrize("at", [HALF, EVE, DUE])
def test_telling_many_takes_as_many_statements_as_telling_one(town, at):
    with transaction.atomic():
        few = statements_of_a_sweep(town, 1, at)
        transaction.set_rollback(True)

    many = statements_of_a_sweep(town, 12, at)

    assert (many[0], many[1]) == (few[0], 12 * few[1])


# --- The inquiry -----------------------------------------------------------------------------------


@pytest.fixture
def right(town) -> Inquiry:
    raised(town)
    actions.sweep(at=DUE)
    forget()
    return Inquiry.objects.get()


def answered(town, right) -> Inquiry:
    paper = actions.ask(right, question="请说明进展", by=town.post.leader, at=DUE)
    facts = {"progress": "已立项", "cause": "等待招标", "measures": "月底前完工"}
    return actions.answer(paper, **facts, by=town.post.direct, at=DUE)


def test_question_and_answer_are_told_to_the_other_side(town, right):
    actions.accept(answered(town, right), by=town.post.leader, at=DUE)

    assert told() == [("direct", N.ASKED), ("leader", N.ANSWERED), ("direct", N.ACCEPTED)]


def test_an_objection_is_told_to_who_decides_and_the_decision_to_both(town, right):
    paper = actions.object_(answered(town, right), note="没有时间表", by=town.post.leader, at=DUE)
    actions.decide(paper, verdict=Verdict.UPHELD, note="限三日", by=town.post.supervisor, at=DUE)

    assert told()[2:] == [("secretary", N.TO_DECIDE), ("leader", N.DECIDED), ("direct", N.DECIDED)]


def test_an_inquiry_that_is_not_answered_is_told_to_who_decides(town, right):
    paper = actions.ask(right, question="请说明进展", by=town.post.leader, at=DUE)

    actions.sweep(at=paper.reply_due_at)

    assert ("secretary", N.TO_DECIDE) in told()


def test_an_inquiry_that_policy_issues_is_told_to_the_level_that_is_questioned(town):
    actions.set_policy(
        town.grid.district, inquiry_automatic=True, reason="试行", by=town.post.official, at=THURSDAY
    )
    raised(town, THURSDAY + timedelta(hours=1))

    actions.sweep(at=DUE)

    assert [kind for who, kind in told() if who == "direct"][-1] == N.ASKED


# --- The words ---------------------------------------------------------------------------------------


def sentences(person, at=THURSDAY) -> list[str]:
    words = said(list(Notice.objects.of(person).order_by("pk")), scope_of(person, at))
    return [one.text for one in words.values()]


def test_it_names_the_case_and_nobody(town):
    case = given(town, text="张三家门口", place="暗处巷")

    assert sentences(town.user.leader) == [f"{case.number}（{case.category.name}）已交办给您，请及时签收。"]


def test_what_is_out_of_her_reach_is_not_named(town):
    given(town)
    dismiss(town.post.leader, at=THURSDAY)

    assert sentences(town.user.leader, THURSDAY + timedelta(seconds=1)) == []


def test_all_the_words_of_a_page_are_one_query(town, django_assert_num_queries):
    for _ in range(5):
        given(town)
    notices, scope = list(Notice.objects.all()), scope_of(town.user.leader, THURSDAY)

    with django_assert_num_queries(1):
        assert len(said(notices, scope)) == 5


def test_every_kind_has_its_words_in_chinese(town):
    case = given(town)
    forget()
    for kind in NoticeKind:
        Notice.objects.create(person=town.user.leader, kind=kind, subject=case.pk, key=kind, at=THURSDAY)

    found = sentences(town.user.leader)

    assert len(found) == len(NoticeKind)
    assert [text for text in found if case.number not in text or "case" in text] == []


def test_a_notice_leads_to_its_case(town, client):
    case = given(town)
    client.force_login(town.user.leader)

    answer = client.post(f"/notices/{Notice.objects.get().pk}/open/")

    assert answer.url == case.get_absolute_url()


# --- The page of the rules ------------------------------------------------------------------------

PAGE = (Path(house.BASE_DIR) / "docs" / "rules" / "notices.md").read_text()


def rows(head: str) -> list[list[str]]:
    lines = PAGE.split(f"| {head} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_says_who_is_told_of_what():
    assert rows("what happens | told as | to whom") == [
        [telling.what.value, telling.kind.value, telling.to.value] for telling in TELLINGS
    ]


def test_the_page_says_who_they_are():
    assert [name for name, _that_is in rows("to whom | that is")] == [told.value for told in Told]


def test_the_numbers_of_the_page_are_those_of_the_code():
    quiet, digest, first, longest, tries, kept = (number for _rule, number in rows("rule | number"))

    assert quiet == house.NOTICE_QUIET_HOURS
    assert int(digest) == rules.DIGEST_ABOVE
    assert (first, longest) == ("1 minute", f"{rules.LONGEST_WAIT // timedelta(minutes=1)} minutes")
    assert timedelta(minutes=1) == rules.FIRST_WAIT
    assert (int(tries), kept) == (rules.TRIES, f"{rules.KEEP_READ.days} days")
