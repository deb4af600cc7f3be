"""The dashboard shows the grids of a place over the months, and says which figures moved and why."""

import re
from datetime import date, datetime
from html import unescape
from random import Random

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment import actions
from assessment.enums import Headline, Rate
from assessment.models import MonthlyScore, Run
from assessment.queries import tally
from assessment.queries.dashboard import dashboard, explained
from assessment.rules.moves import printed
from assessment.rules.rates import Period
from cases import actions as case_actions
from tests.assessment.histories import History
from tests.assessment.test_tally import assign, day, finish
from tests.town import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

PAGE = reverse("assessment:dashboard")
NOW = datetime(2026, 10, 20, 9, tzinfo=SHANGHAI)
AUGUST, SEPTEMBER, OCTOBER = (date(2026, n, 1) for n in (8, 9, 10))


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


@pytest.fixture
def patient(town):
    case_actions.set_policy(
        town.grid.district, building_escalates=False, reason="试行", by=town.post.official, at=day(1, 8, 7)
    )


def close_some(town, month: int, in_time: int, late: int, leader: str = "leader") -> None:
    """Cases of one building grid, reported on the third."""
    begun = day(3, month=month)
    grid = {"leader": "one", "leader3": "three"}[leader]
    for n in range(in_time + late):
        case = town.report(at=begun, by=leader, grid=grid, code="C201", text="邻里纠纷")
        case = assign(town, case, begun, unit=grid)
        at = day(5 if n < in_time else 25, month=month)
        case = case_actions.sign(case, by=town.post[leader], at=at)
        finish(town, case_actions.feed_back(case, result="已调解", by=town.post[leader], at=at), at)


def look(client, **query):
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return answer.context, unescape(answer.content.decode())


def periods(*months: date) -> list[Period]:
    return [Period.of(month, NOW) for month in months]


# --- the figures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_kept", [True, False])
def test_every_line_and_month_is_that_of_the_monthly_report(town, is_kept):
    History(town, Random(4)).live(120)
    if is_kept:
        actions.keep_rollups(town.grid.district, by=None, at=NOW)
    months = periods(date(2026, 7, 1), AUGUST, SEPTEMBER, OCTOBER)

    for name in ("district", "street", "east", "one"):
        board = dashboard(town.grid[name], months)
        for n, period in enumerate(months):
            report = tally(town.grid[name], period.month, cut_off=NOW)
            shown = {line.label: line.counts[n] for line in board.lines}
            counted = {row.label: row.counts for row in report.by_grid}
            assert board.own.counts[n] == report.total.counts
            assert {label: shown[label] for label in counted} == counted
            assert not any(sum(shown[label].values()) for label in set(shown) - set(counted))


def test_the_page_shows_six_months_up_to_the_one_under_way(town, sign_in):
    context, text = look(sign_in("official"))

    assert [month for month, _under_way in context["heads"]] == [f"2026-{n:02}" for n in range(5, 11)]
    assert [under_way for _month, under_way in context["heads"]] == [False] * 5 + [True]
    assert "进行中" in text
    assert [line.label for line in context["lines"]] == ["林山寨街道", "三官庙街道"]


def test_at_midnight_the_new_month_has_not_begun_to_show(town, sign_in):
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=SHANGHAI), tick=False):
        context, _text = look(sign_in("official"))

    assert context["heads"][-1] == ("2026-10", False)


def test_figure_span_and_last_month_stand_in_the_address(town, sign_in):
    context, _text = look(sign_in("official"), figure="new", span="12", month="2026-08")

    assert [month for month, _under_way in context["heads"]][::11] == ["2025-09", "2026-08"]
    assert context["headline"] == Headline.NEW
    assert "figure=new&span=12&month=2026-08" in context["lines"][0].url


def test_every_number_leads_to_its_report_or_its_rows(town, patient, sign_in):
    close_some(town, 9, in_time=3, late=1)
    client = sign_in("official")

    rate, _text = look(client, grid=town.grid.street.code, figure="on_time_rate")
    number, _text = look(client, grid=town.grid.street.code, figure="new")

    cell = rate["lines"][0].cells[-2]
    assert (cell.text, cell.parts) == ("75.00%", "3 / 4")
    report = client.get(cell.url).context["report"]
    assert (report.grid, str(report.total.rate(Rate.ON_TIME))) == (town.grid.east, "75.00")
    cell = number["lines"][0].cells[-2]
    assert (cell.text, client.get(cell.url).context["number"]) == ("4", 4)
    assert number["lines"][0].cells[-3].url == ""  # nought in August


