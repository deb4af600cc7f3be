"""The machinery of the access matrix: who there is, what there is, and one request per cell.

The table itself is tests/test_access.py. What people see is written down here a second time, as sets of
names, so that the matrix does not ask the code it is checking.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assessment import actions as assessing
from assessment.actions import reviews as review_actions
from assessment.enums import Finding, Ground, Measure, Standing
from assessment.models import Charge, Proposal, Review
from assessment.queries import runs
from assessment.queries.schemes import own_scheme
from assessment.rules.rates import Period
from cases import actions
from cases.enums import Grade, Step
from cases.management.commands.load_reference import CATEGORY_RIGHTS
from cases.models import Affair, Case, DiaryEntry, Inquiry, Patrol, SavedFilter
from cases.rules.clock import Limit
from grids.actions import (
    appoint,
    ask_for_job,
    claim_job,
    dismiss,
    ensure_admin_group,
    ensure_auditor_group,
    finish_job,
)
from grids.enums import Level, Right, Role
from grids.models import GridGrant, Job, Notice, Post, User
from grids.rules.workdays import ONE_DAY, local_date
from residents import actions as register_actions
from residents.actions import visit
from residents.actions.ledgers import CHECK, Checked
from residents.enums import Field, InspectionKind, InspectionResult, Met, Purpose, Relation
from residents.management.commands.load_registers import TYPE_RIGHTS
from residents.models import ExportRequest, GroupFile, Visit
from residents.rules.inspecting import items_of
from tests.cases import admitting
from tests.cases.walks import photo, walk
from tests.factories import make_user
from tests.residents import givers, groups, ledgers, people
from tests.residents.sentinels import Watch, settle
from tests.snapshot import Snapshot
from tests.telling import tell_of
from tests.town import FOUNDED, Town, visit_town

# --- Who there is ---------------------------------------------------------------------------------

STAFF_OF_STREET = {"secretary", "dispatcher", "dispatcher2", "demoted", "supervisor"}
DISTRICT = {"official", "inspector"}
COMMUNITY = {"first", "direct", "maintainer", "village"}
BUILDING = {"leader", "member"}
DEPARTMENT = {"head", "officer"}

# Whose posts lie on the way from a place up to the district, with the right to see.
SEES_EAST = DISTRICT | STAFF_OF_STREET | COMMUNITY
SEES_ONE = SEES_EAST | BUILDING
SEES_NINE = DISTRICT | {"far_leader", "far_dispatcher", "moved"}

# Posts of the right kind that open nothing (any more), and people without one.
NOBODY = {
    "ended",
    "expired",
    "revoked",
    "dismissed",
    "outsider",
    "administrator",
    "root",
    "plumber",
    "auditor",
}
REPORTS_ONLY = {"volunteer", "house_head"}
ELSEWHERE = {"leader2", "leader3", "west_direct"}
SIGNED_IN = SEES_ONE | SEES_NINE | NOBODY | REPORTS_ONLY | ELSEWHERE | DEPARTMENT
UNKNOWN = {"anonymous", "deactivated"}  # whoever was deactivated while signed in is nobody
EVERYBODY = SIGNED_IN | UNKNOWN

# --- What there is --------------------------------------------------------------------------------


@dataclass
class World:
    """The town on a day with a case at every step; everything a URL can name."""

    town: Town
    at: datetime
    case: dict[str, Case] = field(default_factory=dict)
    seen_by: dict[str, set[str]] = field(default_factory=dict)
    patrol: Patrol | None = None
    line: DiaryEntry | None = None
    job: Job | None = None
    filter: SavedFilter | None = None
    inquiry: dict[str, Inquiry] = field(default_factory=dict)
    notice: Notice | None = None
    entry: dict[str, Any] = field(default_factory=dict)  # one of each register, in building grid one
    visit: Visit | None = None
    twins: dict[str, Any] = field(default_factory=dict)
    file: dict[str, GroupFile] = field(default_factory=dict)
    export: ExportRequest | None = None
    review: dict[str, Review] = field(default_factory=dict)
    client: dict[str, Client] = field(default_factory=dict)
    watch: Watch | None = None  # whose personal data nobody may see in full

    def words(self, name: str) -> set[str]:
        """What nobody may read who does not see the case."""
        case = self.case[name]
        return {case.number, case.text, case.place}

    def leaks(self, person: str, body: str) -> set[str]:
        return {
            name for name, seers in self.seen_by.items() if person not in seers and self._is_in(name, body)
        }

    def _is_in(self, name: str, body: str) -> bool:
        return any(word in body for word in self.words(name))

    def told(self, body: str) -> set[str]:
        return {name for name, case in self.case.items() if case.number in body}


def watched(world: World) -> World:
    """The world with people in it of whom no answer may show anything in full."""
    world.watch = Watch(settle(world.town.grid.one, world.town.post.leader, world.at, 3))
    return world


class Keeping:
    """A world that many tests begin with: its rows and files are copied back, its people are still signed in.

    Since an hour, but today: a patrol of yesterday counts as forgotten.
    """

    def __init__(self) -> None:
        now = timezone.localtime()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        self.at = max(midnight, now - timedelta(hours=1))
        self.snapshot = Snapshot(self._found)
        self.world: World | None = None
        self.files: dict[str, bytes] = {}

    def _found(self) -> None:
        self.world = found_world(visit_town(), self.at)
        root = Path(default_storage.location)
        self.files = {
            str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
        }

    def visit(self) -> World:
        """The world as it was founded; whoever changes it changes a copy."""
        self.snapshot.restore()
        for name, content in self.files.items():
            path = Path(default_storage.location, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        copy = deepcopy(replace(self.world, client={}))
        for name, client in self.world.client.items():
            copy.client[name] = Client(raise_request_exception=False)
            copy.client[name].cookies = deepcopy(client.cookies)
        return copy


KEPT: dict[date, Keeping] = {}


def visit_world() -> World:
    """The world of today; the town and the calendar are there already."""
    return KEPT.setdefault(timezone.localdate(), Keeping()).visit()


def found_world(town: Town, at: datetime) -> World:
    """A case at every step and place, by the hands of those whose work it is."""
    world = World(town, at)
    _appoint_the_rest(world)
    _report(world)
    _carry_on(world)
    _walk_and_keep(world)
    _inquire(world)
    _register(world)
    _visit(world)
    _enter_twice(world)
    _inspect(world)
    _volunteer(world)
    _keep_files(world)
    _take_out(world)
    _review(world)
    _bring_a_ledger(world)
    _assess(world)
    _check(world)
    _admit(world)
    _sign_in(world)
    _take_away(world)
    return world


def _appoint_the_rest(world: World) -> None:
    """The roles the town has nobody for, and dispatchers to whom something will happen."""
    town, place = world.town, world.town.grid
    for name, role, grid in (
        ("village", Role.COMMUNITY_LEADER, place.east), ("house_head", Role.BUILDING_HEAD, place.one),
        *((name, Role.DISPATCHER, place.street) for name in
          ("ended", "expired", "revoked", "demoted", "dismissed", "moved", "deactivated")),
    ):  # fmt: skip
        town.user[name] = make_user(name, username=name)
        town.post[name] = appoint(town.user[name], role, at=FOUNDED, grid=grid)
    town.user["outsider"] = town.outsider
    town.user["administrator"] = make_user("administrator", username="administrator", is_staff=True)
    town.user["administrator"].groups.add(ensure_admin_group(CATEGORY_RIGHTS))
    town.user["auditor"] = make_user("auditor", username="auditor")
    town.user["auditor"].groups.add(ensure_auditor_group())
    town.user["root"] = User.objects.create_superuser("root", name="root", password="x")
    assert set(Role) == {Role(post.role) for post in town.post.values()}


def _report(world: World) -> None:
    at, add = world.at, _adder(world)
    for name in (
        "reported",
        "assigned",
        "handling",
        "fed_back",
        "verified",
        "closed",
        "with_leader",
        "own_result",
    ):
        add(name, SEES_ONE, at=at, photos=[photo()])
    add("minor", SEES_ONE, at=at, code="B04")
    add("in_hand", SEES_ONE, at=at)
    add("supervised", SEES_ONE, at=at)
    for name in ("asked", "passed_on", "paused"):
        add(name, SEES_ONE, at=at)
    add("assisted", SEES_ONE | {"plumber"}, at=at)
    add("left_behind", SEES_ONE, at=at, by="moved")  # who has moved on no longer sees what she reported
    add("volunteers", SEES_ONE | {"volunteer"}, at=at, by="volunteer")
    add("east", SEES_EAST, at=at, by="direct", grid="east")
    add("nine", SEES_NINE, at=at, by="far_leader", grid="nine", photos=[photo("blue")])


def _adder(world: World) -> Callable[..., None]:
    def add(name: str, seen_by: set[str], **facts: Any) -> None:
        facts |= {"text": f"暗语{name}之事", "place": f"暗处{name}巷", "key": uuid4()}
        world.case[name] = world.town.report(**facts)
        world.seen_by[name] = seen_by

    return add


def _carry_on(world: World) -> None:
    town, at, case = world.town, world.at, world.case
    for step in (Step.ASSIGNED, Step.HANDLING, Step.FED_BACK, Step.VERIFIED, Step.CLOSED):
        case[step.value] = walk(town, case[step.value], at, until=step)
        world.seen_by[step.value] = SEES_ONE | DEPARTMENT
    by = {"by": town.post.leader, "at": at}
    for name in ("with_leader", "own_result", "in_hand", "assisted", "asked", "passed_on", "paused"):
        case[name] = actions.assign(
            case[name], unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=at
        )
    case["in_hand"] = actions.sign(case["in_hand"], **by)
    case["assisted"] = actions.invite(
        case["assisted"], unit=town.department.shizheng, note="配合封路", by=town.post.dispatcher, at=at
    )
    _apply(world)
    case["supervised"] = actions.supervise(
        case["supervised"], grade=Grade.ORDINARY, note="限期办结", by=town.post.supervisor, at=at
    )
    signed = actions.sign(case["own_result"], **by)
    case["own_result"] = actions.feed_back(signed, result="已清运", photos=[photo()], **by)


def _apply(world: World) -> None:
    """Requests at each of their two steps, and one that was granted."""
    town, at, case = world.town, world.at, world.case
    until = timezone.localdate(at) + timedelta(days=30)
    for name in ("asked", "passed_on", "paused"):
        case[name] = actions.sign(case[name], by=town.post.leader, at=at)
        case[name] = actions.suspend(case[name], until=until, note="雨季不能施工", by=town.post.leader, at=at)
    for name in ("passed_on", "paused"):
        case[name] = actions.endorse(case[name], by=town.post.dispatcher, at=at)
    case["paused"] = actions.grant(case["paused"], by=town.post.secretary, at=at)


def _walk_and_keep(world: World) -> None:
    """A patrol under way with a line of its diary, a finished job, a kept filter, a notice."""
    town, at = world.town, world.at
    world.patrol = actions.start_patrol(by=town.post.leader, at=at, key=uuid4())
    world.line = actions.write_diary(world.patrol, text="楼道堆物", by=town.post.leader, at=at, key=uuid4())
    ask_for_job("anything", "九月报表", {}, key=uuid4(), by=town.user.dispatcher, at=at)
    job = claim_job("anything", at=at)
    world.job = finish_job(job, at=at, content=b"PK", filename="九月.xlsx")
    world.filter = actions.save_filter(owner=town.user.dispatcher, name="我的", query="step=reported")
    world.notice = tell_of(town.user["dispatcher"], 7, at=at)[0]


def _keep_files(world: World) -> None:
    """Files of special groups in one: open and waiting, of a plain and of a sensitive type, and that of a child."""
    town, at, file = world.town, world.at, world.file
    town.user["administrator"].groups.add(ensure_admin_group(TYPE_RIGHTS))
    home = people.household(town, at, house_no="7")
    she = people.resident(home, at, name="祝小满", id_number=people.id_number("19550505", 2))
    number = people.id_number(f"{at.year - 8}0101", 3)
    child = people.resident(home, at, relation=Relation.GRANDCHILD, name="小豆子", id_number=number)
    file["open"] = groups.opened(town, she, at, "DB")
    file["secret"] = groups.opened(town, she, at, "SQJZ")
    file["child"] = groups.opened(town, child, at, "LSET")
    file["waiting"] = groups.proposed(town, she, at, "CJ")
    file["secret_waiting"] = groups.proposed(town, she, at, "XMSF")
    file["of_direct"] = groups.proposed(town, she, at, "ZB", by="direct")


def _admit(world: World) -> None:
    """A list of grid affairs in force, and applications of the department at each step of their way."""
    town, at, entry = world.town, world.at, world.entry
    today = local_date(at)
    admitting.in_force(town, at, but=("C5", "C6"))
    entry["listed"] = Affair.objects.get(category__code="B0801")
    for name, code in (("submitted", "C5"), ("heard", "C5"), ("admitted", "C6")):
        entry[f"{name}_admission"] = admitting.applied(town, at, code=code, since=today)
    for name in ("heard", "admitted"):
        row = admitting.convened(town, entry[f"{name}_admission"], at, day=today)
        entry[f"{name}_admission"] = admitting.heard(town, row, at)
    entry["affair"] = admitting.admitted(town, entry["admitted_admission"], at, since=today)


def _assess(world: World) -> None:
    """A month that is published and proposes something, one that is open to appeals, and a draft of this one."""
    town, at, entry = world.town, world.at, world.entry
    district, by = town.grid.district, {"by": town.post.official}
    this, last = local_date(at).replace(day=1), runs.previous(at)
    before = runs.previous(Period.of(last, at).start)
    _set_strict_scheme(town, before, at)
    entry["mark"] = assessing.inspect(
        town.grid.one, indicator="phone", month=this, points=Decimal(1), reason="无人接听", evidence="检查记录1",
        by=town.post.supervisor, at=at, key=uuid4(),
    )  # fmt: skip
    for name, month, opened in (
        ("draft", this, None),
        ("appealed", last, at),
        ("published", before, at - 20 * ONE_DAY),
    ):
        run = assessing.score_month(district, month, by=None, at=at)
        if opened:
            run = assessing.open_appeals(assessing.give_to_review(run, at=opened, **by), at=opened, **by)
        if name == "published":
            run = assessing.publish(run, at=at, **by)
        entry[f"{name}_run"], entry[name] = run, run.scores.get(grid=town.grid.one)
    entry["proposal"] = Proposal.objects.get(score=entry["published"], standing=Standing.YELLOW)
    entry["appeal"] = assessing.appeal(
        entry["appealed"],
        indicator="patrol",
        reason="已补录",
        evidence="巡查照片",
        by=town.post.leader,
        at=at,
        key=uuid4(),
    )


def _set_strict_scheme(town: Town, month: date, at: datetime) -> None:
    """With it every grid is warned."""
    names = ("code", "name", "section", "weight", "formula", "minimum", "stays", "note")
    lines = [{name: getattr(line, name) for name in names} for line in own_scheme(town.grid.district)[1]]
    assessing.set_scheme(
        town.grid.district,
        since=month,
        reason="从严",
        indicators=lines,
        warn_below=Decimal(100),
        by=town.post.official,
        at=at,
    )


INQUIRIES = ("right", "issued", "answered", "objected")


def _inquire(world: World) -> None:
    """Three weeks ago the grid handed four problems up; the community let its limit pass, the street has time."""
    town, add = world.town, _adder(world)
    begun = world.at - timedelta(days=21)
    numbers = {"community_days": 1, "street_days": 40, "reply_days": 40}
    actions.set_policy(town.grid.district, reason="试行", by=town.post.official, at=begun, **numbers)
    for name in INQUIRIES:
        add(name, SEES_ONE, at=begun)
        _hand_up(town, world.case[name], begun)
    actions.sweep(at=world.at)
    for name in INQUIRIES:
        world.case[name].refresh_from_db()
        world.inquiry[name] = world.case[name].inquiries.get()
        _question(world, name)


def _hand_up(town: Town, case: Case, at: datetime) -> None:
    given = actions.assign(case, unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=at)
    signed = actions.sign(given, by=town.post.leader, at=at)
    actions.escalate(signed, note="网格解决不了", by=town.post.leader, at=at)


def _question(world: World, name: str) -> None:
    """Carry one inquiry to the state it is called by."""
    post, at, paper = world.town.post, world.at, world.inquiry[name]
    said = {"progress": "已立项", "cause": "等待招标", "measures": "月底前完工"}
    moves = (
        ("issued", lambda: actions.ask(paper, question="请说明处理进展", by=post.leader, at=at)),
        ("answered", lambda: actions.answer(paper, **said, by=post.direct, at=at)),
        ("objected", lambda: actions.object_(paper, note="没有具体时间", by=post.leader, at=at)),
    )
    for state, move in moves[: INQUIRIES.index(name)]:
        world.inquiry[name] = move()
        assert world.inquiry[name].state == state
    world.case[name].refresh_from_db()


def _register(world: World) -> None:
    """A building with two doors, a couple behind one of them, a shop, its company."""
    town, at, entry = world.town, world.at, world.entry
    home = people.household(town, at)
    entry |= {"building": home.dwelling.house, "dwelling": home.dwelling, "household": home}
    entry["other"] = people.neighbours(home, at)
    entry["head"] = people.resident(home, at, name="安如意", id_number=people.id_number("19700707"))
    entry["resident"] = people.resident(
        home, at, relation=Relation.SPOUSE, name="贺子安", id_number=people.id_number("19860202")
    )
    entry["premises"] = people.shop(town, at)
    entry["organisation"] = people.company(town, at)


def _visit(world: World) -> None:
    """Somebody was at the door of the household, with a photo."""
    town, at, home = world.town, world.at, world.entry["household"]
    facts = {"purpose": Purpose.ROUND, "met": Met.FAMILY, "what": "一切都好", "photos": [photo("green")]}
    world.visit = visit(home, by=town.post.leader, at=at, key=uuid4(), **facts)


def _enter_twice(world: World) -> None:
    """A woman entered three times, twice in one grid; two households behind one door; an entry that was merged."""
    town, at = world.town, world.at
    here, there = (
        people.household(town, at, house_no="31"),
        people.household(town, at, grid="two", house_no="32"),
    )
    child = {"relation": Relation.SON, "id_number": "", "name": "程小明"}
    twins = world.twins
    twins["home"], twins["child"] = here, people.resident(here, at, **child)
    twins["she"] = people.resident(here, at)
    twins["neighbours"] = register_actions.open_household(
        here.dwelling, on=here.opened_on, by=town.post.leader, at=at
    )
    again = {"id_number": "", "birth_date": twins["she"].birth_date}
    twins["near"] = people.resident(twins["neighbours"], at, **again)
    twins["far"] = people.resident(there, at, **again)
    twins["merged"] = people.resident(people.household(town, at, house_no="33"), at, **again)
    register_actions.tell_apart(twins["she"], twins["far"], by=town.post.maintainer, at=at)
    register_actions.merge(twins["she"], twins["merged"], taken=(), by=town.post.leader, at=at, key=uuid4())


def _inspect(world: World) -> None:
    """The shop, with its front in a picture, had something to put right."""
    by = {"by": world.town.post.leader, "at": world.at}
    shop = register_actions.add_premises_photos(world.entry["premises"], [photo()], **by)
    answers = {item.value: "bad" for item in items_of(shop.kind)}
    world.entry["inspection"] = register_actions.inspect(
        shop, kind=InspectionKind.ROUTINE, result=InspectionResult.RECTIFY, answers=answers, found="通道堆物",
        until=timezone.localdate(world.at) + timedelta(days=7), photos=[photo()], key=uuid4(), **by,
    )  # fmt: skip


def _volunteer(world: World) -> None:
    """Two volunteers in a team: an activity that was held, one to come; points earned, redeemed, asked back."""
    town, at, entry, by = world.town, world.at, world.entry, {"by": world.town.post.leader, "at": world.at}
    entry["rule"] = givers.rules(town, at - timedelta(days=1), hour_points=50)
    entry["volunteer"] = givers.volunteer(town, at, entry["head"])
    entry["second"] = givers.volunteer(town, at, givers.neighbour(entry["other"], at, 1))
    entry["team"] = register_actions.found_team(town.grid.one, name="平安巡逻队", key=uuid4(), **by)
    entry["member"] = register_actions.join_team(
        entry["team"], entry["volunteer"], since=FOUNDED.date(), **by
    )
    for name in ("held", "asked_back"):
        entry[name] = givers.activity(town, at)
        givers.came(town, at, entry[name], entry["volunteer"])
    entry["open"] = register_actions.sign_up(entry["held"], entry["second"], key=uuid4(), **by)
    entry["coming"] = givers.activity(town, at + timedelta(days=30))
    entry["earned"], entry["back"] = entry["head"].points.order_by("seq")
    entry["item"] = entry["rule"].items.get(name="大米")
    entry["redeemed"] = register_actions.redeem(entry["head"], entry["item"], pieces=1, key=uuid4(), **by)
    entry["correction"] = register_actions.ask_correction(entry["back"], reason="记错了", key=uuid4(), **by)


def _take_out(world: World) -> None:
    """Somebody who looked at a person of the register, and an unmasked export that waits for its release."""
    town, at = world.town, world.at
    register_actions.reveal(
        world.entry["head"], Field.PHONE, reason="核实低保材料", by=town.post.leader, at=at
    )
    wanted = register_actions.Wanted("residents", town.grid.one, is_unmasked=True, reason="入户核查打印")
    world.export = register_actions.ask_for_export(wanted, key=uuid4(), by=town.post.leader, at=at)


def _review(world: World) -> None:
    """Three limits that the community let pass, traced back: one person heard, decided on, and under appeal."""
    post, at = world.town.post, world.at
    for name, case in (("heard", "right"), ("decided", "issued"), ("appealed", "answered")):
        review = review_actions.open_review(
            world.case[case], finding=Finding.LATE, by=post.supervisor, at=at, key=uuid4()
        )
        world.review[name] = review
        charge = Charge.objects.get(review=review, user=post.direct.user)
        charge = review_actions.speak(charge, statement="等待招标", by=post.direct, at=at, key=uuid4())
        if name == "heard":
            continue
        said = {"measure": Measure.INTERVIEW, "ground": Ground.UNSOLVED, "reasons": "超期未办结"}
        charge = review_actions.decide(charge, **said, by=post.supervisor, at=at, key=uuid4())
        if name == "appealed":
            review_actions.appeal(charge, text="已按期上报", by=post.direct, at=at, key=uuid4())


def _bring_a_ledger(world: World) -> None:
    """A ledger of building grid one that has been checked and has remarks."""
    post, at = world.town.post.leader, world.at
    ledger = register_actions.receive_ledger(
        world.town.grid.one, ledgers.workbook(ledgers.rows(3)), key=uuid4(), by=post, at=at
    )
    held = {number: name for name, number in ledgers.COLUMN.items()}
    register_actions.order_check(
        ledger,
        sheet=0,
        mapping=held,
        fingerprint="",
        language="zh-hans",
        page="",
        key=uuid4(),
        by=post,
        at=at,
    )
    job = claim_job(CHECK, at=at)
    world.entry["ledger"] = register_actions.note_check(
        ledger, job, Checked(rows=3, entered=3), remarks=b"PK", by=post, at=at
    )


def _check(world: World) -> None:
    """A sample of what was closed, the sheets of a day, a round of mutual checks."""
    town, entry, today = world.town, world.entry, timezone.localdate(world.at)
    by = {"by": town.post.supervisor, "at": world.at + timedelta(seconds=1)}
    drawn = {"month": today.replace(day=1), "seed": "2026", "key": uuid4(), **by}
    entry["spot"] = assessing.draw_spot_check(town.grid.street, wanted=5, **drawn)
    entry["spot_item"] = entry["spot"].items.get()
    entry["sheets"] = assessing.record_period_rating(
        town.grid.one, since=today, until=today, handed_out=9, returned=7, sheets={}, key=uuid4(), **by
    )
    entry["round"] = assessing.draw_mutual_check(town.grid.street, level=Level.BUILDING, **drawn)
    entry["pair"] = entry["round"].pairs.get(checker=town.grid.one)


def _sign_in(world: World) -> None:
    for name in EVERYBODY:
        world.client[name] = Client(raise_request_exception=False)
        if name != "anonymous":
            world.client[name].force_login(world.town.user[name])
    for name in ("dismissed", "deactivated"):  # seen at work before it happens
        assert world.client[name].get(world.case["reported"].get_absolute_url()).status_code == 200


def _take_away(world: World) -> None:
    """What ends a post, a grant or an account, each by itself; the sessions stay open."""
    town, at = world.town, world.at
    for name in ("ended", "dismissed", "moved"):
        dismiss(town.post[name], at=at)
    appoint(town.user["moved"], Role.DISPATCHER, at=at, grid=town.grid.other_street)
    Post.objects.filter(pk=town.post["expired"].pk).update(until=at - timedelta(minutes=1))
    grants = GridGrant.objects.all()
    grants.filter(user=town.user["revoked"]).delete()
    grants.filter(user=town.user["demoted"]).exclude(permission__codename=Right.VIEW).delete()
    User.objects.filter(username="deactivated").update(is_active=False)
    assert Group.objects.exists()


# --- One row, one cell ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One URL (with one object): the status each person gets.

    `status` maps a status to the people who get it; everybody signed in whom it does not name gets
    `others`, everybody else is led to the sign-in page unless `public`. `changes`: who alters rows.
    """

    url: str
    status: Mapping[int, set[str]]
    others: int = 404
    args: Callable[[World], list[Any]] = lambda world: []
    post: Callable[[World, str], dict[str, Any]] | None = None
    query: Callable[[World], str] = lambda world: ""
    public: bool = False
    writes: set[str] = frozenset()  # who alters rows without being led elsewhere
    lists: bool = False  # the page names exactly the cases the person sees
    note: str = ""

    def expected(self, person: str) -> int:
        named = [status for status, people in self.status.items() if person in people]
        assert len(named) < 2, (self, person)
        if named:
            return named[0]
        return self.others if person in SIGNED_IN else 302

    @property
    def changes(self) -> set[str]:
        return self.status.get(302, set()) | self.writes if self.post else set()

    def __str__(self) -> str:
        return f"{'POST' if self.post else 'GET'} {self.url} {self.note}".strip()


