"""The traces a person left from her posts: what each number of a dossier counts, and the rows behind it.

Everything is read by its moment and by the post it was done from, so that a dossier of past days as of a past
moment is the same whenever it is made (docs/rules/dossier.md).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import F, Min, Model, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from cases.enums import Action, Verdict
from cases.models import Case, CaseEvent, DiaryEntry, Inquiry, Patrol
from gridgov.kit import listing
from grids.enums import Right
from grids.models import Post, User
from grids.queries import work_calendar
from grids.scopes import Scope
from residents.models import Household, Inspection, Verification, Visit

from ..enums import SpotResult, Trace
from ..models import Pair, SpotItem
from ..rules.dossier import ANSWERED_FOR, BY_HAND, RESULTS, STAFF, WALKING, Stretch, duty_days
from .records import Record, moment_text

COUNTED = [result.value for result in SpotResult if result.counts]
ERRORS = [result.value for result in SpotResult if result.is_error]


@dataclass(frozen=True)
class Asked:
    """Whose dossier, from which of her posts, for which days up to which moment."""

    person: User
    stretch: Stretch
    posts: tuple[Post, ...]
    is_own: bool = False

    @cached_property
    def ids(self) -> list[int]:
        return [post.pk for post in self.posts]

    def until(self, post: Post) -> datetime | None:
        """When a post had ended, as far as was known at the cut-off."""
        return post.until if post.until and post.until <= self.stretch.cut_off else None

    @cached_property
    def duty(self) -> list[date]:
        """The working days at whose end she held the post of a building grid that is walked."""
        walked = [(post.since, self.until(post)) for post in self.posts if post.role in WALKING]
        calendar = work_calendar()
        return duty_days(walked, [day for day in self.stretch.days if calendar.is_working(day)])

    def within(self, field: str) -> dict[str, datetime]:
        return {f"{field}__gte": self.stretch.start, f"{field}__lt": self.stretch.moment}


Rows = Callable[[Asked], QuerySet[Any]]


def rows_of(trace: Trace, asked: Asked) -> QuerySet[Any]:
    """The rows that a number counts, exactly as many as it says."""
    return SOURCES[trace](asked)


def counts_of(asked: Asked) -> dict[Trace, int]:
    """Every number of a dossier; one query, and one for the calendar."""
    if not asked.ids:
        return dict.fromkeys(Trace, 0)
    found = listing.counted({trace.value: rows_of(trace, asked) for trace in Trace})
    return {trace: found.get(trace.value, 0) for trace in Trace}


# --- what each number counts ----------------------------------------------------------------------------------


def _walks(asked: Asked) -> QuerySet[Patrol]:
    return Patrol.objects.filter(post__in=asked.ids, **asked.within("started_at"))


def _walked_days(asked: Asked) -> QuerySet[Patrol]:
    return _first_of_day(_walks(asked))


def _walked_on_duty(asked: Asked) -> QuerySet[Patrol]:
    return _first_of_day(_walks(asked).filter(date__in=asked.duty))


def _first_of_day(walks: QuerySet[Patrol]) -> QuerySet[Patrol]:
    """A day is a day, however often she set out on it."""
    first = walks.order_by().values("date").annotate(first=Min("pk")).values("first")
    return Patrol.objects.filter(pk__in=first)


def _written(asked: Asked) -> QuerySet[DiaryEntry]:
    return DiaryEntry.objects.filter(patrol__post__in=asked.ids, **asked.within("at"))


def _became_cases(asked: Asked) -> QuerySet[DiaryEntry]:
    return _written(asked).filter(case__reported_at__lt=asked.stretch.moment)


def _moves(asked: Asked, actions: Iterable[Action]) -> QuerySet[CaseEvent]:
    """What she did to cases with her own hand."""
    return CaseEvent.objects.filter(post__in=asked.ids, action__in=tuple(actions), **asked.within("at"))


def _cases_touched(asked: Asked) -> QuerySet[CaseEvent]:
    """The first move of hers on each case."""
    hers = CaseEvent.objects.filter(post__in=asked.ids, **asked.within("at"))
    return CaseEvent.objects.filter(pk__in=hers.order_by("case", "seq").distinct("case").values("pk"))


def _by_hand(trace: Trace, **more: Any) -> Rows:
    return lambda asked: _moves(asked, BY_HAND[trace]).filter(**more)


def _answered_for(trace: Trace) -> Rows:
    """What happened to cases while her post had them; a post that had ended by then answers for nothing."""
    held = Q(holder_post__until__isnull=True) | Q(holder_post__until__gt=F("at"))

    def find(asked: Asked) -> QuerySet[CaseEvent]:
        return CaseEvent.objects.filter(
            held, holder_post__in=asked.ids, action__in=ANSWERED_FOR[trace], **asked.within("at")
        )

    return find


def _sent_back(asked: Asked) -> QuerySet[CaseEvent]:
    """Refusals of a result that was hers, whoever has the case by then."""
    results = CaseEvent.objects.filter(action__in=RESULTS)
    hers = results.filter(post__in=asked.ids, at__lt=asked.stretch.moment)
    last = results.filter(case=OuterRef("case"), seq__lt=OuterRef("seq")).order_by("-seq").values("post")[:1]
    refused = CaseEvent.objects.filter(
        action=Action.FAIL, case__in=hers.order_by().values("case"), **asked.within("at")
    )
    return refused.alias(handler=Subquery(last)).filter(handler__in=asked.ids)


def _papers(who: str, when: str, *conditions: Q) -> Rows:
    """Inquiries somebody had a hand in, by who and when."""
    return lambda asked: Inquiry.objects.filter(
        *conditions, **{f"{who}__in": asked.ids}, **asked.within(when)
    )


def _upheld(asked: Asked) -> QuerySet[Inquiry]:
    """Decided against a unit for which she worked when the limit passed that the inquiry is about."""
    hers = Q(pk__in=[])
    for post in asked.posts:
        if post.role in STAFF:
            ended = {"gained_at__lt": post.until} if post.until else {}
            hers |= Q(answerer=post.grid_id, gained_at__gte=post.since, **ended)
    return Inquiry.objects.filter(hers, verdict=Verdict.UPHELD, **asked.within("decided_at"))


def _done(model: type[Model], when: str, who: str = "by", **more: Any) -> Rows:
    """Rows of a register that say who did it and when."""
    return lambda asked: model._default_manager.filter(
        **{f"{who}__in": asked.ids}, **asked.within(when), **more
    )


def _looked_at(whose: str, results: list[str]) -> Rows:
    """Work of hers that somebody looked at again, each closing as it was found last."""

    def find(asked: Asked) -> QuerySet[SpotItem]:
        found = SpotItem.objects.filter(
            **{f"{whose}__in": asked.ids}, **asked.within("done_at"), result__in=COUNTED
        )
        last = found.order_by("event_id", "-done_at", "-pk").distinct("event_id").values("pk")
        return SpotItem.objects.filter(pk__in=last, result__in=results)

    return find


T = Trace
SOURCES: Mapping[Trace, Rows] = {
    T.PATROLS: _walks,
    T.PATROL_DAYS: _walked_days,
    T.DUTY_WALKED: _walked_on_duty,
    T.DIARY: _written,
    T.DIARY_CASES: _became_cases,
    T.CASES: _cases_touched,
    **{trace: _by_hand(trace) for trace in BY_HAND},
    T.SIGNED_IN_TIME: _by_hand(T.SIGNED, on_time=True),
    T.RESULTS_IN_TIME: _by_hand(T.RESULTS, on_time=True),
    **{trace: _answered_for(trace) for trace in ANSWERED_FOR},
    T.REWORKED: _sent_back,
    T.ASKED: _papers("issued_by", "issued_at"),
    T.ANSWERED: _papers("answered_by", "answered_at"),
    T.ANSWERED_IN_TIME: _papers("answered_by", "answered_at", Q(answered_at__lte=F("reply_due_at"))),
    T.DECIDED: _papers("decided_by", "decided_at"),
    T.UPHELD: _upheld,
    T.HOME_VISITS: _done(Visit, "done_at", file__isnull=True),
    T.GROUP_VISITS: _done(Visit, "done_at", file__isnull=False),
    T.VISITS_DUE: _done(Visit, "done_at", due_on__isnull=False),
    T.VISITS_IN_TIME: _done(Visit, "done_at", on_time=True),
    T.VERIFICATIONS: _done(Verification, "at"),
    T.INSPECTIONS: _done(Inspection, "done_at"),
    T.RESULTS_CHECKED: _looked_at("handler", COUNTED),
    T.RESULTS_WRONG: _looked_at("handler", ERRORS),
    T.VERDICTS_CHECKED: _looked_at("verifier", COUNTED),
    T.VERDICTS_WRONG: _looked_at("verifier", ERRORS),
    T.SPOT_CHECKS: _done(SpotItem, "done_at", "done_by"),
    T.MUTUAL_CHECKS: _done(Pair, "done_at", "done_by"),
}


# --- how a row is told, and to whom ---------------------------------------------------------------------------


def _record(at: datetime, grid: str, what: str, url: str = "") -> Record:
    return Record(moment_text(at), grid, what, url)


@dataclass(frozen=True)
class Kind:
    """Rows of one table: which right opens them, and how one is told who may open it and who may not."""

    right: Right
    related: tuple[str, ...]
    seen: Callable[[Scope], QuerySet[Any]]  # what a reader may open
    target: str  # which of them a row leads to
    told: Callable[[Any, bool], Record]


def kind_of(trace: Trace) -> Kind:
    return KINDS[MODELS[trace]]


def may_list(trace: Trace, asked: Asked, scope: Scope) -> bool:
    """Whether the rows are shown at all: to herself, and to whoever holds the right over one of the places."""
    if asked.is_own:
        return True
    right = Right.GROUPS if trace == Trace.GROUP_VISITS else kind_of(trace).right
    return any(scope.covers_grid(code_of(post), right) for post in asked.posts)


def code_of(post: Post) -> str:
    """The code of the place a post belongs to; a department belongs to its street or district."""
    place = post.grid or (post.department.grid if post.department else None)
    return place.code if place else ""


def page_of(
    trace: Trace, asked: Asked, scope: Scope, cursor: str | None
) -> tuple[list[Record], listing.Page[Any]]:
    """A page of the rows behind a number; two queries, however many rows."""
    kind = kind_of(trace)
    page = listing.page(rows_of(trace, asked).select_related(*kind.related), cursor=cursor)
    leads_to = [getattr(row, kind.target) for row in page.rows]
    opened = set(kind.seen(scope).filter(pk__in=leads_to).order_by().values_list("pk", flat=True))
    return [kind.told(row, getattr(row, kind.target) in opened) for row in page.rows], page


def _patrol(walk: Patrol, is_open: bool) -> Record:
    return _record(walk.started_at, walk.grid.name, _("Patrol"), walk.get_absolute_url() if is_open else "")


def _line(entry: DiaryEntry, is_open: bool) -> Record:
    what = entry.text[:40] if is_open else _("Diary line")
    return _record(entry.at, entry.grid.name, what, entry.patrol.get_absolute_url() if is_open else "")


def _move(event: CaseEvent, is_open: bool) -> Record:
    """Of a case the reader may not open nobody says more than what was done to it."""
    case, move = event.case, event.get_action_display()
    if not is_open:
        return _record(event.at, case.grid.name, f"{move} · {_('a case outside your places')}")
    what = f"{case.number} {event.category.name} · {move}"
    return _record(event.at, case.grid.name, what, case.get_absolute_url())


def _paper(paper: Inquiry, is_open: bool) -> Record:
    at = paper.issued_at or paper.gained_at
    what = str(paper) if is_open else _("Inquiry")
    return _record(at, paper.grid.name, what, paper.get_absolute_url() if is_open else "")


def _visit(visit: Visit, is_open: bool) -> Record:
    if not is_open:
        return _record(visit.done_at, visit.grid.name, _("Visit"))
    due = _("due %(day)s") % {"day": visit.due_on} if visit.due_on else _("not due")
    what = f"{visit.get_purpose_display()} · {due}"
    return _record(visit.done_at, visit.grid.name, what, visit.get_absolute_url())


def _found_so(found: Verification, is_open: bool) -> Record:
    what = str(found.household) if is_open else _("household")
    return _record(found.at, found.grid.name, what, found.household.get_absolute_url() if is_open else "")


def _looked(look: Inspection, is_open: bool) -> Record:
    what = f"{look.get_kind_display()} · {look.get_result_display()}" if is_open else _("Inspection")
    return _record(look.done_at, look.grid.name, what, look.get_absolute_url() if is_open else "")


def _item(item: SpotItem, is_open: bool) -> Record:
    what = item.get_result_display() if item.result else ""
    what = f"{item.case.number} · {what}" if is_open else what
    return _record(_done_at(item), item.grid.name, what, item.get_absolute_url() if is_open else "")


def _pair(pair: Pair, is_open: bool) -> Record:
    what = f"{pair} · {pair.score}" if is_open else _("Mutual check")
    return _record(_done_at(pair), pair.grid.name, what, pair.get_absolute_url() if is_open else "")


def _done_at(row: Any) -> datetime:
    """Only what is done is a trace."""
    moment: datetime = row.done_at
    return moment


def _homes(scope: Scope) -> QuerySet[Any]:
    return Household.objects.within(scope, Right.REGISTER)


def _inspected(scope: Scope) -> QuerySet[Any]:
    return Inspection.objects.within(scope, Right.REGISTER)


def _items(scope: Scope) -> QuerySet[Any]:
    """Where she verifies or supervises."""
    return SpotItem.objects.filter(
        scope.condition(SpotItem, Right.VERIFY) | scope.condition(SpotItem, Right.SUPERVISE)
    )


# what          right              with it                              what may be opened      by which key     in words
KINDS: Mapping[type[Model], Kind] = {
    Patrol:       Kind(Right.VIEW,     ("grid",),                           Patrol.objects.within,     "pk",           _patrol),
    DiaryEntry:   Kind(Right.VIEW,     ("grid", "patrol"),                  DiaryEntry.objects.within, "pk",           _line),
    CaseEvent:    Kind(Right.VIEW,     ("case__grid", "category"),          Case.objects.within,       "case_id",      _move),
    Inquiry:      Kind(Right.VIEW,     ("grid", "case"),                    Inquiry.objects.within,    "pk",           _paper),
    Visit:        Kind(Right.REGISTER, ("grid",),                           Visit.objects.seen_by,     "pk",           _visit),
    Verification: Kind(Right.REGISTER, ("grid", "household__dwelling__house"), _homes,                 "household_id", _found_so),
    Inspection:   Kind(Right.REGISTER, ("grid",),                           _inspected,                "pk",           _looked),
    SpotItem:     Kind(Right.VIEW,     ("grid", "case"),                    _items,                    "pk",           _item),
    Pair:         Kind(Right.FIGURES,  ("grid", "checker"),                 Pair.objects.seen_by,      "pk",           _pair),
}  # fmt: skip

# Which table a number is counted in: cases where nothing else is said.
MODELS: dict[Trace, type[Model]] = {
    **dict.fromkeys(Trace, CaseEvent),
    **dict.fromkeys((T.PATROLS, T.PATROL_DAYS, T.DUTY_WALKED), Patrol),
    **dict.fromkeys((T.DIARY, T.DIARY_CASES), DiaryEntry),
    **dict.fromkeys((T.ASKED, T.ANSWERED, T.ANSWERED_IN_TIME, T.DECIDED, T.UPHELD), Inquiry),
    **dict.fromkeys((T.HOME_VISITS, T.GROUP_VISITS, T.VISITS_DUE, T.VISITS_IN_TIME), Visit),
    T.VERIFICATIONS: Verification,
    T.INSPECTIONS: Inspection,
    **dict.fromkeys(
        (T.RESULTS_CHECKED, T.RESULTS_WRONG, T.VERDICTS_CHECKED, T.VERDICTS_WRONG, T.SPOT_CHECKS), SpotItem
    ),
    T.MUTUAL_CHECKS: Pair,
}
