"""Every URL, every role, every position: who gets in, who is told no, for whom it does not exist.

A URL without a row fails. Take away any one guard and the matrix must fail: see the end.
"""

import dataclasses
import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin import AdminSite
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Assignment, Case
from cases.models.cases import CaseQuerySet
from cases.models.patrols import PatrolQuerySet
from cases.queries import permits
from cases.queries.policies import latest
from cases.rules import lifecycle
from cases.views import dispatch, patrol, report
from gridgov import health
from grids.actions import appoint
from grids.enums import Right, Role
from grids.models import Job, Post
from grids.models.jobs import JobQuerySet
from grids.models.notices import NoticeQuerySet
from grids.models.posts import PostQuerySet
from grids.models.tree import GridQuerySet
from grids.queries import posts as post_queries
from grids.queries.cards import standing_of
from grids.scopes import GridScopedQuerySet, Scope, Span
from grids.views import cards, jobs
from tests.matrix import (
    DEPARTMENT,
    DISTRICT,
    EVERYBODY,
    REPORTS_ONLY,
    SEES_EAST,
    SEES_NINE,
    SEES_ONE,
    SIGNED_IN,
    STAFF_OF_STREET,
    UNKNOWN,
    Row,
    World,
    failures,
    opened_by_link,
    pages_outside,
    visit_world,
    watched,
)  # fmt: skip
from tests.photos import upload
from tests.residents.groups import DETAILS

pytestmark = pytest.mark.django_db

# --- Who may do what -------------------------------------------------------------------------------

DISPATCHERS = {"dispatcher", "dispatcher2"}
FAR_DISPATCHERS = {"far_dispatcher", "moved"}
VERIFIERS = {"inspector", "secretary", "dispatcher", "dispatcher2", "supervisor", "first", "direct", "leader"}
CLOSERS = {"secretary", "dispatcher", "dispatcher2", "first", "direct"}
APPROVERS = {"official", "secretary"}
SUPERVISORS = {"official", "inspector", "secretary", "supervisor"}
REOPENERS = {"official", "inspector", "secretary", "dispatcher", "dispatcher2", "supervisor"}
WALKERS = {"leader", "member", "leader2", "leader3", "far_leader"}
REPORTERS_IN_ONE = (
    DISPATCHERS | {"secretary", "first", "direct", "maintainer", "village", "leader", "member"} | REPORTS_ONLY
)
REPORTERS = REPORTERS_IN_ONE | FAR_DISPATCHERS | {"far_leader", "leader2", "leader3", "west_direct"}
READS_EAST = SEES_EAST - {"demoted", "village"}
READERS = READS_EAST | {"leader", "leader2", "leader3", "west_direct", "far_leader"} | FAR_DISPATCHERS
SEES_A_GRID = SEES_ONE | SEES_NINE | {"leader2", "leader3", "west_direct"}


def of_case(name):
    return lambda world: [world.case[name].pk]


def seen(url, name, people, **more):
    """A page of one case: there for those who see it, nowhere for all others."""
    return Row(url, {200: people}, args=of_case(name), note=f"of {name}", **more)


def move(url, name, may, seers=SEES_ONE, others=None, **facts):
    """One action on a case: done, refused inside the subtree, not there outside it."""

    def post(world: World, person: str):
        sent = {key: value(world) if callable(value) else value for key, value in facts.items()}
        return {"version": world.case[name].version, **sent}

    return Row(
        f"cases:{url}",
        {302: may | UNKNOWN, 403: seers - may, **(others or {})},
        args=of_case(name),
        post=post,
        note=f"on {name}",
    )


def photos(world):
    return upload()


def chengguan(world):
    return f"d{world.town.department.chengguan.pk}"


def next_month(world):
    return timezone.localdate(world.at) + timedelta(days=30)


def shizheng(world):
    return f"d{world.town.department.shizheng.pk}"


ASSIGN = {"unit": chengguan, "limit_amount": 2, "limit_unit": "working_days"}
RESULT = {"result": "已清运", "photos": photos}
WITH_DEPARTMENT = SEES_ONE | DEPARTMENT

