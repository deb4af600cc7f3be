"""The sheets beside the handling of problems: dispatch, daily work and special groups, for any days."""

import re
from datetime import date, datetime, time
from html import unescape
from io import BytesIO
from itertools import product
from random import Random
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assessment import actions as assessing
from assessment import tasks
from assessment.enums import Figure, HeardBy, Input, Rate, Satisfaction
from assessment.queries import daily, special
from cases import actions as case_actions
from cases.models import Assignment, CaseEvent
from grids.models import Job
from grids.rules.workdays import first_of_month
from residents import actions as register
from residents.actions.groups import close
from residents.enums import CloseReason, Met, Purpose, Relation
from residents.models import GroupFile
from tests.assessment import test_score_pages, test_scores
from tests.assessment.histories import History
from tests.assessment.test_scores import score_of
from tests.residents.people import household
from tests.town import SHANGHAI

SEPTEMBER_ENDS = datetime(2026, 10, 1, tzinfo=SHANGHAI)
NOW = datetime(2026, 10, 15, 10, 30, tzinfo=SHANGHAI)

pytestmark = pytest.mark.django_db

month, busy = test_scores.month, test_score_pages.busy


@pytest.fixture(autouse=True)
def at():
    """The pages read the clock of the door."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller.move_to


@pytest.fixture
def open_as(town, calendar):
    def open_as(name: str) -> Client:
        client = Client()
        client.force_login(town.user[name])
        return client

    return open_as


def url(name: str, **query) -> str:
    return reverse(f"assessment:{name}", query=query or None)


def text(response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


# --- what is asked ------------------------------------------------------------------------------

SHEETS = ("monthly", "dispatch", "daily", "groups")
REFUSED = (
    ({"from": "2026-09-10", "to": "2026-09-09"}, "截止日期早于起始日期"),
    ({"from": "2025-10-01", "to": "2026-10-14"}, "最长统计一年"),
    ({"from": "2026-10-01", "to": "2026-10-16"}, "结束日期还没有到"),
    ({"from": "2011-10-01"}, "日期过早"),
    ({"from": "昨天"}, "日期格式不对"),
    ({"from": "2026-02-30"}, "日期格式不对"),
    ({"from": "2026-09-10\x00", "to": "9" * 60}, "日期格式不对"),
    ({"from": "2026-09-10", "as_of": "2026-09-09T12:00"}, "早于统计期间"),
)


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize(("query", "sentence"), REFUSED)
def test_days_that_make_no_sense_are_refused_with_a_sentence(open_as, sheet, query, sentence):
    answer = open_as("dispatcher").get(url(sheet), query)

    assert answer.status_code == 422
    assert sentence in text(answer)


def test_the_sheets_hand_on_what_was_asked(town, open_as):
    asked = {"grid": town.grid.east.code, "from": "2026-09-03", "to": "2026-09-10"}

    page = open_as("dispatcher").get(url("monthly"), asked)

    assert [tab["url"] for tab in page.context["tabs"]] == [url(sheet, **asked) for sheet in SHEETS]
    assert "东街社区 2026-09-03 – 2026-09-10" in text(page)
    assert 'name="from" value="2026-09-03"' in page.content.decode()


def test_days_that_are_a_month_are_that_month(open_as):
    page = open_as("dispatcher").get(url("dispatch"), {"from": "2026-09-01", "to": "2026-09-30"})

    assert page.context["period"].is_month
    assert 'name="month" value="2026-09"' in page.content.decode()


@pytest.fixture
def lived(month, busy):
    """September, lived by a community: walks, diaries, visits, files, cases of every kind (test_score_pages)."""
    return month


# --- dispatch and escalation ----------------------------------------------------------------------


def test_the_equation_of_dispatch_is_printed_in_every_row(town, open_as):
    History(town, Random(7)).live(120)

    page = open_as("dispatcher").get(url("dispatch", month="2026-08"))

    report = page.context["report"]
    assert report.total["received"] > 5
    for row in (report.total, *report.by_grid):
        numbers = [row[name] for name in ("received", "dispatched", "escalated", "waiting")]
        assert numbers[0] == sum(numbers[1:])
        assert "{} = {} + {} + {}".format(*numbers) in text(page)


def test_solved_are_those_taken_on_and_closed(lived, open_as):
    client = open_as("dispatcher")
    total = client.get(url("dispatch", month="2026-09")).context["report"].total
    before = client.get(url("dispatch", month="2026-09", as_of="2026-09-04T08:59")).context["report"].total

    assert (total["solved"], total["closed"]) == (2, 2)
    assert (before["solved"], before["received"]) == (0, 3)
    assert total.parts(Rate.SOLVING) == (2, total["received"])


# --- more columns of the handling of problems ---------------------------------------------------------------


def test_what_was_granted_supervised_and_said_is_counted(lived, open_as):
    asked_for_more(lived)
    total = open_as("dispatcher").get(url("monthly", month="2026-09")).context["report"].total

    names = ("extended", "suspended", "ordinary", "yellow", "red", "rated", "satisfied")
    assert {name: total[name] for name in names} == {
        "extended": 1, "suspended": 0, "ordinary": 0, "yellow": 2, "red": 1, "rated": 2, "satisfied": 1,
    }  # fmt: skip
    assert total["supervised"] == total["ordinary"] + total["yellow"] + total["red"]
    assert (total["came_up"], total["given_down"]) == (
        CaseEvent.objects.filter(action="escalate", at__lt=SEPTEMBER_ENDS).count(),
        Assignment.objects.filter(
            grid__level__gte=2, assigned_by__role="dispatcher", assigned_at__lt=SEPTEMBER_ENDS
        ).count(),
    )


def asked_for_more(town):
    """One case whose unit gets two more days."""
    when = datetime(2026, 9, 24, 9, tzinfo=SHANGHAI)
    case = test_score_pages.give(town, town.report(at=when, code="C201"), when)
    case = case_actions.sign(case, by=town.post.leader, at=when)
    case_actions.extend(case, amount=2, note="等待材料", by=town.post.leader, at=when)
    case_actions.endorse(case, by=town.post.dispatcher, at=when)
    case_actions.grant(case, by=town.post.secretary, at=when)


def test_the_full_width_has_every_column_and_each_number_its_rows(lived, open_as):
    asked_for_more(lived)
    client = open_as("direct")

    page = client.get(url("monthly", month="2026-09", all="1"))

    assert {str(what.label) for what in (*Rate, Figure.RED, Figure.EXTENDED)} <= set(page.context["columns"])
    assert "broad-paper" in page.content.decode()
    links = LINK.findall(unescape(page.content.decode()))
    assert len(links) > 60
    for address, number in links:
        assert client.get(address).context["number"] == int(number), address


def test_who_is_satisfied_counts_where_nothing_else_happened(month, open_as):
    """Taken down in October of a closing in September: in no round of October, and counted there."""
    closing = CaseEvent.objects.filter(action="close").order_by("pk")[0]
    assessing.rate_case(
        closing.case, closing=closing.seq, satisfaction=Satisfaction.VERY, how=HeardBy.VISIT, by=month.post.direct,
        at=datetime(2026, 10, 9, 9, tzinfo=SHANGHAI), key=uuid4(),
    )  # fmt: skip

    page = open_as("leader").get(url("monthly", month="2026-10"))

    total = page.context["report"].total
    assert (total.parts(Rate.SATISFACTION), total["closed"]) == ((1, 1), 0)
    assert "100.00%" in text(page)


# --- the daily work -------------------------------------------------------------------------------------


def cells_of(page, label: str) -> dict[str, str]:
    """What a line of the sheet says, by column; "" is the total."""
    lines = {line.label: cells for line, _url, cells in page.context["by_grid"]}
    return {cell.label: cell.text for cell in lines.get(label, page.context["total"])}


def test_the_daily_work_is_what_the_scores_count(lived, open_as):
    page = open_as("dispatcher").get(url("daily", grid=lived.grid.street.code, month="2026-09"))

    east = score_of(lived, "east").counts
    said = cells_of(page, "东街社区")
    for name in Input:
        if name in daily.ALL:
            assert said[str(name.label)] == f"{east[name]:,}", name
    assert said["日记篇数"] == "2"


def test_lines_of_the_daily_work_add_up_to_the_grid(lived, open_as):
    page = open_as("official").get(url("daily", month="2026-09"))

    report = daily.daily(lived.grid.district, page.context["period"])
    assert report.total.counts == {
        name: sum(line.counts[name] for line in report.lines) for name in daily.ALL
    }
    assert report.total.counts[Input.TO_SIGN] > 0
    assert [line.label for line in report.lines] == ["林山寨街道", "三官庙街道", "中原区本级"]


def test_what_a_unit_itself_has_to_sign_for_stands_in_a_line_of_its_own(lived, open_as):
    page = open_as("first").get(url("daily", grid=lived.grid.east.code, month="2026-09"))

    own = cells_of(page, "东街社区本级")
    assert int(own["应签收件数"]) > 0
    assert own["应巡查日"] == "0"


def test_an_early_cut_off_sees_no_later_walk(lived, open_as):
    page = open_as("leader").get(url("daily", month="2026-09", as_of="2026-09-08T23:00"))

    assert cells_of(page, "一号网格")["实巡查日"] == "1"


def test_a_single_day_is_counted_alone(lived, open_as):
    page = open_as("leader").get(url("daily", **{"from": "2026-09-09", "to": "2026-09-09"}))

    said = cells_of(page, "一号网格")
    assert (said["应巡查日"], said["实巡查日"], said["巡查率"]) == ("1", "1", "100.00%")


@pytest.mark.parametrize(
    "query", [{"figure": "duty_days"}, {"figure": ""}, {"figure": "signed", "part": "-1"}]
)
def test_rows_of_what_has_none_are_refused(town, open_as, query):
    assert open_as("dispatcher").get(url("daily_rows"), query).status_code == 422


# --- special groups ---------------------------------------------------------------------------------------

STOCK = ("opening", "came", "gone", "closing")


def stock_of(page, code: str = "DJ") -> tuple[str, ...]:
    return next(
        tuple(line.texts[name] for name in STOCK)
        for line, _ in page.context["lines"]
        if line.type.code == code
    )


def moved_to_two(town, person, when):
    """She moves into the neighbouring grid, and her file with her."""
    home = household(town, when, grid="two", house_no="8")
    return register.move(
        person, home, relation=Relation.HEAD, on=when.date(), by=town.post.direct, at=when, key=uuid4()
    )


def test_a_file_comes_and_stays(lived, open_as):
    client = open_as("leader")

    assert stock_of(client.get(url("groups", month="2026-08"))) == ("0", "0", "0", "0")
    assert stock_of(client.get(url("groups", month="2026-09"))) == ("0", "1", "0", "1")
    assert stock_of(client.get(url("groups", month="2026-10"))) == ("1", "0", "0", "1")
    assert "0 + 1 − 0 = 1" in text(client.get(url("groups", month="2026-09")))


def test_a_file_that_moves_has_gone_here_and_come_there(lived, open_as):
    moved_to_two(lived, GroupFile.objects.get().resident, datetime(2026, 10, 12, 9, tzinfo=SHANGHAI))

    october = {
        who: stock_of(open_as(who).get(url("groups", month="2026-10")))
        for who in ("leader", "leader2", "direct")
    }
    september = stock_of(open_as("leader").get(url("groups", month="2026-09")))

    assert october == {
        "leader": ("1", "0", "1", "0"), "leader2": ("0", "1", "0", "1"), "direct": ("1", "0", "0", "1"),
    }  # fmt: skip
    assert september == ("0", "1", "0", "1")  # as it was told before she moved


def test_a_file_that_is_closed_has_gone(lived, open_as):
    close(
        GroupFile.objects.get(), reason=CloseReason.NOT_ENTITLED, note="", on=date(2026, 10, 13), by=lived.post.leader,
        at=datetime(2026, 10, 13, 9, tzinfo=SHANGHAI), key=uuid4(),
    )  # fmt: skip

    client = open_as("leader")

    assert stock_of(client.get(url("groups", month="2026-10"))) == ("1", "0", "1", "0")
    assert stock_of(client.get(url("groups", month="2026-10", as_of="2026-10-13T08:59"))) == (
        "1",
        "0",
        "0",
        "1",
    )


def test_a_visit_that_was_owed_stays_owed_when_the_file_is_closed_after_its_month(lived, open_as, at):
    """Else the month would say afterwards that nothing had been due, and its published scores would no longer add up."""
    file = GroupFile.objects.get()
    due = file.next_visit_due
    later = datetime.combine(first_of_month(due, 1), time(9), tzinfo=SHANGHAI)
    at(later)

    def owed():
        page = open_as("leader").get(url("groups", month=f"{due:%Y-%m}"))
        line = next(line for line, _cells in page.context["lines"] if line.type.code == "DJ")
        return line.texts["owed"], line.texts["visited"]

    before = owed()
    close(
        file,
        reason=CloseReason.NOT_ENTITLED,
        note="",
        on=later.date(),
        by=lived.post.leader,
        at=later,
        key=uuid4(),
    )

    assert (before, owed()) == (("1", "0"), ("1", "0"))


def test_a_visit_in_time_fills_the_rate(lived, open_as):
    file = GroupFile.objects.get()
    when = datetime.combine(file.next_visit_due, time(9), tzinfo=SHANGHAI)
    register.visit(
        file.resident.household,
        purpose=Purpose.ROUND,
        met=Met.FAMILY,
        by=lived.post.leader,
        at=when,
        key=uuid4(),
        file=file,
    )

    page = open_as("leader").get(url("groups", month=f"{when:%Y-%m}"))

    line = next(line for line, _cells in page.context["lines"] if line.type.code == "DJ")
    assert (line.texts["visited"], line.rate) == ("1", "100.00%")


def test_who_only_reads_figures_is_told_no_small_number(lived, open_as):
    client = open_as("dispatcher")

    own = client.get(url("groups", month="2026-10"))
    part = client.get(url("groups", month="2026-10", grid=lived.grid.east.code))

    assert stock_of(own) == ("<3", "***", "***", "<3")
    assert set(stock_of(part)) == {"***"}
    for page in (own, part):
        assert reverse("assessment:group_rows") not in page.content.decode()
        assert "1 + 0 − 0 = 1" not in text(page)


def test_sensitive_types_are_for_those_who_may_know_of_them(lived, open_as):
    def told(who, place):
        page = open_as(who).get(url("groups", month="2026-09", grid=lived.grid[place].code))
        return {
            line.type.code: line.leads for line, _cells in page.context["lines"] if line.type.is_sensitive
        }

    assert told("leader", "one") == {"SQJZ": True, "XMSF": True}
    assert told("first", "east") == {}
    assert told("dispatcher", "street") == {"SQJZ": False, "XMSF": False}


EDGE = 12


def test_nothing_small_can_be_worked_out_from_what_is_told():
    """Everything that could lie behind a line: each small number in it has two values at least."""
    behind: dict[str, list[dict[str, int]]] = {}
    for opening, came, gone in product(range(EDGE + 1), repeat=3):
        if opening + came >= gone:
            counts = dict(zip(STOCK, (opening, came, gone, opening + came - gone), strict=True))
            behind.setdefault(str(special.guarded(counts | {"owed": 0, "visited": 0})), []).append(counts)
    for owed in range(EDGE):
        for visited in range(owed + 1):
            counts = dict.fromkeys(STOCK, 0) | {"owed": owed, "visited": visited}
            missed = {"owed": owed, "visited": visited, "missed": owed - visited}
            behind.setdefault(f"visits {special.guarded(counts)}", []).append(missed)

    inner = {
        said: all_ for said, all_ in behind.items() if all(EDGE not in counts.values() for counts in all_)
    }
    assert len(inner) > 50
    for said, all_counts in inner.items():
        for name in all_counts[0]:
            values = {counts[name] for counts in all_counts}
            assert len(values) > 1 or not any(map(special.is_few, values)), (said, name, values)


def test_a_file_that_has_moved_on_is_counted_and_not_shown(lived, open_as):
    person = GroupFile.objects.get().resident
    moved_to_two(lived, person, datetime(2026, 10, 12, 9, tzinfo=SHANGHAI))

    page = open_as("leader").get(
        url("group_rows", grid=lived.grid.one.code, month="2026-09", figure="closing", type="DJ")
    )

    assert (page.context["number"], page.context["page"].hidden, page.context["page"].rows) == (1, 1, [])
    assert str(person.name) not in text(page)


def test_a_type_that_does_not_exist_is_not_found(lived, open_as):
    client = open_as("leader")
    asked = {"month": "2026-09", "figure": "closing"}

    assert client.get(url("group_rows", type="XX", **asked)).status_code == 404
    assert client.get(url("group_rows", type="D J", **asked)).status_code == 422


# --- every number, for everybody who reads it -----------------------------------------------------------------

# person        place     her sheets of special groups have links
READERS = (
    ("official",   "district", False),
    ("secretary",  "street",   True),
    ("dispatcher", "street",   False),
    ("first",      "east",     True),
    ("direct",     "east",     True),
    ("maintainer", "east",     False),
    ("leader",     "one",      True),
)  # fmt: skip
ROWS = ("cases", "daily_rows", "group_rows")
LINK = re.compile(
    rf'href="((?:{"|".join(re.escape(reverse(f"assessment:{name}")) for name in ROWS)})\?[^"]+)">([\d,]+)<'
)


@pytest.mark.parametrize(("person", "place", "leads"), READERS)
@pytest.mark.parametrize(
    "days", [{"month": "2026-09"}, {"from": "2026-09-08", "to": "2026-09-22"}], ids=["month", "days"]
)
def test_every_number_leads_to_exactly_its_rows(lived, open_as, person, place, leads, days):
    client, found = open_as(person), {}
    for sheet in SHEETS:
        page = unescape(client.get(url(sheet, grid=lived.grid[place].code, **days)).content.decode())
        found[sheet] = LINK.findall(page)
        for address, number in found[sheet]:
            assert client.get(address).context["number"] == int(number.replace(",", "")), address

    assert min(len(found[sheet]) for sheet in ("monthly", "dispatch", "daily")) > 2
    assert bool(found["groups"]) == leads


# --- on paper ----------------------------------------------------------------------------------------------------


def workbook_of(town, open_as, who: str, place: str):
    """What a person gets who asks for the workbook of September."""
    asked = {"grid": town.grid[place].code, "month": "2026-09", "as_of": "2026-10-01T00:00", "key": uuid4()}
    assert open_as(who).post(url("workbook"), asked).status_code == 302
    tasks.run_workbooks()
    job = Job.objects.latest("pk")
    assert job.state == "done", job.message
    with job.result.open("rb") as file:
        return load_workbook(BytesIO(file.read()), data_only=True)


def row_of(sheet, label: str) -> dict[str, object]:
    rows = list(sheet.iter_rows(values_only=True))
    titles = next(row for row in rows if row[0] in ("网格", "类型"))
    return dict(zip(titles, next(row for row in rows if row[0] == label), strict=True))


def test_the_workbook_has_every_sheet_of_the_report(lived, open_as):
    book = workbook_of(lived, open_as, "direct", "east")

    assert book.sheetnames[4:] == ["网格日常", "派发上报", "巡查走访签收", "特殊群体", "口径说明"]
    said = cells_of(
        open_as("direct").get(url("daily", month="2026-09", grid=lived.grid.east.code)), "一号网格"
    )
    paper = row_of(book["巡查走访签收"], "一号网格")
    assert {title: f"{paper[title]:,}" for title in said if "率" not in title and title != "按时签收"} == {
        title: text for title, text in said.items() if "率" not in title and title != "按时签收"
    }
    dispatched = row_of(book["派发上报"], "一号网格")
    assert dispatched["收集"] == dispatched["已派发"] + dispatched["上报上级"] + dispatched["待派发"] > 0
    assert row_of(book["特殊群体"], "独居老人")["期末（月末）数"] == "1"


def test_the_workbook_of_who_may_not_see_files_tells_no_small_number(lived, open_as):
    book = workbook_of(lived, open_as, "dispatcher", "street")

    assert row_of(book["特殊群体"], "独居老人")["期末（月末）数"] == "<3"
