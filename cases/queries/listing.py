"""The list of cases: what can be asked for, one page of it, and how many there are of each kind.

Whatever the size of the city, a page is three queries: rows, counts of the tabs, saved filters; the
places to choose from are a fourth, twice a minute.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.core.cache import caches
from django.core.cache.utils import make_template_fragment_key
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.sql import Query
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from gridgov.kit import listing
from gridgov.kit.listing import COUNT_CAP, CappedCount
from gridgov.kit.statistics import common_elements
from gridgov.kit.text import BigramMatch, bigrams
from grids.enums import Level, Right
from grids.models import Department, Grid
from grids.queries import display_calendar
from grids.rules import houses
from grids.rules.codes import ancestry
from grids.rules.workdays import SHANGHAI, end_of, local_date
from grids.scopes import Scope

from ..enums import OPEN_STEPS, DueState, Grade, Part, Severity, Step
from ..models import Assignment, Case, Category
from ..models.cases import STILL_OPEN, CaseQuerySet
from ..rules.standing import BY_KEY, span_of
from .desk import waiting
from .shown import DueShown, due_shown, suspended

OPEN = "open"  # as a step to look for: any of the open ones
LATER = "later"  # as a due state to look for: neither today nor over
NEWEST, BY_DUE = "", "due"
NEVER = datetime(3000, 1, 1, tzinfo=SHANGHAI)  # sorts cases without a limit behind all others
PRESSING = (Severity.URGENT, Severity.MAJOR)
ONE_DAY = timedelta(days=1)
WORDS = 6  # of a search; whoever types more is describing, not searching


# --- reference data a list needs on every page ---------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One category as lists know it."""

    pk: int
    code: str
    name: str
    parent: int | None
    severity: str
    department: str
    limit_amount: int
    limit_unit: str
    is_admitted: bool


def display_categories() -> dict[int, Item]:
    """The tree of categories, at most half a minute old."""
    found: dict[int, Item] | None = caches["local"].get("categories")
    if found is None:
        rows = Category.objects.order_by("code").values_list(
            "pk", "code", "name", "parent", "severity", "lead_department", "limit_amount", "limit_unit",
            "is_admitted",
        )  # fmt: skip
        found = {row[0]: Item(*row) for row in rows}
        caches["local"].set("categories", found, 30)
    return found


def branch(code: str) -> list[int]:
    """A category and everything below it."""
    items = display_categories().values()
    inside = {item.pk for item in items if item.code == code}
    while more := {item.pk for item in items if item.parent in inside} - inside:
        inside |= more
    return sorted(inside)


def is_common(word: str) -> bool:
    """Whether every pair of a word is in very many cases; one rare pair is enough for the index to be quick."""
    common = common_elements("cases_case", "gridgov_bigrams", "case_search")
    return all(pair in common for pair in bigrams(word))


def of_severity(*severities: str) -> list[int]:
    return [item.pk for item in display_categories().values() if item.severity in severities]


@dataclass(frozen=True)
class Place:
    """A grid or department that the list can be narrowed to."""

    kind: str  # grid, department
    pk: int
    code: str
    name: str
    level: int


GRIDS_SHOWN, DEPARTMENTS_SHOWN = 400, 200


def kept_as(what: str, scope: Scope) -> str:
    """The name in the cache of what depends on where a person may look, on her language, and on nothing else."""
    return make_template_fragment_key(what, (get_language(), scope.spans(), sorted(scope.departments())))


def places(scope: Scope, code: str = "") -> list[Place]:
    """What the filters offer: the places near the person's own, and the grid chosen now, however far below."""
    near: list[Place] = caches["shown"].get_or_set(kept_as("places", scope), lambda: _near(scope)) or []
    if not code or any((place.kind, place.code) == ("grid", code) for place in near):
        return near
    chosen = _told(Grid.objects.within(scope).filter(code=code), "grid", "level")
    return _sorted([*near, *(Place(*row) for row in chosen)])


