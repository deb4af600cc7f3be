"""What is measured, budget by budget. The numbers of the budgets are those of docs/performance.md."""

import time
from collections.abc import Callable
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import QuerySet

from assessment.actions import rollups as actions_of_months
from assessment.queries.grids import open_by_child
from assessment.queries.tally import counted, kept, tally
from assessment.rules.rates import Period
from cases import actions
from cases.enums import Step
from cases.models import Case
from cases.queries.counters import counters
from cases.queries.listing import Sought, found, rows, tabs
from gridgov.kit.listing import PAGE_SIZE, Direction, encode
from gridgov.kit.text import BigramMatch
from grids.enums import Level, Right
from grids.models import Grid
from grids.scopes import Scope, Span

from . import city as plan
from . import words
from .importing import importing
from .meter import Plan, Report, Statement, execution, explain, in_turns, run, statements, without
from .pages import PAGES, Handmade, Person, address, asked, everybody, grid, number_of
from .registering import registering
from .scoring import scoring
from .server import City
from .sweeping import sweeping

DOMAIN_QUERIES = 4
LIMITED = (
    "list",
    "desk",
    "dispatch",
)  # the others are told, and held constant by tests/test_query_budgets.py
LOAD_SECONDS = 5
OPEN_ROWS = "ended_at IS NULL"


def queries(report: Report, big: City, small: City) -> None:
    """Budget 1: how often each page asks, in a large and in a small city."""
    people = {city: everybody(city) for city in (big, small)}
    for name, url_name, arguments, viewers in PAGES:
        url = address(url_name, arguments)
        if not url:
            report.note(f"1    {name}: not built yet")
            continue
        for viewer in viewers:
            many, few = (_asked(people[city][viewer], url) for city in (big, small))
            note = f"{len(few.domain)} at {small.cases:,}; + {many.who} who she is, {many.session} session and user"
            limit = DOMAIN_QUERIES if name in LIMITED else None
            report.add(
                "1", f"{name}, {viewer}: domain queries", len(many.domain), 1, limit, "queries", note=note
            )


def _asked(person: Person, url: str) -> Any:
    visit = person.opens(url)
    visit()
    with person.city.open():
        return asked(visit)


def list_pages(report: Report, big: City, small: City) -> None:
    """Budget 2: a page of fifty costs the same in a large and a small city, at the top and far down."""
    url = address("cases:list", ())
    for viewer in ("official", "dispatcher", "leader"):
        here, there = Person(big, viewer), Person(small, viewer)
        large, little = in_turns(here.opens(url), there.opens(url))
        report.add("2", f"list page, {viewer}: {big.cases:,} / {small.cases:,}", large, little, 1.25)
    for viewer, column, code in (
        ("official", "district_id", plan.DISTRICT),
        ("dispatcher", "street_id", plan.STREET),
    ):
        with big.open():
            number, deep = _deep_page(column, grid(code).pk)
        person = Person(big, viewer)
        far, first = in_turns(person.opens(f"{url}?cursor={deep}"), person.opens(url))
        report.add("2", f"list page, {viewer}: page {number:,} / page 1", far, first, 1.1)
    with big.open():
        _list_statement(report, Person(big, "official"))


