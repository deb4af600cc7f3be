"""A case stands where it stands since a moment, and so many working days by the calendar."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases import actions
from cases.enums import Concern, Step
from cases.models import Case
from cases.rules.clock import Limit
from cases.rules.standing import BUCKETS, span_of
from grids.queries import work_calendar
from grids.rules.workdays import working_days_between
from tests.cases.walks import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def since(case: Case) -> datetime:
    return Case.objects.get(pk=case.pk).step_since


def test_every_step_begins_anew_and_what_moves_nothing_does_not(town, at):
    post, hours = town.post, [at + n * HOUR for n in range(7)]
    case = town.report(at=hours[0])
    case = actions.claim(case, by=post.dispatcher, at=hours[1])
    case = actions.flag(case, concern=Concern.COMMON, note="多处都有", by=post.dispatcher, at=hours[1])
    found = [since(case)]
    case = actions.assign(case, unit=town.grid.one, limit=Limit(2), by=post.dispatcher, at=hours[2])
    found.append(since(case))
    case = actions.sign(case, by=post.leader, at=hours[3])
    found.append(since(case))
    case = actions.feed_back(case, result="已清运", photos=[photo()], by=post.leader, at=hours[4])
    case = actions.verify(case, passed=False, note="没有清完", by=post.direct, at=hours[5])
    found.append(since(case))

    assert found == [hours[0], hours[2], hours[3], hours[5]]


def test_with_the_level_above_it_begins_anew_though_the_step_is_the_same(town, at):
    case = actions.assign(
        town.report(at=at), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=at
    )

    actions.sweep(at=at + timedelta(days=6))

    case = Case.objects.get(pk=case.pk)
    assert (case.step, case.holder_grid, case.step_since) == (
        Step.ASSIGNED, town.grid.east, datetime(2026, 9, 30, 0, 0, tzinfo=SHANGHAI),
    )  # fmt: skip


@pytest.mark.parametrize(
    "today", [date(2026, 10, 12), date(2026, 10, 4), date(2026, 9, 24), date(2027, 1, 5)]
)
def test_the_buckets_hold_every_day_once_and_count_as_the_calendar_does(today):
    calendar = work_calendar()
    spans = [(bucket, span_of(bucket, calendar, today)) for bucket in BUCKETS]

    for back in range(60):
        came = datetime.combine(today - timedelta(days=back), datetime.min.time(), tzinfo=SHANGHAI)
        for moment in (came, came + timedelta(hours=23, minutes=59)):
            holding = [
                bucket for bucket, span in spans
                if (span.after is None or moment >= span.after) and (span.before is None or moment < span.before)
            ]  # fmt: skip
            days = working_days_between(calendar, moment.date(), today)
            assert [bucket.first <= days <= (bucket.last or 999) for bucket in holding] == [True], moment
