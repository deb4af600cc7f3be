"""The monthly report is for those who may read figures, and every number leads to its rows."""

import re
from datetime import datetime, timedelta
from html import unescape
from io import BytesIO
from random import Random
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assessment import tasks
from assessment.enums import Figure
from assessment.exports import workbook
from assessment.queries import tally
from cases import actions
from cases.enums import Unit
from cases.rules.clock import Limit
from grids.actions import claim_job, dismiss
from grids.actions.jobs import STALE
from grids.enums import JobState
from grids.models import Job
from tests.assessment.histories import History

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 15, 10, 30, tzinfo=SHANGHAI)
MONTHLY, CASES, ORDER = (reverse(f"assessment:{name}") for name in ("monthly", "cases", "workbook"))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mid_october():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sign_in(town):
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(town.user.get(name, town.outsider))
        return client

    return sign_in


def reported(town, when=datetime(2026, 9, 10, 9, tzinfo=SHANGHAI)):
    case = town.report(at=when, code="C201")
    limit = Limit(3, Unit.WORKING_DAYS)
    return actions.assign(case, unit=town.grid.one, limit=limit, by=town.post.dispatcher, at=when)


# --- who may ------------------------------------------------------------------------------------

# person          district  street  east  one  nine
ANSWERS = (
    ("official",     200,      200,    200,  200, 200),
    ("dispatcher",   404,      200,    200,  200, 404),
    ("first",        404,      404,    200,  200, 404),
    ("leader",       404,      404,    404,  200, 404),
    ("far_leader",   404,      404,    404,  404, 200),
    ("member",       404,      404,    404,  403, 404),
    ("officer",      404,      404,    404,  404, 404),
    ("volunteer",    404,      404,    404,  404, 404),
    ("outsider",     404,      404,    404,  404, 404),
)  # fmt: skip


@pytest.mark.parametrize(("person", "answers"), [(row[0], row[1:]) for row in ANSWERS])
@pytest.mark.parametrize("address", [MONTHLY, f"{CASES}?figure=new", ORDER])
def test_a_report_is_open_where_figures_may_be_read(town, sign_in, person, answers, address):
    client = sign_in(person)
    for place, expected in zip(("district", "street", "east", "one", "nine"), answers, strict=True):
        code = town.grid[place].code
        if address == ORDER:
            form = {"grid": code, "month": "2026-09", "as_of": "2026-10-01T00:00", "key": uuid4()}
            answer = client.post(ORDER, form)
        else:
            answer = client.get(address, {"grid": code, "month": "2026-09", "figure": "new"})

        assert answer.status_code == (302 if address == ORDER and expected == 200 else expected), (
            person,
            place,
        )


def test_without_a_grid_the_report_is_of_ones_own(town, sign_in):
    assert sign_in("dispatcher").get(MONTHLY).context["grid"] == town.grid.street
    assert sign_in("leader").get(MONTHLY).context["grid"] == town.grid.one
    assert sign_in("officer").get(MONTHLY).status_code == 403


def test_the_choice_offers_only_grids_whose_figures_are_open(town, sign_in):
    offered = sign_in("first").get(MONTHLY).context["form"].fields["grid"].choices

    assert [code for code, _label in offered] == [town.grid[name].code for name in ("east", "one", "two")]


# --- what is asked ------------------------------------------------------------------------------

REFUSED = (
    {"month": "2026-13"}, {"month": "九月"}, {"month": "2026-11"}, {"month": "1999-01"}, {"month": "2026-9\x00"},
    {"month": "2026-09", "as_of": "yesterday"},
    {"month": "2026-09", "as_of": "2026-08-31T12:00"},
    {"month": "2026-10", "as_of": "2026-10-15T10:31"},
    {"month": "2026-09", "as_of": "9" * 60},
)  # fmt: skip


@pytest.mark.parametrize("query", REFUSED)
def test_a_period_that_makes_no_sense_is_refused_with_a_sentence(town, sign_in, query):
    answer = sign_in("dispatcher").get(MONTHLY, query)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("grid", ["1' or 1=1", "410102006' --", "\x00", "999999", "410102006" * 9])
def test_a_code_that_is_no_grid_is_not_found(town, sign_in, grid):
    assert sign_in("dispatcher").get(MONTHLY, {"grid": grid}).status_code == 404


def test_an_earlier_cut_off_gives_the_figures_of_that_moment(town, calendar, sign_in):
    reported(town)
    client = sign_in("dispatcher")

    before = client.get(MONTHLY, {"month": "2026-09", "as_of": "2026-09-10T08:59"}).context["report"]
    after = client.get(MONTHLY, {"month": "2026-09", "as_of": "2026-09-10T09:01"}).context["report"]

    assert (before.total["new"], after.total["new"]) == (0, 1)