def _deep_page(column: str, place: int) -> tuple[int, str]:
    """Page 2,000, or the last whole one of a smaller place: its number and its cursor."""
    cases = Case.objects.filter(**{column: place}).order_by("-pk")
    number = min(2000, cases.count() // PAGE_SIZE)
    last = cases.values_list("pk", flat=True)[(number - 1) * PAGE_SIZE - 1]
    return number, encode(Direction.NEXT, {"id": last}, ("-id",))


def _list_statement(report: Report, person: Person) -> None:
    scope = person.scope()
    cursor = _deep_page("district_id", scope.spans()[0].grid_id)[1]
    first = execution(_only(lambda: rows(Sought(), scope, plan.NOW)))
    deep = execution(_only(lambda: rows(Sought(), scope, plan.NOW, cursor)))
    report.add("2", "statement of the rows: page 2,000 / page 1", deep.ms, first.ms, None, note=_told(first))
    tab_plan = execution(_only(lambda: tabs(Sought(), scope, plan.NOW)))
    report.add("2", "statement of the tabs' counts / of the rows", tab_plan.ms, first.ms, None)


def _only(call: Callable[[], Any]) -> Statement:
    """The statement about cases that a call makes, whatever else it has to look up once a minute."""
    return next(statement for statement in statements(call) if "cases_case" in statement[0])


def _told(plan_: Plan) -> str:
    return ", ".join(sorted(index for index in plan_.indexes if index.startswith("case_")))


def handmade(report: Report, big: City, _small: City) -> None:
    """Budget 3: what the house costs beside the same page by hand."""
    url = address("cases:list", ())
    for viewer in ("official", "dispatcher"):
        person, by_hand = Person(big, viewer), Handmade(big, viewer)
        real, raw, plain = in_turns(
            person.opens(url), by_hand.opens("/raw/"), by_hand.opens("/raw/?plain=1"), rounds=21
        )
        report.add("3", f"list page, {viewer} / the same by hand", real, raw, 2)
        report.add("3", f"list page, {viewer} / only its rows by hand", real, plain)


def counting(report: Report, big: City, _small: City) -> None:
    """Budget 4: what is open is counted from the index of what is open, whatever has been closed before."""
    with big.open():
        street, district = grid(plan.STREET), grid(plan.DISTRICT)
        _street_counters(report, street)
        _district_counters(report, district)
        person = Person(big, "dispatcher")
        ask, one = in_turns(lambda: counters(person.scope(), plan.NOW), run(("SELECT 1", None)))
        report.add("4", "all counters of the dispatch desk / SELECT 1", ask, one)


def _dispatching(place: Grid) -> Scope:
    span = Span(place.level, place.pk, place.code)
    return Scope(user_id=None, by_right={Right.VIEW: (span,), Right.DISPATCH: (span,)})


def _open_counters(place: Grid) -> Statement:
    """The statement of the desk's counters that asks for step and due time alone."""
    return statements(lambda: counters(_dispatching(place), plan.NOW))[0]


def _street_counters(report: Report, street: Grid) -> None:
    statement = _open_counters(street)
    with_index = execution(statement)
    report.add(
        "4", "street counters: rows read from the table", with_index.heap_fetches, 1, 0, "rows",
        note="index only" if with_index.is_index_only else "NOT index only",
    )  # fmt: skip
    open_rows = number_of("cases_case", f"street_id = {street.pk} AND {OPEN_ROWS}")
    partial = _indexes("%ended_at IS NULL%")
    with without(partial):
        partial_gone = execution(statement, 5)
    with without([*partial, *_indexes("%ended_at%", but=partial)]):
        gone = execution(statement, 5)
    note = f"{open_rows} open of {number_of('cases_case', f'street_id = {street.pk}'):,}; then {_told(gone)}"
    report.add(
        "4",
        "street counters: no index knows the end / now",
        gone.ms,
        with_index.ms,
        100,
        is_floor=True,
        note=note,
    )
    report.add(
        "4",
        "street counters: without the partial ones / now",
        partial_gone.ms,
        with_index.ms,
        note=_told(partial_gone),
    )


def _indexes(definition: str, but: Any = ()) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'cases_case' AND indexdef LIKE %s",
            [definition],
        )
        return [name for (name,) in cursor.fetchall() if name not in but]


def _district_counters(report: Report, district: Grid) -> None:
    open_rows = number_of("cases_case", f"district_id = {district.pk} AND {OPEN_ROWS}")
    desk = execution(_open_counters(district))
    report.add(
        "4", "district counters: ns / open rows", desk.ms * 1e6, open_rows, 150, "ns", note=_told(desk)
    )
    page = execution(_only(lambda: open_by_child(district, plan.NOW)))
    report.add(
        "4",
        "grid page of a district, by street: ns / open rows",
        page.ms * 1e6,
        open_rows,
        150,
        "ns",
        note=_told(page),
    )


# term, where                        for information
TERMS = (
    ("rare", words.RARE_TERM), ("without a hit", words.MISSING_TERM), ("usual", words.COMMON_TERM),
    ("frequent", words.FREQUENT_TERM), ("of four characters", words.LONG_TERM),
)  # fmt: skip
SEQUENTIAL = ("enable_indexscan = off", "enable_bitmapscan = off", "enable_indexonlyscan = off")


def searching(report: Report, big: City, _small: City) -> None:
    """Budget 6: any two characters are found by index, however rare or frequent."""
    with big.open():
        everywhere = Case.objects.filter(BigramMatch("search_text", words.RARE_TERM))
        rare = _statement_of(everywhere.order_by("-pk").values_list("pk")[:51])
        taken, one = in_turns(run(rare), run(("SELECT 1", None)), rounds=51)
        hits = everywhere.count()
        report.add("6", f"rare term in {big.cases:,} texts / SELECT 1", taken, one, 20, note=f"{hits} hits")
        for code, place in (
            (plan.DISTRICT, "district"),
            (plan.STREET, "street"),
            (plan.COMMUNITY, "community"),
        ):
            for kind, term in TERMS:
                _term(report, _dispatching(grid(code)), place, kind, term)
            _term(report, _dispatching(grid(code)), place, "of one character", words.LETTER, None)
        _pages_of_terms(report, big)


def _statement_of(queryset: QuerySet[Any, Any]) -> Statement:
    return queryset.query.sql_with_params()


def _term(report: Report, scope: Scope, place: str, kind: str, term: str, limit: float | None = 0.2) -> None:
    """The rows of a page and the counts of its tabs, against reading the whole table."""
    sought = Sought(q=term)
    hits = found(sought, scope, plan.NOW)[:1001].count()
    for what, statement in (
        ("rows", _only(lambda: rows(sought, scope, plan.NOW))),
        ("tabs", _only(lambda: tabs(sought, scope, plan.NOW))),
    ):
        quick = execution(statement, 5)
        with without(settings=SEQUENTIAL):
            slow = explain(("SELECT count(*) FROM cases_case WHERE search_text LIKE %s", [f"%{term}%"]))
        note = f"{hits} hits, {_told(quick)}"
        report.add(
            "6", f"{kind} term, {place}: {what} / sequential scan", quick.ms, slow.ms, limit, note=note
        )