def failures(world: World, rows: Iterable[Row]) -> Iterator[str]:
    """Every cell that does not come out as the table says, in words; nothing when all is well."""
    before = digest()
    for row in rows:
        for person in sorted(EVERYBODY):
            yield from (f"{row} as {person}: {what}" for what in _cell(world, row, person, before))


def _cell(world: World, row: Row, person: str, before: str) -> Iterator[str]:
    response, body, after = _ask(world, row, person)
    if response.status_code != row.expected(person):
        yield f"{response.status_code}, not {row.expected(person)}"
    if person in UNKNOWN and not row.public and not response.get("Location", "").startswith("/login/"):
        yield "was not led to the sign-in page"
    if leaked := world.leaks(person, body):
        yield f"reads of {sorted(leaked)}"
    if world.watch and (shown := world.watch.found(f"{response.headers}\n{body}")):
        yield f"shows {sorted(shown)} in full"
    if row.lists and person in SIGNED_IN and world.told(body) != _seen(world, person):
        yield f"is told of {sorted(world.told(body) ^ _seen(world, person))} wrongly"
    if after not in (None, before) and person not in row.changes:
        yield "changed rows"


def pages_outside(world: World, rows: Iterable[Row], method: str) -> tuple[int, set[tuple[int, str]]]:
    """What somebody far away gets of things that are there and of things that are not; and of how many URLs."""
    send = getattr(world.client["far_leader"], method)
    inside = [row for row in rows if row.args(world) and not row.public]
    about_one = [row for row in inside if row.expected("far_leader") == 404]
    pages = set()
    for row in about_one:
        real = row.args(world)
        unknown = [_unknown_like(real[0]), *real[1:]]
        answers = [send(reverse(row.url, args=args)) for args in (real, unknown)]
        pages |= {
            (answer.status_code, without_request(answer)) for answer in answers if answer.status_code != 405
        }
    return len(about_one), pages


