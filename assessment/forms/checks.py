"""Forms of the checks and evaluations: drawing, what was found, what residents say, the sheets of a period."""

from secrets import token_hex
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, CleanTextField, DayField, UUIDKey
from grids.enums import Level
from grids.models import Post

from ..enums import Dimension, HeardBy, Satisfaction, SpotMethod, SpotResult
from ..models.mutual_checks import FULL_SCORE
from ..models.ratings import GRADES, grade_column
from ..models.spot_checks import MOST_DRAWN, is_a_seed
from ..rules.checks import names_a_number
from . import MonthForm

MOST_SHEETS = 100_000
NO_NUMBERS = gettext_lazy("Nothing about the resident is kept: no names, no numbers.")


def tiles() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "tiles"})


def new_seed() -> str:
    """Nobody can know it before: sixteen digits from the machine's own source of chance."""
    return token_hex(8)


class PlainTextField(CleanTextField):
    """A few words in which nobody's number stands."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        options.setdefault("help_text", NO_NUMBERS)
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if names_a_number(text):
            raise ValidationError(
                _("Leave out telephone and identity numbers: nothing about the resident is kept here."),
                code="number",
            )
        return text


class DrawForm(MonthForm):
    """From which place and month something is drawn by lot, and by which seed."""

    key = UUIDKey()
    seed = forms.CharField(
        label=gettext_lazy("Seed"), required=False, max_length=32, validators=[is_a_seed],
        help_text=gettext_lazy("Left empty, one is made. The same seed draws the same again."),
    )  # fmt: skip
    note = CleanCharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["as_of"]
        self.fields["month"].required = True
        self.fields["grid"] = forms.ChoiceField(label=gettext_lazy("Place"), choices=places)
        self.order_fields(self.field_order)

    def clean_seed(self) -> str:
        return self.cleaned_data["seed"] or new_seed()


class SpotCheckForm(DrawForm):
    """How many closed cases of a month are looked at again."""

    wanted = forms.IntegerField(
        label=gettext_lazy("Sample size"), min_value=1, max_value=MOST_DRAWN, initial=10
    )
    field_order = ("grid", "month", "wanted", "seed", "note")


class MutualCheckForm(DrawForm):
    """Which grids below a place check each other for a month."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("Who checks whom"), coerce=int,
        choices=[
            (Level.BUILDING.value, gettext_lazy("Building grids each other")),
            (Level.COMMUNITY.value, gettext_lazy("Communities each other")),
        ],
    )  # fmt: skip
    field_order = ("grid", "level", "month", "seed", "note")


class ItemForm(forms.Form):
    """What looking at a closed case again showed. `told` is what the action takes."""

    key = UUIDKey()
    method = forms.ChoiceField(
        label=gettext_lazy("How it was looked at"), choices=SpotMethod.choices, widget=tiles()
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Result of the check"), choices=SpotResult.choices, widget=tiles()
    )
    note = PlainTextField(
        label=gettext_lazy("What is not so, or what else was seen"), max_length=300, required=False
    )
    satisfaction = forms.ChoiceField(
        label=gettext_lazy("What the resident says of it"), required=False, widget=tiles(),
        choices=[("", gettext_lazy("Not said")), *Satisfaction.choices],
    )  # fmt: skip
    words = PlainTextField(label=gettext_lazy("In the resident's words"), max_length=200, required=False)

    def __init__(self, *args: Any, is_rated: bool, **kwargs: Any) -> None:
        """Once the closing was evaluated, nobody is asked again."""
        super().__init__(*args, **kwargs)
        if is_rated:
            del self.fields["satisfaction"], self.fields["words"]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if (
            said.get("result") == SpotResult.NOT_CONFIRMED
            and not said.get("note")
            and "note" not in self.errors
        ):
            self.add_error("note", _("Say in a few words what is not so."))
        if said.get("result") == SpotResult.NOT_REACHABLE and said.get("satisfaction"):
            self.add_error(
                "satisfaction", _("Where nobody was reached, nobody has said how satisfied she is.")
            )
        if said.get("words") and not said.get("satisfaction") and "satisfaction" not in self.errors:
            self.add_error("satisfaction", _("Choose how satisfied the resident is."))
        return said

    @property
    def told(self) -> dict[str, Any]:
        said = self.cleaned_data
        grade = said.get("satisfaction")
        return {
            "key": said["key"], "note": said["note"], "words": said.get("words", ""),
            "method": SpotMethod(said["method"]), "result": SpotResult(said["result"]),
            "satisfaction": Satisfaction(grade) if grade else None,
        }  # fmt: skip


