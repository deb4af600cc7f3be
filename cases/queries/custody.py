"""Who had a case how long: each holder in turn, with the working time the case spent there."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grids.queries import display_calendar
from grids.rules.workdays import WorkCalendar, working_minutes

from ..enums import Step
from ..models import Case, CaseEvent
from ..rules.custody import Hold, Holder, custody
from .policies import hours_of, policy_at
from .shown import moment


def custody_of(case: Case) -> list[Hold]:
    """Who had it from when to when, the first holder first."""
    return custody((event.at, _holder(event)) for event in case.events.order_by("seq"))


def _holder(event: CaseEvent) -> Holder | None:
    """An event keeps the last unit of a case that has ended, but nobody has it any more."""
    if not Step(event.step_after).is_open:
        return None
    return Holder(event.holder_grid_id, event.holder_department_id, event.holder_post_id)


@dataclass(frozen=True)
class HoldShown:
    """One line of the card: who, from when to when, and how much working time that was."""

    unit: str
    person: str
    since: str
    until: str  # empty: the case is there now
    used: str


@dataclass(frozen=True)
class CustodyShown:
    """The lines and their sum: the working time since the case was reported, as long as it was open."""

    lines: list[HoldShown]
    total: str


def custody_shown(case: Case, at: datetime) -> CustodyShown:
    """What templates/cases/_custody.html needs; two queries.

    Hours are those of the policy under which the case was reported, so that a later one rewrites nothing.
    """
    people = ("holder_grid", "holder_department", "holder_post__user")
    events = list(case.events.select_related(*people).order_by("seq"))
    names = {holder: _names(event) for event in events if (holder := _holder(event))}
    calendar = hours_of(policy_at(case.district_id, case.street_id, case.reported_at), display_calendar())
    holds = custody((event.at, _holder(event)) for event in events)
    used = [working_minutes(calendar, hold.since, hold.until or at) for hold in holds]
    lines = [
        HoldShown(*names[hold.holder], moment(hold.since), moment(hold.until) if hold.until else "", in_words(n, calendar))
        for hold, n in zip(holds, used, strict=True)
    ]  # fmt: skip
    return CustodyShown(lines, in_words(sum(used), calendar))


def _names(event: CaseEvent) -> tuple[str, str]:
    unit = event.holder_department or event.holder_grid
    return str(unit), str(event.holder_post.user) if event.holder_post else _("Command centre")


def in_words(minutes: int, calendar: WorkCalendar) -> str:
    """Working time as people say it: 2 working days 3 h 15 min; a day has the hours that are worked on it."""
    days, rest = divmod(minutes, calendar.minutes_a_day)
    hours, rest = divmod(rest, 60)
    said = [
        ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days} if days else "",
        _("%(n)d h") % {"n": hours} if hours else "",
        _("%(n)d min") % {"n": rest} if rest or not minutes else "",
    ]
    return " ".join(filter(None, said))
