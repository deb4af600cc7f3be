"""Small charts as inline SVG: no script, no inline style, crisp on paper.

Looks come from the style sheet by class: chart, chart-bars, chart-line, chart-spark, chart-small on the picture;
chart-bar, chart-track, chart-path, chart-against, chart-dot, chart-axis, chart-label, chart-value inside. Each
picture has a title and, for who cannot see it, its figures in words.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Number = int | float


@dataclass(frozen=True)
class Point:
    """One figure: its label, its value (None: there is none) and how the value is written."""

    label: str
    value: Number | None
    shown: str = ""

    @property
    def text(self) -> str:
        if self.shown:
            return self.shown
        return "—" if self.value is None else f"{self.value:,}"


Given = Point | tuple[str, Number | None] | tuple[str, Number | None, str]

WIDTH = 640
BAR_ROW, BAR_HEIGHT = 28, 16
LABEL_WIDTH, VALUE_WIDTH = 160, 80
LABEL_ROOM = 20  # half-width characters
LINE_HEIGHT, MARGIN, FOOT = 200, 24, 24
LINE_LEFT = 56
LABELS_AT_MOST = 12
SPARK_WIDTH, SPARK_HEIGHT = 100, 24
SMALL_WIDTH, SMALL_HEIGHT, SMALL_MARGIN, SMALL_FOOT = 240, 96, 10, 20


def bars(points: Iterable[Given], *, title: str) -> SafeString:
    """Horizontal bars, one a line, longest value full width."""
    figures = _points(points)
    top = _top(figures)
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    rows = [_bar(p, n * BAR_ROW, room * _share(p, top), room) for n, p in enumerate(figures)]
    return _picture("chart-bars", WIDTH, max(len(figures), 1) * BAR_ROW, title, figures, rows)


def _bar(point: Point, y: int, length: float, room: int) -> SafeString:
    return format_html(
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="chart-track" x="{}" y="{}" width="{}" height="{}" shape-rendering="crispEdges"/>'
        '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}" shape-rendering="crispEdges"/>'
        '<text class="chart-value" x="{}" y="{}">{}</text>',
        LABEL_WIDTH - 8, y + 19, shortened(point.label),
        LABEL_WIDTH, y + 6, room, BAR_HEIGHT,
        LABEL_WIDTH, y + 6, _n(length), BAR_HEIGHT,
        LABEL_WIDTH + room + 8, y + 19, point.text,
    )  # fmt: skip


def line(points: Iterable[Given], *, title: str) -> SafeString:
    """A line from zero to the largest value; it breaks where there is no value."""
    figures = _points(points)
    top = _top(figures)
    places = _places(figures, top, LINE_LEFT, WIDTH - MARGIN, MARGIN, LINE_HEIGHT - FOOT)
    parts = [_axes(figures, top), *_paths(places), *_dots(places), *_labels(figures)]
    return _picture("chart-line", WIDTH, LINE_HEIGHT, title, figures, parts)


def sparkline(values: Iterable[Number | None], *, title: str) -> SafeString:
    """A line the size of a word, for a cell of a table."""
    figures = [Point(str(n), value) for n, value in enumerate(values, start=1)]
    places = _places(figures, _top(figures), 2, SPARK_WIDTH - 2, 2, SPARK_HEIGHT - 2)
    last = [place for place in places if place][-1:]
    return _picture("chart-spark", SPARK_WIDTH, SPARK_HEIGHT, title, figures, [*_paths(places), *_dots(last)])


def small(
    points: Iterable[Given], against: Iterable[Number | None], *, top: Number, title: str
) -> SafeString:
    """One of many charts side by side: a line, and beside it, dashed, the one that all of them are compared with.

    All are drawn to one scale, up to `top`: twenty lines in one picture cannot be told apart, least of all on paper.
    """
    figures = _points(points)
    room = SMALL_MARGIN, SMALL_WIDTH - SMALL_MARGIN, SMALL_MARGIN, SMALL_HEIGHT - SMALL_FOOT
    places = _places(figures, top, *room)
    other = _places([Point("", value) for value in against], top, *room)
    foot = format_html(
        '<path class="chart-axis" fill="none" stroke="currentColor" shape-rendering="crispEdges" d="M{} {}H{}"/>',
        SMALL_MARGIN, SMALL_HEIGHT - SMALL_FOOT, SMALL_WIDTH - SMALL_MARGIN,
    )  # fmt: skip
    parts = [foot, *_paths(other, AGAINST), *_paths(places), *_dots(places[-1:]), *_ends(figures)]
    return _picture("chart-small", SMALL_WIDTH, SMALL_HEIGHT, title, figures, parts)


def _ends(figures: Sequence[Point]) -> Iterator[SafeString]:
    """The first and the last label, below the line."""
    ends = ((SMALL_MARGIN, "start", figures[:1]), (SMALL_WIDTH - SMALL_MARGIN, "end", figures[1:][-1:]))
    for x, anchor, found in ends:
        for point in found:
            yield format_html(
                '<text class="chart-label" x="{}" y="{}" text-anchor="{}">{}</text>',
                x, SMALL_HEIGHT - 5, anchor, shortened(point.label),
            )  # fmt: skip


# --- parts ---------------------------------------------------------------------------------

Place = tuple[float, float]


def _points(given: Iterable[Given]) -> list[Point]:
    return [item if isinstance(item, Point) else Point(*item) for item in given]


def _top(figures: Sequence[Point]) -> Number:
    return max((p.value for p in figures if p.value is not None), default=0)


def _share(point: Point, top: Number) -> float:
    """The value as a part of the largest one; a negative value has no length."""
    return max(0.0, float(point.value) / float(top)) if point.value and top > 0 else 0.0


def _places(
    figures: Sequence[Point], top: Number, left: float, right: float, high: float, low: float
) -> list[Place | None]:
    step = (right - left) / max(len(figures) - 1, 1)
    return [
        None if p.value is None else (left + n * step, low - (low - high) * _share(p, top))
        for n, p in enumerate(figures)
    ]


PATH = mark_safe('<polyline class="chart-path" fill="none" stroke="currentColor" points=')
AGAINST = mark_safe(
    '<polyline class="chart-against" fill="none" stroke="currentColor" stroke-dasharray="4 3" points='
)


def _paths(places: Sequence[Place | None], begin: SafeString = PATH) -> Iterator[SafeString]:
    for is_gap, run in groupby(places, key=lambda place: place is None):
        if not is_gap:
            text = " ".join(f"{_n(place[0])},{_n(place[1])}" for place in run if place)
            yield format_html('{}"{}"/>', begin, text)


def _dots(places: Iterable[Place | None]) -> Iterator[SafeString]:
    for place in places:
        if place:
            yield format_html(
                '<circle class="chart-dot" cx="{}" cy="{}" r="2.5"/>', _n(place[0]), _n(place[1])
            )


def _axes(figures: Sequence[Point], top: Number) -> SafeString:
    largest = next((p.text for p in figures if p.value == top), "0")
    low = LINE_HEIGHT - FOOT
    return format_html(
        '<path class="chart-axis" fill="none" stroke="currentColor" shape-rendering="crispEdges"'
        ' d="M{0} {1}H{2}M{0} {3}H{2}"/>'
        '<text class="chart-value" x="{4}" y="{5}" text-anchor="end">{6}</text>'
        '<text class="chart-value" x="{4}" y="{7}" text-anchor="end">0</text>',
        LINE_LEFT, low, WIDTH - MARGIN, MARGIN, LINE_LEFT - 6, MARGIN + 5, largest, low + 5,
    )  # fmt: skip


def _labels(figures: Sequence[Point]) -> Iterator[SafeString]:
    step = (WIDTH - MARGIN - LINE_LEFT) / max(len(figures) - 1, 1)
    every = -(-len(figures) // LABELS_AT_MOST) or 1
    for number in range(0, len(figures), every):
        yield format_html(
            '<text class="chart-label" x="{}" y="{}" text-anchor="middle">{}</text>',
            _n(LINE_LEFT + number * step), LINE_HEIGHT - 6, shortened(figures[number].label),
        )  # fmt: skip


def _picture(
    name: str, width: int, height: int, title: str, figures: Sequence[Point], parts: Iterable[SafeString]
) -> SafeString:
    words = "；".join(f"{p.label} {p.text}" for p in figures)
    return format_html(
        '<svg class="chart {}" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        name, width, height, title, words, format_html_join(mark_safe(""), "{}", ((p,) for p in parts)),
    )  # fmt: skip


def shortened(label: str, room: int = LABEL_ROOM) -> str:
    """The label as far as it fits, in half-width characters; Han take two."""
    used = 0
    for place, character in enumerate(label):
        used += 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        if used > room:
            return f"{label[: place - 1]}…"
    return label


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
