"""Reviews: who may know of them, whose turn it is, and who is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from grids.enums import Level, Right, Role
from grids.models import Notice, Post
from grids.queries.desks import Pending
from grids.queries.notices import Kind, Said
from grids.scopes import Scope

from ..enums import ReviewNotice, ReviewState
from ..models import Charge, Review
from ..models.reviews import ChargeQuerySet

SUPERVISING = [role for role in Role if Right.SUPERVISE in role.rights]
PEOPLE = (
    "user", "post__grid", "post__department", "decided_by__user", "decided_by__grid", "ruled_by__user",
    "ruled_by__grid",
)  # fmt: skip

# --- who may know of them -----------------------------------------------------------------------------


def supervised(scope: Scope) -> QuerySet[Review]:
    """The reviews of a scope, with what a row of the list names."""
    rows = Review.objects.within(scope, Right.SUPERVISE)
    return rows.select_related("case__category", "grid", "opened_by__user", "opened_by__grid")


def visible(scope: Scope) -> QuerySet[Review]:
    """Those she supervises, and those that concern herself."""
    own = Charge.objects.filter(user=scope.user_id or 0).values("review")
    seen = scope.condition(Review, Right.SUPERVISE) | Q(pk__in=own)
    return Review.objects.filter(seen).select_related(
        "case__category", "grid", "opened_by__user", "opened_by__grid", "inquiry"
    )


def charges_shown(review: Review, scope: Scope) -> ChargeQuerySet:
    """All of them for who supervises, her own for a person concerned: what others are charged with is not hers to know."""
    rows = Charge.objects.filter(review=review).select_related("review", *PEOPLE).order_by("pk")
    return rows if scope.covers(review, Right.SUPERVISE) else rows.filter(user=scope.user_id or 0)


def charges_of(scope: Scope) -> ChargeQuerySet:
    """What a person is or was charged with herself, the latest first."""
    rows = Charge.objects.filter(user=scope.user_id or 0)
    return rows.select_related("review__case__category", *PEOPLE).order_by("-pk")


# --- the list -----------------------------------------------------------------------------------------


def states(scope: Scope) -> dict[str, int]:
    """How many reviews there are in each state; one query."""
    rows = Review.objects.within(scope, Right.SUPERVISE).order_by()
    return dict(rows.values("state").annotate(n=Count("pk")).values_list("state", "n"))


def found(scope: Scope, state: ReviewState | None) -> QuerySet[Review]:
    rows = supervised(scope).annotate(people=Count("charges"))
    return rows.filter(state=state) if state else rows


# --- whose turn it is ---------------------------------------------------------------------------------


def may_judge(post: Post, charge: Charge, concerned: set[int]) -> bool:
    """Whether a post sits high enough over a charge, and its holder is not concerned herself."""
    return (post.level or 0) <= charge.decider_level and post.user_id not in concerned


def concerned(review: Review) -> set[int]:
    """The people a review is about."""
    return set(Charge.objects.filter(review=review).values_list("user", flat=True))


def judging_post(charge: Charge, scope: Scope, about: set[int]) -> Post | None:
    """The post from which this person could decide on a charge; she may hold a lower one, too."""
    if not scope.covers(charge.review, Right.SUPERVISE):
        return None
    held = (post for post in scope.posts if Right.SUPERVISE in post.rights and post.grid_id)
    over = (post for post in held if getattr(charge.review, post.path_column) == post.grid_id)
    return next((post for post in over if may_judge(post, charge, about)), None)


def _judged_by(scope: Scope) -> ChargeQuerySet:
    """The charges this person could decide on: of her places, of lower posts, in reviews that are not about her."""
    reach = Q(pk__in=[])
    for span in scope.spans(Right.SUPERVISE):
        path = f"{Level(span.level).path_field}_id"
        reach |= Q(**{f"review__{path}": span.grid_id}, decider_level__gte=span.level)
    about_her = Charge.objects.filter(user=scope.user_id or 0).values("review")
    return Charge.objects.filter(reach).exclude(review__in=about_her)


def to_decide(scope: Scope, at: datetime) -> ChargeQuerySet:
    return _judged_by(scope).ready(at)


def to_rule(scope: Scope) -> ChargeQuerySet:
    """Appeals against what somebody else has decided."""
    return _judged_by(scope).appealed().exclude(decided_by__user=scope.user_id or 0)


def waiting(scope: Scope, at: datetime) -> dict[str, QuerySet[Any]]:
    """What of the reviews waits for this person."""
    rows: dict[str, QuerySet[Any]] = {"hear": Charge.objects.filter(user=scope.user_id or 0).to_be_heard(at)}
    if Right.SUPERVISE in scope.rights:
        rows |= {"decide": to_decide(scope, at), "rule": to_rule(scope)}
    return rows


# what waits   in words                                            the page of its rows
LINES = (
    ("hear",   gettext_lazy("Statements to make in a review about me"),   "charges"),
    ("decide", gettext_lazy("Measures to decide"),                        "reviews"),
    ("rule",   gettext_lazy("Appeals to decide"),                         "reviews"),
)  # fmt: skip


def say(numbers: Mapping[str, int], _asked: Collection[str], _at: datetime) -> list[Pending]:
    """The numbers in words; of what does not wait nothing is said."""
    return [
        Pending(str(label), numbers[name], reverse(f"assessment:{page}"))
        for name, label, page in LINES
        if numbers.get(name)
    ]


# --- who is told --------------------------------------------------------------------------------------


def judges(charge: Charge, at: datetime) -> list[Post]:
    """Everybody who could decide on a charge; of several posts of one person the first."""
    review = charge.review
    path = [review.building_id, review.community_id, review.street_id, review.district_id]
    held = Post.objects.current(at).filter(role__in=SUPERVISING, grid__in=[pk for pk in path if pk])
    about = concerned(review)
    found = [post for post in held.select_related("user").order_by("pk") if may_judge(post, charge, about)]
    return list({post.user_id: post for post in reversed(found)}.values())


N = ReviewNotice
KINDS = tuple(Kind(kind.value, kind.label) for kind in N)

SENTENCES: Mapping[str, str] = {
    N.TO_ANSWER: gettext_noop("Review %(review)s concerns you. You may make a statement in time."),
    N.TO_DECIDE: gettext_noop("A statement was made in review %(review)s. Please decide."),
    N.DECIDED: gettext_noop("What concerns you in review %(review)s has been decided. You may appeal in time."),
    N.TO_RULE: gettext_noop("An appeal was lodged in review %(review)s. Please decide."),
    N.RULED: gettext_noop("The appeal in review %(review)s has been decided."),
}  # fmt: skip


def words(notices: Sequence[Notice], scope: Scope) -> dict[int, Said]:
    """What these notices say to a reader with this scope: a number, never what it is about; one query."""
    shown = visible(scope).in_bulk({notice.subject for notice in notices})
    return {
        notice.pk: Said(_(SENTENCES[notice.kind]) % {"review": review}, review.get_absolute_url())
        for notice in notices
        if (review := shown.get(notice.subject))
    }


@dataclass(frozen=True)
class Offered:
    """What this person may do to one charge now, and from which post."""

    charge: Charge
    is_own: bool
    may_speak: bool = False
    may_appeal: bool = False
    deciding: Post | None = None
    ruling: Post | None = None


def offered(charge: Charge, scope: Scope, about: set[int], at: datetime) -> Offered:
    """The forms that stand on the page; the actions ask again."""
    is_own = charge.user_id == scope.user_id
    judge = judging_post(charge, scope, about)
    is_ready = not charge.is_decided and (charge.spoke_at is not None or at >= charge.hear_due_at)
    was_me = charge.decided_by is not None and charge.decided_by.user_id == scope.user_id
    return Offered(
        charge=charge,
        is_own=is_own,
        may_speak=is_own and not charge.is_decided and charge.spoke_at is None and at < charge.hear_due_at,
        may_appeal=is_own
        and charge.appealed_at is None
        and charge.appeal_due_at is not None
        and at < charge.appeal_due_at,
        deciding=judge if is_ready else None,
        ruling=judge if charge.has_open_appeal and not was_me else None,
    )
