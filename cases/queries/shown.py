"""Facts in the words and shapes that pages print: due states, moments, timelines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grids.queries import display_calendar
from grids.rules.workdays import WorkCalendar, last_day_of

from ..enums import Action, ApplicationKind, Concern, DueState, Grade, InquiryState, Verdict
from ..models import Case, CaseEvent, Inquiry
from ..rules import clock, lifecycle


@dataclass(frozen=True)
class DueShown:
    """What templates/ui/due.html needs."""

    state: str
    n: int | None
    hours: int | None
    when: str
    provisional: bool


def due_shown(due_at: datetime | None, provisional: bool, at: datetime, calendar: WorkCalendar) -> DueShown:
    """How a limit stands, in a form ready to print; hours where it ends within the day."""
    standing = clock.standing(due_at, at, calendar)
    if due_at is None:
        return DueShown(standing.state, None, None, "", False)
    hours = _hours(due_at, at) if not is_midnight(due_at) else None
    return DueShown(standing.state, standing.days, hours, moment(due_at), provisional)


def due_of(case: Case, at: datetime) -> DueShown:
    """How an open case stands, by the calendar that lists use."""
    if case.suspended_until:
        return suspended(case.suspended_until)
    return due_shown(case.due_at, case.is_provisional, at, display_calendar())


def suspended(until: datetime) -> DueShown:
    """A clock that stands still, with the end of the suspension where a limit would stand."""
    return DueShown(DueState.PAUSED, None, None, moment(until), False)


def due_of_inquiry(paper: Inquiry, at: datetime) -> DueShown:
    """How the reply limit of an inquiry stands; `paper` comes from `with_limit`."""
    if paper.reply_due_at is None:
        return DueShown(DueState.NONE, None, None, "", False)
    if paper.answered_at is not None:
        return DueShown("late" if paper.is_late else "done", None, None, "", False)
    if paper.state == InquiryState.DECIDED:  # it never was answered; no clock runs any more
        return DueShown(DueState.OVERDUE, None, None, "", False)
    return due_shown(paper.reply_due_at, paper.is_provisional, at, display_calendar())


def _hours(due_at: datetime, at: datetime) -> int | None:
    """Whole hours left or over, when it is less than a day."""
    distance = abs(due_at - at)
    return max(1, round(distance / timedelta(hours=1))) if distance < timedelta(days=1) else None


def is_midnight(moment: datetime) -> bool:
    local = timezone.localtime(moment)
    return (local.hour, local.minute) == (0, 0)


def moment(due_at: datetime) -> str:
    """10-12 24:00 for the end of a day, 10-12 15:30 otherwise."""
    if is_midnight(due_at):
        return f"{last_day_of(due_at):%m-%d} 24:00"
    return f"{timezone.localtime(due_at):%m-%d %H:%M}"


def paper_moment(due_at: datetime) -> str:
    """2026年10月12日24:00: on paper, which outlives its year."""
    if is_midnight(due_at):
        day, time = last_day_of(due_at), "24:00"
    else:
        local = timezone.localtime(due_at)
        day, time = local.date(), f"{local:%H:%M}"
    return _("%(day)s, %(time)s") % {"day": date_format(day), "time": time}


@dataclass(frozen=True)
class Line:
    """One line of a case's timeline (templates/ui/timeline.html)."""

    label: str
    at: datetime
    who: str
    note: str
    tone: str
    url: str = ""  # the paper it belongs to


TONES = {
    Action.RETURN: "bad", Action.FAIL: "bad", Action.REOPEN: "bad", Action.DECLINE: "bad",
    Action.EXPIRE: "bad", Action.SUPERVISE: "bad", Action.SIGN_LATE: "bad", Action.REPLY_LATE: "bad",
    Action.PASS: "good", Action.CLOSE: "good",
}  # fmt: skip


def timeline(case: Case, papers: Iterable[Inquiry] = ()) -> list[Line]:
    """What happened, the latest first; what belongs to one of the papers leads there."""
    papers = list(papers)
    return [line(event, _paper_of(event, papers)) for event in with_people(case.events.order_by("-seq"))]


def with_people(events: QuerySet[CaseEvent]) -> QuerySet[CaseEvent]:
    return events.select_related("actor", "post__grid", "post__department")


def line(event: CaseEvent, paper: Inquiry | None = None) -> Line:
    """One event as a line of a timeline."""
    return Line(
        label(event), event.at, _who(event), _note(event), TONES.get(Action(event.action), ""),
        paper.get_absolute_url() if paper else "",
    )  # fmt: skip