def _near(scope: Scope) -> list[Place]:
    """Down to two levels below the person's own, and the departments there; one query."""
    top = min((span.level for span in scope.spans()), default=Level.BUILDING)
    offered = Grid.objects.within(scope).active().filter(level__lte=min(top + 2, Level.BUILDING))
    grids = _told(offered, "grid", "level")[:GRIDS_SHOWN]
    departments = _told(_departments(scope), "department", "grid__level")[:DEPARTMENTS_SHOWN]
    return _sorted(Place(*row) for row in grids.union(departments))


def _sorted(found: Iterable[Place]) -> list[Place]:
    return sorted(found, key=lambda place: (place.kind, place.code, place.pk))


def _told(queryset: QuerySet[Any], kind: str, level: str) -> QuerySet[Any, Any]:
    told = queryset.annotate(
        place_kind=Value(kind), place_code=Cast("code", CharField()), place_level=F(level)
    )
    told = told.order_by("place_level", "place_code")
    return told.values_list("place_kind", "pk", "place_code", "name", "place_level")


def _departments(scope: Scope) -> QuerySet[Department]:
    """Those that serve the places a person sees: at her level, below it and above it."""
    serving = Q(pk__in=scope.departments())
    for span in scope.spans():
        serving |= Q(grid__code__startswith=span.code) | Q(grid__code__in=ancestry(span.code))
    return Department.objects.active().filter(serving)


# --- what can be asked for -----------------------------------------------------------------------


