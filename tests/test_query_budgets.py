"""How often a page asks the database and which index answers: the budgets that no clock is needed for.

`make bench` measures the others (docs/performance.md).
"""

from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessment.queries.grids import open_by_child
from cases import actions
from cases.models import Case
from cases.rules.clock import Limit
from residents.actions import register_organisation, register_premises, visit
from residents.enums import FileState, Met, Purpose
from residents.models import GroupFile, Household
from tests.residents.groups import opened
from tests.residents.people import household, id_number, resident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

DESK_PAGES = 4  # domain queries a list or desk may ask

# Who somebody is and what she may is asked on every page and counted apart.
IDENTITY = (
    '"django_session"',
    '"grids_gridgrant"',
    '"grids_departmentgrant"',
    'FROM "grids_post"',
    "SAVEPOINT",
)
SIGNED_IN = 'FROM "grids_user" WHERE "grids_user"."id" = '

# page                                  person          at most
PAGES = (
    ("/cases/",                         "official",     DESK_PAGES),
    ("/cases/",                         "dispatcher",   DESK_PAGES),
    ("/cases/",                         "direct",       DESK_PAGES),
    ("/cases/",                         "leader",       DESK_PAGES),
    ("/cases/",                         "officer",      DESK_PAGES),
    ("/cases/?q=垃圾&sort=due",         "dispatcher",   DESK_PAGES),
    ("/",                               "dispatcher",   DESK_PAGES),
    ("/",                               "direct",       DESK_PAGES),
    ("/",                               "leader",       DESK_PAGES),
    ("/",                               "officer",      DESK_PAGES),
    ("/",                               "official",     DESK_PAGES),
    ("/dispatch/",                      "dispatcher",   DESK_PAGES),
    ("/inquiries/",                     "official",     DESK_PAGES),
    ("/inquiries/",                     "leader",       DESK_PAGES),
    ("/notices/",                       "direct",       DESK_PAGES),
    ("/notices/?show=all",              "direct",       DESK_PAGES),
    ("/grids/410102/",                  "official",     None),
    ("/grids/410102006/",               "dispatcher",   None),
    ("/grids/410102006001/",            "direct",       None),
    ("/grids/410102006001001/",         "leader",       None),
    ("/reports/monthly/",               "dispatcher",   None),
    ("/reports/dispatch/",              "dispatcher",   None),
    ("/reports/daily/",                 "dispatcher",   None),
    ("/reports/daily/",                 "leader",       None),
    ("/reports/groups/",                "direct",       None),
    ("/monitor/",                       "official",     None),
    ("/outlook/?days=20",               "dispatcher",   None),
    ("/policies/",                      "secretary",    None),
    ("/duty/?month=2026-10",            "dispatcher",   None),
    ("/reports/monthly/?grid=410102",   "official",     None),
    ("/reports/dashboard/",             "official",     None),
    ("/visits/",                        "leader",       DESK_PAGES),
    ("/visits/",                        "direct",       DESK_PAGES),
    ("/visits/figures/",                "official",     None),
    ("/registers/",                     "leader",       None),
    ("/reports/reviews/",               "supervisor",   DESK_PAGES),
    ("/reports/charges/",               "leader",       DESK_PAGES),
    ("/dossier/",                       "leader",       None),
    ("/dossiers/",                      "supervisor",   None),
    ("/affairs/",                       "leader",       DESK_PAGES),
    ("/affairs/applications/",          "inspector",    DESK_PAGES),
    ("/commitments/",                   "dispatcher",   DESK_PAGES),
    ("/reports/commitments/",           "dispatcher",   None),
    ("/reports/admission/",             "official",     None),
)  # fmt: skip


