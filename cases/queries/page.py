"""What the page of one case shows beside the case itself."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from grids.queries import work_calendar
from grids.queries.calendar import reason
from grids.rules.workdays import Day

from ..enums import OPEN_STEPS, EvidenceStage, Step
from ..models import Application, Assignment, Case, Evidence
from ..rules import clock
from ..rules.clock import Due
from .pauses import pauses_of
from .shown import DueShown, due_shown, moment


def assignments_of(case: Case) -> QuerySet[Assignment]:
    """Every assignment of a case, the latest first, with everybody it names."""
    return (
        case.assignments.select_related(
            "grid", "department", "post__user", "leader__user", "direct__user", "grid_leader__user",
            "assigned_by__user", "signed_by", "fed_back_by", "raised_from__grid", "raised_from__department",
        )
        .prefetch_related("milestones")
        .order_by("-pk")
    )  # fmt: skip


def merged_into(case: Case) -> QuerySet[Case]:
    """The reports of the same problem that this case goes on for."""
    return case.merged.order_by("pk")


def requests_of(case: Case) -> QuerySet[Application]:
    """What the units have asked of their clocks, the latest first."""
    return case.applications.select_related(
        "asked_by__user", "endorsed_by__user", "decided_by__user", "assignment"
    ).order_by("-asked_at")


def before_and_after(case: Case) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The photos side by side: what was found, and what it looks like now."""
    photos = list(case.evidence.select_related("uploaded_by"))
    return (
        [_shown(photo) for photo in photos if photo.stage == EvidenceStage.BEFORE],
        [_shown(photo) for photo in photos if photo.stage == EvidenceStage.AFTER],
    )


def _shown(photo: Evidence) -> dict[str, str]:
    url = photo.get_absolute_url()
    return {
        "url": url,
        "thumb_url": f"{url}?size=thumb",
        "caption": f"{photo.uploaded_by} {moment(photo.uploaded_at)}",
    }


@dataclass(frozen=True)
class Stage:
    """One of the six steps as the strip on top of the page draws it."""

    label: str
    state: str  # done, now, ahead


def stages(case: Case) -> list[Stage]:
    """Where the case stands along the six steps."""
    reached = Step(case.step).stage
    ended = case.step == Step.CLOSED
    return [
        Stage(str(step.label), "done" if n < reached or ended else "now" if n == reached else "ahead")
        for n, step in enumerate((*OPEN_STEPS, Step.CLOSED), start=1)
    ]


@dataclass(frozen=True)
class DayShown:
    date: str
    reason: str
    counts: bool


def days_shown(due: Due) -> list[DayShown]:
    """Every day between the beginning of a limit and its end: counted, skipped or suspended."""
    days = sorted((*due.counted, *due.skipped, *due.paused), key=lambda day: day.date)
    return [_day_shown(day, day in due.paused) for day in days]


@dataclass(frozen=True)
class Reasons:
    """Why one assignment is due when it is."""

    assignment: Assignment
    due: DueShown
    days: list[DayShown]
    recounted: str  # what today's calendar would say, where it says something else


def deadline_reasons(case: Case) -> list[Reasons]:
    """For each assignment: every day between its beginning and its end, counted or skipped."""
    calendar, assignments = work_calendar(), list(assignments_of(case))
    pauses = pauses_of(assignments)
    found = []
    for assignment in assignments:
        due = clock.due(assignment.limit, assignment.clock_from, calendar, pauses[assignment.pk])
        found.append(
            Reasons(
                assignment,
                due_shown(assignment.due_at, assignment.is_provisional, assignment.assigned_at, calendar),
                days_shown(due),
                moment(due.due_at) if due.due_at != assignment.due_at else "",
            )
        )
    return found


def _day_shown(day: Day, is_paused: bool) -> DayShown:
    said = _("suspended") if is_paused else reason(day)
    return DayShown(f"{day.date:%Y-%m-%d}", said, day.works and not is_paused)
