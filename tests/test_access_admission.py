"""The part of the matrix about grid affairs and promises: every URL, every role, every position (tests/test_access.py)."""

import pytest
from django.db.models import Q
from django.utils import timezone

from cases.queries import admissions as questions
from cases.views import admissions as pages
from grids.scopes import Scope
from tests import test_access as rest
from tests.cases.admitting import WANTED
from tests.matrix import (
    DEPARTMENT,
    DISTRICT,
    ELSEWHERE,
    SEES_NINE,
    SEES_ONE,
    UNKNOWN,
    Row,
    failures,
    opened_by_link,
    pages_outside,
    watched,
)
from tests.test_access import READERS, READS_EAST, without

pytestmark = pytest.mark.django_db

world = rest.world

READS = SEES_ONE | SEES_NINE | ELSEWHERE | DEPARTMENT | {"plumber"}  # the list of the district
WORKS = DISTRICT | DEPARTMENT | {"plumber"}  # applies or reviews
PROMISES = {"official", "head"}
OWN = DISTRICT | DEPARTMENT  # of the department that applied


def entry(name):
    return lambda world: [world.entry[name].pk]


def move(url, name, may, others=None, **facts):
    """One move on an application: done, refused to its other side, for everybody else not there."""
    return Row(
        f"cases:admission_{url}",
        {302: may | UNKNOWN, 403: OWN - may, **(others or {})},
        args=entry(f"{name}_admission"),
        post=lambda world, person: {k: fact() if callable(fact) else fact for k, fact in facts.items()},
        note=f"on {name}",
    )


def district(world):
    return [world.town.grid.district.code]


def application(world, person):
    facts = {
        "department": world.town.department.chengguan.pk,
        "category": world.town.category("C5").pk,
        "wanted_since": timezone.localdate(),
    }
    return facts | WANTED


def promise(world, person):
    return {"department": world.town.department.chengguan.pk, "finish_days": 3, "words": "三日内办结"}


def exit_form(world, person):
    return {"day": timezone.localdate(), "reason": "任务已完成"}


today = timezone.localdate
BASIS = {"basis": "联席会议纪要", "categories": []}

ROWS = [
    Row("cases:affairs", {200: READS}, others=403),
    Row("cases:affairs", {200: READS}, others=403, query=lambda w: "?day=2026-01-01&q=垃圾", note="of a day"),
    Row("cases:affairs", {404: READS}, others=403, query=lambda w: "?grid=999999", note="of nowhere"),
    Row("cases:affairs_paper", {200: READS}, others=403),
    Row("cases:affairs_force", {200: {"official"}, 403: READS - {"official"}}, args=district),
    Row("cases:affairs_force", {302: UNKNOWN, 422: {"official"}, 403: READS - {"official"}}, args=district,
        post=lambda w, p: BASIS, note="again"),
    Row("cases:affair_exit", {200: OWN, 403: READS - OWN}, args=entry("affair"), note="of an admitted one"),
    Row("cases:affair_exit", {200: DISTRICT, 403: READS - DISTRICT}, args=entry("listed"), note="of the list itself"),
    Row("cases:affair_exit", {302: OWN | UNKNOWN, 403: READS - OWN}, args=entry("affair"), post=exit_form),
    Row("cases:affair_exit", {302: DISTRICT | UNKNOWN, 403: READS - DISTRICT}, args=entry("listed"), post=exit_form,
        note="of the list itself"),
    Row("cases:admissions", {200: WORKS}, others=403),
    Row("cases:admissions", {200: WORKS}, others=403, query=lambda w: "?state=admitted", note="admitted"),
    Row("cases:admission_apply", {200: WORKS}, others=403),
    Row("cases:admission_apply", {302: OWN | UNKNOWN, 422: {"plumber"}}, others=403, post=application),
    *[
        Row(f"cases:{url}", {200: people}, args=entry(f"{name}_admission"), note=name)
        for url in ("admission", "admission_paper")
        for name, people in (("submitted", OWN), ("heard", OWN), ("admitted", READS))
    ],
    move("convened", "submitted", DISTRICT, day=today),
    move("convened", "admitted", set(), {302: UNKNOWN, 422: DISTRICT, 403: READS - DISTRICT}, day=today),
    move("opinion", "heard", DISTRICT, who="财政局", agrees="no", words="经费未列入预算"),
    move("admitted", "heard", DISTRICT, since=today),
    move("admitted", "submitted", set(), {302: UNKNOWN, 422: DISTRICT, 403: DEPARTMENT}, since=today),
    move("refused", "heard", DISTRICT, reason="经费未落实"),
    move("withdrawn", "submitted", DEPARTMENT, reason="另行安排"),
    Row("cases:commitments", {200: READS}, others=403),
    Row("cases:promise", {200: PROMISES}, others=403),
    Row("cases:promise", {302: PROMISES | UNKNOWN}, others=403, post=promise),
    Row("assessment:admissions", {200: DISTRICT}, others=403),
    Row("assessment:admissions", {404: DISTRICT}, others=403, query=lambda w: f"?grid={w.town.grid.street.code}",
        note="of a street"),
    Row("assessment:admission_rows", {200: DISTRICT}, others=403, query=lambda w: "?figure=applied"),
    Row("assessment:commitments", {200: READERS}, others=403),
    *[
        Row(f"assessment:{url}", {200: READS_EAST, 403: {"village", "demoted"}},
            query=lambda w: f"?grid={w.town.grid.east.code}&department=1&what=sign", note="of east")
        for url in ("commitments", "commitments_paper", "commitment_rows")
    ],
]  # fmt: skip


def test_everybody_gets_exactly_what_the_table_says(world):
    assert list(failures(watched(world), ROWS)) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_the_subtree_and_unknown_are_the_same_page(world, method):
    about_one, answers = pages_outside(world, ROWS, method)

    assert about_one > 3
    assert [status for status, _body in answers] == [404]


def test_what_only_a_form_may_do_no_link_does(world):
    opened, answers = opened_by_link(world, ROWS)

    assert opened == answers


def any_admission(scope):
    return pages.Admission.objects.filter(Q())


def any_post(scope, *args):
    return next(iter(scope.posts), None)


# the guard that is taken away                                                      seen in
GUARDS = {
    "who knows of an application": (without(questions, "visible", any_admission),   "cases:admission_paper"),
    "whose move it is":            (without(questions, "acting_post", any_post),    "cases:admission_convened"),
    "who takes an affair off":     (without(questions, "leaving_post", any_post),   "cases:affair_exit"),
    "who puts a list in force":    (without(Scope, "post_at", any_post),            "cases:affairs_force"),
    "who applies":                 (without(questions, "takes_part", lambda scope: True), "cases:admissions"),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_the_matrix_notices_when_a_guard_is_gone(world, monkeypatch, guard):
    take_away, place = GUARDS[guard]
    take_away(monkeypatch)

    assert next(failures(world, [row for row in ROWS if row.url.startswith(place)]), None) is not None
