"""What departments have applied for, what was admitted to the grids, and what the grids were given because of it.

Everything is read as of the moment of the period: a decision or an exit that came later is not known yet. Only
affairs that were admitted on application count; what came with the list has no department (docs/rules/admission.md §6).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import TruncDate

from cases.enums import Action, AdmissionChange, AdmissionState
from cases.models import Admission, AdmissionEvent, Affair, CaseEvent
from grids.models import Department, Grid
from grids.rules.workdays import SHANGHAI, last_day_of
from grids.scopes import Scope

from ..enums import AdmissionFigure
from ..rules.admissions import BALANCES
from ..rules.rates import Period
from .records import Record, Source, moment_text

Condition = Callable[[Period], Q]

# --- which rows each number counts ------------------------------------------------------------------------

ENDING = (AdmissionChange.ADMITTED, AdmissionChange.REFUSED, AdmissionChange.WITHDRAWN)
STILL = Q(ended_at__isnull=True)


def _ended_as(state: AdmissionState) -> Condition:
    return lambda period: Q(state=state, ended_at__gte=period.start, ended_at__lt=period.moment)


APPLICATIONS: dict[AdmissionFigure, Condition] = {
    AdmissionFigure.PENDING_BEFORE: lambda p: Q(applied_at__lt=p.start) & (STILL | Q(ended_at__gte=p.start)),
    AdmissionFigure.APPLIED: lambda p: Q(applied_at__gte=p.start),
    AdmissionFigure.ADMITTED: _ended_as(AdmissionState.ADMITTED),
    AdmissionFigure.REFUSED: _ended_as(AdmissionState.REFUSED),
    AdmissionFigure.WITHDRAWN: _ended_as(AdmissionState.WITHDRAWN),
    AdmissionFigure.PENDING: lambda p: STILL | Q(ended_at__gte=p.moment),
}

# `off` is the first day off the list as it was known at the moment.
STAYS = Q(off__isnull=True)
AFFAIRS: dict[AdmissionFigure, Condition] = {
    AdmissionFigure.LISTED_BEFORE: lambda p: Q(since__lt=p.first) & (STAYS | Q(off__gte=p.first)),
    AdmissionFigure.BEGUN: lambda p: Q(since__range=(p.first, last_day_of(p.moment))),
    AdmissionFigure.LEFT: lambda p: Q(off__range=(p.first, last_day_of(p.moment))),
    AdmissionFigure.LISTED: lambda p: (
        Q(since__lte=last_day_of(p.moment)) & (STAYS | Q(off__gt=last_day_of(p.moment)))
    ),
}


def _applications(district: Grid, period: Period) -> QuerySet[Admission]:
    """The applications there were, each with when it was decided or taken back, if it ever was."""
    ends = AdmissionEvent.objects.filter(admission=OuterRef("pk"), change__in=ENDING).values("at")[:1]
    rows = Admission.objects.filter(district=district, applied_at__lt=period.moment)
    return rows.annotate(ended_at=Subquery(ends))


def _affairs(district: Grid, period: Period) -> QuerySet[Affair]:
    """The affairs that were admitted by the moment, but for those whose term ended before it began.

    Nothing leaves the list for a past day: whoever takes an affair off after the moment, takes it off later
    than any day the period asks about.
    """
    rows = Affair.objects.filter(on_list__district=district, admission__decided_at__lt=period.moment)
    known = Case(When(left_at__gte=period.moment, then=None), default=F("until"))
    return rows.annotate(off=known).filter(STAYS | Q(off__gt=F("since")))


def _given(district: Grid, period: Period) -> QuerySet[CaseEvent]:
    """Cases given to grids because of an affair on the list at that moment; who dispatches gives to grids below her only."""
    of_affair = Affair.objects.filter(
        Q(until__isnull=True) | Q(until__gt=OuterRef("day")) | Q(left_at__gt=OuterRef("at")),
        on_list__district=district,
        category=OuterRef("category"),
        since__lte=OuterRef("day"),
        admission__decided_at__lte=OuterRef("at"),
    )
    rows = CaseEvent.objects.filter(
        action__in=[Action.ASSIGN, Action.TRANSFER], at__gte=period.start, at__lt=period.moment,
        case__district=district, holder_grid__isnull=False,
        category__in=Affair.objects.filter(on_list__district=district, admission__isnull=False).values("category"),
    ).annotate(day=TruncDate("at", tzinfo=SHANGHAI))  # fmt: skip
    owner = Subquery(of_affair.values("admission__department")[:1])
    return rows.annotate(owner=owner).filter(owner__isnull=False)


# --- how each row is told ----------------------------------------------------------------------------------


def _application(row: Admission, _scope: Scope) -> Record:
    words = f"{row.number} {row.name} · {row.department} · {row.get_state_display()}"
    return Record(moment_text(row.applied_at), row.district.name, words, row.get_absolute_url())


def _affair(row: Affair, _scope: Scope) -> Record:
    """With its term as it is known now: an exit that came later shows."""
    admission = row.admission
    assert admission is not None
    words = f"{admission.number} {admission.name} · {admission.department}"
    term = f"{row.since} – {row.last_day or '…'}"
    return Record(term, row.on_list.district.name, words, admission.get_absolute_url())


def _case(event: CaseEvent, _scope: Scope) -> Record:
    case, unit = event.case, event.holder_grid
    words = f"{case.number} {event.category.name} · {event.get_action_display()}"
    return Record(moment_text(event.at), unit.name if unit else "", words, case.get_absolute_url())


# --- what the numbers are counted in ------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """One kind of rows: those there are, whose each is, which of them each number counts, how one is told."""

    rows: Callable[[Grid, Period], QuerySet[Any]]
    owner: str  # the department
    conditions: Mapping[AdmissionFigure, Condition]
    related: tuple[str, ...]
    told: Callable[[Any, Scope], Record]


KINDS = (
    Counted(_applications, "department", APPLICATIONS, ("district", "department"), _application),
    Counted(
        _affairs, "admission__department", AFFAIRS, ("on_list__district", "admission__department"), _affair
    ),
    Counted(
        _given,
        "owner",
        {AdmissionFigure.GIVEN: lambda _period: Q()},
        ("case", "category", "holder_grid"),
        _case,
    ),
)


# --- the report -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One department that has ever applied, or all of them together."""

    label: str
    counts: Mapping[str, int]
    department: int | None = None

    @property
    def is_balanced(self) -> bool:
        return not any(balance.difference(self.counts) for balance in BALANCES)


