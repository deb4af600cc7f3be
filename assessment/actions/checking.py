"""What every check and evaluation begins and ends with: a post that may, words without numbers, a row that fits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from cases.enums import Refusal
from grids.enums import Right
from grids.models import Post

from ..rules.checks import names_a_number


class CheckRefused(ValueError):
    """Why a check or an evaluation is not taken down like this, in words for a clerk."""


class Barred(CheckRefused):
    """The person must leave it to somebody else: her post does not reach, or she had a hand in it."""


class Overtaken(CheckRefused):
    """Somebody was faster: it is no longer as the page showed it."""


def may(by: Post, right: Right, row: Any, at: datetime) -> None:
    """Whether a post is held now and carries a right over the place of a row (an `InGrid`); raises Barred."""
    in_post(by, at)
    if right not in by.rights or not by.path_column or getattr(row, by.path_column) != by.grid_id:
        raise Barred(str(Refusal.NO_RIGHT.label))


def in_post(by: Post, at: datetime) -> None:
    if not Post.objects.current(at).filter(pk=by.pk).exists():
        raise Barred(str(Refusal.POST_ENDED.label))


def plain(words: str) -> str:
    """What a resident or a checker says, with nothing in it that could be somebody's number; raises CheckRefused."""
    if names_a_number(words):
        raise CheckRefused(
            _("Leave out telephone and identity numbers: nothing about the resident is kept here.")
        )
    return words


def of_another_form(model: type[models.Model], key: UUID) -> None:
    """A key is used once, for one act of one person; raises CheckRefused."""
    if model._default_manager.filter(key=key).exists():
        raise CheckRefused(_("This form has been used for something else. Please open it again."))


def enter(row: models.Model) -> None:
    """Write a new row. What the constraints forbid is refused in their words; raises CheckRefused or Overtaken."""
    try:
        row.validate_constraints()
    except ValidationError as error:
        raise CheckRefused(" ".join(error.messages)) from error
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # somebody else was there a moment earlier
        raise Overtaken(_("Somebody else has just entered the same. Look at the list.")) from error