def _pages_of_terms(report: Report, big: City) -> None:
    url = address("cases:list", ())
    for viewer in ("official", "dispatcher"):
        person = Person(big, viewer)
        for kind, term in TERMS:
            found_page, plain = in_turns(person.opens(f"{url}?q={term}"), person.opens(url), rounds=7)
            report.add("6", f"list page, {viewer}, {kind} term / no term", found_page, plain)


def month(report: Report, big: City, _small: City) -> None:
    """For information: the figures of a month, and one step of one case."""
    with big.open():
        first = date(plan.NOW.year, plan.NOW.month - 1, 1)
        one = run(("SELECT 1", None))
        for code in (plan.DISTRICT, plan.STREET):
            place = grid(code)
            number = number_of("cases_case", f"{Level(place.level).path_field}_id = {place.pk}")
            count = lambda place=place: tally(place, first, cut_off=plan.NOW)  # noqa: E731
            taken, nothing = in_turns(count, one, rounds=3, warm=1)
            asked_ = len(statements(count))
            report.add("-", f"tally of last month, {Level(place.level).path_field} / SELECT 1", taken, nothing,
                       note=f"{asked_} queries over {number:,} cases")  # fmt: skip
        _one_step(report)


def kept_months(report: Report, big: City, _small: City) -> None:
    """Budget 10: the report of a month that is over, as it was counted once for every grid."""
    with big.open():
        first = date(plan.NOW.year, plan.NOW.month - 1, 1)
        district = grid(plan.DISTRICT)
        period = Period.of(first, plan.NOW)
        began = time.perf_counter()
        actions_of_months.roll_up(district, first, by=None, at=plan.NOW)
        report.add("-", "seconds to roll up a month of a district", time.perf_counter() - began, 1, unit="s")
        for code in (plan.DISTRICT, plan.STREET, plan.COMMUNITY, plan.BUILDING):
            place = grid(code)
            (reading,) = statements(lambda place=place: kept(place, [period]))
            taken, counting_, one = in_turns(
                run(reading), lambda place=place: counted(place, period), run(("SELECT 1", None)), rounds=7
            )
            level, rows_ = Level(place.level).path_field, len(run(reading)())
            report.add(
                "10", f"closed month of a {level}: kept / SELECT 1", taken, one, 10, note=f"{rows_} rows"
            )
            report.add("10", f"closed month of a {level}: counted / kept", counting_, taken)


def _one_step(report: Report) -> None:
    """A community signs for its work: lock, rule, row, event, and the check at commit; taken back each time."""
    waiting = Case.objects.open().at_step(Step.ASSIGNED).filter(holder_grid__level=Level.COMMUNITY)
    case = waiting.order_by("-pk")[0]
    post = case.holder_post

    def sign() -> None:
        with transaction.atomic():
            actions.sign(case, by=post, at=plan.NOW, version=case.version)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)

    taken, one = in_turns(sign, run(("SELECT 1", None)))
    report.add(
        "-",
        "one step (sign) with its event / SELECT 1",
        taken,
        one,
        note=f"{len(statements(sign))} statements",
    )


def loading(report: Report, _big: City, small: City) -> None:
    """19,035 grids from two files into a tree that has as many already; checked, written and taken back."""
    with TemporaryDirectory() as folder, small.open():
        divisions, buildings = _written(Path(folder))
        began = time.perf_counter()
        call_command(
            "load_grids", divisions, buildings=buildings, dry_run=True, stdout=_Nowhere(), stderr=_Nowhere()
        )
        taken = time.perf_counter() - began
    report.add("-", "seconds to load 19,035 grids", taken, 1, LOAD_SECONDS, "s")


def _written(folder: Path) -> tuple[Path, Path]:
    files = folder / "divisions.csv", folder / "buildings.csv"
    rows_ = plan.tree("4201")
    for file, chosen in zip(
        files,
        ([r for r in rows_ if r.level != "building"], [r for r in rows_ if r.level == "building"]),
        strict=True,
    ):
        lines = (f"{r.code},{r.level},{r.name},{r.parent_code}\n" for r in chosen)
        file.write_text("".join(chain(["code,level,name,parent_code\n"], lines)), encoding="utf-8")
    return files


class _Nowhere:
    def write(self, _text: str) -> None:
        pass

    def flush(self) -> None:
        pass


MEASURES: dict[str, Callable[[Report, City, City], None]] = {
    "queries": queries,
    "pages": list_pages,
    "handmade": handmade,
    "counters": counting,
    "sweep": sweeping,
    "search": searching,
    "month": month,
    "rollup": kept_months,
    "scoring": scoring,
    "loading": loading,
    "import": importing,
    "people": registering,
}
WITHOUT_CASES = frozenset({"people"})  # what needs no city of cases
