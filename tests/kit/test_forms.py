"""A form answers bad input with a sentence, never with an error page."""

from collections.abc import Iterator
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from PIL import Image

from gridgov.kit.forms import CleanCharField, CleanTextField, PhotoField, UUIDKey


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


class Report(forms.Form):
    key = UUIDKey()
    place = CleanCharField(max_length=10)
    note = CleanTextField(max_length=20, required=False)
    photos = PhotoField(at_most=2, required=False)


KEY = "0b0f5f0e-6e2c-4b60-9f4e-0a5a3c1d2e3f"


def filled(*photos: bytes, **changes: str) -> Report:
    files = [SimpleUploadedFile(f"{number}.jpg", photo) for number, photo in enumerate(photos, start=1)]
    data = {"key": KEY, "place": "东街", "note": "", **changes}
    return Report(data, MultiValueDict({"photos": files}))


def jpeg(colour: str = "red") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (30, 20), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_filled_form_is_cleaned() -> None:
    form = filled(jpeg(), place=" e\u0301 ", note="一\r\n二 ")

    assert form.is_valid()
    assert form.cleaned_data["key"] == UUID(KEY)
    assert (form.cleaned_data["place"], form.cleaned_data["note"]) == ("\u00e9", "一\n二")
    assert [photo.width for photo in form.cleaned_data["photos"]] == [30]


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("",              "This field is required."),
        (" \u3000\u200b", "This field is required."),
        ("一" * 11,       "At most 10 characters; this text has 11."),
        ("一\n二",        "Line breaks and tabs are not possible here."),
        ("一\x00二",      "Character 2 (U+0000) cannot be kept. Delete it or type it again."),
        ("一\u202e二",    "Character 2 (U+202E) cannot be kept. Delete it or type it again."),
        ("一\ud800二",    "Character 2 (U+D800) cannot be kept. Delete it or type it again."),
    ],
)  # fmt: skip
def test_text_that_cannot_be_kept_gives_one_sentence(place: str, error: str) -> None:
    assert filled(place=place).errors == {"place": [error]}


def test_a_length_counts_composed_characters() -> None:
    assert filled(place="e\u0301" * 10).is_valid()


def test_the_browser_knows_the_limit() -> None:
    assert 'maxlength="10"' in str(Report()["place"])
    assert "<textarea" in str(Report()["note"])


def test_each_new_form_has_its_own_hidden_key() -> None:
    first, second = Report()["key"], Report()["key"]

    assert 'type="hidden"' in str(first)
    assert first.value() != second.value()


@pytest.mark.parametrize("key", ["", "x", "1" * 500])
def test_a_missing_or_broken_key_asks_to_load_again(key: str) -> None:
    assert filled(key=key).errors == {"key": ["The form is incomplete. Load the page again and repeat."]}


def test_a_key_that_may_be_left_out_is_made_up() -> None:
    field = UUIDKey(required=False)

    assert isinstance(field.clean(""), UUID)
    assert field.clean("") != field.clean("")
    assert field.clean(str(key := uuid4())) == key


def test_several_photos_come_in_the_order_sent() -> None:
    form = filled(jpeg("red"), jpeg("blue"))

    assert form.is_valid()
    assert len(form.cleaned_data["photos"]) == 2


def test_the_same_photo_twice_counts_once() -> None:
    form = filled(jpeg(), jpeg())

    assert form.is_valid()
    assert len(form.cleaned_data["photos"]) == 1


def test_too_many_photos_are_refused() -> None:
    assert filled(jpeg(), jpeg(), jpeg()).errors == {
        "photos": ["At most 2 photos are possible; you chose 3."]
    }


def test_every_bad_photo_is_named_with_its_reason() -> None:
    assert filled(b"<html>", b"").errors == {
        "photos": [
            "1.jpg: Only JPEG, PNG and WebP photos are possible; this file is HTML.",
            "2.jpg: The file is empty.",
        ]
    }


def test_required_photos_are_asked_for() -> None:
    class Feedback(forms.Form):
        photos = PhotoField()

    assert Feedback({}, MultiValueDict()).errors == {"photos": ["This field is required."]}


def test_the_picker_offers_photos_only() -> None:
    assert 'accept="image/jpeg,image/png,image/webp"' in str(Report()["photos"])
    assert "multiple" in str(Report()["photos"])
