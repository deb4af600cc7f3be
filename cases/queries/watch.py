"""What is watched about inquiries: who pays somebody back for asking, and who does not dare to ask."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from gridgov.kit import listing
from gridgov.kit.listing import CappedCount
from grids.enums import Level, Right
from grids.models import Post
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..enums import InquiryState
from ..models import CaseEvent, Inquiry
from ..models.inquiries import InquiryQuerySet
from ..rules.inquiry import ADVERSE
from .inquiries import NAMED, in_place
from .shown import Line, line, with_people

PAGE = 20  # inquiries of one page, each with what followed it
GRIDS = 12  # that are named on top of the silent ones


# --- retaliation -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deed:
    """What the questioned side did to a case of the grid that had asked, so many days afterwards."""

    event: CaseEvent
    told: Line
    days: int


@dataclass(frozen=True)
class Suspect:
    """One inquiry, and what followed it."""

    inquiry: Inquiry
    deeds: list[Deed]


def suspects(scope: Scope, place: Any = None, cursor: str | None = None) -> listing.Page[Suspect]:
    """Inquiries after which the questioned side turned something against the asker, newest first.

    Suspicion, not proof: a transfer can be right. Two queries.
    """
    papers = in_place(_watched(scope), place).with_limit().select_related(*NAMED)
    page = listing.page(papers, cursor=cursor, size=PAGE)
    deeds = _deeds(page.rows)
    found = [Suspect(paper, deeds[paper.pk]) for paper in page.rows]
    return listing.Page(found, page.next_cursor, page.previous_cursor)


def suspect_count(scope: Scope) -> CappedCount:
    return listing.capped_count(_watched(scope))


def _watched(scope: Scope) -> InquiryQuerySet:
    followed = CaseEvent.objects.filter(
        action__in=ADVERSE,
        at__gt=OuterRef("issued_at"),
        at__lte=OuterRef("watched_until"),
        post__in=Post.objects.filter(grid=OuterRef(OuterRef("answerer"))).order_by().values("pk"),
    )
    lies_there = Q()
    for level in (Level.BUILDING, Level.COMMUNITY, Level.STREET):
        lies_there |= Q(**{f"case__{level.path_field}": OuterRef("asker")})
    papers = Inquiry.objects.within(scope, Right.SUPERVISE).filter(issued_at__isnull=False)
    found: InquiryQuerySet = papers.filter(Exists(followed.filter(lies_there)))
    return found


def _deeds(papers: Sequence[Inquiry]) -> dict[int, list[Deed]]:
    found: defaultdict[int, list[Deed]] = defaultdict(list)
    if not papers:
        return found
    wanted = Q()
    for paper in papers:
        wanted |= _against(paper)
    events = with_people(CaseEvent.objects.filter(wanted, action__in=ADVERSE)).select_related("case")
    for event in events.order_by("at", "pk"):
        for paper in papers:
            if _is_against(event, paper):
                days = local_date(event.at) - local_date(paper.issued_at)  # type: ignore[arg-type]
                found[paper.pk].append(Deed(event, line(event), days.days))
    return found


def _against(paper: Inquiry) -> Q:
    """The deeds of the questioned grid's posts on cases that lie in the asking grid."""
    lies_there = {f"case__{Level(paper.asker.level).path_field}": paper.asker_id}
    span = {"at__gt": paper.issued_at, "at__lte": paper.watched_until}
    return Q(post__grid=paper.answerer_id, **lies_there, **span)


def _is_against(event: CaseEvent, paper: Inquiry) -> bool:
    place = getattr(event.case, f"{Level(paper.asker.level).path_field}_id")
    in_time = paper.issued_at < event.at <= paper.watched_until  # type: ignore[operator]
    by_them = event.post is not None and event.post.grid_id == paper.answerer_id
    return by_them and place == paper.asker_id and in_time


# --- silence ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Silence:
    """A right that was not used, and for how many days."""

    inquiry: Inquiry
    days: int


@dataclass(frozen=True)
class SilentGrid:
    """How often one grid has kept silent."""

    code: str
    name: str
    above: str
    lapsed: int
    unused: int


def silences(
    scope: Scope, at: datetime, *, days: int, place: Any = None, asker: str = "", cursor: str | None = None
) -> listing.Page[Silence]:
    """Rights that lapsed, or have not been used for so many days; one query."""
    papers = _silent(scope, at, days, place)
    if asker:
        papers = papers.filter(asker__code=asker)
    page = listing.page(papers.with_limit().select_related(*NAMED), cursor=cursor)
    found = [Silence(paper, _silent_for(paper, at)) for paper in page.rows]
    return listing.Page(found, page.next_cursor, page.previous_cursor)


def silence_count(scope: Scope, at: datetime, days: int) -> CappedCount:
    return listing.capped_count(_silent(scope, at, days, None))


def silent_grids(scope: Scope, at: datetime, *, days: int, place: Any = None) -> list[SilentGrid]:
    """The grids that keep silent most; one query."""
    counted = (
        _silent(scope, at, days, place)
        .order_by()
        .values("asker__code", "asker__name", "asker__parent__name")
        .annotate(
            lapsed=Count("pk", filter=Q(state=InquiryState.LAPSED)),
            unused=Count("pk", filter=Q(state=InquiryState.RIGHT)),
            together=Count("pk"),
        )
        .order_by("-together", "asker__code")
    )
    return [
        SilentGrid(
            row["asker__code"], row["asker__name"], row["asker__parent__name"] or "", row["lapsed"], row["unused"]
        )
        for row in counted[:GRIDS]
    ]  # fmt: skip


def _silent(scope: Scope, at: datetime, days: int, place: Any) -> InquiryQuerySet:
    long_unused = Q(state=InquiryState.RIGHT, gained_at__lte=at - timedelta(days=days))
    papers = Inquiry.objects.within(scope, Right.SUPERVISE)
    return in_place(papers.filter(Q(state=InquiryState.LAPSED) | long_unused), place)


def _silent_for(paper: Inquiry, at: datetime) -> int:
    return (local_date(paper.lapsed_at or at) - local_date(paper.gained_at)).days
