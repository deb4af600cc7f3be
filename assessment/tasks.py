"""Workbooks are made here, away from the page that asked for them.

A job is a row: this task finds it, whoever or whatever nudged. Run twice, late, or on two machines at once
it does each job once; a job whose worker was killed is taken over.
"""

import logging
from datetime import datetime
from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from grids.actions import claim_job, finish_job, report_progress
from grids.enums import Right
from grids.models import Grid, Job
from grids.queries import scope_of

from .exports import workbook
from .queries import activity, tally
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
    while job := claim_job(workbook.KIND, at=timezone.now()):
        with translation.override(job.params.get("language")):
            _run(job)


def _run(job: Job) -> None:
    try:
        result = _made(job)
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


def _made(job: Job) -> dict[str, Any]:
    grid = Grid.objects.filter(code=job.params["grid"]).first()
    if grid is None or not scope_of(job.owner, timezone.now()).covers_grid(grid.code, Right.FIGURES):
        raise NoLongerAllowed
    month = datetime.strptime(job.params["month"], "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    cut_off = datetime.fromisoformat(job.params["as_of"])
    _tell(job, 0)
    report = tally(grid, month, cut_off=cut_off)
    _tell(job, 1)
    walks = activity(grid, month, cut_off=cut_off)
    _tell(job, 2)
    content = workbook.build(report, walks, maker=job.owner.name, at=timezone.now())
    _tell(job, STEPS)
    return {"content": content, "filename": workbook.filename_of(grid, Period.of(month, cut_off))}


def _tell(job: Job, done: int) -> None:
    if not report_progress(job, done, STEPS, at=timezone.now()):
        raise Cancelled
