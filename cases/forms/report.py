"""The report: what, where, photos, words. As little as possible is asked, nothing typed is lost."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import CleanCharField, CleanTextField, DegreesField, PhotoField, UUIDKey
from grids.enums import Right, Role
from grids.models import Grid, Post
from grids.scopes import Scope

from ..actions import Position
from ..enums import Channel, Severity
from ..models import Category
from ..queries import choices
from ..rules.origin import is_origin

TEXT_LENGTH = 1000
PHOTOS = 6
OTHER = "other"
TAKES_CALLS = {Role.DISPATCHER, Role.MAINTAINER}  # who files what came in by other channels


class LeafField(forms.ChoiceField):
    """A category that a case can be filed under, offered group by group; cleaned, it is the row."""

    default_error_messages = {"invalid_choice": _("Please choose what exactly the problem is.")}

    def offer(self, leaves: list[Category], nothing: str = "") -> None:
        self.rows = {str(leaf.pk): leaf for leaf in leaves}
        groups = groupby(leaves, key=lambda leaf: leaf.parent)
        options = [(str(parent or ""), [(leaf.pk, leaf.name) for leaf in group]) for parent, group in groups]
        self.choices = [("", nothing or _("Please choose")), *options]

    def clean(self, value: Any) -> Category | None:
        return self.rows.get(super().clean(value))


class PlaceField(forms.ChoiceField):
    """A grid in which the person may report. Any other grid does not exist here; cleaned, it is the row."""

    default_error_messages = {"invalid_choice": _("This grid does not exist, or you cannot report there.")}

    def offer(self, places: choices.Places) -> None:
        self.rows = {str(grid.pk): grid for grid in places.every}
        self.choices = [("", _("Please choose")), *choices.grouped(places.shown)]

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.rows  # also one that was too many to be shown

    def clean(self, value: Any) -> Grid | None:
        return self.rows.get(super().clean(value))


class ReportForm(forms.Form):
    """One problem. `problem` is what the action takes, `post` from which the person reports it."""

    key = UUIDKey()
    quick = forms.ChoiceField(
        label=_("What is it?"), required=False, widget=forms.RadioSelect(attrs={"class": "tiles"})
    )
    category = LeafField(label=_("Exact problem"), required=False)
    photos = PhotoField(label=_("Photos"), at_most=PHOTOS, required=False)
    grid = PlaceField(label=_("Grid"))
    place = CleanCharField(label=_("Place"), max_length=120, required=False)
    house_no = CleanCharField(label=_("Building"), max_length=20, required=False)
    unit_no = CleanCharField(label=_("Unit"), max_length=20, required=False)
    text = CleanTextField(
        label=_("What was found"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )
    latitude = DegreesField(90)
    longitude = DegreesField(180)
    accuracy = forms.IntegerField(required=False, min_value=0, max_value=10_000_000, widget=forms.HiddenInput)
    keep_position = forms.BooleanField(label=_("Keep the position written in the photos"), required=False)
    channel = forms.ChoiceField(label=_("Came in by"), choices=Channel.choices)
    external_id = CleanCharField(label=_("Number there"), max_length=60, required=False)
    settled = forms.BooleanField(label=_("Settled on the spot"), required=False)
    origin = CleanCharField(max_length=50, required=False, widget=forms.HiddenInput)
    result = CleanTextField(
        label=_("What was done, and the result"), max_length=TEXT_LENGTH, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    result_photos = PhotoField(label=_("Photos afterwards"), at_most=PHOTOS, required=False)

    def __init__(
        self, *args: Any, scope: Scope, inside: str = "", found: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.found = found or {}
        self.scope = scope
        self._offer_categories()
        self._offer_places(inside)
        self._begin_where_it_was_found()
        self._drop_what_others_do()

    # --- what is offered ---

    def _offer_categories(self) -> None:
        leaves = choices.leaves()
        self.fields["category"].offer(leaves, _("Choose from the list"))
        tiles = [(str(leaf.pk), leaf.name) for leaf in choices.common(leaves, self.scope)]
        self.fields["quick"].choices = [*tiles, (OTHER, _("Other"))]

    def _offer_places(self, inside: str) -> None:
        self.places = choices.places(self.scope, inside)
        self.fields["grid"].offer(self.places)
        own = [post.grid_id for post in self.scope.posts if post.grid_id and Right.REPORT in post.rights]
        preset = own[0] if own and str(own[0]) in self.fields["grid"].rows else None
        self.initial.setdefault("grid", preset)
        self.only_place = self.places.every[0] if len(self.places.every) == 1 else None
        if self.only_place:
            self.fields["grid"].widget = forms.HiddenInput()

    def _begin_where_it_was_found(self) -> None:
        """Another room's page leads here with the grid and what the problem was found on; nonsense is left aside."""
        if is_origin(self.found.get("origin", "")):
            self.initial["origin"] = self.found["origin"]
        if self.found.get("grid", "") in self.fields["grid"].rows:
            self.initial["grid"] = self.found["grid"]

    def _drop_what_others_do(self) -> None:
        roles = {post.role for post in self.scope.posts}
        if not roles & TAKES_CALLS:
            del self.fields["channel"], self.fields["external_id"]
        if Role.GRID_LEADER not in roles:
            del self.fields["settled"], self.fields["result"], self.fields["result_photos"]

    @property
    def may_settle(self) -> bool:
        return "settled" in self.fields

    def renew_key(self) -> None:
        """After a refusal that wrote nothing: the next try is a new act."""
        self.data = self.data.copy()
        self.data["key"] = str(uuid4())

    # --- what was sent ---

    def clean(self) -> dict[str, Any]:
        self._clean_category()
        self._clean_position()
        if self.cleaned_data.get("settled"):
            self._clean_settled()
        return self.cleaned_data

    def _clean_category(self) -> None:
        """A tile or a line of the list; both only when they say the same."""
        listed = self.cleaned_data.get("category")
        quick = self.cleaned_data.get("quick") or OTHER
        tapped = None if quick == OTHER else self.fields["category"].rows.get(quick)
        if "category" in self.errors or "quick" in self.errors:
            return
        if listed and tapped and listed != tapped:
            self.add_error(
                "category",
                _("You chose “%(tile)s” above and “%(listed)s” in the list. Please choose one.")
                % {"tile": tapped, "listed": listed},
            )
        elif not (listed or tapped):
            self.add_error("category", _("Please choose what exactly the problem is."))
        self.cleaned_data["category"] = listed or tapped

    def _clean_position(self) -> None:
        """Half a position is none, and whoever sent it should know."""
        halves = [self.cleaned_data.get(name) for name in ("latitude", "longitude")]
        if halves.count(None) == 1 and not {"latitude", "longitude"} & set(self.errors):
            self.add_error(None, _("A position is a latitude and a longitude; one of them is missing."))

    def _clean_settled(self) -> None:
        category, grid = self.cleaned_data.get("category"), self.cleaned_data.get("grid")
        if category and category.severity != Severity.MINOR:
            message = _("Only minor problems can be settled at once; “%(category)s” is not one.")
            self.add_error("settled", message % {"category": category})
        if grid and not self._leads(grid):
            self.add_error("settled", _("You can settle problems at once in your own grid only."))
        if not self.cleaned_data.get("result") and "result" not in self.errors:
            self.add_error("result", _("Please say what was done."))
        if not self.cleaned_data.get("result_photos") and "result_photos" not in self.errors:
            self.add_error("result_photos", _("A problem settled at once needs a photo of the result."))

    def _leads(self, grid: Grid) -> bool:
        return any(post.role == Role.GRID_LEADER and post.grid_id == grid.pk for post in self.scope.posts)

    # --- what the action takes ---

    @property
    def is_settled(self) -> bool:
        return bool(self.cleaned_data.get("settled"))

    @property
    def key_sent(self) -> UUID:
        return self.cleaned_data["key"]

    @property
    def post(self) -> Post | None:
        return choices.reporting_post(self.scope, self.cleaned_data["grid"])

    @property
    def problem(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = (
            "category",
            "grid",
            "text",
            "place",
            "house_no",
            "unit_no",
            "photos",
            "keep_position",
            "origin",
        )
        return {
            **{name: said[name] for name in names},
            "position": self._position(),
            "channel": said.get("channel") or self._own_channel(),
            "external_id": said.get("external_id", ""),
        }

    @property
    def outcome(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("result", "result_photos")}

    def _position(self) -> Position | None:
        latitude: Decimal | None = self.cleaned_data["latitude"]
        longitude: Decimal | None = self.cleaned_data["longitude"]
        if latitude is None or longitude is None:
            return None
        return Position(latitude, longitude, self.cleaned_data["accuracy"])

    def _own_channel(self) -> Channel:
        """Who is no staff speaks as a resident."""
        post = self.post
        is_resident = post is not None and post.role in (Role.BUILDING_HEAD, Role.VOLUNTEER)
        return Channel.RESIDENT if is_resident else Channel.PATROL
