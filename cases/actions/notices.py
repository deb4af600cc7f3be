"""People are told of what happened to cases, in the transaction in which it happened: a few statements for any number."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Self

from django.db.models import Q

from grids.actions import NewNotice, notify
from grids.enums import Level, Role
from grids.models import Department, Grid, Post
from grids.queries import answering_roles, holders_of

from ..enums import Action, DeadlineKind, Part, Severity, Told
from ..models import Assignment, Case, CaseEvent, Deadline, Inquiry
from ..rules.notices import BY_WHAT, Telling, kind_for

PAPER_SIDES = (Told.ASKER, Told.ANSWERER, Told.DECIDER)


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a case, and those whom it may concern as they were at that moment."""

    what: Action | DeadlineKind
    mark: str  # names it once and for all
    at: datetime
    case: Case
    holder: int | None  # post
    actor: int | None  # user
    lead: Assignment | None
    paper: Inquiry | None = None

    @classmethod
    def of(cls, event: CaseEvent, lead: Assignment | None, paper: Inquiry | None = None) -> Self:
        """What an event says; `lead` is the assignment that ran before it."""
        return cls(
            Action(event.action), f"event {event.case_id}/{event.seq}", event.at, event.case,
            event.holder_post_id, event.actor_id, lead, paper,
        )  # fmt: skip

    @classmethod
    def reminder(cls, deadline: Deadline, case: Case, lead: Assignment) -> Self:
        """A moment of an assignment that is only told."""
        return cls(
            DeadlineKind(deadline.kind), f"deadline {deadline.pk}", deadline.due_at, case,
            case.holder_post_id, None, lead,
        )  # fmt: skip

    @property
    def centre(self) -> Grid:
        return self.case.street or self.case.district

    @property
    def above(self) -> Grid | None:
        """Where requests of the unit that has the work are decided: its street, above that the district."""
        if self.lead is None:
            return None
        unit = self.lead.unit
        level = unit.grid.level + 1 if isinstance(unit, Department) else unit.level
        return self.centre if level > Level.STREET else self.case.district

    @cached_property
    def helper(self) -> int | None:
        """The post that answers for the unit that was asked to assist last."""
        helpers = self.case.assignments.filter(part=Part.ASSIST).order_by("-pk")
        return helpers.values_list("post_id", flat=True).first()

    def side(self, told: Told) -> Grid | None:
        """The grid on one side of the inquiry it is about, or above the unit that has the work."""
        if told == Told.ABOVE:
            return self.above
        return getattr(self.paper, told.value) if told in PAPER_SIDES and self.paper else None


def announce(happened: Sequence[Happening], *, at: datetime) -> None:
    """Tell everybody whom the table names. Twice the same is told once."""
    told = [(each, telling) for each in happened for telling in BY_WHAT.get(each.what, ())]
    if told:
        people = People.of(told, at)
        notify(_news(told, people))


def _news(told: Iterable[tuple[Happening, Telling]], people: "People") -> Iterator[NewNotice]:
    for each, telling in told:
        kind = kind_for(telling, Severity(each.case.category.severity))
        for person in people.of_one(each, telling.to) - {each.actor}:
            yield NewNotice(person, kind.value, each.case.pk, f"{each.mark} {kind.value}", each.at)


