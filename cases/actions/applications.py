"""A unit asks for more time or for a pause, in two steps (docs/rules/escalation.md §5)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Post
from grids.queries import work_calendar
from grids.rules import workdays

from ..enums import UNDECIDED, Action, ApplicationKind, ApplicationState, DeadlineKind, DeadlineState
from ..models import Application, Assignment, Case, Deadline
from ..queries.pauses import pauses_of
from ..queries.policies import hours_of, policy_at
from .deadlines import RUNNING, counted, retime
from .ledger import Turn
from .oversight import MoveRefused

LONGEST = 180  # days: what cannot be done in half a year is asked for again


@transaction.atomic
def extend(
    case: Case, *, amount: int, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """The unit asks for so much more time, in the unit its limit is counted in (申请延期)."""
    turn = Turn.begin(case, Action.EXTEND, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    if amount < 1:
        raise MoveRefused(_("An extension is at least one."))
    _ask(turn, note, kind=ApplicationKind.EXTENSION, amount=amount)
    return turn.finish(note=note, amount=amount, limit_unit=turn.given.limit_unit)


@transaction.atomic
def suspend(
    case: Case, *, until: date, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """The unit asks for its clock to stand still until the end of a day (申请挂账)."""
    turn = Turn.begin(case, Action.SUSPEND, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    today = workdays.local_date(turn.at)
    if not 0 < (until - today).days <= LONGEST:
        raise MoveRefused(_("A suspension ends within %(days)d days from tomorrow on.") % {"days": LONGEST})
    _ask(turn, note, kind=ApplicationKind.SUSPENSION, until=workdays.end_of(until))
    return turn.finish(note=note, until=f"{until}")


def _ask(turn: Turn, note: str, **facts: object) -> None:
    turn.say(note)
    Application.objects.create(
        case=turn.case, assignment=turn.given, reason=note, asked_at=turn.at, asked_by=turn.by, **facts
    )


@transaction.atomic
def endorse(
    case: Case, *, by: Post, at: datetime, note: str = "", version: int | None = None, key: UUID | None = None
) -> Case:
    """The dispatcher passes a request on to the leader in charge: the first step."""
    turn = Turn.begin(case, Action.ENDORSE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    wish = _wish(turn)
    wish.state, wish.endorsed_at, wish.endorsed_by = ApplicationState.ENDORSED, turn.at, by
    wish.save()
    return turn.finish(note=note, application=wish.pk, kind=wish.kind)


@transaction.atomic
def turn_down(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """The dispatcher does not pass it on. The limit stays as it is."""
    return _refused(Turn.begin(case, Action.TURN_DOWN, by=by, at=at, version=version, key=key), note)


@transaction.atomic
def refuse(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """The leader in charge does not grant it. The limit stays as it is."""
    return _refused(Turn.begin(case, Action.REFUSE, by=by, at=at, version=version, key=key), note)


def _refused(turn: Turn, note: str) -> Case:
    if turn.is_replay:
        return turn.case
    wish = _decide(turn, ApplicationState.REFUSED)
    return turn.finish(note=note, application=wish.pk, kind=wish.kind)


@transaction.atomic
def grant(
    case: Case, *, by: Post, at: datetime, note: str = "", version: int | None = None, key: UUID | None = None
) -> Case:
    """The leader in charge grants it: the limit is longer, or its clock stands still from now on."""
    turn = Turn.begin(case, Action.GRANT, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    wish = _decide(turn, ApplicationState.GRANTED)
    if wish.kind == ApplicationKind.EXTENSION:
        turn.given.extended += wish.amount or 0
        _run(turn.case, turn.given, turn.at)
    else:
        _stop(turn.case, turn.given, wish)
    return turn.finish(note=note, application=wish.pk, kind=wish.kind)


def _wish(turn: Turn) -> Application:
    """The request the move is about: the table lets nobody take such an edge without one."""
    return turn.case.applications.select_for_update().get(state__in=UNDECIDED)


def _decide(turn: Turn, state: ApplicationState) -> Application:
    wish = _wish(turn)
    wish.state, wish.decided_at, wish.decided_by = state, turn.at, turn.by
    wish.save()
    return wish


def _stop(case: Case, lead: Assignment, wish: Application) -> None:
    """No limit runs while a suspension does; what was to happen waits, and its end is a moment of its own."""
    lead.deadlines.filter(kind__in=RUNNING, state=DeadlineState.PENDING).update(state=DeadlineState.PAUSED)
    until = wish.until or wish.asked_at  # the table has an end for every suspension
    before = lead.deadlines.filter(kind=DeadlineKind.RESUME).count()
    Deadline.objects.create(
        case=case, assignment=lead, kind=DeadlineKind.RESUME, round=before + 1, due_at=until,
        calendar_version=lead.calendar_version, set_at=wish.decided_at,
    )  # fmt: skip
    case.suspended_until, case.due_at, case.is_provisional = until, None, False


@transaction.atomic
def resume(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """The unit can go on before the suspension is over; the clock runs again."""
    turn = Turn.begin(case, Action.RESUME, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    lead = turn.given
    lead.deadlines.filter(kind=DeadlineKind.RESUME, state=DeadlineState.PENDING).update(
        state=DeadlineState.CANCELLED
    )
    run_on(turn.case, lead, turn.at)
    return turn.finish(note=note)


def run_on(case: Case, lead: Assignment, at: datetime) -> None:
    """The suspension is over at `at`: what was left of the limit is left. The case is not saved."""
    Application.objects.suspensions().filter(case=case, ended_at=None).update(ended_at=at)
    case.suspended_until = None
    _run(case, lead, at)


def _run(case: Case, lead: Assignment, at: datetime) -> None:
    """Count the limit anew, with what was granted and without what was suspended. The case is not saved."""
    policy = policy_at(case.district_id, case.street_id, lead.assigned_at)
    calendar = hours_of(policy, work_calendar())
    due = counted(lead, calendar, pauses_of([lead])[lead.pk])
    lead.due_at, lead.is_provisional = due.due_at, due.is_provisional
    lead.calendar_version = calendar.version
    lead.save(update_fields=["extended", "due_at", "is_provisional", "calendar_version"])
    retime(lead, calendar, at)
    case.due_at, case.is_provisional = lead.due_at, lead.is_provisional
