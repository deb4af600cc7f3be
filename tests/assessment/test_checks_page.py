"""docs/rules/checks.md says what the code does."""

from hashlib import sha256
from pathlib import Path

from django.utils import translation

from assessment.enums import Dimension, Satisfaction, SpotResult
from assessment.models.spot_checks import MOST_DRAWN
from assessment.queries.mutual_checks import CHECKERS
from assessment.rules import sampling
from assessment.rules.checks import BARRING, names_a_number
from assessment.rules.rates import RANKED_FROM
from grids.enums import Level

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "checks.md").read_text(encoding="utf-8")
YES = {True: "yes", False: "no"}


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    lines = PAGE.split(f"| {first} |", 1)[1].split("\n")[2:]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in lines[: lines.index("")]]


def test_every_move_that_bars_is_on_the_page():
    assert table("move on the case") == [[action.value, bar.value] for action, bar in BARRING.items()]


def test_every_result_is_on_the_page_with_what_it_counts_for():
    with translation.override("zh-hans"):
        assert table("result") == [
            [r.value, str(r.label), YES[r.counts], YES[r.is_error]] for r in SpotResult
        ]


def test_every_grade_and_every_dimension_is_on_the_page():
    with translation.override("zh-hans"):
        assert table("grade") == [[g.value, str(g.label), YES[g.is_satisfied]] for g in Satisfaction]
        assert table("dimension") == [[d.value, str(d.label)] for d in Dimension]


def test_who_goes_out_is_on_the_page():
    assert table("level") == [[Level(level).name.lower(), role.value] for level, role in CHECKERS.items()]


def test_the_numbers_are_those_of_the_page():
    assert f"At most {MOST_DRAWN} cases" in PAGE
    assert f"Fewer than {RANKED_FROM} with a result" in PAGE


def test_a_lot_is_drawn_as_the_page_says():
    assert sampling.rank("seed", "name") == sha256(b"seed:name").hexdigest()


def test_seven_digits_are_a_number_of_somebody():
    refused = (
        "电话13812345678",
        "138 1234 5678",
        "0371-6722",
        "１３８１２３４５６７８",
        "41010219550505123X",
    )
    kept = ("3号楼2单元501", "2026-09", "12345", "来了2次，等了10天", "")

    assert [names_a_number(text) for text in (*refused, *kept)] == [True] * 5 + [False] * 5
