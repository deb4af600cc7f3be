"""Form fields that take what people really send: clean text, one-time keys, photos."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from gridgov.kit.images import MAX_BYTES, MAX_PIXELS, MAX_SIDE, CleanImage, ImageRefused, sanitize
from gridgov.kit.text import TextRefused, clean

ANY = ("", gettext_lazy("any"))
ACCEPTED_PHOTOS = "image/jpeg,image/png,image/webp"

# What Django's own fields say. Its Chinese speaks of empty strings; ours comes first (LOCALE_PATHS).
NO_NULLS = gettext_noop("Null characters are not allowed.")


class CleanCharField(forms.CharField):
    """One line of clean text: see `gridgov.kit.text.clean`."""

    lines = False

    def __init__(self, *, max_length: int, **options: Any) -> None:
        self.limit = max_length
        # Django's own length check counts before normalisation, its null check hides our message.
        super().__init__(**options)
        self.max_length = max_length
        self.widget.attrs.update(self.widget_attrs(self.widget))
        self.validators = [
            v for v in self.validators if type(v).__name__ != "ProhibitNullCharactersValidator"
        ]

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return self.empty_value
        try:
            return clean(str(value), max_length=self.limit, lines=self.lines) or self.empty_value
        except TextRefused as refusal:
            raise ValidationError(str(refusal), code="refused") from refusal


class CleanTextField(CleanCharField):
    """Several lines of clean text."""

    widget = forms.Textarea
    lines = True


class PastedJSONField(forms.JSONField):
    """JSON that a person pasted. What nests deeper than it can be read is no JSON to us."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": "…"}
            ) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return InvalidJSONInput(data)


class UUIDKey(forms.UUIDField):
    """The one-time key of a form, hidden: the same key sent twice is the same act."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("initial", uuid4)
        super().__init__(**options)

    def clean(self, value: Any) -> UUID:
        try:
            key = super().clean(value)
        except ValidationError as error:
            message = _("The form is incomplete. Load the page again and repeat.")
            raise ValidationError(message, code="key") from error
        if not isinstance(key, UUID):
            return uuid4()
        return key


class DayField(forms.DateField):
    """One day, as a date input of the browser sends it; nothing before the year `first`."""

    def __init__(self, *, first: int = 2000, **options: Any) -> None:
        self.first = first
        widget = forms.DateInput(
            attrs={"type": "date", "min": f"{first}-01-01", "max": "2099-12-31"}, format="%Y-%m-%d"
        )
        message = gettext_lazy("Not a day: write it like 2026-11-21.")
        options.setdefault("required", False)
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%d"], error_messages={"invalid": message}, **options
        )

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day is not None and not self.first <= day.year <= 2099:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


def choice_or_any(label: Any, choices: Any) -> forms.ChoiceField:
    """One of them, or any; what is none of them is left aside."""
    message = gettext_lazy("Unknown here, so it was left aside: %(value)s")
    return forms.ChoiceField(
        label=label, choices=[ANY, *choices], required=False, error_messages={"invalid_choice": message}
    )


class KeyedForm(forms.Form):
    """A form whose effect happens once, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class DegreesField(forms.DecimalField):
    """One half of a position as a phone gives it: to a tenth of a metre."""

    def __init__(self, most: int) -> None:
        limits: dict[str, Any] = {"min_value": -most, "max_value": most, "max_digits": 9, "decimal_places": 6}
        super().__init__(required=False, widget=forms.HiddenInput, **limits)


class PhotoInput(forms.ClearableFileInput):
    """Opens camera or album; several photos at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotoField(forms.FileField):
    """Up to `at_most` photos; cleaned, they are a list of CleanImage in the order sent.

    The same file sent twice counts once.
    """

    widget = PhotoInput

    def __init__(
        self, *, at_most: int = 9, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS,
        max_side: int = MAX_SIDE, **options: Any,
    ) -> None:  # fmt: skip
        self.at_most = at_most
        self.limits = {"max_bytes": max_bytes, "max_pixels": max_pixels, "max_side": max_side}
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ACCEPTED_PHOTOS}

    def clean(self, data: Any, initial: Any = None) -> list[CleanImage]:
        files = [file for file in _listed(data) if file]
        if not files and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > self.at_most:
            raise ValidationError(self._too_many(len(files)), code="too_many")
        photos: dict[str, CleanImage] = {}
        errors: list[ValidationError] = []
        for file in files:
            try:
                photo = sanitize(file, **self.limits)
                photos.setdefault(photo.source_sha256, photo)
            except ImageRefused as refusal:
                errors.append(_named(file, refusal))
        if errors:
            raise ValidationError(errors)
        return list(photos.values())

    def _too_many(self, found: int) -> str:
        message = ngettext(
            "At most %(limit)d photo is possible; you chose %(found)d.",
            "At most %(limit)d photos are possible; you chose %(found)d.",
            self.at_most,
        )
        return message % {"limit": self.at_most, "found": found}


def _listed(data: Any) -> Sequence[Any]:
    return data if isinstance(data, list | tuple) else [data]


def _named(file: Any, refusal: ImageRefused) -> ValidationError:
    values = {"name": file.name or "?", "reason": str(refusal)}
    return ValidationError(_("%(name)s: %(reason)s") % values, code="refused")