def _unknown_like(name: Any) -> Any:
    """What a URL could name, but names nothing."""
    return {str: "999999999999", UUID: uuid4()}.get(type(name), 10**9)


def opened_by_link(world: World, rows: Iterable[Row]) -> tuple[set[str], set[str]]:
    """Of the URLs that change something those that open by a link, too; and those that have a page of their own."""
    rows = list(rows)
    asked = {
        row.url: world.client["dispatcher"].get(reverse(row.url, args=row.args(world)))
        for row in rows
        if row.post
    }
    pages = {row.url for row in rows if not row.post}
    return {url for url, answer in asked.items() if answer.status_code != 405}, pages & set(asked)


def _seen(world: World, person: str) -> set[str]:
    return {name for name, seers in world.seen_by.items() if person in seers}


def _ask(world: World, row: Row, person: str) -> tuple[HttpResponse, str, str | None]:
    """One request, and what it leaves behind; then it is as if it had never been."""
    client = world.client[person]
    cookies = deepcopy(client.cookies)
    address = reverse(row.url, args=row.args(world)) + row.query(world)
    with transaction.atomic(), writes() as written:
        if row.post:
            response = client.post(address, {"key": uuid4(), **row.post(world, person)})
        else:
            response = client.get(address)
        body = b"".join(response).decode(errors="replace")  # also closes the file of a streamed answer
        after = digest() if written else None
        transaction.set_rollback(True)
    client.cookies = cookies
    return response, body, after


