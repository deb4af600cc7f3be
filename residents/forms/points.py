"""Forms of community points: what is redeemed, what is taken back, and the rules."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, CleanTextField, KeyedForm

from ..enums import ActivityKind
from ..models import PointItem, PointRule
from ..models.points import MOST_POINTS
from ..rules.points import HALF_HOUR

MOST_PIECES = 99
MOST_ITEMS = 40
MOST_HOURS = 24


class RedeemForm(KeyedForm):
    """What somebody gets for her points, and how many of it."""

    pieces = forms.IntegerField(label=gettext_lazy("Pieces"), min_value=1, max_value=MOST_PIECES, initial=1)

    def __init__(self, *args: Any, offer: list[tuple[PointItem, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"] = forms.ChoiceField(
            label=gettext_lazy("Item"),
            choices=[(item.pk, _offered(item, left)) for item, left in offer if left > 0],
        )
        self.items = {str(item.pk): item for item, _left in offer}
        self.order_fields(("item", "pieces"))

    @property
    def item(self) -> PointItem:
        return self.items[self.cleaned_data["item"]]


def _offered(item: PointItem, left: int) -> str:
    return _("%(item)s: %(price)d points, %(left)d left") % {
        "item": item.name, "price": item.price, "left": left,
    }  # fmt: skip


class CorrectionForm(KeyedForm):
    """Why an entry is wrong; of confirmed hours, how many they were."""

    hours = forms.DecimalField(
        label=gettext_lazy("Right hours"), min_value=0, max_value=MOST_HOURS, step_size=HALF_HOUR,
        decimal_places=1, max_digits=4, initial=Decimal(0),
        help_text=gettext_lazy("0 if she was not there at all."),
    )  # fmt: skip
    reason = CleanCharField(
        label=gettext_lazy("Reason"), max_length=200,
        help_text=gettext_lazy("A second person reads it and decides."),
    )  # fmt: skip

    def __init__(self, *args: Any, is_of_hours: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_of_hours:
            del self.fields["hours"]


class DecideForm(forms.Form):
    """Yes or no."""

    is_granted = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda word: word == "yes"
    )


class PointRuleForm(KeyedForm):
    """What earns points from now on, and what they are redeemed for: an item a line."""

    hour_points = forms.IntegerField(
        label=gettext_lazy("Points for an hour"), min_value=0, max_value=MOST_POINTS
    )
    report_points = forms.IntegerField(
        label=gettext_lazy("Points for a reported problem that was verified"), min_value=0,
        max_value=MOST_POINTS, initial=0,
    )  # fmt: skip
    keep_years = forms.IntegerField(
        label=gettext_lazy("Points lapse at the end of so many years after they were earned"), min_value=1,
        max_value=10, required=False, help_text=gettext_lazy("Empty: they never lapse."),
    )  # fmt: skip
    items = CleanTextField(
        label=gettext_lazy("Items"), max_length=2000, required=False,
        help_text=gettext_lazy("A line for each: name, price in points, pieces in stock. Such as: soap, 5, 100"),
    )  # fmt: skip
    reason = CleanCharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ActivityKind:
            self.fields[f"kind_{kind}"] = forms.IntegerField(
                label=_("Points for an hour: %(kind)s") % {"kind": kind.label}, min_value=0,
                max_value=MOST_POINTS, required=False,
            )  # fmt: skip
        kinds = [f"kind_{kind}" for kind in ActivityKind]
        self.order_fields(["hour_points", *kinds, "report_points", "keep_years", "items", "reason"])

    def clean_items(self) -> list[tuple[str, int, int]]:
        lines = [line for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if len(lines) > MOST_ITEMS:
            raise forms.ValidationError(_("At most %(n)d items.") % {"n": MOST_ITEMS})
        items = [_item(line) for line in lines]
        if len({name for name, _price, _stock in items}) < len(items):
            raise forms.ValidationError(_("An item stands in the list twice."))
        return items

    @property
    def numbers(self) -> dict[str, Any]:
        """What was said, as the action takes it."""
        said = dict(self.cleaned_data)
        kinds = {kind.value: said.pop(f"kind_{kind}") for kind in ActivityKind}
        return said | {"kind_points": {kind: n for kind, n in kinds.items() if n is not None}}


def _item(line: str) -> tuple[str, int, int]:
    parts = [part.strip() for part in line.replace("，", ",").replace("、", ",").split(",")]
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts[1:]):
        raise forms.ValidationError(
            _("Not an item: %(line)s. Write name, price and pieces in stock.") % {"line": line}
        )
    name, price, stock = parts[0], int(parts[1][:9]), int(parts[2][:9])
    if not name or len(name) > 40 or not 0 < price <= MOST_POINTS or stock > MOST_POINTS:
        raise forms.ValidationError(
            _(
                "%(line)s: a name of at most 40 characters, a price from 1 to %(most)d, at most %(most)d pieces."
            )
            % {"line": line, "most": MOST_POINTS}
        )
    return name, price, stock


def said_before(rule: PointRule | None, offer: list[tuple[PointItem, int]]) -> dict[str, Any]:
    """What holds now, to begin the form with; of each item the pieces that are still there."""
    if rule is None:
        return {}
    return {
        "hour_points": rule.hour_points,
        "report_points": rule.report_points,
        "keep_years": rule.keep_years,
        "items": "\n".join(f"{item.name}, {item.price}, {left}" for item, left in offer),
        **{f"kind_{kind}": points for kind, points in rule.kind_points.items()},
    }
