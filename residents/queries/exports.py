"""What a file of a register holds, and who may know of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO, cast

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gridgov.kit.sealedfiles import unsealed
from grids.enums import Right, Role
from grids.models import Job, Post
from grids.queries import scope_of
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..enums import ExportState
from ..models import ExportRequest, Resident
from .registers import REGISTERS, Register, Sought, found
from .shown import Opened, Reader

KIND = "register_export"
RELEASING = [role for role in Role if Right.RELEASE in role.rights]
MASKED_MOST, UNMASKED_MOST = 100_000, 2_000  # entries in one file


def register_of(request: ExportRequest) -> Register:
    return REGISTERS[request.register]


def most(is_unmasked: bool) -> int:
    return UNMASKED_MOST if is_unmasked else MASKED_MOST


def rights_for(request: ExportRequest) -> tuple[Right, ...]:
    """What the asker has to hold over the place: when asking, when the file is made, when it is fetched."""
    return (Right.REGISTER, Right.KEEP, *((Right.REVEAL,) if request.is_unmasked else ()))


def may_have(request: ExportRequest, scope: Scope) -> bool:
    return all(scope.covers(request, right) for right in rights_for(request))


# --- what it holds ------------------------------------------------------------------------------------


def exported(request: ExportRequest, scope: Scope, today: date) -> QuerySet[Any]:
    """The entries that go into the file. Of children nobody outside their community gets an unmasked one."""
    register = register_of(request)
    said = request.filters
    sought = Sought(
        grid=request.grid, choices=said.get("choices", {}), switches=tuple(said.get("switches", ()))
    )
    rows = found(register, sought, scope, Right.KEEP, today).order_by("pk")
    if not request.is_unmasked:
        return rows
    places = Reader(scope, today).places
    home = Q(building__in=places) | Q(community__in=places)
    guarded = Resident.objects.children(today).exclude(home)
    return rows.exclude(**{f"{register.person}__in": guarded.values("pk")})


def lines(request: ExportRequest, scope: Scope, today: date, people: list[int]) -> Iterator[list[Any]]:
    """The rows of the file; `people` takes down whose data were written in full."""
    register = register_of(request)
    reader = Opened(scope, today) if request.is_unmasked else Reader(scope, today)
    for row in exported(request, scope, today).iterator(chunk_size=1000):
        if request.is_unmasked:
            people.append(getattr(row, register.person))
        yield [_value(column.text(row, reader)) for column in register.columns]


def _value(value: Any) -> Any:
    return str(value) if isinstance(value, Promise) else value


def caliber(request: ExportRequest) -> str:
    """In words: of which place and how narrowed."""
    register, said = register_of(request), request.filters
    parts = [_("place: %(grid)s") % {"grid": request.grid.name}]
    for name, code in said.get("choices", {}).items():
        field: Any = register.model._meta.get_field(name)
        labels = {str(choice): label for choice, label in field.flatchoices}
        parts.append(f"{field.verbose_name}: {labels.get(str(code), code)}")
    parts += [
        str(register.switches[name][0]) for name in said.get("switches", ()) if name in register.switches
    ]
    return _("; ").join(parts)


def title_of(request: ExportRequest) -> str:
    return f"{request.grid.name} {register_of(request).title}"


def mark_of(request: ExportRequest) -> str:
    """What stands on every page: who took it out, when, and under which number."""
    who = request.asked_by
    when = localtime(request.decided_at or request.asked_at)
    return f"{who.user} {who.place_name} {when:%Y-%m-%d %H:%M} {request.number}"


# --- who may know of it -------------------------------------------------------------------------------


def requests() -> QuerySet[ExportRequest]:
    return ExportRequest.objects.select_related(
        "grid", "asked_by__user", "asked_by__grid", "decided_by__user", "decided_by__grid", "job"
    )


def visible(scope: Scope) -> QuerySet[ExportRequest]:
    """Her own, and those of the places for which she releases."""
    own = Q(asked_by__user_id=scope.user_id or 0)
    return requests().filter(own | scope.condition(ExportRequest, Right.RELEASE))


def mine(scope: Scope) -> QuerySet[ExportRequest]:
    return requests().filter(asked_by__user_id=scope.user_id or 0)


def waiting(scope: Scope) -> QuerySet[ExportRequest]:
    """What waits for her release; nobody releases her own."""
    rows = requests().filter(scope.condition(ExportRequest, Right.RELEASE), state=ExportState.WAITING)
    return rows.exclude(asked_by__user_id=scope.user_id or 0)


def releasers(request: ExportRequest, at: Any) -> QuerySet[Post]:
    """Who may release it: everybody with the right above the place but the asker."""
    path = [request.building_id, request.community_id, request.street_id, request.district_id]
    held = Post.objects.current(at).filter(role__in=RELEASING, grid__in=[pk for pk in path if pk])
    return held.exclude(user=request.asked_by.user_id).select_related("user")


# --- the file -----------------------------------------------------------------------------------------


def may_fetch(job: Job, scope: Scope) -> bool:
    """The right is asked again with every download."""
    request = ExportRequest.objects.filter(job=job, state=ExportState.RELEASED).first()
    return request is not None and may_have(request, scope)


def place_of_file(job: Job) -> str:
    """What the sealed file of a job is bound to."""
    return f"{KIND}:{job.key}"


def opened(job: Job) -> BinaryIO:
    return unsealed(cast(BinaryIO, job.result.open("rb")), place_of_file(job))


def asker_scope(request: ExportRequest, at: Any) -> Scope:
    """What the asker may now: her post may have ended since."""
    return scope_of(request.asked_by.user, at)


def today_of(at: Any) -> date:
    return local_date(at)
