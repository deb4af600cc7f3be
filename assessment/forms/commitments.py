"""Which number of the report on promises the rows are asked for."""

from django import forms

from ..enums import Pledge
from ..queries.commitments import Line
from .periods import PeriodForm


class PledgeRowsForm(PeriodForm):
    """One promise of one department: everything decided, what was kept, or what was not."""

    department = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    category = forms.SlugField(max_length=12, required=False)
    what = forms.ChoiceField(choices=Pledge.choices)
    kept = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False)

    def is_about(self, line: Line) -> bool:
        said = self.cleaned_data
        code = line.category.code if line.category else ""
        return (line.department.pk, code, line.what) == (said["department"], said["category"], said["what"])

    def wants(self, kept: bool) -> bool:
        return self.cleaned_data["kept"] in ("", "yes" if kept else "no")
