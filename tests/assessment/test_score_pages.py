"""A month on its pages: from the night of the first to the signed bulletin, and every number down to its records."""

import re
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assessment import actions, tasks
from assessment.enums import HeardBy, Input, RunState, Satisfaction, Standing
from assessment.models import Appeal, Mark, MonthlyScore, Proposal, Run, Scheme
from assessment.queries import periods
from assessment.queries.records import has_records
from cases import actions as case_actions
from cases.enums import Grade, Verdict
from cases.models import CaseEvent, Inquiry
from cases.rules.clock import Limit
from grids.models import Job
from grids.queries import scope_of
from grids.queries.desks import pending
from residents import actions as register
from residents.enums import Met, Purpose
from tests.assessment.test_scores import (
    FIRST,
    LATER,
    REVIEWED,
    SEPTEMBER,
    advance,
    day,
    lines,
    score_of,
    set_scheme,
)
from tests.assessment.test_scores import month as _month
from tests.residents import groups
from tests.residents.people import household, resident
from tests.town import SHANGHAI

pytestmark = pytest.mark.django_db

month = _month  # September, lived by one grid


@pytest.fixture
def at():
    """The pages read the clock of the door."""
    with time_machine.travel(FIRST, tick=False) as traveller:
        yield traveller.move_to


@pytest.fixture
def open_as(month):
    def open_as(name: str) -> Client:
        client = Client()
        client.force_login(month.user[name])
        return client

    return open_as


def url(name: str, *args, **query) -> str:
    return reverse(f"assessment:{name}", args=args) + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )


def text(response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def send(client: Client, name: str, *args, status: int = 302, **facts):
    answer = client.post(url(name, *args), {"key": uuid4(), **facts})
    assert answer.status_code == status, text(answer)
    return answer


# --- the whole way ---------------------------------------------------------------------------------------


def test_a_month_goes_its_way_from_the_night_of_the_first_to_the_bulletin(month, at, open_as):
    tasks.score_months()
    run = Run.objects.get()
    score = score_of(month)

    official, leader = open_as("official"), open_as("leader")
    assert "还没有考核过的月份" in text(leader.get(url("scores")))  # a draft is the district's own business
    assert leader.get(score.get_absolute_url()).status_code == 404
    assert "三官庙街道" in text(official.get(url("scores")))

    at(REVIEWED)
    inspector, leader = open_as("inspector"), open_as("leader")
    send(inspector, "score_step", month="2026-09", step="review")
    send(inspector, "score_step", month="2026-09", step="appeals")
    page = text(leader.get(score.get_absolute_url()))
    assert "10 × 2 ÷ 22 = 0.91" in page
    assert "15 × (2 + 2 × 2 ÷ 3) ÷ 5 = 10.00" in page
    send(
        leader,
        "appeal",
        score.pk,
        indicator="patrol",
        reason="手机故障，另有三日纸质记录",
        evidence="纸质巡查表",
    )

    at(LATER)
    official, inspector, leader = (open_as(name) for name in ("official", "inspector", "leader"))
    assert send(official, "score_step", month="2026-09", step="published").url == run.get_absolute_url()
    assert Run.objects.get().state == RunState.APPEALS  # an appeal waits
    filed = Appeal.objects.get()
    send(inspector, "appeal_decide", filed.pk, status=422, is_granted="yes", reason="属实")
    send(inspector, "appeal_decide", filed.pk, is_granted="yes", points="1.36", reason="纸质记录属实")
    send(official, "score_step", month="2026-09", step="published")

    assert Run.objects.get().is_published
    assert "+1.36" in text(leader.get(score.get_absolute_url()))
    bulletin = text(leader.get(url("bulletin")))
    assert "中原区2026年9月网格化管理考评结果及奖惩决定通报" in bulletin
    assert "一号网格" in bulletin


def test_the_first_computes_once_and_leaves_what_goes_on_alone(month, at):
    tasks.score_months()
    made = Run.objects.get().made_at
    at(REVIEWED)
    tasks.score_months()

    assert Run.objects.get().made_at == made


def test_somebody_may_ask_for_it_and_watch_it(month, at, open_as):
    inspector = open_as("inspector")

    job = Job.objects.get(
        pk=int(send(inspector, "score_step", month="2026-09", step="compute").url.split("/")[-2])
    )
    tasks.run_scorings()
    job.refresh_from_db()

    assert (job.state, job.done) == ("done", 3)
    assert Run.objects.get().made_by == month.post.inspector
    assert inspector.get(job.page).status_code == 200


def test_who_has_lost_her_post_meanwhile_computes_nothing(month, at, open_as):
    send(open_as("inspector"), "score_step", month="2026-09", step="compute")
    post = month.post.inspector
    post.until = FIRST
    post.save()
    tasks.run_scorings()

    assert (Job.objects.get().state, Run.objects.count()) == ("failed", 0)


# --- every number leads to its rows ---------------------------------------------------------------------------------------


@pytest.fixture
def busy(month, calendar):
    """The month with something in every count."""
    case = give(month, month.report(at=day(21), code="C201"), day(21))
    case_actions.sign(case, by=month.post.leader, at=day(21, 10))
    supervised(month, case, Grade.YELLOW, 22)
    question(month)
    case = give(month, month.report(at=day(21), code="C201", grid="east", by="direct"), day(21), "east")
    supervised(month, case, Grade.YELLOW, 22)
    supervised(month, case, Grade.RED, 24)
    go_round(month)
    heard = (Satisfaction.VERY, Satisfaction.DISSATISFIED)
    for closing, said in zip(CaseEvent.objects.filter(action="close").order_by("pk")[:2], heard, strict=True):
        actions.rate_case(
            closing.case, closing=closing.seq, satisfaction=said, how=HeardBy.VISIT, by=month.post.direct, at=day(25),
            key=uuid4(),
        )  # fmt: skip
    run = actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST)
    return advance(month, run, RunState.APPEALS)


