"""Notices about cases, put into words: the number and the category, never a person and nothing of the text."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grids.models import Notice
from grids.queries.notices import Kind, Said
from grids.scopes import Scope

from ..enums import NoticeKind
from ..models import Case

N = NoticeKind

KINDS = tuple(Kind(kind.value, kind.label, kind.is_urgent) for kind in N)

SENTENCES: Mapping[str, str] = {
    N.URGENT: gettext_noop("Urgent: %(case)s is given to you. Please sign for it at once."),
    N.ASSIGNED: gettext_noop("%(case)s is given to you. Please sign for it in time."),
    N.TAKEN: gettext_noop("%(case)s was taken from you; there is nothing left to do for you."),
    N.RETURNED: gettext_noop("%(case)s was returned and waits to be assigned again."),
    N.REWORK: gettext_noop("The result for %(case)s did not pass. Please go on handling it."),
    N.CLOSED: gettext_noop("%(case)s, which you reported, has been closed."),
    N.DECLINED: gettext_noop("%(case)s, which you reported, was not accepted. Its page says why."),
    N.MERGED: gettext_noop("%(case)s, which you reported, goes on as part of another case."),
    N.SUPERVISED: gettext_noop("%(case)s is under supervision. Please deal with it in time."),
    N.HALF_TIME: gettext_noop("Half of the time for %(case)s has passed."),
    N.LAST_DAY: gettext_noop("The limit of %(case)s ends on the next working day."),
    N.EXPIRED: gettext_noop("The limit of %(case)s has passed."),
    N.SIGN_LATE: gettext_noop("Nobody has signed for %(case)s in time."),
    N.TO_ASSIST: gettext_noop("Your unit is asked to assist with %(case)s."),
    N.TO_PASS_ON: gettext_noop("A unit asks for more time or a pause for %(case)s. Please look at it."),
    N.TO_GRANT: gettext_noop("A request for more time or a pause for %(case)s waits for your decision."),
    N.GRANTED: gettext_noop("Your request about %(case)s has been granted."),
    N.REFUSED: gettext_noop("Your request about %(case)s has not been granted. The limit stays."),
    N.RESUMED: gettext_noop("The suspension of %(case)s is over; its limit runs again."),
    N.HANDED_OVER: gettext_noop("%(case)s is yours now: whoever had it has left the post."),
    N.MAY_ASK: gettext_noop("The level above has not dealt with %(case)s in time. You may issue an inquiry."),
    N.ASKED: gettext_noop("There is an inquiry about %(case)s. Please answer it in time."),
    N.ANSWERED: gettext_noop(
        "Your inquiry about %(case)s has been answered. Please say whether you accept it."
    ),
    N.ACCEPTED: gettext_noop("Your answer to the inquiry about %(case)s has been accepted."),
    N.TO_DECIDE: gettext_noop("An inquiry about %(case)s is before you. Please decide it."),
    N.DECIDED: gettext_noop("The inquiry about %(case)s has been decided."),
}


def words(notices: Sequence[Notice], scope: Scope) -> dict[int, Said]:
    """What these notices say to a reader with this scope; one query. A case out of her reach is not named."""
    about = {notice.subject for notice in notices}
    cases = Case.objects.within(scope).filter(pk__in=about).select_related("category").in_bulk()
    return {
        notice.pk: Said(_(SENTENCES[notice.kind]) % {"case": _name(case)}, case.get_absolute_url())
        for notice in notices
        if (case := cases.get(notice.subject))
    }


def _name(case: Case) -> str:
    return _("%(number)s (%(category)s)") % {"number": case.number, "category": case.category.name}