CASES = [
    *[
        seen(url, name, people)
        for url in ("cases:detail", "cases:why", "cases:reported")
        for name, people in (
            ("reported", SEES_ONE), ("handling", WITH_DEPARTMENT), ("volunteers", SEES_ONE | {"volunteer"}),
            ("left_behind", SEES_ONE), ("east", SEES_EAST), ("nine", SEES_NINE),
        )
        if url == "cases:detail" or name in ("reported", "nine")
    ],
    Row("cases:order", {200: WITH_DEPARTMENT}, args=lambda w: [w.case["assigned"].pk, w.case["assigned"].assignments.get().pk]),
    Row("cases:order", {}, args=lambda w: [w.case["nine"].pk, w.case["assigned"].assignments.get().pk], note="of another case"),
    Row("cases:photo", {200: SEES_ONE}, args=lambda w: [w.case["reported"].evidence.get().pk], note="in one"),
    Row("cases:photo", {200: SEES_NINE}, args=lambda w: [w.case["nine"].evidence.get().pk], note="in nine"),
    move("claim", "reported", DISPATCHERS),
    move("assign", "reported", DISPATCHERS, **ASSIGN),
    move("assign", "east", DISPATCHERS, SEES_EAST, **ASSIGN),
    move("assign", "nine", FAR_DISPATCHERS, SEES_NINE, **ASSIGN | {"unit": shizheng}),
    move("decline", "reported", DISPATCHERS, note="不属于本街道"),
    move("withdraw", "reported", {"leader"}, note="看错了"),
    move("withdraw", "volunteers", {"volunteer"}, SEES_ONE | {"volunteer"}, note="看错了"),
    move("settle", "minor", {"leader"}, **RESULT),
    move("sign", "assigned", DEPARTMENT, WITH_DEPARTMENT),
    move("sign", "with_leader", {"leader"}),
    move("return", "assigned", DEPARTMENT, WITH_DEPARTMENT, note="不属于我科"),
    move("recall", "assigned", DISPATCHERS, WITH_DEPARTMENT, note="派错了"),
    move("feed_back", "handling", DEPARTMENT, WITH_DEPARTMENT, **RESULT),
    move("pass", "fed_back", VERIFIERS, WITH_DEPARTMENT, method="on_site"),
    move("pass", "own_result", VERIFIERS - {"leader"}, method="on_site"),
    move("fail", "fed_back", VERIFIERS, WITH_DEPARTMENT, method="on_site", note="没有清完"),
    move("close", "verified", CLOSERS, WITH_DEPARTMENT, evaluation="good"),
    move("reopen", "closed", REOPENERS, WITH_DEPARTMENT, note="又堆起来了"),
    move("escalate", "in_hand", {"leader"}, note="网格解决不了"),
    move("escalate", "handling", set(), WITH_DEPARTMENT, note="科室不能上报"),
    move("transfer", "handling", DISPATCHERS, WITH_DEPARTMENT, unit=shizheng, note="改派市政科"),
    move("extend", "in_hand", {"leader"}, amount=2, note="材料未到"),
    move("suspend", "in_hand", {"leader"}, until=next_month, note="雨季不能施工"),
    move("extend", "handling", DEPARTMENT, WITH_DEPARTMENT, amount=2, note="材料未到"),
    move("endorse", "asked", DISPATCHERS),
    move("turn_down", "asked", DISPATCHERS, note="理由不足"),
    move("grant", "passed_on", APPROVERS),
    move("refuse", "passed_on", APPROVERS, note="应按期办结"),
    move("resume", "paused", {"leader"}, note="雨停了"),
    move("invite", "in_hand", DISPATCHERS, unit=shizheng, note="配合封路"),
    move("assist", "assisted", {"plumber"}, SEES_ONE | {"plumber"}, note="已封路"),
    move("release", "assisted", DISPATCHERS, SEES_ONE | {"plumber"}, unit=shizheng, note="不需要了"),
    move("merge", "reported", DISPATCHERS, into=lambda w: w.case["east"].number, note="同一问题"),
    move("merge", "reported", set(), SEES_ONE - DISPATCHERS, into="none", note="同一问题", others={422: DISPATCHERS}),
    move("recategorise", "reported", DISPATCHERS, category=lambda w: w.town.category("B04").pk, note="实为小事"),
    move("flag", "reported", DISPATCHERS, concern="common", note="多处都有"),
    move("supervise", "reported", SUPERVISORS, grade="ordinary", note="限期办结"),
    move("lift", "supervised", SUPERVISORS, note="已按期整改"),
]  # fmt: skip

