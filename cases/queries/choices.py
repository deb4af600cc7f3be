"""What a person can choose from when she reports: where, and what exactly."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from grids.enums import Level, Right
from grids.models import Grid, Post
from grids.scopes import Scope

from ..enums import Severity
from ..models import Case, Category

TILES = 5  # and "other": two rows on a phone
LATELY = 300  # cases that say what is common here
MOST_GRIDS = 120  # more than this nobody finds her way through in one list


def leaves() -> list[Category]:
    """Everything a case can be filed under, in the order of the tree."""
    return list(Category.objects.leaves().select_related("parent").order_by("code"))


def common(offered: list[Category], scope: Scope) -> list[Category]:
    """The few categories that are reported most around here; everyday ones where nothing is known yet."""
    lately = Case.objects.within(scope, Right.REPORT).newest_first().values_list("category_id", flat=True)
    seen = Counter(lately[:LATELY])
    ordered = sorted(offered, key=lambda leaf: (-seen[leaf.pk], leaf.severity != Severity.MINOR, leaf.code))
    return ordered[:TILES]


def reportable(scope: Scope) -> list[Grid]:
    """The communities and building grids in which this person may report a problem, by code."""
    grids = Grid.objects.within(scope, Right.REPORT).active().filter(level__gte=Level.COMMUNITY)
    return list(grids.order_by("code").only("pk", "code", "name", "level"))


@dataclass(frozen=True)
class Places:
    """The grids of one choice. Where there are too many, the communities first, then one of them whole."""

    every: list[Grid]
    shown: list[Grid]
    communities: list[Grid]

    @property
    def is_narrowed(self) -> bool:
        return len(self.shown) < len(self.every)


def places(scope: Scope, chosen: str = "") -> Places:
    """What to offer; `chosen` is the code of a grid already picked, whose community is then shown."""
    every = reportable(scope)
    communities = [grid for grid in every if grid.level == Level.COMMUNITY]
    if len(every) <= MOST_GRIDS:
        return Places(every, every, communities)
    inside = chosen[: Level.COMMUNITY.code_length]
    shown = [grid for grid in every if inside and grid.code.startswith(inside)]
    return Places(every, shown or communities, communities)


def grouped(grids: list[Grid]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Grids as the options of a select, one group per community."""
    width = Level.COMMUNITY.code_length
    names = {grid.code: grid.name for grid in grids}
    return [
        (names.get(code, ""), [(grid.pk, grid.name) for grid in members])
        for code, members in groupby(grids, key=lambda grid: grid.code[:width])
    ]


def reporting_post(scope: Scope, grid: Grid) -> Post | None:
    """The post from which this person reports in a grid: the one nearest to it."""
    posts = [
        post for post in scope.posts
        if Right.REPORT in post.rights and post.grid and grid.code.startswith(post.grid.code)
    ]  # fmt: skip
    return max(posts, key=lambda post: post.level or 0, default=None)
