"""What is asked about the list of grid affairs, and what people write on an application (准入审批表)."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, CleanTextField, DayField, KeyedForm
from grids.models import Department
from grids.rules.workdays import local_date

from ..enums import AdmissionState
from ..models import Category
from ..models.admissions import LONGEST_TEXT


def _said(label: Any, rows: int = 3, **options: Any) -> CleanTextField:
    area = forms.Textarea(attrs={"rows": rows})
    return CleanTextField(label=label, max_length=LONGEST_TEXT, widget=area, **options)


class AffairsForm(forms.Form):
    """The list as of a day, narrowed by a word; or everything that was or will be on it."""

    grid = forms.CharField(max_length=15, required=False)
    day = DayField(label=gettext_lazy("As of"))
    q = CleanCharField(label=gettext_lazy("Affair or department"), max_length=40, required=False)
    every = forms.BooleanField(required=False)

    def asked(self, at: datetime) -> tuple[date | None, str]:
        """Which day, None for every; and which word. What cannot be read is left aside."""
        self.is_valid()
        said = self.cleaned_data
        day = None if said.get("every") else said.get("day") or local_date(at)
        return day, said.get("q") or ""


class ForceForm(KeyedForm):
    """Which categories a list begins with, from which day, on what basis."""

    since = DayField(label=gettext_lazy("List in force from"))
    basis = _said(gettext_lazy("Basis of the list"))
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Categories admitted with the list"),
        queryset=Category.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, offered: QuerySet[Category], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["since"].help_text = _("Empty: from today on.")
        self.fields["categories"].queryset = offered
        marked = [category.pk for category in offered if category.is_admitted]
        self.initial.setdefault("categories", marked)


class ApplyForm(KeyedForm):
    """The application of a department, in the order of the form that is printed."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("Applicant department"), queryset=Department.objects.none()
    )
    category = forms.ModelChoiceField(label=gettext_lazy("Category"), queryset=Category.objects.none())
    name = CleanCharField(label=gettext_lazy("Name of the affair"), max_length=100)
    basis = _said(gettext_lazy("Basis of the affair"))
    work = _said(gettext_lazy("Content and time limit of the work"))
    task = _said(gettext_lazy("What the grids are to do"))
    powers = _said(
        gettext_lazy("Powers delegated with it"),
        required=False,
        help_text=gettext_lazy("Power goes with the duty (权随责走)."),
    )
    means = _said(
        gettext_lazy("Funds and people that come with it"),
        help_text=gettext_lazy("Money goes with the affair (费随事转)."),
    )
    wanted_since = DayField(label=gettext_lazy("Wanted from"), required=True)
    wanted_until = DayField(label=gettext_lazy("Wanted until (inclusive)"))

    def __init__(
        self, *args: Any, departments: QuerySet[Department], categories: QuerySet[Category], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["department"].queryset = departments
        self.fields["department"].empty_label = None
        self.fields["category"].queryset = categories
        self.fields["wanted_until"].help_text = _("Empty: without end.")


class ConveneForm(KeyedForm):
    """On which day the joint meeting hears the application."""

    day = DayField(label=gettext_lazy("Day of the joint meeting"), required=True)


class OpinionForm(KeyedForm):
    """What one participant said."""

    who = CleanCharField(label=gettext_lazy("Participant (unit or person)"), max_length=60)
    agrees = forms.TypedChoiceField(
        label=gettext_lazy("Opinion"),
        choices=[("yes", gettext_lazy("agrees")), ("no", gettext_lazy("does not agree"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = _said(gettext_lazy("What was said"), required=False)


class AdmitForm(KeyedForm):
    """For which term, and under which conditions."""

    since = DayField(label=gettext_lazy("On the list from"), required=True)
    last = DayField(label=gettext_lazy("Last day on the list"))
    conditions = _said(gettext_lazy("Conditions"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["last"].help_text = _("Empty: without end.")


class BecauseForm(KeyedForm):
    """Why an application is refused or taken back."""

    reason = _said(gettext_lazy("Reason"))


class ExitForm(KeyedForm):
    """From which day on an affair is off the list, and why."""

    day = DayField(label=gettext_lazy("Off the list from"), required=True)
    reason = _said(gettext_lazy("Reason"))


class AdmissionFilterForm(forms.Form):
    """The list of applications, by how they stand."""

    state = forms.ChoiceField(choices=AdmissionState.choices, required=False)

    @property
    def wanted(self) -> AdmissionState | None:
        said = self.cleaned_data.get("state") if self.is_valid() else ""
        return AdmissionState(said) if said else None
