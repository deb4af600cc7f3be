"""Somebody looks at a hint and says what she found. It changes no figure, no score and no case."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Case
from grids.enums import Right
from grids.models import Post

from ..enums import Hint, HintVerdict
from ..models import HintLook
from ..queries.hints import Found


class HintRefused(ValueError):
    """The look is not written; the message may be shown."""


@transaction.atomic
def look_at(
    found: Found, hint: Hint, *, verdict: HintVerdict, note: str, by: Post, at: datetime, key: UUID
) -> HintLook:
    """Write down what was found about the hint of a row; the same key again is the same look. Raises HintRefused.

    A hint can be looked at again: the last look stands, the earlier ones stay readable.
    """
    Case.objects.select_for_update(of=("self",)).get(events=found.begins_id)
    if known := HintLook.objects.filter(key=key).select_related("by").first():
        if (known.hint, known.event_id, known.by.user_id) != (hint, found.begins_id, by.user_id):
            raise HintRefused(_("This form has been used by somebody else. Please open it again."))
        return known
    if not by.is_current(at) or Right.SUPERVISE not in by.rights:
        raise HintRefused(_("Only whoever supervises here can say what was found."))
    if by.user_id in found.people:
        raise HintRefused(_("Nobody judges a hint about what she did herself."))
    if not note.strip():
        raise HintRefused(_("Say in a few words what was found."))
    return HintLook.objects.create(
        hint=hint, event_id=found.begins_id, verdict=verdict, note=note, by=by, at=at, key=key
    )