# Sessions and the cache are not what people work on.
WRITES = re.compile(
    r"(?!.*(django_session|cache))\s*(INSERT|UPDATE|DELETE|MERGE|COPY|WITH)", re.IGNORECASE | re.DOTALL
)
WATCHED = (
    "cases_case", "cases_caseevent", "cases_inquiry", "cases_assignment", "cases_application", "cases_deadline",
    "cases_milestone", "cases_evidence", "cases_patrol", "cases_diaryentry", "cases_numberseries",
    "cases_savedfilter", "cases_policy", "residents_household", "residents_visit", "residents_visitphoto",
    "residents_registerpolicy", "cases_dutyshift", "grids_job", "grids_grid", "grids_post",
    "grids_gridgrant", "grids_departmentgrant", "grids_notice", "grids_delivery",
    "residents_resident", "residents_household", "residents_stay", "residents_registerevent", "residents_merge",
    "residents_inspection", "residents_inspectionphoto", "residents_premisesphoto",
    "residents_volunteer", "residents_team", "residents_membership", "residents_activity",
    "residents_participation", "residents_pointrule", "residents_pointentry", "residents_pointcorrection",
    "residents_groupfile", "residents_groupevent",
    "residents_exportrequest",
    "cases_savedfilter", "cases_policy", "cases_dutyshift", "grids_job", "grids_post",
    "grids_gridgrant", "grids_departmentgrant", "grids_notice", "grids_delivery", "residents_ledgerfile",
    "residents_ledgertemplate", "assessment_scheme", "assessment_indicator", "assessment_run", "assessment_monthlyscore",
    "assessment_share", "assessment_correction", "assessment_proposal", "assessment_mark", "assessment_appeal",
    "cases_affairlist", "cases_affair", "cases_admission", "cases_admissionevent", "cases_commitment",
    "residents_verification", "assessment_spotcheck", "assessment_spotitem", "assessment_rating",
    "assessment_periodrating", "assessment_mutualcheck", "assessment_pair",
)  # fmt: skip


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that touched watched tables; without any there is no need to look at the rows."""
    written: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if WRITES.match(sql):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield written


def digest() -> str:
    """A fingerprint of every row that a person could change."""
    parts = " || ".join(
        f"coalesce((SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t), '-')"
        for table in WATCHED
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5({parts})")
        return cursor.fetchone()[0]


def without_request(response: HttpResponse) -> str:
    """A page without what is new in every request: its number, its own address, the form key."""
    body = response.content.decode().replace(response["X-Request-Id"], "")
    body = body.replace(response.request["PATH_INFO"], "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)


# --- Every URL there is ---------------------------------------------------------------------------


def url_names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The name of every URL of the house; the administration counts as one."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"
        elif pattern.namespace == "admin":
            yield "admin"
        else:
            yield from url_names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
