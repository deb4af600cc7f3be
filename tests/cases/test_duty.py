"""The roster says who is on duty, and whoever is answers for what cannot wait for the morning."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases import actions
from cases.enums import Unit
from cases.models import DutyShift
from cases.queries.duty import month_of, on_duty, standing
from cases.rules.clock import Limit
from cases.rules.duty import DutyDay, answers_on_duty, is_at_work
from cases.rules.lifecycle import NotAllowed
from grids.actions import appoint, dismiss
from grids.enums import Role
from grids.queries import work_calendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTH = date(2026, 9, 1)
TODAY, TOMORROW = date(2026, 9, 24), date(2026, 9, 25)
NIGHT = datetime(2026, 9, 24, 23, 0, tzinfo=SHANGHAI)
URGENT = Limit(4, Unit.HOURS)


def fill(town, days, at, by="dispatcher", grid="street", **facts) -> int:
    wanted = {day: post and town.post[post] for day, post in days.items()}
    return actions.set_roster(town.grid[grid], MONTH, wanted, by=town.post[by], at=at, **facts)


def plan(town) -> list[tuple[str, datetime, datetime]]:
    return [
        (shift.post.user.username, shift.since, shift.until) for shift in DutyShift.objects.order_by("since")
    ]


# --- filling it ----------------------------------------------------------------------------------------


def test_a_duty_lasts_from_one_morning_to_the_next(town, at):
    fill(town, {TOMORROW: "officer"}, at)

    day = DutyDay(TOMORROW)
    assert plan(town) == [("officer", day.since, day.until)]
    assert (day.since.hour, day.since.minute, day.until - day.since) == (8, 30, timedelta(days=1))


def test_the_same_roster_again_changes_nothing(town, at):
    days = {TODAY: "officer", TOMORROW: "secretary"}
    seen = standing(town.grid.street, MONTH)

    assert [fill(town, days, at + n * timedelta(hours=1), seen=seen) for n in range(2)] == [2, 0]


def test_a_duty_to_come_is_given_to_somebody_else_and_history_knows(town, at):
    fill(town, {TOMORROW: "officer"}, at)
    fill(town, {TOMORROW: "secretary"}, at)

    assert [who for who, *_ in plan(town)] == ["secretary"]
    assert [row.history_type for row in DutyShift.history.order_by("history_id")] == ["+", "-", "+"]


def test_a_duty_that_runs_changes_hands_now_and_stays_on_record(town, at):
    fill(town, {TODAY: "officer"}, at)
    noon = at + timedelta(hours=3)

    fill(town, {TODAY: "secretary"}, noon)

    assert plan(town) == [("officer", at, noon), ("secretary", noon, DutyDay(TODAY).until)]


def test_a_duty_that_runs_can_be_left_to_nobody(town, at):
    fill(town, {TODAY: "officer"}, at)

    fill(town, {TODAY: None}, at + timedelta(hours=3))

    assert on_duty((town.grid.street.pk, None), at + timedelta(hours=4)) is None
    assert month_of(town.grid.street, MONTH)[23].last.post == town.post.officer


def test_what_is_over_stays_as_it_was(town, at):
    with pytest.raises(actions.RosterRefused, match="2026-09-23"):
        fill(town, {TODAY: "officer", date(2026, 9, 23): "officer"}, at)

    assert plan(town) == []


def test_two_are_never_on_duty_at_once(town, at):
    fill(town, {TOMORROW: "officer"}, at)
    other = DutyShift.objects.get()
    other.pk, other.since = None, other.since + timedelta(hours=1)

    with pytest.raises(IntegrityError, match="duty_one_at_a_time"), transaction.atomic():
        other.save()


@pytest.mark.parametrize(
    ("by", "grid"), [("supervisor", "street"), ("official", "street"), ("dispatcher", "district")]
)
def test_only_those_who_set_or_dispatch_at_the_place_itself_fill_it(by, grid, town, at):
    with pytest.raises(NotAllowed):
        fill(town, {TOMORROW: "officer"}, at, by=by, grid=grid)


def test_nobody_is_put_on_duty_who_may_not_handle_there(town, at):
    for somebody in ("supervisor", "plumber", "leader"):
        with pytest.raises(actions.RosterRefused, match="没有可值班的任职"):
            fill(town, {TOMORROW: somebody}, at)


def test_who_has_not_seen_the_month_as_it_stands_changes_nothing(town, at):
    seen = standing(town.grid.street, MONTH)
    fill(town, {TOMORROW: "officer"}, at)

    with pytest.raises(actions.RosterRefused, match="期间已有人修改了本月值班表"):
        fill(town, {TOMORROW: "secretary"}, at, seen=seen)


# --- answering -----------------------------------------------------------------------------------------

# the moment                        at work
WORK = (
    ("2026-09-24T08:29:59",         False),
    ("2026-09-24T08:30:00",         True),
    ("2026-09-24T11:59:59",         True),
    ("2026-09-24T12:00:00",         False),
    ("2026-09-24T17:29:59",         True),
    ("2026-09-24T17:30:00",         False),
    ("2026-09-25T10:00:00",         False),
    ("2026-10-10T10:00:00",         True),
)  # fmt: skip


@pytest.mark.parametrize(("moment", "works"), WORK)
def test_working_hours_are_those_of_the_calendar(moment, works):
    at = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)

    assert is_at_work(work_calendar(), at) is works
    assert answers_on_duty(Unit.HOURS, work_calendar(), at) is not works
    assert not answers_on_duty(Unit.WORKING_DAYS, work_calendar(), at)


def answers(town, at, limit=URGENT, unit="chengguan") -> str:
    case = actions.assign(
        town.report(at=at), unit=town.department[unit], limit=limit, by=town.post.dispatcher, at=at
    )
    return case.assignments.get().post.user.username


def test_at_night_the_person_on_duty_answers_for_her_unit(town, at):
    fill(town, {TODAY: "officer"}, at)

    assert answers(town, NIGHT) == "officer"


def test_without_a_roster_the_head_answers_as_ever(town, at):
    assert answers(town, NIGHT) == "head"


def test_in_working_hours_the_head_answers(town, at):
    fill(town, {TODAY: "officer"}, at)

    assert answers(town, at + timedelta(minutes=5)) == "head"


def test_what_counts_working_days_waits_for_the_head(town, at):
    fill(town, {TODAY: "officer"}, at)

    assert answers(town, NIGHT, Limit(2)) == "head"


def test_who_holds_no_post_in_the_unit_does_not_answer_for_it(town, at):
    fill(town, {TODAY: "secretary"}, at)

    assert answers(town, NIGHT) == "head"


def test_another_post_of_the_same_person_counts(town, at):
    appoint(town.user.secretary, Role.DEPARTMENT_OFFICER, at=at, department=town.department.chengguan)
    fill(town, {TODAY: "secretary"}, at)

    assert answers(town, NIGHT) == "secretary"


def test_whose_post_has_ended_is_on_duty_no_more(town, at):
    fill(town, {TODAY: "officer"}, at)
    dismiss(town.post.officer, at=at + timedelta(hours=1))

    assert (on_duty((town.grid.street.pk, None), NIGHT), answers(town, NIGHT)) == (None, "head")


def test_the_district_is_asked_where_the_street_has_nobody(town, at):
    fill(town, {TODAY: "plumber"}, at, by="official", grid="district")

    assert on_duty((town.grid.street.pk, town.grid.district.pk), NIGHT).post == town.post.plumber
    assert answers(town, NIGHT, unit="shizheng") == "plumber"


# --- the pages -----------------------------------------------------------------------------------------


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr("gridgov.kit.middleware.timezone.now", lambda: at)
    caches["shown"].clear()
    return at


def send(client, town, **facts):
    sent = {
        "grid": town.grid.street.code,
        "month": "2026-09",
        "seen": standing(town.grid.street, MONTH),
        **facts,
    }
    return client.post(reverse("cases:set_duty"), sent)


def test_the_month_is_filled_day_by_day(town, now, client):
    client.force_login(town.user.dispatcher)

    answer = send(client, town, day_24=town.post.officer.pk, day_25=town.post.secretary.pk)

    assert answer.status_code == 302
    assert [(who, since.astimezone(SHANGHAI).day) for who, since, _ in plan(town)] == [
        ("officer", 24),
        ("secretary", 25),
    ]
    page = client.get(answer["Location"]).content.decode()
    assert (page.count("<select"), "officer" in page) == (
        7,
        True,
    )  # the days that are left, and no choice of places


def test_a_stranger_of_a_day_is_refused_at_that_day(town, now, client):
    client.force_login(town.user.dispatcher)

    answer = send(client, town, day_25=town.post.far_leader.pk)

    assert (answer.status_code, DutyShift.objects.exists()) == (422, False)


def test_the_dispatch_desk_names_who_is_on_duty(town, now, client):
    fill(town, {TODAY: "officer"}, now)
    client.force_login(town.user.dispatcher)

    duties = client.get("/dispatch/").context["duties"]

    assert [(duty.place, duty.person) for duty in duties] == [("三官庙街道", "officer")]


@pytest.mark.parametrize("month", ["2026-13", "0000-01", "abcdefg", "2026-1", "２０２６-09", "9999-12"])
def test_a_month_that_is_none_is_this_month(month, town, now, client):
    client.force_login(town.user.dispatcher)

    assert client.get(reverse("cases:duty"), {"month": month}).context["month"] == MONTH
