"""The part of the matrix that is about accountability: every URL, every role, every position (tests/test_access.py)."""

import pytest
from django.db.models import Q

from assessment.models import Charge
from assessment.queries import dossier as dossiers
from assessment.queries import reviews as questions
from assessment.queries import traces
from assessment.views import reviews as pages
from grids.models import Post
from grids.scopes import Scope
from tests import test_access as rest
from tests.matrix import (
    DISTRICT,
    SEES_NINE,
    SEES_ONE,
    SIGNED_IN,
    UNKNOWN,
    Row,
    failures,
    opened_by_link,
    pages_outside,
    watched,
)
from tests.test_access import SUPERVISORS, without

pytestmark = pytest.mark.django_db

world = rest.world

CONCERNED = {"direct", "first", "village"}  # by the limit that the community let pass
SEES_REVIEW = SUPERVISORS | CONCERNED


def of_review(name):
    return lambda world: [world.review[name].pk]


def of_charge(name, person):
    return lambda world: [Charge.objects.get(review=world.review[name], user=world.town.user[person]).pk]


def own(url, name, person, may=None, **facts):
    """What a person does about her own charge: for everybody else it does not exist."""
    return Row(
        f"assessment:{url}",
        {302: {person} | UNKNOWN} if may is None else may,
        args=of_charge(name, person),
        post=lambda world, who: facts,
        note=f"of {person} in {name}",
    )


def judge(url, name, person, may, others=None, **facts):
    """What is decided about a charge: done by who sits above, refused to whoever else knows of the review."""
    return Row(
        f"assessment:{url}",
        {
            302: may | UNKNOWN,
            403: SEES_REVIEW - may - set().union(*(others or {}).values()),
            **(others or {}),
        },
        args=of_charge(name, person),
        post=lambda world, who: facts,
        note=f"of {person} in {name}",
    )


def late_case(world):
    return [world.case["objected"].pk]


def person(name, *more):
    return lambda world: [world.town.user[name].pk, *more]


OF_LEADER = {200: SUPERVISORS | {"leader"}, 403: SEES_ONE - SUPERVISORS - {"leader"}}
OF_FAR_LEADER = {200: DISTRICT | {"far_leader"}, 403: SEES_NINE - DISTRICT - {"far_leader"}}
MAY_OPEN_VISITS = {"secretary", "leader"}  # who supervises and sees the registers, and she herself

DECISION = {"measure": "talk", "ground": "unsolved", "reasons": "超期未办结"}

ROWS = [
    Row("assessment:trace", {200: SUPERVISORS, 403: SEES_ONE - SUPERVISORS}, args=late_case),
    Row("assessment:trace", {200: {"official", "inspector"}, 403: {"far_leader", "far_dispatcher", "moved"}},
        args=lambda w: [w.case["nine"].pk], note="of nine"),
    Row("assessment:open_review", {302: SUPERVISORS | UNKNOWN, 403: SEES_ONE - SUPERVISORS}, args=late_case,
        post=lambda w, p: {"finding": "late", "note": "群众多次反映"}),
    Row("assessment:open_review", {422: SUPERVISORS, 302: UNKNOWN, 403: SEES_ONE - SUPERVISORS}, args=late_case,
        post=lambda w, p: {"finding": "reworked"}, note="for what did not happen"),
    Row("assessment:reviews", {200: SUPERVISORS}, others=403),
    Row("assessment:reviews", {200: SUPERVISORS}, others=403, query=lambda w: "?state=decided", note="decided"),
    Row("assessment:reviews_paper", {200: SUPERVISORS}, others=403),
    Row("assessment:review", {200: SEES_REVIEW}, args=of_review("heard")),
    Row("assessment:review_paper", {200: SUPERVISORS}, args=of_review("heard")),
    Row("assessment:charges", {200: SIGNED_IN}),
    own("speak", "heard", "first", statement="已多次催办"),
    own("speak", "heard", "direct", {422: {"direct"}, 302: UNKNOWN}, statement="再次陈述"),
    own("appeal_charge", "decided", "direct", text="已按期上报"),
    own("appeal_charge", "heard", "direct", {422: {"direct"}, 302: UNKNOWN}, text="尚未决定"),
    judge("decide_charge", "heard", "direct", SUPERVISORS, **DECISION),
    judge("decide_charge", "heard", "first", set(), {422: SUPERVISORS}, **DECISION),  # not heard yet
    judge("rule_charge", "appealed", "direct", SUPERVISORS - {"supervisor"}, {422: {"supervisor"}},
          measure="none", reasons="情况属实"),
    Row("assessment:own_dossier", {200: SIGNED_IN}),
    Row("assessment:own_dossier_paper", {200: SIGNED_IN}),
    Row("assessment:own_dossier_rows", {200: SIGNED_IN}, args=lambda w: ["cases"]),
    Row("assessment:dossiers", {200: SUPERVISORS}, others=403),
    Row("assessment:dossiers", {200: DISTRICT, 403: SEES_NINE - DISTRICT},
        query=lambda w: f"?grid={w.town.grid.nine.code}", note="of nine"),
    *(Row(f"assessment:{page}", OF_LEADER, args=person("leader")) for page in ("dossier", "dossier_paper")),
    *(Row(f"assessment:{page}", OF_FAR_LEADER, args=person("far_leader"), note="of far_leader")
      for page in ("dossier", "dossier_paper")),
    Row("assessment:dossier_rows", OF_LEADER, args=person("leader", "cases"), note="cases"),
    Row("assessment:dossier_rows", {200: MAY_OPEN_VISITS, 403: SEES_ONE - MAY_OPEN_VISITS},
        args=person("leader", "home_visits"), note="visits"),
    Row("assessment:dossier_rows", OF_FAR_LEADER, args=person("far_leader", "reported"), note="of far_leader"),
    judge("rule_charge", "decided", "direct", set(), {422: SUPERVISORS}, measure="none", reasons="未申诉"),
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


def anything(self, *args):
    return Q()


def anybody(self, *args):
    return True


def any_charge(request, pk):
    return Charge.objects.select_related("review", "post").get(pk=pk)


def any_post(charge, scope, about):
    return next(iter(scope.posts), None)


def everybodys(scope, right):
    return Post.objects.all()


def always(trace, asked, scope):
    return True


# the guard that is taken away                                                    seen in
GUARDS = {
    "the right to trace":    (without(Scope, "covers", anybody),                  "assessment:trace"),
    "the reach of a review": (without(Scope, "condition", anything),              "assessment:review"),
    "her own charge":        (without(pages, "_own", any_charge),                 "assessment:speak"),
    "who judges":            (without(questions, "judging_post", any_post),       "assessment:decide"),
    "whose dossier":         (without(dossiers, "posts_within", everybodys),      "assessment:dossier"),
    "who lists its rows":    (without(traces, "may_list", always),                "assessment:dossier_rows"),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_the_matrix_notices_when_a_guard_is_gone(world, monkeypatch, guard):
    take_away, place = GUARDS[guard]
    take_away(monkeypatch)

    assert next(failures(world, [row for row in ROWS if row.url.startswith(place)]), None) is not None
