"""Budget 5: the sweep with everything it writes beside one SQL statement that writes the same, and a sweep with nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction

from cases import actions
from cases.models import Deadline

from . import city as plan
from .meter import Report, in_turns, run
from .server import City

DUE = 10_000

# Up to ten thousand limits of the city due an hour ago, and nothing else.
MADE_DUE = """
UPDATE cases_deadline SET due_at = %(at)s::timestamptz - interval '1 hour', set_at = %(at)s::timestamptz - interval '9 days'
WHERE id IN (SELECT d.id FROM cases_deadline d JOIN cases_case c ON c.id = d.case_id
             WHERE d.state = 'pending' AND d.kind = 'expiry' AND c.step IN ('assigned', 'handling') ORDER BY d.id LIMIT %(n)s)
"""
NOT_YET = "UPDATE cases_deadline SET due_at = %(at)s::timestamptz + interval '9 days' WHERE state = 'pending'"

# The same rows, without asking anybody anything: who is above, whether it may, what the chain said last.
BY_HAND = """
WITH due AS (
    SELECT d.id, d.due_at, d.case_id, d.assignment_id FROM cases_deadline d
    WHERE d.state = 'pending' AND NOT d.is_provisional AND d.due_at <= %(at)s
), fired AS (
    UPDATE cases_deadline SET state = 'fired', fired_at = %(at)s WHERE id IN (SELECT id FROM due)
), ended AS (
    UPDATE cases_assignment a SET outcome = 'expired', ended_at = due.due_at, expired_at = due.due_at
    FROM due WHERE a.id = due.assignment_id RETURNING a.*
), opened AS (
    INSERT INTO cases_assignment (case_id, part, round, grid_id, post_id, instruction, limit_amount, limit_unit, extended,
        clock_from, calendar_version, due_at, is_provisional, sign_due_at, assigned_at, result, outcome)
    SELECT e.case_id, 'lead', e.round + 1, c.street_id, e.post_id, '', 7, 'working_days', 0, e.ended_at, e.calendar_version,
        e.ended_at + interval '9 days', false, e.ended_at + interval '1 day', e.ended_at, '', 'open'
    FROM ended e JOIN cases_case c ON c.id = e.case_id RETURNING *
), clocks AS (
    INSERT INTO cases_deadline (case_id, assignment_id, kind, round, due_at, is_provisional, calendar_version, state,
        attempts, last_error, set_at)
    SELECT case_id, id, kind, 1, due_at - before, false, calendar_version, 'pending', 0, '', assigned_at FROM opened,
        (VALUES ('sign', interval '8 days'), ('half', interval '4 days'), ('eve', interval '1 day'), ('expiry', interval '0'))
        AS moments (kind, before)
), plan AS (
    INSERT INTO cases_milestone (assignment_id, seq, task, due_date)
    SELECT id, seq, 'handle', due_at::date - seq FROM opened, generate_series(1, 3) AS seq
), moved AS (
    UPDATE cases_case c SET version = version + 2, step = 'assigned', due_at = o.due_at, holder_grid_id = o.grid_id,
        holder_department_id = NULL, expiries = expiries + 1 FROM opened o WHERE c.id = o.case_id RETURNING c.*
)
INSERT INTO cases_caseevent (case_id, seq, action, step_before, step_after, at, note, data, category_id, holder_grid_id,
    due_at, hash)
SELECT id, version - 1 + n, (ARRAY['expire', 'escalate'])[n + 1], 'handling', 'assigned', %(at)s, '', '{"unit": "x"}',
    category_id, holder_grid_id, due_at, sha256(number::bytea)
FROM moved, generate_series(0, 1) AS n
"""


def sweeping(report: Report, big: City, _small: City) -> None:
    with big.open():
        # As the city was made: what a measure changes and takes back leaves dead rows for the next one to read.
        quiet = Deadline.objects.filter(state="pending").earliest("due_at").due_at - timedelta(minutes=1)
        idle, one = in_turns(lambda: actions.sweep(at=quiet), run(("SELECT 1", None)), rounds=51)
        with taken_back():
            number = _made_due()
            by_hand, real = in_turns(_undone(run_by_hand), _undone(sweep), rounds=3, warm=1)
    note = f"{number:,} limits passed, with escalation, clocks, schedule and two events each"
    report.add("5", "one statement by hand / sweep", by_hand, real, 0.6, is_floor=True, note=note)
    report.add("5", "sweep with nothing due / SELECT 1", idle, one, 10)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _made_due() -> int:
    _execute(NOT_YET)
    return _execute(MADE_DUE, n=DUE)


def sweep() -> None:
    actions.sweep(at=plan.NOW)


def run_by_hand() -> None:
    _execute(BY_HAND)


def _undone(call):
    """The call, and everything undone again; the checks at commit are part of neither."""

    def undone() -> None:
        with transaction.atomic():
            call()
            transaction.set_rollback(True)

    return undone


def _execute(sql: str, **values: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(sql, {"at": plan.NOW, **values})
        return cursor.rowcount