def admission_lines(district: Grid, period: Period) -> list[Line]:
    """A line for each department with a number to show, in the order of the codes; four queries."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for kind in KINDS:
        for department, counts in _counted(kind, district, period):
            found[department].update(counts)
    telling = [pk for pk, counts in found.items() if any(counts.values())]
    departments = Department.objects.filter(pk__in=telling)
    return [
        Line(department.name, found[department.pk], department.pk)
        for department in departments.order_by("grid__code", "name", "pk")
    ]


def total(lines: Iterable[Line]) -> Line:
    """All departments together."""
    return Line("", sum((Counter(line.counts) for line in lines), Counter()))


def _counted(kind: Counted, district: Grid, period: Period) -> list[tuple[int, dict[str, int]]]:
    """How many rows of each department each number counts; one query."""
    counts = {
        figure.value: Count("pk", filter=condition(period)) for figure, condition in kind.conditions.items()
    }
    rows = kind.rows(district, period).order_by().values(whose=F(kind.owner)).annotate(**counts)
    return [(row.pop("whose"), row) for row in rows]


def sources_of(
    figure: AdmissionFigure, district: Grid, period: Period, department: int | None = None
) -> list[Source]:
    """Exactly the rows that a number counts, of one department or of all."""
    kind = next(kind for kind in KINDS if figure in kind.conditions)
    rows = kind.rows(district, period).filter(kind.conditions[figure](period))
    if department is not None:
        rows = rows.filter(**{kind.owner: department})
    return [(rows.select_related(*kind.related), kind.told)]
