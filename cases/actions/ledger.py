"""How every change of a case begins and ends: lock, ask the rule, write the row and its one event.

Lock order everywhere: case, then deadlines, then the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db.models import QuerySet

from gridgov.kit import hashing
from grids.models import Post

from ..enums import Action, Refusal, Step
from ..models import Assignment, Case, CaseEvent, Inquiry
from ..queries.chain import chain_key
from ..queries.permits import facts_of, stands
from ..rules import lifecycle, seal
from ..rules.lifecycle import Edge, NotAllowed
from .notices import Happening, announce


class Clash(Exception):
    """Somebody else was faster: the case is no longer as the person saw it. Nothing was written."""

    def __init__(self, case: Case, last: CaseEvent) -> None:
        super().__init__(case.number)
        self.case, self.last = case, last


@dataclass
class Turn:
    """One person's move on one locked case. `is_replay` when the same form arrived before."""

    case: Case
    edge: Edge
    by: Post
    at: datetime
    key: UUID | None
    lead: Assignment | None
    last: CaseEvent
    inquiry: Inquiry | None = None
    is_replay: bool = False

    @classmethod
    def begin(
        cls, case: Case, action: Action, *, by: Post, at: datetime, version: int | None, key: UUID | None,
        inquiry: Inquiry | None = None,
    ) -> Self:  # fmt: skip
        """Lock the case and make sure that this person may take this edge now.

        `version` is the one the person was looking at; None when no page was involved. `inquiry` is the paper
        that the move is about.
        """
        case = Case.objects.lock(case.pk)
        edge_now = lifecycle.BY_STEP_AND_ACTION.get((Step(case.step), action))
        last = case.events.latest("seq")
        if key and (used := CaseEvent.objects.filter(key=key).first()):
            if (used.case_id, used.actor_id) != (case.pk, by.user_id):
                raise Clash(case, last)  # the form of another case, or of somebody else
            return cls(case, _edge_of(used), by, at, key, None, last, is_replay=True)
        if version is not None and version != case.version:
            raise Clash(case, last)
        if edge_now is None:
            raise NotAllowed(Refusal.WRONG_STEP)
        at = max(at, last.at)  # an event is never dated before the one before it
        lead = case.assignments.filter(part="lead", ended_at__isnull=True).first()
        if not stands(by, at):
            raise NotAllowed(Refusal.POST_ENDED)
        paper = _papers().get(pk=inquiry.pk) if inquiry else None
        if reason := lifecycle.refusal(edge_now, facts_of(case, lead, by, edge_now, at, paper)):
            raise NotAllowed(reason)
        return cls(case, edge_now, by, at, key, lead, last, paper)

    @property
    def given(self) -> Assignment:
        """The assignment that runs: the table lets nobody take an edge out of handling without one."""
        if self.lead is None:
            raise NotAllowed(Refusal.WRONG_STEP)
        return self.lead

    @property
    def paper(self) -> Inquiry:
        """The inquiry that the move is about: the table lets nobody take such an edge without one."""
        if self.inquiry is None:
            raise NotAllowed(Refusal.NO_INQUIRY)
        return self.inquiry

    def say(self, note: str) -> None:
        """Where the table asks for a reason, there must be one."""
        if self.edge.needs_note and not note.strip():
            raise NotAllowed(Refusal.NOTE_MISSING)

    def finish(self, note: str = "", on_time: bool | None = None, **data: Any) -> Case:
        """Write the case at its new step, the event that says so, and whoever is told of it."""
        self.say(note)
        event = record(
            self.case, self.edge, by=self.by, at=self.at, note=note, key=self.key, on_time=on_time, data=data,
            previous=bytes(self.last.hash),
        )  # fmt: skip
        announce([Happening.of(event, self.lead, self.inquiry)], at=self.at)
        return self.case


def _papers() -> QuerySet[Inquiry]:
    return Inquiry.objects.select_related("asker__parent", "answerer", "decider", "assignment")


def _edge_of(event: CaseEvent) -> Edge:
    return lifecycle.transition(Step(event.step_before) if event.step_before else None, Action(event.action))


def record(
    case: Case, edge: Edge, *, by: Post | None, at: datetime, note: str, key: UUID | None,
    on_time: bool | None = None, data: Mapping[str, Any] | None = None, previous: bytes = b"",
) -> CaseEvent:  # fmt: skip
    """Save the case with its next version and append the event, chained to the one before it.

    `previous` is the seal of that event; the first event of a case has none before it.
    """
    event = entry(case, edge, by=by, at=at, note=note, key=key, on_time=on_time, data=data, previous=previous)
    case.save()
    event.save(force_insert=True)
    return event


def entry(
    case: Case, edge: Edge, *, at: datetime, by: Post | None = None, note: str = "", key: UUID | None = None,
    on_time: bool | None = None, data: Mapping[str, Any] | None = None, previous: bytes = b"",
) -> CaseEvent:  # fmt: skip
    """The next event of a case, which now stands at its next version; neither is saved."""
    case.version += 1
    case.step = edge.target
    if edge.moves_on:
        case.step_since = at
    event = CaseEvent(
        case=case, seq=case.version, action=edge.action, step_before=edge.source or "", step_after=edge.target,
        at=at, actor=by.user if by else None, post=by, note=note, data=dict(data or {}), key=key,
        category_id=case.category_id, holder_grid_id=case.holder_grid_id,
        holder_department_id=case.holder_department_id, holder_post_id=case.holder_post_id,
        due_at=case.due_at, on_time=on_time,
    )  # fmt: skip
    event.hash = hashing.chain(chain_key(), previous, seal.facts(event, case.number))
    return event
