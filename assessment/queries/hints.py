"""What is worth a look in a month of a grid, as of a cut-off (docs/rules/hints.md).

Each hint is one statement over the events of the month. Every row is an event, with the event its hint begins
with, so a number on the page and the rows behind it come from the same statement. What is compared is compared
within one street, whatever grid is asked for, so that a street shows the sum of its communities; only photos are
compared within the district. Nobody is shown a hint about herself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models import Case, CaseEvent
from grids.enums import Level
from grids.models import Grid, User

from ..enums import Hint
from ..models import HintLook
from ..rules.hints import NUMBERS
from ..rules.rates import Period

# An event with what its case says about the place.
EVENTS = """
SELECT e.id, e.case_id, e.seq, e.action, e.at, e.actor_id, e.due_at, e.category_id, c.street_id, c.district_id,
    c.grid_id, c.place, c.house_no, c.unit_no, c.latitude, c.longitude
FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id
WHERE e.action IN ({actions}) AND e.at >= {since} AND e.at < %(moment)s AND {ground}
"""
# Who handed in the result that was spoken of in a later event.
HANDLER = """LATERAL (
    SELECT f.actor_id FROM cases_caseevent f
    WHERE f.case_id = {case} AND f.seq < {seq} AND f.action IN ('feed_back', 'settle')
    ORDER BY f.seq DESC LIMIT 1
)"""

LAST_MINUTES = """
SELECT e.id AS event_id, e.id AS begins_id, e.case_id, ARRAY[e.actor_id] AS people, NULL::bigint AS other_id,
    floor(extract(epoch FROM e.due_at - e.at) / 60)::int AS n, 0 AS whole
FROM ({results}) e
WHERE e.action = 'feed_back' AND e.at < e.due_at AND e.at >= e.due_at - make_interval(mins => %(minutes)s)
"""

# A closing is one of many if a window of so many closings of the same person that holds it is short enough.
# What follows within the minutes belongs to the same hint, which bears the name of its first closing.
BULK = """
SELECT e.id AS event_id, min(e.id) OVER hint AS begins_id, e.case_id, ARRAY[e.actor_id] AS people,
    NULL::bigint AS other_id, count(*) OVER hint AS n, 0 AS whole
FROM (
    SELECT m.*, sum(m.is_first) OVER (PARTITION BY m.street_id, m.actor_id ORDER BY m.at, m.id) AS burst
    FROM (
        SELECT w.*, CASE WHEN w.at - lag(w.at) OVER person <= make_interval(mins => %(closing_minutes)s)
            THEN 0 ELSE 1 END AS is_first
        FROM (
            SELECT q.*, bool_or(q.is_short) OVER (
                PARTITION BY q.street_id, q.actor_id ORDER BY q.at, q.id
                ROWS BETWEEN %(closings)s - 1 PRECEDING AND CURRENT ROW
            ) AS is_one_of_many
            FROM (
                SELECT e.*, lead(e.at, %(closings)s - 1) OVER (
                    PARTITION BY e.street_id, e.actor_id ORDER BY e.at, e.id
                ) - e.at <= make_interval(mins => %(closing_minutes)s) AS is_short
                FROM ({closings_since}) e
            ) q
        ) w
        WHERE w.is_one_of_many
        WINDOW person AS (PARTITION BY w.street_id, w.actor_id ORDER BY w.at, w.id)
    ) m
) e
WINDOW hint AS (PARTITION BY e.street_id, e.actor_id, e.burst)
"""

# The 64 places of a photo's hash in four bands, each with its number in front. Two hashes that differ in fewer
# places than there are bands have one in common, so photos that look alike are found by what is equal.
BANDS = 4
IN_BANDS = """unnest(ARRAY[({0} >> 48) & 65535, 65536 + (({0} >> 32) & 65535),
    131072 + (({0} >> 16) & 65535), 196608 + ({0} & 65535)]) AS band"""
DIFFERENCE = "bit_count((o.similarity # p.similarity)::bit(64))::int"
# The hash of a picture without any features is 0 or -1 and says nothing: there only the very same picture counts.
PHOTO = f"""
SELECT DISTINCT ON (p.event_id) p.event_id, p.event_id AS begins_id, p.case_id, ARRAY[p.actor_id] AS people,
    o.case_id AS other_id, {DIFFERENCE} AS n, 0 AS whole
