"""A policy is rehearsed on the clocks of last month before it is set."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import actions
from cases.enums import Unit
from cases.models import Case, Policy
from cases.queries.rehearsal import Month, rehearse, runs
from cases.rules.clock import Limit
from cases.rules.policy import Policy as Numbers
from cases.rules.rehearsal import SHOWN, Fate, Line, Rehearsal, Run, under
from grids.enums import Level
from grids.queries import work_calendar
from tests.cases.test_seven_days import COMMUNITY_DUE, THURSDAY, at_the_community, in_the_grid
from tests.cases.walks import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
OCTOBER = datetime(2026, 10, 15, 9, 0, tzinfo=SHANGHAI)  # September is the month before
SIXTH_DAY = datetime(2026, 10, 10, 9, 0, tzinfo=SHANGHAI)
FIVE_DAYS_DUE = datetime(2026, 10, 10, 0, 0, tzinfo=SHANGHAI)


def proposal(grid, **numbers) -> Policy:
    return Policy(grid=grid, level=grid.level, since=OCTOBER, **numbers)


def fed_back(town, case: Case, at: datetime) -> Case:
    signed = actions.sign(case, by=town.post.direct, at=at - timedelta(hours=1))
    return actions.feed_back(signed, result="已处理", photos=[photo()], by=town.post.direct, at=at)


# --- the rule ----------------------------------------------------------------------------------------

UP = Run(
    case=1, number="一", unit="东街社区", level=Level.COMMUNITY, days_of=Level.COMMUNITY, district=1, street=2,
    limit=Limit(7), began=THURSDAY, due_at=COMMUNITY_DUE,
)  # fmt: skip
DONE = replace(UP, stopped_at=SIXTH_DAY)
TAKEN_UP = replace(UP, stopped_at=COMMUNITY_DUE, expired=True, went_up=True)
LATE = replace(UP, stopped_at=COMMUNITY_DUE + timedelta(days=3), expired=True)
LAST_MOMENT = replace(UP, stopped_at=FIVE_DAYS_DUE)  # 24:00 is the first moment of being late
GIVEN = replace(DONE, days_of=None)
HOURS = replace(DONE, limit=Limit(4, Unit.HOURS))

# a clock that        was          days    would be
FATES = (
    (DONE,            Fate.KEPT,    5,     Fate.EXPIRED),
    (DONE,            Fate.KEPT,    6,     Fate.KEPT),
    (DONE,            Fate.KEPT,    7,     Fate.KEPT),
    (TAKEN_UP,        Fate.EXPIRED, 5,     Fate.EXPIRED),
    (TAKEN_UP,        Fate.EXPIRED, 7,     Fate.EXPIRED),
    (TAKEN_UP,        Fate.EXPIRED, 9,     Fate.UNKNOWN),
    (LATE,            Fate.EXPIRED, 9,     Fate.EXPIRED),
    (LATE,            Fate.EXPIRED, 15,    Fate.KEPT),
    (UP,              Fate.RUNNING, 5,     Fate.EXPIRED),
    (UP,              Fate.RUNNING, 20,    Fate.RUNNING),
    (LAST_MOMENT,     Fate.KEPT,    5,     Fate.EXPIRED),
    (GIVEN,           Fate.KEPT,    1,     Fate.KEPT),
    (HOURS,           Fate.KEPT,    1,     Fate.KEPT),
)  # fmt: skip


@pytest.mark.parametrize(("run", "was", "days", "would"), FATES)
def test_a_clock_comes_under_other_numbers_to_what_its_own_moments_say(run, was, days, would):
    other = under(run, Numbers(community_days=days), work_calendar(), OCTOBER)

    assert (run.fate, other.fate) == (was, would)


@pytest.mark.parametrize("goes_up", [True, False])
def test_expired_work_goes_up_where_the_numbers_say_so(goes_up):
    other = under(DONE, Numbers(community_days=5, community_escalates=goes_up), work_calendar(), OCTOBER)

    assert (other.fate, other.goes_up) == (Fate.EXPIRED, goes_up)


def test_all_are_counted_and_only_the_first_that_change_are_kept():
    found = Rehearsal()
    for _ in range(SHOWN + 5):
        found.add(DONE, under(DONE, Numbers(community_days=5), work_calendar(), OCTOBER))
    found.add(DONE, under(DONE, Numbers(), work_calendar(), OCTOBER))

    assert (found.total.clocks, found.total.would_expire, found.changed) == (SHOWN + 6, SHOWN + 5, SHOWN + 5)
    assert len(found.changes) == SHOWN


# --- the rows ----------------------------------------------------------------------------------------


def test_who_would_have_gone_up_under_five_days(town):
    in_time = fed_back(town, at_the_community(town), SIXTH_DAY)
    at_the_community(town)
    actions.sweep(at=COMMUNITY_DUE)

    found = rehearse(proposal(town.grid.district, community_days=5), at=OCTOBER)

    assert found.lines[Level.COMMUNITY] == Line(
        2, expired=1, would_expire=2, went_up=1, would_go_up=2, unknown=0
    )
    assert [(c.run.case, c.run.due_at, c.other.due_at) for c in found.changes] == [
        (in_time.pk, COMMUNITY_DUE, FIVE_DAYS_DUE)
    ]


def test_a_street_with_numbers_of_its_own_keeps_them_when_the_district_changes_its(town):
    fed_back(town, at_the_community(town), SIXTH_DAY)
    actions.set_policy(
        town.grid.street, community_days=7, reason="本街道", by=town.post.secretary, at=SIXTH_DAY
    )

    whole = rehearse(proposal(town.grid.district, community_days=5), at=OCTOBER)
    own = rehearse(proposal(town.grid.street, community_days=5), at=OCTOBER)

    assert (whole.total.would_expire, own.total.would_expire) == (0, 1)


def test_the_clocks_of_one_month_are_those_that_began_in_it(town):
    for begun in ("2026-08-31T23:59:59", "2026-09-01T00:00:00", "2026-09-30T23:59:59", "2026-10-01T00:00:00"):
        in_the_grid(town, at=datetime.fromisoformat(begun).replace(tzinfo=SHANGHAI))

    assert [run.began.astimezone(SHANGHAI).day for run in runs(town.grid.street, Month.before(OCTOBER))] == [
        1,
        30,
    ]


def test_the_clocks_of_another_street_are_none_of_this_one(town):
    in_the_grid(town)

    assert list(runs(town.grid.other_street, Month.before(OCTOBER))) == []


def test_a_clock_that_runs_on_through_a_transfer_is_one(town):
    case = actions.sign(at_the_community(town), by=town.post.direct, at=THURSDAY + timedelta(hours=1))
    actions.transfer(
        case,
        unit=town.department.chengguan,
        note="属城管",
        by=town.post.dispatcher,
        at=THURSDAY + timedelta(days=1),
    )

    below, above = runs(town.grid.street, Month.before(OCTOBER))

    assert (below.level, below.days_of) == (Level.BUILDING, None)
    assert (above.level, above.days_of, above.stopped_at) == (None, Level.COMMUNITY, None)


def test_a_result_sent_back_for_rework_has_not_stopped_the_clock(town):
    case = fed_back(town, at_the_community(town), SIXTH_DAY)
    stopped = [run.stopped_at for run in runs(town.grid.street, Month.before(OCTOBER))]
    actions.verify(
        case, passed=False, note="未处理完", by=town.post.secretary, at=SIXTH_DAY + timedelta(hours=1)
    )

    running = [run.stopped_at for run in runs(town.grid.street, Month.before(OCTOBER))]

    assert (stopped, running) == ([THURSDAY, SIXTH_DAY], [THURSDAY, None])


def test_a_rehearsal_asks_as_often_for_one_clock_as_for_many_and_writes_nothing(town):
    counts = []
    for _ in range(2):
        at_the_community(town)
        with CaptureQueriesContext(connection) as captured:
            rehearse(proposal(town.grid.district, community_days=5), at=OCTOBER)
        counts.append(len(captured))

    assert counts == [4, 4]
    assert not Policy.objects.exists()
