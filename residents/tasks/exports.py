"""Files of registers are made here, away from the page that asked for them.

A job is a row: this task finds it, whoever or whatever nudged. Run twice, late, or on two machines at once
it does each job once; a job whose worker was killed is taken over.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gridgov.kit.sealedfiles import SealingWriter
from grids.actions import claim_job, finish_job, report_progress
from grids.models import Job

from .. import actions
from ..exports import register
from ..queries.exports import KIND, asker_scope, may_have, place_of_file, requests

log = logging.getLogger("gridgov.residents")


class NoLongerAllowed(Exception):
    """Between asking and making, the person has lost what let her have it."""


@shared_task
def run_exports() -> None:
    """Make every file that is waiting, one after the other."""
    while job := claim_job(KIND, at=timezone.now()):
        with translation.override(job.params.get("language")):
            _run(job)


def _run(job: Job) -> None:
    try:
        _make(job)
    except NoLongerAllowed:
        finish_job(job, at=timezone.now(), error=_("You may no longer take out this register."))
    except OperationalError:
        raise  # the database is away or slow: the job stays, and is tried again
    except Exception:
        log.exception("export failed", extra={"job": job.pk})
        error = _("The file could not be made. Please try again later (job %(n)d).") % {"n": job.pk}
        finish_job(job, at=timezone.now(), error=error)


def _make(job: Job) -> None:
    at = timezone.now()
    request = requests().filter(job=job).first()
    if request is None or not may_have(request, scope := asker_scope(request, at)):
        raise NoLongerAllowed
    report_progress(job, 0, 2, at=at)
    people: list[int] = []
    with _sealed(job) as (file, plain):
        rows = register.write(plain, request, scope, at=at, people=people)
        plain.close()
        file.seek(0)
        report_progress(job, 1, 2, at=timezone.now())
        actions.publish_export(request, job, file, rows=rows, people=people, at=timezone.now())


@contextmanager
def _sealed(job: Job) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """A file that lies sealed wherever it lies, and the way to write into it."""
    with tempfile.TemporaryFile() as file:
        yield cast(BinaryIO, file), cast(BinaryIO, SealingWriter(cast(BinaryIO, file), place_of_file(job)))