def test_the_filter_shows_the_cut_off_as_a_browser_can_read_it(town, sign_in):
    query = {"month": "2026-09", "as_of": "2026-09-10T01:02:03.4+00:00"}

    page = sign_in("dispatcher").get(MONTHLY, query).content.decode()

    assert 'name="as_of" value="2026-09-10T09:02"' in page
    assert (
        'name="as_of" value="2026-09-10T09:02:03.400000+08:00"' in page
    )  # the workbook is of the exact moment


def test_the_month_under_way_is_counted_up_to_now(town, calendar, sign_in):
    page = sign_in("dispatcher").get(MONTHLY)

    assert page.context["period"].moment == NOW
    assert "截至 2026-10-15 10:30" in page.content.decode()


# --- numbers and rows ---------------------------------------------------------------------------

LINK = re.compile(rf'href="({re.escape(CASES)}\?[^"]+)">([\d,]+)<')


@pytest.mark.parametrize("person", ["official", "dispatcher", "first", "leader"])
def test_every_number_on_the_screen_leads_to_as_many_rows(town, calendar, sign_in, person):
    History(town, Random(7)).live(200)
    client = sign_in(person)
    page = unescape(client.get(MONTHLY, {"month": "2026-08", "as_of": "2026-08-25T12:00"}).content.decode())

    links = LINK.findall(page)

    assert len(links) > 10
    for address, number in links:
        assert client.get(address).context["number"] == int(number), address


def test_every_figure_has_a_page_of_its_rows(town, calendar, sign_in):
    History(town, Random(6)).live(120)
    client, street = sign_in("dispatcher"), town.grid.street
    counts = tally(street, NOW.date().replace(month=8), cut_off=NOW).total

    for figure in Figure:
        page = client.get(CASES, {"grid": street.code, "month": "2026-08", "figure": figure.value})
        assert (page.status_code, page.context["number"]) == (200, counts[figure]), figure


def test_the_rows_show_how_the_case_stood_then(town, calendar, sign_in):
    actions.set_policy(
        town.grid.district, building_escalates=False, reason="试行", by=town.post.official,
        at=datetime(2026, 9, 1, tzinfo=SHANGHAI),
    )  # fmt: skip
    case = reported(town)
    actions.sign(case, by=town.post.leader, at=NOW - timedelta(days=1))
    query = {"grid": town.grid.street.code, "month": "2026-09", "figure": "closing"}

    page = sign_in("dispatcher").get(CASES, query).content.decode()

    assert case.number in page
    assert "已交办" in page.split("<tbody>")[1]
    assert "09-15 24:00" in page


def test_many_rows_come_page_by_page_each_once(town, calendar, sign_in):
    for n in range(120):
        town.report(at=datetime(2026, 9, 1, 9, n % 60, tzinfo=SHANGHAI), code="C201")
    client, seen = sign_in("dispatcher"), []
    address = f"?grid={town.grid.street.code}&month=2026-09&figure=new"

    while address:
        page = client.get(f"{CASES}{address}")
        seen += [row.pk for row in page.context["rows"]]
        address = page.context["next_url"]

    assert (len(seen), len(set(seen))) == (120, 120)


@pytest.mark.parametrize("query", [{"figure": "nonsense"}, {"figure": ""}, {"figure": "new", "channel": "x"}])
def test_a_figure_that_does_not_exist_is_refused(town, sign_in, query):
    assert sign_in("dispatcher").get(CASES, {"month": "2026-09", **query}).status_code == 422


@pytest.mark.parametrize("cases", [1, 3])
def test_the_report_costs_the_same_whatever_it_counts(
    town, calendar, sign_in, cases, django_assert_max_num_queries
):
    for n in range(cases):
        reported(town, datetime(2026, 9, 10 + n, 9, tzinfo=SHANGHAI))
    client = sign_in("dispatcher")
    client.get(MONTHLY)

    with django_assert_max_num_queries(15):
        client.get(MONTHLY, {"month": "2026-09"})


# --- the workbook ---------------------------------------------------------------------------------


def ask(client: Client, town, key=None, **changes) -> Job:
    form = {
        "grid": town.grid.street.code,
        "month": "2026-09",
        "as_of": "2026-10-01T00:00",
        "key": key or uuid4(),
    }
    answer = client.post(ORDER, {**form, **changes})
    assert answer.status_code == 302
    return Job.objects.latest("pk")


def test_the_workbook_is_made_downloaded_and_counts_the_case(town, calendar, sign_in):
    reported(town)
    client = sign_in("dispatcher")
    job = ask(client, town)

    tasks.run_workbooks()
    answer = client.get(reverse("grids:job_file", args=[job.pk]))
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]

    titles = [cell.value for cell in next(row for row in sheet.iter_rows() if row[0].value == "网格")]
    east = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "东街社区")
    found = dict(zip(titles, east, strict=True))
    assert (found["本期新增"], found["交办次数"], found["超期未办结"], found["期末在办"]) == (1, 1, 1, 1)
    assert "%E4%B8%89%E5%AE%98%E5%BA%99" in answer["Content-Disposition"]


