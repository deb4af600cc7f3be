"""The forms of a patrol: setting out, a line of the diary, a line that becomes a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import CleanCharField, CleanTextField, PhotoField, UUIDKey
from grids.models import Post

from ..models import Category, DiaryEntry
from .report import PHOTOS, LeafField

WEATHERS = (_("Sunny"), _("Cloudy"), _("Rain"), _("Snow"), _("Windy"), _("Haze"))


class StartForm(forms.Form):
    """Setting out: from which post, in what weather, along which way."""

    key = UUIDKey()
    post = forms.ChoiceField(label=_("Post"))
    weather = CleanCharField(
        label=_("Weather"), max_length=20, required=False, widget=forms.TextInput(attrs={"list": "weathers"})
    )
    route = CleanCharField(label=_("Route"), max_length=120, required=False)

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {str(post.pk): post for post in posts}
        self.fields["post"].choices = [(pk, post.place_name) for pk, post in self.posts.items()]
        self.initial.setdefault("post", next(iter(self.posts), None))
        if len(self.posts) == 1:
            self.fields["post"].widget = forms.HiddenInput()

    @property
    def post_chosen(self) -> Post:
        return self.posts[self.cleaned_data["post"]]

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("key", "weather", "route")}


class LineForm(forms.Form):
    """A line of the diary: written while walking, so only the words are asked for."""

    key = UUIDKey()
    text = CleanTextField(
        label=_("What was seen or said"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    house_no = CleanCharField(label=_("Building"), max_length=20, required=False)
    unit_no = CleanCharField(label=_("Unit"), max_length=20, required=False)


class RaiseForm(forms.Form):
    """A line becomes a case under the category its words suggest, or another one."""

    category = LeafField(label=_("Category"))
    photos = PhotoField(label=_("Photos"), at_most=PHOTOS, required=False)
    keep_position = forms.BooleanField(label=_("Keep the position written in the photos"), required=False)

    def __init__(self, *args: Any, entry: DiaryEntry, leaves: list[Category], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"line{entry.pk}_%s")
        super().__init__(*args, **kwargs)
        self.entry = entry
        self.fields["category"].offer(leaves)
        self.initial.setdefault("category", entry.suggestion_id)
