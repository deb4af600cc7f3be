"""Who of the demo's people kept which part of the register on a day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from grids.demo.town import STREET
from grids.enums import Level, Role
from grids.models import Grid, Post


@dataclass
class Staff:
    """The posts of the demo street, and of the district above it, by place and role."""

    posts: dict[tuple[int, str], list[Post]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of_street(cls) -> "Staff":
        staff = cls()
        ours = Q(grid__code__startswith=STREET) | Q(grid__code=STREET[: Level.DISTRICT.code_length])
        posts = Post.objects.filter(ours).select_related("user", "grid__parent")
        for post in posts.order_by("since", "pk"):
            staff.posts[post.grid_id, post.role].append(post)
        return staff

    def one(self, place: int, role: Role, at: datetime) -> Post:
        """Who held a post at a moment; the demo leaves none of these empty."""
        held = self.posts[place, role]
        return next(post for post in held if post.since <= at and (post.until is None or at < post.until))

    def leader(self, grid: int, at: datetime) -> Post:
        return self.one(grid, Role.GRID_LEADER, at)

    def grids(self) -> list[Grid]:
        """The building grids that somebody looks after, in walking order."""
        found = {posts[0].grid for (_place, role), posts in self.posts.items() if role == Role.GRID_LEADER}
        return sorted(found, key=lambda grid: grid.code)
