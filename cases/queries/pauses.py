"""The suspensions that are over, as the clock counts them out of a limit."""

from collections import defaultdict
from collections.abc import Iterable

from ..models import Application, Assignment
from ..rules.clock import Pause


def pauses_of(assignments: Iterable[Assignment]) -> dict[int, list[Pause]]:
    """By assignment, the suspensions of the clock that it runs on, whoever had the case then; one query."""
    wanted = list(assignments)
    over = Application.objects.suspensions().filter(
        case__in={assignment.case_id for assignment in wanted}, ended_at__isnull=False
    )
    by_case: dict[int, list[Pause]] = defaultdict(list)
    for wish in over.order_by("decided_at"):
        if pause := wish.pause:
            by_case[wish.case_id].append(pause)
    return {
        assignment.pk: [
            pause for pause in by_case[assignment.case_id]
            if assignment.clock_from <= pause.begin < (assignment.ended_at or pause.end)
        ]
        for assignment in wanted
    }  # fmt: skip
