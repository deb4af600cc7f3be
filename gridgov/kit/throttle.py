"""How many different things one caller may look at in a while."""

import ipaddress
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

CALLERS = 10_000  # remembered at most; the one who came first is forgotten first


class Throttle:
    """Lets a caller look at `most` different things within `span`, and at each of them as often as she likes.

    It counts in memory: each process for itself, and after a restart anew. It does not keep anybody out, it
    makes walking through everything slow.
    """

    def __init__(self, most: int, span: timedelta) -> None:
        self.most, self.span = most, span
        self._seen: OrderedDict[str, tuple[datetime, set[int]]] = OrderedDict()
        self._lock = Lock()

    def allows(self, caller: str, thing: str, *, at: datetime) -> bool:
        """Whether the caller may look at this thing now; who cannot be told apart always may."""
        if not caller:
            return True
        mark = hash(thing)  # a thing may be as long as an address
        with self._lock:
            since, things = self._seen.get(caller, (at, set()))
            if at - since >= self.span:
                self._seen.pop(caller)
                since, things = at, set()
            self._seen.setdefault(caller, (since, things))
            if mark not in things and len(things) >= self.most:
                return False
            things.add(mark)
            if len(self._seen) > CALLERS:
                self._seen.popitem(last=False)
            return True

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()


def caller_of(request: HttpRequest) -> str:
    """Where a request comes from: an address, or the network of one that changes its own (IPv6).

    Behind a proxy (TLS) it is what the proxy added last to X-Forwarded-For; a proxy that adds nothing makes
    everybody one, so that nobody can be told apart: "".
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TLS:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2]
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
