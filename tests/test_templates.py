"""Templates keep the rules that a browser under our content security policy would enforce by blank pages."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PARTS = sorted((ROOT / "templates" / "ui").glob("*.html"))
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)
# What the policy blocks, and what it would look like in a template.
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE),
    "an inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "something from another host": re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE),
}


def name_of(path):
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_compiles(path):
    template = get_template(name_of(path))

    assert template.origin.name == str(path)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_holds_what_the_policy_blocks(path):
    text = COMMENT.sub("", path.read_text())

    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_static_file_a_template_names_is_there(path):
    named = re.findall(r"{% static ['\"]([^'\"]+)['\"]", path.read_text())

    assert [name for name in named if finders.find(name) is None] == []


def test_every_icon_a_template_names_is_in_the_sprite():
    sprite = (ROOT / "static/img/icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))

    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"ui/icon\.html[\"'] with name=[\"']([^\"']+)", path.read_text())
    }

    assert named - drawn == set()


@pytest.mark.parametrize("path", PARTS, ids=name_of)
def test_every_part_lists_its_variables_in_its_first_line(path):
    first = path.read_text().splitlines()[0]

    assert first.startswith("{# ")
