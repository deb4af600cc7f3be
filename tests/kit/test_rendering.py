"""Every form looks right by itself: class names, and errors and help that a screen reader finds."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test.html import parse_html
from django.utils.safestring import mark_safe

from gridgov.kit.rendering import FormRenderer, Stencil


class Sample(forms.Form):
    default_renderer = FormRenderer

    place = forms.CharField(label="发生位置", help_text="楼号和单元")
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"class": "tall"}))
    kind = forms.ChoiceField(
        choices=[("a", "市容"), ("b", "消防")], widget=forms.RadioSelect(attrs={"class": "tiles"})
    )
    urgent = forms.BooleanField(label="紧急", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture
def refused():
    return Sample({"place": ""})


def test_a_control_has_the_class_of_its_kind():
    form = Sample()

    assert 'class="form-control"' in str(form["place"])
    assert 'class="tall form-control"' in str(form["note"])
    assert 'class="form-check-input"' in str(form["urgent"])
    assert "class=" not in str(form["key"])


def test_a_refused_control_points_to_its_help_and_its_error(refused):
    html = str(refused["place"].as_field_group())

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_place_helptext id_place_error"' in html
    assert 'id="id_place_helptext"' in html
    assert 'id="id_place_error"' in html


def test_a_refused_form_begins_with_a_summary_that_leads_to_the_fields(refused):
    html = str(refused)

    assert html.index('role="alert"') < html.index('href="#id_place"') < html.index('name="place"')


def test_choices_as_tiles_keep_their_radio_buttons():
    html = str(Sample()["kind"])

    assert html.count('class="tile"') == 2
    assert html.count('type="radio"') == 2
    assert '<label for="id_kind_0">' in html


def test_what_a_person_typed_is_escaped():
    form = Sample({"place": "<script>1</script>"})

    assert "<script>" not in str(form)


CHOICES = [
    ("", "不限"),
    ("一组", [("a<b", "“甲” & <乙>"), (2, "丙")]),
    (True, "丁"),
]
SELECTS = {
    "plain": forms.Select(choices=CHOICES),
    "with attributes": forms.Select(
        attrs={"class": "wide", "data-x": 'a"b', "disabled": True}, choices=CHOICES
    ),
    "of several": forms.SelectMultiple(choices=CHOICES),
    "without choices": forms.Select(),
}


@pytest.mark.parametrize("name", SELECTS)
@pytest.mark.parametrize("value", ["", "a<b", 2, "True", None, ["a<b", "2"]])
def test_a_select_says_exactly_what_djangos_own_templates_say(name, value):
    widget = SELECTS[name]

    ours = widget.render("kind", value, {"id": "id_kind"}, FormRenderer())
    theirs = widget.render("kind", value, {"id": "id_kind"}, DjangoTemplates())

    assert parse_html(ours) == parse_html(theirs)


@pytest.mark.parametrize("word", ["平安里", "<b>甲</b> & “乙”", "100%s", "{0} %(label)s", "\\1", ""])
def test_a_stencil_says_exactly_what_its_template_says(word):
    stencil = Stencil("ui/icon.html", ["name", "label"])
    words = {"name": "search", "label": word or " "}

    assert stencil.fill(words) == render_to_string("ui/icon.html", words)


def test_a_stencil_leaves_what_is_drawn_already_as_it_is():
    stencil = Stencil("ui/icon.html", ["name", "label"])

    assert 'aria-label="<i>x</i>"' in stencil.fill({"name": "bell", "label": mark_safe("<i>x</i>")})


def test_a_qr_code_is_drawn_in_the_page_itself():
    drawn = Template("{% qr address %}").render(Context({"address": "https://example.org/p/410102006/"}))

    assert drawn.startswith("<svg ")
    assert 'class="segno"' in drawn
    assert "src=" not in drawn
    assert "viewBox=" in drawn  # or a smaller one would be cut off
