"""docs/rules/accountability.md says what the code does."""

from pathlib import Path

from django.utils import translation

from assessment.enums import Finding, Gravity, Ground, Measure, Stage
from assessment.rules import tracing
from grids.enums import DEPARTMENT, Level

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "accountability.md").read_text(encoding="utf-8")


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    lines = PAGE.split(f"| {first} |", 1)[1].split("\n")[2:]
    rows = (line for line in lines[: lines.index("")])
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]


def named(words) -> list[list[str]]:
    with translation.override("zh-hans"):
        return [[word.value, str(word.label)] for word in words]


def test_every_word_is_on_the_page_by_its_chinese_name():
    for first, words in (
        ("station", Stage), ("finding", Finding), ("gravity", Gravity), ("measure", Measure), ("ground", Ground),
    ):  # fmt: skip
        assert [row[:2] for row in table(first)] == named(words), first


def test_every_degree_is_on_the_page():
    assert table("what happened") == [[f.value, *map(str, tracing.GRAVITIES[f])] for f in Finding]


def test_every_measure_is_on_the_page():
    assert [row[2:] for row in table("gravity")] == [[*map(str, tracing.MEASURES[g])] for g in Gravity]


def test_every_ground_is_on_the_page():
    def proposed(ground, column):
        return ", ".join(f.value for f in Finding if tracing.GROUNDS[f][column] == ground)

    assert [row[2:] for row in table("ground")] == [[proposed(g, 0), proposed(g, 1)] for g in Ground]


def test_who_answers_jointly_is_on_the_page():
    places = {"building grid": Level.BUILDING, "department": DEPARTMENT}
    for name, _primary, jointly in table("where"):
        where, roles = tracing.JOINT[places.get(name) or Level[name.upper()]]
        said = jointly.split(" of ")[0]

        assert said == (", ".join(roles) or "nobody"), name
        assert ("of its" in jointly) == (name == "building grid" and where == Level.COMMUNITY), name


def test_the_days_to_speak_and_to_appeal_are_those_on_the_page():
    assert f"within {tracing.HEARING_DAYS} working days: once" in PAGE
    assert f"within {tracing.APPEAL_DAYS} working days of the decision, once" in PAGE