LISTS = [
    Row("cases:desk", {200: SIGNED_IN}),
    Row("cases:list", {200: SIGNED_IN}, lists=True, query=lambda w: "?step="),
    Row("cases:list", {200: SIGNED_IN}, query=lambda w: "?q=暗语nine", note="searching for another's"),
    Row("cases:todo_badge", {200: SIGNED_IN}),
    Row("cases:orders", {200: SIGNED_IN}, query=lambda w: "?" + "&".join(f"case={c.pk}" for c in w.case.values())),
    Row("cases:save_filter", {302: SIGNED_IN}, post=lambda w, p: {"name": "新的", "query": "step=closed"}),
    Row("cases:delete_filter", {302: {"dispatcher"}}, args=lambda w: [w.filter.pk], post=lambda w, p: {}),
]  # fmt: skip


def dispatch_row(url, **more):
    return Row(url, {200: DISPATCHERS | FAR_DISPATCHERS}, others=403, **more)


DISPATCH = [
    dispatch_row("cases:dispatch"),
    dispatch_row("cases:dispatch", query=lambda w: f"?case={w.case['reported'].pk}", note="with a case of one street"),
    dispatch_row("cases:dispatch", query=lambda w: f"?case={w.case['nine'].pk}", note="with a case of the other"),
    dispatch_row("cases:dispatch_rows"),
    dispatch_row("cases:dispatch_rows", query=lambda w: "?part=counters", note="counters"),
    Row("cases:panel", {200: DISPATCHERS, 404: FAR_DISPATCHERS}, others=403, args=of_case("reported")),
    Row("cases:dispatch_bulk", {200: DISPATCHERS | FAR_DISPATCHERS}, others=403,
        post=lambda w, p: {"case": [f"{w.case[name].pk}:0" for name in ("minor", "nine", "closed")]}, note="stale"),
]  # fmt: skip


def of_inquiry(name):
    return lambda world: [world.inquiry[name].pk]


def inquiry_move(url, name, may, **facts):
    """One move on an inquiry: done by its side, refused to everybody else who sees the case."""
    return Row(
        f"cases:{url}",
        {302: may | UNKNOWN, 403: SEES_ONE - may},
        args=of_inquiry(name),
        post=lambda world, person: {"version": world.case[name].version, **facts},
        note=f"on the inquiry {name}",
    )


ANSWER = {"progress": "已立项", "cause": "等待招标", "measures": "月底前完工"}
DECIDERS = {"secretary", "supervisor"}

INQUIRIES = [
    Row("cases:inquiries", {200: SIGNED_IN}),
    *[
        Row("cases:inquiries", {200: SIGNED_IN}, query=lambda w, kind=kind: f"?waiting={kind}", note=kind)
        for kind in ("ask", "answer", "judge", "decide")
    ],
    *[Row("cases:inquiry", {200: SEES_ONE}, args=of_inquiry(name), note=name) for name in ("right", "answered")],
    Row("cases:inquiry_letter", {200: SEES_ONE}, args=of_inquiry("issued")),
    Row("cases:inquiry_letter", {}, args=of_inquiry("right"), note="of a right"),
    Row("cases:inquiry_reply", {200: SEES_ONE}, args=of_inquiry("answered")),
    Row("cases:inquiry_reply", {}, args=of_inquiry("issued"), note="that has not come"),
    inquiry_move("ask", "right", {"leader"}, question="请说明处理进展"),
    inquiry_move("answer", "issued", {"direct", "village"}, **ANSWER),
    inquiry_move("accept", "answered", {"leader"}),
    inquiry_move("object", "answered", {"leader"}, note="没有具体时间"),
    inquiry_move("decide", "objected", DECIDERS, verdict="upheld", note="限三日内办结"),
    Row("cases:retaliation", {200: SUPERVISORS}, others=403),
    Row("cases:silence", {200: SUPERVISORS}, others=403),
]  # fmt: skip


