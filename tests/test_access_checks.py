"""The part of the matrix for checks and evaluations: every URL, every role, every position (tests/test_access.py)."""

from uuid import uuid4

import pytest
from django.utils import timezone

from assessment.actions import mutual_checks, ratings, spot_checks
from assessment.models.mutual_checks import PairQuerySet
from grids.scopes import GridScopedQuerySet, Scope
from tests import test_access as rest
from tests.matrix import (
    DEPARTMENT,
    SEES_NINE,
    SEES_ONE,
    UNKNOWN,
    Row,
    failures,
    opened_by_link,
    pages_outside,
    watched,
)
from tests.test_access import READERS, READS_EAST, SUPERVISORS, VERIFIERS, everything, of_case, without

pytestmark = pytest.mark.django_db

world = rest.world

# --- Who may do what -------------------------------------------------------------------------------

READS_STREET = SUPERVISORS | {"dispatcher", "dispatcher2"}
READS_ROUND = READS_EAST | {"leader", "leader2", "leader3", "west_direct"}
READS_PAIR = READS_EAST | {"leader", "leader2"}  # one checks two
ONLY_SEES = {"demoted", "village", "member"}  # cases, and no figures
MAY_CHECK = VERIFIERS - {"direct", "dispatcher"}  # who verified the case, and who closed it


def of_entry(name):
    return lambda world: [world.entry[name].pk]


def this_month(world):
    return timezone.localdate(world.at).strftime("%Y-%m")


def drawing(**facts):
    return lambda w, p: {
        "grid": w.town.grid.street.code,
        "month": this_month(w),
        "seed": "2026",
        "key": uuid4(),
        **facts,
    }


def sheets(world, person):
    columns = [
        f"{d}_{g}"
        for d in ("attitude", "efficiency", "result")
        for g in ("very", "satisfied", "dissatisfied")
    ]
    return {**dict.fromkeys(columns, 1), "handed_out": 9, "returned": 7, "reason": "漏录", "key": uuid4()}


def new_sheets(world, person):
    day = timezone.localdate(world.at)
    return {**sheets(world, person), "grid": world.town.grid.two.code, "since": day, "until": day}


def said(world, person):
    closing = world.case["closed"].events.latest("seq").seq
    return {"closing": closing, "satisfaction": "very", "how": "visit", "key": uuid4()}


FOUND = {"method": "revisit", "result": "not_confirmed", "note": "垃圾还在", "satisfaction": "dissatisfied"}
SEES_CLOSED = SEES_ONE | DEPARTMENT

