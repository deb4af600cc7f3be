"""The figures of a place and a month, as of a cut-off, from the events alone (docs/rules/figures.md).

A case lives through one round or more: the first from its report, another from every reopening, each until
it is closed, declined, withdrawn or merged. Everything is counted in rounds, or in moves within a round.
Only events before the cut-off are read, so a report as of a past moment gives today what it gave then.
One statement makes all tables of a report; the rows behind a number come from the same statement.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from cases.enums import INQUIRY_ACTIONS, OPEN_STEPS, Channel, Ledger
from cases.models import CaseEvent, Category
from grids.enums import Level
from grids.models import Grid
from grids.queries import work_calendar
from grids.rules.workdays import WorkCalendar, local_date

from ..enums import DAYS, Figure, Rate, Side
from ..rules import rates
from ..rules.rates import Period
from .rollups import rolled_up
from .said import SAID, heard, said_by_group, said_params

# Before this day no case was reported anywhere; the working days are numbered from here on.
FIRST_DAY = date(2012, 1, 1)

# What a round must fulfil to be counted.
ROUNDS: dict[Figure, str] = {
    Figure.OPENING:    "NOT begun_in",
    Figure.NEW:        "begun_in AND round = 1",
    Figure.NEW_KEY:    "begun_in AND round = 1 AND ledger = 'key'",
    Figure.NEW_CIVIC:  "begun_in AND round = 1 AND ledger = 'civic'",
    Figure.REOPENED:   "begun_in AND round > 1",
    Figure.TO_CLOSE:   "step = 'closed' OR is_late",
    Figure.CLOSED:     "step = 'closed'",
    Figure.ON_TIME:    "step = 'closed' AND on_time",
    Figure.OVERDUE:    "is_late",
    Figure.TO_DISPOSE: "passed_in OR (is_late AND NOT passed)",
    Figure.DISPOSED:   "passed_in",
    Figure.REWORKED:   "(step = 'closed' OR is_late) AND was_reworked",
    Figure.WITHDRAWN:  "step = 'withdrawn'",
    Figure.DECLINED:   "step = 'declined'",
    Figure.MERGED:     "step = 'merged'",
    Figure.CLOSING:    "is_open",
    Figure.RECEIVED:   "begun_in AND round = 1 AND (was_assigned OR is_open)",
    Figure.DISPATCHED: "begun_in AND round = 1 AND was_assigned AND NOT was_escalated",
    Figure.ESCALATED:  "begun_in AND round = 1 AND was_escalated",
    Figure.WAITING:    "begun_in AND round = 1 AND NOT was_assigned AND is_open",
    Figure.SOLVED:     "begun_in AND round = 1 AND was_assigned AND step = 'closed'",
}  # fmt: skip

# Which moves within the period are counted. They are joined with their round, which gives the place.
GIVEN = "e.action IN ('assign', 'settle', 'reopen', 'escalate', 'transfer')"
MOVES: dict[Figure, str] = {
    Figure.ASSIGNED:   GIVEN,
    Figure.GIVEN_DOWN: "e.is_given_down",
    Figure.CAME_UP:    "e.action = 'escalate'",
    Figure.RETURNED:   "e.action = 'return'",
    Figure.EXTENDED:   "e.action = 'grant' AND e.detail = 'extension'",
    Figure.SUSPENDED:  "e.action = 'grant' AND e.detail = 'suspension'",
    Figure.EXPIRED:    "e.action = 'expire'",
    Figure.SUPERVISED: "e.action = 'supervise'",
    Figure.ORDINARY:   "e.action = 'supervise' AND e.detail = 'ordinary'",
    Figure.YELLOW:     "e.action = 'supervise' AND e.detail = 'yellow'",
    Figure.RED:        "e.action = 'supervise' AND e.detail = 'red'",
    Figure.ASKED:      "e.action = 'ask'",
    Figure.ANSWERED:   "e.action = 'answer'",
    Figure.UNANSWERED: "e.action = 'reply_late'",
    Figure.REWORKS:    "e.action = 'fail'",
}  # fmt: skip

# What is said about the paper of an inquiry leaves the case as it stands, also long after its end.
OF_INQUIRY = ", ".join(f"'{action}'" for action in INQUIRY_ACTIONS)

# Candidates may have begun before the cut-off and must not have ended before the period; a case that was
# reopened has no end, so it is among them. The events then say which rounds really count, and of which category
# and so of which ledger each was then: a case filed elsewhere later does not move what was reported.
FACTS = """
picked AS (
    SELECT c.id, c.channel, c.street_id, {part} AS part
    FROM cases_case c
    WHERE {place} AND c.reported_at < %(moment)s AND (c.ended_at IS NULL OR c.ended_at >= %(start)s)
),
e AS (
    SELECT e.id, e.case_id, e.seq, e.action, e.step_after, e.at, e.category_id, e.due_at, e.on_time,
        p.part, p.channel,
        CASE e.action WHEN 'supervise' THEN e.data ->> 'grade' WHEN 'grant' THEN e.data ->> 'kind' END AS detail,
        e.action = 'assign' AND e.holder_grid_id IS NOT NULL
            AND e.holder_grid_id IS DISTINCT FROM p.street_id AS is_given_down,
        count(*) FILTER (WHERE NOT e.step_before = ANY(%(open)s) AND e.step_after = ANY(%(open)s))
            OVER (PARTITION BY e.case_id ORDER BY e.seq) AS round
    FROM picked p JOIN cases_caseevent e ON e.case_id = p.id
    WHERE e.at < %(moment)s
),
whole AS (
    SELECT e.case_id, e.round, min(e.at) AS begun_at,
        max(e.seq) FILTER (WHERE e.action NOT IN ({of_inquiry})) AS last_seq,
        bool_or(e.action = 'fail') AS was_reworked,
        bool_or(e.action = 'pass') AS passed,
        bool_or(e.action = 'pass' AND e.at >= %(start)s) AS passed_in,
        bool_or({given}) AS was_assigned,
        bool_or(e.action = 'escalate') AS was_escalated,
        {moves}
    FROM e GROUP BY e.case_id, e.round
),
r AS (
    SELECT w.*, l.id AS event_id, l.part, k.ledger, l.channel, l.category_id, l.at, l.on_time,
        l.step_after AS step,
        w.begun_at >= %(start)s AS begun_in,
        l.step_after = ANY(%(open)s) AS is_open,
        l.step_after = ANY(%(open)s) AND coalesce(l.due_at <= %(moment)s, false) AS is_late
    FROM whole w JOIN e l ON l.case_id = w.case_id AND l.seq = w.last_seq
        JOIN cases_category k ON k.id = l.category_id
    WHERE l.step_after = ANY(%(open)s) OR l.at >= %(start)s
)
"""

SUMS = """
WITH workday AS (
    SELECT %(first_day)s::date + (w.i - 1)::int AS day, w.n
    FROM unnest(%(numbers)s::int[]) WITH ORDINALITY AS w (n, i)
), {facts}
SELECT {keys}, {counts}
FROM r
LEFT JOIN workday begun ON r.step = 'closed' AND begun.day = (r.begun_at AT TIME ZONE 'Asia/Shanghai')::date
LEFT JOIN workday ended ON r.step = 'closed' AND ended.day = (r.at AT TIME ZONE 'Asia/Shanghai')::date
GROUP BY GROUPING SETS ({sets})
"""

KEYS = "GROUPING(r.part, r.ledger, r.category_id, r.channel), r.part, r.ledger, r.category_id, r.channel"
SETS = "(), (r.part), (r.ledger), (r.ledger, r.category_id), (r.channel)"
TOTAL, BY_PART, BY_LEDGER, BY_CATEGORY, BY_CHANNEL = Side

COUNTS: dict[str, str] = {
    **{
        f.value: f"count(*) FILTER (WHERE {ROUNDS[f]})" if f in ROUNDS else f"coalesce(sum(r.{f.value}), 0)"
        for f in (*ROUNDS, *MOVES)
    },
    DAYS: "coalesce(sum(ended.n - begun.n) FILTER (WHERE r.step = 'closed'), 0)",
}

# A rollup that was counted by other words than these is no longer what a report would count.
COUNTED_BY = sha256(
    "\n".join((FACTS, SUMS, GIVEN, OF_INQUIRY, *COUNTS.values(), *MOVES.values())).encode()
).hexdigest()


@dataclass(frozen=True)
class Row:
    """One line of a report: what it stands for and what was counted."""

    label: str
    counts: Mapping[str, int]
    key: dict[str, str] = field(default_factory=dict)  # the filter that leads to its cases
    rank: int | None = None
    heading: str = ""  # of a category: the classes above it

    def __getitem__(self, figure: str) -> int:
        return self.counts[figure]

    def rate(self, rate: Rate) -> Decimal | None:
        """A rate of this row, or None where there is nothing to divide by."""
        return rates.value(rate, self.counts)

    def parts(self, rate: Rate) -> tuple[int, int]:
        """Numerator and denominator, printed beside the rate."""
        return rates.parts(rate, self.counts)

    @property
    def is_balanced(self) -> bool:
        """Whether everything that came in has stayed or gone out."""
        return not any(balance.difference(self.counts) for balance in rates.BALANCES)


NOTHING: dict[str, int] = {**dict.fromkeys(Figure.values, 0), DAYS: 0}


@dataclass(frozen=True)
class Tally:
    """A period of a place, as of a moment, from four sides."""

    grid: Grid
    period: Period
    total: Row
    by_grid: tuple[Row, ...]
    by_category: tuple[Row, ...]  # in the order of the tree, ledger by ledger
    by_ledger: tuple[Row, ...]
    by_channel: tuple[Row, ...]

    @cached_property
    def is_balanced(self) -> bool:
        """Whether every row of every table is."""
        rows = (self.total, *self.by_grid, *self.by_category, *self.by_ledger, *self.by_channel)
        return all(row.is_balanced for row in rows)


def tally(grid: Grid, month: date, *, cut_off: datetime) -> Tally:
    """Count a month of a grid and everything below it, as it stood at `cut_off`; one behind the month changes nothing."""
    return tally_of(grid, Period.of(month, cut_off))


def tally_of(grid: Grid, period: Period) -> Tally:
    """Count a period of a grid and everything below it. A few queries, whatever the number of grids and cases."""
    (found,) = sums(grid, [period])
    for kind, key, said in said_by_group(grid, period):
        found.setdefault(kind, {}).setdefault(key, dict(NOTHING)).update(said)
    total = found.get(TOTAL, {}).get((None, None, None, None), NOTHING)
    return Tally(
        grid=grid,
        period=period,
        total=Row(_("Total"), total),
        by_grid=_grid_rows(grid, found.get(BY_PART, {})),
        by_category=_category_rows(found.get(BY_CATEGORY, {})),
        by_ledger=_ledger_rows(found.get(BY_LEDGER, {})),
        by_channel=_channel_rows(found.get(BY_CHANNEL, {})),
    )


Found = dict[tuple[Any, ...], dict[str, int]]


def sums(grid: Grid, periods: Sequence[Period]) -> list[dict[int, Found]]:
    """The figures of a grid in each period: as kept where the month is over and rolled up, else counted now."""
    over = [period for period in periods if period.is_whole_month]
    found = kept(grid, over)
    return [
        found[period.month] if period in over and period.month in found else counted(grid, period)
        for period in periods
    ]


def kept(grid: Grid, periods: Sequence[Period]) -> dict[date, dict[int, Found]]:
    """What is kept of whole months, in the form in which it would be counted; what is not named was nought."""
    found: dict[date, dict[int, Found]] = {}
    for month, rows in (rolled_up(grid, periods, COUNTED_BY) if periods else {}).items():
        sides = found.setdefault(month, {})
        for side, part, ledger, category, channel, counts in rows:
            sides.setdefault(side, {})[part, ledger, category, channel] = {**NOTHING, **counts}
    return found


def counted(grid: Grid, period: Period) -> dict[int, Found]:
    """Every table at once, from the events: side → what it is grouped by → counts."""
    sql = SUMS.format(facts=facts_of(grid), keys=KEYS, counts=", ".join(COUNTS.values()), sets=SETS)
    found: dict[int, Found] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**params_of(grid, period), **days_of(work_calendar(), period)})
        for side, part, ledger, category, channel, *numbers in cursor.fetchall():
            row = dict(zip(COUNTS, map(int, numbers), strict=True))
            found.setdefault(side, {})[part, ledger, category, channel] = {**NOTHING, **row}
    return found


def facts_of(grid: Grid, part: str = "") -> str:
    """The rounds of a grid and everything below it, each with the grid of the level below that it lies in.

    `part` is for who wants to know more exactly where a round lies: an expression over the case `c`.
    """
    column = Level(grid.level).path_field
    below = f"c.{Level(grid.level + 1).path_field}_id" if grid.level < Level.BUILDING else "NULL::bigint"
    return FACTS.format(
        part=part or below,
        place=f"c.{column}_id = %(grid)s",
        given=GIVEN,
        of_inquiry=OF_INQUIRY,
        moves=",\n        ".join(
            f"count(*) FILTER (WHERE e.at >= %(start)s AND {condition}) AS {figure.value}"
            for figure, condition in MOVES.items()
        ),
    )


def params_of(grid: Grid, period: Period) -> dict[str, Any]:
    return {
        "grid": grid.pk,
        "start": period.start,
        "moment": period.moment,
        "open": [step.value for step in OPEN_STEPS],
    }


def days_of(calendar: WorkCalendar, period: Period) -> dict[str, Any]:
    """The working days by number, for the average handling time."""
    return {"first_day": FIRST_DAY, "numbers": _numbered_days(calendar, local_date(period.moment))}


def _numbered_days(calendar: WorkCalendar, last: date) -> list[int]:
    """How many working days there are from FIRST_DAY up to each day: a difference counts the days between."""
    worked = {n for year in range(FIRST_DAY.year, last.year + 1) for n in calendar.worked(year)}
    return list(accumulate(n in worked for n in range(FIRST_DAY.toordinal(), last.toordinal() + 1)))


# --- from counts to rows ----------------------------------------------------------------------


def _grid_rows(grid: Grid, found: Found) -> tuple[Row, ...]:
    """Every grid directly below, also one without any case, ranked; what lies in none of them comes last."""
    if grid.level == Level.BUILDING:
        return ()
    counts = {part: row for (part, *_rest), row in found.items()}
    below = Grid.objects.filter(Q(parent_id=grid.pk, is_active=True) | Q(pk__in=[pk for pk in counts if pk]))
    children = list(below.order_by("code").values_list("pk", "code", "name"))
    places = rates.ranks([counts.get(pk, NOTHING) for pk, _code, _name in children])
    rows = [
        Row(name, counts.get(pk, NOTHING), {"grid": code}, rank)
        for (pk, code, name), rank in zip(children, places, strict=True)
    ]
    if None in counts:
        rows.append(Row(_("%(grid)s itself") % {"grid": grid}, counts[None], {"direct": "1"}))
    return tuple(rows)


def _category_rows(found: Found) -> tuple[Row, ...]:
    """Every category that was counted, in the order of the tree, the ledgers one after the other."""
    if not found:
        return ()
    tree = {category.pk: category for category in Category.objects.all()}
    counts = {(ledger, category): row for (_part, ledger, category, _channel), row in found.items()}
    order = [(ledger, pk) for ledger in Ledger.values for pk in tree if (ledger, pk) in counts]
    return tuple(
        Row(
            tree[pk].name, counts[ledger, pk], {"ledger": ledger, "category": tree[pk].code},
            heading=_classes_above(tree, tree[pk]),
        )
        for ledger, pk in order
    )  # fmt: skip


def _classes_above(tree: Mapping[int, Category], category: Category) -> str:
    names: list[str] = []
    while category.parent_id:
        category = tree[category.parent_id]
        names.insert(0, category.name)
    return " › ".join(names)


def _ledger_rows(found: Found) -> tuple[Row, ...]:
    counts = {ledger: row for (_part, ledger, *_rest), row in found.items()}
    return tuple(
        Row(str(ledger.label), counts.get(ledger, NOTHING), {"ledger": ledger.value}) for ledger in Ledger
    )


def _channel_rows(found: Found) -> tuple[Row, ...]:
    counts = {channel: row for (*_rest, channel), row in found.items()}
    return tuple(
        Row(str(channel.label), counts[channel], {"channel": channel.value})
        for channel in Channel
        if channel in counts
    )


# --- the rows behind a number -----------------------------------------------------------------


@dataclass(frozen=True)
class CasesWanted:
    """Which line of a report the cases are asked for; empty means the total."""

    direct: bool = False  # lies in none of the grids below
    ledger: str = ""
    category: str = ""  # code
    channel: str = ""

    def conditions(self, rows: str) -> list[str]:
        """What a round (or an evaluation) must fulfil beside the figure's own condition."""
        wanted = (
            (self.direct,   "{0}.part IS NULL"),
            (self.ledger,   "{0}.ledger = %(ledger)s"),
            (self.category, "{0}.category_id = (SELECT id FROM cases_category WHERE code = %(category)s)"),
            (self.channel,  "{0}.channel = %(channel)s"),
        )  # fmt: skip
        return [sql.format(rows) for asked, sql in wanted if asked]


