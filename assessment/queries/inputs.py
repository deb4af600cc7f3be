"""What the scores of a month are made of: every count of every grid of a district, in one statement each.

A case, visit or household counts where it lies, by the path stored with it: for its building grid, its community,
its street and the district at once. What is asked of a unit itself (signing, answering, being supervised) counts
for that grid; signing also for those above it. Everything is read as of the moment of the period, so that a month
gives the same counts whenever it is computed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from cases.enums import Grade, Verdict
from grids.enums import Level
from grids.models import Grid
from grids.queries import work_calendar
from grids.rules.codes import ancestry
from grids.rules.workdays import last_day_of
from residents.enums import FileState
from residents.queries.policies import PolicyBook
from residents.rules.freshness import fresh_since

from ..enums import Figure, Input
from ..rules.rates import Period
from ..rules.scoring import NAMES
from .satisfaction import satisfaction_by_grid
from .tally import ROUNDS, facts_of, params_of

Counts = dict[int, dict[str, int]]

# One count for each level, in one pass over the rows `c`: of every grouping set one column is not null.
PATHS = "coalesce({0}.building_id, {0}.community_id, {0}.street_id, {0}.district_id)"
LEVELS = "GROUP BY GROUPING SETS (({0}.building_id), ({0}.community_id), ({0}.street_id), ({0}.district_id))"


@dataclass(frozen=True)
class Place:
    """A grid of the district as it is scored."""

    pk: int
    code: str
    level: int
    kind: str


def population(district: Grid) -> list[Place]:
    """Every grid of the district that is in use, from the top down."""
    grids = Grid.objects.active().filter(code__startswith=district.code).order_by("code")
    return [Place(*row) for row in grids.values_list("pk", "code", "level", "kind")]


def inputs(district: Grid, period: Period, places: Iterable[Place]) -> Counts:
    """Every `Input` of every place; a number of statements that does not depend on how many there are."""
    places = list(places)
    counts: Counts = {place.pk: dict.fromkeys(NAMES, 0) for place in places}
    asked = _asked(district, period)
    for names, sql in _statements(district):
        _add(counts, names, sql, asked)
    _add_said(counts, period)
    _roll_up(counts, places, _to_sign(asked))
    _add_duty(counts, places, len(asked["days"]))
    return counts


def _asked(district: Grid, period: Period) -> dict[str, Any]:
    """What every statement may ask for: the district, the moments, the days, and since when a household is fresh."""
    days = {"days": working_days(period), "first": period.first, "last": last_day(period)}
    return {**params_of(district, period), **days, **_freshness(district, period)}


def working_days(period: Period) -> list[date]:
    """The working days of a period that have begun by its moment: on each of them a grid is walked."""
    calendar, last = work_calendar(), last_day(period)
    days = (period.first + timedelta(days=n) for n in range((last - period.first).days + 1))
    return [day for day in days if calendar.is_working(day)]


def last_day(period: Period) -> date:
    """The last day of a period that has begun by its moment."""
    return last_day_of(period.moment)


# --- by path ----------------------------------------------------------------------------------------------

PATROLLED = f"""
SELECT {PATHS.format("w")}, count(*) FROM (
    SELECT DISTINCT building_id, community_id, street_id, district_id, date FROM cases_patrol
    WHERE district_id = %(grid)s AND building_id IS NOT NULL AND date = ANY(%(days)s::date[])
        AND started_at >= %(start)s AND started_at < %(moment)s
) w {LEVELS.format("w")}
"""
WRITTEN = f"""
SELECT {PATHS.format("w")}, count(*) FROM (
    SELECT DISTINCT building_id, community_id, street_id, district_id, (at AT TIME ZONE 'Asia/Shanghai')::date AS date
    FROM cases_diaryentry
    WHERE district_id = %(grid)s AND building_id IS NOT NULL AND at >= %(start)s AND at < %(moment)s
) w WHERE date = ANY(%(days)s::date[]) {LEVELS.format("w")}
"""

# A due day of the month is owed, whether somebody has come by the moment or not: visits say which day they
# answered, households and files which day nobody has answered yet.
OWED = f"""
SELECT {PATHS.format("d")}, count(*), count(*) FILTER (WHERE in_time) FROM (
    SELECT building_id, community_id, street_id, district_id, on_time AND done_at < %(moment)s AS in_time
    FROM residents_visit WHERE district_id = %(grid)s AND due_on BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT building_id, community_id, street_id, district_id, false FROM residents_household
    WHERE district_id = %(grid)s AND visit_due BETWEEN %(first)s AND %(last)s
        AND (closed_on IS NULL OR closed_on > %(last)s)
    UNION ALL
    SELECT building_id, community_id, street_id, district_id, false FROM residents_groupfile
    WHERE district_id = %(grid)s AND next_visit_due BETWEEN %(first)s AND %(last)s
        AND (state = '{FileState.OPEN}' OR closed_on > %(last)s)
) d {LEVELS.format("d")}
"""

FRESH = f"""
SELECT {PATHS.format("h")}, count(*), count(v.household_id)
FROM residents_household h
LEFT JOIN unnest(%(streets)s::bigint[], %(since)s::date[]) AS s (street_id, since) ON s.street_id = h.street_id
LEFT JOIN (
    SELECT household_id, max("on") AS "on" FROM residents_verification
    WHERE district_id = %(grid)s AND "on" <= %(last)s AND at < %(moment)s GROUP BY household_id
) v ON v.household_id = h.id AND v."on" >= coalesce(s.since, %(since_elsewhere)s)
WHERE h.district_id = %(grid)s AND h.opened_on <= %(last)s AND (h.closed_on IS NULL OR h.closed_on > %(last)s)
{LEVELS.format("h")}
"""

CLOSED_BY_MONTH = """
SELECT {paths}, {counts} FROM r JOIN (
    SELECT id, building_id, community_id, street_id, district_id FROM cases_case
) c ON c.id = r.case_id {levels}
"""
OF_CASES = {
    Input.TO_CLOSE: ROUNDS[Figure.TO_CLOSE],
    Input.CLOSED: ROUNDS[Figure.CLOSED],
    Input.ON_TIME: ROUNDS[Figure.ON_TIME],
    Input.UNREWORKED: f"({ROUNDS[Figure.TO_CLOSE]}) AND NOT was_reworked",
}

# --- of a unit itself ------------------------------------------------------------------------------------

ANSWERING = f"""
SELECT answerer_id,
    count(*) FILTER (WHERE reply_due_at >= %(start)s AND reply_due_at < %(moment)s),
    count(*) FILTER (WHERE reply_due_at >= %(start)s AND reply_due_at < %(moment)s AND answered_at <= reply_due_at),
    count(*) FILTER (WHERE reply_due_at >= %(start)s AND reply_due_at < %(moment)s
        AND (answered_at IS NULL OR answered_at > reply_due_at)),
    count(*) FILTER (WHERE decided_at >= %(start)s AND decided_at < %(moment)s AND verdict = '{Verdict.UPHELD}')