def report_facts(world: World, person: str):
    facts = {"category": world.town.category().pk, "grid": world.town.grid.one.pk, "text": "新的事"}
    return facts | {"channel": "patrol"}


def start_facts(world: World, person: str):
    return {"post": world.town.post.leader2.pk}


def of_patrol(world):
    return [world.patrol.pk]


def own_patrol(url, **facts):
    post = lambda world, person: facts  # noqa: E731 - one line of the table
    return Row(url, {302: {"leader"} | UNKNOWN, 403: SEES_ONE - {"leader"}}, args=of_patrol, post=post)


PATROLS = [
    Row("cases:report", {200: REPORTERS}, others=403),
    Row("cases:report", {302: REPORTERS_IN_ONE | UNKNOWN, 422: REPORTERS - REPORTERS_IN_ONE}, others=403, post=report_facts),
    Row("cases:patrol", {302: {"leader"} | UNKNOWN, 200: WALKERS - {"leader"}}, others=403),
    Row("cases:patrol_start", {302: {"leader2"} | UNKNOWN, 422: WALKERS - {"leader2"}}, others=403, post=start_facts),
    Row("cases:patrol_history", {200: WALKERS}, others=403),
    Row("cases:patrol_detail", {200: SEES_ONE}, args=of_patrol),
    Row("cases:diary_sheet", {200: SEES_ONE}, args=of_patrol),
    own_patrol("cases:diary_write", text="井盖松动"),
    own_patrol("cases:patrol_end"),
    Row("cases:diary_case", {302: {"leader"} | UNKNOWN, 403: SEES_ONE - {"leader"}}, args=lambda w: [w.line.pk],
        post=lambda w, p: {"category": w.town.category().pk}),
]  # fmt: skip


def of_grid(name):
    return lambda world: [world.town.grid[name].code]


MONTH = {302: READS_EAST | UNKNOWN, 403: {"village", "demoted"}}

FIGURES = [
    Row("assessment:grids", {302: SEES_A_GRID | UNKNOWN, 200: SIGNED_IN - SEES_A_GRID}),
    *[
        Row("assessment:grid", {200: people}, args=of_grid(name), note=f"of {name}")
        for name, people in (
            ("one", SEES_ONE), ("east", SEES_EAST), ("nine", SEES_NINE), ("district", DISTRICT),
        )
    ],
    Row("assessment:definitions", {200: SIGNED_IN}),
    *(Row(f"assessment:{sheet}", {200: READERS}, others=403) for sheet in ("monthly", "dispatch", "daily", "groups")),
    Row("assessment:group_rows", {200: {"secretary", "first", "direct"}, 403: SEES_EAST - {"secretary", "first", "direct"}},
        query=lambda w: f"?grid={w.town.grid.east.code}&figure=closing&type=DB", note="of east"),
    Row("assessment:daily_rows", {200: READS_EAST, 403: {"village", "demoted"}},
        query=lambda w: f"?grid={w.town.grid.east.code}&figure=patrol_days", note="of east"),
    Row("assessment:monthly", {200: READS_EAST, 403: {"village", "demoted"}},
        query=lambda w: f"?grid={w.town.grid.east.code}", note="of east"),
    Row("assessment:dashboard", {200: READERS}, others=403),
    Row("assessment:dashboard", {200: READS_EAST, 403: {"village", "demoted"}},
        query=lambda w: f"?grid={w.town.grid.east.code}", note="of east"),
    Row("assessment:cases", {200: READS_EAST, 403: {"village", "demoted"}},
        query=lambda w: f"?grid={w.town.grid.east.code}&figure=new", note="of east"),
    Row("assessment:hints", {200: SUPERVISORS}, others=403),
    *[
        Row(f"assessment:{url}", {200: SUPERVISORS, 403: SEES_EAST - SUPERVISORS},
            query=lambda w: f"?grid={w.town.grid.east.code}&hint=bulk", note="of east")
        for url in ("hints", "hint_rows")
    ],
    Row("assessment:hint", {404: SUPERVISORS}, others=403, args=lambda w: ["bulk", 1], note="that nobody has given"),
    Row("assessment:source", {200: SIGNED_IN}),
    Row("assessment:workbook", MONTH, post=lambda w, p: {"grid": w.town.grid.east.code}),
]  # fmt: skip


