"""What every request gets before any room sees it: a number, the time, a language, an age limit."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from gridgov.kit.logs import request_id


class Asked(HttpRequest):
    """A request as the rooms see it: with its number and the moment it came."""

    id: str
    at: dt.datetime


GetResponse = Callable[[Any], HttpResponse]
log = logging.getLogger("gridgov.request")

LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME
LOCK_NOT_AVAILABLE = "55P03"
QUERY_CANCELED = "57014"


class RequestIdMiddleware:
    """Each request has a number that its log lines, its answer and its error page share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = request.id
        return response


class ClockMiddleware:
    """The one place where a page request reads the clock; everything below is handed `at`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        request.at = timezone.now()
        return self.get_response(request)


class LanguageMiddleware:
    """Chinese unless the person chose otherwise: a browser's preference is not a choice made here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SessionAgeMiddleware:
    """A session ends after half an hour unused and after twelve hours in any case."""

    TOUCH_EVERY = 60  # seconds: not every page view is worth a write

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        if request.user.is_authenticated:
            self.check(request, request.at.timestamp())
        response = self.get_response(request)
        if request.user.is_authenticated:  # perhaps only now: the twelve hours begin with the sign-in
            request.session.setdefault("began", request.at.timestamp())
        return response

    def check(self, request: Asked, now: float) -> None:
        began = request.session.setdefault("began", now)
        seen = request.session.get("seen", now)
        idle, age = now - seen, now - began
        if idle > settings.SESSION_IDLE_SECONDS or age > settings.SESSION_LIFETIME_SECONDS:
            logout(request)
        elif "seen" not in request.session or idle > self.TOUCH_EVERY:
            request.session["seen"] = now


class PermissionsPolicyMiddleware:
    """Camera and position are for our own pages; nothing else of the device is asked for."""

    POLICY = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


class PrivateMiddleware:
    """Whatever a view does not say otherwise about is for this person and this moment only.

    Desks are shared: after signing out, going back must not show what the one before had on the screen.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class PublicMiddleware:
    """A public page is the same for everybody: it learns of no cookie and leaves none behind."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        if not request.path_info.startswith(settings.PUBLIC_PREFIX):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        response.cookies.clear()
        del response.headers["Vary"]  # or caches would keep one for every cookie they meet
        return response


class BusyMiddleware:
    """A row that somebody else is working on is a polite 503 with a retry, never a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Asked, error: Exception) -> HttpResponse | None:
        code = getattr(getattr(error, "__cause__", None), "pgcode", None)
        if not isinstance(error, OperationalError) or code not in (LOCK_NOT_AVAILABLE, QUERY_CANCELED):
            return None
        log.warning("busy", extra={"pgcode": code, "path": request.path})
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(int(dt.timedelta(seconds=3).total_seconds()))
        return response
