"""The page of the seven working days is lived through, row by row."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cases import actions
from cases.enums import Action, Grade, InquiryState, Step
from cases.models import Case, CaseEvent, Inquiry
from cases.rules import clock
from cases.rules.clock import Limit, Pause
from cases.rules.policy import FROM_THE_ARTICLES, Policy
from grids.enums import Level
from grids.imports.calendar import calendar_of, shipped_notices
from grids.models import Post
from tests.cases.walks import walk

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "escalation.md").read_text()
SHANGHAI = ZoneInfo("Asia/Shanghai")
THURSDAY = datetime(2026, 9, 24, 9, 0, tzinfo=SHANGHAI)


def tables(section: str) -> list[list[list[str]]]:
    """The tables of a section, each as rows of cells."""
    text = PAGE.split(f"## §{section} ")[1].split("\n## ")[0]
    found: list[list[list[str]]] = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("| ")]
        if lines:
            found.append(
                [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]
            )
    return found


def moment(said: str) -> datetime:
    """2026-10-12 24:00 is the first moment of the day after."""
    day, time = said.split()
    if time == "24:00":
        return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) + timedelta(days=1)
    return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI)


CALENDAR = calendar_of(shipped_notices())
CLIMB, REPLIES, REQUESTS = tables("6")


def test_the_defaults_are_those_of_the_code():
    policy = {
        name: value for name, value in asdict(Policy()).items() if name not in ("versions", "working_hours")
    }
    said = {name: (default, whose) for name, default, whose in tables("2")[0]}

    shown = {True: "yes", False: "no"}
    assert said == {
        name: (
            shown[value] if isinstance(value, bool) else str(value),
            "the articles'" if name in FROM_THE_ARTICLES else "ours",
        )
        for name, value in policy.items()
    }


def test_the_page_names_every_state_of_an_inquiry():
    said = {state for before, _who, after in tables("4")[0] for state in (before, after)}

    assert said == set(InquiryState.values)


def moves_after(case: Case, version: int) -> list[CaseEvent]:
    """What happened to the case since, but for the sign limits that passed on the way."""
    return list(case.events.filter(seq__gt=version).exclude(action=Action.SIGN_LATE).order_by("seq"))


@pytest.mark.django_db
def test_nobody_does_anything(town, calendar):
    case = actions.assign(
        town.report(at=THURSDAY), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=THURSDAY
    )
    case = actions.sign(case, by=town.post.leader, at=THURSDAY)
    known, lived = case.version, []

    for said, _what, _holder, _until in CLIMB:
        at = moment(said)
        if at == THURSDAY:
            actions.escalate(case, note="网格无力解决", by=town.post.leader, at=at)
        else:
            actions.sweep(at=at - timedelta(microseconds=1))
            assert not moves_after(case, known)
            actions.sweep(at=at)
        now = Case.objects.get(pk=case.pk)
        events = moves_after(case, known)
        assert {event.at for event in events} == {at}
        what = ", ".join(event.action for event in events)
        lived.append([moment(said), what, Level(now.holder_grid.level).name.lower(), now.due_at])
        known = now.version

    assert lived == [[moment(at), what, holder, moment(until)] for at, what, holder, until in CLIMB]
    assert now.grade == Grade.ORDINARY


@pytest.mark.django_db
@pytest.mark.parametrize(("issued", "due"), REPLIES)
def test_so_long_an_answer_may_take(town, calendar, issued, due):
    case = actions.assign(
        town.report(at=THURSDAY), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=THURSDAY
    )
    case = actions.sign(case, by=town.post.leader, at=THURSDAY)
    actions.escalate(case, note="网格无力解决", by=town.post.leader, at=THURSDAY)
    actions.sweep(at=moment(issued))

    paper = actions.ask(Inquiry.objects.get(), question="进展如何", by=town.post.leader, at=moment(issued))

    assert paper.reply_due_at == moment(due)


def ask(case: Case, wanted: str, ends: str, *, by: Post, at: datetime) -> None:
    """A suspension that was ended by hand had been asked for until the end of the year."""
    if wanted == "suspension":
        until = moment(ends).date() - timedelta(days=1) if ends.endswith("24:00") else date(2026, 12, 31)
        actions.suspend(case, until=until, note="雨季不能施工", by=by, at=at)
    else:
        actions.extend(case, amount=int(wanted.split()[0]), note="材料未到", by=by, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize(("granted", "begins", "ends", "due"), REQUESTS)
def test_what_was_granted_gives_this_limit(town, calendar, granted, begins, ends, due):
    case = walk(town, town.report(at=THURSDAY), THURSDAY, until=Step.HANDLING)
    if granted != "nothing":
        ask(case, granted, ends, by=town.post.officer, at=moment(begins))
        actions.endorse(case, by=town.post.dispatcher, at=moment(begins))
        actions.grant(case, by=town.post.secretary, at=moment(begins))
    if ends.endswith("24:00"):
        actions.sweep(at=moment(ends))
    elif ends != "-":
        actions.resume(case, note="雨停了", by=town.post.officer, at=moment(ends))

    assert Case.objects.get(pk=case.pk).due_at == moment(due)


@pytest.mark.parametrize(
    ("granted", "begins", "ends", "due"), [row for row in REQUESTS if row[0] == "suspension"]
)
def test_the_rule_alone_says_the_same(granted, begins, ends, due):
    found = clock.due(Limit(7), THURSDAY, CALENDAR, [Pause(moment(begins), moment(ends))])

    assert found.due_at == moment(due)
