"""A problem is reported: the case is born with its number, its place and its first event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gridgov.kit.images import CleanImage
from grids.enums import Right
from grids.models import Grid, Post, path_of
from grids.rules.workdays import local_date

from ..enums import Action, Channel, EvidenceStage, Refusal
from ..models import Case, CaseEvent, Category
from ..rules import lifecycle, numbers, seal
from ..rules.lifecycle import NotAllowed
from ..rules.origin import is_origin
from .evidence import attach
from .ledger import record
from .numbering import next_running


class ReportRefused(ValueError):
    """Why a problem cannot be filed like this, in words for the person who files it."""


@dataclass(frozen=True)
class Position:
    """Where the phone was: WGS 84, accuracy in metres."""

    latitude: Decimal
    longitude: Decimal
    accuracy: int | None = None


@transaction.atomic
def report(
    *, category: Category, grid: Grid, text: str, by: Post, at: datetime, channel: Channel = Channel.PATROL,
    place: str = "", house_no: str = "", unit_no: str = "", position: Position | None = None,
    photos: Sequence[CleanImage] = (), keep_position: bool = False, external_id: str = "",
    origin: str = "", key: UUID | None = None,
) -> Case:  # fmt: skip
    """Somebody reports a problem in a grid. The same key again, from the same person, is the same case."""
    if key and (known := _already_reported(key, by)):
        return known
    path = path_of(grid)
    _may_report(category, grid, path, by, at)
    _not_delivered_before(channel, external_id, by)
    _may_come_from(origin)
    street = Grid.objects.get(pk=path.get("street_id") or path["district_id"])
    case = Case(
        **path, number=_next_number(street, at), category=category, ledger=category.ledger, channel=channel,
        external_id=external_id, origin=origin, text=text, place=place, house_no=house_no, unit_no=unit_no,
        latitude=position.latitude if position else None, longitude=position.longitude if position else None,
        accuracy=position.accuracy if position else None, reporter=by.user, reporter_post=by, reported_at=at,
        step_since=at, holder_grid=street,
    )  # fmt: skip
    case.search_text = " ".join((case.number, category.name, text, case.where, external_id)).strip()
    case.save()
    hashes = attach(case, photos, EvidenceStage.BEFORE, by=by.user, at=at, keep_position=keep_position)
    edge = lifecycle.transition(None, Action.REPORT)
    words = seal.fingerprint([getattr(case, name) for name in seal.WORDS])
    data = {"channel": channel, "photos": hashes, "words": words}
    record(case, edge, by=by, at=at, note="", key=key, data=data)
    return case


def _already_reported(key: UUID, by: Post) -> Case | None:
    """Waits for a twin that is being written this very moment, so that both get the one case."""
    _one_at_a_time(str(key))
    event = CaseEvent.objects.filter(key=key).select_related("case").first()
    if event is not None and event.actor_id != by.user_id:
        raise ReportRefused(_("This form has been used by somebody else. Please open it again."))
    return event.case if event else None


def _one_at_a_time(name: str) -> None:
    """Whoever comes with the same name waits until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _may_report(category: Category, grid: Grid, path: dict[str, int], by: Post, at: datetime) -> None:
    if not Post.objects.current(at).filter(pk=by.pk).exists():
        raise NotAllowed(Refusal.POST_ENDED)
    if Right.REPORT not in by.rights or path.get(by.path_column) != by.grid_id:
        raise NotAllowed(Refusal.NO_RIGHT)
    if not grid.is_active:
        raise ReportRefused(_("%(grid)s is no longer in use.") % {"grid": grid})
    if not category.is_active or category.children.exists():
        raise ReportRefused(_("Please choose what exactly the problem is."))


def _not_delivered_before(channel: Channel, external_id: str, by: Post) -> None:
    """The same outside number is one case. Which one is told only to those whose place it lies in."""
    if not external_id:
        return
    _one_at_a_time(f"{channel} {external_id}")
    twin = Case.objects.filter(channel=channel, external_id=external_id).first()
    if twin is None:
        return
    sentence = _("%(channel)s number %(external)s has been filed already.")
    if getattr(twin, by.path_column) == by.grid_id:
        sentence = _("%(channel)s number %(external)s is already filed as %(number)s.")
    raise ReportRefused(
        sentence % {"channel": Channel(channel).label, "external": external_id, "number": twin.number}
    )


def _may_come_from(origin: str) -> None:
    if origin and not is_origin(origin):
        raise ReportRefused(
            _("This link does not say where the problem was found. Please open the form again.")
        )


def _next_number(street: Grid, at: datetime) -> str:
    prefix = numbers.prefix(street.short_name, local_date(at))
    return numbers.number(prefix, next_running(prefix))