@dataclass(frozen=True)
class Sought:
    """What a person asked the list for; empty means "does not matter". Filled by forms.listing."""

    q: str = ""
    step: str = ""
    due: str = ""
    category: str = ""
    ledger: str = ""
    channel: str = ""
    severity: str = ""
    grid: Place | None = None
    department: Place | None = None
    reported_from: date | None = None
    reported_to: date | None = None
    ended_from: date | None = None
    ended_to: date | None = None
    only: str = ""
    reporter: str = ""
    waiting: str = ""
    stood: str = ""
    holder: str = ""
    origin: str = ""
    reach: str = ""
    sort: str = NEWEST

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for at all."""
        return any(getattr(self, name.name) for name in fields(self))


Context = tuple[Scope, datetime]


def _step(value: str) -> Q:
    if value == OPEN:
        return STILL_OPEN
    return Q(step=value) & STILL_OPEN if value in OPEN_STEPS else Q(step=value, ended_at__isnull=False)


def _due(value: str, at: datetime) -> Q:
    tonight = end_of(local_date(at))
    spans = {
        DueState.OVERDUE: Q(due_at__lte=at),
        DueState.TODAY: Q(due_at__gt=at, due_at__lte=tonight),
        LATER: Q(due_at__gt=tonight),
        DueState.PAUSED: Q(suspended_until__isnull=False),
    }
    return STILL_OPEN & spans[value]


def _words(value: str, _asked: Context) -> Q:
    """Every word must occur somewhere in number, category, place or text."""
    found = Q()
    for word in value.split()[:WORDS]:
        found &= Q(BigramMatch("search_text", word, is_common=is_common(word)))
    return found


def _grid(value: Place, _asked: Context) -> Q:
    return Q(**{f"{Level(value.level).path_field}_id": value.pk})


def _stood(key: str, asked: Context) -> Q:
    """Open, and at its step for so many working days."""
    span = span_of(BY_KEY[key], display_calendar(), local_date(asked[1]))
    came = Q(step_since__gte=span.after) if span.after else Q()
    return STILL_OPEN & came & (Q(step_since__lt=span.before) if span.before else Q())


def _held(value: str, _asked: Context) -> Q:
    """Open, and held by one unit: g12 is a grid, d3 a department (queries.units)."""
    kind = {"g": "holder_grid_id", "d": "holder_department_id"}[value[0]]
    return STILL_OPEN & Q(**{kind: int(value[1:])})


def _claimed(asked: Context) -> Q:
    mine = [post.pk for post in asked[0].posts]
    return Q(step=Step.REPORTED, holder_post__in=mine) & STILL_OPEN


def _unsigned(asked: Context) -> Q:
    """Assigned, and nobody has signed within the sign limit."""
    late = Assignment.objects.filter(
        case=OuterRef("pk"), part=Part.LEAD, ended_at__isnull=True, signed_at__isnull=True,
        sign_due_at__lte=asked[1],
    )  # fmt: skip
    return Q(step=Step.ASSIGNED) & STILL_OPEN & Q(Exists(late))


ONLY: dict[str, tuple[Any, Callable[[Context], Q]]] = {
    "urgent": (gettext_lazy("Urgent or major"), lambda _asked: Q(category__in=of_severity(*PRESSING))),
    "returned": (gettext_lazy("Returned at least once"), lambda _asked: Q(returns__gt=0)),
    "reworked": (gettext_lazy("Reworked at least once"), lambda _asked: Q(reworks__gt=0)),
    "reopened": (gettext_lazy("Reopened"), lambda _asked: Q(reopenings__gt=0)),
    "claimed": (gettext_lazy("Claimed by me"), _claimed),
    "unsigned": (gettext_lazy("Not signed for in time"), _unsigned),
    "supervised": (gettext_lazy("Under supervision"), lambda _asked: ~Q(grade="") & STILL_OPEN),
    "supervised_red": (
        gettext_lazy("Under red supervision"),
        lambda _asked: ~Q(grade="") & Q(grade=Grade.RED) & STILL_OPEN,
    ),
    "expired": (gettext_lazy("A limit has passed"), lambda _asked: Q(expiries__gt=0)),
    # What a grid above counts as its own: in the tables by grid it is a line of its own.
    "no_community": (gettext_lazy("In no community"), lambda _asked: Q(community__isnull=True)),
    "no_building": (gettext_lazy("In no building grid"), lambda _asked: Q(building__isnull=True)),
}

FILTERS: dict[str, Callable[[Any, Context], Q]] = {
    "q":             _words,
    "step":          lambda step, _asked: _step(step),
    "due":           lambda state, asked: _due(state, asked[1]),
    "category":      lambda code, _asked: Q(category__in=branch(code)),
    "ledger":        lambda ledger, _asked: Q(ledger=ledger),
    "channel":       lambda channel, _asked: Q(channel=channel),
    "severity":      lambda severity, _asked: Q(category__in=of_severity(severity)),
    "grid":          _grid,
    "department":    lambda place, _asked: Q(department_id=place.pk),
    "reported_from": lambda day, _asked: Q(reported_at__gte=end_of(day - ONE_DAY)),
    "reported_to":   lambda day, _asked: Q(reported_at__lt=end_of(day)),
    "ended_from":    lambda day, _asked: Q(ended_at__gte=end_of(day - ONE_DAY)),
    "ended_to":      lambda day, _asked: Q(ended_at__lt=end_of(day)),
    "only":          lambda value, asked: ONLY[value][1](asked),
    "stood":         _stood,
    "holder":        _held,
    "origin":        lambda origin, _asked: Q(origin=origin) & ~Q(origin=""),
    "reporter":      lambda _me, asked: Q(reporter_id=asked[0].user_id),
}  # fmt: skip


def found(sought: Sought, scope: Scope, at: datetime, *, but: Sequence[str] = ()) -> CaseQuerySet:
    """The cases that answer; `but` names what to leave out of account."""
    cases = waiting(sought.waiting, scope, at).order_by() if sought.waiting else Case.objects.all()
    cases = cases.within(scope)
    if sought.reach:  # a number of the dispatch desk counts where she dispatches
        cases = cases.within(scope, Right.DISPATCH)
    for name, condition in FILTERS.items():
        value = getattr(sought, name)
        if value and name not in but:
            cases = cases.filter(condition(value, (scope, at)))
    return cases


# --- tabs ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """One tab: the part of the address that leads there, and how many rows wait behind it."""

    label: str
    query: dict[str, str | None]
    count: CappedCount
    current: bool
    hot: bool


# step               due                label
TABS: tuple[tuple[str, str, Any], ...] = (
    ("",             "",                gettext_lazy("All")),
    (Step.REPORTED,  "",                gettext_lazy("To assign")),
    (Step.ASSIGNED,  "",                gettext_lazy("To sign for")),
    (Step.HANDLING,  "",                gettext_lazy("In handling")),
    (Step.FED_BACK,  "",                gettext_lazy("To verify")),
    (Step.VERIFIED,  "",                gettext_lazy("To close")),
    ("",             DueState.OVERDUE,  gettext_lazy("Overdue")),
    ("",             DueState.TODAY,    gettext_lazy("Due today")),
    (Step.CLOSED,    "",                gettext_lazy("Closed")),
)  # fmt: skip


def tabs(sought: Sought, scope: Scope, at: datetime) -> tuple[list[Tab], CappedCount]:
    """Every tab with its count, the other filters kept, and the count of the list itself; one query."""
    here = (sought.step, sought.due)
    rest = asking(found(sought, scope, at, but=("step", "due")))
    asked = {(step, due): _behind(step, due, rest, at) for step, due, _label in TABS}
    asked.setdefault(here, asking(found(sought, scope, at)))  # the tab in use counts what the list counts
    counts = dict(zip(asked, capped_counts([*asked.values()]), strict=True))
    shown = [
        Tab(
            str(label), {"step": step, "due": due, "sort": None}, counts[step, due],
            here == (step, due), due == DueState.OVERDUE,
        )
        for step, due, label in TABS
    ]  # fmt: skip
    return shown, counts[here]


Asked = tuple[str, tuple[Any, ...]]  # SQL and its parameters


def asking(cases: CaseQuerySet) -> Asked:
    """The statement for the cases of a scope; it ends with its conditions, so that one more can be added."""
    try:
        return cases.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 'SELECT "cases_case"."id" FROM "cases_case" WHERE false', ()


def _behind(step: str, due: str, rest: Asked, at: datetime) -> Asked:
    """The statement for the cases of a tab: the rest with one condition more.

    Django would take longer to write each of them from the beginning than the database takes to answer all.
    """
    if not step and not due:
        return rest
    condition, params = _at_step(step) if step else _written(_due(due, at))
    return f"{rest[0]} AND {condition}", (*rest[1], *params)


@cache
def _at_step(step: str) -> Asked:
    return _written(_step(step))


def _written(condition: Q) -> Asked:
    """A condition on the columns of a case, as SQL."""
    query = Query(Case)
    sql, params = query.build_where(condition).as_sql(query.get_compiler(connection=connection), connection)
    return sql, tuple(params)


def capped_counts(parts: Sequence[Asked], cap: int = COUNT_CAP) -> list[CappedCount]:
    """How many rows each statement has, none counted beyond the cap; one query for all."""
    counts = ", ".join(f"(SELECT count(*) FROM ({sql} LIMIT {cap + 1}) AS part)" for sql, _params in parts)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _sql, params in parts for value in params])
        return [CappedCount(min(n, cap), n > cap) for n in cursor.fetchone()]


# --- rows ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One case, ready to print."""

    pk: int
    url: str
    number: str
    category: str
    urgency: str  # the word of an urgent chip, or nothing
    where: str
    reporter: str
    reported: str
    step: str
    step_label: str
    holder: str
    due: DueShown
    marks: tuple[str, ...]

    @property
    def is_late(self) -> bool:
        return self.due.state == DueState.OVERDUE


