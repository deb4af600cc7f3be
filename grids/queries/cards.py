"""What stands on the contact card of a grid, and who keeps it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..enums import Hotline, Level, Right, Role
from ..models import Grid, Post
from ..rules.cards import (
    HIGHEST,
    KEPT,
    ON_CARD,
    Contact,
    Given,
    contacts,
    dial,
    inherited,
    points,
    standing,
)
from ..rules.codes import ancestry
from ..scopes import Scope

ROOMY = 16  # lines that a sheet has room for in large type


@dataclass(frozen=True)
class OnDuty:
    """A person as her card names her: nothing of an account but what hangs on the wall."""

    name: str
    role: str
    phone: str

    @property
    def dial(self) -> str:
        return dial(self.phone)


@dataclass(frozen=True)
class Card:
    """The card of a grid: its people, and what the grid and those above it say."""

    grid: Grid
    above: tuple[Grid, ...]  # the nearest first, up to the street
    people: list[OnDuty]
    given: Given

    @property
    def is_long(self) -> bool:
        """Whether only smaller type keeps it on one sheet."""
        return len(self.people) + len(self.given.contacts) // 2 + len(self.given.points) > ROOMY

    @property
    def hotlines(self) -> list[Contact]:
        """The numbers that answer everywhere, unless the card names them itself."""
        named = {contact.dial for contact in self.given.contacts}
        return [Contact(str(line.label), line.value) for line in Hotline if line.value not in named]


def card_of(grid: Grid, at: datetime) -> Card:
    """The card as it stands at a moment; two queries."""
    chain = _upwards(grid)
    below_district = [place for place in chain if place.level >= HIGHEST]
    return Card(
        grid=grid,
        above=tuple(below_district[1:]),
        people=people_on(below_district, at),
        given=inherited([_given(place) for place in chain]),
    )


def from_above(grid: Grid) -> Given:
    """What the card of a grid says where it gives nothing itself."""
    return inherited([_given(place) for place in _upwards(grid)[1:]])


def _upwards(grid: Grid) -> list[Grid]:
    """The grid and those above it, the nearest first. By code: the tree numbers of a grid in hand may be old."""
    return list(Grid.objects.filter(code__in=ancestry(grid.code)).order_by("-level"))


def _given(grid: Grid) -> Given:
    return Given(
        services=grid.services,
        contacts=contacts(grid.service_phones),
        points=points(grid.service_points),
        supervision=grid.supervision_phone,
    )


def people_on(grids: Iterable[Grid], at: datetime) -> list[OnDuty]:
    """The duty contacts of these grids, in the order of a card."""
    held = Post.objects.filter(grid__in=list(grids), role__in=ON_CARD, user__is_active=True).current(at)
    in_order = sorted(held.select_related("user"), key=lambda post: (ON_CARD.index(Role(post.role)), post.pk))
    return [OnDuty(str(post.user), post.get_role_display(), post.user.phone) for post in in_order]


def standing_of(grid: Grid) -> str:
    """How the card stood when a keeper opened it."""
    return standing({name: getattr(grid, name) for name in KEPT})


def keeps(post: Post, grid: Grid) -> bool:
    """Whether the card of a grid is kept from this post: a street keeps its own, a community its grids' too."""
    own = {grid.pk} | ({grid.parent_id} if grid.level == Level.BUILDING else set())
    return Right.CARD in post.rights and post.grid_id in own


def keeper_of(grid: Grid, scope: Scope) -> Post | None:
    """The post from which a person keeps the card of this grid."""
    if not scope.covers_grid(grid.code, Right.CARD):
        return None
    return next((post for post in scope.posts if keeps(post, grid)), None)


def kept_by(post: Post) -> list[Grid]:
    """The grids whose cards are kept from a post."""
    place = post.grid
    assert place is not None  # a department keeps no card
    below = place.children.active().order_by("code") if place.level == Level.COMMUNITY else []
    return [place, *below]
