"""The registers, a row each: what their lists show, are narrowed by and are searched for.

A new register is a row in REGISTERS. Lists, filters, print and paging follow from it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from gridgov.kit import listing
from gridgov.kit.statistics import common_elements
from gridgov.kit.text import BigramMatch, bigrams
from grids.models import Grid
from grids.rules import houses
from grids.scopes import Scope

from ..enums import Field
from ..models import Building, Dwelling, Household, Inspection, Organisation, Premises, Resident, Volunteer
from ..models.premises import IN_USE
from ..rules import identity, searching
from ..rules.inspecting import licence_ends
from .inspections import OF_INSPECTIONS, OF_PREMISES, Figure
from .policies import PolicyBook
from .shown import NOTHING, Reader
from .tracing import id_trace, phone_trace, wanted_trace

Text = Callable[[Any, Reader], Any]


@dataclass(frozen=True)
class Column:
    """One column of a list; `leads` is the one that leads to the entry."""

    label: Promise
    text: Text
    leads: bool = False
    is_number: bool = False


@dataclass(frozen=True)
class Marked:
    """A text of a column with a mark beside it: its tone, as chips know it, and its word."""

    text: Any
    tone: str
    word: Promise

    def __str__(self) -> str:
        return f"{self.text} {self.word}"


@dataclass(frozen=True)
class Register:
    """One register as people look through it."""

    name: str  # in addresses
    title: Promise
    model: type[Model]
    columns: tuple[Column, ...]
    search: Callable[[QuerySet[Any], str], QuerySet[Any]]
    words: Promise  # what can be searched for
    filters: tuple[str, ...] = ()  # fields of the model with choices
    related: tuple[str, ...] = ()
    base: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows
    icon: str = "folder2-open"
    person: str = ""  # the column with the resident whose personal data a row shows; empty: it shows nobody's
    switches: dict[str, tuple[Promise, Callable[[date], Q]]] = field(
        default_factory=dict
    )  # what can be ticked, and what it asks
    tabs: str = ""  # the template of what lies beside the list
    order: tuple[str, ...] = ("-id",)  # as gridgov.kit.listing takes it


@dataclass(frozen=True)
class Sought:
    """What a list was asked for."""

    q: str = field(default="", repr=False)  # may be somebody's name: not for a log
    grid: Grid | None = None
    choices: dict[str, str] = field(default_factory=dict)
    switches: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.grid or self.choices or self.switches)


def found(register: Register, sought: Sought, scope: Scope, right: str, today: date) -> QuerySet[Any]:
    """The entries of a register that this person may see and has asked for."""
    every: Any = register.model._default_manager
    rows: Any = register.base(every.within(scope, right))
    rows = rows.select_related(*register.related)
    if sought.grid:
        rows = rows.inside(sought.grid)
    for name in sought.switches:
        rows = rows.filter(register.switches[name][1](today))
    if sought.choices:
        rows = rows.filter(**sought.choices)
    found_rows: QuerySet[Any] = register.search(rows, sought.q) if sought.q else rows
    return found_rows


# A search asks first which rows are shown, and what they show afterwards: in one question the planner joins all
# that is shown to every row of the place before it has looked for anything (docs/performance.md).


def page_of(
    register: Register, rows: QuerySet[Any], sought: Sought, cursor: str | None = None
) -> listing.Page[Any]:
    """A page of entries that were found; two queries where something was searched for, else one."""
    if not sought.q:
        return listing.page(rows, cursor=cursor, order=register.order)
    keys = listing.page(_keys(register, rows), cursor=cursor, order=register.order)
    return replace(keys, rows=_filled(register, [row["id"] for row in keys.rows]))


def first(register: Register, rows: QuerySet[Any], number: int) -> list[Any]:
    """So many of the entries that were found, in the order of the list; two queries."""
    return _filled(register, [row["id"] for row in _keys(register, rows).order_by(*register.order)[:number]])


def _keys(register: Register, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(None).values(*{"id", *(name.removeprefix("-") for name in register.order)})


def _filled(register: Register, keys: list[int]) -> list[Any]:
    entries: Any = register.base(register.model._default_manager.all())
    shown = entries.select_related(*register.related).in_bulk(keys)
    return [shown[key] for key in keys if key in shown]  # somebody may have left between the questions


def cells(register: Register, row: Any, reader: Reader) -> list[tuple[Column, Any]]:
    """One row of the list, ready to print."""
    return [(column, _written(column.text(row, reader))) for column in register.columns]


def _written(text: Any) -> Any:
    """Days as forms and papers write them, whatever the language."""
    if isinstance(text, Marked):
        return replace(text, text=_written(text.text))
    return f"{text:%Y-%m-%d}" if isinstance(text, date) else text


def living(rows: Any) -> QuerySet[Any]:
    """Who has moved away or died is found by search no more; her entry stays where links lead."""
    found_rows: QuerySet[Any] = rows.living()
    return found_rows


def volunteering(rows: Any) -> QuerySet[Any]:
    """Those who volunteer now."""
    found_rows: QuerySet[Any] = rows.open()
    return found_rows


def lived_in(rows: Any) -> QuerySet[Any]:
    """Households that somebody lives in, and how many."""
    # Counted for the rows of the page alone: a join would count the members of every household first.
    members = Resident.objects.living().filter(household=OuterRef("pk")).order_by().values("household")
    found_rows: QuerySet[Any] = rows.open().annotate(size=Subquery(members.values(n=Count("*"))))
    return found_rows


# --- searching ----------------------------------------------------------------------------------------


def by_person(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """A whole ID number, a whole phone number, an address, or part of a name: told apart by how they look."""
    if number := by_number(term):
        return rows.filter(number)
    if searching.is_address(term):
        return rows.filter(household__dwelling__in=by_door(Dwelling.objects.all(), term).values("pk"))
    trace = wanted_trace(term)
    # Whose name very many have is found by walking the rows of the place; this way of asking knows no index.
    return rows.filter(
        Among(trace, "name_traces") if is_common_name(term) else Q(name_traces__contains=[trace])
    )


class Among(Func):
    """Whether an array holds a value, asked of each row."""

    template, arg_joiner = "(%(expressions)s))", " = ANY("
    output_field = BooleanField()

    def __init__(self, value: int, column: str, **options: Any) -> None:
        super().__init__(Value(value, BigIntegerField()), F(column), **options)


def by_number(term: str) -> Q | None:
    """Whose ID or phone number it is; nothing where it is neither, such as an address."""
    number = identity.tidied(term)
    if len(number) == 18 and number[:17].isdigit():
        return Q(id_trace=id_trace(number))
    found_phone = identity.phone(number)
    return Q(phone_trace=phone_trace(found_phone)) if found_phone else None


def by_door(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    word = searching.squeezed(term)
    common = common_elements("residents_dwelling", "gridgov_bigrams", "dwelling_by_address")
    return rows.filter(
        BigramMatch("search_text", word, is_common=all(pair in common for pair in bigrams(word)))
    )


def by_household(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """By its door, or by anybody who lives there."""
    if by_number(term) is None and searching.is_address(term):
        return rows.filter(dwelling__in=by_door(Dwelling.objects.all(), term).values("pk"))
    people = by_person(Resident.objects.living(), term)
    if not is_common_name(term):
        return rows.filter(pk__in=people.values("household"))
    # One in eight households has a Wang in it: asked door by door, a page of them is found soon.
    at_home = people.filter(household=OuterRef("pk")).order_by().values("household")
    return rows.alias(named=Subquery(at_home.values(n=Count("*")))).filter(named__gt=0)


def is_common_name(term: str) -> bool:
    """Whether so many people are called that, that going through all of them is the long way round."""
    return str(wanted_trace(term)) in common_elements("residents_resident", "name_traces")


def by_resident(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """By what one knows of the person."""
    return rows.filter(resident__in=by_person(Resident.objects.all(), term).values("pk"))


def by_text(*names: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    """Part of one of several short texts: for registers of some thousand rows."""

    def search(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        wanted = Q()
        for name in names:
            wanted |= Q(**{f"{name}__icontains": term})
        return rows.filter(wanted)

    return search


def is_stale(today: date) -> Q:
    """A household that nobody has verified within the days that its street or district has set."""
    return Q(verified_on__lt=PolicyBook(today).fresh_since()) | Q(verified_on__isnull=True)


# --- the table ----------------------------------------------------------------------------------------


def _age(resident: Resident, reader: Reader) -> Any:
    age = resident.age(reader.today)
    return NOTHING if age is None else age


def _personal(name: Field) -> Text:
    return lambda resident, reader: reader.sees(resident, name)


def _plain(name: str) -> Text:
    return lambda row, _reader: getattr(row, name) or NOTHING


def _label(name: str) -> Text:
    return lambda row, _reader: getattr(row, f"get_{name}_display")() or NOTHING


def _of(name: str) -> Text:
    """The name of something the row belongs to."""
    return lambda row, _reader: str(getattr(row, name) or NOTHING)


def _house(building: Building, _reader: Reader) -> str:
    return "".join(houses.said(building.house_no, ""))


def _licence(premises: Premises, reader: Reader) -> Any:
    """How long the licence is valid, with a mark once its end comes near."""
    until = premises.licence_until
    if until is None or not premises.is_active or until > licence_ends(reader.today):
        return until or NOTHING
    if until < reader.today:
        return Marked(until, "overdue", _("licence has run out"))
    return Marked(until, "assigned", _("licence runs out"))


def _inspection(premises: Premises, reader: Reader) -> Any:
    """When they are inspected next, with a mark where that day has passed."""
    due = premises.inspection_due
    if not premises.is_active:
        return _("no longer in use")
    return Marked(due, "overdue", _("overdue")) if due and due < reader.today else due or NOTHING


def _moment(name: str) -> Text:
    return lambda row, _reader: f"{localtime(getattr(row, name)):%Y-%m-%d %H:%M}"


def is_licence_ending(today: date) -> Q:
    return IN_USE & Q(licence_until__lte=licence_ends(today))


def is_permit_ending(today: date) -> Q:
    """A residence permit that has run out or does within the days of a licence."""
    return Q(permit_until__lte=licence_ends(today))


def _skills(volunteer: Volunteer, _reader: Reader) -> Any:
    return "、".join(volunteer.skill_names) or NOTHING


def _as_building_head(volunteer: Volunteer, _reader: Reader) -> Any:
    return _("building head") if volunteer.is_building_head else NOTHING


GRID = Column(_("Grid"), _of("grid"))

REGISTERS = {
    register.name: register
    for register in (
        Register(
            "residents", _("Residents"), Resident,
            columns=(
                Column(_("Name"), _personal(Field.NAME), leads=True),
                Column(_("Sex"), _label("sex")),
                Column(_("Age"), _age, is_number=True),
                Column(_("Relation to the head"), _label("relation")),
                Column(_("Dwelling"), _of("household")),
                Column(_("Phone"), _personal(Field.PHONE)),
                Column(_("ID number"), _personal(Field.ID_NUMBER)),
                Column(_("Household register"), _label("registration")),
                GRID,
            ),
            search=by_person, words=_("name, initials, whole ID or phone number, address"),
            filters=("sex", "registration"), related=("grid", "household__dwelling__house"),
            base=living, icon="people", person="pk",
            switches={"permit": (_("Residence permit runs out"), is_permit_ending)},
        ),
        Register(
            "households", _("Households"), Household,
            columns=(
                Column(_("Dwelling"), _of("dwelling"), leads=True),
                Column(_("Members"), _plain("size"), is_number=True),
                Column(_("Since"), _plain("opened_on")),
                Column(_("Last verified on"), _plain("verified_on")),
                GRID,
            ),
            search=by_household, words=_("address, or a name that lives there"),
            related=("grid", "dwelling__house"),
            base=lived_in,
            icon="house", switches={"stale": (_("Not verified in time"), is_stale)},
        ),
        Register(
            "dwellings", _("Dwellings"), Dwelling,
            columns=(
                Column(_("Dwelling"), _of("door"), leads=True),
                Column(_("Courtyard or estate"), lambda row, _reader: row.house.name or NOTHING),
                Column(_("Floor"), _plain("floor")),
                Column(_("Area in m²"), _plain("area"), is_number=True),
                Column(_("Use"), _label("occupancy")),
                GRID,
            ),
            search=by_door, words=_("address"), filters=("occupancy",), related=("grid", "house"),
            icon="house",
        ),
        Register(
            "buildings", _("Buildings"), Building,
            columns=(
                Column(_("Building"), _house, leads=True),
                Column(_("Courtyard or estate"), _plain("name")),
                Column(_("Address"), _plain("address")),
                Column(_("Floors"), _plain("floors"), is_number=True),
                Column(_("Units"), _plain("units"), is_number=True),
                Column(_("Management"), _label("management")),
                Column(_("Property company"), _plain("company")),
                GRID,
            ),
            search=by_text("name", "house_no", "address", "company"), words=_("name, number, address"),
            filters=("management",), related=("grid",), icon="map", order=("sort_key", "id"),
        ),
        Register(
            "premises", _("Premises"), Premises,
            columns=(
                Column(_("Name of the premises"), _plain("name"), leads=True),
                Column(_("Kind"), _label("kind")),
                Column(_("Address"), _plain("address")),
                Column(_("Risk class"), _label("risk")),
                Column(_("Licence number"), _plain("licence")),
                Column(_("Licence valid until"), _licence),
                Column(_("Next inspection"), _inspection),
                GRID,
            ),
            search=by_text("name", "address", "licence"), words=_("name, address, licence"),
            filters=("kind", "risk"), related=("grid",), icon="folder2-open",
            switches={
                Figure.ALL.value: (_("In use"), OF_PREMISES[Figure.ALL]),
                Figure.DUE.value: (_("Inspection due"), OF_PREMISES[Figure.DUE]),
                Figure.OVERDUE.value: (_("Inspection overdue"), OF_PREMISES[Figure.OVERDUE]),
                Figure.RECTIFYING.value: (_("Being put right"), OF_PREMISES[Figure.RECTIFYING]),
                "licence": (_("Licence runs out"), is_licence_ending),
            },
        ),
        Register(
            "inspections", _("Inspections"), Inspection,
            columns=(
                Column(_("Inspected at"), _moment("done_at"), leads=True),
                Column(_("Premises"), _of("premises")),
                Column(_("Kind of inspection"), _label("kind")),
                Column(_("Result of the inspection"), _label("result")),
                Column(_("To be put right by"), _plain("rectify_until")),
                Column(_("Inspected by"), lambda row, _reader: str(row.by.user)),
                GRID,
            ),
            search=by_text("premises__name", "premises__address"), words=_("name or address of the premises"),
            filters=("kind", "result"), related=("grid", "premises", "by__user"), icon="clipboard-check",
            switches={
                Figure.DONE.value: (_("Inspected this month"), OF_INSPECTIONS[Figure.DONE]),
                Figure.LATE.value: (_("Late this month"), OF_INSPECTIONS[Figure.LATE]),
            },
        ),
        Register(
            "organisations", _("Organisations"), Organisation,
            columns=(
                Column(_("Name of the organisation"), _plain("name"), leads=True),
                Column(_("Kind"), _label("kind")),
                Column(_("Unified social credit code"), _plain("code")),
                Column(_("Address"), _plain("address")),
                Column(_("Staff"), _plain("staff"), is_number=True),
                GRID,
            ),
            search=by_text("name", "address", "code"), words=_("name, address, code"),
            filters=("kind",), related=("grid",), icon="diagram-3",
        ),
        Register(
            "volunteers", _("Volunteers"), Volunteer,
            columns=(
                Column(_("Name"), lambda row, reader: reader.sees(row.resident, Field.NAME), leads=True),
                Column(_("Phone"), lambda row, reader: reader.sees(row.resident, Field.PHONE)),
                Column(_("Skills"), _skills),
                Column(_("Building head"), _as_building_head),
                Column(_("Since"), _plain("since")),
                GRID,
            ),
            search=by_resident, words=_("name, initials, whole ID or phone number, address"),
            related=("grid", "resident"), base=volunteering, icon="person",
            switches={"heads": (_("Only building heads"), lambda _today: Q(is_building_head=True))},
            tabs="residents/_volunteering.html",
        ),
    )
}  # fmt: skip
