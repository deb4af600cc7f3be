"""Applications for the admission of grid affairs: who may know of them, whose turn it is, who is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from grids.enums import Level, Right, Role
from grids.models import Department, Grid, Notice, Post
from grids.queries.desks import Pending
from grids.queries.notices import Kind, Said
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..enums import UNDER_REVIEW, AdmissionChange, AdmissionNotice, AdmissionState, AffairStand
from ..models import Admission, Affair
from ..rules import admission as rule
from ..rules.admission import DEPARTMENT, DISTRICT, SOON, Facts
from .affairs import district_of, districts

REVIEWING = [role for role in Role if Right.SUPERVISE in role.rights and role.place == Level.DISTRICT]

# --- who may know of them -------------------------------------------------------------------------------


def reviewed(scope: Scope) -> list[int]:
    """The districts whose applications this person reviews."""
    return [span.grid_id for span in scope.spans(Right.SUPERVISE) if span.level == Level.DISTRICT]


def visible(scope: Scope) -> QuerySet[Admission]:
    """Those she reviews, those of her department, and what was admitted where she reads the list."""
    seen = Q(district__in=reviewed(scope)) | Q(department__in=scope.departments())
    seen |= Q(state=AdmissionState.ADMITTED, district__in=districts(scope))
    return Admission.objects.filter(seen).select_related(
        "category", "department", "district", "applied_by__user", "decided_by__user", "affair"
    )


def worked_on(scope: Scope) -> QuerySet[Admission]:
    """The list of applications: of the districts she reviews, and of her departments."""
    mine = Q(district__in=reviewed(scope)) | Q(department__in=scope.departments(Right.HANDLE))
    return Admission.objects.filter(mine).select_related("category", "department")


def takes_part(scope: Scope) -> bool:
    """Whether she applies or reviews at all."""
    return bool(reviewed(scope) or scope.departments(Right.HANDLE))


def states(scope: Scope) -> dict[str, int]:
    """How many applications there are in each state; one query."""
    rows = worked_on(scope).select_related(None).order_by()
    return dict(rows.values("state").annotate(n=Count("pk")).values_list("state", "n"))


# --- whose turn it is -----------------------------------------------------------------------------------


def sides(post: Post, admission: Admission) -> frozenset[str]:
    """For which sides a post acts on an application."""
    found = set()
    if post.grid_id == admission.district_id and Right.SUPERVISE in post.rights:
        found.add(DISTRICT)
    if post.department_id == admission.department_id and Right.HANDLE in post.rights:
        found.add(DEPARTMENT)
    return frozenset(found)


def facts_of(admission: Admission, post: Post, today: date) -> Facts:
    """What the rule has to know; one query."""
    return Facts(
        state=AdmissionState(admission.state),
        sides=sides(post, admission),
        is_applicant=admission.applied_by.user_id == post.user_id,
        has_met=admission.met_on is not None and admission.met_on <= today,
        opinions=admission.events.filter(change=AdmissionChange.OPINION).count(),
    )


def acting_post(scope: Scope, admission: Admission, change: AdmissionChange) -> Post | None:
    """The post from which this person could ever make such a move on an application. No grant, no post."""
    side = rule.MOVES[change].side
    if side == DISTRICT and admission.district_id not in reviewed(scope):
        return None
    if side == DEPARTMENT and admission.department_id not in scope.departments(Right.HANDLE):
        return None
    return next((post for post in scope.posts if side in sides(post, admission)), None)


def offers(admission: Admission, scope: Scope, at: datetime) -> dict[AdmissionChange, Post]:
    """The moves this person may make now, each with the post she would make it from."""
    found = {change: acting_post(scope, admission, change) for change in rule.MOVES}
    today = local_date(at)
    return {
        change: post
        for change, post in found.items()
        if post and rule.refusal(change, facts_of(admission, post, today)) is None
    }


def leaving_post(scope: Scope, affair: Affair) -> Post | None:
    """The post from which she may take an affair off the list: of the district, or of the department it is of."""
    admission = affair.admission
    if affair.on_list.district_id in reviewed(scope):
        return scope.post_at(affair.on_list.district_id, Right.SUPERVISE)
    if admission and admission.department_id in scope.departments(Right.HANDLE):
        return next((post for post in scope.posts if post.department_id == admission.department_id), None)
    return None


def applicants(scope: Scope) -> QuerySet[Department]:
    """The departments for which she may apply: her own, and for the district each that serves it."""
    codes = Grid.objects.filter(pk__in=reviewed(scope)).values_list("code", flat=True)
    allowed = Q(pk__in=scope.departments(Right.HANDLE))
    for code in codes:
        allowed |= Q(grid__code__startswith=code)
    return Department.objects.active().filter(allowed).select_related("grid").order_by("grid__code", "pk")


def applying_post(scope: Scope, department: Department) -> Post | None:
    """The post from which she applies for a department: her own of it first, then that of the district."""
    if department.pk in scope.departments(Right.HANDLE):
        own = next((post for post in scope.posts if post.department_id == department.pk), None)
        if own:
            return own
    district = district_of(department)
    return scope.post_at(district.pk, Right.SUPERVISE) if district.pk in reviewed(scope) else None


# --- what waits on a desk -------------------------------------------------------------------------------


def waiting(scope: Scope, at: datetime) -> dict[str, QuerySet[Any]]:
    """Applications to review, and affairs of her department whose term runs out."""
    found: dict[str, QuerySet[Any]] = {}
    if mine := reviewed(scope):
        rows = Admission.objects.filter(district__in=mine, state__in=UNDER_REVIEW)
        found["review"] = rows.exclude(applied_by__user=scope.user_id or 0)
    if held := scope.departments(Right.HANDLE):
        today = local_date(at)
        rows = Affair.objects.on(today).filter(admission__department__in=held, until__lte=today + SOON)
        found["ending"] = rows
    return found


# what waits   in words                                             the page of its rows
LINES = (
    ("review", gettext_lazy("Grid affairs to review"),              "admissions"),
    ("ending", gettext_lazy("Our affairs that leave the list soon"), "affairs"),
)  # fmt: skip


def say(numbers: Mapping[str, int], _asked: Collection[str], _at: datetime) -> list[Pending]:
    """The numbers in words; of what does not wait nothing is said."""
    return [
        Pending(str(label), numbers[name], reverse(f"cases:{page}"))
        for name, label, page in LINES
        if numbers.get(name)
    ]


# --- who is told ----------------------------------------------------------------------------------------


def reviewers(district_id: int, at: datetime) -> list[int]:
    """Everybody who could decide on an application of a district."""
    held = Post.objects.current(at).filter(role__in=REVIEWING, grid=district_id)
    return sorted(set(held.values_list("user", flat=True)))


def department_people(department_id: int, at: datetime) -> list[int]:
    return sorted(
        set(Post.objects.current(at).filter(department=department_id).values_list("user", flat=True))
    )


N = AdmissionNotice
KINDS = tuple(Kind(kind.value, kind.label) for kind in N)

SENTENCES: Mapping[str, str] = {
    N.TO_REVIEW: gettext_noop("Application %(number)s asks for the admission of a grid affair. Please review it."),
    N.ADMITTED: gettext_noop("Application %(number)s: the grid affair is admitted."),
    N.REFUSED: gettext_noop("Application %(number)s: the grid affair is not admitted. Its page says why."),
    N.LEFT: gettext_noop("The grid affair of application %(number)s leaves the list. Its page says why."),
}  # fmt: skip


def words(notices: Sequence[Notice], scope: Scope) -> dict[int, Said]:
    """What these notices say to a reader with this scope; one query."""
    shown = visible(scope).in_bulk({notice.subject for notice in notices})
    return {
        notice.pk: Said(_(SENTENCES[notice.kind]) % {"number": row}, row.get_absolute_url())
        for notice in notices
        if (row := shown.get(notice.subject))
    }


@dataclass(frozen=True)
class Listed:
    """One line of the list, as it stands on a day."""

    affair: Affair
    stand: AffairStand
    may_leave: bool


def listed(rows: Sequence[Affair], scope: Scope, day: date, today: date) -> list[Listed]:
    """The lines of the list, each with whether this person may take it off from today on."""
    return [
        Listed(
            row,
            rule.stand(row.since, row.until, day),
            row.left_at is None
            and rule.stand(row.since, row.until, today) != AffairStand.ENDED
            and leaving_post(scope, row) is not None,
        )
        for row in rows
    ]