COLUMNS = (
    "id", "number", "category_id", "place", "house_no", "unit_no", "grid__name", "community__name",
    "street__name", "reporter__name", "reported_at", "step", "holder_grid__name", "holder_department__name",
    "due_at", "is_provisional", "ended_at", "on_time", "returns", "reworks", "reopenings", "version",
    "suspended_until",
)  # fmt: skip


def rows(sought: Sought, scope: Scope, at: datetime, cursor: str | None = None) -> listing.Page[Row]:
    """One page of the list; one query, the same for page one and page two thousand."""
    cases = found(sought, scope, at)
    order: tuple[str, ...] = ("-id",)
    columns: tuple[str, ...] = COLUMNS
    if sought.sort == BY_DUE:
        limit = Coalesce("due_at", Value(NEVER), output_field=DateTimeField())
        cases, order, columns = cases.annotate(pressing=limit), ("pressing", "id"), (*COLUMNS, "pressing")
    page = listing.page(cases.values(*columns), cursor=cursor, order=order)
    return listing.Page(_printed(page.rows, at), page.next_cursor, page.previous_cursor)


Facts = Mapping[str, Any]


def _printed(found: Sequence[Facts], at: datetime) -> list[Row]:
    """The rows of a page; what they share is looked up once, and so is a limit that several have."""
    categories, calendar = display_categories(), display_calendar()
    head, tail = reverse("cases:detail", args=[0]).rsplit("0", 1)
    limit = cache(lambda due_at, is_provisional: due_shown(due_at, is_provisional, at, calendar))
    return [
        _row(
            facts,
            url=f"{head}{facts['id']}{tail}",
            item=categories.get(facts["category_id"]),
            due=_standing(facts, limit),
        )
        for facts in found
    ]