def _paper_of(event: CaseEvent, papers: list[Inquiry]) -> Inquiry | None:
    """People name the paper; the clock, which finds it unborn, names the assignment whose limit passed."""
    if not Action(event.action).is_of_inquiry:
        return None
    named, expired = event.data.get("inquiry"), event.data.get("assignment")
    return next((p for p in papers if p.pk == named or p.assignment_id == expired), None)


# What an event was, in words that name what its data hold.
SAID = {
    Action.ASSIGN: gettext_noop("Assigned to %(unit)s"),
    Action.RETURN: gettext_noop("Returned by %(unit)s"),
    Action.ESCALATE: gettext_noop("Escalated to %(unit)s"),
    Action.TRANSFER: gettext_noop("Transferred to %(unit)s"),
    Action.MERGE: gettext_noop("Merged into %(into)s"),
    Action.EXPIRE: gettext_noop("The limit of %(unit)s has passed"),
    Action.SIGN_LATE: gettext_noop("%(unit)s has not signed in time"),
    Action.GAIN: gettext_noop("%(asker)s may question %(answerer)s"),
    Action.REPLY_LATE: gettext_noop("%(unit)s has not answered in time"),
    Action.INVITE: gettext_noop("%(unit)s is asked to assist"),
    Action.ASSIST: gettext_noop("%(unit)s has assisted"),
    Action.RELEASE: gettext_noop("%(unit)s no longer has to assist"),
    Action.HAND_OVER: gettext_noop("Handed over within %(unit)s: the post has ended"),
    Action.SUSPEND: gettext_noop("Suspension until %(until)s asked for"),
}


def label(event: CaseEvent) -> str:
    """What the event was, with the unit, case or paper it names."""
    action = Action(event.action)
    try:
        return _(SAID[action]) % event.data
    except KeyError:
        return str(_kind_of(event) or action.label)


def _kind_of(event: CaseEvent) -> str:
    """A supervision is known by its grade, a flag or request by its kind, a paper by its number."""
    if event.action == Action.SUPERVISE and event.data.get("grade"):
        return str(Grade(event.data["grade"]).label)
    if event.action == Action.FLAG and event.data.get("concern"):
        return str(Concern(event.data["concern"]).label)
    if event.data.get("application"):
        return f"{Action(event.action).label} · {ApplicationKind(event.data['kind']).label}"
    if Action(event.action).is_of_inquiry and event.data.get("number"):
        verdict = event.data.get("verdict")
        said = f"{Action(event.action).label} {event.data['number']}"
        return f"{said} {Verdict(verdict).label}" if verdict else said
    return ""


DUE_ANEW = (
    Action.ASSIGN, Action.REOPEN, Action.ESCALATE, Action.TRANSFER, Action.GRANT, Action.RESUME,
)  # fmt: skip


def _who(event: CaseEvent) -> str:
    if event.actor is None:
        return _("The clock") if (event.step_before, event.action) in lifecycle.BY_CLOCK else ""
    if event.post is None:
        return str(event.actor)
    return f"{event.post.place_name} {event.post.get_role_display()} {event.actor}"


def _note(event: CaseEvent) -> str:
    said = [event.note, event.data.get("instruction", "")]
    if event.due_at and event.action in DUE_ANEW:
        said.append(_("Due %(when)s") % {"when": moment(event.due_at)})
    if event.action == Action.RECOUNT:
        said.append(_recounted(event.data))
    if event.data.get("because"):
        said.append(_("Fresh clock because: %(reason)s") % {"reason": event.data["because"]})
    if event.data.get("clock") == "runs on":
        said.append(_("The clock runs on."))
    if event.on_time is False and event.action in (Action.SIGN, Action.FEED_BACK, Action.ANSWER):
        said.append(_("Late."))
    return "\n".join(line for line in said if line)


def _recounted(data: dict[str, Any]) -> str:
    """What the official calendar has changed: the limit itself, or only that it is certain now."""
    before, after = (
        datetime.fromisoformat(data[name]) if data.get(name) else None for name in ("before", "after")
    )
    if before and after and before != after:
        return _("By the official calendar: %(before)s becomes %(after)s.") % {
            "before": moment(before), "after": moment(after),
        }  # fmt: skip
    return _("By the official calendar: the limit stays as it is.")
