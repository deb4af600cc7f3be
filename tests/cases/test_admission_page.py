"""docs/rules/admission.md says what the code does."""

from pathlib import Path

from django.utils import translation

from cases.enums import Action, AdmissionChange, AffairStand
from cases.rules import admission as rule

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "admission.md").read_text(encoding="utf-8")


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    lines = PAGE.split(f"| {first} |", 1)[1].split("\n")[2:]
    rows = (line for line in lines[: lines.index("")])
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]


def named(words) -> list[list[str]]:
    with translation.override("zh-hans"):
        return [[word.value, str(word.label)] for word in words]


def test_every_stand_is_on_the_page():
    assert [row[:2] for row in table("stand")] == named(AffairStand)
    assert f"within {rule.SOON.days} days" in PAGE


def test_every_move_that_gives_a_case_to_a_grid_is_on_the_page():
    asks = [
        [*name, "yes" if rule.ASKS_THE_LIST[Action(name[0])] else "no"] for name in named(rule.ASKS_THE_LIST)
    ]

    assert table("move") == asks


def test_every_step_of_an_application_is_on_the_page():
    steps = [
        [*named([AdmissionChange(change)])[0], ", ".join(move.sources), move.target.value, move.side]
        for change, move in rule.MOVES.items()
    ]

    assert table("what happens") == steps