def domain_queries(client, path: str) -> list[str]:
    """What a page asks about the domain, once everything that is kept for a minute is at hand."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert (answer.status_code, "<main" in answer.content.decode()) == (200, True)
    asked = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in asked if SIGNED_IN not in sql and not any(word in sql for word in IDENTITY)]


def report_and_assign(town, at, number: int) -> None:
    """So many cases at every desk: waiting, assigned to the community, assigned to the department."""
    for _ in range(number):
        town.report(at=at)
        for unit in (town.grid.east, town.department.chengguan):
            actions.assign(town.report(at=at), unit=unit, limit=Limit(7), by=town.post.dispatcher, at=at)


def let_visits_fall_due(town, at, doors) -> None:
    """A household to visit behind each door, every other one with somebody of a special group."""
    for n in doors:
        home = household(town, at, house_no=str(n))
        she = resident(home, at, id_number=id_number("19850615", n))
        if n % 2 == 0:
            opened(town, she, at)
        visit(home, purpose=Purpose.ROUND, met=Met.NOBODY, by=town.post.leader, at=at, key=uuid4())
    Household.objects.update(visit_due=at.date())
    GroupFile.objects.filter(state=FileState.OPEN).update(next_visit_due=at.date())


def asked_as_it_grows(town, enter, pages):
    """How often each page (address, person) asks with one row, with three and with sixty of everything."""
    counts = {page: [] for page in pages}
    made = 0
    for rows in (1, 3, 60):
        enter(range(made, rows))
        made = rows
        for address, person in pages:
            for kept in ("local", "shown"):  # else it may run out between the two looks of domain_queries
                caches[kept].clear()
            client = Client()
            client.force_login(town.user[person])
            counts[address, person].append(len(domain_queries(client, address)))
    return counts


def test_more_rows_ask_no_more_often(town, at):
    def enter(rows):
        report_and_assign(town, at, len(rows))
        let_visits_fall_due(town, at, rows)

    most = {(path, person): most for path, person, most in PAGES}

    counts = asked_as_it_grows(town, enter, most)

    assert {page: asked for page, asked in counts.items() if len(set(asked)) > 1} == {}
    assert {page: asked for page, asked in counts.items() if most[page] and asked[0] > most[page]} == {}


# register, and what it is narrowed to
REGISTERS = (
    ("residents", {}), ("residents", {"q": "程"}), ("residents", {"q": "cx"}), ("residents", {"q": "平安里"}),
    ("households", {}), ("households", {"q": "程"}), ("households", {"stale": "on"}), ("dwellings", {"q": "平安里"}),
    ("buildings", {}), ("premises", {}), ("organisations", {}),
)  # fmt: skip


def enter_people(town, at, numbers) -> None:
    """A household behind a door of its own, a shop and a company for each number."""
    for n in numbers:
        resident(household(town, at, house_no=str(n)), at, id_number=id_number("19850615", n))
        place = {"name": f"{n}号便利店", "address": f"平安里{n}号楼底商"}
        register_premises(town.grid.one, by=None, at=at, kind="shop", **place)
        register_organisation(town.grid.one, by=None, at=at, kind="company", **place)


def test_more_entries_of_a_register_ask_no_more_often(town, at, client):
    pages = []
    for person in ("secretary", "leader"):
        client.force_login(town.user[person])
        pages += [(client.post(f"/registers/{name}/", sought).url, person) for name, sought in REGISTERS]

    counts = asked_as_it_grows(town, lambda rows: enter_people(town, at, rows), pages)

    assert len(counts) == 2 * len(REGISTERS)
    assert {page: asked for page, asked in counts.items() if len(set(asked)) > 1} == {}
    assert {page: asked for page, asked in counts.items() if asked[0] > DESK_PAGES} == {}


def leave_only(*indexes: str, table: str = "cases_case") -> None:
    """Take every other index away, so that a small table shows whether these answer by themselves."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
        cursor.execute(
            "SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = %s::regclass"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [table],
        )
        for (name,) in cursor.fetchall():
            if name not in indexes:
                cursor.execute(f"DROP INDEX {name}")
        for way in ("enable_seqscan", "enable_bitmapscan"):
            cursor.execute(f"SET LOCAL {way} = off")


# place        the index that counts its open cases
OPEN_CASES = (
    ("district", "case_open_district"),
    ("street",   "case_open_street"),
    ("east",     "case_open_community"),
    ("one",      "case_open_building"),
)  # fmt: skip


@pytest.mark.parametrize(("place", "index"), OPEN_CASES)
def test_a_grid_counts_its_open_cases_by_child_from_one_index_alone(place, index, town, at):
    town.report(at=at)
    with CaptureQueriesContext(connection) as captured:
        open_by_child(town.grid[place], at)
    leave_only(index)

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {captured.captured_queries[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert f"Index Only Scan using {index}" in plan


@pytest.mark.parametrize(("place", "index"), OPEN_CASES)
def test_step_and_limit_of_open_cases_come_from_one_index_alone(place, index, town, at):
    town.report(at=at)
    leave_only(index)

    plan = Case.objects.open().inside(town.grid[place]).order_by().values("step", "due_at").explain()

    assert f"Index Only Scan using {index}" in plan


def test_pages_are_planned_for_small_questions_and_quick_disks(db):
    named = ("join_collapse_limit", "max_parallel_workers_per_gather", "random_page_cost")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(named)])
        found = dict(cursor.fetchall())

    assert found == {
        "join_collapse_limit": "3",
        "max_parallel_workers_per_gather": "0",
        "random_page_cost": "1.1",
    }
