"""Every message has exactly one translation, and nobody needs gettext's tools for it."""

import gettext
from pathlib import Path

import pytest

from gridgov.kit import catalogues
from gridgov.kit.catalogues import CatalogueBroken, main, part_of, placeholders

TEMPLATE = """\
    {% load i18n %}
  <h1 title="it's">{% translate "Case list" %}</h1>
      {% translate 'Open' context "status" as open %}{{ _("From a variable") }}
 {% include "ui/x.html" with title=_("From a tag") only %}
   {% blocktranslate count n=rows trimmed %}
      {{ n }} case
   {% plural %}
      {{ n }} cases
   {% endblocktranslate %}
{% blocktranslate with who=name %}100% by {{ who }}{% endblocktranslate %}
{# {% translate "Commented out" %} #}
{% comment %}{% translate "Commented away" %}{% endcomment %}
"""

PYTHON = """\
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext, pgettext

HEAD = gettext_lazy("Head "
                    "office")
A = _("Case list")
B = pgettext("status", "Open")
C = ngettext("%(n)d grid", "%(n)d grids", 3)
D = npgettext("unit", "%d day", "%d days", 3)
E = gettext_noop("Kept for later")
F = _(f"never {A}")
G = _("")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(tmp_path, "templates/cases/list.html", TEMPLATE)
    put(tmp_path, "cases/views.py", PYTHON)
    return tmp_path


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def po(root: Path, part: str = "cases") -> str:
    return catalogues.po_path(root, part).read_text(encoding="utf-8")


def translate(root: Path, english: str, chinese: str, part: str = "cases") -> None:
    path = catalogues.po_path(root, part)
    before = f'msgid "{english}"\nmsgstr ""'
    assert before in po(root, part)
    path.write_text(po(root, part).replace(before, f'msgid "{english}"\nmsgstr "{chinese}"'), "utf-8")


def found_in(root: Path, part: str = "cases") -> set[tuple[str | None, str, str | None]]:
    return {(f.context, f.id, f.plural) for f in catalogues.collect(root)[part].values()}


# --- extraction ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("gridgov/settings.py",                "kit"),
        ("gridgov/kit/templates/kit/x.html",   "kit"),
        ("grids/models/grid.py",               "grids"),
        ("templates/grids/detail.html",        "grids"),
        ("cases/views.py",                     "cases"),
        ("templates/cases/_row.html",          "cases"),
        ("assessment/rules/rates.py",          "assessment"),
        ("templates/assessment/report.html",   "assessment"),
        ("templates/base.html",                "ui"),
        ("templates/ui/pager.html",            "ui"),
        ("templates/registration/login.html",  "ui"),
        ("templates/registration/mail.txt",    "ui"),
        ("residents/forms.py",                 "residents"),
        ("manage.py",                          "ui"),
        ("cases/migrations/0001_initial.py",   None),
        ("tests/cases/test_views.py",          None),
        (".venv/lib/django/forms.py",          None),
        ("requirements/run.txt",               None),
        ("static/js/app.js",                   None),
    ],
)  # fmt: skip
def test_a_file_belongs_to_the_part_of_its_room(path: str, part: str | None) -> None:
    assert part_of(Path(path)) == part


def test_templates_and_python_are_both_read(root: Path) -> None:
    assert found_in(root) == {
        (None, "Case list", None),
        ("status", "Open", None),
        (None, "From a variable", None),
        (None, "From a tag", None),
        (None, "%(n)s case", "%(n)s cases"),
        (None, "100%% by %(who)s", None),
        (None, "Head office", None),
        (None, "%(n)d grid", "%(n)d grids"),
        ("unit", "%d day", "%d days"),
        (None, "Kept for later", None),
    }


def test_a_message_belongs_to_the_earliest_part_that_uses_it(root: Path) -> None:
    put(root, "templates/base.html", '{% load i18n %}{% translate "Case list" %}')
    put(root, "assessment/views.py", 'A = _("Case list")\nB = _("Own")')

    assert found_in(root, "ui") == {(None, "Case list", None)}
    assert (None, "Case list", None) not in found_in(root, "cases")
    assert found_in(root, "assessment") == {(None, "Own", None)}


def test_a_plural_known_to_a_later_part_goes_with_its_message(root: Path) -> None:
    put(root, "gridgov/a.py", 'A = _("%(n)d grid")')

    assert found_in(root, "kit") == {(None, "%(n)d grid", "%(n)d grids")}


def test_an_unfinished_tag_names_its_file(root: Path) -> None:
    put(root, "templates/cases/bad.html", "{% load i18n %}{% blocktranslate %}{% if %}")

    with pytest.raises(CatalogueBroken, match=r"bad\.html"):
        catalogues.collect(root)


# --- update ----------------------------------------------------------------------------


def test_update_writes_sorted_messages_without_places_and_dates(root: Path) -> None:
    main(["update", "--root", str(root)])

    ids = [line for line in po(root).splitlines() if line.startswith("msgid ")][1:]
    assert ids == sorted(ids)
    assert "#:" not in po(root)
    assert "Date" not in po(root)


def test_update_twice_changes_nothing(root: Path) -> None:
    main(["update", "--root", str(root)])
    once = po(root)

    main(["update", "--root", str(root)])

    assert po(root) == once


def test_update_keeps_translations_adds_new_and_drops_unused(root: Path) -> None:
    main(["update", "--root", str(root)])
    translate(root, "Case list", "案件列表")
    translate(root, "Head office", "总部")
    put(root, "cases/views.py", 'A = _("Newcomer")')

    main(["update", "--root", str(root)])

    assert 'msgid "Case list"\nmsgstr "案件列表"' in po(root)
    assert 'msgid "Newcomer"\nmsgstr ""' in po(root)
    assert "Head office" not in po(root)


def test_update_keeps_a_plural_and_a_note(root: Path) -> None:
    main(["update", "--root", str(root)])
    noted = po(root).replace(
        'msgid_plural "%(n)d grids"\nmsgstr[0] ""', 'msgid_plural "%(n)d grids"\nmsgstr[0] "%(n)d个网格"'
    )
    catalogues.po_path(root, "cases").write_text(
        noted.replace('msgid "Case list"', '# heading\nmsgid "Case list"'), "utf-8"
    )

    main(["update", "--root", str(root)])

    assert 'msgstr[0] "%(n)d个网格"' in po(root)
    assert '# heading\nmsgid "Case list"' in po(root)


def test_update_keeps_a_doubt(complete: Path) -> None:
    complaints(complete, 'msgid "Map"', '#, fuzzy\nmsgid "Map"')

    main(["update", "--root", str(complete)])

    assert catalogues.check_parts(complete) == ["grids: fuzzy: 'Map'"]


def test_a_translation_follows_its_message_into_another_part(root: Path) -> None:
    main(["update", "--root", str(root)])
    translate(root, "Case list", "案件列表")
    put(root, "grids/views.py", 'A = _("Case list")')

    main(["update", "--root", str(root)])

    assert "案件列表" in po(root, "grids")
    assert "案件列表" not in po(root, "cases")


def test_update_of_one_part_leaves_the_others_alone(root: Path) -> None:
    put(root, "grids/views.py", 'A = _("Grid")')

    main(["update", "grids", "--root", str(root)])

    assert 'msgid "Grid"' in po(root, "grids")
    assert not catalogues.po_path(root, "cases").exists()


# --- compile -----------------------------------------------------------------------------


def test_a_compiled_catalogue_is_read_by_gettext(root: Path) -> None:
    main(["update", "--root", str(root)])
    translate(root, "Case list", "案件列表")

    main(["compile", "--root", str(root)])

    with catalogues.po_path(root, "cases").with_suffix(".mo").open("rb") as file:
        translations = gettext.GNUTranslations(file)
    assert translations.gettext("Case list") == "案件列表"
    assert translations.gettext("Head office") == "Head office"


@pytest.mark.parametrize(
    "broken", ['msgstr "B', 'msgstr "B"B"', "msgstr B", "<<<<<<< ours", 'msgstr[0 "B"', "x"]
)
@pytest.mark.parametrize("verb", ["compile", "update", "check"])
def test_a_broken_catalogue_names_its_line_and_stays_untouched(
    root: Path, capsys: pytest.CaptureFixture[str], broken: str, verb: str
) -> None:
    path = put(root, "locale/kit/zh_Hans/LC_MESSAGES/django.po", f'msgid "A"\n{broken}\n')

    assert main([verb, "--root", str(root)]) == 2
    assert "django.po:2:" in capsys.readouterr().err
    assert path.read_text("utf-8") == f'msgid "A"\n{broken}\n'


def test_an_unknown_part_is_refused(root: Path) -> None:
    with pytest.raises(SystemExit):
        main(["compile", "kitchen", "--root", str(root)])


# --- check -------------------------------------------------------------------------------


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    """A small project in which all is well."""
    put(
        tmp_path,
        "grids/views.py",
        'A = ngettext("%(n)d grid of %(who)s", "%(n)d grids of %(who)s", 2)\nB = _("Map")',
    )
    put(
        tmp_path,
        "locale/grids/zh_Hans/LC_MESSAGES/django.po",
        'msgid "%(n)d grid of %(who)s"\nmsgid_plural "%(n)d grids of %(who)s"\n'
        'msgstr[0] "%(who)s的%(n)d个网格"\n\nmsgid "Map"\nmsgstr "地图"\n',
    )
    return tmp_path


def complaints(root: Path, old: str, new: str) -> list[str]:
    path = catalogues.po_path(root, "grids")
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return catalogues.check_parts(root)


def test_a_complete_project_passes(complete: Path) -> None:
    assert catalogues.check_parts(complete) == []
    assert main(["check", "--root", str(complete)]) == 0


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('msgid "Map"\nmsgstr "地图"\n', "",                  "grids: missing: 'Map'"),
        ('msgstr "地图"', 'msgstr ""',                        "grids: missing: 'Map'"),
        ('msgid "Map"', '#, fuzzy\nmsgid "Map"',              "grids: fuzzy: 'Map'"),
        ('msgid "Map"', 'msgid "Old"\nmsgstr "旧"\n\nmsgid "Map"', "grids: unused: 'Old'"),
        ("grids of", "nets of", "grids: stale plural: '%(n)d grid of %(who)s'"),
        (
            "的%(n)d个",
            "的几个",
            "grids: placeholders differ (%(n)d %(who)s / %(who)s): '%(n)d grid of %(who)s'",
        ),
        ('"地图"', '"地图%(x)s"', "grids: placeholders differ (none / %(x)s): 'Map'"),
        ('"地图"', '"地图{x}"', "grids: placeholders differ (none / {x}): 'Map'"),
    ],
)  # fmt: skip
def test_one_fault_gives_one_complaint(complete: Path, old: str, new: str, complaint: str) -> None:
    assert complaints(complete, old, new) == [complaint]
    assert main(["check", "--root", str(complete)]) == 1


def test_a_message_translated_twice_is_unused_in_the_later_part(complete: Path) -> None:
    put(complete, "gridgov/a.py", 'A = _("Map")')
    put(complete, "locale/kit/zh_Hans/LC_MESSAGES/django.po", 'msgid "Map"\nmsgstr "地图"\n')

    assert catalogues.check_parts(complete) == ["grids: unused: 'Map'"]


def test_a_message_left_twice_by_a_merge_is_reported(complete: Path) -> None:
    twice = complaints(complete, 'msgid "Map"', 'msgid "Map"\nmsgstr "图"\n\nmsgid "Map"')

    assert twice == ["grids: repeated: 1 (run update)"]

    main(["update", "--root", str(complete)])

    assert catalogues.check_parts(complete) == []


def test_check_of_one_part_says_nothing_of_the_others(complete: Path) -> None:
    put(complete, "cases/a.py", 'A = _("Case")')

    assert catalogues.check_parts(complete, ["grids"]) == []
    assert catalogues.check_parts(complete) == ["cases: missing: 'Case'"]


def test_named_placeholders_may_move_and_positional_ones_may_not() -> None:
    assert placeholders("%(a)s of %(b)d") == placeholders("%(b)d 的 %(a)s")
    assert placeholders("%s of %d") != placeholders("%d 的 %s")
    assert placeholders("100%% sure") == []
