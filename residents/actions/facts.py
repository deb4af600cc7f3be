"""What is written of a person, and what follows from it: traces, and birth date and sex from the number."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.rules.workdays import local_date

from ..enums import Whereabouts
from ..models import Resident
from ..queries.tracing import id_trace, name_traces, phone_trace
from ..rules import identity
from ..rules.identity import Fault, NumberRefused
from .writing import RegisterRefused

FAULTS = {
    Fault.LENGTH: gettext_lazy("An ID number has 18 characters."),
    Fault.SIGNS: gettext_lazy("An ID number is made of digits; only the last character may be an X."),
    Fault.BIRTH: gettext_lazy("The ID number names a day of birth that does not exist."),
    Fault.FUTURE: gettext_lazy("The ID number names a day of birth that is yet to come."),
    Fault.CHECK: gettext_lazy("The last character of the ID number does not fit: a digit is mistyped."),
}


def write_facts(resident: Resident, facts: Mapping[str, Any], at: datetime) -> None:
    """Set the given facts, and what follows from them: traces, and birth date and sex from the number."""
    for name, value in facts.items():
        setattr(resident, name, value)
    if "name" in facts:
        if not facts["name"]:
            raise RegisterRefused(_("A name is needed."))
        resident.name_traces = name_traces(facts["name"])
    if "phone" in facts:
        resident.phone_trace = phone_trace(facts["phone"]) if facts["phone"] else None
    if "id_number" in facts:
        _write_number(resident, facts, at)
    if resident.birth_date and resident.birth_date > local_date(at):
        raise RegisterRefused(_("The day of birth is yet to come."))
    if "id_number" not in facts and {"birth_date", "sex"} & set(facts):
        _agree_with_number(resident)


def _write_number(resident: Resident, facts: Mapping[str, Any], at: datetime) -> None:
    if not facts["id_number"]:
        resident.id_trace = None
        return
    try:
        found = identity.identity(facts["id_number"], local_date(at))
    except NumberRefused as no:
        raise RegisterRefused(str(FAULTS[no.fault])) from no
    if facts.get("birth_date") not in (None, found.birth_date):
        raise RegisterRefused(_("The day of birth is not that of the ID number."))
    resident.id_number, resident.id_trace = found.number, id_trace(found.number)
    resident.birth_date, resident.sex = found.birth_date, found.sex


def _agree_with_number(resident: Resident) -> None:
    """An ID number that stays as it is says birth date and sex; nothing else may be written beside it."""
    if not resident.id_number:
        return
    found = identity.identity(resident.id_number.open(), date.max)
    if resident.birth_date not in (None, found.birth_date):
        raise RegisterRefused(_("The day of birth is not that of the ID number."))
    resident.birth_date, resident.sex = found.birth_date, found.sex


def namesake(resident: Resident) -> Resident | None:
    """Whoever has the same ID number in the district already."""
    same = Resident.objects.filter(district_id=resident.district_id, id_trace=resident.id_trace)
    found: Resident | None = (
        same.exclude(pk=resident.pk)
        .exclude(state=Whereabouts.MERGED)
        .select_related("grid", "household")
        .first()
    )
    return found


def already(other: Resident) -> str:
    """Where she is registered: the grid, whose staff can be asked; nothing else of her."""
    if other.is_living:
        return _(
            "This ID number is registered at %(place)s already. If she has moved, move her from there."
        ) % {"place": other.grid}
    return _("This ID number was registered at %(place)s before. Let her move in again from that entry.") % {
        "place": other.grid
    }
