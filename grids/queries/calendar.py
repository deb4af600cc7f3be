"""Questions to the working-day calendar."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..models import CalendarDay
from ..rules.workdays import WINTER_HOURS, Day, DayKind, Hours, WorkCalendar, parse_hours

DATA = Path(__file__).resolve().parent.parent / "data" / "calendar"
DISPLAY_KEY = "work-calendar"
DISPLAY_SECONDS = 60


def work_calendar() -> WorkCalendar:
    """The calendar as it stands now, for actions that set a due time (one query)."""
    # One query and not two, or a load in between would pair new days with the old version.
    named: dict[str, dict[date, str]] = {CalendarDay.Kind.OFF: {}, CalendarDay.Kind.WORK: {}}
    versions: dict[int, int] = {}
    days = CalendarDay.objects.values_list("kind", "date", "holiday", "year_id", "year__version")
    for kind, d, holiday, year, version in days.order_by():
        named[kind][d] = holiday
        versions[year] = version
    return WorkCalendar(
        off=named[CalendarDay.Kind.OFF],
        made_up=named[CalendarDay.Kind.WORK],
        years=frozenset(versions),
        statutory=statutory_days(),
        version=max(versions.values(), default=0),
        hours=working_hours(getattr(settings, "WORKING_HOURS", "")),
    )


def display_calendar() -> WorkCalendar:
    """The calendar for lists and pages: at most a minute old."""
    calendar: WorkCalendar | None = caches["local"].get(DISPLAY_KEY)
    if calendar is None:
        calendar = work_calendar()
        caches["local"].set(DISPLAY_KEY, calendar, DISPLAY_SECONDS)
    return calendar


@cache
def working_hours(text: str) -> Hours:
    """The hours of a working day as configured, or the usual ones of a Zhengzhou winter."""
    return parse_hours(text) if text else WINTER_HOURS


@cache
def statutory_days() -> dict[date, str]:
    """The statutory holidays of the coming years, certain before any notice is out."""
    lines = (DATA / "statutory.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {date.fromisoformat(row["date"]): row["holiday"] for row in rows}


def reason(day: Day) -> str:
    """Why a day counts or not, in the words of the reader."""
    weekday = date_format(day.date, "l")
    match day.kind:
        case DayKind.MAKE_UP:
            text = _("%(weekday)s, worked in exchange for %(holiday)s") % {
                "weekday": weekday,
                "holiday": day.name or _("a holiday"),
            }
        case DayKind.HOLIDAY:
            text = _("%(weekday)s, %(holiday)s") % {"weekday": weekday, "holiday": day.name or _("a holiday")}
        case DayKind.WEEKEND:
            text = _("%(weekday)s, weekend") % {"weekday": weekday}
        case _workday:
            text = weekday
    return _("%(reason)s (provisional)") % {"reason": text} if day.provisional else text
