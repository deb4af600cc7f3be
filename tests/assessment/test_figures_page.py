"""docs/rules/figures.md says what the code does."""

from pathlib import Path

import pytest
from django.utils import translation

from assessment.enums import RATES, Figure, Rate
from assessment.rules import rates

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "figures.md").read_text(encoding="utf-8")


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    lines = PAGE.split(f"| {first} |", 1)[1].split("\n")[2:]
    rows = (line for line in lines[: lines.index("")])
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]


def test_every_figure_is_on_the_page_by_its_chinese_name():
    with translation.override("zh-hans"):
        assert [row[:2] for row in table("figure")] == [[f.value, str(f.label)] for f in Figure]


def test_every_rate_is_on_the_page_with_its_formula():
    with translation.override("zh-hans"):
        expected = [[r.value, str(r.label), *map(str, RATES[r])] for r in Rate]

    assert table("rate") == expected


@pytest.mark.parametrize("balance", rates.BALANCES)
def test_every_balance_is_on_the_page(balance):
    left, right = (" + ".join(f"`{f.value}`" for f in side) for side in (balance.left, balance.right))

    assert f"- {left} = {right}\n" in PAGE


@pytest.mark.parametrize(("counts", "right"), [(row[0], row[2]) for row in table("counts")])
def test_the_rates_of_the_articles_are_recomputed(counts, right):
    part, whole = map(int, counts.split(" / "))

    assert str(rates.share(part, whole)) == right


def test_the_smallest_ranked_unit_is_the_one_on_the_page():
    assert f"fewer than {rates.RANKED_FROM} rounds" in PAGE


def test_the_example_of_the_definitions_adds_up():
    assert [balance.difference(rates.SAMPLE) for balance in rates.BALANCES] == [0, 0, 0]
    assert all(rates.SAMPLE[figure] >= 0 for figure in Figure)
    assert rates.SAMPLE[Figure.TO_CLOSE] == rates.SAMPLE[Figure.CLOSED] + rates.SAMPLE[Figure.OVERDUE]