SETTERS = {"official", "secretary"}
SEES_STREET = DISTRICT | STAFF_OF_STREET


def of_street(**facts):
    return lambda world, person: {"grid": world.town.grid.street.code, **facts}


KEEPERS = DISPATCHERS | {"secretary"}  # of the roster of the street
ROSTER = of_street(month="2030-01", seen="0-")


def numbers(world, person):
    street = world.town.grid.street
    return {"grid": street.code, "seen": latest(street), "community_days": 5, "reason": "试行"}


POLICIES = [
    Row("cases:policy", {200: SETTERS}, others=403),
    Row("cases:policy", {200: SETTERS, 403: SEES_STREET - SETTERS},
        query=lambda w: f"?grid={w.town.grid.street.code}", note="of the street"),
    Row("cases:rehearse_policy", {200: {"secretary"}, 403: SEES_STREET - {"secretary"}}, post=numbers),
    *[
        row
        for url in ("cases:outlook", "cases:monitor")
        for row in (
            Row(url, {200: READERS}, others=403),
            Row(url, {200: READS_EAST, 403: {"village", "demoted"}},
                query=lambda w: f"?grid={w.town.grid.east.code}", note="of east"),
        )
    ],
    Row("cases:duty", {200: SETTERS | DISPATCHERS | FAR_DISPATCHERS}, others=403),
    Row("cases:duty", {200: SETTERS | DISPATCHERS, 403: SEES_STREET - SETTERS - DISPATCHERS},
        query=lambda w: f"?grid={w.town.grid.street.code}", note="of the street"),
    Row("cases:set_duty", {302: KEEPERS | UNKNOWN, 403: SEES_STREET - KEEPERS}, post=ROSTER),
    Row("cases:set_policy", {302: {"secretary"} | UNKNOWN, 403: SEES_STREET - {"secretary"}}, post=numbers),
]  # fmt: skip


KEEP_EAST = {"first", "direct", "maintainer"}  # the cards of the community and of its grids


def kept_card(name, keepers, seers):
    """A contact card to keep: opened and saved by its keepers, refused to whoever else sees the grid."""

    def facts(world: World, person: str):
        return {"seen": standing_of(world.town.grid[name]), "scope_note": "新的范围"}

    return [
        Row("grids:edit_card", {200: keepers, 403: seers - keepers}, args=of_grid(name), note=f"of {name}"),
        Row("grids:keep_card", {302: keepers | UNKNOWN, 403: seers - keepers}, args=of_grid(name), post=facts,
            note=f"of {name}"),
    ]  # fmt: skip


CARDS = [
    *[
        Row("grids:card", {200: people}, args=of_grid(name), note=f"of {name}")
        for name, people in (
            ("one", SEES_ONE), ("east", SEES_EAST), ("street", SEES_STREET), ("nine", SEES_NINE), ("district", set()),
        )
    ],
    *kept_card("one", KEEP_EAST, SEES_ONE),
    *kept_card("east", KEEP_EAST, SEES_EAST),
    *kept_card("street", {"secretary"}, SEES_STREET),
    *kept_card("nine", set(), SEES_NINE),
    *[
        Row("grids:public_card", {200: EVERYBODY}, args=of_grid(name), public=True, note=f"of {name}")
        for name in ("one", "east", "street", "nine")
    ],
    Row("grids:public_card", {404: EVERYBODY}, args=of_grid("district"), public=True, note="of a district"),
]  # fmt: skip


STAFF = {"administrator", "root"}


def of_job(world):
    return [world.job.pk]


def of_notice(world):
    return [world.notice.pk]


