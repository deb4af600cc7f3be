"""Appointing and dismissing: the only writers of the grants that open the tree to people."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..enums import DEPARTMENT, Role
from ..models import Department, DepartmentGrant, Grid, GridGrant, Post, User


class AppointmentRefused(ValueError):
    """Why this person cannot be given this post, in words for the person who tried."""


@transaction.atomic
def appoint(
    user: User, role: Role, *, at: datetime, grid: Grid | None = None, department: Department | None = None,
    by: User | None = None,
) -> Post:  # fmt: skip
    """A person takes up a post from this moment on, and the tree opens to her accordingly.

    `by` is None only when the demo or a migration of records appoints.
    """
    place = _lock(_place(role, grid, department))
    if not place.is_active:
        raise AppointmentRefused(_("%(place)s is no longer in use.") % {"place": place})
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise AppointmentRefused(_("%(person)s cannot sign in any more.") % {"person": user})
    if _held(role, place, at).filter(user=user).exists():
        raise AppointmentRefused(_("%(person)s already holds that post.") % {"person": user})
    post = Post(
        user=user, role=role, grid=grid, department=department, since=at,
        level=grid.level if grid else None, seat=_free_seat(role, place, at),
    )  # fmt: skip
    _save(post, by, at)
    _sync_grants(user, place, at)
    return post


@transaction.atomic
def dismiss(post: Post, *, at: datetime, by: User | None = None) -> Post:
    """A post ends at this moment; what it opened closes with it."""
    place = _lock(_place_of(post))
    post = Post.objects.select_for_update(of=("self",)).select_related("user").get(pk=post.pk)
    if post.until is not None:
        raise AppointmentRefused(_("This post has ended already."))
    if at < post.since:
        raise AppointmentRefused(_("A post cannot end before it began."))
    post.until = at
    _save(post, by, at)
    _sync_grants(post.user, place, at)
    return post


def _save(post: Post, by: User | None, at: datetime) -> None:
    """History says who appointed and who dismissed."""
    post._history_user = by  # type: ignore[attr-defined]  # read by simple-history
    post._history_date = at  # type: ignore[attr-defined]
    post.save()


def _place_of(post: Post) -> Grid | Department:
    """The database holds that there is exactly one of the two."""
    return cast("Grid | Department", post.grid or post.department)


WRONG_PLACE = gettext_noop("The role “%(role)s” does not exist at %(place)s.")


def _place(role: Role, grid: Grid | None, department: Department | None) -> Grid | Department:
    place = grid or department
    fits = (
        department is not None and grid is None
        if role.place == DEPARTMENT
        else grid is not None and department is None and grid.level == role.place
    )
    if place is None or not fits:
        raise AppointmentRefused(_(WRONG_PLACE) % {"role": Role(role).label, "place": place or "—"})
    return place


def _lock(place: Grid | Department) -> Grid | Department:
    """The place as it stands now. Whoever appoints or dismisses there waits for the other.

    The lock leaves the key alone: cases go on being filed in a district that gets a new official.
    """
    rows: Any = type(place)._default_manager
    locked: Grid | Department = rows.select_for_update(no_key=True).get(pk=place.pk)
    return locked


def _at_place(place: Grid | Department) -> dict[str, Grid | Department]:
    return {"grid": place} if isinstance(place, Grid) else {"department": place}


def _held(role: Role, place: Grid | Department, at: datetime) -> QuerySet[Post]:
    """The posts of a role that stand in the way of one beginning now: also those that begin later."""
    return _not_ended(place, at).filter(role=role)


def _not_ended(place: Grid | Department, at: datetime) -> QuerySet[Post]:
    return Post.objects.filter(Q(until__isnull=True) | Q(until__gt=at), **_at_place(place))


def _free_seat(role: Role, place: Grid | Department, at: datetime) -> int:
    if not role.seats:
        return 1
    holders = list(_held(role, place, at).select_related("user"))
    free = sorted(set(range(1, role.seats + 1)) - {post.seat for post in holders})
    if not free:
        raise AppointmentRefused(
            _("%(place)s already has its %(role)s: %(people)s.")
            % {"place": place, "role": role.label, "people": "、".join(str(p.user) for p in holders)}
        )
    return free[0]


def _sync_grants(user: User, place: Grid | Department, at: datetime) -> None:
    """Guardian holds exactly what the person's posts at this place allow, no more."""
    posts = _not_ended(place, at).filter(user=user)
    wanted = {right for post in posts for right in post.rights}
    model: Any = GridGrant if isinstance(place, Grid) else DepartmentGrant
    held = model.objects.filter(user=user, content_object=place)
    held.exclude(permission__codename__in=wanted).delete()
    missing = wanted - set(held.values_list("permission__codename", flat=True))
    kind = ContentType.objects.get_for_model(type(place))
    permissions = Permission.objects.filter(content_type=kind, codename__in=missing)
    model.objects.bulk_create(
        model(user=user, permission=permission, content_object=place) for permission in permissions
    )


@transaction.atomic
def align_grants(*, at: datetime) -> int:
    """After an update of the product the role table may allow more or less: every post gets exactly what it says.

    For how many people and places there was something to change; two queries where there was nothing.
    """
    allowed: dict[tuple[User, Grid | Department], set[str]] = {}
    posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=at))
    for post in posts.select_related("user", "grid", "department"):
        allowed.setdefault((post.user, _place_of(post)), set()).update(post.rights)
    granted = _granted()
    outdated = [
        (user, place) for (user, place), rights in allowed.items()
        if rights != granted.get((user.pk, type(place), place.pk), set())
    ]  # fmt: skip
    for user, place in outdated:
        _sync_grants(user, _lock(place), at)
    return len(outdated)


def _granted() -> dict[tuple[int, type, int], set[str]]:
    """What guardian holds, by person and place."""
    found: dict[tuple[int, type, int], set[str]] = {}
    for model, kind in ((GridGrant, Grid), (DepartmentGrant, Department)):
        rows: Any = model.objects.values_list("user", "content_object", "permission__codename")
        for user, place, right in rows:
            found.setdefault((user, kind, place), set()).add(right)
    return found
