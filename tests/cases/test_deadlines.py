"""The clock of an assignment runs as the rules say, in rows that a sweep can find."""

from datetime import date, datetime, timedelta

import pytest

from cases import actions
from cases.enums import DeadlineKind, DeadlineState, DueState, Step, Unit
from cases.models import Deadline
from cases.rules import clock
from cases.rules.clock import Limit
from grids.imports.calendar import calendar_of, shipped_notices
from tests.cases.walks import photo, walk
from tests.conftest import SHANGHAI

DAY = timedelta(days=1)


def moment(month, day, hour=0, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def rows(case):
    fields = ("kind", "round", "due_at", "state")
    return list(Deadline.objects.filter(case=case).order_by("kind", "round").values_list(*fields))


@pytest.mark.django_db
def test_seven_working_days_over_two_holidays(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)

    assert case.due_at == moment(10, 13)  # the end of 12 October
    assert rows(case) == [
        (DeadlineKind.EVE, 1, moment(10, 10, 8, 30), DeadlineState.PENDING),
        (DeadlineKind.EXPIRY, 1, moment(10, 13), DeadlineState.PENDING),
        (DeadlineKind.HALF, 1, moment(9, 30, 8, 30), DeadlineState.PENDING),
        (DeadlineKind.SIGN, 1, moment(9, 24, 15), DeadlineState.PENDING),
    ]


@pytest.mark.django_db
def test_signing_settles_the_sign_limit(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.HANDLING)

    assert {kind: state for kind, _, _, state in rows(case) if not DeadlineKind(kind).is_reminder} == {
        DeadlineKind.EXPIRY: DeadlineState.PENDING,
        DeadlineKind.SIGN: DeadlineState.CANCELLED,
    }


@pytest.mark.django_db
def test_a_rework_runs_on_to_the_same_end(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.FED_BACK)

    case = actions.verify(case, passed=False, note="未解决", by=town.post.direct, at=at + DAY)

    assert [row for row in rows(case) if row[0] == DeadlineKind.EXPIRY] == [
        (DeadlineKind.EXPIRY, 1, moment(10, 13), DeadlineState.CANCELLED),
        (DeadlineKind.EXPIRY, 2, moment(10, 13), DeadlineState.PENDING),
    ]


@pytest.mark.django_db
def test_the_verdict_is_that_of_the_moment_of_the_feedback(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.HANDLING)

    case = actions.feed_back(case, result="已清运", photos=[photo()], by=town.post.officer, at=moment(10, 13))
    case = actions.verify(case, passed=True, by=town.post.direct, at=moment(10, 13))

    assert (case.on_time, case.events.get(action="feed_back").on_time) == (False, False)


@pytest.mark.django_db
def test_a_return_does_not_stop_the_clock(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    case = actions.return_(case, note="非我科职责", by=town.post.officer, at=at + 5 * DAY)

    case = actions.assign(
        case, unit=town.department.shizheng, limit=Limit(30), by=town.post.dispatcher, at=at + 6 * DAY
    )

    assert case.due_at == moment(10, 13)
    assert case.events.last().data["clock"] == "runs on"


@pytest.mark.django_db
def test_a_fresh_clock_needs_a_reason_that_everybody_sees(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    case = actions.return_(case, note="非我科职责", by=town.post.officer, at=at)

    case = actions.assign(
        case, unit=town.department.shizheng, limit=Limit(10), fresh_clock_because="首次派错单位",
        by=town.post.dispatcher, at=moment(10, 9, 9),
    )  # fmt: skip

    assert case.due_at == moment(10, 23)
    assert case.events.last().data["because"] == "首次派错单位"


@pytest.mark.django_db
def test_beyond_the_published_calendar_a_deadline_is_provisional(town, calendar):
    at = moment(12, 28, 9)
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)

    deadline = Deadline.objects.get(case=case, kind=DeadlineKind.EXPIRY)
    assert case.is_provisional
    assert deadline.is_provisional


@pytest.mark.django_db
def test_nothing_waits_for_a_case_that_has_ended(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.CLOSED)

    assert {state for *_, state in rows(case)} == {DeadlineState.CANCELLED}


@pytest.mark.django_db
def test_every_assignment_names_the_six_ones(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)

    given = case.assignments.get()
    assert given.has_six_ones
    assert (given.leader, given.direct, given.grid_leader) == (
        town.post.secretary,
        town.post.direct,
        town.post.leader,
    )


@pytest.mark.django_db
def test_the_backward_schedule_ends_on_the_due_date(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)

    plan = [(line.task, line.due_date) for line in case.assignments.get().milestones.all()]
    assert plan == [
        ("inspect", date(2026, 9, 29)), ("handle", date(2026, 10, 9)), ("report", date(2026, 10, 12)),
    ]  # fmt: skip


CALENDAR = calendar_of(shipped_notices())


@pytest.mark.parametrize(
    ("limit", "start", "due_at"),
    [
        (Limit(4, Unit.WORKING_HOURS), moment(9, 24, 16, 30), moment(9, 28, 11, 30)),
        (Limit(2, Unit.WORKING_HOURS), moment(9, 24, 9, 0), moment(9, 24, 11, 0)),
        (Limit(24, Unit.HOURS), moment(9, 24, 16, 30), moment(9, 25, 16, 30)),
        (Limit(1, Unit.WORKING_DAYS), moment(9, 24, 23, 59), moment(9, 29)),
    ],
)
def test_limits_in_hours_and_days(limit, start, due_at):
    assert clock.due(limit, start, CALENDAR).due_at == due_at


@pytest.mark.parametrize(
    ("now", "state", "days"),
    [
        (moment(9, 24, 9), DueState.ON_TIME, 7),
        (moment(10, 11, 23, 59), DueState.ON_TIME, 1),
        (moment(10, 12, 0, 0), DueState.TODAY, 0),
        (moment(10, 12, 23, 59), DueState.TODAY, 0),
        (moment(10, 13, 0, 0), DueState.OVERDUE, 1),
        (moment(10, 17, 12, 0), DueState.OVERDUE, 4),
    ],
)
def test_how_an_open_case_stands(now, state, days):
    assert clock.standing(moment(10, 13), now, CALENDAR) == clock.Standing(state, days)