class CheckerChoice(forms.ModelChoiceField):
    """Somebody who may verify there, with the post she would do it from."""

    def label_from_instance(self, post: Post) -> str:
        return f"{post.user} · {post.place_name} {post.get_role_display()}"


class GiveForm(forms.Form):
    """To whom a case of a sample is given."""

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checker"] = CheckerChoice(
            posts,
            label=gettext_lazy("Checker"),
            required=False,
            empty_label=gettext_lazy("Whoever comes first"),
        )


class RatingForm(forms.Form):
    """What the resident of a closed case says. `closing` is what the person was looking at."""

    key = UUIDKey()
    closing = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    satisfaction = forms.ChoiceField(
        label=gettext_lazy("What the resident says of it"), choices=Satisfaction.choices, widget=tiles()
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How it came in"), widget=tiles(),
        choices=[(how.value, how.label) for how in HeardBy if how is not HeardBy.SPOT_CHECK],
    )  # fmt: skip
    words = PlainTextField(label=gettext_lazy("In the resident's words"), max_length=200, required=False)

    @property
    def told(self) -> dict[str, Any]:
        said = self.cleaned_data
        grades = {"satisfaction": Satisfaction(said["satisfaction"]), "how": HeardBy(said["how"])}
        return {**{name: said[name] for name in ("key", "closing", "words")}, **grades}


def _sheets(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_SHEETS, initial=0, **options)


class SheetsForm(forms.Form):
    """How many sheets there were, and how often each grade was given."""

    key = UUIDKey()
    handed_out = _sheets(gettext_lazy("Sheets handed out"))
    returned = _sheets(gettext_lazy("Sheets returned"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for dimension, grade in GRADES:
            self.fields[grade_column(dimension, grade)] = _sheets(grade.label)

    @property
    def dimensions(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The questions of a sheet, each with the fields of its grades."""
        return [
            (dimension.label, [self[grade_column(dimension, grade)] for grade in Satisfaction])
            for dimension in Dimension
        ]

    @property
    def sheets(self) -> dict[str, Any]:
        said = self.cleaned_data
        grades = {grade: said[grade_column(*grade)] for grade in GRADES}
        return {"handed_out": said["handed_out"], "returned": said["returned"], "sheets": grades}


class PeriodRatingForm(SheetsForm):
    """The sheets about one grid and period."""

    since = DayField(label=gettext_lazy("First day of the period"), required=True)
    until = DayField(label=gettext_lazy("Last day of the period"), required=True)
    note = CleanCharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grid"] = forms.ChoiceField(label=gettext_lazy("Grid"), choices=places)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("The period ends before it begins."))
        return said


class CorrectionForm(SheetsForm):
    """The right counts, and why the entry was wrong."""

    reason = CleanCharField(label=gettext_lazy("Reason"), max_length=200)


class PairForm(forms.Form):
    """What was found in the grid that was checked."""

    key = UUIDKey()
    score = forms.IntegerField(label=gettext_lazy("Score (0 to 100)"), min_value=0, max_value=FULL_SCORE)
    findings = PlainTextField(
        label=gettext_lazy("Findings"), max_length=500, widget=forms.Textarea(attrs={"rows": 5})
    )