def give(town, case, at, unit="one"):
    return case_actions.assign(case, unit=town.grid[unit], limit=Limit(7), by=town.post.dispatcher, at=at)


def supervised(town, case, grade, when):
    case.refresh_from_db()
    case_actions.supervise(case, grade=grade, note="催办", by=town.post.supervisor, at=day(when))


def question(town):
    """Two problems the community left lying: one inquiry it answers in time, the other late; that goes up and is upheld."""
    case_actions.set_policy(
        town.grid.district, community_days=1, reason="试行", by=town.post.official, at=day(8, 8)
    )
    cases = []
    for _ in range(2):
        case = give(town, town.report(at=day(8), code="C201"), day(8))
        case = case_actions.sign(case, by=town.post.leader, at=day(8, 10))
        cases.append(case_actions.escalate(case, note="网格解决不了", by=town.post.leader, at=day(8, 11)))
    case_actions.sweep(at=day(11))
    said = {"progress": "已立项", "cause": "等待招标", "measures": "月底前完工"}
    papers = [
        case_actions.ask(right, question="请说明", by=town.post.leader, at=day(11))
        for right in Inquiry.objects.filter(case__in=cases).order_by("pk")
    ]
    for paper, when in zip(papers, (14, 18), strict=True):
        case_actions.sweep(at=day(when))
        last = case_actions.answer(paper, **said, by=town.post.direct, at=day(when))
    case_actions.decide(last, verdict=Verdict.UPHELD, note="属实", by=town.post.supervisor, at=day(22))


def go_round(town):
    """Three doors: one was visited in time, at one the due day passed, in one a special group is looked after."""
    for house_no, due, seen in (("3", 24, 24), ("4", 17, None), ("5", 18, None)):
        home = household(town, day(1), house_no=house_no)
        home.visit_due = date(2026, 9, due)
        home.save(update_fields=["visit_due"])
        if seen:
            register.visit(
                home,
                purpose=Purpose.ROUND,
                met=Met.FAMILY,
                by=town.post.leader,
                at=day(seen),
                key=uuid4(),
                what="平安",
            )
    groups.opened(town, resident(home, day(2)), day(2), "DJ")


READERS = ("official", "secretary", "dispatcher", "first", "direct", "maintainer", "leader")


@pytest.mark.parametrize("reader", READERS)
def test_a_number_has_exactly_as_many_rows_as_it_says(month, busy, at, open_as, reader):
    at(LATER)
    client, seen = open_as(reader), 0
    place = month.grid.one if reader == "leader" else month.grid.east
    for score in MonthlyScore.objects.filter(run=busy, grid=place):
        for name in filter(has_records, Input):
            address = url("records", score.pk, name.value)
            answer = client.get(address)
            if answer.status_code == 404:
                continue  # above her place
            seen += 1
            found = answer.context["page"]
            rows = [
                row
                for part in range(len(found.parts))
                for row in client.get(address, {"part": part}).context["page"].rows
            ]
            assert found.number == len(rows) == score.counts[name], (score, name)
            assert all(client.get(row.url).status_code == 200 for row in rows if row.url), (score, name)
    assert seen >= len(Input) - 1
    assert place == month.grid.one or [name for name in Input if not score.counts[name]] == []


