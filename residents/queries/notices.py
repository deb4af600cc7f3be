"""Notices of the registers, put into words: a number and a register, never a person."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grids.models import Notice
from grids.queries.notices import Kind, Said
from grids.scopes import Scope

from ..enums import NoticeKind
from .exports import title_of, visible

N = NoticeKind

KINDS = tuple(Kind(kind.value, kind.label) for kind in N)

SENTENCES: Mapping[str, str] = {
    N.EXPORT_TO_RELEASE: gettext_noop("Somebody asks for an unmasked export: %(export)s. Please decide."),
    N.EXPORT_RELEASED: gettext_noop("Your export %(export)s has been released; the file is being made."),
    N.EXPORT_REFUSED: gettext_noop("Your export %(export)s was not released. Its page says why."),
}


def words(notices: Sequence[Notice], scope: Scope) -> dict[int, Said]:
    """What these notices say to a reader with this scope; one query."""
    found = visible(scope).in_bulk({notice.subject for notice in notices})
    return {
        notice.pk: Said(
            _(SENTENCES[notice.kind]) % {"export": f"{request.number} {title_of(request)}"},
            request.get_absolute_url(),
        )
        for notice in notices
        if (request := found.get(notice.subject))
    }
