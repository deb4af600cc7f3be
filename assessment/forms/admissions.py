"""Which number of the report on admission the rows are asked for."""

from django import forms
from django.utils.translation import gettext_lazy

from ..enums import AdmissionFigure
from .periods import PeriodForm


class AdmissionRowsForm(PeriodForm):
    """One number, of one department or of all of them."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"), choices=AdmissionFigure.choices)
    department = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