FROM (
    SELECT e.id AS event_id, e.case_id, e.actor_id, e.district_id, v.id, v.similarity, v.sha256, v.uploaded_at,
        {IN_BANDS.format("v.similarity")}
    FROM ({{results}}) e JOIN cases_evidence v ON v.case_id = e.case_id AND v.seq = e.seq AND v.stage = 'after'
) p
JOIN (
    SELECT v.id, v.case_id, v.similarity, v.sha256, v.uploaded_at, {IN_BANDS.format("v.similarity")}
    FROM cases_evidence v
    WHERE v.stage = 'after' AND v.uploaded_at < %(moment)s
        AND v.uploaded_at >= %(start)s - make_interval(days => %(photo_days)s)
) o ON o.band = p.band
JOIN cases_case c ON c.id = o.case_id
WHERE o.case_id <> p.case_id AND c.district_id = p.district_id AND (o.uploaded_at, o.id) < (p.uploaded_at, p.id)
    AND o.uploaded_at >= p.uploaded_at - make_interval(days => %(photo_days)s)
    AND (o.sha256 = p.sha256 OR (p.similarity NOT IN (0, -1) AND {DIFFERENCE} <= %(bits)s))
ORDER BY p.event_id, n, o.id
"""

PAIR = f"""
SELECT r.id AS event_id, r.begins_id, r.case_id, ARRAY[r.handler_id, r.actor_id] AS people,
    NULL::bigint AS other_id, r.n, r.whole
FROM (
    SELECT e.id, e.case_id, e.actor_id, h.actor_id AS handler_id,
        min(e.id) OVER pair AS begins_id, count(*) OVER pair AS n, count(*) OVER handler AS whole
    FROM ({{verdicts}}) e JOIN {HANDLER.format(case="e.case_id", seq="e.seq")} h ON true
    WHERE e.actor_id IS NOT NULL AND h.actor_id IS NOT NULL
    WINDOW pair AS (PARTITION BY e.street_id, h.actor_id, e.actor_id),
        handler AS (PARTITION BY e.street_id, h.actor_id)
) r
WHERE r.whole >= %(results)s AND 100 * r.n >= %(share)s * r.whole
"""

# A degree is 111,320 m, of longitude the less the farther north; over so few metres the earth is flat.
NEAR = """
((k.latitude - e.latitude) * 111320) ^ 2 + ((k.longitude - e.longitude) * 111320 * cos(radians(e.latitude))) ^ 2
    <= %(metres)s ^ 2
"""
# The first two are what rows are joined by; CASE decides.
SAME_ADDRESS = """
k.grid_id = e.grid_id
AND coalesce(nullif(k.house_no, ''), k.place) = coalesce(nullif(e.house_no, ''), e.place) AND CASE WHEN e.house_no <> ''
    THEN k.house_no = e.house_no AND k.unit_no = e.unit_no AND (k.place = e.place OR k.place = '' OR e.place = '')
    ELSE e.place <> '' AND k.place = e.place AND k.house_no = '' END
"""
# Belts from west to east, as broad as is near: what is near lies in the same one or the next.
BELT = "floor(q.latitude * 111320 / %(metres)s)::int"
# What the case has become by the cut-off.
CATEGORY = """LATERAL (
    SELECT l.category_id FROM cases_caseevent l WHERE l.case_id = e.case_id AND l.at < %(moment)s
    ORDER BY l.seq DESC LIMIT 1
)"""
AGAIN = f"""
SELECT DISTINCT ON (a.id) a.id AS event_id, a.id AS begins_id, a.case_id, ARRAY[a.closer_id, h.actor_id] AS people,
    a.closed_id AS other_id, floor(extract(epoch FROM a.at - a.closed_at) / 86400)::int AS n, 0 AS whole
