"""How quickly somebody is found among a million residents, and what each list of the registers reads.

Searches are measured as the list asks them: which rows the page has, in order, and the capped count above it.
"""

import os

from django.db.models import QuerySet

from gridgov.kit.listing import capped_count, page
from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import local_date
from grids.scopes import Scope, Span
from residents.queries.registers import REGISTERS, Sought, found, page_of

from . import city as plan
from . import register as town
from .meter import Call, Plan, Report, Statement, execution, in_turns, run, statements
from .pages import grid
from .server import City

PLACES = (plan.DISTRICT, plan.STREET, plan.BUILDING)
AT_MOST = 20  # times SELECT 1
HELD = (
    "ID number",
    "rare name",
    "common surname",
    "name part",
    "missing name",
    "rare initials",
    "usual initials",
)
TERMS = (
    # register      what                       term
    ("residents",   "ID number",               town.id_number(777_777 % 100_000)),
    ("residents",   "rare name",               town.RARE_NAME),
    ("residents",   "common surname",          town.COMMON_NAME),
    ("residents",   "name part",               town.COMMON_PART),
    ("residents",   "missing name",            town.MISSING_NAME),
    ("residents",   "rare initials",           town.RARE_INITIALS),
    ("residents",   "usual initials",          town.COMMON_INITIALS),
    ("residents",   "address of a building",   town.SOME_YARD),
    ("residents",   "address of a door",       town.SOME_DOOR),
    ("households",  "rare name",               town.RARE_NAME),
    ("households",  "common surname",          town.COMMON_NAME),
    ("households",  "address of a building",   town.SOME_YARD),
    ("dwellings",   "address of a building",   town.SOME_YARD),
)  # fmt: skip


def registering(report: Report, _big: City, _small: City) -> None:
    """Budget 7: a person is found at once, whatever is known of her and whoever asks."""
    number = int(os.environ.get("PEOPLE", "").replace("_", "") or 1_000_000)
    people = town.People(number)
    town.ensure(people)
    with people.open():
        for code in PLACES:
            place = grid(code)
            scope = _of(place)
            for name in REGISTERS:
                _list(report, name, place, scope)
            for name, what, term in TERMS:
                _search(report, name, what, term, place, scope)


def _of(place: Grid) -> Scope:
    span = Span(place.level, place.pk, place.code)
    return Scope(user_id=None, by_right={Right.REGISTER: (span,)})


def _rows(name: str, scope: Scope, term: str = "") -> QuerySet:
    return found(REGISTERS[name], Sought(q=term), scope, Right.REGISTER, local_date(plan.NOW))


def _list(report: Report, name: str, place: Grid, scope: Scope) -> None:
    """The first page of a register without any filter: the rows that are read, against those that are shown."""
    plans = [
        execution(asked, 5)
        for asked in statements(lambda: page_of(REGISTERS[name], _rows(name, scope), Sought()))
    ]
    in_vain, note = sum(plan_.in_vain for plan_ in plans), "; ".join(map(_told, plans))
    report.add("7", f"{name}, {_level(place)}: rows read in vain", in_vain, 1, 0, "rows", note=note)


def _search(report: Report, name: str, what: str, term: str, place: Grid, scope: Scope) -> None:
    """Which rows a page has, there and back again; what they show is as quick as in a list nobody has narrowed."""
    rows = _rows(name, scope, term)
    keys, count = (
        _asked(lambda: page(rows.select_related(None).values("id"))),
        _asked(lambda: capped_count(rows)),
    )
    found_keys, one = in_turns(run(keys), run(("SELECT 1", None)), rounds=21)
    title, limit = (
        f"{what} in {name}, {_level(place)}",
        AT_MOST if name == "residents" and what in HELD else None,
    )
    report.add("7", f"{title} / SELECT 1", found_keys, one, limit, note=_told(execution(keys, 5)))
    counted = execution(count, 3)
    report.add("7", f"{title}: capped count / SELECT 1", counted.ms, one, note=_told(counted))


def _asked(call: Call) -> Statement:
    """The statement about the register: what is looked up before it is kept for a while."""
    return statements(call)[-1]


def _level(place: Grid) -> str:
    return Level(place.level).path_field


def _told(plan_: Plan) -> str:
    """How the database answered: its own time, rows it read beyond those it gave, by which indexes."""
    return f"{plan_.ms:.2f} ms, {plan_.in_vain:,} rows in vain, {', '.join(sorted(plan_.indexes))}"
