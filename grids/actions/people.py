"""Who looks after the system: accounts and reference data, never cases; and who audits how it is used."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from ..enums import READ_LOOKS

AUDITOR_GROUP = "安全审计员"
ADMIN_GROUP = "系统管理员"
# Deleting is nobody's right here: grids, departments, people and posts go out of use and stay on record.
ADMIN_RIGHTS = (
    "grids.view_grid", "grids.change_grid",
    "grids.view_department", "grids.add_department", "grids.change_department",
    "grids.view_user", "grids.add_user", "grids.change_user",
    "grids.view_post", "grids.add_post", "grids.change_post",
    "grids.view_calendaryear", "grids.add_calendaryear",
    "grids.view_delivery", "grids.change_delivery",
)  # fmt: skip


@transaction.atomic
def ensure_admin_group(extra: Iterable[str] = ()) -> Group:
    """The group of those who keep accounts and reference data, with the rights of this floor.

    `extra` are rights of upper floors as "app.codename". Rights given to the group by hand stay.
    Raises Permission.DoesNotExist for a right that does not exist.
    """
    group, _created = Group.objects.get_or_create(name=ADMIN_GROUP)
    group.permissions.add(*map(_permission, (*ADMIN_RIGHTS, *extra)))
    return group


@transaction.atomic
def ensure_auditor_group() -> Group:
    """The group of those who read the record of looks at personal data. Its members hold no post and keep no accounts."""
    group, _created = Group.objects.get_or_create(name=AUDITOR_GROUP)
    group.permissions.add(_permission(READ_LOOKS))
    return group


def _permission(right: str) -> Permission:
    app, codename = right.split(".")
    found: Permission = Permission.objects.get(content_type__app_label=app, codename=codename)
    return found