def test_the_page_of_a_score_leads_to_each_of_its_numbers(month, busy, at, open_as):
    at(LATER)
    score, client = score_of(month), open_as("leader")

    links = set(
        re.findall(
            r'href="(/scores/\d+/records/\w+/)"', client.get(score.get_absolute_url()).content.decode()
        )
    )

    assert links == {
        url("records", score.pk, name) for name in
        (
            "patrol_days", "diary_days", "visits_owed", "visits_in_time", "households", "fresh", "to_sign", "signed",
            "to_close", "closed", "closed_on_time", "not_reworked", "rated", "satisfied", "yellow",
        )
    }  # fmt: skip


def test_what_came_in_later_is_said_beside_the_number(month, busy, at, open_as):
    walk = case_actions.start_patrol(by=month.post.leader, at=day(10), key=uuid4())
    case_actions.end_patrol(walk, by=month.post.leader, at=day(10, 11))
    at(LATER)

    page = text(open_as("leader").get(url("records", score_of(month).pk, "patrol_days")))

    assert "计分时为2，现有记录为3" in page


# --- what waits ---------------------------------------------------------------------------------------------


def test_the_desk_says_whose_turn_it_is(month, busy, at):
    def waits(who):
        scope = scope_of(month.user[who], REVIEWED)
        wanted = [url(page) for page in ("scores", "marks", "appeals")]
        return {one.url: one.number for one in pending(scope, REVIEWED) if one.url in wanted}

    assert waits("leader") == {url("scores"): 1}
    actions.appeal(
        score_of(month), indicator="patrol", reason="手机故障", evidence="纸质巡查表", by=month.post.leader, at=REVIEWED,
        key=uuid4(),
    )  # fmt: skip
    actions.inspect(
        month.grid.one, indicator="phone", month=date(2026, 10, 1), points=Decimal(1), reason="无人接听", evidence="记录",
        by=month.post.supervisor, at=REVIEWED, key=uuid4(),
    )  # fmt: skip

    assert waits("official") == {url("appeals"): 1, url("marks"): 1}
    assert waits("secretary") == {url("scores"): 1, url("marks"): 1}
    assert waits("supervisor") == {}


# --- what is read out ---------------------------------------------------------------------------------------


@pytest.fixture
def published(month):
    """Warned are all, and one of them by a person."""
    actions.ensure_scheme(month.grid.district, at=day(1))
    set_scheme(month, since=SEPTEMBER, warn_below=Decimal(95))
    run = advance(
        month, actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST), RunState.PUBLISHED
    )
    proposal = Proposal.objects.get(score__grid=month.grid.one, standing=Standing.YELLOW)
    actions.decide_proposal(proposal, confirm=True, reason="巡查不足", by=month.post.official, at=LATER)
    return run


def test_the_bulletin_names_whom_a_person_has_warned_and_nobody_else(month, published, at, open_as):
    at(LATER)
    leader = open_as("leader")

    for page in ("bulletin", "bulletin_paper"):
        said = text(leader.get(url(page)))
        assert re.findall(r"(\S+)：黄色警告", said) == ["一号网格"]
    assert leader.get(url("bulletin", month="2026-08")).status_code == 404


def test_its_workbook_is_made_in_a_job_and_has_every_grid(month, published, at, open_as):
    at(LATER)
    send(open_as("leader"), "bulletin_workbook", month="2026-09")
    tasks.run_workbooks()

    job = Job.objects.get()
    assert job.state == "done", job.message
    with job.result.open("rb") as file:
        book = load_workbook(BytesIO(file.read()))
    assert book.sheetnames == ["街道", "社区", "楼院网格", "奖惩情况"]
    names = {cell.value for row in book["楼院网格"].iter_rows() for cell in row}
    assert {"一号网格", "二号网格", "三号网格", "九号网格"} <= names
    assert "巡查不足" in {cell.value for row in book["奖惩情况"].iter_rows() for cell in row}


