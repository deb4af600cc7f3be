"""What departments promise is measured as it was promised when a case was given: counted by hand, across the holidays.

24 September 2026 is a Thursday; 25 to 27 September and 1 to 7 October are off, Saturday 10 October is worked.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from assessment.enums import Pledge
from assessment.queries.commitments import measured
from assessment.rules import commitments as rule
from assessment.rules.rates import Period
from cases import actions
from cases.actions import commitments as promises
from cases.actions.commitments import CommitmentRefused
from cases.models import Commitment
from cases.rules.clock import Limit
from grids.actions import dismiss
from grids.rules.workdays import SHANGHAI
from tests.cases.test_seven_days import THURSDAY
from tests.cases.walks import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

DAY = timedelta(days=1)
TODAY = date(2026, 9, 24)
LATE = datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI)


def on(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def promised(
    town, *, at=THURSDAY, by="head", department="chengguan", code=None, key=None, since=None, **numbers
):
    return promises.promise(
        town.department[department], category=code and town.category(code), words="限时办结", by=town.post[by],
        at=at, key=key or uuid4(), since=since, **numbers,
    )  # fmt: skip


def given(town, at=THURSDAY, **facts):
    return actions.assign(
        town.report(at=at, **facts),
        unit=town.department.chengguan,
        limit=Limit(20),
        by=town.post.dispatcher,
        at=at,
    )


def done(town, case, at, sign=None):
    if case.step == "assigned":
        case = actions.sign(case, by=town.post.officer, at=sign or at)
    return actions.feed_back(case, result="已清运", photos=[photo()], by=town.post.officer, at=at)


def counted(town, month=9, *, place="district", what=Pledge.FINISH, cut_off=LATE):
    """Kept, decided: by category of the promise."""
    lines = measured(town.grid[place], Period.of(date(2026, month, 1), cut_off))
    return {
        line.category.code if line.category else "": (line.kept, line.decided)
        for line in lines
        if line.what == what
    }


# --- kept, not kept -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "kept"),
    [(on(9, 24, 10), 1), (on(9, 29, 18), 1), (on(9, 29, 23, 59), 1), (on(9, 30), 0), (on(10, 9), 0)],
)
def test_two_working_days_across_the_festival_end_on_tuesday(town, at, kept):
    promised(town, finish_days=2)  # 28 and 29 September
    done(town, given(town), at)

    assert (counted(town, 9), counted(town, 10)) == ({"": (kept, 1)}, {})


def test_any_days_count_what_was_decided_in_them(town):
    promised(town, finish_days=2)  # 28 and 29 September
    done(town, given(town), on(9, 28, 10))
    given(town)
    weeks = [
        (date(2026, 9, 21), date(2026, 9, 27)),
        (date(2026, 9, 28), date(2026, 9, 28)),
        (date(2026, 9, 29), date(2026, 10, 4)),
    ]

    found = [measured(town.grid.district, Period.days(*week, LATE)) for week in weeks]

    assert [[(line.kept, line.decided) for line in lines] for lines in found] == [[], [(1, 1)], [(0, 1)]]


def test_what_runs_out_at_the_end_of_a_month_belongs_to_it(town):
    promised(town, finish_days=3)  # 28, 29 and 30 September: 24:00 is the first moment of October
    given(town)

    assert (counted(town, 9), counted(town, 10)) == ({"": (0, 1)}, {})


def test_four_working_days_end_after_the_national_holiday(town):
    promised(town, finish_days=4)  # and 8 October
    given(town)

    assert (counted(town, 9), counted(town, 10)) == ({}, {"": (0, 1)})


@pytest.mark.parametrize(("at", "kept"), [(on(9, 28, 8, 59), 1), (on(9, 28, 9), 0)])
def test_seven_working_hours_from_nine_end_at_nine_on_the_next_working_day(town, at, kept):
    promised(town, sign_hours=7)
    actions.sign(given(town), by=town.post.officer, at=at)

    assert counted(town, what=Pledge.SIGN) == {"": (kept, 1)}


def test_what_is_neither_done_nor_run_out_is_not_counted(town):
    promised(town, finish_days=2)
    given(town)

    assert counted(town, cut_off=on(9, 29, 12)) == {}
    assert counted(town, cut_off=on(9, 30)) == {"": (0, 1)}


def test_a_report_as_of_a_moment_knows_nothing_of_what_came_later(town):
    promised(town, finish_days=2)
    case = done(town, given(town), on(9, 28, 10))

    assert counted(town, cut_off=on(9, 28, 9)) == {}
    assert counted(town, cut_off=on(9, 28, 11)) == {"": (1, 1)}
    actions.verify(case, passed=False, note="没有清完", by=town.post.direct, at=on(9, 28, 15))
    assert counted(town, cut_off=on(9, 28, 11)) == {"": (1, 1)}


def test_a_result_that_was_sent_back_is_none(town):
    promised(town, finish_days=2)
    case = done(town, given(town), on(9, 28, 10))
    case = actions.verify(case, passed=False, note="没有清完", by=town.post.direct, at=on(9, 28, 15))
    assert counted(town) == {"": (0, 1)}

    done(town, case, on(9, 29, 10))

    assert counted(town) == {"": (1, 1)}


def test_what_left_the_department_in_time_tells_nothing(town):
    promised(town, finish_days=2)
    actions.return_(given(town), note="不属于我科", by=town.post.officer, at=on(9, 28, 10))
    late = given(town)
    actions.return_(late, note="不属于我科", by=town.post.officer, at=on(9, 30, 10))

    assert counted(town) == {"": (0, 1)}


def test_an_extension_does_not_extend_a_promise(town):
    promised(town, finish_days=2)
    case = actions.sign(given(town), by=town.post.officer, at=THURSDAY)
    case = actions.extend(case, amount=10, note="材料未到", by=town.post.officer, at=THURSDAY)
    case = actions.endorse(case, by=town.post.dispatcher, at=THURSDAY)
    actions.grant(case, by=town.post.secretary, at=THURSDAY)

    assert counted(town) == {"": (0, 1)}


def test_a_suspension_stops_the_promise_as_it_stops_the_clock(town):
    promised(town, finish_days=2)
    case = actions.sign(given(town), by=town.post.officer, at=THURSDAY)
    case = actions.suspend(
        case, until=date(2026, 10, 20), note="等待批复", by=town.post.officer, at=on(9, 28, 9)
    )
    case = actions.endorse(case, by=town.post.dispatcher, at=on(9, 28, 9))
    case = actions.grant(case, by=town.post.secretary, at=on(9, 28, 9))
    assert counted(town, 10, cut_off=on(10, 12)) == {}

    case = actions.resume(case, note="已批复", by=town.post.officer, at=on(10, 8, 9))

    assert counted(town, 10) == {"": (0, 1)}  # 8 and 9 October
    done(town, case, on(10, 9, 17))
    assert counted(town, 10) == {"": (1, 1)}


# --- which promise --------------------------------------------------------------------------------------


def test_a_promise_for_a_category_goes_before_the_one_for_everything(town):
    promised(town, finish_days=1)
    promised(town, finish_days=3, code="B0701")
    for code in ("B0801", "B0701"):
        done(town, given(town, code=code), on(9, 30, 10))

    assert counted(town) == {"": (0, 1), "B0701": (1, 1)}


def test_a_case_is_measured_by_what_was_promised_when_it_was_given(town):
    promised(town, finish_days=1)
    promised(town, finish_days=3, since=date(2026, 9, 28))
    done(town, given(town), on(9, 29, 10))  # one working day was promised then: 28 September
    done(town, given(town, at=on(9, 28, 9)), on(9, 30, 10))

    (line,) = measured(town.grid.district, Period.of(date(2026, 9, 1), LATE))
    assert (line.kept, line.decided, line.promised) == (1, 2, (1, 3))


def test_what_was_given_before_anything_was_promised_is_not_measured(town):
    case = given(town)
    promised(town, finish_days=2, since=TODAY + DAY)
    done(town, case, on(9, 28, 10))

    assert counted(town) == {}


def test_what_the_case_is_called_later_moves_nothing(town):
    promised(town, finish_days=2, code="B0801")
    case = actions.sign(given(town), by=town.post.officer, at=THURSDAY)
    case = actions.recategorise(
        case, category=town.category("B0701"), note="实为垃圾", by=town.post.dispatcher, at=THURSDAY
    )
    done(town, case, on(9, 28, 10))

    assert counted(town) == {"B0801": (1, 1)}


def test_a_case_counts_where_it_happened(town):
    promised(town, finish_days=2)
    done(town, given(town), on(9, 28, 10))

    found = {place: counted(town, place=place) for place in ("street", "one", "two", "other_street")}

    assert found == {"street": {"": (1, 1)}, "one": {"": (1, 1)}, "two": {}, "other_street": {}}


def test_days_on_average_and_in_the_middle(town):
    promised(town, finish_days=9)
    for at in (on(9, 24, 15), on(9, 28, 10), on(9, 29, 10), on(9, 30, 10)):
        done(town, given(town), at)

    (line,) = measured(town.grid.district, Period.of(date(2026, 9, 1), LATE))
    assert (line.mean, line.median, line.rate) == (Decimal("1.50"), Decimal("1.50"), Decimal("100.00"))
    assert (rule.median([1, 2, 9]), rule.median([]), rule.mean([])) == (Decimal(2), None, None)


# --- promising ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["officer", "plumber", "inspector", "secretary", "dispatcher"])
def test_only_the_head_and_the_district_promise(town, by):
    with pytest.raises(CommitmentRefused, match="没有此处的这项权限"):
        promised(town, by=by, finish_days=2)

    assert promised(town, by="official", finish_days=2).department == town.department.chengguan


def test_a_promise_is_made_once_and_never_for_the_past(town):
    key = uuid4()
    assert promised(town, key=key, finish_days=2) == promised(town, key=key, finish_days=2)

    with pytest.raises(CommitmentRefused, match="已有承诺"):
        promised(town, by="official", finish_days=3)
    with pytest.raises(CommitmentRefused, match="已过"):
        promised(town, finish_days=2, since=TODAY - DAY)
    with pytest.raises(CommitmentRefused, match="至少"):
        promised(town, code="B0701")
    with pytest.raises(CommitmentRefused, match="表单"):
        promised(town, by="official", key=key, finish_days=2)
    dismiss(town.post.head, at=THURSDAY)
    with pytest.raises(CommitmentRefused, match="任职"):
        promised(town, at=THURSDAY + DAY, finish_days=2, code="B0701")
    assert Commitment.objects.count() == 1


@pytest.mark.parametrize(
    "sql", ["UPDATE cases_commitment SET finish_days = 9", "DELETE FROM cases_commitment"]
)
def test_a_promise_stays(town, sql):
    promised(town, finish_days=2)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# --- on screen ------------------------------------------------------------------------------------------


@pytest.fixture
def clients(town):
    """Everybody of the town, signed in in October."""
    with time_machine.travel(on(10, 20, 9), tick=False):

        def enter(name):
            client = Client()
            client.force_login(town.user[name])
            return client

        yield enter


def text(answer):
    return answer.content.decode()


def test_every_number_leads_to_exactly_its_cases(town, clients):
    promised(town, finish_days=2, sign_hours=7)
    kept = done(town, given(town), on(9, 28, 10), sign=THURSDAY)
    broken = done(town, given(town), on(10, 8, 10), sign=on(10, 8, 9))
    client = clients("dispatcher")

    page = client.get(reverse("assessment:commitments"), {"month": "2026-09"})

    assert [(row["line"].what, row["line"].kept, row["line"].decided) for row in page.context["lines"]] == [
        ("sign", 1, 2), ("finish", 1, 2),
    ]  # fmt: skip
    assert "50.00%" in text(page)
    for row in page.context["lines"]:
        for url, numbers in (
            ("decided_url", {kept.number, broken.number}), ("kept_url", {kept.number}), ("broken_url", {broken.number}),
        ):  # fmt: skip
            rows = client.get(row[url])
            assert {one.assignment.case.number for one in rows.context["rows"]} == numbers
    assert "限时" not in text(client.get(reverse("assessment:commitments_paper"), {"month": "2026-09"}))
    assert "50.00%" in text(client.get(reverse("assessment:commitments_paper"), {"month": "2026-09"}))


def test_a_month_without_promises_says_so(town, clients):
    page = clients("official").get(reverse("assessment:commitments"))

    assert "本期没有承诺兑现或到期" in text(page)
    assert clients("official").get(reverse("assessment:commitments"), {"month": "1999"}).status_code == 422
    assert clients("official").get(reverse("assessment:commitment_rows")).status_code == 422


def test_a_head_promises_on_screen(town, clients):
    head = clients("head")
    assert "还没有部门作出承诺" in text(head.get(reverse("cases:commitments")))
    sent = {"department": town.department.chengguan.pk, "words": "三日内办结", "key": uuid4()}

    assert head.post(reverse("cases:promise"), sent).status_code == 422
    answers = [head.post(reverse("cases:promise"), sent | {"finish_days": 3}) for _ in "12"]

    assert [answer.status_code for answer in answers] == [302, 302]
    shown = text(head.get(reverse("cases:commitments")))
    assert all(word in shown for word in ("三日内办结", "现行", "其他全部类别"))
    assert Commitment.objects.get().since == date(2026, 10, 20)
