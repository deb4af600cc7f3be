"""The registers' part of the matrix: every URL of the room, every role, every position (tests/test_access.py)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from grids.scopes import GridScopedQuerySet, Scope
from residents.models.groups import GroupFileQuerySet
from residents.models.visits import VisitQuerySet
from residents.queries.policies import latest as latest_of_registers
from residents.rules.inspecting import items_of
from tests import test_access as rest
from tests import test_access_accountability as accountability
from tests import test_access_admission as admission
from tests import test_access_checks as checks
from tests.matrix import (
    SEES_EAST,
    UNKNOWN,
    Row,
    World,
    failures,
    opened_by_link,
    pages_outside,
    url_names,
    watched,
)
from tests.photos import upload
from tests.residents import ledgers
from tests.residents.groups import DETAILS
from tests.test_access import READERS, READS_EAST, SEES_STREET, SETTERS, STAFF, everything, without
from tests.test_access_scores import ROWS as SCORES

pytestmark = pytest.mark.django_db

world = rest.world

# --- The registers ---------------------------------------------------------------------------------

REGISTERS_ONE = {"secretary", "first", "direct", "maintainer", "village", "leader", "member"}
REGISTERS = REGISTERS_ONE | {"leader2", "leader3", "west_direct", "far_leader"}
KEEPS_ONE = {"direct", "maintainer", "leader"}
KEEPS = KEEPS_ONE | {"leader2", "leader3", "west_direct", "far_leader"}
VISITS_ONE = {"direct", "leader", "member"}
REVEALS_ONE = {"secretary", "direct", "leader"}


def of_entry(name):
    return lambda world: [world.entry[name].pk]


def entry(url, name):
    """The page of one entry: there for who may see the register of its grid, nowhere for all others."""
    return Row(f"residents:{url}", {200: REGISTERS_ONE}, args=of_entry(name))


def page_and_form(url, about, may, **facts):
    """A page with a form, and the form itself: for who has the right, a refusal for who only sees the entry."""
    return (
        Row(f"residents:{url}", {200: may, 403: REGISTERS_ONE - may}, args=of_entry(about)),
        act(url, about, may, **facts),
    )


def act(url, about, may, **facts):
    """One change of an entry."""
    return Row(
        f"residents:{url}",
        {302: may | UNKNOWN, 403: REGISTERS_ONE - may},
        args=of_entry(about),
        post=lambda world, person: facts,
        note=f"with {about}",
    )


def in_grid_one(**facts):
    return lambda world, person: {"grid": world.town.grid.one.pk, **facts}


def searched(world, person):
    return {"q": "鲁小满"}


NEW = {"name": "新址", "kind": "shop", "address": "平安里1号", "risk": 1}
PERSON = {"name": "鲁小满", "relation": "90", "sex": "1", "registration": "01", "on": "2026-01-05"}
DOOR = {"room_no": "701", "occupancy": "0"}
REVEAL = {"field": "phone", "reason": "核对来电"}

REGISTER_PAGES = [
    Row("residents:home", {200: REGISTERS}, others=403),
    *(
        Row(f"residents:{page}", {200: REGISTERS}, args=lambda w, n=name: [n], others=403, note=name)
        for page in ("list", "paper")
        for name in ("residents", "households", "dwellings", "buildings", "premises", "organisations")
    ),
    Row("residents:list", {303: REGISTERS}, args=lambda w: ["residents"], others=403, post=searched),
    Row("residents:add", {200: KEEPS}, args=lambda w: ["building"], others=403),
    Row("residents:add", {302: KEEPS_ONE | UNKNOWN, 422: KEEPS - KEEPS_ONE}, args=lambda w: ["premises"],
        others=403, post=in_grid_one(**NEW), note="premises"),
    entry("building", "building"),
    entry("dwelling", "dwelling"),
    entry("household", "household"),
    entry("resident", "resident"),
    entry("premises", "premises"),
    entry("organisation", "organisation"),
    *page_and_form("building_change", "building", KEEPS_ONE, house_no="3", management="unknown"),
    *page_and_form("dwelling_change", "dwelling", KEEPS_ONE, **DOOR),
    *page_and_form("premises_change", "premises", KEEPS_ONE, **NEW),
    *page_and_form("organisation_change", "organisation", KEEPS_ONE, name="安居物业", kind="property"),
    *page_and_form("add_dwelling", "building", KEEPS_ONE, **DOOR),
    *page_and_form("add_household", "dwelling", KEEPS_ONE, on="2026-02-01"),
    *page_and_form("add_person", "household", KEEPS_ONE, **PERSON),
    *page_and_form("resident_change", "resident", KEEPS_ONE, relation="10", sex="1", registration="01"),
    *page_and_form("leave", "resident", KEEPS_ONE, change="move_out", on="2026-02-01"),
    *page_and_form("move", "resident", KEEPS_ONE, door="平安里3号楼2单元502", relation="02", on="2026-02-01"),
    act("make_head", "resident", KEEPS_ONE, former_as="10"),
    act("verify", "household", VISITS_ONE),
    Row("residents:reveal", {200: REVEALS_ONE, 403: REGISTERS_ONE - REVEALS_ONE}, args=of_entry("resident"),
        post=lambda w, p: REVEAL, writes=REVEALS_ONE),
]  # fmt: skip


# --- Visits and the numbers of the registers -----------------------------------------------------

SEES_EAST_REGISTER = REGISTERS_ONE - {"leader", "member"}
REGISTERS_ELSEWHERE = REGISTERS - REGISTERS_ONE
VISITORS = VISITS_ONE | REGISTERS_ELSEWHERE


def of_visit(world):
    return [world.visit.uid]


def of_home(world):
    return [world.visit.household_id]


def register_numbers(world, person):
    street = world.town.grid.street
    return {"grid": street.code, "seen": latest_of_registers(street), "fresh_days": 5, "reason": "试行"}


VISITS = [
    Row("residents:visits", {200: VISITORS, 302: (READERS - VISITORS) | UNKNOWN}, others=403),
    Row("residents:visit_household", {200: VISITS_ONE, 403: REGISTERS_ONE - VISITS_ONE}, args=of_home),
    Row("residents:visit_household", {302: VISITS_ONE | UNKNOWN, 403: REGISTERS_ONE - VISITS_ONE}, args=of_home,
        post=lambda w, p: {"purpose": "care", "met": "self", "what": "都好", "photos": upload()}),
    Row("residents:visit", {200: REGISTERS_ONE}, args=of_visit),
    Row("residents:visit_photo", {200: REGISTERS_ONE}, args=lambda w: [w.visit.photos.get().pk]),
    Row("residents:visit_read", {200: REVEALS_ONE, 403: REGISTERS_ONE - REVEALS_ONE}, args=of_visit,
        post=lambda w, p: {"reason": "核对暖气报修"}),
    *[
        row
        for url in ("residents:visit_figures", "residents:visit_paper")
        for row in (
            Row(url, {200: READERS}, others=403),
            Row(url, {200: READS_EAST, 403: {"village", "demoted"}},
                query=lambda w: f"?grid={w.town.grid.east.code}", note="of east"),
        )
    ],
    Row("residents:visit_rows", {200: REGISTERS_ONE | REGISTERS_ELSEWHERE}, others=403),
    Row("residents:visit_rows", {200: SEES_EAST_REGISTER, 403: SEES_EAST - SEES_EAST_REGISTER},
        query=lambda w: f"?grid={w.town.grid.east.code}&figure=done", note="of east"),
    Row("residents:policy", {200: SETTERS}, others=403),
    Row("residents:policy", {200: SETTERS, 403: SEES_STREET - SETTERS},
        query=lambda w: f"?grid={w.town.grid.street.code}", note="of the street"),
    Row("residents:set_policy", {302: {"secretary"} | UNKNOWN, 403: SEES_STREET - {"secretary"}}, post=register_numbers),
]  # fmt: skip

# --- Entries that are one person, households that part ------------------------------------------------


def of_twin(*names):
    return lambda world: [world.twins[name].pk for name in names]


KEEPS_EAST = KEEPS_ONE & SEES_EAST_REGISTER


def as_of_home(world):
    return f"?household={world.twins['home'].pk}"


def splitting(world, person):
    child = {f"member_{world.twins['child'].pk}": "02", f"member_{world.twins['she'].pk}": ""}
    return {"on": timezone.localdate(world.at), **child}


def joining(world, person):
    said = {"she": "02", "child": "20", "near": "90"}
    return {
        "on": timezone.localdate(world.at),
        **{f"member_{world.twins[name].pk}": relation for name, relation in said.items()},
    }


def merging(world, person):
    return {"survivor": "first", "home": "first", "id_number": "first", "relation": "first"}


def kept_row(url, names, keeps=KEEPS_ONE, reads=REGISTERS_ONE, **more):
    """A form about entries: there for who keeps the register, refused to who reads it, nowhere for all others."""
    return Row(url, {200: keeps, 403: reads - keeps}, args=of_twin(*names), **more)


def kept_post(url, names, post, keeps=KEEPS_ONE, reads=REGISTERS_ONE, **more):
    return Row(url, {302: keeps | UNKNOWN, 403: reads - keeps}, args=of_twin(*names), post=post, **more)


TWINS = [
    Row("residents:duplicates", {200: KEEPS}, others=403),
    *[
        row
        for url in ("residents:as_of", "residents:as_of_paper")
        for row in (
            Row(url, {200: REGISTERS}, others=403),
            Row(url, {200: REGISTERS_ONE, 404: REGISTERS - REGISTERS_ONE}, others=403, query=as_of_home, note="of a household"),
        )
    ],
    Row("residents:resident_paper", {200: REGISTERS_ONE}, args=of_twin("she")),
    Row("residents:household_paper", {200: REGISTERS_ONE}, args=of_twin("home")),
    kept_row("residents:split", ["home"]),
    kept_post("residents:split", ["home"], splitting),
    kept_row("residents:join", ["home", "neighbours"]),
    kept_post("residents:join", ["home", "neighbours"], joining),
    kept_row("residents:merge", ["she", "near"]),
    kept_post("residents:merge", ["she", "near"], merging),
    kept_row("residents:merge", ["she", "far"], KEEPS_EAST, SEES_EAST_REGISTER, note="of two grids"),
    kept_post("residents:merge", ["she", "far"], merging, KEEPS_EAST, SEES_EAST_REGISTER, note="of two grids"),
    kept_post("residents:unmerge", ["merged"], lambda w, p: {}),
    kept_post("residents:tell_apart", ["she", "near"], lambda w, p: {}),
    kept_post("residents:suspect_again", ["she", "far"], lambda w, p: {}, KEEPS_EAST, SEES_EAST_REGISTER),
]  # fmt: skip


# --- Premises and their inspections ----------------------------------------------------------------

INSPECTORS = VISITORS
LOOKED = {"kind": "recheck", "result": "passed", **{f"item_{item}": "ok" for item in items_of("shop")}}


def of_inspection(world):
    return [world.entry["inspection"].uid]


def of_photo(name):
    return lambda world: [world.entry[name].photos.get().pk]


PREMISES = [
    *(
        Row(f"residents:{page}", {200: REGISTERS}, args=lambda w: ["inspections"], others=403, note="inspections")
        for page in ("list", "paper")
    ),
    Row("residents:inspections", {200: INSPECTORS, 302: READERS - INSPECTORS}, others=403),
    Row("residents:inspection_figures", {200: READERS}, others=403),
    Row("residents:inspection_figures_paper", {200: READERS}, others=403),
    Row("residents:inspection", {200: REGISTERS_ONE}, args=of_inspection),
    Row("residents:inspection_paper", {200: REGISTERS_ONE}, args=of_inspection),
    Row("residents:inspection_photo", {200: REGISTERS_ONE}, args=of_photo("inspection")),
    Row("residents:premises_photo", {200: REGISTERS_ONE}, args=of_photo("premises")),
    *page_and_form("inspect", "premises", VISITS_ONE, **LOOKED),
    Row("residents:premises_add_photos", {302: KEEPS_ONE | UNKNOWN, 403: REGISTERS_ONE - KEEPS_ONE},
        args=of_entry("premises"), post=lambda w, p: {"photos": upload()}),
]  # fmt: skip


# --- Volunteers and community points ----------------------------------------------------------------


def kept(url, *names, may=KEEPS_ONE, **facts):
    """One change of something in grid one: by who keeps its registers."""

    def post(world: World, person: str):
        return {key: value(world) if callable(value) else value for key, value in facts.items()}

    return Row(
        f"residents:{url}",
        {302: may | UNKNOWN, 403: REGISTERS_ONE - may},
        args=lambda world: [world.entry[name].pk for name in names],
        post=post,
        note=f"with {names[0]}",
    )


def form_of(url, about, **facts):
    """A page with a form, and the form."""
    page = Row(f"residents:{url}", {200: KEEPS_ONE, 403: REGISTERS_ONE - KEEPS_ONE}, args=of_entry(about))
    return page, kept(url, about, **facts)


def pk_of(name):
    return lambda world: world.entry[name].pk


def ticked(world):
    row = world.entry["open"].pk
    return {f"came_{row}": "on", f"hours_{row}": "1"}


def in_east(world):
    return [world.town.grid.east.code]


EASTERN = REGISTERS_ONE | {"leader2", "official"}  # whom the rules of the community concern
WESTERN = {"leader3", "west_direct", "far_leader"}
DAY = {"on": "2026-10-01", "begins": "09:00", "ends": "11:30"}
OUTING = {"title": "义务巡逻", "kind": "patrol", "place": "平安里", **DAY}
POINTS = {"hour_points": 2, "report_points": 1, "items": "肥皂，5，100", "reason": "试行"}

VOLUNTEERING = [
    *(
        Row(f"residents:{page}", {200: REGISTERS}, args=lambda w: ["volunteers"], others=403, note="volunteers")
        for page in ("list", "paper")
    ),
    entry("volunteer", "volunteer"),
    *form_of("volunteer_change", "volunteer", skills="law"),
    *form_of("retire", "volunteer", until=lambda w: timezone.localdate(w.at)),
    *form_of("enlist", "resident", since="2026-02-01", skills="repair"),
    Row("residents:teams", {200: REGISTERS}, others=403),
    entry("team", "team"),
    Row("residents:add_team", {200: KEEPS}, others=403),
    Row("residents:add_team", {302: KEEPS_ONE | UNKNOWN, 422: KEEPS - KEEPS_ONE}, others=403,
        post=in_grid_one(name="助老队")),
    *form_of("team_change", "team", name="巡逻队", leader=pk_of("volunteer"), is_active="on"),
    kept("join_team", "team", volunteer=pk_of("second")),
    kept("leave_team", "team", "member"),
    Row("residents:activities", {200: REGISTERS}, others=403),
    entry("activity", "held"),
    Row("residents:add_activity", {200: KEEPS}, others=403),
    Row("residents:add_activity", {302: KEEPS_ONE | UNKNOWN, 422: KEEPS - KEEPS_ONE}, others=403,
        post=in_grid_one(**OUTING)),
    *form_of("activity_change", "coming", **OUTING),
    kept("call_off", "coming"),
    kept("sign_up", "coming", volunteer=pk_of("second")),
    kept("sign_off", "held", "open"),
    Row("residents:attendance", {200: KEEPS_ONE, 403: REGISTERS_ONE - KEEPS_ONE}, args=of_entry("held")),
    Row("residents:attendance", {302: KEEPS_ONE | UNKNOWN, 403: REGISTERS_ONE - KEEPS_ONE}, args=of_entry("held"),
        post=lambda w, p: ticked(w)),
    Row("residents:hours", {200: READERS}, others=403),
    entry("points", "head"),
    kept("redeem", "head", item=pk_of("item"), pieces=1),
    entry("receipt", "redeemed"),
    *form_of("point_correct", "earned", hours="1", reason="记错了"),
    kept("point_decide", "correction", is_granted="yes"),
    Row("residents:point_rules", {200: REGISTERS | SETTERS}, others=403),
    Row("residents:point_rule", {200: EASTERN, 404: WESTERN}, others=403, args=in_east),
    Row("residents:point_rule_set", {200: SETTERS, 403: EASTERN - SETTERS, 404: WESTERN}, others=403, args=in_east),
    Row("residents:point_rule_set", {302: SETTERS | UNKNOWN, 403: EASTERN - SETTERS, 404: WESTERN}, others=403,
        args=in_east, post=lambda w, p: POINTS),
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
    Row("residents:groups", {303: ASKS_FOR_FILES, 302: (READERS - ASKS_FOR_FILES) | UNKNOWN}, others=403,
        post=searched),
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


# --- Looks and exports -------------------------------------------------------------------------------


def of_export(world):
    return [world.export.pk]


def of_residents(world):
    return ["residents"]


def masked(world, person):
    return {"grid": world.town.grid.one.code, "extent": "masked"}


PROTECTION = [
    *[Row(url, {200: KEEPS | {"auditor"}}, others=403) for url in ("residents:looks", "residents:looks_paper")],
    Row("residents:exports", {200: KEEPS | {"secretary"}}, others=403),
    Row("residents:export_request", {200: {"leader", "secretary"}}, args=of_export),
    Row("residents:decide_export", {302: {"secretary"} | UNKNOWN, 403: {"leader"}}, args=of_export,
        post=lambda w, p: {"decision": "release"}),
    Row("residents:export", {200: KEEPS}, others=403, args=of_residents),
    Row("residents:export", {302: KEEPS_ONE | UNKNOWN, 422: KEEPS - KEEPS_ONE}, others=403, args=of_residents, post=masked),
]  # fmt: skip


# --- Ledgers: of who brought them, as long as she keeps the register --------------------------------------


def a_ledger(world, person):
    return {"grid": world.town.grid.one.pk, "file": SimpleUploadedFile("a.csv", "姓名,楼号\n程,3".encode())}


def chosen_columns(world, person):
    return {f"column_{number}": name for name, number in ledgers.COLUMN.items()}


LEDGERS = [
    Row("residents:import", {200: KEEPS}, others=403),
    Row("residents:import", {302: KEEPS_ONE | UNKNOWN, 422: KEEPS - KEEPS_ONE}, others=403, post=a_ledger),
    Row("residents:empty_ledger", {200: KEEPS}, others=403),
    *(
        Row(f"residents:{page}", {200: {"leader"}}, args=of_entry("ledger"))
        for page in ("ledger", "ledger_columns", "ledger_progress", "ledger_remarks")
    ),
    Row("residents:ledger_columns", {302: {"leader"} | UNKNOWN}, args=of_entry("ledger"), post=chosen_columns),
    Row("residents:load_ledger", {302: {"leader"} | UNKNOWN}, args=of_entry("ledger"),
        post=lambda w, p: {"sha256": w.entry["ledger"].sha256}),
    Row("residents:discard_ledger", {302: {"leader"} | UNKNOWN}, args=of_entry("ledger"), post=lambda w, p: {}),
]  # fmt: skip


ROWS = [*REGISTER_PAGES, *VISITS, *TWINS, *PREMISES, *VOLUNTEERING, *FILES, *PROTECTION, *LEDGERS]


def test_every_url_of_the_house_has_a_row():
    rows = {
        row.url.partition(":")[0] if row.url.startswith("admin:") else row.url
        for row in (*rest.ROWS, *ROWS, *SCORES, *checks.ROWS, *accountability.ROWS, *admission.ROWS)
    }

    assert set(url_names()) - rows == set(), "a URL without a row"
    assert rows - set(url_names()) == set(), "a row without a URL"


def test_everybody_gets_exactly_what_the_table_says(world):
    assert list(failures(watched(world), ROWS)) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_the_subtree_and_unknown_are_the_same_page(world, method):
    about_one, pages = pages_outside(world, ROWS, method)

    assert about_one > 20
    assert [status for status, _body in pages] == [404]


def test_what_only_a_form_may_do_no_link_does(world):
    opened, pages = opened_by_link(world, ROWS)

    assert opened == pages


def any_post(scope, row, right):
    return next(iter(scope.posts), None)


# the guard that is taken away                                                                     seen in
GUARDS = {
    "entries within the scope":     (without(GridScopedQuerySet, "within", everything),              "residents:resident"),
    "the post that acts":           (without(Scope, "post_for", any_post),                           "residents:reveal"),
    "files that may be known":      (without(GroupFileQuerySet, "seen_by", everything),              "residents:group_"),
    "visits within the scope":      (without(VisitQuerySet, "seen_by", everything),                  "residents:visit"),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_the_matrix_notices_when_a_guard_is_gone(world, monkeypatch, guard):
    take_away, seen_in = GUARDS[guard]
    take_away(monkeypatch)

    assert next(failures(world, [row for row in ROWS if row.url.startswith(seen_in)]), None) is not None