def test_a_quarter_is_made_of_published_months_and_what_was_judged(month, published, at, open_as):
    score = score_of(month)
    mark = actions.inspect(
        month.grid.one, indicator="quarter", month=date(2026, 7, 1), points=Decimal(90), reason="综合评定", evidence="评定表",
        by=month.post.inspector, at=LATER, key=uuid4(),
    )  # fmt: skip
    actions.decide_mark(mark, approve=True, by=month.post.official, at=LATER)

    line = next(
        line
        for line in periods.quarter(month.grid.district, 2026, 3, month.grid.street, 3)
        if line.grid == month.grid.one
    )

    assert line.parts == (None, None, score.final)
    assert line.result == (score.final * 70 / 100 + 27).quantize(Decimal("0.01"))
    assert line.place is None  # two months are missing
    at(LATER)
    assert str(line.result) in text(open_as("leader").get(url("quarter")))
    assert str(line.result) in text(open_as("leader").get(url("quarter", span="2026-0", level=3)))


# --- the other pages ---------------------------------------------------------------------------------------


def test_an_inspector_enters_and_a_second_person_approves(month, at, open_as):
    supervisor, secretary = open_as("supervisor"), open_as("secretary")
    facts = {
        "grid": month.grid.one.code,
        "month": "2026-09",
        "indicator": "phone",
        "reason": "无人接听",
        "evidence": "记录",
    }

    send(supervisor, "marks", status=422, points="3", **facts)
    send(supervisor, "marks", status=422, points="1", **facts | {"grid": month.grid.nine.code})
    send(supervisor, "marks", points="1", **facts)
    mark = Mark.objects.get()
    send(supervisor, "mark_decide", mark.pk, is_granted="yes")
    assert Mark.objects.get().state == "proposed"
    send(secretary, "mark_decide", mark.pk, is_granted="yes")

    assert Mark.objects.get().state == "approved"


def test_the_official_sets_a_scheme_from_a_month_on(month, published, at, open_as):
    at(LATER)
    client = open_as("official")
    form = client.get(url("scheme")).context["form"]
    facts = {name: form[name].initial for name in form.fields if form[name].initial is not None}
    facts |= {"since": "2026-11", "reason": "区委会议决定", "weight_patrol": "12", "weight_visits": "9"}

    answer = send(client, "scheme", status=422, **facts)
    assert "分值合计不符" in text(answer)
    send(client, "scheme", **facts | {"weight_visits": "8"})

    assert Scheme.objects.order_by("-pk").first().indicators.get(code="patrol").weight == 12


def test_an_amendment_stands_beside_the_published_figure(month, published, at, open_as):
    at(LATER)
    score, official = score_of(month), open_as("official")

    send(official, "amend", score.pk, status=422, indicator="patrol", points="0", reason="补传")
    send(official, "amend", score.pk, indicator="patrol", points="0.45", reason="离线巡查补传")

    page = text(open_as("leader").get(score.get_absolute_url()))
    assert str(score.final) in page
    assert f"更正为{score.final + Decimal('0.45')}" in page


def test_the_official_decides_on_what_a_month_proposed(month, published, at, open_as):
    at(LATER)
    client = open_as("official")
    waiting = Proposal.objects.filter(decided_at=None).first()

    send(client, "proposal_decide", published.pk, waiting.pk, is_granted="no", reason="")
    assert Proposal.objects.get(pk=waiting.pk).decided_at is None
    send(client, "proposal_decide", published.pk, waiting.pk, is_granted="no", reason="首月试行")

    assert Proposal.objects.get(pk=waiting.pk).is_confirmed is False
    assert "首月试行" in text(client.get(url("proposals", published.pk)))


# --- the operator ---------------------------------------------------------------------------------------


def test_the_operator_verifies_a_published_month(month, published):
    out = StringIO()

    call_command("verify_scores", "2026-09", stdout=out)

    assert "与发布时完全一致" in out.getvalue()


def test_the_operator_is_told_what_differs_now(month, published):
    walk = case_actions.start_patrol(by=month.post.leader, at=day(10), key=uuid4())
    case_actions.end_patrol(walk, by=month.post.leader, at=day(10, 11))
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("verify_scores", stdout=out)

    assert f"{month.grid.one.code} 一号网格 patrol_days: 2 → 3" in out.getvalue()


@pytest.mark.parametrize("asked", ["2026-08", "nonsense"])
def test_a_month_that_was_not_published_cannot_be_verified(month, published, asked):
    with pytest.raises(CommandError):
        call_command("verify_scores", asked)


def test_the_operator_computes_a_month_by_hand(month):
    out = StringIO()
    with time_machine.travel(datetime(2026, 10, 2, tzinfo=SHANGHAI), tick=False):
        call_command("score_month", "2026-09", stdout=out)

    assert "已计算10个网格的得分" in out.getvalue()
    assert lines()  # the product's own scheme holds from now on
