"""What somebody searches for may be a name: it reaches her list, and stands in no address."""

from urllib.parse import unquote

import pytest
from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.test import RequestFactory

from gridgov.kit.searches import address_of, asked

LIST = "/registers/residents/"
FIELDS = ("q", "sex", "grid")


def sent(user_id, **facts):
    return as_somebody(RequestFactory().post(LIST, facts), user_id)


def followed(address, user_id):
    return as_somebody(RequestFactory().get(address), user_id)


def as_somebody(request, user_id):
    request.user = get_user_model()(pk=user_id)
    return request


def test_words_reach_the_list_and_stand_in_no_address() -> None:
    answer = address_of(sent(7, q="程晓梅", sex="2", grid="", csrfmiddlewaretoken="x", name="程晓梅"), FIELDS)

    assert answer.status_code == 303
    assert answer.url.startswith(LIST + "?")
    assert "程晓梅" not in unquote(answer.url)
    assert asked(followed(answer.url, 7)).dict() == {"q": "程晓梅", "sex": "2"}


def test_opened_by_somebody_else_the_words_are_gone() -> None:
    answer = address_of(sent(7, q="程晓梅", sex="2"), FIELDS)

    assert asked(followed(answer.url, 8)).dict() == {"q": "", "sex": "2"}


@pytest.mark.parametrize("words", ["程晓梅", "", "%00", "a" * 5000, "AAAA", "=====", "é"])
def test_words_that_nobody_sealed_are_no_words(words) -> None:
    query = QueryDict(mutable=True)
    query["q"] = words

    assert asked(followed(f"{LIST}?{query.urlencode()}", 7))["q"] == ""


def test_a_list_that_is_not_searched_asks_for_no_words() -> None:
    assert "q" not in asked(followed(f"{LIST}?sex=2", 7))
    assert address_of(sent(7, q="", sex="2"), FIELDS).url == f"{LIST}?sex=2"


def test_endless_words_still_make_an_address() -> None:
    answer = address_of(sent(7, q="程" * 10_000), FIELDS)

    assert len(answer.url) < 2000
    assert set(asked(followed(answer.url, 7))["q"]) == {"程"}