def test_a_grid_without_anything_in_these_months_is_named_and_leads_down(town, patient, sign_in):
    close_some(town, 9, in_time=3, late=1)
    client = sign_in("official")

    street, _text = look(client, grid=town.grid.street.code)

    assert [line.label for line in street["lines"]] == ["东街社区"]
    [(name, url)] = street["quiet"]
    west, _text = look_at(client, url)
    assert (name, west["grid"], west["quiet"]) == ("西街社区", town.grid.west, [])


def test_what_lies_in_no_grid_below_has_a_line_and_leads_to_its_rows(town, sign_in):
    town.report(at=day(2), by="dispatcher", grid="street", code="C201")
    client = sign_in("official")

    context, _text = look(client, grid=town.grid.street.code, figure="new")

    last = context["lines"][-1]
    assert (last.label, last.url, last.cells[-2].text) == ("三官庙街道本级", "", "1")
    assert client.get(last.cells[-2].url).context["number"] == 1


def test_down_to_a_building_grid_and_up_as_far_as_one_reads(town, sign_in):
    client = sign_in("dispatcher")
    street, _text = look(client)
    east, _text = look_at(client, street["lines"][0].url)
    one, _text = look_at(client, east["lines"][0].url)

    assert (east["grid"], one["grid"]) == (town.grid.east, town.grid.one)
    assert [line.label for line in one["lines"]] == ["一号网格"]
    assert one["lines"][0].url == ""
    assert [name for name, _url in one["up"]] == ["三官庙街道", "东街社区"]


def look_at(client, url: str):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.context, unescape(answer.content.decode())


def test_scores_are_those_that_were_published(town, sign_in):
    run = actions.score_month(town.grid.district, SEPTEMBER, by=None, at=NOW)
    draft, _text = look(sign_in("official"), figure="score")
    run = actions.give_to_review(run, by=town.post.inspector, at=NOW)
    actions.open_appeals(run, by=town.post.inspector, at=NOW)
    with time_machine.travel(datetime(2026, 10, 30, 9, tzinfo=SHANGHAI), tick=False):
        actions.publish(
            Run.objects.get(), by=town.post.official, at=datetime(2026, 10, 30, 9, tzinfo=SHANGHAI)
        )
        published, _text = look(sign_in("official"), figure="score")

    score = MonthlyScore.objects.get(grid=town.grid.street)
    assert {cell.text for line in draft["lines"] for cell in line.cells} == {"—"}
    cell = published["lines"][1].cells[-2]
    assert (cell.text, cell.url) == (str(score.final), score.get_absolute_url())


def test_each_grid_has_a_chart_that_can_be_read_aloud(town, patient, sign_in):
    close_some(town, 9, in_time=3, late=1)

    _context, text = look(sign_in("official"), grid=town.grid.street.code)

    charts = re.findall(r'<svg class="chart chart-small" role="img".*?</svg>', text)
    assert len(charts) == 1  # nothing happened in the other community
    assert "<title>东街社区 · 按期办结率</title>" in charts[0]
    assert "2026-09 75.00%；2026-10 —</desc>" in charts[0]
    assert all("stroke-dasharray" in chart for chart in charts)
    assert not re.search(r'<main.* style="', text)


