"""The filters of the list as they stand in the address; nonsense is answered at its field, never an error page."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import ANY, CleanCharField, DayField, choice_or_any
from grids.enums import Level
from grids.scopes import Scope

from ..enums import Channel, DueState, Ledger, Severity, Step, Waiting
from ..queries.listing import (
    BY_DUE,
    LATER,
    ONLY,
    OPEN,
    TABS,
    Place,
    Sought,
    display_categories,
    places,
)  # fmt: skip
from ..queries.units import unit_of
from ..rules.origin import PATTERN
from ..rules.standing import BUCKETS, Bucket

FOLDED = (
    "step",
    "due",
    "ledger",
    "channel",
    "severity",
    "ended_from",
    "ended_to",
    "waiting",
    "stood",
    "holder",
    "reporter",
    "sort",
)


def indented(grids: list[Place]) -> list[tuple[str, str]]:
    """Grids as the options of a select, two full-width blanks for each level below the person's own."""
    top = min((grid.level for grid in grids), default=Level.DISTRICT)
    return [(grid.code, "　" * (grid.level - top) + grid.name) for grid in grids]


class FilterForm(forms.Form):
    """What the list can be narrowed to. Whatever is wrong is left aside, and said at its field."""

    q = CleanCharField(
        label=_("Words"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"placeholder": _("number, place or words"), "type": "search"}),
    )  # fmt: skip
    category = choice_or_any(_("Category"), [])
    grid = choice_or_any(_("Grid"), [])
    department = choice_or_any(_("Department"), [])
    reported_from = DayField(label=_("Reported from"))
    reported_to = DayField(label=_("Reported up to"))
    only = choice_or_any(_("Peculiarity"), [(key, label) for key, (label, _ask) in ONLY.items()])
    step = choice_or_any(_("Step"), [(OPEN, _("open, any step")), *Step.choices])
    due = choice_or_any(
        _("Limit"),
        [
            (DueState.OVERDUE, _("Overdue")),
            (DueState.TODAY, _("Due today")),
            (LATER, _("later than today")),
            (DueState.PAUSED, _("Clock stopped")),
        ],
    )
    ledger = choice_or_any(_("Ledger"), Ledger.choices)
    channel = choice_or_any(_("Channel"), Channel.choices)
    severity = choice_or_any(_("Severity"), Severity.choices)
    ended_from = DayField(label=_("Ended from"))
    ended_to = DayField(label=_("Ended up to"))
    waiting = choice_or_any(_("Waiting for me"), Waiting.choices)
    stood = choice_or_any(_("At this step for"), [])
    holder = choice_or_any(_("Held by"), [])
    reporter = choice_or_any(_("Reported by"), [("me", _("me"))])
    sort = choice_or_any(_("Order"), [(BY_DUE, _("open ones, due first"))])
    origin = forms.RegexField(PATTERN, max_length=50, required=False, widget=forms.HiddenInput)
    reach = forms.ChoiceField(choices=[ANY, ("dispatch", "")], required=False, widget=forms.HiddenInput)

    def __init__(self, query: QueryDict, *, scope: Scope) -> None:
        super().__init__(query)
        chosen = query.get("grid", "")
        self.places = {
            (place.kind, place.code if place.kind == "grid" else str(place.pk)): place
            for place in places(scope, chosen if chosen.isascii() and chosen.isdigit() else "")
        }
        self.fields["grid"].choices = [ANY, *self._grids()]
        self.fields["department"].choices = [ANY, *self._departments()]
        self.fields["category"].choices = [ANY, *_categories()]
        self.fields["stood"].choices = [ANY, *((bucket.key, days_of(bucket)) for bucket in BUCKETS)]
        self._offer_holder(query.get("holder", ""), scope)
        self.fields["sort"].choices = [("", _("newest first")), (BY_DUE, _("open ones, due first"))]

    def _offer_holder(self, value: str, scope: Scope) -> None:
        """A unit comes out of the monitor's links; without one there is nothing to choose from."""
        unit = unit_of(value, scope)
        self.fields["holder"].choices = [ANY, (value, unit.name)] if unit else [ANY]
        if not value:
            self.fields["holder"].widget = forms.HiddenInput()

    def _grids(self) -> list[tuple[str, str]]:
        return indented([place for place in self.places.values() if place.kind == "grid"])

    def _departments(self) -> list[tuple[str, str]]:
        return [(str(p.pk), p.name) for p in self.places.values() if p.kind == "department"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for begin, end in (("reported_from", "reported_to"), ("ended_from", "ended_to")):
            if data.get(begin) and data.get(end) and data[begin] > data[end]:
                self.add_error(end, _("This is before the first day."))
        return data

    @property
    def sought(self) -> Sought:
        """What was asked for, as far as it made sense."""
        self.is_valid()
        data = {name: value for name, value in self.cleaned_data.items() if value}
        data["grid"] = self.places.get(("grid", data.get("grid", "")))
        data["department"] = self.places.get(("department", data.get("department", "")))
        if data.get("sort") == BY_DUE and not data.get("step") and not data.get("due"):
            data["step"] = OPEN
        if data.get("sort") == BY_DUE and data.get("step") and not _is_open(data["step"]):
            del data["sort"]
        return Sought(**data)

    @property
    def plain(self) -> list[forms.BoundField]:
        """The filters everybody uses."""
        return [field for field in self.visible_fields() if field.name not in FOLDED]

    @property
    def folded(self) -> list[forms.BoundField]:
        """The ones behind "more"."""
        return [field for field in self.visible_fields() if field.name in FOLDED]

    @property
    def is_unfolded(self) -> bool:
        """Whether one of the folded ones is in use or wrong: what narrows the list must be in sight."""
        told_by_tabs = (self["step"].value() or "", self["due"].value() or "") in {tab[:2] for tab in TABS}
        folded = [field for field in self.folded if not (told_by_tabs and field.name in ("step", "due"))]
        return any(field.value() or field.errors for field in folded)


def days_of(bucket: Bucket) -> str:
    """A bucket of working days as people say it."""
    words = {"first": bucket.first, "last": bucket.last}
    if bucket.last is None:
        return str(_("%(first)d working days and more") % words)
    if not bucket.first:
        return str(_("up to %(last)d working day") % words)
    return str(_("%(first)d–%(last)d working days") % words)


def _is_open(step: str) -> bool:
    return step == OPEN or Step(step).is_open


def _categories() -> list[tuple[str, str]]:
    """Every category with its branch before its leaves, indented."""
    items = display_categories()
    below: dict[int | None, list[Any]] = {}
    for item in items.values():
        below.setdefault(item.parent, []).append(item)
    ordered: list[tuple[str, str]] = []

    def walk(parent: int | None, depth: int) -> None:
        for item in below.get(parent, ()):
            ordered.append((item.code, "　" * depth + item.name))
            walk(item.pk, depth + 1)

    walk(None, 0)
    return ordered


class SaveFilterForm(forms.Form):
    """A name for the filters the person is looking at."""

    QUERY_LENGTH = 1000

    name = CleanCharField(label=_("Name of the filter"), max_length=20)
    query = CleanCharField(
        max_length=QUERY_LENGTH, widget=forms.HiddenInput,
        error_messages={"required": _("Choose at least one filter before you keep it.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="save_%s", **kwargs)
