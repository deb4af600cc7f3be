"""docs/rules/dossier.md says what the code does."""

from pathlib import Path

from django.utils import translation

from assessment.enums import TRACE_RATES, Chapter, Trace
from assessment.queries.traces import KINDS, MODELS, SOURCES
from assessment.rules.dossier import ANSWERED_FOR, BY_HAND, CHAPTERS, WALKING
from cases.models.cases import IN_HAND

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "dossier.md").read_text(encoding="utf-8")


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    lines = PAGE.split(f"| {first} |", 1)[1].split("\n")[2:]
    rows = (line for line in lines[: lines.index("")])
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]


def test_every_number_is_on_the_page_by_its_chinese_name():
    with translation.override("zh-hans"):
        assert [row[:2] for row in table("trace")] == [[each.value, str(each.label)] for each in Trace]


def test_every_move_is_on_the_page():
    assert table("by hand") == [[each.value, ", ".join(moves)] for each, moves in BY_HAND.items()]
    assert table("by answering") == [[each.value, ", ".join(moves)] for each, moves in ANSWERED_FOR.items()]


def test_every_share_is_on_the_page():
    assert table("part") == [[part.value, str(whole)] for part, whole in TRACE_RATES.items()]
    assert f"({', '.join(f'`{role}`' for role in WALKING)})" in PAGE


def test_every_number_stands_in_one_chapter_in_the_order_of_the_page():
    assert list(CHAPTERS) == list(Chapter)
    assert [trace for traces in CHAPTERS.values() for trace in traces] == list(Trace)


def test_every_number_has_its_rows_and_they_have_their_words():
    assert set(SOURCES) == set(MODELS) == set(Trace)
    assert set(MODELS.values()) == set(KINDS)


def test_what_is_answered_for_is_found_by_the_index():
    assert {move for moves in ANSWERED_FOR.values() for move in moves} == set(IN_HAND)
