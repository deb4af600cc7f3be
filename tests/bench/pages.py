"""The pages as people call them up: through the real middleware, signed in, each with a place of her own."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from grids.models import Grid, User
from grids.queries import scope_of
from grids.scopes import Scope

from .city import BUILDING, COMMUNITY, DISTRICT, NOW, STREET, VIEWERS
from .meter import Call, statements
from .server import City

MINIMAL = [
    "tests.bench.pages.by_hand",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]


class Person:
    """A viewer in one city."""

    def __init__(self, city: City, name: str) -> None:
        self.city, self.name = city, name
        with city.open():
            self.user = User.objects.get(username=name)
            self.client = Client()
            self.client.force_login(self.user)

    def opens(self, url: str, *, contains: str = "<main") -> Call:
        """A visit, and proof that it is the page and not the way to the login."""

        def visit() -> HttpResponse:
            with self.city.open():
                answer = self.client.get(url)
            assert answer.status_code == 200, f"{self.name} {url}: {answer.status_code}"
            assert contains in answer.content.decode(), f"{self.name} {url}: no {contains}"
            return answer

        return visit

    def scope(self) -> Scope:
        return scope_of(self.user, NOW)


class Handmade(Person):
    """The same person at the page written by hand, behind sessions and login and nothing else."""

    def __init__(self, city: City, name: str) -> None:
        with override_settings(MIDDLEWARE=MINIMAL):
            super().__init__(city, name)
            self.client.handler.load_middleware()


def by_hand(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The addresses of the pages by hand, for their requests alone: other pages keep what they know of theirs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = "tests.bench.raw"
        return get_response(request)

    return middleware


# --- how often a page asks the database ---------------------------------------------------------

SESSION = re.compile(r'"django_session"|FROM "grids_user" WHERE "grids_user"."id" = %s LIMIT|SAVEPOINT')
WHO = re.compile(
    r'FROM "grids_(gridgrant|departmentgrant)"|FROM "grids_post" .*WHERE \("grids_post"."user_id" = %s'
)


@dataclass
class Asked:
    """The statements of one page, sorted by what they are for."""

    session: int = 0
    who: int = 0
    domain: list[str] = field(default_factory=list)


def asked(visit: Call) -> Asked:
    found = Asked()
    for sql, _params in statements(visit):
        if SESSION.search(sql):
            found.session += 1
        elif WHO.search(sql):
            found.who += 1
        else:
            found.domain.append(sql)
    return found


# page               url name               arguments            who opens it
PAGES = (
    ("list",         "cases:list",          (),                  ("official", "dispatcher", "direct", "leader", "officer")),
    ("desk",         "cases:desk",          (),                  ("official", "dispatcher", "direct", "leader", "officer")),
    ("dispatch",     "cases:dispatch",      (),                  ("dispatcher",)),
    ("grid page",    "assessment:grid",     (DISTRICT,),         ("official",)),
    ("grid page",    "assessment:grid",     (STREET,),           ("official", "dispatcher")),
    ("grid page",    "assessment:grid",     (COMMUNITY,),        ("direct",)),
    ("grid page",    "assessment:grid",     (BUILDING,),         ("leader",)),
    ("monthly page", "assessment:monthly",  (),                  ("official", "dispatcher", "direct", "leader")),
)  # fmt: skip


def address(url_name: str, arguments: tuple[str, ...]) -> str:
    """Where the page is, or nothing while it is being built."""
    try:
        return reverse(url_name, args=arguments)
    except NoReverseMatch:
        return ""


def everybody(city: City) -> dict[str, Person]:
    return {viewer.name: Person(city, viewer.name) for viewer in VIEWERS}


def grid(code: str) -> Grid:
    return Grid.objects.get(code=code)


def number_of(table: str, condition: str = "true") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {condition}")
        return int(cursor.fetchone()[0])
