"""A chart draws its figures to scale, says them in words, and needs no style of its own."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from gridgov.kit.svg import Point, bars, line, shortened, small, sparkline

NS = "{http://www.w3.org/2000/svg}"
POINTS = [("东街", 10), ("西街", 5), ("南街", 0), ("北街", None)]

DRAWN: list[Callable[[Any], str]] = [
    lambda points: bars(points, title="案件"),
    lambda points: line(points, title="案件"),
    lambda points: sparkline([value for _, value in points], title="案件"),
    lambda points: small(points, [value for _, value in points], top=10, title="案件"),
]


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def of_class(text: str, name: str) -> list[ElementTree.Element]:
    return [element for element in parsed(text).iter() if element.get("class") == name]


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize(
    "points", [POINTS, [], [("一", None)], [("一", 0)], [("一", 1)], [("一", -3), ("二", 2.5)]]
)
def test_a_chart_is_a_titled_picture_without_style_or_script(draw: Callable[[Any], str], points: Any) -> None:
    text = draw(points)

    picture = parsed(text)
    assert (picture.get("role"), picture[0].tag, picture[0].text) == ("img", f"{NS}title", "案件")
    assert "style" not in text
    assert "script" not in text
    assert "nan" not in text


def test_the_figures_are_said_in_words() -> None:
    assert parsed(bars(POINTS, title="案件"))[1].text == "东街 10；西街 5；南街 0；北街 —"


def test_bars_are_to_scale() -> None:
    widths = [float(bar.get("width", "")) for bar in of_class(bars(POINTS, title="x"), "chart-bar")]

    assert widths == [400, 200, 0, 0]


def test_a_bar_shows_its_value_as_it_is_written() -> None:
    text = bars([Point("东街", 0.961, "96.1%"), ("西街", 12345)], title="x")

    assert [value.text for value in of_class(text, "chart-value")] == ["96.1%", "12,345"]


def test_a_line_is_to_scale_and_breaks_where_nothing_is_known() -> None:
    text = line([("1", 10), ("2", 5), ("3", None), ("4", 0)], title="x")

    assert [path.get("points") for path in of_class(text, "chart-path")] == ["56,24 242.7,100", "616,176"]
    assert len(of_class(text, "chart-dot")) == 3


def test_many_labels_are_thinned_out() -> None:
    text = line([(str(day), day) for day in range(1, 32)], title="x")

    assert [label.text for label in of_class(text, "chart-label")] == [str(day) for day in range(1, 32, 3)]


def test_a_sparkline_ends_in_a_dot() -> None:
    assert [dot.get("cx") for dot in of_class(sparkline([1, 2, 3, None], title="x"), "chart-dot")] == ["66"]


@pytest.mark.parametrize(
    ("label", "shown"),
    [("三官庙街道办事处社区", "三官庙街道办事处社区"), ("三官庙街道办事处东街社区", "三官庙街道办事处东…")],
)
def test_a_long_label_is_shortened(label: str, shown: str) -> None:
    assert shortened(label) == shown


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)
)
def test_no_label_breaks_out_of_the_picture(label: str) -> None:
    for text in (bars([(label, 1)], title=label), line([(label, 1)], title=label)):
        assert parsed(text)[0].text in {label, label or None}


def test_the_tags_draw_the_same() -> None:
    source = "{% load charts %}{% bars p title=t %}{% line p title=t %}{% sparkline v title=t %}"

    html = Template(source).render(Context({"p": POINTS, "v": [1, 2], "t": '<"案件">'}))

    title = '<"案件">'
    assert html == bars(POINTS, title=title) + line(POINTS, title=title) + sparkline([1, 2], title=title)
    assert "<title>&lt;&quot;案件&quot;&gt;</title>" in html


def test_small_charts_share_their_scale_and_tell_the_compared_line_by_its_dash() -> None:
    low, high = (
        small([("一月", value), ("二月", value)], [5, None, 5], top=10, title="办结率") for value in (5, 10)
    )

    assert [of_class(text, "chart-path")[0].get("points") for text in (low, high)] == [
        "10,43 230,43",
        "10,10 230,10",
    ]
    assert {path.get("stroke-dasharray") for path in of_class(low, "chart-path")} == {None}
    assert {path.get("stroke-dasharray") for path in of_class(low, "chart-against")} == {"4 3"}
    assert [element.text for element in of_class(low, "chart-label")] == ["一月", "二月"]
    assert len(of_class(low, "chart-dot")) == 1
