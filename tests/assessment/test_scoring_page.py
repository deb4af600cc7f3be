"""docs/rules/scoring.md says what the code does."""

import re
from decimal import Decimal
from pathlib import Path

from assessment.enums import Deduction, Input
from assessment.rules import scoring
from assessment.rules.defaults import DEFAULTS, indicator
from assessment.rules.formulas import RECIPES

PAGE = (Path(__file__).resolve().parents[2] / "docs/rules/scoring.md").read_text()


def table(heading: str) -> list[list[str]]:
    section = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    return rows[2:]


def test_every_count_is_named_once():
    assert [row[0] for row in table("§2")] == [
        "duty_days", "patrol_days", "diary_days", "visits_owed", "visits_in_time", "households", "fresh", "to_sign", "signed",
        "to_close", "closed", "closed_on_time", "not_reworked", "rated", "satisfied",
        "to_reply", "replied", "yellow", "red", "upheld", "reply_late",
    ]  # fmt: skip
    assert {row[0] for row in table("§2")} == set(Input.values)


def test_the_library_is_the_one_of_the_code():
    assert table("§3") == [
        [formula.value, recipe.part.value, recipe.whole.value, recipe.reference]
        for formula, recipe in RECIPES.items()
    ]


def test_the_worked_table_is_worked_by_the_code():
    closing = next(indicator(row) for row in DEFAULTS if row[0] == "closing")
    peers = dict.fromkeys(Input.values, 0) | {"closed": 90, "to_close": 100}

    for closed, to_close, _share, points in table("§4"):
        counts = dict.fromkeys(Input.values, 0) | {"closed": int(closed), "to_close": int(to_close)}
        assert scoring.measured(closing, counts, peers).points == Decimal(points)


def test_deductions_and_thresholds_are_the_defaults():
    terms = scoring.Terms()

    assert table("§6") == [[kind.value, f"{terms.each(kind):g}"] for kind in Deduction]
    told = PAGE.split("## §8")[1]
    assert [int(n) for n in re.findall(r"first (\d+)|least (\d+)|below (\d+)|lowest (\d+)", told) for n in n if n] == [
        terms.best_places, terms.group_from, terms.warn_below, terms.warn_percent,
    ]  # fmt: skip