def test_the_workbook_is_asked_for_as_of_what_the_page_showed(town, calendar, sign_in):
    client = sign_in("dispatcher")
    page = client.get(MONTHLY).content.decode()
    form = dict(re.findall(r'name="(grid|key|month|as_of)" value="([^"]+)"', page.split(ORDER)[1]))

    with time_machine.travel(NOW + timedelta(minutes=20), tick=False):
        reported(town, NOW + timedelta(minutes=10))
        client.post(ORDER, form)
        tasks.run_workbooks()

    job = Job.objects.get()
    assert datetime.fromisoformat(job.params["as_of"]) == NOW
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)


def test_the_same_form_sent_twice_is_one_workbook(town, sign_in):
    client, key = sign_in("dispatcher"), uuid4()

    assert ask(client, town, key) == ask(client, town, key)
    assert Job.objects.count() == 1


def test_a_form_without_its_key_is_refused(town, sign_in):
    answer = sign_in("dispatcher").post(ORDER, {"grid": town.grid.street.code, "month": "2026-09"})

    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_the_workbook_of_somebody_else_does_not_exist(town, calendar, sign_in):
    job = ask(sign_in("dispatcher"), town)
    tasks.run_workbooks()

    for name in ("job", "job_progress", "job_file"):
        assert sign_in("secretary").get(reverse(f"grids:{name}", args=[job.pk])).status_code == 404
    assert sign_in("secretary").get(MONTHLY).context["earlier"] == []
    assert sign_in("dispatcher").get(MONTHLY).context["earlier"] == [job]


def test_who_lost_the_post_meanwhile_gets_no_workbook(town, sign_in):
    job = ask(sign_in("dispatcher"), town)
    dismiss(town.post.dispatcher, at=NOW)

    tasks.run_workbooks()

    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "您已没有查看这些数据的权限。")
    assert not job.result


def test_a_finished_workbook_is_closed_to_who_lost_the_post(town, sign_in):
    client = sign_in("dispatcher")
    job = ask(client, town)
    tasks.run_workbooks()
    address = reverse("grids:job_file", args=[job.pk])
    before = client.get(address)
    b"".join(before.streaming_content)
    dismiss(town.post.dispatcher, at=NOW)

    assert (before.status_code, client.get(address).status_code) == (200, 404)


def test_a_workbook_that_cannot_be_made_says_so_and_the_next_is_made(town, calendar, sign_in, caplog):
    client = sign_in("dispatcher")
    broken, sound = ask(client, town), ask(client, town)
    Job.objects.filter(pk=broken.pk).update(params={**broken.params, "month": "never"})

    tasks.run_workbooks()

    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.state, sound.state) == (JobState.FAILED, JobState.DONE)
    assert "工作簿没有生成" in client.get(broken.get_absolute_url()).content.decode()
    assert "workbook failed" in caplog.text


def test_a_workbook_cancelled_while_it_is_made_stays_cancelled(town, calendar, sign_in):
    job = ask(sign_in("dispatcher"), town)
    claimed = claim_job(workbook.KIND, at=NOW)
    sign_in("dispatcher").post(reverse("grids:job_cancel", args=[job.pk]))

    with pytest.raises(tasks.Cancelled):
        tasks._made(claimed)

    job.refresh_from_db()
    assert (job.state, bool(job.result)) == (JobState.CANCELLED, False)


def test_the_workbook_of_a_killed_worker_is_made_by_the_next(town, calendar, sign_in):
    job = ask(sign_in("dispatcher"), town)
    claim_job(workbook.KIND, at=NOW)

    tasks.run_workbooks()
    job.refresh_from_db()
    too_soon = job.state
    with time_machine.travel(NOW + STALE, tick=False):
        tasks.run_workbooks()

    job.refresh_from_db()
    assert (too_soon, job.state, job.attempts) == (JobState.RUNNING, JobState.DONE, 2)


def test_two_workers_that_made_the_same_workbook_leave_one(town, calendar, sign_in):
    job = ask(sign_in("dispatcher"), town)
    slow = claim_job(workbook.KIND, at=NOW - STALE)
    tasks.run_workbooks()
    job.refresh_from_db()
    first = job.result.name

    tasks._run(slow, tasks._made)

    job.refresh_from_db()
    assert (job.state, job.result.name) == (JobState.DONE, first)


def test_the_workbook_speaks_the_language_of_who_asked(town, calendar, sign_in):
    client = sign_in("dispatcher")
    client.cookies["django_language"] = "en"
    job = ask(client, town)

    tasks.run_workbooks()

    job.refresh_from_db()
    assert job.filename == "三官庙街道 closing rates of cases, September 2026.xlsx"


# --- definitions ----------------------------------------------------------------------------------


def test_everybody_who_signed_in_may_read_how_figures_are_counted(town, sign_in):
    for person in ("official", "volunteer", "outsider"):
        page = sign_in(person).get(reverse("assessment:definitions"))
        assert page.status_code == 200

    text = page.content.decode()
    assert "3130 ÷ 3134 = 99.87%" in text
    assert all(f'id="{figure.value}"' in text for figure in Figure)
