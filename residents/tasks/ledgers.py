"""Ledgers are tried and taken in here, away from the page that asked for it.

A job is a row: a task finds it, whoever or whatever nudged. Whoever asked must still keep the register of the
grid when the work is done. Nothing of a ledger is said outside its own page: a job holds its number alone.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone, translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gridgov.kit.sheets import reading
from gridgov.kit.sheets.header import Header
from gridgov.kit.sheets.reading import Book, Sheet, SheetRefused
from grids.actions import claim_job, finish_job, report_progress
from grids.enums import Level, Right
from grids.models import Grid, Job, Post
from grids.queries import scope_of
from grids.rules.workdays import local_date
from grids.scopes import Scope

from .. import actions
from ..actions.ledgers import CHECK, LOAD, Checked
from ..imports.ledgers import LedgerUnclear, Understood, doubts, header_of, names_of, remarked, understood
from ..models import LedgerFile

log = logging.getLogger("gridgov.residents")


class NoLongerAllowed(Exception):
    """Between asking and doing, the person has lost the post that lets her keep this register."""


@dataclass(frozen=True)
class Work:
    """One ledger in the hands of a worker, and who asked for it, as she stands now."""

    job: Job
    ledger: LedgerFile
    scope: Scope
    by: Post
    at: datetime


@shared_task
def run_ledgers() -> None:
    """Try and take in every ledger that is waiting, one after the other."""
    for kind, do in ((CHECK, _check), (LOAD, _load)):
        while job := claim_job(kind, at=timezone.now()):
            with translation.override(job.params.get("language")):
                _run(job, do)


@shared_task
def clear_expired_ledgers() -> None:
    """A ledger is kept for a day."""
    actions.clear_expired_ledgers(at=timezone.now())


def _run(job: Job, do: Callable[[Work], None]) -> None:
    try:
        do(_work(job))
    except actions.LedgerWithdrawn:
        error = _("This work was cancelled.")
    except NoLongerAllowed:
        error = _("You may no longer keep this register.")
    except actions.LoadRefused:
        error = _("The register has changed since the check. Check the ledger again.")
    except (SheetRefused, LedgerUnclear, actions.RegisterRefused) as no:
        error = str(no)
    except OperationalError:
        raise  # the database is away or slow: the job stays, and is tried again
    except Exception as failure:
        # Without the traceback: what an exception says may be what a cell said.
        log.error("ledger failed", extra={"job": job.pk, "failure": type(failure).__name__})
        error = _("The ledger could not be read. Please try again later (job %(n)d).") % {"n": job.pk}
    else:
        return
    finish_job(job, at=timezone.now(), error=error)


def _work(job: Job) -> Work:
    at = timezone.now()
    ledger = LedgerFile.objects.kept(at).select_related("grid").filter(pk=job.params["ledger"]).first()
    if ledger is None:
        raise actions.LedgerWithdrawn
    scope = scope_of(job.owner, at)
    by = scope.post_for(ledger, Right.KEEP)
    if by is None:
        raise NoLongerAllowed
    return Work(job, ledger, scope, by, at)


def _check(work: Work) -> None:
    with _read(work) as (book, sheet, header, found):
        load = actions.plan_load(found.people, by=work.by, at=work.at) if found.people else None
        found.add(load.problems if load else ())
        wrong = len(found.problems) + len(found.flaws)
        remarks = remarked(book, sheet, header, found, _mark(work)) if wrong else None
    counts = (len(load.entered), len(load.changed), load.unchanged) if load else (0, 0, 0)
    checked = Checked(found.rows, *counts, problems=wrong, doubts=doubts(found, header))
    actions.note_check(work.ledger, work.job, checked, remarks=remarks, by=work.by, at=timezone.now())


def _load(work: Work) -> None:
    with _read(work) as (_book, _sheet, _header, found):
        if found.problems or found.flaws:
            raise actions.LoadRefused(found.problems)
    actions.take_in(work.ledger, work.job, found.people, by=work.by, at=timezone.now())


@contextmanager
def _read(work: Work) -> Iterator[tuple[Book, Sheet, Header, Understood]]:
    """The ledger of a job, read as its person chose."""
    ledger = work.ledger
    tell = partial(_tell, work.job)
    content = BytesIO(ledger.opened(ledger.file))
    with reading.read(content, while_waiting=partial(tell, 0)) as book:
        content.close()
        if book.sha256 != ledger.sha256:
            raise actions.LedgerWithdrawn
        sheet = book.sheets[ledger.sheet]
        header = header_of(sheet, ledger.mapping)
        found = understood(sheet, header, names_of(_grids(work)), local_date(work.at), tell)
        if not found.rows:
            raise LedgerUnclear(_("Below the titles there is no row."))
        tell(found.rows)
        yield book, sheet, header, found


def _grids(work: Work) -> Iterable[Grid]:
    """The building grids a row may be about: those of the ledger's grid that its person keeps."""
    kept = Grid.objects.within(work.scope, Right.KEEP).active().at(Level.BUILDING)
    return kept.filter(code__startswith=work.ledger.grid.code)


def _mark(work: Work) -> str:
    words = {"name": work.job.owner.name, "moment": localtime(work.at).strftime("%Y-%m-%d %H:%M")}
    return _("Personal data. Made for %(name)s, %(moment)s; not to be passed on.") % words


def _tell(job: Job, rows: int) -> None:
    """How far it is, and that the worker lives; raises when the person no longer wants it."""
    if not report_progress(job, rows, 0, at=timezone.now()):
        raise actions.LedgerWithdrawn
