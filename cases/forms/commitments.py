"""What a department promises, and from which day on."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanTextField, DayField, KeyedForm
from grids.models import Department

from ..models import Category


class PromiseForm(KeyedForm):
    """For a category or for everything: to sign within, to have done it within, and the words of it."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("Department that promises"), queryset=Department.objects.none()
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), queryset=Category.objects.none(), required=False
    )
    sign_hours = forms.IntegerField(
        label=gettext_lazy("Signs within (working hours)"), min_value=1, max_value=200, required=False
    )
    finish_days = forms.IntegerField(
        label=gettext_lazy("Has done it within (working days)"), min_value=1, max_value=200, required=False
    )
    words = CleanTextField(
        label=gettext_lazy("Words of the promise"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    since = DayField(label=gettext_lazy("Promise holds from"))

    def __init__(
        self, *args: Any, departments: QuerySet[Department], categories: QuerySet[Category], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["department"].queryset = departments
        self.fields["department"].empty_label = None
        self.fields["category"].queryset = categories
        self.fields["category"].empty_label = _("everything without a promise of its own")
        self.fields["since"].help_text = _("Empty: from today on.")
