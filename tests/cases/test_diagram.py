"""The page of the lifecycle is drawn from the table, and says what the table says."""

import re
from pathlib import Path

from cases.enums import Who
from cases.rules import diagram, lifecycle
from cases.rules.lifecycle import EDGES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "lifecycle.md").read_text()


def rows(section: str) -> list[list[str]]:
    text = PAGE.split(f"## §{section}")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_is_drawn_from_the_table():
    assert diagram.redrawn(PAGE) == PAGE, "run ./manage.py draw_lifecycle"


def test_the_table_of_the_page_has_every_edge():
    said = [
        (action, "" if source == "-" else source, target, right)
        for action, source, target, right, *_ in rows("1")
    ]

    assert said == [(edge.action, edge.source or "", edge.target, edge.right) for edge in EDGES]


def test_the_diagram_has_every_edge():
    drawn = re.findall(r"^    (\S+) --> (\w+): (\w+)$", PAGE, flags=re.MULTILINE)

    assert drawn == [(edge.source or "[*]", edge.target, edge.action) for edge in EDGES]


def test_everybody_the_table_names_is_explained():
    assert [who for who, _must in rows("2")] == [who.value.replace("_", " ") for who in Who]


def test_the_numbers_of_the_guards_are_those_of_the_code():
    guards = dict(rows("3")[:3])

    assert "returned twice" in guards["return"] and lifecycle.RETURNS_ALLOWED == 2
    assert f"more than {lifecycle.REOPEN_WITHIN.days} days" in guards["reopen"]