@dataclass
class People:
    """Who stands behind the posts, grids and reports that happenings name: at most three queries for all of them."""

    posts: dict[int, Post] = field(default_factory=dict)
    dispatchers: dict[int, list[Post]] = field(default_factory=dict)  # by street
    answering: dict[str, Post] = field(default_factory=dict)  # by grid, or instead of a post that has ended
    merged: dict[int, set[int]] = field(default_factory=dict)  # reporters, by the case their report went into

    @classmethod
    def of(cls, told: Sequence[tuple[Happening, Telling]], at: datetime) -> Self:
        people = cls()
        people._find_posts(told, at)
        people._find_answering(told, at)
        people._find_merged(told)
        return people

    def _find_posts(self, told: Sequence[tuple[Happening, Telling]], at: datetime) -> None:
        """The posts that are named, and the dispatchers now in office where the centre is told."""
        named = {pk for each, telling in told for pk in _named(each, telling.to) if pk}
        centres = {each.centre.pk for each, telling in told if telling.to == Told.CENTRE}
        if not named and not centres:
            return
        wanted = Q(pk__in=named) | Q(role=Role.DISPATCHER, grid__in=centres)
        for post in Post.objects.filter(wanted).select_related("grid", "department").order_by("pk"):
            self.posts[post.pk] = post
            if (
                post.grid_id
                and post.grid_id in centres
                and post.role == Role.DISPATCHER
                and post.is_current(at)
            ):
                self.dispatchers.setdefault(post.grid_id, []).append(post)

    def _find_answering(self, told: Sequence[tuple[Happening, Telling]], at: datetime) -> None:
        """Who answers for the grids of an inquiry, and in place of holders whose post has ended."""
        wanted: dict[str, Grid | Department] = {}
        for each, telling in told:
            if (grid := each.side(telling.to)) is not None:
                wanted[f"grid {grid.pk}"] = grid
            elif telling.to == Told.HOLDER and each.holder and not self.posts[each.holder].is_current(at):
                wanted[f"post {each.holder}"] = _place_of(self.posts[each.holder])
        if wanted:
            self.answering = holders_of(
                {name: (place, answering_roles(place)) for name, place in wanted.items()}, at
            )

    def _find_merged(self, told: Sequence[tuple[Happening, Telling]]) -> None:
        """Whoever reported the same problem is told how it ended."""
        ended = [each.case.pk for each, telling in told if each.what == Action.CLOSE]
        if not ended:
            return
        twins = Case.objects.filter(merged_into__in=ended, reporter__isnull=False)
        for pk, reporter in twins.values_list("merged_into", "reporter"):
            self.merged.setdefault(pk, set()).add(reporter)

    def of_one(self, each: Happening, told: Told) -> set[int]:
        """The users behind one word of the table."""
        match told:
            case Told.HOLDER:
                return self._users(
                    self.answering.get(f"post {each.holder}") or self.posts.get(each.holder or 0)
                )
            case Told.FORMER:
                return self._former(each.lead)
            case Told.HANDLER:
                return _known(each.lead.fed_back_by_id) if each.lead else set()
            case Told.REPORTERS:
                return _known(each.case.reporter_id) | self.merged.get(each.case.pk, set())
            case Told.CENTRE:
                return self._centre(each)
            case Told.HELPER:
                return self._users(self.posts.get(each.helper or 0))
            case _a_grid:
                grid = each.side(told)
                return self._users(self.answering.get(f"grid {grid.pk}") if grid else None)

    def _former(self, lead: Assignment | None) -> set[int]:
        """Who had signed for it; before that, whoever was to."""
        if lead is None:
            return set()
        return _known(lead.signed_by_id) or self._users(self.posts.get(lead.post_id))

    def _centre(self, each: Happening) -> set[int]:
        """The dispatcher who gave it while she is in office, or all who are."""
        here = self.dispatchers.get(each.centre.pk, [])
        giver = each.lead.assigned_by_id if each.lead else None
        return self._users(*([post for post in here if post.pk == giver] or here))

    def _users(self, *posts: Post | None) -> set[int]:
        return {post.user_id for post in posts if post is not None}


def _known(user: int | None) -> set[int]:
    return set() if user is None else {user}


def _named(each: Happening, told: Told) -> tuple[int | None, ...]:
    """The posts that a happening names to whom is told."""
    if told == Told.HOLDER:
        return (each.holder,)
    if told == Told.HELPER:
        return (each.helper,)
    if told == Told.FORMER and each.lead and not each.lead.signed_by_id:
        return (each.lead.post_id,)
    return ()


def _place_of(post: Post) -> Grid | Department:
    place = post.grid or post.department
    assert place is not None  # held by the database
    return place