FROM (
    SELECT e.id, e.at, e.case_id, k.case_id AS closed_id, k.actor_id AS closer_id, k.at AS closed_at,
        k.id AS close_event_id, k.seq
    FROM ({{reopenings}}) e JOIN ({{closings_before}}) k ON k.case_id = e.case_id AND k.seq < e.seq
    UNION ALL
    SELECT e.id, e.at, e.case_id, k.case_id, k.actor_id, k.at, k.id, k.seq
    FROM ({{reports}}) e JOIN {CATEGORY} now ON true
    JOIN ({{closings_before}}) k ON k.case_id <> e.case_id AND k.category_id = now.category_id AND {SAME_ADDRESS}
    UNION ALL
    SELECT e.id, e.at, e.case_id, k.case_id, k.actor_id, k.at, k.id, k.seq
    FROM (SELECT q.*, {BELT} + s AS belt FROM ({{reports}}) q, generate_series(-1, 1) s) e
    JOIN {CATEGORY} now ON true
    JOIN (SELECT q.*, {BELT} AS belt FROM ({{closings_before}}) q) k ON k.belt = e.belt
        AND k.category_id = now.category_id AND k.case_id <> e.case_id AND {NEAR}
        AND k.district_id = e.district_id AND k.street_id IS NOT DISTINCT FROM e.street_id
) a
JOIN {HANDLER.format(case="a.closed_id", seq="a.seq")} h ON true
WHERE a.closed_at <= a.at AND a.closed_at >= a.at - make_interval(days => %(days)s)
ORDER BY a.id, a.closed_at DESC, a.close_event_id DESC
"""

SQL: dict[Hint, str] = {
    Hint.LAST_MINUTES: LAST_MINUTES,
    Hint.BULK: BULK,
    Hint.PHOTO: PHOTO,
    Hint.PAIR: PAIR,
    Hint.AGAIN: AGAIN,
}

# name in a hint     the events it stands for        how long before the month they begin
INPUTS = {
    "results":         ("'feed_back', 'settle'",     ""),
    "verdicts":        ("'pass', 'fail'",            ""),
    "reports":         ("'report'",                  ""),
    "reopenings":      ("'reopen'",                  ""),
    "closings_since":  ("'close'",                   "mins => %(closing_minutes)s"),
    "closings_before": ("'close'",                   "days => %(days)s"),
}  # fmt: skip

# The rows of one hint that lie in the place and month asked for, and in which the viewer has no part.
ROWS = """
SELECT f.event_id, f.begins_id, array_remove(f.people, NULL) AS people, f.other_id, f.n, f.whole, {part} AS part
FROM ({hint}) f
JOIN cases_case c ON c.id = f.case_id
JOIN cases_caseevent e ON e.id = f.event_id AND e.at >= %(start)s
WHERE c.{column}_id = %(grid)s AND %(viewer)s <> ALL (array_remove(f.people, NULL))
"""
COUNTS = """
SELECT r.hint, r.part, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM assessment_hintlook l WHERE l.event_id = r.begins_id AND l.hint = r.hint
))
FROM ({rows}) r GROUP BY r.hint, r.part
"""


@dataclass(frozen=True)
class Number:
    """How many rows a hint has somewhere, and how many of them somebody has looked at."""

    rows: int = 0
    looked: int = 0

    def __add__(self, other: "Number") -> "Number":
        return Number(self.rows + other.rows, self.looked + other.looked)

    @property
    def left(self) -> int:
        """Those nobody has looked at."""
        return self.rows - self.looked


@dataclass(frozen=True)
class Line:
    """A grid below, or what lies in none of them, with a number for every hint."""

    label: str
    numbers: Mapping[Hint, Number]
    key: dict[str, str]  # the filter that leads to its rows


@dataclass(frozen=True)
class Found:
    """One row of a hint: an event, the event its hint begins with, and what makes it worth a look."""

    event_id: int
    begins_id: int
    people: tuple[int, ...]  # who did it: a hint is not shown to them
    other_id: int | None  # the case it is compared with
    n: int  # minutes left, closings, places that differ, results of the pair, days since the closing
    whole: int  # all results of the handler
    part: int | None  # the grid directly below that it lies in


@dataclass(frozen=True)
class Told:
    """A row with everything the page says about it."""

    found: Found
    event: CaseEvent
    people: tuple[User, ...]
    other: Case | None
    look: HintLook | None

    @property
    def is_same_case(self) -> bool:
        """Opened again, not reported anew."""
        return self.found.other_id == self.event.case_id


def lines_of(grid: Grid, month: date, *, cut_off: datetime, viewer: int) -> tuple[Line, ...]:
    """Every grid directly below, also one without a hint; what lies in none of them comes last. Two queries."""
    period = Period.of(month, cut_off)
    parts = " UNION ALL ".join(
        f"SELECT '{hint.value}' AS hint, x.* FROM ({_rows(hint, grid)}) x" for hint in Hint
    )
    counted: dict[int | None, dict[Hint, Number]] = {}
    for hint, part, rows, looked in _fetch(COUNTS.format(rows=parts), _params(grid, period, viewer)):
        counted.setdefault(part, {})[Hint(hint)] = Number(rows, looked)
    return tuple(_lines(grid, counted))


def _lines(grid: Grid, counted: Mapping[int | None, Mapping[Hint, Number]]) -> Iterable[Line]:
    if grid.level < Level.BUILDING:
        below = Grid.objects.filter(
            Q(parent_id=grid.pk, is_active=True) | Q(pk__in=[pk for pk in counted if pk])
        )
        for pk, code, name in below.order_by("code").values_list("pk", "code", "name"):
            yield Line(name, _all(counted.get(pk, {})), {"grid": code})
    if None in counted:
        own = grid.name if grid.level == Level.BUILDING else _("%(grid)s itself") % {"grid": grid}
        yield Line(own, _all(counted[None]), {"direct": "1"} if grid.level < Level.BUILDING else {})


def _all(numbers: Mapping[Hint, Number]) -> dict[Hint, Number]:
    return {hint: numbers.get(hint, Number()) for hint in Hint}


def total(lines: Iterable[Line]) -> dict[Hint, Number]:
    """The sum of the lines."""
    lines = tuple(lines)
    return {hint: sum((line.numbers[hint] for line in lines), Number()) for hint in Hint}


def rows_of(
    hint: Hint, grid: Grid, month: date, *, cut_off: datetime, viewer: int, direct: bool = False
) -> list[Found]:
    """The rows of one hint, exactly as many as its number says, newest first; `direct`: of no grid below."""
    period = Period.of(month, cut_off)
    found = _fetch(f"{_rows(hint, grid)} ORDER BY f.event_id DESC", _params(grid, period, viewer))
    rows = (Found(event, begins, tuple(people), *rest) for event, begins, people, *rest in found)
    return [row for row in rows if not (direct and row.part is not None)]


def told(hint: Hint, found: Iterable[Found]) -> list[Told]:
    """Rows with their events, people, the other case and the last look. Four queries, however many rows."""
    found = tuple(found)
    events = CaseEvent.objects.select_related("case__category", "case__grid", "category", "actor").in_bulk(
        [row.event_id for row in found]
    )
    people = User.objects.in_bulk({pk for row in found for pk in row.people})
    others = Case.objects.select_related("grid").in_bulk([row.other_id for row in found if row.other_id])
    looks = _last_looks(hint, {row.begins_id for row in found})
    return [
        Told(
            row, events[row.event_id], tuple(people[pk] for pk in dict.fromkeys(row.people)),
            others.get(row.other_id or 0), looks.get(row.begins_id),
        )
        for row in found
    ]  # fmt: skip


def looks_of(hint: Hint, begins_id: int) -> list[HintLook]:
    """Everything people found about one hint, the last first: that one stands."""
    looks = HintLook.objects.filter(hint=hint, event_id=begins_id).select_related("by__user")
    return list(looks.order_by("-pk"))


def _last_looks(hint: Hint, begins: Iterable[int]) -> dict[int, HintLook]:
    looks = HintLook.objects.filter(hint=hint, event_id__in=begins).select_related("by__user")
    return {look.event_id: look for look in looks.order_by("pk")}


# --- the statement --------------------------------------------------------------------------------


def _rows(hint: Hint, grid: Grid) -> str:
    below = f"c.{Level(grid.level + 1).path_field}_id" if grid.level < Level.BUILDING else "NULL::bigint"
    return ROWS.format(hint=_hint(hint, grid), part=below, column=Level(grid.level).path_field)


def _hint(hint: Hint, grid: Grid) -> str:
    ground = "c.district_id = %(grid)s" if grid.level == Level.DISTRICT else "c.street_id = %(street)s"
    inputs = {
        name: EVENTS.format(
            actions=actions,
            ground=ground,
            since=f"%(start)s - make_interval({back})" if back else "%(start)s",
        )
        for name, (actions, back) in INPUTS.items()
    }
    return SQL[hint].format(**inputs)


def _params(grid: Grid, period: Period, viewer: int) -> dict[str, Any]:
    street = grid.get_ancestors(include_self=True).filter(level=Level.STREET).first()
    times = {"start": period.start, "moment": period.moment}
    return {"grid": grid.pk, "street": street and street.pk, "viewer": viewer, **times, **NUMBERS}


def _fetch(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
