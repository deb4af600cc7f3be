"""A unit may ask for more time or for a pause; two people decide, and no working time is lost or won by it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import actions
from cases.enums import Action, ApplicationState, DeadlineKind, DeadlineState, Refusal, Step, Unit, Waiting
from cases.models import Application, Case, Deadline
from cases.queries.chain import Inspection
from cases.queries.desk import waiting
from cases.queries.page import deadline_reasons
from cases.rules import clock
from cases.rules.clock import Limit, Pause
from cases.rules.lifecycle import NotAllowed
from grids.actions import appoint
from grids.enums import Role
from grids.imports.calendar import calendar_of, shipped_notices
from grids.queries import scope_of
from grids.rules import workdays
from tests.cases.walks import photo, walk

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


THURSDAY = moment(9, 24, 9)  # before two holidays and a make-up day
DUE = moment(10, 13)  # seven working days: 28, 29, 30 September, 8, 9, 10, 12 October


@pytest.fixture
def case(town, calendar) -> Case:
    return walk(town, town.report(at=THURSDAY), THURSDAY, until=Step.HANDLING)


@pytest.fixture
def people(town):
    return town.post


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def extended(case, people, at, amount=3):
    """Asked, passed on and granted, one after the other."""
    actions.extend(case, amount=amount, note="材料未到", by=people.officer, at=at)
    actions.endorse(case, by=people.dispatcher, at=at)
    return actions.grant(case, by=people.secretary, at=at)


def suspended(case, people, at, until):
    actions.suspend(case, until=until, note="冬季不能施工", by=people.officer, at=at)
    actions.endorse(case, by=people.dispatcher, at=at)
    return actions.grant(case, by=people.secretary, at=at)


def pending(case) -> dict[str, datetime]:
    rows = Deadline.objects.filter(case=case, state=DeadlineState.PENDING)
    return {row.kind: row.due_at for row in rows}


# --- extension -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_extension_counts_on_from_the_limit(case, people):
    case = extended(case, people, moment(9, 28, 10))

    assert case.due_at == moment(10, 16)  # 13, 14, 15 October more
    assert pending(case)[DeadlineKind.EXPIRY] == moment(10, 16)
    assert pending(case)[DeadlineKind.EVE] == moment(10, 14, 8, 30)
    assert list(Inspection().breaks()) == []


@pytest.mark.django_db
def test_who_was_reminded_the_day_before_is_reminded_again_before_the_new_limit(case, people):
    actions.sweep(at=moment(10, 10, 9))  # the eve of 12 October, a Saturday that is worked
    extended(case, people, moment(10, 12, 10))

    assert pending(case)[DeadlineKind.EVE] == moment(10, 14, 8, 30)
    assert DeadlineKind.HALF not in pending(case)


@pytest.mark.django_db
def test_what_is_not_done_yet_of_the_backward_schedule_moves_and_what_is_done_stays(case, people):
    first, *rest = case.assignments.get().milestones.all()
    first.done_at = moment(9, 28, 9)
    first.save()
    before = [line.due_date for line in rest]

    extended(case, people, moment(9, 28, 10))

    done, *after = case.assignments.get().milestones.all()
    assert done.due_date == first.due_date
    assert after[-1].due_date == date(2026, 10, 15)
    assert all(new.due_date > old for new, old in zip(after, before, strict=True))


@pytest.mark.django_db
def test_the_old_limit_passes_without_a_word(case, people):
    extended(case, people, moment(9, 28, 10))

    swept = actions.sweep(at=moment(10, 15, 23))

    assert swept.expired == 0
    assert actions.sweep(at=moment(10, 16)).expired == 1


@pytest.mark.django_db
def test_until_it_is_granted_the_limit_stays(case, people):
    actions.extend(case, amount=3, note="材料未到", by=people.officer, at=moment(9, 28, 10))
    actions.endorse(case, by=people.dispatcher, at=moment(9, 28, 11))

    assert fresh(case).due_at == DUE
    assert actions.sweep(at=DUE).expired == 1
    assert Application.objects.get().state == ApplicationState.LAPSED


@pytest.mark.django_db
def test_a_limit_is_extended_twice_at_most(case, people):
    for day in (28, 29):
        case = extended(case, people, moment(9, day, 10), amount=1)

    with pytest.raises(NotAllowed) as refused:
        actions.extend(case, amount=1, note="还差一点", by=people.officer, at=moment(9, 30, 10))

    assert refused.value.refusal == Refusal.EXTENDED_TWICE
    assert fresh(case).due_at == moment(10, 15)


@pytest.mark.django_db
def test_an_extension_goes_with_the_work_to_another_unit_and_is_counted_there(case, people, town):
    extended(case, people, moment(9, 28, 10))
    case = actions.transfer(
        case, unit=town.department.shizheng, note="属市政", by=people.dispatcher, at=moment(9, 29, 10)
    )

    lead = case.assignments.get(ended_at=None)
    assert (lead.limit_amount, lead.extended, case.due_at) == (7, 3, moment(10, 16))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (
            lambda case, p: actions.extend(case, amount=1, note="晚了", by=p.officer, at=DUE),
            Refusal.LIMIT_PASSED,
        ),
        (
            lambda case, p: actions.suspend(case, until=date(2026, 12, 1), note="晚了", by=p.officer, at=DUE),
            Refusal.LIMIT_PASSED,
        ),
        (
            lambda case, p: actions.extend(case, amount=1, note="代申请", by=p.dispatcher, at=THURSDAY),
            Refusal.NOT_THE_HOLDER,
        ),
        (lambda case, p: actions.endorse(case, by=p.dispatcher, at=THURSDAY), Refusal.NO_APPLICATION),
        (lambda case, p: actions.grant(case, by=p.secretary, at=THURSDAY), Refusal.NO_APPLICATION),
        (lambda case, p: actions.resume(case, note="好了", by=p.officer, at=THURSDAY), Refusal.NOT_SUSPENDED),
    ],
    ids=[
        "late extension",
        "late suspension",
        "not the holder",
        "nothing to pass on",
        "nothing to grant",
        "runs",
    ],
)
def test_what_cannot_be_asked_or_decided_says_why(case, people, ask, refusal):
    with pytest.raises(NotAllowed) as refused:
        ask(case, people)

    assert refused.value.refusal == refusal


@pytest.mark.django_db
def test_two_steps_are_two_people_and_one_request_waits_at_a_time(case, people):
    at = moment(9, 28, 10)
    actions.extend(case, amount=2, note="材料未到", by=people.officer, at=at)

    with pytest.raises(NotAllowed) as again:
        actions.suspend(case, until=date(2026, 12, 1), note="再等等", by=people.officer, at=at)
    with pytest.raises(NotAllowed) as early:
        actions.grant(case, by=people.secretary, at=at)

    assert (again.value.refusal, early.value.refusal) == (Refusal.APPLICATION_OPEN, Refusal.NO_APPLICATION)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["turn_down", "refuse"])
def test_a_refused_request_leaves_the_limit_and_may_be_made_again(case, people, step):
    at = moment(9, 28, 10)
    actions.extend(case, amount=2, note="材料未到", by=people.officer, at=at)
    if step == "refuse":
        actions.endorse(case, by=people.dispatcher, at=at)
        actions.refuse(case, note="不同意", by=people.secretary, at=at)
    else:
        actions.turn_down(case, note="理由不足", by=people.dispatcher, at=at)

    actions.extend(case, amount=2, note="补充理由", by=people.officer, at=at + timedelta(hours=1))

    assert fresh(case).due_at == DUE
    assert list(Application.objects.order_by("pk").values_list("state", flat=True)) == ["refused", "asked"]


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["turn_down", "refuse", "resume"])
def test_a_no_and_an_early_end_say_why(case, people, step):
    at = moment(9, 28, 10)
    if step == "resume":
        suspended(case, people, at, until=date(2026, 10, 20))
    else:
        actions.extend(case, amount=2, note="材料未到", by=people.officer, at=at)
    if step == "refuse":
        actions.endorse(case, by=people.dispatcher, at=at)
    who = {"turn_down": people.dispatcher, "refuse": people.secretary, "resume": people.officer}

    with pytest.raises(NotAllowed) as refused:
        getattr(actions, step)(case, note=" ", by=who[step], at=at)

    assert refused.value.refusal == Refusal.NOTE_MISSING


@pytest.mark.django_db
def test_who_passed_it_on_does_not_decide(case, people, town):
    at = moment(9, 28, 10)
    actions.extend(case, amount=2, note="材料未到", by=people.officer, at=at)
    as_dispatcher = appoint(town.user.secretary, Role.DISPATCHER, grid=town.grid.street, at=at)
    actions.endorse(case, by=as_dispatcher, at=at)

    with pytest.raises(NotAllowed) as refused:
        actions.grant(case, by=people.secretary, at=at)

    assert refused.value.refusal == Refusal.NOT_ABOVE
    assert actions.grant(case, by=people.official, at=at).due_at == moment(10, 15)


@pytest.mark.django_db
def test_who_asked_does_not_pass_it_on_herself(case, people, town):
    """A dispatcher handles what has come up to the street, and passes on the requests of others."""
    at = moment(9, 28, 10)
    up = actions.assign(town.report(at=at), unit=town.grid.east, limit=Limit(7), by=people.dispatcher, at=at)
    up = actions.escalate(
        actions.sign(up, by=people.direct, at=at), note="社区无力解决", by=people.direct, at=at
    )
    actions.sign(up, by=people.dispatcher, at=at)
    actions.extend(up, amount=1, note="材料未到", by=people.dispatcher, at=at)

    with pytest.raises(NotAllowed) as refused:
        actions.endorse(up, by=people.dispatcher, at=at)

    assert refused.value.refusal == Refusal.APPLIED
    actions.endorse(up, by=people.dispatcher2, at=at)
    with pytest.raises(NotAllowed) as own_level:
        actions.grant(up, by=people.secretary, at=at)
    assert own_level.value.refusal == Refusal.NOT_ABOVE
    assert actions.grant(up, by=people.official, at=at).due_at == moment(10, 15)


@pytest.mark.django_db
def test_the_desks_of_both_show_it_in_turn(case, people, town):
    at = moment(9, 28, 10)
    actions.extend(case, amount=2, note="材料未到", by=people.officer, at=at)
    waits = lambda kind, name: list(waiting(kind, scope_of(town.user[name], at), at))  # noqa: E731
    first = [waits(Waiting.ENDORSE, "dispatcher"), waits(Waiting.GRANT, "secretary")]
    actions.endorse(case, by=people.dispatcher, at=at)
    then = [waits(Waiting.ENDORSE, "dispatcher"), waits(Waiting.GRANT, "secretary")]

    assert (first, then) == ([[case], []], [[], [case]])


# --- suspension ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_while_a_suspension_lasts_nothing_runs_and_nothing_fires(case, people):
    case = suspended(case, people, moment(9, 29, 10), until=date(2026, 10, 20))

    assert (case.due_at, case.suspended_until) == (None, moment(10, 21))
    assert set(pending(case)) == {DeadlineKind.RESUME}
    assert actions.sweep(at=moment(10, 20, 23)).expired == 0


@pytest.mark.django_db
@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=5), timedelta(days=2)])
def test_its_end_brings_back_what_was_left_however_late_the_sweep(case, people, late):
    """Only 28 September was used; six of seven days are left after 20 October."""
    suspended(case, people, moment(9, 29, 10), until=date(2026, 10, 20))

    actions.sweep(at=moment(10, 21) + late)

    case = fresh(case)
    assert (case.suspended_until, case.due_at) == (None, moment(10, 29))  # 21, 22, 23, 26, 27, 28 October
    assert pending(case)[DeadlineKind.EXPIRY] == moment(10, 29)
    last = case.events.latest("seq")
    assert (last.action, last.at, last.actor) == (Action.RESUME, moment(10, 21), None)
    assert list(Inspection().breaks()) == []


@pytest.mark.django_db
def test_the_unit_may_go_on_earlier(case, people):
    suspended(case, people, moment(9, 29, 10), until=date(2026, 10, 20))

    case = actions.resume(case, note="材料已到", by=people.officer, at=moment(10, 9, 8))

    assert case.due_at == moment(10, 16)  # six days: 9, 10, 12, 13, 14, 15 October
    assert DeadlineKind.RESUME not in pending(case)


@pytest.mark.django_db
def test_resumed_on_the_same_day_it_changes_nothing(case, people):
    suspended(case, people, moment(9, 29, 10), until=date(2026, 10, 20))

    case = actions.resume(case, note="误报", by=people.officer, at=moment(9, 29, 16))

    assert case.due_at == DUE


@pytest.mark.django_db
@pytest.mark.parametrize("move", ["feed_back", "transfer", "extend"])
def test_a_suspended_case_is_resumed_before_anything_else(case, people, town, move):
    case = suspended(case, people, moment(9, 29, 10), until=date(2026, 10, 20))
    at = moment(9, 30, 10)
    moves = {
        "feed_back": lambda: actions.feed_back(
            case, result="好了", by=people.officer, at=at, photos=[photo()]
        ),
        "transfer": lambda: actions.transfer(
            case, unit=town.department.shizheng, note="属市政", by=people.dispatcher, at=at
        ),
        "extend": lambda: actions.extend(case, amount=1, note="再加一天", by=people.officer, at=at),
    }

    with pytest.raises(NotAllowed) as refused:
        moves[move]()

    assert refused.value.refusal == Refusal.SUSPENDED


@pytest.mark.django_db
def test_a_suspended_case_of_a_grid_is_not_handed_up_either(town, calendar, people):
    case = actions.assign(
        town.report(at=THURSDAY), unit=town.grid.one, limit=Limit(7), by=people.dispatcher, at=THURSDAY
    )
    case = actions.sign(case, by=people.leader, at=THURSDAY)
    actions.suspend(case, until=date(2026, 10, 20), note="停电", by=people.leader, at=THURSDAY)
    actions.endorse(case, by=people.dispatcher, at=THURSDAY)
    actions.grant(case, by=people.secretary, at=THURSDAY)

    with pytest.raises(NotAllowed) as refused:
        actions.escalate(case, note="解决不了", by=people.leader, at=THURSDAY)

    assert refused.value.refusal == Refusal.SUSPENDED


@pytest.mark.django_db
def test_the_list_of_what_stands_still_has_exactly_that(case, people, town, client):
    suspended(case, people, moment(9, 29, 10), until=date(2026, 10, 20))
    runs = walk(town, town.report(at=THURSDAY), THURSDAY, until=Step.HANDLING)
    client.force_login(town.user.dispatcher)

    page = client.get(reverse("cases:list"), {"due": "paused"}).content.decode()

    assert case.number in page
    assert runs.number not in page
    assert "计时暂停" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "sent", "status", "words"),
    [
        ("suspend", {"until": "2026-09-28"}, 422, "挂账须自明日起180天内到期"),
        ("suspend", {"until": "明年"}, 422, 'role="alert"'),
        ("extend", {"amount": "0"}, 422, 'role="alert"'),
        ("resume", {}, 409, "此案件未挂账"),
        ("transfer", {"unit": "d0"}, 422, 'role="alert"'),
    ],
)
def test_what_cannot_be_asked_is_told_on_the_page_and_what_was_typed_stays(
    case, town, client, url, sent, status, words
):
    person = "dispatcher" if url == "transfer" else "officer"
    client.force_login(town.user[person])
    before = case.events.count()

    with time_machine.travel(moment(9, 28, 10), tick=False):
        answer = client.post(
            reverse(f"cases:{url}", args=[case.pk]),
            {"key": uuid4(), "version": case.version, "note": "等待材料", **sent},
        )

    page = answer.content.decode()
    assert (answer.status_code, case.events.count()) == (status, before)
    assert words in page and "等待材料" in page


@pytest.mark.django_db
@pytest.mark.parametrize("until", [date(2026, 9, 28), date(2026, 9, 27), date(2027, 9, 28)])
def test_it_ends_within_half_a_year_from_tomorrow_on(case, people, until):
    with pytest.raises(actions.MoveRefused):
        actions.suspend(case, until=until, note="等待", by=people.officer, at=moment(9, 28, 10))

    assert not Application.objects.exists()


@pytest.mark.django_db
def test_why_this_deadline_names_the_suspended_days(case, people):
    suspended(case, people, moment(9, 29, 10), until=date(2026, 10, 9))
    actions.sweep(at=moment(10, 10))

    days = {day.date: (day.counts, day.reason) for day in deadline_reasons(fresh(case))[0].days}

    assert days["2026-09-28"][0] and days["2026-10-10"][0]
    assert days["2026-09-29"] == days["2026-10-09"] == (False, "已挂账")
    assert sum(counts for counts, _ in days.values()) == 7


@pytest.mark.django_db
def test_its_page_tells_what_was_granted_beside_the_days(case, people, client, town):
    suspended(case, people, moment(9, 29, 10), until=date(2026, 10, 9))
    client.force_login(town.user.officer)

    page = client.get(reverse("cases:why", args=[case.pk])).content.decode()

    assert "至 10-09 24:00" in page
    assert "冬季不能施工" in page


# --- the arithmetic ------------------------------------------------------------------------------

CALENDAR = calendar_of(shipped_notices())
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda n: datetime(2013, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=n)
)
SPANS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 60000)), max_size=4)  # minutes: work, pause
WITHOUT_HASTE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines differ


def lived(limit: Limit, start: datetime, spans) -> tuple[clock.Due, list[Pause]]:
    """The pauses that a unit takes one after the other while its clock still runs, and what they come to."""
    pauses: list[Pause] = []
    now = start
    for work, rest in spans:
        now += timedelta(minutes=work)
        if now >= clock.due(limit, start, CALENDAR, pauses).due_at:
            break
        pauses.append(Pause(now, now + timedelta(minutes=rest)))
        now = pauses[-1].end
    return clock.due(limit, start, CALENDAR, pauses), pauses


@WITHOUT_HASTE
@given(MOMENTS, st.integers(1, 30), SPANS)
def test_pauses_never_change_the_number_of_days_that_count(start, days, spans):
    due, pauses = lived(Limit(days), start, spans)

    every = {day.date for day in (*due.counted, *due.skipped, *due.paused)}
    assert len(due.counted) == days
    assert len(every) == (workdays.last_day_of(due.due_at) - workdays.last_day_of(start)).days
    assert all(due.due_at >= pause.end for pause in pauses)


@WITHOUT_HASTE
@given(MOMENTS, st.integers(1, 40), SPANS)
def test_pauses_never_change_the_sum_of_working_hours(start, hours, spans):
    due, pauses = lived(Limit(hours, Unit.WORKING_HOURS), start.replace(second=0, microsecond=0), spans)
    stood_still = sum(workdays.working_minutes(CALENDAR, pause.begin, pause.end) for pause in pauses)

    worked = workdays.working_minutes(CALENDAR, start.replace(second=0, microsecond=0), due.due_at)
    assert worked - stood_still == 60 * hours


@WITHOUT_HASTE
@given(MOMENTS, st.integers(1, 200), SPANS)
def test_pauses_never_change_the_sum_of_hours_round_the_clock(start, hours, spans):
    due, pauses = lived(Limit(hours, Unit.HOURS), start, spans)

    stood_still = sum((pause.end - pause.begin for pause in pauses), timedelta())
    assert due.due_at - start - stood_still == timedelta(hours=hours)


DAYS_OFF = st.sets(st.integers(0, 3 * 365).map(lambda n: date(2013, 1, 1) + timedelta(days=n)), max_size=40)


@WITHOUT_HASTE
@given(MOMENTS, st.integers(1, 30), st.sampled_from(Unit), SPANS, DAYS_OFF)
def test_more_holidays_make_nothing_due_earlier_whatever_was_suspended(start, amount, unit, spans, more):
    start, limit = start.replace(second=0, microsecond=0), Limit(amount, unit)
    stricter = replace(CALENDAR, off={**CALENDAR.off, **dict.fromkeys(more, "加放")})
    before, pauses = lived(limit, start, spans)

    assert clock.due(limit, start, stricter, pauses).due_at >= before.due_at


@WITHOUT_HASTE
@given(MOMENTS, st.integers(1, 30), SPANS)
def test_a_pause_never_makes_anything_due_earlier(start, days, spans):
    assert lived(Limit(days), start, spans)[0].due_at >= clock.due(Limit(days), start, CALENDAR).due_at
