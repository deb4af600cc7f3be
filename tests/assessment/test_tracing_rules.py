"""Through whose hands a case passed and what the rule proposes: the tables, one line each."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assessment.enums import Finding, Gravity, Ground, Measure, Responsibility, ReviewState, Stage
from assessment.rules import tracing
from assessment.rules.tracing import Blamed, Moved, Stand
from cases.enums import Action, Severity, Step

START = datetime(2026, 9, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
STREET, ONE, EAST = 1, 11, 12
DISPATCHER, LEADER, HEIR, DIRECT, VERIFIER = 100, 101, 102, 103, 104


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def moved(hours, action, step, grid, post=None, by=None, due=None):
    return Moved(at(hours), action, step, grid, None, post, by, at(due) if due else None)


A, S = Action, Step
REPORTED = moved(0, A.REPORT, S.REPORTED, STREET, by=LEADER)
ASSIGNED = moved(1, A.ASSIGN, S.ASSIGNED, ONE, LEADER, DISPATCHER, due=10)
SIGNED = moved(2, A.SIGN, S.HANDLING, ONE, LEADER, LEADER, due=10)
FED_BACK = moved(3, A.FEED_BACK, S.FED_BACK, ONE, LEADER, LEADER, due=10)
FAILED = moved(4, A.FAIL, S.HANDLING, ONE, LEADER, VERIFIER, due=10)
PASSED = moved(5, A.PASS, S.VERIFIED, ONE, LEADER, VERIFIER)
CLOSED = moved(6, A.CLOSE, S.CLOSED, ONE, by=DISPATCHER)
REOPENED = moved(7, A.REOPEN, S.ASSIGNED, ONE, LEADER, DISPATCHER, due=20)
EXPIRED = moved(10, A.EXPIRE, S.HANDLING, ONE, LEADER, due=10)
GONE_UP = moved(10, A.ESCALATE, S.ASSIGNED, EAST, DIRECT, due=30)
HANDED_OVER = moved(8, A.HAND_OVER, S.HANDLING, ONE, HEIR, due=10)
SETTLED = moved(0, A.SETTLE, S.FED_BACK, ONE, LEADER, LEADER)


def shown(*moves, upheld=()):
    return [
        (h.stage, h.grid, h.post, h.since, h.until, [f.finding for f in h.faults])
        for h in tracing.hands(moves, upheld)
    ]


def test_each_hand_follows_the_one_before_it():
    assert shown(REPORTED, ASSIGNED, SIGNED, FED_BACK, PASSED, CLOSED) == [
        (Stage.DISCOVER, STREET, LEADER, at(0), at(0), []),
        (Stage.REPORT, STREET, DISPATCHER, at(0), at(1), []),
        (Stage.SOLVE, ONE, LEADER, at(1), at(3), []),
        (Stage.CHECK, ONE, DISPATCHER, at(3), at(6), []),
    ]


def test_what_is_still_there_has_no_end_and_the_limit_that_runs():
    last = tracing.hands([REPORTED, ASSIGNED, SIGNED])[-1]

    assert (last.until, last.due_at, last.is_late) == (None, at(10), False)


def test_who_had_it_when_the_limit_ran_out_is_late_and_not_who_takes_over():
    passed = tracing.hands([REPORTED, ASSIGNED, SIGNED, EXPIRED, GONE_UP])

    assert [(h.grid, h.is_late) for h in passed if h.stage == Stage.SOLVE] == [(ONE, True), (EAST, False)]


def test_the_successor_answers_for_what_happens_after_the_day_she_came():
    hands = shown(REPORTED, ASSIGNED, SIGNED, HANDED_OVER, moved(10, A.EXPIRE, S.HANDLING, ONE, HEIR, due=10))

    assert hands[2:] == [
        (Stage.SOLVE, ONE, LEADER, at(1), at(8), []),
        (Stage.SOLVE, ONE, HEIR, at(8), None, [Finding.LATE]),
    ]


def test_a_result_that_is_sent_back_is_the_fault_of_the_hand_that_gave_it():
    hands = shown(REPORTED, ASSIGNED, SIGNED, FED_BACK, FAILED)

    assert [(stage, faults) for stage, *_, faults in hands[2:]] == [
        (Stage.SOLVE, [Finding.REWORKED]),
        (Stage.CHECK, []),
        (Stage.SOLVE, []),
    ]


def test_what_was_closed_wrongly_falls_on_who_solved_and_on_who_closed_it():
    hands = shown(REPORTED, ASSIGNED, SIGNED, FED_BACK, PASSED, CLOSED, REOPENED)

    assert [(stage, faults) for stage, *_, faults in hands[2:]] == [
        (Stage.SOLVE, [Finding.REOPENED]),
        (Stage.CHECK, [Finding.REOPENED]),
        (Stage.SOLVE, []),
    ]


def test_what_was_settled_at_once_has_a_hand_that_solved_it():
    settled = shown(REPORTED, SETTLED, moved(4, A.FAIL, S.HANDLING, ONE, LEADER, VERIFIER))

    assert [(stage, faults) for stage, *_, faults in settled] == [
        (Stage.DISCOVER, []), (Stage.REPORT, []), (Stage.SOLVE, [Finding.REWORKED]), (Stage.CHECK, []),
        (Stage.SOLVE, []),
    ]  # fmt: skip


def test_an_upheld_inquiry_lies_on_the_expiry_it_is_about():
    passed = tracing.hands([REPORTED, ASSIGNED, SIGNED, EXPIRED, GONE_UP], {EXPIRED.at})

    assert tracing.findings(passed) == {Finding.LATE: [EXPIRED.at], Finding.INQUIRY: [EXPIRED.at]}


def test_a_case_in_which_nothing_went_wrong_justifies_no_review():
    assert tracing.findings(tracing.hands([REPORTED, ASSIGNED, SIGNED, FED_BACK, PASSED, CLOSED])) == {}


def test_a_case_that_never_was_assigned_has_nobody_to_blame():
    assert tracing.findings(tracing.hands([REPORTED, EXPIRED])) == {}


# finding           times severity          gravity          primary            joint
PROPOSED = (
    (Finding.LATE,     1, Severity.NORMAL,  Gravity.LIGHT,   Measure.TALK,      Measure.NONE),
    (Finding.LATE,     1, Severity.MINOR,   Gravity.LIGHT,   Measure.TALK,      Measure.NONE),
    (Finding.LATE,     1, Severity.URGENT,  Gravity.MEDIUM,  Measure.INTERVIEW, Measure.TALK),
    (Finding.LATE,     2, Severity.NORMAL,  Gravity.MEDIUM,  Measure.INTERVIEW, Measure.TALK),
    (Finding.LATE,     3, Severity.NORMAL,  Gravity.HEAVY,   Measure.NOTICE,    Measure.INTERVIEW),
    (Finding.LATE,     9, Severity.MAJOR,   Gravity.GRAVE,   Measure.YELLOW,    Measure.NOTICE),
    (Finding.REWORKED, 1, Severity.NORMAL,  Gravity.LIGHT,   Measure.TALK,      Measure.NONE),
    (Finding.REOPENED, 1, Severity.NORMAL,  Gravity.MEDIUM,  Measure.INTERVIEW, Measure.TALK),
    (Finding.REOPENED, 3, Severity.MAJOR,   Gravity.GRAVE,   Measure.YELLOW,    Measure.NOTICE),
    (Finding.INQUIRY,  2, Severity.NORMAL,  Gravity.HEAVY,   Measure.NOTICE,    Measure.INTERVIEW),
)  # fmt: skip


@pytest.mark.parametrize(("finding", "times", "severity", "grave", "primary", "joint"), PROPOSED)
def test_the_graver_it_is_the_harder_the_measure(finding, times, severity, grave, primary, joint):
    assert tracing.gravity(finding, times, severity) == grave
    assert tracing.proposal(finding, grave, Responsibility.PRIMARY)[1] == primary
    assert tracing.proposal(finding, grave, Responsibility.JOINT)[1] == joint


def test_no_rule_proposes_what_only_a_person_may_find():
    proposed = {
        tracing.proposal(finding, grave, responsibility)
        for finding in Finding
        for grave in Gravity
        for responsibility in Responsibility
    }

    assert Ground.SHIRKED not in {ground for ground, _measure in proposed}
    assert Measure.FURTHER not in {measure for _ground, measure in proposed}


def test_a_person_is_charged_once_and_primary_before_joint():
    assert tracing.blamed([(1, 10), (2, 20)], [(3, 10), (4, 30), (4, 30)]) == [
        Blamed(1, 10, Responsibility.PRIMARY),
        Blamed(2, 20, Responsibility.PRIMARY),
        Blamed(4, 30, Responsibility.JOINT),
    ]


# level of the charged post   of a department   who decides sits at this level or above
DECIDERS = ((3, False, 2), (2, False, 1), (1, False, 0), (0, False, 0), (1, True, 1), (0, True, 0))


@pytest.mark.parametrize(("level", "is_department", "decides"), DECIDERS)
def test_somebody_above_decides_and_at_the_district_somebody_beside(level, is_department, decides):
    assert tracing.decider_level(level, is_department=is_department) == decides


@pytest.mark.parametrize(
    ("spoke", "hours", "may"), [(True, 0, True), (False, 0, False), (False, 9, False), (False, 10, True)]
)
def test_nobody_is_judged_unheard(spoke, hours, may):
    assert tracing.may_be_decided(at(0) if spoke else None, at(10), at(hours)) == may


def test_an_appeal_makes_nothing_worse():
    allowed = [m for m in Measure if tracing.may_follow(Measure.INTERVIEW, m)]

    assert allowed == [Measure.NONE, Measure.TALK, Measure.INTERVIEW]


NEW, SPOKEN = Stand(), Stand(has_spoken=True)
DONE = Stand(has_spoken=True, is_decided=True)
UNHEARD = Stand(is_decided=True)
APPEALED = Stand(has_spoken=True, is_decided=True, has_appealed=True)
RULED = Stand(has_spoken=True, is_decided=True, has_appealed=True, is_ruled=True)

STANDS = (
    ((NEW,),              ReviewState.OPENED),
    ((SPOKEN, NEW),       ReviewState.OPENED),
    ((DONE, NEW),         ReviewState.OPENED),
    ((SPOKEN, SPOKEN),    ReviewState.HEARD),
    ((UNHEARD, SPOKEN),   ReviewState.HEARD),
    ((APPEALED, SPOKEN),  ReviewState.HEARD),
    ((DONE, UNHEARD),     ReviewState.DECIDED),
    ((APPEALED, RULED),   ReviewState.APPEALED),
    ((DONE, RULED),       ReviewState.SETTLED),
)  # fmt: skip


@pytest.mark.parametrize(("charges", "state"), STANDS)
def test_a_review_stands_where_the_slowest_of_its_charges_stands(charges, state):
    assert tracing.standing(charges) == state
