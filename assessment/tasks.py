"""Workbooks are made and months are scored here, away from the page that asked for it.

A job is a row: this task finds it, whoever or whatever nudged. Run twice, late, or on two machines at once
it does each job once; a job whose worker was killed is taken over.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from grids.actions import claim_job, finish_job, report_progress
from grids.enums import Level, Right
from grids.models import Grid, Job
from grids.queries import scope_of

from . import actions
from .exports import bulletin as bulletins
from .exports import sheets, workbook
from .queries import activity_of, runs, special, tally_of
from .queries.bulletin import bulletin, published_runs
from .queries.daily import daily
from .rules.rates import Period

log = logging.getLogger("gridgov.assessment")

STEPS = 3  # counted, walked, drawn


class Cancelled(Exception):
    """The person no longer wants it, or another worker has finished it."""


class NoLongerAllowed(Exception):
    """Between asking and making, the person has lost the post that lets her read these figures."""


@shared_task
def run_workbooks() -> None:
    """Make every workbook that is waiting, one after the other."""
    for kind, make in ((workbook.KIND, _made), (bulletins.KIND, _bulletin)):
        while job := claim_job(kind, at=timezone.now()):
            with translation.override(job.params.get("language")):
                _run(job, make)


def _run(job: Job, make: Callable[[Job], dict[str, Any]]) -> None:
    try:
        result = make(job)
    except Cancelled:
        return
    except NoLongerAllowed:
        result = {"error": _("You may no longer read these figures.")}
    except OperationalError:
        raise  # the database is away or slow: the job stays, and is tried again
    except Exception:
        log.exception("workbook failed", extra={"job": job.pk})
        result = {
            "error": _("The workbook could not be made. Please try again later (job %(n)d).") % {"n": job.pk}
        }
    finish_job(job, at=timezone.now(), **result)


def _bulletin(job: Job) -> dict[str, Any]:
    """Every grid of a district; for everybody in it who still reads figures."""
    run = published_runs(Grid.objects.get(code=job.params["grid"])).get(month=_month_of(job))
    if Right.FIGURES not in scope_of(job.owner, timezone.now()).rights:
        raise NoLongerAllowed
    content = bulletins.build(
        bulletin(run),
        maker=job.owner.name,
        at=timezone.now(),
        tell=lambda done, total: _tell(job, done, total),
    )
    return {"content": content, "filename": bulletins.filename_of(run)}


def _month_of(job: Job) -> date:
    return datetime.strptime(job.params["month"], "%Y-%m").date()  # noqa: DTZ007 - a month has no zone


def _made(job: Job) -> dict[str, Any]:
    grid = Grid.objects.filter(code=job.params["grid"]).first()
    if grid is None or not scope_of(job.owner, timezone.now()).covers_grid(grid.code, Right.FIGURES):
        raise NoLongerAllowed
    period = _period_of(job)
    _tell(job, 0)
    report = tally_of(grid, period)
    _tell(job, 1)
    walks = activity_of(grid, period)
    _tell(job, 2)
    said = {"maker": job.owner.name, "at": timezone.now()}
    groups = special.sheet(grid, period, scope_of(job.owner, said["at"]))
    beside = sheets.beside(report, daily(grid, period), groups, **said)
    content = workbook.build(report, walks, beside=beside, **said)
    _tell(job, STEPS)
    return {"content": content, "filename": workbook.filename_of(grid, period)}


def _period_of(job: Job) -> Period:
    """What the page showed when the workbook was asked for: a month or some days, up to its moment."""
    cut_off = datetime.fromisoformat(job.params["as_of"])
    if "month" in job.params:
        return Period.of(_month_of(job), cut_off)
    first, last = (date.fromisoformat(job.params[name]) for name in ("from", "to"))
    return Period.days(first, last, cut_off)


def _tell(job: Job, done: int, total: int = STEPS) -> None:
    if not report_progress(job, done, total, at=timezone.now()):
        raise Cancelled


# --- the scores of a month ---------------------------------------------------------------------------------


@shared_task
def score_months() -> None:
    """The month that is over is computed in every district that has not done it: on the first, or when somebody is up.

    A draft: nobody but the district sees it before she has given it to review.
    """
    at = timezone.now()
    for district in runs.waiting_districts(at):
        try:
            actions.score_month(district, runs.previous(at), by=None, at=at)
        except actions.ScoringRefused:
            log.warning("month not scored", extra={"district": district.code})


@shared_task
def keep_rollups() -> None:
    """The figures of every month that is over are counted once and kept; again where something has come late."""
    at = timezone.now()
    for district in Grid.objects.at(Level.DISTRICT).order_by("code"):
        actions.keep_rollups(district, by=None, at=at)


@shared_task
def run_scorings() -> None:
    """Compute every month that a person has asked for, one after the other."""
    while job := claim_job(runs.KIND, at=timezone.now()):
        with translation.override(job.params.get("language")):
            _score(job)


def _score(job: Job) -> None:
    result: dict[str, Any] = {}
    try:
        _scored(job)
    except Cancelled:
        return
    except (NoLongerAllowed, actions.ScoringRefused) as no:
        result = {"error": str(no) or _("You may no longer do this.")}
    except OperationalError:
        raise
    except Exception:
        log.exception("scoring failed", extra={"job": job.pk})
        result = {
            "error": _("The month could not be computed. Please try again later (job %(n)d).") % {"n": job.pk}
        }
    finish_job(job, at=timezone.now(), **result)


def _scored(job: Job) -> None:
    at = timezone.now()
    district = Grid.objects.get(code=job.params["grid"])
    by = scope_of(job.owner, at).post_at(district.pk, Right.SUPERVISE)
    if by is None:
        raise NoLongerAllowed
    actions.score_month(district, _month_of(job), by=by, at=at, tell=lambda done, _total: _tell(job, done))
