"""Notices leave the house: laid out per gateway, claimed one by one, sent, tried again, given up.

Each gateway works through its own rows in a thread of its own, so that a slow one delays nobody else; at the first
sign that it is down its run ends. A claim is committed before anything is sent: no lock is held while a gateway
thinks, and who dies on the way leaves the row to the next run.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gridgov.kit import gateways
from gridgov.kit.bulk import update_rows
from gridgov.kit.gateways import Gateway, Message, Unreachable

from ..enums import DeliveryState
from ..models import Delivery, Notice, User
from ..queries import scope_of
from ..queries.notices import Said, is_urgent, said, summed_up
from ..rules import notices as rules

log = logging.getLogger("gridgov.notices")

BATCH = 1000
OF_ONE_DIGEST = 1000
RUN_SECONDS = 10  # of one gateway: the deadlines wait in the same queue


@dataclass(frozen=True)
class Delivered:
    """What one run has done: messages sent, messages not taken, notices nobody needs any more."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(*(getattr(self, name) + getattr(other, name) for name in vars(self)))


def deliver_notices(*, at: datetime) -> Delivered:
    """Send what waits, through every gateway that is switched on. Twice at once does no harm."""
    ways = gateways.configured()
    while lay_out(ways, at=at):
        pass
    if not ways:
        return Delivered()
    with ThreadPoolExecutor(len(ways)) as pool:
        return sum(pool.map(partial(_in_a_thread, at=at), ways), Delivered())


@transaction.atomic
def lay_out(ways: Sequence[Gateway], *, at: datetime) -> int:
    """A row per new notice and gateway through which its person can be reached; how many notices there were."""
    fresh = list(
        Notice.objects.filter(planned_at__isnull=True)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("person")
        .order_by("pk")[:BATCH]
    )
    Delivery.objects.bulk_create(
        (
            Delivery(
                notice=notice, person=notice.person, gateway=way.name, next_try_at=at,
                is_urgent=is_urgent(notice.kind),
            )
            for notice in fresh
            for way in ways
            if _address(notice.person, way) is not None
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    Notice.objects.filter(pk__in=[notice.pk for notice in fresh]).update(planned_at=at)
    return len(fresh)


def _address(person: User, way: Gateway) -> str | None:
    """Where the gateway finds this person; None when it cannot."""
    if not person.is_active:
        return None
    return getattr(person, way.needs) or None if way.needs else ""


def _in_a_thread(way: Gateway, *, at: datetime) -> Delivered:
    try:
        return deliver_through(way, at=at)
    except Exception:
        log.exception("a gateway's run failed", extra={"gateway": way.name})
        return Delivered(failed=1)
    finally:
        connections.close_all()  # those of this thread


def deliver_through(way: Gateway, *, at: datetime) -> Delivered:
    """One gateway's run: until nothing is due, its time is over, or it does not answer."""
    done, until = Delivered(), time.monotonic() + RUN_SECONDS
    for _turn in range(way.most):
        bundle = _claim(way.name, at)
        if not bundle:
            break
        try:
            done += _send(way, bundle, at)
        except Exception as error:
            done += Delivered(failed=1)
            _note_failure(bundle, error)
            if isinstance(error, Unreachable):
                break
        if time.monotonic() > until:
            break
    return done


@transaction.atomic
def _claim(gateway: str, at: datetime) -> list[Delivery]:
    """The next row, or with it all that wait for the same person where they are more than a few.

    Its next try is set now: if this one ends in silence, that is when another run takes it up.
    """
    due = Delivery.objects.due(gateway, at).select_for_update(skip_locked=True)
    if _quiet().holds(timezone.localtime(at).time()):
        due = due.filter(is_urgent=True)
    first = due.order_by("-is_urgent", "next_try_at", "pk").first()
    if first is None:
        return []
    bundle = [first]
    if not first.is_urgent:
        waiting = list(due.filter(person=first.person_id, is_urgent=False).order_by("pk")[:OF_ONE_DIGEST])
        bundle = waiting if len(waiting) > rules.DIGEST_ABOVE else bundle
    for row in bundle:
        row.attempts += 1
        row.next_try_at = at + rules.wait_after(row.attempts)
    update_rows(bundle, ("attempts", "next_try_at"))
    return bundle


def _quiet() -> rules.QuietHours:
    return rules.parse_quiet(settings.NOTICE_QUIET_HOURS)


def _send(way: Gateway, bundle: list[Delivery], at: datetime) -> Delivered:
    """Put it into words, send it, and note that it was sent. What she has read meanwhile is not sent any more."""
    notices = list(Notice.objects.unread().filter(pk__in=[row.notice_id for row in bundle]).order_by("pk"))
    person = User.objects.get(pk=bundle[0].person_id)
    with translation.override(settings.LANGUAGE_CODE):
        words = said(notices, scope_of(person, at))
        told = [notice for notice in notices if notice.pk in words]
        address = _address(person, way)
        if told and address is not None:
            way.send(_message(way, told, words, address))
        else:
            told = []
    return _settle(bundle, {notice.pk for notice in told}, at)


def _message(way: Gateway, told: list[Notice], words: dict[int, Said], address: str) -> Message:
    """One notice in its own words, several as a digest; the key is that of the first, whoever sends it again."""
    text, url = summed_up(told), "/notices/"
    if len(told) == 1:
        text, url = words[told[0].pk].text, words[told[0].pk].url
    facts = [{"id": n.pk, "kind": n.kind, "subject": n.subject, "at": n.at.isoformat()} for n in told]
    return Message(
        key=f"{way.name}-{told[0].pk}-{len(told)}", to=address, title=_("Community Grid Governance"),
        text=f"{text} {settings.SITE_URL}{url}" if settings.SITE_URL else text,
        facts={"person": told[0].person_id, "notices": facts},
    )  # fmt: skip


def _settle(bundle: list[Delivery], told: set[int], at: datetime) -> Delivered:
    waiting = Delivery.objects.filter(pk__in=[row.pk for row in bundle], state=DeliveryState.WAITING)
    sent = waiting.filter(notice__in=told).update(state=DeliveryState.SENT, sent_at=at, last_error="")
    dropped = waiting.update(state=DeliveryState.DROPPED)
    return Delivered(sent=int(sent > 0), dropped=dropped)


def _note_failure(bundle: list[Delivery], error: Exception) -> None:
    """It waits for its next try; after the last one it is dead, and the administration is told."""
    rows = Delivery.objects.filter(pk__in=[row.pk for row in bundle], state=DeliveryState.WAITING)
    rows.update(last_error=f"{type(error).__name__}: {error}"[:200])
    dead = rows.filter(attempts__gte=rules.TRIES).update(state=DeliveryState.DEAD)
    if dead:
        log.error("given up", extra={"gateway": bundle[0].gateway, "deliveries": dead, "error": str(error)})
    elif not isinstance(error, gateways.Unreachable | gateways.Refused):
        log.exception("a notice cannot be sent", extra={"gateway": bundle[0].gateway})


def try_again(deliveries: Iterable[Delivery], *, at: datetime) -> int:
    """Somebody has mended what was wrong: what was given up gets all its tries again; how many there were."""
    dead = Delivery.objects.dead().filter(pk__in=[row.pk for row in deliveries])
    return dead.update(state=DeliveryState.WAITING, attempts=0, next_try_at=at)
