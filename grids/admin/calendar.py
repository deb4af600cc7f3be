"""The working-day calendar in the administration: look at it, load a year, correct a year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..actions.calendar import CalendarRefused, YearNotice, check, load_year
from ..imports.calendar import LIMIT, calendar_of, parse_csv, read_file, read_notice, write_csv
from ..models import CalendarDay, CalendarYear
from ..queries.calendar import reason, work_calendar


class LoadForm(forms.Form):
    """The notice for a year as a file or as its published text."""

    text = forms.CharField(
        label=_("text of the notice"),
        required=False,
        max_length=LIMIT,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("As published by the State Council. A notice that amends it goes below it."),
    )
    file = forms.FileField(
        label=_("or a CSV file"), required=False, help_text=_("Columns date, kind (off or work), holiday.")
    )
    year = forms.IntegerField(
        label=_("year"), required=False, min_value=2000, max_value=2200, help_text=_("Needed for a file.")
    )
    source_urls = forms.CharField(
        label=_("published at"), required=False, max_length=1000, help_text=_("Address of the notice.")
    )

    notice: YearNotice

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > 3 * LIMIT:
            raise forms.ValidationError(gettext("The text is too long to be a notice."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if bool(cleaned["file"]) == bool(cleaned["text"]):
            raise forms.ValidationError(gettext("Give either the text of the notice or a file."))
        try:
            self.notice = self._read(cleaned)
            check(self.notice)
        except CalendarRefused as refusal:
            raise forms.ValidationError(str(refusal).splitlines()) from refusal
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> YearNotice:
        if cleaned["text"]:
            return read_notice(cleaned["text"], year=cleaned["year"], source_urls=cleaned["source_urls"])
        if not cleaned["year"]:
            raise CalendarRefused(gettext("Say for which year the file is."))
        plain = YearNotice(cleaned["year"], (), source_urls=cleaned["source_urls"])
        return read_file(cleaned["file"].read(), plain)


class ConfirmForm(forms.Form):
    """What the preview showed, carried to the button below it."""

    year = forms.IntegerField(min_value=2000, max_value=2200, widget=forms.HiddenInput)
    number = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    title = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    source_urls = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    published_date = forms.DateField(required=False, widget=forms.HiddenInput)
    days = forms.CharField(max_length=LIMIT, widget=forms.HiddenInput)

    @classmethod
    def of(cls, notice: YearNotice) -> ConfirmForm:
        return cls(
            initial={
                "year": notice.year,
                "number": notice.number,
                "title": notice.title,
                "source_urls": notice.source_urls,
                "published_date": notice.published_date,
                "days": write_csv(notice.days),
            }
        )

    def notice(self) -> YearNotice:
        facts = dict(self.cleaned_data)
        days = parse_csv(facts.pop("days"))
        return YearNotice(days=tuple(sorted(days)), **facts)


class DaysInline(admin.TabularInline):
    model = CalendarDay
    fields = readonly_fields = ("date", "kind", "holiday")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CalendarYear)
class CalendarYearAdmin(admin.ModelAdmin):
    """Years are loaded whole; a correction is the corrected notice loaded again."""

    list_display = ("year", "notice_number", "published_date", "version", "loaded_at", "loaded_by")
    inlines = (DaysInline,)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Deadlines were counted with it; a year is corrected, never taken away.
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Load a year in two steps: look at what was understood, then confirm."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, form=LoadForm())
        if "confirm" in request.POST:
            return self._load(request)
        form = LoadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form=form, status=422)
        return self._page(request, preview=preview(form.notice), confirm=ConfirmForm.of(form.notice))

    def _load(self, request: Any) -> HttpResponse:
        confirm = ConfirmForm(request.POST)
        try:
            if not confirm.is_valid():
                raise CalendarRefused(gettext("The preview was changed on the way. Start again."))
            year = load_year(confirm.notice(), by=request.user, at=request.at)
        except CalendarRefused as refusal:
            return self._page(request, form=LoadForm(), refused=str(refusal), status=422)
        self.log_addition(request, year, gettext("Calendar version %(version)s") % {"version": year.version})
        text = gettext("The calendar of %(year)s is loaded (version %(version)s).")
        messages.success(request, text % {"year": year.year, "version": year.version})
        return redirect("admin:grids_calendaryear_change", year.pk)

    def _page(self, request: HttpRequest, *, status: int = 200, **context: Any) -> TemplateResponse:
        page = {
            **self.admin_site.each_context(request),
            "title": gettext("Load the official calendar of a year"),
            "opts": self.opts,
            **context,
        }
        return TemplateResponse(request, "grids/load_calendar.html", page, status=status)


def preview(notice: YearNotice) -> dict[str, Any]:
    """What a notice will do: the days it names with their reasons, and what changes by it."""
    coming, current = calendar_of([notice]), work_calendar()
    named: list[date] = [day.date for day in notice.days]
    before = current.worked(notice.year)
    after = coming.worked(notice.year)
    changed = sorted({*before} ^ {*after})
    return {
        "notice": notice,
        "days": [(coming.day(d).works, d, reason(coming.day(d))) for d in named],
        "working_days": len(after),
        "working_days_before": len(before),
        "was_official": notice.year in current.years,
        "changed": [date.fromordinal(n) for n in changed],
    }
