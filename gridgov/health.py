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

from cases.models import Deadline
from cases.queries import guards
from grids.enums import Recurring
from grids.models import Heartbeat
from grids.queries import work_calendar
from grids.rules.workdays import local_date

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
class Deadlines(HealthCheck):
    """What falls due is worked off: the last *finished* sweep is young, and nothing was left aside."""

    at: datetime

    def run(self) -> None:
        if troubles := list(self._troubles()):
            raise ServiceUnavailable(" ".join(troubles))

    def _troubles(self) -> Iterator[str]:
        if held := guards.wrong_clock(self.at) or guards.mass_due(self.at):
            yield held
        last = Heartbeat.objects.filter(name=Recurring.SWEEP).values_list("at", flat=True).first()
        if self.at - max(STARTED, last or STARTED) >= SILENT:
            yield _last_swept(last)
        if parked := Deadline.objects.parked().count():
            yield _("%(n)d deadlines could not be worked off and are parked; the log says why.") % {
                "n": parked
            }


def _last_swept(last: datetime | None) -> str:
    advice = _(
        "Limits run out without being recorded. Start beat and the worker of the queue clock, or let cron run "
        "manage.py sweep_deadlines."
    )
    if last is None:
        return _("No sweep of the deadlines has ever finished. %(advice)s") % {"advice": advice}
    when = f"{timezone.localtime(last):%Y-%m-%d %H:%M:%S}"
    return _("The last sweep of the deadlines finished on %(when)s. %(advice)s") % {
        "when": when,
        "advice": advice,
    }


@dataclasses.dataclass
class Calendar(HealthCheck):
    """The official calendar is loaded as far as it is published."""

    at: datetime

    def run(self) -> None:
        if year := work_calendar().awaited_year(local_date(self.at)):
            raise ServiceUnavailable(
                _(
                    "The official calendar of %(year)d is not loaded. Deadlines in that year are provisional and never fire."
                )
                % {"year": year}
            )


@dataclasses.dataclass
class Workers(HealthCheck):
    """Every worker that must work here has finished something lately.

    One that has just been started together with the web process is given time.
    """

    at: datetime

    def run(self) -> None:
        if self.at - STARTED < SILENT:
            return
        seen = dict(Heartbeat.objects.values_list("name", "at"))
        missing = [str(name.label) for name in Recurring if name not in seen]
        silent = [_name_of(name) for name, at in sorted(seen.items()) if at < self.at - SILENT]
        told = [
            _("Not seen yet: %(names)s.") % {"names": _("; ").join(missing)} if missing else "",
            _("Silent: %(names)s.") % {"names": _("; ").join(silent)} if silent else "",
        ]
        if any(told):
            raise ServiceUnavailable(" ".join(filter(None, told)))


def _name_of(name: str) -> str:
    return str(Recurring(name).label) if name in Recurring.values else name


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `problem` is empty when it is well.

    What somebody has to see to, but no proxy has to turn visitors away for, is not `is_grave`.
    """

    name: str
    problem: str
    is_grave: bool = True


def findings(at: datetime) -> Iterator[Finding]:
    """Look at everything a page needs, one after the other."""
    checks = (
        (gettext_noop("Database"), Database()),
        (gettext_noop("Tables up to date"), Migrations()),
        (gettext_noop("Cache"), Cache()),
        (gettext_noop("Files can be written"), Storage()),
        (gettext_noop("Deadlines"), Deadlines(at)),
        (gettext_noop("Background work"), Workers(at)),
    )
    for name, check in checks:
        yield Finding(name, _problem(name, check))
    calendar = gettext_noop("Working-day calendar")
    yield Finding(calendar, _problem(calendar, Calendar(at)), is_grave=False)


def _problem(name: str, check: HealthCheck) -> str:
    try:
        async_to_sync(check.run)() if isinstance(check, Cache) else check.run()
    except Exception as error:  # whatever it is, the answer is "not well", never a crash
        log.warning("unwell", extra={"check": name, "error": repr(error)})
        # The library puts a word of its own before the sentence.
        return str(getattr(error, "message", "") or error)
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
    return not any(finding.problem and finding.is_grave for finding in findings(at))


@require_safe
def detail(request: HttpRequest) -> HttpResponse:
    """For the administration: what was looked at, what is wrong, when background work last finished."""
    if not request.user.is_staff:
        raise PermissionDenied
    found = list(findings(request.at))
    context = {
        "title": _("Health of the platform"),
        "findings": [(_(finding.name), finding.problem, finding.is_grave) for finding in found],
        "heartbeats": _heartbeats(),
    }
    return render(
        request, "health.html", context, status=503 if any(f.problem and f.is_grave for f in found) else 200
    )


def _heartbeats() -> list[tuple[str, datetime | None]]:
    """All that should come round by itself, whether or not it ever has."""
    seen = dict(Heartbeat.objects.values_list("name", "at"))
    return [(_name_of(name), seen.get(name)) for name in dict.fromkeys([*Recurring.values, *sorted(seen)])]