OTHERS = [
    Row("grids:jobs", {200: SIGNED_IN}),
    Row("grids:job", {200: {"dispatcher"}}, args=of_job),
    Row("grids:job_progress", {200: {"dispatcher"}}, args=of_job),
    Row("grids:job_file", {200: {"dispatcher"}}, args=of_job),
    Row("grids:job_cancel", {302: {"dispatcher"} | UNKNOWN}, args=of_job, post=lambda w, p: {}),
    Row("grids:notices", {200: SIGNED_IN}),
    Row("grids:notices", {200: SIGNED_IN}, query=lambda w: "?show=all", note="all of them"),
    Row("grids:notice_badge", {200: SIGNED_IN}),
    Row("grids:notices_read", {302: EVERYBODY}, post=lambda w, p: {}),
    Row("grids:notice_read", {302: {"dispatcher"} | UNKNOWN}, args=of_notice, post=lambda w, p: {}),
    Row("grids:notice_open", {302: {"dispatcher"} | UNKNOWN}, args=of_notice, post=lambda w, p: {}),
    Row("login", {302: SIGNED_IN, 200: UNKNOWN}, public=True),
    Row("staff_login", {302: STAFF, 200: UNKNOWN}, others=200, public=True),
    Row("logout", {302: EVERYBODY}, public=True, post=lambda w, p: {}),
    Row("language", {302: EVERYBODY}, public=True, post=lambda w, p: {"language": "en"}),
    Row("health", {200: EVERYBODY}, public=True),
    Row("health_detail", {200: STAFF}, others=403),
    Row("password_change", {200: SIGNED_IN}),
    Row("password_change_done", {200: SIGNED_IN}),
]  # fmt: skip
ADMIN = [
    Row(f"admin:{name}", {200: STAFF}, others=302, public=True)
    for name in ("index", "grids_user_changelist", "grids_grid_changelist", "grids_post_add", "grids_delivery_changelist",
                 "cases_category_changelist")
]  # fmt: skip


# --- Files of special groups -----------------------------------------------------------------------

KEEPS_FILES = {"leader", "direct"}
SEES_FILE = KEEPS_FILES | {"first", "secretary"}
SEES_SECRET = KEEPS_FILES | {"secretary"}  # who only oversees a community knows of no sensitive file
ASKS_FOR_FILES = SEES_FILE | {"leader2", "leader3", "far_leader", "west_direct", "head", "officer", "plumber"}
SEES_PERSON = SEES_FILE | {"village", "maintainer", "member"}


def of_file(name):
    return lambda world: [world.file[name].pk]


def of_person(world):
    return [world.file["open"].resident_id]


def file_move(url, name, may, seers=SEES_FILE, others=None, **facts):
    """One move on a file: done, refused to others who see it, not there for everybody else."""
    refused = seers - may - set().union(*(others or {}).values())
    return Row(f"residents:{url}", {302: may | UNKNOWN, 403: refused, **(others or {})}, args=of_file(name),
               post=lambda w, p: {name: fact() if callable(fact) else fact for name, fact in facts.items()},
               note=f"on {name}")  # fmt: skip


def details_of(code):
    return {f"detail_{name}": value for name, value in DETAILS[code].items()}


