"""One form per move on a case, and the table that says which form belongs to which move."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import CleanCharField, CleanTextField, PhotoField
from grids.models import Department, Grid

from ..enums import Action, CheckMethod, Concern, Evaluation, Grade, Unit
from ..models import Case, Category
from ..queries import open_lead
from ..queries.units import Choice, Units, units_for, value_of
from ..rules import lifecycle
from ..rules.clock import Limit
from .base import StepForm

NOTE_LENGTH = 500
PHOTOS = 6


class PlainForm(StepForm):
    """A move that needs nothing said."""


class ReasonForm(StepForm):
    """A move that must say why."""

    note = CleanTextField(label=_("Reason"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class SignForm(StepForm):
    note = CleanTextField(
        label=_("Remark"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ResultForm(StepForm):
    """What was done, and a photo of it."""

    result = CleanTextField(
        label=_("What was done, and the result"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    photos = PhotoField(label=_("Photos afterwards"), at_most=PHOTOS, required=False)
    keep_position = forms.BooleanField(label=_("Keep the position written in the photo"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].required = self.photo_needed

    @property
    def photo_needed(self) -> bool:
        return self.case.category.needs_photo


class SettleForm(ResultForm):
    """A minor problem settled on the spot always shows its result."""

    photo_needed = True


class PassForm(StepForm):
    method = forms.ChoiceField(
        label=_("How it was checked"), choices=CheckMethod.choices, widget=forms.RadioSelect
    )
    note = CleanTextField(
        label=_("Finding"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("method", CheckMethod.ON_SITE)


class FailForm(PassForm):
    note = CleanTextField(
        label=_("What is not solved"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )


class CloseForm(StepForm):
    evaluation = forms.ChoiceField(
        label=_("Overall evaluation"), choices=Evaluation.choices, widget=forms.RadioSelect
    )
    note = CleanTextField(
        label=_("Remark"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("evaluation", Evaluation.GOOD)


def say_why(field: forms.Field, units: Units) -> None:
    """Where no grid may be given the case, the field says so, and so does its refusal of one sent all the same."""
    if units.without_grids:
        field.help_text = units.without_grids
        field.error_messages["invalid_choice"] = units.without_grids


class AssignForm(StepForm):
    """To whom, by when, and who stands for it (六个一)."""

    unit = forms.ChoiceField(label=_("Handled by"))
    limit_amount = forms.IntegerField(label=_("Limit"), min_value=1, max_value=200)
    limit_unit = forms.ChoiceField(label=_("counted in"), choices=Unit.choices)
    instruction = CleanTextField(
        label=_("Instruction"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    fresh_clock_because = CleanTextField(
        label=_("Fresh clock because"),
        max_length=200,
        required=False,
        widget=forms.TextInput,
        help_text=_("Without a reason the clock of the first assignment runs on."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_for(self.case, self.at)
        self.choices = {choice.value: choice for choice in units.choices}
        self.fields["unit"].choices = [(value, choice.name) for value, choice in self.choices.items()]
        say_why(self.fields["unit"], units)
        if self.case.accepted_at is None:
            del self.fields["fresh_clock_because"]
        self._suggest()

    def _suggest(self) -> None:
        """The unit and the limit that the category names: two clicks are enough."""
        category = self.case.category
        suggested = next((c.value for c in self.choices.values() if c.is_suggested), None)
        self.initial.setdefault("unit", suggested)
        self.initial.setdefault("limit_amount", category.limit_amount)
        self.initial.setdefault("limit_unit", category.limit_unit)

    @property
    def addressee(self) -> Department | Grid:
        choice: Choice = self.choices[self.cleaned_data["unit"]]
        return choice.unit

    @property
    def limit(self) -> Limit:
        return Limit(self.cleaned_data["limit_amount"], Unit(self.cleaned_data["limit_unit"]))


class UnitForm(ReasonForm):
    """A move that is about another unit; each says which ones it offers."""

    unit = forms.ChoiceField()
    field_order = ("unit", "note")
    unit_label = _("Handled by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {value_of(unit): unit for unit in self.offered()}
        self.fields["unit"].label = self.unit_label
        self.fields["unit"].choices = [(value, unit.name) for value, unit in self.units.items()]

    def offered(self) -> list[Department | Grid]:
        """Everybody the case can be given to, but for who has it already."""
        taken = [self.case.holder_grid, self.case.holder_department]
        units = units_for(self.case, self.at)
        say_why(self.fields["unit"], units)
        return [choice.unit for choice in units.choices if choice.unit not in taken]

    @property
    def addressee(self) -> Department | Grid:
        return self.units[self.cleaned_data["unit"]]


class TransferForm(UnitForm):
    """To which other unit; the limit runs on."""

    instruction = CleanTextField(
        label=_("Instruction"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MergeForm(ReasonForm):
    """Into which open case of the street, by its number."""

    into = CleanCharField(label=_("Number of the case it goes into"), max_length=40)
    field_order = ("into", "note")

    def clean_into(self) -> Case:
        number = self.cleaned_data["into"]
        found = Case.objects.open().filter(number=number, street=self.case.street_id)
        kept = found.exclude(pk=self.case.pk).first()
        if kept is None:
            raise forms.ValidationError(_("No other open case of this street has that number."))
        return kept


class RecategoriseForm(ReasonForm):
    """What the problem really is."""

    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none())
    field_order = ("category", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaves = Category.objects.leaves().exclude(pk=self.case.category_id)
        self.fields["category"].queryset = leaves.order_by("code")


class FlagForm(ReasonForm):
    concern = forms.ChoiceField(label=_("Kind of problem"), choices=Concern.choices, widget=forms.RadioSelect)
    field_order = ("concern", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("concern", Concern.COMMON)


class SuperviseForm(ReasonForm):
    """Only what is stricter than the supervision that is under way."""

    grade = forms.ChoiceField(label=_("Grade"), widget=forms.RadioSelect)
    field_order = ("grade", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = Grade(self.case.grade) if self.case.grade else None
        offered = [grade for grade in Grade if lifecycle.may_become(now, grade)]
        self.fields["grade"].choices = [(grade.value, grade.label) for grade in offered]
        self.initial.setdefault("grade", offered[0] if offered else None)


class InviteForm(UnitForm):
    """Which other unit, and what it is to do."""

    note = CleanTextField(
        label=_("What it is to do"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    unit_label = _("Assisting unit")

    def offered(self) -> list[Department | Grid]:
        helping = [helper.unit for helper in self.case.helpers]
        return [unit for unit in super().offered() if unit not in helping]


class AssistForm(ReasonForm):
    note = CleanTextField(
        label=_("What was done, and the result"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReleaseForm(UnitForm):
    """Which of the units that assist."""

    unit_label = _("Assisting unit")

    def offered(self) -> list[Department | Grid]:
        return [helper.unit for helper in self.case.helpers]


class ExtendForm(ReasonForm):
    """How much more time, in what the limit is counted in."""

    amount = forms.IntegerField(min_value=1, max_value=60)
    field_order = ("amount", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = open_lead(self.case)
        unit = Unit(lead.limit_unit).label if lead else ""
        self.fields["amount"].label = _("How much more (%(unit)s)") % {"unit": unit}


class SuspendForm(ReasonForm):
    """Until when the clock is to stand still; it runs again the day after."""

    until = forms.DateField(
        label=_("Suspended until (inclusive)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ("until", "note")


FORMS: dict[Action, type[StepForm]] = {
    Action.CLAIM: PlainForm,
    Action.ASSIGN: AssignForm,
    Action.DECLINE: ReasonForm,
    Action.WITHDRAW: ReasonForm,
    Action.SETTLE: SettleForm,
    Action.SIGN: SignForm,
    Action.RETURN: ReasonForm,
    Action.RECALL: ReasonForm,
    Action.FEED_BACK: ResultForm,
    Action.PASS: PassForm,
    Action.FAIL: FailForm,
    Action.CLOSE: CloseForm,
    Action.REOPEN: ReasonForm,
    Action.ESCALATE: ReasonForm,
    Action.TRANSFER: TransferForm,
    Action.MERGE: MergeForm,
    Action.RECATEGORISE: RecategoriseForm,
    Action.FLAG: FlagForm,
    Action.SUPERVISE: SuperviseForm,
    Action.LIFT: ReasonForm,
    Action.EXTEND: ExtendForm,
    Action.SUSPEND: SuspendForm,
    Action.ENDORSE: SignForm,
    Action.TURN_DOWN: ReasonForm,
    Action.GRANT: SignForm,
    Action.REFUSE: ReasonForm,
    Action.RESUME: ReasonForm,
    Action.INVITE: InviteForm,
    Action.ASSIST: AssistForm,
    Action.RELEASE: ReleaseForm,
}
