"""docs/rules/hints.md says what the code does."""

from pathlib import Path

from django.utils import translation

from assessment.enums import HINT_WORDS, Hint, HintVerdict
from assessment.queries.hints import BANDS
from assessment.rules.hints import NUMBERS, NUMBERS_OF, sentence

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "hints.md").read_text(encoding="utf-8")


def rows() -> list[list[str]]:
    lines = (line for line in PAGE.split("| --- |", 1)[1].split("\n")[1:])
    table = [line for line in lines if line.startswith("|")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table]


def test_every_hint_is_on_the_page_with_its_chinese_name_and_its_numbers():
    with translation.override("zh-hans"):
        expected = [
            [hint.value, str(hint.label), ", ".join(f"{name} {n}" for name, n in NUMBERS_OF[hint].items())]
            for hint in Hint
        ]

    assert [row[:3] for row in rows()] == expected


def test_every_hint_says_its_numbers_and_what_may_explain_it():
    assert set(HINT_WORDS) == set(NUMBERS_OF) == set(Hint)
    for hint in Hint:
        for language in ("en", "zh-hans"):
            with translation.override(language):
                assert all(str(n) in sentence(hint) for n in NUMBERS_OF[hint].values())
                assert str(hint.innocent)


def test_no_two_numbers_have_one_name():
    assert len(NUMBERS) == sum(map(len, NUMBERS_OF.values()))


def test_the_bands_find_every_photo_that_is_near_enough():
    assert NUMBERS["bits"] < BANDS


def test_the_verdicts_are_those_of_the_page():
    assert all(f"`{verdict.value}`" in PAGE for verdict in HintVerdict)