def _row(facts: Facts, *, url: str, item: Item | None, due: DueShown) -> Row:
    """The strings of one row."""
    urgency = Severity(item.severity).label if item and item.severity in PRESSING else ""
    return Row(
        pk=facts["id"],
        url=url,
        number=facts["number"],
        category=item.name if item else "",
        urgency=str(urgency),
        where=where(facts),
        reporter=facts["reporter__name"] or "—",
        reported=f"{facts['reported_at'].astimezone(SHANGHAI):%m-%d %H:%M}",
        step=facts["step"],
        step_label=str(Step(facts["step"]).label),
        holder=_holder(facts),
        due=due,
        marks=marks(facts),
    )


def where(facts: Facts) -> str:
    """Community, grid and the place in it, without saying anything twice."""
    parts = (
        facts["community__name"],
        facts["grid__name"],
        facts["place"],
        *houses.said(facts["house_no"], facts["unit_no"]),
    )
    return " ".join(dict.fromkeys(part for part in parts if part))


def _holder(facts: Facts) -> str:
    if facts["ended_at"] or facts["step"] == Step.REPORTED:
        return "—"
    return facts["holder_department__name"] or facts["holder_grid__name"] or "—"


def _standing(facts: Facts, limit: Callable[[datetime | None, bool], DueShown]) -> DueShown:
    if facts["ended_at"]:
        state = {True: "done", False: "late", None: "none"}[facts["on_time"]]
        return DueShown(state, None, None, "", False)
    if facts["suspended_until"]:
        return suspended(facts["suspended_until"])
    return limit(facts["due_at"], facts["is_provisional"])


def marks(facts: Facts) -> tuple[str, ...]:
    """What went wrong on the way, in a word each; mostly nothing."""
    if not (facts["returns"] or facts["reworks"] or facts["reopenings"]):
        return ()
    # number              one of them, several of them
    told = (
        (facts["returns"],    ngettext("returned once", "returned %(n)d times", facts["returns"])),
        (facts["reworks"],    ngettext("reworked once", "reworked %(n)d times", facts["reworks"])),
        (facts["reopenings"], _("reopened")),
    )  # fmt: skip
    return tuple(text % {"n": n} if "%" in text else text for n, text in told if n)
