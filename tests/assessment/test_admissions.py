"""The report on admission: counted by hand over some days, as of any moment, each number with exactly its rows.

24 September 2026 is a Thursday.
"""

from datetime import date, datetime, timedelta
from itertools import combinations_with_replacement
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessment.enums import AdmissionFigure as A
from assessment.queries.admissions import admission_lines, sources_of, total
from assessment.rules.rates import Period
from cases import actions
from cases.actions import admissions as verbs
from cases.enums import Action
from cases.rules.clock import Limit
from grids.rules.workdays import SHANGHAI
from tests.cases.admitting import ADMITTED, LEFT_OUT, admitted, applied, heard, in_force, left, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

LATE = datetime(2026, 11, 20, 9, tzinfo=SHANGHAI)
FIRST, LAST = date(2026, 9, 24), date(2026, 9, 30)


def on(day, hour=9):
    return datetime(2026, 9, day, hour, tzinfo=SHANGHAI)


def given(town, at, code=LEFT_OUT, unit="one"):
    case = town.report(at=at, code=code)
    return actions.assign(case, unit=town.grid[unit], limit=Limit(7), by=town.post.dispatcher, at=at)


def through(town, day, **facts):
    """An application that is applied for and heard on a day."""
    at = on(day)
    wanted = date(2026, 9, day)
    return heard(town, applied(town, at, since=wanted, **facts), at, day=wanted)


@pytest.fixture
def lived(town):
    """Four applications of the city management, one of the public works; two affairs, one of them gone on the 29th."""
    in_force(town, on(24), but=(LEFT_OUT, "B0802", "C201"))
    affair = admitted(town, through(town, 24), on(24), since=FIRST)  # 建筑垃圾
    refused(town, through(town, 24, code="B0802"), on(25))
    applied(town, on(25), code="C201", since=date(2026, 9, 25))  # nobody has looked at it
    back = applied(town, on(25, 10), code="C201", since=date(2026, 9, 25))
    verbs.take_back(back, reason="另行安排", by=town.post.officer, at=on(26), key=uuid4())
    other = through(town, 27, department="shizheng", by="plumber", code="B0802")
    admitted(town, other, on(28), since=date(2026, 9, 30))
    given(town, on(25))
    given(town, on(28), unit="east")
    given(town, on(28), code=ADMITTED)  # came with the list
    actions.assign(town.report(at=on(28), code=LEFT_OUT), unit=town.department.chengguan, limit=Limit(7),
                   by=town.post.dispatcher, at=on(28))  # fmt: skip
    given(town, on(29, 8))
    left(town, affair, on(29, 12), day=date(2026, 9, 29))
    return town


def counted(town, first=FIRST, last=LAST, moment=LATE):
    found = admission_lines(town.grid.district, Period.days(first, last, moment))
    return {line.label: {name: n for name, n in line.counts.items() if n} for line in found}


def test_every_department_and_number_counted_by_hand(lived):
    assert counted(lived) == {
        "区市政所": {A.APPLIED: 1, A.ADMITTED: 1, A.BEGUN: 1, A.LISTED: 1},
        "城市管理科": {
            A.APPLIED: 4, A.ADMITTED: 1, A.REFUSED: 1, A.WITHDRAWN: 1, A.PENDING: 1,
            A.BEGUN: 1, A.LEFT: 1, A.GIVEN: 3,
        },
    }  # fmt: skip


def test_what_was_there_before_goes_on_or_ends(lived):
    assert counted(lived, date(2026, 9, 26)) == {
        "区市政所": {A.APPLIED: 1, A.ADMITTED: 1, A.BEGUN: 1, A.LISTED: 1},
        "城市管理科": {
            A.PENDING_BEFORE: 2, A.WITHDRAWN: 1, A.PENDING: 1, A.LISTED_BEFORE: 1, A.LEFT: 1, A.GIVEN: 2,
        },
    }  # fmt: skip


def test_a_report_as_of_a_moment_knows_nothing_of_what_came_later(lived):
    """At noon of the 29th the affair left; an hour earlier it was on the list, and nobody knew that it would leave."""
    before, after = (counted(lived, moment=on(29, hour))["城市管理科"] for hour in (11, 13))

    assert (before.get(A.LISTED), before.get(A.LEFT), before[A.GIVEN]) == (1, None, 3)
    assert (after.get(A.LISTED), after.get(A.LEFT), after[A.GIVEN]) == (None, 1, 3)
    assert counted(lived, moment=on(24, 9) + timedelta(seconds=1))["城市管理科"] == {
        A.APPLIED: 2, A.ADMITTED: 1, A.PENDING: 1, A.BEGUN: 1, A.LISTED: 1,
    }  # fmt: skip