@pytest.mark.parametrize(
    "query",
    [
        {"month": "2026-13"},
        {"month": "2026-11"},
        {"figure": "nonsense"},
        {"span": "7"},
        {"span": "x"},
        {"month": "2011-01"},
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(town, sign_in, query):
    answer = sign_in("official").get(PAGE, query)

    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)


def test_more_months_and_cases_ask_no_more_often(town, patient):
    asked = []
    town.report(at=day(5, month=1), code="C201", text="邻里纠纷")
    for cases in (1, 3):
        close_some(town, 9, in_time=cases, late=0)
        actions.keep_rollups(town.grid.district, by=None, at=NOW)
        for months in (periods(SEPTEMBER, OCTOBER), periods(*(date(2026, n, 1) for n in range(1, 11)))):
            with CaptureQueriesContext(connection) as found:
                board = dashboard(town.grid.district, months)
                explained(board, [0])
            asked.append(len(found.captured_queries))

    # the kept months, the calendar and the month under way, the grids below, their scores, the categories
    assert asked == [6, 6, 6, 6]


# --- what moved ------------------------------------------------------------------------------------------------


@pytest.fixture
def fallen(town, patient):
    """In August all was well; in September the east was late."""
    close_some(town, 8, in_time=6, late=0)
    close_some(town, 8, in_time=5, late=0, leader="leader3")
    close_some(town, 9, in_time=3, late=5)
    close_some(town, 9, in_time=6, late=0, leader="leader3")


def told(context, label: str, comparison: int = 0):
    return next(each for each in context["moves"][comparison].figures if each.label == label)


def test_it_names_the_grid_that_moved_the_whole(town, fallen, sign_in):
    client = sign_in("official")
    context, text = look(client, grid=town.grid.street.code)

    on_time = told(context, "按期办结率")

    assert context["moves"][0].name == "2026-09 与 2026-08 相比"
    assert (on_time.before, on_time.now) == ("100.00% (11 / 11)", "64.29% (9 / 14)")
    assert (on_time.arrow, on_time.change, on_time.mood) == ("▼", "下降 35.71 个百分点", "worse")
    ((sentence, url),) = on_time.grids
    assert sentence == "东街社区：2026-09 3 / 8，2026-08 6 / 6，使整体下降 35.71 个百分点"
    rows = client.get(url).context
    assert (rows["grid"], rows["figure"], rows["number"]) == (town.grid.east, "to_close", 8)
    assert sentence in text


def test_it_names_the_category_too(town, fallen, sign_in):
    client = sign_in("official")
    context, _text = look(client, grid=town.grid.street.code)

    ((sentence, url),) = told(context, "按期办结率").categories

    name = town.category("C201").name
    assert sentence == f"{name}：2026-09 9 / 14，2026-08 11 / 11，使整体下降 35.71 个百分点"
    assert client.get(url).context["number"] == 14


def test_numbers_move_by_cases_and_are_neither_good_nor_bad(town, fallen, sign_in):
    context, _text = look(sign_in("official"), grid=town.grid.street.code)

    new = told(context, "本期新增")

    assert (new.before, new.now, new.change, new.mood) == ("11", "14", "上升 3 件", "")


def test_the_mean_of_the_span_counts_all_earlier_months_from_the_first_with_a_case(town, fallen, sign_in):
    town.report(at=day(30, month=6), code="C201", text="邻里纠纷")
    context, _text = look(sign_in("official"), grid=town.grid.street.code)

    new = told(context, "本期新增", comparison=1)

    assert context["moves"][1].name == "2026-09 与前 3 个月平均相比"
    assert (new.before, new.now) == ("4", "14")  # June to August: 12 cases in three months


def test_of_few_cases_nothing_is_said(town, patient, sign_in):
    close_some(town, 8, in_time=2, late=0)
    close_some(town, 9, in_time=1, late=1)

    context, text = look(sign_in("official"), grid=town.grid.street.code)

    assert [comparison.figures for comparison in context["moves"]] == [[]]
    assert "件数过少，不作分析。" in text


def test_one_month_that_is_over_is_nothing_to_compare(town, patient, sign_in):
    close_some(town, 9, in_time=6, late=0)

    context, text = look(sign_in("official"))

    assert context["moves"] == []
    assert "至少有两个已结束的月份才能比较。" in text


def test_what_is_said_of_a_random_history_is_what_the_reports_say(town):
    History(town, Random(7)).live(150)
    board = dashboard(town.grid.district, periods(date(2026, 7, 1), AUGUST, SEPTEMBER))
    august, september = (tally(town.grid.district, month, cut_off=NOW).total for month in (AUGUST, SEPTEMBER))

    found = {each.headline: each for each in explained(board, [1])}

    assert found
    for headline, each in found.items():
        if headline.rate:
            assert (each.before.n, each.before.d) == august.parts(headline.rate)
            assert (each.now.n, each.now.d) == september.parts(headline.rate)
            scale = 100 if headline.rate.is_share else 1
            assert printed(each.now.value * scale) == september.rate(headline.rate)
        else:
            assert (each.before.n, each.now.n) == (august[headline.figure], september[headline.figure])