def cases_of(
    figure: Figure, grid: Grid, month: date, cut_off: datetime, wanted: CasesWanted | None = None
) -> QuerySet[CaseEvent]:
    """The rows that a figure of a month counts, as `rows_of` has them."""
    return rows_of(figure, grid, Period.of(month, cut_off), wanted or CasesWanted())


def rows_of(figure: Figure, grid: Grid, period: Period, wanted: CasesWanted) -> QuerySet[CaseEvent]:
    """The rows that a figure counts, exactly as many as it says, each with its case.

    A row is an event: for a round the last one before the cut-off, so that it shows how the case stood
    then; for a move that move itself, so that a case returned twice is there twice; for an evaluation the closing.
    """
    if figure in SAID:
        facts, row, rows, condition = heard(grid), "s", "SELECT s.event_id FROM s", SAID[figure]
    elif figure in ROUNDS:
        facts, row, rows, condition = facts_of(grid), "r", "SELECT r.event_id FROM r", ROUNDS[figure]
    else:
        facts, row, rows = facts_of(grid), "r", "SELECT e.id FROM e JOIN r USING (case_id, round)"
        condition = f"e.at >= %(start)s AND {MOVES[figure]}"
    filters = " AND ".join(f"({sql})" for sql in (condition, *wanted.conditions(row)))
    params = {**params_of(grid, period), **said_params(grid, period), **asdict(wanted)}
    found = raw(f"WITH {facts} {rows} WHERE {filters}", params)
    return CaseEvent.objects.filter(pk__in=found).order_by("-pk")


def rounds_of(condition: str, grid: Grid, period: Period) -> QuerySet[CaseEvent]:
    """The rounds of a place that fulfil a condition, each as its last event before the moment."""
    sql = f"WITH {facts_of(grid)} SELECT r.event_id FROM r WHERE {condition}"
    return CaseEvent.objects.filter(pk__in=raw(sql, params_of(grid, period))).order_by("-pk")


NAMED = re.compile(r"%\((\w+)\)s")


def raw(sql: str, params: Mapping[str, Any]) -> RawSQL:
    """Django takes parameters of raw SQL by position."""
    return RawSQL(NAMED.sub("%s", sql), [params[name] for name in NAMED.findall(sql)])