def test_whatever_the_days_the_equations_hold_and_each_number_has_its_rows(lived):
    district, days = lived.grid.district, [date(2026, 9, 24) + timedelta(days=n) for n in range(8)]
    checked = 0
    for first, last in combinations_with_replacement(days, 2):
        for moment in (LATE, datetime(last.year, last.month, last.day, 12, tzinfo=SHANGHAI)):
            period = Period.days(first, last, moment)
            lines = admission_lines(district, period)
            assert [line.label for line in [*lines, total(lines)] if not line.is_balanced] == []
            for line in [*lines, total(lines)]:
                for figure in A:
                    ((rows, _told),) = sources_of(figure, district, period, line.department)
                    assert rows.count() == line.counts[figure], (figure, line.label, str(period))
                    checked += line.counts[figure] > 0
    assert checked > 300


def test_a_transfer_downwards_counts_and_what_goes_up_does_not(town):
    in_force(town, on(24), but=(LEFT_OUT,))
    admitted(town, through(town, 24), on(24), since=FIRST)
    case = actions.assign(town.report(at=on(25), code=LEFT_OUT), unit=town.department.chengguan, limit=Limit(7),
                          by=town.post.dispatcher, at=on(25))  # fmt: skip
    case = actions.recall(case, note="改派社区", by=town.post.dispatcher, at=on(25, 10))
    case = actions.assign(case, unit=town.grid.one, limit=Limit(7), by=town.post.dispatcher, at=on(25, 11))
    case = actions.sign(case, by=town.post.leader, at=on(25, 12))
    actions.escalate(case, note="网格解决不了", by=town.post.leader, at=on(25, 13))

    assert counted(town)["城市管理科"][A.GIVEN] == 1
    ((rows, _told),) = sources_of(A.GIVEN, town.grid.district, Period.days(FIRST, LAST, LATE))
    assert [row.action for row in rows] == [Action.ASSIGN]


def test_what_was_given_while_the_list_named_it_is_no_departments(town):
    """The same category, first with the list, from ten o'clock on because a department applied for it."""
    with_the_list = in_force(town, on(24), but=()).affairs.get(category__code=LEFT_OUT)
    row = through(town, 25)
    given(town, on(25, 9))
    left(town, with_the_list, on(25, 9), day=date(2026, 9, 25))
    admitted(town, row, on(25, 10), since=date(2026, 9, 25))
    given(town, on(25, 11))

    assert counted(town)["城市管理科"][A.GIVEN] == 1


def test_every_number_is_on_the_page_of_the_rules():
    lines = (Path(__file__).parents[2] / "docs/rules/admission.md").read_text(encoding="utf-8").splitlines()
    told = {
        line.split("|")[1].strip(" `"): line.split("|")[2].strip() for line in lines if line.startswith("| `")
    }

    with translation.override("zh-hans"):
        assert {figure.value: str(figure.label) for figure in A}.items() <= told.items()


# --- the page -------------------------------------------------------------------------------------------


def opened(town, person, page, **asked):
    client = Client()
    client.force_login(town.user[person])
    with time_machine.travel(LATE, tick=False):
        return client.get(reverse(f"assessment:{page}"), asked)


def test_the_page_shows_its_numbers_and_each_leads_to_its_rows(lived):
    page = opened(lived, "official", "admissions", month="2026-09")
    linked = [(cell.text, cell.url) for cell in page.context["total"] if cell.url]

    assert page.status_code == 200
    assert [number for number, _url in linked] == ["5", "2", "1", "1", "1", "2", "1", "1", "3"]
    client = Client()
    client.force_login(lived.user.official)
    with time_machine.travel(LATE, tick=False):
        rows = [client.get(url) for _number, url in linked]
    assert [str(answer.context["page"].number) for answer in rows] == [number for number, _url in linked]
    assert "中原准入〔2026〕1号" in rows[0].content.decode()


def test_where_nobody_has_applied_the_page_says_so(town):
    page = opened(town, "inspector", "admissions", month="2026-09")

    assert "本期没有准入申请" in page.content.decode()


def test_days_that_make_no_sense_are_said_and_nothing_is_counted(lived):
    asked = {"from": "2026-09-30", "to": "2026-09-24"}
    answers = [
        opened(lived, "official", "admissions", **asked),
        opened(lived, "official", "admission_rows", figure="applied", **asked),
        opened(lived, "official", "admission_rows", figure="everything"),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "lines" not in answers[0].context