FILES = [
    Row("residents:groups", {200: ASKS_FOR_FILES, 302: (READERS - ASKS_FOR_FILES) | UNKNOWN}, others=403),
    Row("residents:groups_paper", {200: ASKS_FOR_FILES}, others=403),
    Row("residents:group_figures", {200: READERS}, others=403),
    Row("residents:group_file", {200: SEES_FILE}, args=of_file("open"), note="of a plain type"),
    Row("residents:group_file", {200: SEES_SECRET}, args=of_file("secret"), note="of a sensitive type"),
    Row("residents:group_file", {200: SEES_FILE - {"secretary"}}, args=of_file("child"), note="of a child"),
    Row("residents:group_choose", {200: KEEPS_FILES, 403: SEES_PERSON - KEEPS_FILES}, args=of_person),
    Row("residents:group_propose", {302: KEEPS_FILES | UNKNOWN, 403: SEES_PERSON - KEEPS_FILES}, args=of_person,
        post=lambda w, p: {"type": "DJ", "basis": "民政〔2026〕12号", "risk": 1, **details_of("DJ")}),
    file_move("group_open", "waiting", {"first", "direct", "secretary"}),
    file_move("group_open", "secret_waiting", {"direct", "secretary"}, SEES_SECRET),
    file_move("group_open", "of_direct", {"first", "secretary"}, others={422: {"direct"}}),
    file_move("group_refuse", "waiting", {"first", "direct", "secretary"}, note="没有证明材料"),
    file_move("group_change", "open", KEEPS_FILES, risk=3, reason="近期住院", **details_of("DB")),
    file_move("group_change", "secret", KEEPS_FILES, SEES_SECRET, risk=3, reason="近期失业", **details_of("SQJZ")),
    file_move("group_close", "open", KEEPS_FILES, reason="mistake", on=timezone.localdate),
    file_move("group_close", "secret", KEEPS_FILES, SEES_SECRET, reason="expired", on=timezone.localdate),
    Row("admin:residents_grouptype_changelist", {200: STAFF}, others=302, public=True),
]  # fmt: skip

ROWS = [
    *CASES, *LISTS, *DISPATCH, *INQUIRIES, *PATROLS, *FIGURES, *POLICIES, *CARDS, *OTHERS, *ADMIN,
]  # fmt: skip


@pytest.fixture
def world(town, calendar, monkeypatch):
    for noisy in ("django.request", "gridgov"):  # thousands of refusals, each with its trace, tell nothing
        monkeypatch.setattr(logging.getLogger(noisy), "disabled", True)
    # Health gives a new process ten minutes; how long the tests before this one took is no matter of access.
    monkeypatch.setattr(health, "STARTED", timezone.now())
    return visit_world()


def test_everybody_gets_exactly_what_the_table_says(world):
    assert list(failures(watched(world), ROWS)) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_the_subtree_and_unknown_are_the_same_page(world, method):
    about_one, pages = pages_outside(world, ROWS, method)

    assert about_one > 30
    assert [status for status, _body in pages] == [404]


def test_the_menu_offers_what_opens_and_shows_something(world):
    for person in sorted(SIGNED_IN):
        client = world.client[person]
        menu = {entry.url: client.get(entry.url, follow=True) for entry in client.get("/").context["menu"]}

        assert {url: page.status_code for url, page in menu.items()} == dict.fromkeys(menu, 200), person
        assert (reverse("assessment:grids") in menu) == (person in SEES_A_GRID), person


def test_what_only_a_form_may_do_no_link_does(world):
    opened, pages = opened_by_link(world, ROWS)

    assert opened == pages


def test_who_holds_two_posts_acts_from_the_one_of_the_place(world):
    town, case = world.town, world.case["reported"]
    for street in (town.grid.other_street, town.grid.street):  # the far one is the older post
        appoint(town.outsider, Role.DISPATCHER, at=world.at, grid=street)

    world.client["outsider"].post(
        reverse("cases:claim", args=[case.pk]), {"key": uuid4(), "version": case.version}
    )

    assert case.events.get(action="claim").post.grid == town.grid.street


# --- Calibration: without any one guard the matrix fails ----------------------------------------------


def anybody(*args, **kwargs):
    return True


def everything(self, *args, **kwargs):
    return self.all()


def _posts_instead_of_grants(user, places):
    """Rights straight from the posts, with no look at what was granted."""
    held = list(Post.objects.filter(user=user, grid__in=places).select_related("grid"))
    return {
        right: tuple(Span(post.level, post.grid_id, post.grid.code) for post in held if right in post.rights)
        for right in Right
    }


def any_case(request, pk):
    return Case.objects.get(pk=pk)


def any_post(grid, scope):
    return next(iter(scope.posts), None)


def without(patch, name, value):
    return lambda monkeypatch: monkeypatch.setattr(patch, name, value)


