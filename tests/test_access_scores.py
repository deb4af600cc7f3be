"""The part of the matrix for scores: every URL, every role, every position (tests/test_access.py)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from assessment.models.marks import MarkQuerySet
from assessment.queries.runs import previous
from grids.scopes import GridScopedQuerySet, Scope
from tests import test_access as rest
from tests.matrix import DISTRICT, UNKNOWN, Row, failures, opened_by_link, pages_outside, watched
from tests.test_access import READERS, READS_EAST, SUPERVISORS, everything, without

pytestmark = pytest.mark.django_db

world = rest.world

READS_ONE = READS_EAST | {"leader"}


def of(name):
    return lambda world: [world.entry[name].pk]


def step(what):
    return lambda w, p: {"month": f"{timezone.localdate(w.at):%Y-%m}", "step": what, "key": uuid4()}


def entered(world, person):
    return {
        "grid": world.town.grid.one.code, "month": f"{timezone.localdate(world.at):%Y-%m}", "indicator": "phone",
        "points": "1", "reason": "无人接听", "evidence": "检查记录2", "key": uuid4(),
    }  # fmt: skip


def scheme(world, person):
    """The lines as the product has them, from next month on."""
    from_month = (timezone.localdate(world.at).replace(day=28) + timedelta(days=5)).replace(day=1)
    page = world.client["official"].get("/scores/scheme/").context["form"]
    numbers = {name: page[name].initial for name in page.fields if page[name].initial is not None}
    return {**numbers, "since": f"{from_month:%Y-%m}", "reason": "照旧", "key": uuid4()}


def written(**facts):
    return lambda w, p: {**facts, "key": uuid4()}


APPEAL = {"indicator": "visits", "reason": "已走访", "evidence": "走访记录"}
AMENDMENT = {"indicator": "patrol", "points": "0.5", "reason": "补传"}
GRANTED = {"is_granted": "yes", "points": "0.5", "reason": "情况属实"}

ROWS = [
    Row("assessment:scores", {200: READERS}, others=403),
    Row("assessment:scores", {200: READS_EAST, 403: {"village", "demoted"}},
        query=lambda w: f"?grid={w.town.grid.east.code}&month={previous(w.at):%Y-%m}&level=3", note="of east"),
    Row("assessment:score_step", {302: DISTRICT | UNKNOWN}, others=403, post=step("compute")),
    *(Row(f"assessment:{page}", {200: READERS}, others=403) for page in ("bulletin", "bulletin_paper", "quarter")),
    Row("assessment:bulletin_workbook", {302: READERS | UNKNOWN}, others=403, post=written(month="")),
    Row("assessment:scheme", {200: READERS}, others=403),
    Row("assessment:scheme", {302: {"official"} | UNKNOWN}, others=403, post=scheme),
    Row("assessment:marks", {200: SUPERVISORS}, others=403),
    Row("assessment:marks", {302: SUPERVISORS | UNKNOWN}, others=403, post=entered),
    Row("assessment:mark_decide", {302: SUPERVISORS | UNKNOWN}, args=of("mark"), post=written(is_granted="yes")),
    Row("assessment:appeals", {200: READERS}, others=403),
    Row("assessment:appeal_decide", {302: DISTRICT | UNKNOWN, 403: READS_ONE - DISTRICT}, args=of("appeal"),
        post=lambda w, p: GRANTED),
    Row("assessment:proposals", {200: {"official"}, 403: {"inspector"}}, args=of("published_run")),
    Row("assessment:proposal_decide", {302: {"official"} | UNKNOWN, 403: {"inspector"}},
        args=lambda w: [w.entry["published_run"].pk, w.entry["proposal"].pk], post=lambda w, p: GRANTED),
    *(
        Row("assessment:score", {200: READS_ONE if name != "draft" else DISTRICT}, args=of(name), note=name)
        for name in ("draft", "appealed", "published")
    ),
    Row("assessment:records", {200: READS_ONE}, args=lambda w: [w.entry["appealed"].pk, "patrol_days"]),
    Row("assessment:records", {}, args=lambda w: [w.entry["appealed"].pk, "duty_days"], note="of what has none"),
    Row("assessment:appeal", {302: {"leader"} | UNKNOWN, 403: READS_ONE - {"leader"}}, args=of("appealed"),
        post=written(**APPEAL)),
    Row("assessment:amend", {302: {"official"} | UNKNOWN, 403: READS_ONE - {"official"}}, args=of("published"),
        post=written(**AMENDMENT)),
]  # fmt: skip


def test_everybody_gets_exactly_what_the_table_says(world):
    assert list(failures(watched(world), ROWS)) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_the_subtree_and_unknown_are_the_same_page(world, method):
    about_one, pages = pages_outside(world, ROWS, method)

    assert about_one > 5
    assert [status for status, _body in pages] == [404]


# what is taken away              how                                                  seen at
GUARDS = {
    "scores within the scope":    (without(GridScopedQuerySet, "within", everything),  "assessment:score"),
    "entries within the scope":   (without(MarkQuerySet, "within", everything),        "assessment:mark_decide"),
    "Scope.covers_grid":          (without(Scope, "covers_grid", lambda *_args: True), "assessment:scores"),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_the_matrix_notices_when_a_guard_is_gone(world, monkeypatch, guard):
    take_away, seen_in = GUARDS[guard]
    take_away(monkeypatch)

    assert next(failures(world, [row for row in ROWS if row.url.startswith(seen_in)]), None) is not None


def test_what_changes_something_does_not_open_by_a_link(world):
    opened, pages = opened_by_link(world, ROWS)

    assert opened == pages
