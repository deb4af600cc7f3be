"""The page of the lifecycle is drawn from the table, and says what the table says."""

import re
from pathlib import Path

from cases.enums import Who
from cases.rules import diagram, lifecycle

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "lifecycle.md").read_text()


def rows(section: str) -> list[list[str]]:
    text = PAGE.split(f"## §{section}")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def drawn(name: str) -> list[list[str]]:
    """The rows of a table that is drawn from the code, without what only formats them."""
    text = PAGE.split(f"<!-- drawn: {name} -->")[1].split("<!-- end -->")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_is_drawn_from_the_table():
    assert diagram.redrawn(PAGE) == PAGE, "run ./manage.py draw_lifecycle"


def test_the_table_of_the_page_has_every_edge():
    said = [
        (action, "" if source == "-" else source, target, right)
        for action, source, target, right, *_ in drawn("table")
    ]

    assert said == [(edge.action, edge.source or "", edge.target, edge.right) for edge in lifecycle.MOVES]


def test_what_leaves_a_case_where_it_stands_is_on_the_page():
    assert [(action, right) for action, _at, right, *_ in drawn("side")] == [
        (action, right) for action, _steps, right, *_ in lifecycle.SIDE_MOVES
    ]


def test_what_the_clock_does_is_on_the_page():
    assert [action for action, *_ in drawn("clock")] == [action for action, *_ in lifecycle.CLOCK_MOVES]


def test_the_diagram_has_every_edge():
    arrows = re.findall(r"^    (\S+) --> (\w+): (\w+)$", PAGE, flags=re.MULTILINE)

    assert arrows == [(edge.source or "[*]", edge.target, edge.action) for edge in lifecycle.MOVES]


def test_everybody_the_table_names_is_explained():
    assert [who for who, _must in rows("2")] == [who.value.replace("_", " ") for who in Who]


def test_the_numbers_of_the_guards_are_those_of_the_code():
    guards = dict(rows("3")[:3])

    assert "returned twice" in guards["return"] and lifecycle.RETURNS_ALLOWED == 2
    assert f"more than {lifecycle.REOPEN_WITHIN.days} days" in guards["reopen"]
