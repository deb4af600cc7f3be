"""Every answer carries the headers, whatever it is: page, error, file, redirect."""

from uuid import uuid4

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from gridgov import views
from grids.actions import ask_for_job, claim_job, finish_job
from grids.actions.heartbeats import note_finished
from grids.enums import Recurring
from grids.models import Job
from tests.cases.walks import photo
from tests.factories import PASSWORD

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'",
    "worker-src 'self'",
}  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}


@login_not_required
def broken(request) -> HttpResponse:
    raise RuntimeError("secret detail")


handler400, handler403 = views.bad_request, views.permission_denied
handler404, handler500 = views.not_found, views.server_error
urlpatterns = [path("broken/", broken), path("", include("gridgov.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def _well(db):
    """However long this process has run by now, its workers have just shown a sign of life."""
    note_finished(*Recurring.values, at=timezone.now())


@pytest.fixture
def leader(town):
    client = Client(raise_request_exception=False)
    client.force_login(town.user.leader)
    return client


@pytest.fixture
def case(town, at):
    return town.report(at=at, photos=[photo()])


# what                     how it comes about                                                       status
ANSWERS = {
    "the sign-in page":    (lambda v, u, c: v.get("/login/"),                                        200),
    "a way to sign in":    (lambda v, u, c: v.get("/"),                                              302),
    "a failed sign-in":    (lambda v, u, c: v.post("/login/", {"username": "x", "password": "y"}),   422),
    "a desk":              (lambda v, u, c: u.get("/"),                                              200),
    "a case":              (lambda v, u, c: u.get(c.get_absolute_url()),                             200),
    "a photo":             (lambda v, u, c: u.get(c.evidence.get().get_absolute_url()),              200),
    "the list":            (lambda v, u, c: u.get("/cases/"),                                        200),
    "an answered form":    (lambda v, u, c: u.post(reverse("cases:withdraw", args=[c.pk]),
                            {"key": uuid4(), "version": 1, "note": "看错了"}),                        302),
    "a refused form":      (lambda v, u, c: u.post(reverse("cases:withdraw", args=[c.pk]), {}),      422),
    "a clash":             (lambda v, u, c: u.post(reverse("cases:withdraw", args=[c.pk]),
                            {"key": uuid4(), "version": 7, "note": "看错了"}),                        409),
    "no such page":        (lambda v, u, c: u.get("/nowhere/"),                                      404),
    "no right":            (lambda v, u, c: u.post(reverse("cases:claim", args=[c.pk]),
                            {"key": uuid4(), "version": 1}),                                         403),
    "no such method":      (lambda v, u, c: u.get(reverse("cases:claim", args=[c.pk])),              405),
    "a foreign name":      (lambda v, u, c: v.get("/", headers={"host": "evil.example"}),            400),
    "a stale form":        (lambda v, u, c: Client(enforce_csrf_checks=True).post("/login/"),        403),
    "a crash":             (lambda v, u, c: v.get("/broken/"),                                       500),
    "a style sheet":       (lambda v, u, c: v.get("/static/css/gov.css"),                            200),
    "a missing file":      (lambda v, u, c: v.get("/static/css/none.css"),                           404),
    "a card for everybody": (lambda v, u, c: v.get(f"/p/{c.grid.code}/"),                             200),
    "a missing slash":     (lambda v, u, c: u.get("/cases"),                                         301),
    "the administration":  (lambda v, u, c: v.get("/admin/"),                                        302),
    "the health":          (lambda v, u, c: v.get("/health/"),                                       200),
}  # fmt: skip


def answer_of(what, visitor, leader, case):
    ask, status = ANSWERS[what]
    response = ask(visitor, leader, case)
    assert response.status_code == status
    return response


@pytest.mark.parametrize("what", ANSWERS)
def test_it_carries_every_header(what, visitor, leader, case):
    response = answer_of(what, visitor, leader, case)
    response.close()

    assert {name: response.get(name) for name in ALWAYS} == ALWAYS
    assert response.get("X-Request-Id")
    assert not {"Server", "X-Powered-By"} & set(response.headers)


@pytest.mark.parametrize("what", ANSWERS)
def test_its_policy_is_that_of_the_house(what, visitor, leader, case):
    response = answer_of(what, visitor, leader, case)
    response.close()

    given = {rule.strip() for rule in response["Content-Security-Policy"].split(";")}
    assert given == ({"default-src 'none'", "sandbox"} if what == "a photo" else POLICY)


@pytest.mark.parametrize("what", ANSWERS)
def test_no_cache_keeps_what_is_personal(what, visitor, leader, case):
    response = answer_of(what, visitor, leader, case)
    response.close()

    kept = {"a photo": "private, no-cache", "a style sheet": "max-age=60, public"}
    kept["a card for everybody"] = "public, max-age=300"
    assert response["Cache-Control"] == kept.get(what, response["Cache-Control"])
    assert what in kept or "no-store" in response["Cache-Control"]


def test_a_workbook_is_saved_and_never_opened_in_the_page(town, leader, at, settings):
    from_job = {"key": uuid4(), "by": town.user.leader, "at": timezone.now()}
    ask_for_job("anything", "九月报表", {}, **from_job)
    finish_job(
        claim_job("anything", at=timezone.now()), at=timezone.now(), content=b"PK", filename="九月.xlsx"
    )

    response = leader.get(reverse("grids:job_file", args=[Job.objects.get().pk]))
    response.close()

    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(town, visitor):
    visitor.get("/login/")
    visitor.post("/login/", {"username": "leader", "password": PASSWORD})
    visitor.post("/language/", {"language": "en"})

    assert {name: (morsel["httponly"], morsel["samesite"], morsel["secure"]) for name, morsel in visitor.cookies.items()} == {
        "gridgov_session": (True, "Lax", ""), "csrftoken": (True, "Lax", ""), "django_language": ("", "Lax", ""),
    }  # fmt: skip


def test_with_tls_cookies_travel_by_tls_only_and_browsers_are_told_to_stay(town, settings):
    for name in (
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "LANGUAGE_COOKIE_SECURE",
    ):
        setattr(settings, name, True)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 365 * 86400
    client = Client(headers={"x-forwarded-proto": "https"})

    client.get("/login/")
    page = client.post("/login/", {"username": "leader", "password": PASSWORD})

    assert all(morsel["secure"] for morsel in client.cookies.values())
    assert page["Strict-Transport-Security"].startswith("max-age=31536000")
    assert Client().get("/login/")["Location"].startswith("https://")
