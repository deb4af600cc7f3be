"""When a post ends, what its holder had in hand goes to whoever answers for the place now (§3: never without a holder).

The ground floor ends posts and knows nothing of cases, so the sweep finds what is left behind. It needs no row of
its own to remember it by: the case still names the post.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from gridgov.kit.bulk import update_rows
from grids.models import Department, Grid, Post
from grids.queries import answering_roles, holders_of, work_calendar

from ..enums import Action, Step
from ..models import Case
from .clockwork import Clockwork

BATCH = 500


def hand_over(*, at: datetime, batch: int = BATCH) -> int:
    """Everything that people have left behind, batch after batch; how many cases it was.

    Where nobody answers for the place the case waits, and the unit still has it.
    """
    done, tried = 0, 0
    while True:
        with transaction.atomic():
            pks = _left_behind(at, tried, batch)
            found = _pass_on(pks, at)
        done += found
        tried = max(pks, default=0)
        if len(pks) < batch:
            return done


def _left_behind(at: datetime, after: int, batch: int) -> list[int]:
    """Open cases whose post has ended, locked; what somebody has in hand is left to the next sweep."""
    cases = Case.objects.open().filter(holder_post__until__lte=at, pk__gt=after).order_by("pk")
    return list(cases.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:batch])


def _pass_on(pks: Iterable[int], at: datetime) -> int:
    work = Clockwork.of(pks, work_calendar(), at)
    ended = Post.objects.in_bulk({case.holder_post_id for case in work.cases.values() if case.holder_post_id})
    heirs = _heirs(work.cases.values(), at)
    for case in work.cases.values():
        _give(work, case, ended[case.holder_post_id or 0], heirs.get(_unit_of(case)))
    update_rows([lead for lead in work.leads.values() if lead.case_id in work.moved], ("post",))
    work.write()
    return len(work.moved)


def _give(work: Clockwork, case: Case, before: Post, heir: Post | None) -> None:
    """The work to her successor; a claim of a dispatcher who has left is free again."""
    moment = before.until or work.at
    if case.step != Step.REPORTED:
        if heir is None:
            return
        moment = max(moment, heir.since)
        if lead := work.leads.get(case.pk):
            lead.post = heir
    case.holder_post = heir if case.step != Step.REPORTED else None
    work.tell(case, Action.HAND_OVER, moment, unit=str(case.holder_department or case.holder_grid))


Key = tuple[type, int]


def _unit_of(case: Case) -> Key:
    if case.holder_department_id:
        return Department, case.holder_department_id
    return Grid, case.holder_grid_id or 0


def _heirs(cases: Iterable[Case], at: datetime) -> dict[Key, Post]:
    """Who answers now for each place that holds one of these cases; three queries at most."""
    wanted = {_unit_of(case) for case in cases}
    units: dict[str, Grid | Department] = {}
    for kind in (Grid, Department):
        rows = kind.objects.in_bulk([pk for of, pk in wanted if of is kind])
        units |= {f"{kind.__name__} {pk}": row for pk, row in rows.items()}
    found = holders_of({name: (unit, answering_roles(unit)) for name, unit in units.items()}, at)
    return {(type(units[name]), units[name].pk): post for name, post in found.items()}