FROM cases_inquiry WHERE district_id = %(grid)s AND issued_at IS NOT NULL GROUP BY answerer_id
"""
SUPERVISED = f"""
SELECT e.holder_grid_id, count(*) FILTER (WHERE e.data ->> 'grade' = '{Grade.YELLOW}'),
    count(*) FILTER (WHERE e.data ->> 'grade' = '{Grade.RED}')
FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id
WHERE c.district_id = %(grid)s AND e.action = 'supervise' AND e.at >= %(start)s AND e.at < %(moment)s
    AND e.holder_grid_id IS NOT NULL
GROUP BY e.holder_grid_id
"""
# To be signed for: whose limit to sign passed in the month, unless it was taken back before that.
SIGNING = """
SELECT a.grid_id, count(*), count(*) FILTER (WHERE a.signed_at <= a.sign_due_at)
FROM cases_assignment a JOIN cases_case c ON c.id = a.case_id
WHERE c.district_id = %(grid)s AND a.grid_id IS NOT NULL AND a.sign_due_at >= %(start)s AND a.sign_due_at < %(moment)s
    AND (a.signed_at IS NOT NULL OR a.ended_at IS NULL OR a.ended_at > a.sign_due_at)
GROUP BY a.grid_id
"""


def _statements(district: Grid) -> list[tuple[tuple[Input, ...], str]]:
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in OF_CASES.values())
    cases = CLOSED_BY_MONTH.format(paths=PATHS.format("c"), counts=counted, levels=LEVELS.format("c"))
    return [
        (tuple(OF_CASES), f"WITH {facts_of(district)} {cases}"),
        ((Input.PATROL_DAYS,), PATROLLED),
        ((Input.DIARY_DAYS,), WRITTEN),
        ((Input.VISITS_OWED, Input.VISITS_IN_TIME), OWED),
        ((Input.HOUSEHOLDS, Input.FRESH), FRESH),
        ((Input.TO_REPLY, Input.REPLIED, Input.REPLY_LATE, Input.UPHELD), ANSWERING),
        ((Input.YELLOW, Input.RED), SUPERVISED),
    ]


def _add(counts: Counts, names: tuple[Input, ...], sql: str, asked: Mapping[str, Any]) -> None:
    for pk, *numbers in _rows(sql, asked):
        if pk in counts:
            for name, number in zip(names, numbers, strict=True):
                counts[pk][name] += number


def _add_said(counts: Counts, period: Period) -> None:
    for pk, said in satisfaction_by_grid(period.start, period.moment).items():
        if pk in counts:
            counts[pk][Input.RATED], counts[pk][Input.SATISFIED] = said.rated, said.satisfied


def _rows(sql: str, asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()


def _freshness(district: Grid, period: Period) -> dict[str, Any]:
    """Since when a household counts as fresh, street by street, by what held on the last day of the period."""
    last = last_day(period)
    book = PolicyBook(last)
    streets = list(Grid.objects.filter(parent=district).values_list("pk", flat=True))
    since = [fresh_since(last, book.of(district.pk, street).fresh_days) for street in streets]
    return {
        "streets": streets,
        "since": since,
        "since_elsewhere": fresh_since(last, book.of(district.pk, None).fresh_days),
    }


def _to_sign(asked: Mapping[str, Any]) -> dict[int, tuple[int, int]]:
    return {pk: (to_sign, signed) for pk, to_sign, signed in _rows(SIGNING, asked)}


def _roll_up(counts: Counts, places: list[Place], of_units: Mapping[int, tuple[int, int]]) -> None:
    by_code = {place.code: place.pk for place in places}
    for place in places:
        for name, number in zip((Input.TO_SIGN, Input.SIGNED), of_units.get(place.pk, (0, 0)), strict=True):
            for code in ancestry(place.code):
                counts[by_code[code]][name] += number


def _add_duty(counts: Counts, places: list[Place], days: int) -> None:
    """Every building grid is walked on every working day; those above have as many grid-days as grids below."""
    by_code = {place.code: place.pk for place in places}
    for place in places:
        if place.level == Level.BUILDING:
            for code in ancestry(place.code):
                counts[by_code[code]][Input.DUTY_DAYS] += days
