"""The menu shows what a person may open, and where she is."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import include, path

from grids.context import menu, place, shell
from grids.enums import Right
from grids.models import User
from grids.scopes import Scope, Span


def room(*views):
    return [path(address, lambda request: HttpResponse(), name=name) for address, name in views]


# The rooms as the menu knows them, without their pages.
urlpatterns = [
    path("", include((room(("", "desk"), ("cases/", "list"), ("cases/report/", "report")), "cases"))),
    path("desk/", include((room(("dispatch/", "dispatch"), ("patrol/", "patrol")), "desk"))),
    path("grids/", include((room(("", "grids"), ("monthly/", "monthly")), "assessment"))),
    path("admin/", include((room(("", "index")), "admin"))),
]
pytestmark = pytest.mark.urls(__name__)

STREET = Span(1, 7, "410102001")


def request_of(*rights, path="/", staff=False):
    request = RequestFactory().get(path)
    request.user = User(pk=1, username="wang", name="王建军", is_staff=staff)
    request.scope = Scope(user_id=1, by_right=dict.fromkeys(rights, (STREET,)))
    return request


def addresses(request):
    return [entry.url for entry in menu(request)]


def test_a_person_without_a_post_finds_only_what_is_open_to_everybody():
    assert addresses(request_of()) == ["/", "/cases/"]


def test_a_right_opens_its_entry():
    assert addresses(request_of(Right.REPORT, Right.FIGURES)) == [
        "/",
        "/cases/report/",
        "/cases/",
        "/grids/monthly/",
    ]


def test_the_grids_are_offered_to_whom_one_is_open():
    of_a_department = request_of()
    of_a_department.scope = Scope(user_id=1, departments_by_right={Right.VIEW: frozenset({3})})

    assert addresses(request_of(Right.VIEW)) == ["/", "/cases/", "/grids/"]
    assert addresses(request_of(Right.REPORT)) == ["/", "/cases/report/", "/cases/"]
    assert addresses(of_a_department) == ["/", "/cases/"]


def test_the_administration_is_shown_to_whom_it_lets_in():
    assert "/admin/" in addresses(request_of(staff=True))
    assert "/admin/" not in addresses(request_of())


def test_an_entry_whose_page_does_not_exist_is_left_out():
    assert addresses(request_of(Right.DISPATCH)) == addresses(request_of())


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ["/"]),
        ("/cases/", ["/cases/"]),
        ("/cases/12/", ["/cases/"]),
        ("/cases/report/", ["/cases/report/"]),
        ("/elsewhere/", []),
    ],
)
def test_the_current_entry_is_the_nearest_above_the_page(path, current):
    entries = menu(request_of(Right.REPORT, path=path))

    assert [entry.url for entry in entries if entry.current] == current


def test_nobody_signed_in_has_no_menu():
    request = RequestFactory().get("/")
    request.user, request.scope = AnonymousUser(), Scope(user_id=None)

    assert addresses(request) == []


def test_a_page_that_came_before_the_scope_has_an_empty_shell():
    context = shell(RequestFactory().get("/"))

    assert list(context["menu"]) == []
    assert str(context["place"]) == ""


def test_a_person_without_a_post_has_no_place():
    assert place(Scope(user_id=1)) == ""
