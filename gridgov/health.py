"""Is the platform well? A yes or no for probes, the reasons for the administration."""

import dataclasses
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe
from health_check import Cache, Database, HealthCheck, Storage
from health_check.exceptions import ServiceUnavailable

from grids.models import Heartbeat

log = logging.getLogger("gridgov.health")

SILENT = timedelta(minutes=10)  # beat nudges every minute
ASKED_AGAIN = 5  # seconds: whoever asks faster than that gets the last answer
STARTED = timezone.now()


@dataclasses.dataclass
class Migrations(HealthCheck):
    """The tables are those this code was written for."""

    def run(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise ServiceUnavailable("migrations are waiting")


@dataclasses.dataclass
class Workers(HealthCheck):
    """Every worker that ever worked here has finished something lately.

    A web process alone is well, and so is one that has just been started together with its workers.
    """

    at: datetime

    def run(self) -> None:
        if self.at - STARTED < SILENT:
            return
        if silent := sorted(Heartbeat.objects.filter(at__lt=self.at - SILENT).values_list("name", flat=True)):
            raise ServiceUnavailable(f"silent: {', '.join(silent)}")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `problem` is empty when it is well."""

    name: str
    problem: str


def findings(at: datetime) -> Iterator[Finding]:
    """Look at everything a page needs, one after the other."""
    checks = (
        (gettext_noop("Database"), Database()),
        (gettext_noop("Tables up to date"), Migrations()),
        (gettext_noop("Cache"), Cache()),
        (gettext_noop("Files can be written"), Storage()),
        (gettext_noop("Background work"), Workers(at)),
    )
    for name, check in checks:
        yield Finding(name, _problem(name, check))


def _problem(name: str, check: HealthCheck) -> str:
    try:
        async_to_sync(check.run)() if isinstance(check, Cache) else check.run()
    except Exception as error:  # whatever it is, the answer is "not well", never a crash
        log.warning("unwell", extra={"check": name, "error": repr(error)})
        return str(error)
    return ""


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For probes and proxies: 200 or 503, without a word about why."""
    is_well = caches["local"].get_or_set("health", lambda: _is_well(request.at), ASKED_AGAIN)
    return HttpResponse(
        "ok" if is_well else "unwell", status=200 if is_well else 503, content_type="text/plain"
    )


def _is_well(at: datetime) -> bool:
    return not any(finding.problem for finding in findings(at))


@require_safe
def detail(request: HttpRequest) -> HttpResponse:
    """For the administration: what was looked at, what is wrong, when background work last finished."""
    if not request.user.is_staff:
        raise PermissionDenied
    found = list(findings(request.at))
    context = {
        "title": _("Health of the platform"),
        "findings": [(_(finding.name), finding.problem) for finding in found],
        "heartbeats": Heartbeat.objects.order_by("name"),
    }
    return render(request, "health.html", context, status=503 if any(f.problem for f in found) else 200)