# the guard that is taken away                                                                     seen in
GUARDS = {
    "Scope.covers":                 (without(Scope, "covers", anybody),                              "cases:claim"),
    "Scope.covers_grid":            (without(Scope, "covers_grid", anybody),                         "assessment:"),
    "Scope.condition":              (without(Scope, "condition", lambda self, *args: Q()),           "cases:detail"),
    "the place in the scope":       (without(Span, "column", property(lambda self: "district_id")),  "cases:detail"),
    "reports of others":            (without(Scope, "_only_reports", property(anybody)),             "cases:detail"),
    "grids within the scope":       (without(GridQuerySet, "within", everything),                    "assessment:grid"),
    "rows within the scope":        (without(GridScopedQuerySet, "within", everything),              "cases:patrol"),
    "cases within the scope":       (without(CaseQuerySet, "within", everything),                    "cases:photo"),
    "cases in lists":               (without(CaseQuerySet, "within", everything),                    "cases:list"),
    "patrols within the scope":     (without(PatrolQuerySet, "within", everything),                  "cases:diary_sheet"),
    "jobs of one's own":            (without(JobQuerySet, "of", everything),                         "grids:job"),
    "notices of one's own":         (without(NoticeQuerySet, "of", everything),                      "grids:notice"),
    "posts that have ended":        (without(PostQuerySet, "current", everything),                   "cases:detail"),
    "grants":                       (without(post_queries, "_spans", _posts_instead_of_grants),      "cases:detail"),
    "the table of the lifecycle":   (without(lifecycle, "refusal", lambda edge, facts: None),        "cases:withdraw"),
    "who of the right-holders":     (without(lifecycle, "_wrong_person", lambda edge, facts: None),  "cases:withdraw"),
    "the separation of duties":     (without(lifecycle, "_wrong_person", lambda edge, facts: None),  "cases:pass"),
    "the unit that answers":        (without(Assignment, "is_answered_for_by", anybody),             "cases:sign"),
    "the grid leader's own":        (without(permits, "_is_settler", anybody),                       "cases:settle"),
    "the walker's own patrol":      (without(patrol, "_own_post", lambda request, walk: walk.post),  "cases:patrol_end"),
    "the right to patrol":          (without(patrol, "_may_patrol", lambda request: None),           "cases:patrol"),
    "inquiries within the scope":   (without(GridScopedQuerySet, "within", everything),              "cases:inquiry"),
    "the sides of an inquiry":      (without(lifecycle, "_wrong_person", lambda edge, facts: None),  "cases:decide"),
    "the scope of the panel":       (without(dispatch, "case_in_scope", any_case),                   "cases:panel"),
    "the scope of a receipt":       (without(report, "case_in_scope", any_case),                     "cases:reported"),
    "the owner of a job":           (without(jobs, "_mine", lambda request: Job.objects.all()),      "grids:job"),
    "cards within the scope":       (without(GridQuerySet, "within", everything),                    "grids:card"),
    "the keeper of a card":         (without(cards, "keeper_of", any_post),                          "grids:edit_card"),
    "staff only":                   (without(AdminSite, "has_permission", anybody),                  "admin:index"),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_the_matrix_notices_when_a_guard_is_gone(world, monkeypatch, guard):
    take_away, place = GUARDS[guard]
    take_away(monkeypatch)

    assert next(failures(world, [row for row in ROWS if row.url.startswith(place)]), None) is not None


def test_the_matrix_notices_when_nobody_has_to_sign_in(world, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "LoginRequired" not in name]
    for person in UNKNOWN:
        world.client[person] = Client(raise_request_exception=False)

    assert next(failures(world, LISTS), None) is not None


def test_the_matrix_notices_a_page_that_names_what_is_elsewhere(world):
    row = dataclasses.replace(LISTS[1], lists=False)
    secret = world.case["nine"].text
    world.case["nine"].text = "<html"  # on every page: as if each told of it

    found = list(failures(world, [row]))
    world.case["nine"].text = secret

    assert any("reads of ['nine']" in failure for failure in found)


def test_the_matrix_notices_a_write_by_the_wrong_person(world):
    row = next(row for row in CASES if str(row) == "POST cases:claim on reported")
    wrong = dataclasses.replace(row, status={403: SEES_ONE | UNKNOWN})

    assert "changed rows" in " ".join(failures(world, [wrong]))