ROWS = [
    Row("assessment:to_check", {200: READERS}, others=403),
    Row("assessment:spot_checks", {200: READERS}, others=403),
    Row("assessment:verifiers", {200: READERS}, others=403),
    Row("assessment:verifiers", {200: READS_STREET, 403: {"demoted"}}, query=lambda w: f"?grid={w.town.grid.street.code}",
        note="of the street"),
    Row("assessment:spot_draw", {200: SUPERVISORS}, others=403),
    Row("assessment:spot_draw", {302: SUPERVISORS | UNKNOWN}, others=403, post=drawing(wanted=3)),
    Row("assessment:spot_draw", {200: SUPERVISORS}, others=403, post=drawing(wanted=3, preview=1), note="preview"),
    *(
        Row(f"assessment:{page}", {200: READS_STREET, 403: {"demoted"}}, args=of_entry("spot"))
        for page in ("spot_check", "spot_paper")
    ),
    Row("assessment:spot_item", {200: VERIFIERS | {"official"}, 403: ONLY_SEES | {"maintainer"}}, args=of_entry("spot_item")),
    Row("assessment:spot_item", {302: MAY_CHECK | UNKNOWN, 403: SEES_ONE - MAY_CHECK}, args=of_entry("spot_item"),
        post=lambda w, p: {**FOUND, "key": uuid4()}),
    Row("assessment:spot_give", {302: SUPERVISORS | UNKNOWN, 403: SEES_ONE - SUPERVISORS}, args=of_entry("spot_item"),
        post=lambda w, p: {"checker": w.town.post.first.pk}),
    Row("assessment:rate", {200: SEES_CLOSED}, args=of_case("closed"), note="of closed"),
    Row("assessment:rate", {200: SEES_NINE}, args=of_case("nine"), note="of nine"),
    Row("assessment:rate", {302: VERIFIERS | UNKNOWN, 403: SEES_CLOSED - VERIFIERS}, args=of_case("closed"), post=said),
    Row("assessment:period_ratings", {200: READERS}, others=403),
    Row("assessment:period_record", {200: SUPERVISORS}, others=403),
    Row("assessment:period_record", {302: SUPERVISORS | UNKNOWN}, others=403, post=new_sheets),
    Row("assessment:period_correct", {200: SUPERVISORS, 403: SEES_ONE - SUPERVISORS}, args=of_entry("sheets")),
    Row("assessment:period_correct", {302: SUPERVISORS | UNKNOWN, 403: SEES_ONE - SUPERVISORS}, args=of_entry("sheets"),
        post=sheets),
    Row("assessment:mutual_checks", {200: READERS}, others=403),
    Row("assessment:mutual_draw", {200: SUPERVISORS}, others=403),
    Row("assessment:mutual_draw", {302: SUPERVISORS | UNKNOWN}, others=403, post=drawing(level=2)),
    Row("assessment:mutual_check", {200: READS_ROUND, 403: ONLY_SEES}, args=of_entry("round")),
    Row("assessment:pair", {200: READS_PAIR, 403: ONLY_SEES}, args=of_entry("pair")),
    Row("assessment:pair", {302: {"leader"} | UNKNOWN, 403: (READS_PAIR | ONLY_SEES) - {"leader"}}, args=of_entry("pair"),
        post=lambda w, p: {"score": 88, "findings": "楼道有堆物", "key": uuid4()}),
]  # fmt: skip


def test_everybody_gets_exactly_what_the_table_says(world):
    assert list(failures(watched(world), ROWS)) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_the_subtree_and_unknown_are_the_same_page(world, method):
    about_one, pages = pages_outside(world, ROWS, method)

    assert about_one > 8
    assert [status for status, _body in pages] == [404]


def test_what_only_a_form_may_do_no_link_does(world):
    opened, pages = opened_by_link(world, ROWS)

    assert opened == pages


# --- Calibration: without any one guard the matrix fails ----------------------------------------------


def anybody(*args, **kwargs):
    return None


def any_post(scope, row, right):
    return next(iter(scope.posts), None)


# the guard that is taken away                                                                     seen in
GUARDS = {
    "rows within the scope":        (without(GridScopedQuerySet, "within", everything),              "assessment:spot_"),
    "sheets within the scope":      (without(GridScopedQuerySet, "within", everything),              "assessment:period_"),
    "who had a hand in it":         (without(spot_checks, "_had_no_hand", anybody),                  "assessment:spot_item"),
    "the post that acts":           (without(Scope, "post_for", any_post),                           "assessment:period_"),
    "both sides of a pair":         (without(PairQuerySet, "seen_by", lambda self, *args: self.all()), "assessment:pair"),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_the_matrix_notices_when_a_guard_is_gone(world, monkeypatch, guard):
    take_away, seen_in = GUARDS[guard]
    take_away(monkeypatch)

    assert next(failures(world, [row for row in ROWS if row.url.startswith(seen_in)]), None) is not None


# the door's guard is one, the action's another
INNER = (
    (spot_checks, "may", "assessment:spot_item"),
    (ratings, "may", "assessment:rate"),
    (mutual_checks, "_goes_for", "assessment:pair"),
)


@pytest.mark.parametrize(("room", "name", "seen_in"), INNER)
def test_without_the_guard_of_the_action_the_door_still_holds(world, monkeypatch, room, name, seen_in):
    monkeypatch.setattr(room, name, anybody)

    assert list(failures(world, [row for row in ROWS if row.url == seen_in and row.post])) == []
