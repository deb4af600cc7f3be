"""A list is read page by page without a gap, and links keep what was asked for."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.db import connection, models
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.kit import listing
from gridgov.kit.listing import BadCursor, CappedCount, Page, capped_count, page, query_string

START = datetime(2026, 9, 24, 9, 0, tzinfo=UTC)


class Entry(models.Model):
    """A row with a moment that several rows share."""

    at = models.DateTimeField()
    rank = models.IntegerField()

    class Meta:
        app_label = "kit_tests"
        managed = False
        db_table = "kit_test_entry"

    def __str__(self) -> str:
        return str(self.pk)


@pytest.fixture
def entries(db: None) -> Iterator[models.QuerySet[Entry]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE kit_test_entry"
            " (id bigint PRIMARY KEY, at timestamptz NOT NULL, rank int NOT NULL)"
        )
    Entry.objects.bulk_create(
        Entry(id=n, at=START + timedelta(hours=n // 4, microseconds=1), rank=n % 3) for n in range(1, 24)
    )
    yield Entry.objects.all()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kit_test_entry")


def ids(found: Page[Any]) -> list[int]:
    return [row["id"] if isinstance(row, dict) else row.id for row in found.rows]


def walk(queryset: models.QuerySet[Any], **options: Any) -> list[list[int]]:
    """All pages forward by their cursors."""
    found = page(queryset, is_strict=True, **options)
    pages = [ids(found)]
    while found.next_cursor and len(pages) < 30:
        found = page(queryset, cursor=found.next_cursor, is_strict=True, **options)
        pages.append(ids(found))
    return pages


# --- paging ------------------------------------------------------------------------------


def test_newest_first_without_gap_or_repeat(entries: models.QuerySet[Entry]) -> None:
    pages = walk(entries, size=10)

    assert pages == [list(range(23, 13, -1)), list(range(13, 3, -1)), [3, 2, 1]]


@pytest.mark.parametrize("order", [("id",), ("-at", "-id"), ("rank", "-at", "id"), ("-rank", "id")])
@pytest.mark.parametrize("size", [1, 5, 23, 50])
def test_any_order_is_walked_as_the_database_sorts_it(
    entries: models.QuerySet[Entry], order: tuple[str, ...], size: int
) -> None:
    everything = [row.id for row in entries.order_by(*order)]

    assert list(chain.from_iterable(walk(entries, size=size, order=order))) == everything


def test_back_again_gives_the_same_pages(entries: models.QuerySet[Entry]) -> None:
    first = page(entries, size=10)
    second = page(entries, size=10, cursor=first.next_cursor)
    third = page(entries, size=10, cursor=second.next_cursor)

    back = page(entries, size=10, cursor=third.previous_cursor)
    start = page(entries, size=10, cursor=back.previous_cursor)

    assert (ids(back), ids(start)) == (ids(second), ids(first))
    assert back.next_cursor == second.next_cursor
    assert (first.previous_cursor, start.previous_cursor, third.next_cursor) == (None, None, None)


def test_a_page_that_is_exactly_full_is_the_last(entries: models.QuerySet[Entry]) -> None:
    assert page(entries, size=23).next_cursor is None


def test_values_page_like_objects(entries: models.QuerySet[Entry]) -> None:
    assert walk(entries.values("id", "at"), size=9, order=("-at", "-id")) == walk(
        entries, size=9, order=("-at", "-id")
    )


def test_rows_that_arrive_meanwhile_move_nothing(entries: models.QuerySet[Entry]) -> None:
    first = page(entries, size=10)
    Entry.objects.create(id=99, at=START, rank=0)

    assert ids(page(entries, size=10, cursor=first.next_cursor))[0] == 13


def test_yes_and_no_are_keys_like_others() -> None:
    cursor = listing.encode(listing.Direction.NEXT, {"done": True, "id": 7}, ("-done", "-id"))

    assert listing.decode(cursor, ("-done", "-id")) == (listing.Direction.NEXT, [1, 7])


def test_an_empty_list_is_an_empty_page(entries: models.QuerySet[Entry]) -> None:
    assert page(entries.none()) == Page()


@pytest.mark.parametrize("size", [1, 10])
def test_a_page_is_one_query(
    entries: models.QuerySet[Entry], size: int, django_assert_num_queries: Any
) -> None:
    cursor = page(entries, size=size).next_cursor

    with django_assert_num_queries(1):
        page(entries, size=size, cursor=cursor)


def test_a_later_page_skips_nothing_by_counting(entries: models.QuerySet[Entry]) -> None:
    cursor = page(entries, size=10).next_cursor

    with connection.execute_wrapper(no_offset):
        assert ids(page(entries, size=10, cursor=cursor))


def no_offset(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert "OFFSET" not in sql
    return execute(sql, params, many, context)


# --- cursors -----------------------------------------------------------------------------


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "!!!", "三官庙", "a" * 501, "\x00", "=", forged(), forged("n"), forged("n", "-id"),
        forged("n", "-id", "abc"), forged("n", "-id", None), forged("n", "-id", [1]), forged("n", "-id", {}),
        forged("n", "-id", True), forged("n", "-id", 1.5), forged("n", "-id", 2**64),
        forged("n", "-id", 1, 2),
              forged("x", "-id", 1), forged([], "-id", 1), forged("n", "id", 1), forged("n", "-id", "\x00"),
    ],
)  # fmt: skip
def test_garbage_is_the_first_page_or_a_clear_refusal(entries: models.QuerySet[Entry], cursor: str) -> None:
    assert page(entries, cursor=cursor, size=5) == page(entries, size=5)
    with pytest.raises(BadCursor):
        page(entries, cursor=cursor, size=5, is_strict=True)


@pytest.mark.parametrize("at", ["yesterday", 5, "2026-99-99", "9" * 100])
def test_a_key_that_is_no_moment_is_a_bad_cursor(entries: models.QuerySet[Entry], at: object) -> None:
    with pytest.raises(BadCursor):
        page(entries, cursor=forged("n", "-at,-id", at, 1), order=("-at", "-id"), is_strict=True)


def test_a_number_beyond_the_column_is_an_empty_or_full_page(entries: models.QuerySet[Entry]) -> None:
    beyond = forged("n", "rank,id", 2**62, 1)

    assert page(entries, cursor=beyond, order=("rank", "id"), is_strict=True) == Page()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cursor=st.text(max_size=40) | st.binary(max_size=30).map(lambda b: base64.urlsafe_b64encode(b).decode())
)
def test_no_cursor_is_an_error_page(entries: models.QuerySet[Entry], cursor: str) -> None:
    assert len(page(entries, cursor=cursor, size=5).rows) == 5


# --- counts ------------------------------------------------------------------------------


@pytest.mark.parametrize(("cap", "shown"), [(1000, "23"), (23, "23"), (22, "22+"), (5, "5+")])
def test_a_count_stops_at_its_cap(entries: models.QuerySet[Entry], cap: int, shown: str) -> None:
    assert str(capped_count(entries.order_by("-at"), cap)) == shown


def test_a_count_is_one_query(entries: models.QuerySet[Entry], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert capped_count(entries) == CappedCount(23)


# --- links -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("status=open&cursor=abc",  {"status": "closed"},        "?status=closed"),
        ("status=open&cursor=abc",  {"cursor": "def"},           "?status=open&cursor=def"),
        ("status=open&q=a",         {"status": None},            "?q=a"),
        ("status=open&q=a",         {"status": ""},              "?q=a"),
        ("g=1&g=2&q=a",             {"q": "井盖"},               "?g=1&g=2&q=%E4%BA%95%E7%9B%96"),
        ("g=1",                     {"g": [3, 4]},               "?g=3&g=4"),
        ("q=a%26b",                 {"page": 2},                 "?q=a%26b&page=2"),
        ("",                        {},                          "?"),
    ],
)  # fmt: skip
def test_a_link_keeps_the_other_filters(before: str, changes: dict[str, object], after: str) -> None:
    assert query_string(QueryDict(before), **changes) == after


def test_the_tag_writes_a_link_that_is_safe_in_html() -> None:
    request = RequestFactory().get("/", {"q": '"><script>', "status": "open"})
    template = Template('{% load listing %}<a href="{% url_with status="closed" %}">')

    html = template.render(Context({"request": request}))

    assert html == '<a href="?q=%22%3E%3Cscript%3E&amp;status=closed">'
