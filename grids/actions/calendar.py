"""Loading the official working-day calendar, a year at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ..models import CalendarDay, CalendarYear, User
from ..queries.calendar import DISPLAY_KEY

SATURDAY = 5
YEARS = range(1949, 2201)  # as the constraint of CalendarYear


class CalendarRefused(Exception):
    """A calendar that cannot be right. The text says to a clerk what is wrong with it."""


@dataclass(frozen=True, order=True)
class NoticeDay:
    """A day that a notice names: `kind` is off or work, as in CalendarDay."""

    date: date
    kind: str
    holiday: str = ""


@dataclass(frozen=True)
class YearNotice:
    """The official notice for a year, with all the days it names."""

    year: int
    days: tuple[NoticeDay, ...]
    number: str = ""
    title: str = ""
    source_urls: str = ""
    published_date: date | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What the row of the year records of the notice itself."""
        return {
            "notice_number": self.number,
            "title": self.title,
            "source_urls": self.source_urls,
            "published_date": self.published_date,
        }


@transaction.atomic
def load_year(notice: YearNotice, *, by: User | None, at: datetime) -> CalendarYear:
    """Take over the official notice of a year: its days replace those loaded for that year before.

    The same notice again changes nothing; anything new raises the version of the whole calendar by one.
    """
    check(notice)
    _one_load_at_a_time()
    loaded = CalendarYear.objects.filter(year=notice.year).first()
    if loaded and _same(loaded, notice):
        return loaded
    _refuse_days_of_other_notices(notice)
    latest = CalendarYear.objects.aggregate(version=Max("version"))["version"] or 0
    loaded, _created = CalendarYear.objects.update_or_create(
        year=notice.year,
        defaults={**notice.facts, "version": latest + 1, "loaded_at": at, "loaded_by": by},
    )
    loaded.days.all().delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day.date, kind=day.kind, holiday=day.holiday, year=loaded) for day in notice.days
    )
    transaction.on_commit(lambda: caches["local"].delete(DISPLAY_KEY))
    return loaded


def check(notice: YearNotice) -> None:
    """Refuse a notice that cannot be right, with a sentence for every kind of mistake."""
    if notice.year not in YEARS:
        raise CalendarRefused(_("This is not a year of the working-day calendar."))
    if not notice.days:
        raise CalendarRefused(_("The notice for %(year)s names no day.") % {"year": notice.year})
    kinds = set(CalendarDay.Kind.values)
    dates = Counter(day.date for day in notice.days)
    _refuse(
        [day.date for day in notice.days if not _in_year(day.date, notice.year)],
        _("These days do not lie in %(year)s: %(days)s."),
        year=notice.year,
    )
    _refuse([d for d, times in dates.items() if times > 1], _("These days are named twice: %(days)s."))
    _refuse(
        [day.date for day in notice.days if day.kind not in kinds],
        _("These days are neither off nor worked: %(days)s."),
    )
    _refuse(
        [
            day.date
            for day in notice.days
            if day.kind == CalendarDay.Kind.WORK and day.date.weekday() < SATURDAY
        ],
        _("These make-up workdays are no weekend days, they are worked anyway: %(days)s."),
    )
    off = {day.date for day in notice.days if day.kind == CalendarDay.Kind.OFF}
    _refuse(
        [d for d in fixed_holidays(notice.year) if d not in off],
        _("These statutory holidays are not off: %(days)s."),
    )


def fixed_holidays(year: int) -> list[date]:
    """The statutory holidays that fall on the same day every year: a notice without them is cut short."""
    return [date(year, 1, 1), date(year, 5, 1), *(date(year, 10, day) for day in (1, 2, 3))]


def _in_year(d: date, year: int) -> bool:
    # New Year's holiday may begin in December: the notice for 2019 named 29 to 31 December 2018.
    return d.year == year or (d.year == year - 1 and d.month == 12)


def _refuse(days: Iterable[date], sentence: str, **more: object) -> None:
    wrong = ", ".join(f"{d:%Y-%m-%d}" for d in sorted(days))
    if wrong:
        raise CalendarRefused(sentence % {"days": wrong, **more})


def _one_load_at_a_time() -> None:
    """Two loads at once would count the same version; readers are not held up."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE grids_calendaryear IN SHARE ROW EXCLUSIVE MODE")


def _same(loaded: CalendarYear, notice: YearNotice) -> bool:
    if any(getattr(loaded, name) != fact for name, fact in notice.facts.items()):
        return False
    days = loaded.days.values_list("date", "kind", "holiday")
    return set(days) == {(day.date, day.kind, day.holiday) for day in notice.days}


def _refuse_days_of_other_notices(notice: YearNotice) -> None:
    others = CalendarDay.objects.exclude(year=notice.year).filter(date__in=[day.date for day in notice.days])
    _refuse(
        others.values_list("date", flat=True),
        _("The notice of another year has already named these days: %(days)s."),
    )
