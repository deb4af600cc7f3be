"""The books of the source articles, built row by row, come out as right and not as printed.

One case of each kind lives through the real actions; its rows, the case and its events, are then copied as often
as the article says. No figure reads any other table. Each copy stands where its last event says, as every case does.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessment.enums import Figure, Printed, Rate
from assessment.queries import tally
from assessment.queries.source import live
from assessment.rules.source import STATEMENTS
from cases import actions
from cases.enums import Unit
from cases.models import Case, CaseEvent
from cases.rules.clock import Limit
from grids.actions import load_tree
from grids.rules.codes import GridRow
from tests.assessment.hinting import given, passed, solved
from tests.cases.walks import photo

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGUN = datetime(2026, 9, 8, 9, 0, tzinfo=SHANGHAI)
LATER = datetime(2026, 10, 2, 9, 0, tzinfo=SHANGHAI)
SEPTEMBER = BEGUN.date().replace(day=1)
KEY, CIVIC = "A601", "C201"  # a category of each ledger; neither asks for a photo

SAID = {said.measure: said for said in STATEMENTS}


@pytest.fixture
def book(town, calendar):
    """The town, where what is late stays where it is. All of it is undone after the test."""
    stays = {"building_escalates": False, "reason": "试行"}
    actions.set_policy(town.grid.district, by=town.post.official, at=BEGUN.replace(day=1), **stays)
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)  # a whole book is read from its first row to its last
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")
    return town


INDEXES = """
SELECT indexrelid::regclass FROM pg_index
WHERE indrelid IN ('cases_case'::regclass, 'cases_caseevent'::regclass) AND NOT indisunique
"""


def times(number: int, case: Case) -> None:
    """There are so many cases like this one, the one included."""
    values = {"case": case.pk, "more": number - 1, "last": Case.objects.latest("pk").pk}
    own = {"id": "%(last)s + k", "number": "t.number || '/' || k"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
        )  # what the actions wrote
        _guards(cursor, "DISABLE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # a copy points where its model points
        cursor.execute(_copy(Case, "id", own), values)
        cursor.execute(
            _copy(CaseEvent, "case_id", {"case_id": "%(last)s + k", "key": "NULL"}, {"id"}), values
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        _guards(cursor, "ENABLE ALWAYS")
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), (SELECT max(id) FROM cases_case))"
        )
        cursor.execute("ANALYZE cases_case, cases_caseevent")
        cursor.execute(STRAY)
        assert cursor.fetchone() == (0,)


# Which case by case ask what STRAY asks of all at once.
GUARDS = (("cases_case", "case_state_has_its_event"), ("cases_caseevent", "event_moves_its_case"))
STRAY = """
SELECT count(*) FROM cases_case c
LEFT JOIN (SELECT case_id, max(seq) AS seq, count(*) AS n FROM cases_caseevent GROUP BY case_id) l ON l.case_id = c.id
LEFT JOIN cases_caseevent e ON e.case_id = l.case_id AND e.seq = l.seq
WHERE (e.step_after, l.seq, l.n) IS DISTINCT FROM (c.step, c.version, c.version::bigint)
"""


def _guards(cursor, change):
    for table, guard in GUARDS:
        cursor.execute(f"ALTER TABLE {table} {change} TRIGGER {guard}")


def _copy(model, key, own, left_out=frozenset()):
    columns = [f.column for f in model._meta.concrete_fields if f.column not in left_out]
    given_ = ", ".join(own.get(name, f"t.{name}") for name in columns)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {given_} "
        f"FROM {table} t, generate_series(1, %(more)s) k WHERE t.{key} = %(case)s"
    )


def test_the_two_ledgers_of_the_street_of_2013(book):
    times(3130, solved(book, BEGUN, code=KEY))
    times(1209, solved(book, BEGUN, code=CIVIC))
    late_key, late_civic = given(book, BEGUN, code=KEY), given(book, BEGUN, code=CIVIC)
    actions.sweep(at=LATER)
    times(4, Case.objects.get(pk=late_key.pk))
    times(5, Case.objects.get(pk=late_civic.pk))

    found = tally(book.grid.street, SEPTEMBER, cut_off=LATER)

    key, civic = found.by_ledger
    assert [(row.parts(Rate.CLOSING), str(row.rate(Rate.CLOSING))) for row in (key, civic, found.total)] == [
        ((3130, 3134), "99.87"),
        ((1209, 1214), "99.59"),
        ((4339, 4348), "99.79"),
    ]
    assert (key["new"], civic["new"], found.total["overdue_open"]) == (3134, 1214, 9)
    assert found.is_balanced
    _stands_on_the_page(Printed.KEY_CLOSED, key.parts(Rate.CLOSING), key.rate(Rate.CLOSING))
    _stands_on_the_page(Printed.CIVIC_CLOSED, civic.parts(Rate.CLOSING), civic.rate(Rate.CLOSING))
    _stands_on_the_page(Printed.BOTH_CLOSED, found.total.parts(Rate.CLOSING), found.total.rate(Rate.CLOSING))


def test_what_the_district_of_2015_entered_and_dealt_with(book):
    minor = book.report(at=BEGUN, code="B04")
    settled = actions.settle(minor, result="已清理", photos=[photo()], by=book.post.leader, at=BEGUN)
    times(105_803, passed(book, settled, BEGUN))
    late = given(book, BEGUN)
    actions.sweep(at=LATER)
    times(108_372 - 105_803, Case.objects.get(pk=late.pk))

    found = tally(book.grid.street, SEPTEMBER, cut_off=LATER).total

    assert (found["new"], found.parts(Rate.DISPOSAL)) == (108_372, (105_803, 108_372))
    assert str(found.rate(Rate.DISPOSAL)) == "97.63"
    _stands_on_the_page(Printed.DISPOSED, found.parts(Rate.DISPOSAL), found.rate(Rate.DISPOSAL))


def test_what_the_street_of_2014_took_on_went_somewhere(book):
    case = book.report(at=BEGUN, code=CIVIC)
    limit = Limit(3, Unit.WORKING_DAYS)
    times(80_331, actions.assign(case, unit=book.grid.one, limit=limit, by=book.post.dispatcher, at=BEGUN))
    up = actions.escalate(given(book, BEGUN), note="网格解决不了", by=book.post.leader, at=BEGUN)
    times(2_584, up)

    found = tally(book.grid.street, SEPTEMBER, cut_off=BEGUN.replace(hour=12)).total

    counts = [found[f] for f in (Figure.RECEIVED, Figure.DISPATCHED, Figure.ESCALATED, Figure.WAITING)]
    assert counts == [82_915, 80_331, 2_584, 0]
    assert (SAID[Printed.TAKEN_ON].numbers, SAID[Printed.TAKEN_ON].right) == ((80_331, 2_584), 82_915)


def _stands_on_the_page(measure, parts, rate):
    assert (SAID[measure].numbers, SAID[measure].right) == (parts, rate)


def test_the_tree_of_the_street_of_2013(db):
    """11459: one street, fourteen communities, fifty-nine building grids."""
    street = "410102006"
    communities = [f"{street}{n:03}" for n in range(1, 15)]
    buildings = [f"{communities[n % 14]}{n // 14 + 1:03}" for n in range(59)]
    rows = [GridRow("410102", "district", "中原区", ""), GridRow(street, "street", "三官庙街道", "410102")]
    rows += [GridRow(code, "community", f"社区{code[-3:]}", street) for code in communities]
    rows += [GridRow(code, "building", f"网格{code[-6:]}", code[:12]) for code in buildings]

    load_tree(rows, at=BEGUN)

    (found,) = live(None, BEGUN).values()
    assert (found.measure, found.numbers, found.right) == (Printed.GRIDS, (1, 14, 59), 74)
    assert SAID[Printed.GRIDS].numbers == found.numbers


# --- the page ---------------------------------------------------------------------------------------

# figure                 agrees  as printed  ours    it would take
VERDICTS = (
    (Printed.KEY_CLOSED,   False, "99.59",   "99.87", 3121),
    (Printed.CIVIC_CLOSED, True,  "99.59",   "99.59", 1209),
    (Printed.BOTH_CLOSED,  None,  "",        "99.79", None),
    (Printed.DISPOSED,     False, "97.7",    "97.63", 105_826),
    (Printed.TAKEN_ON,     True,  "82915",   "82915", None),
    (Printed.GRIDS,        None,  "",        "74",    None),
    (Printed.POINTS,       True,  "100",     "100",   None),
    (Printed.MEETINGS,     None,  "",        "None",  None),
    (Printed.OPERATIONS,   None,  "",        "None",  None),
    (Printed.INSPECTIONS,  None,  "",        "None",  None),
)  # fmt: skip


def test_what_agrees_with_the_source_and_what_does_not():
    assert (
        tuple((said.measure, said.agrees, said.printed, str(said.right), said.needed) for said in STATEMENTS)
        == VERDICTS
    )
    assert all((said.why is None) == (said.agrees is not False) for said in STATEMENTS)


@pytest.mark.parametrize("person", ["dispatcher", "volunteer", "outsider"])
def test_everybody_who_signed_in_may_read_what_was_checked(town, calendar, person):
    client = Client()
    client.force_login(town.user.get(person, town.outsider))

    page = client.get(reverse("assessment:source")).content.decode()

    assert all(text in page for text in ("99.87%", "99.79%", "97.63%", "97.7%", "82,915", "105,826"))
    assert "2 / 3 / 4 = 9" in page  # the town's own grids
    assert (town.grid.street.name in page) == (person == "dispatcher")  # figures only of one's own place


def test_ours_are_those_of_the_month_under_way(town, calendar):
    solved(town, BEGUN, code=CIVIC)

    found = live(town.grid.street, LATER.replace(month=9, day=30))

    assert found[Printed.CIVIC_CLOSED].numbers == (1, 1)
    assert str(found[Printed.BOTH_CLOSED].right) == "100.00"
    assert found[Printed.KEY_CLOSED].right is None
    assert found[Printed.TAKEN_ON].numbers == (1, 0, 0)
