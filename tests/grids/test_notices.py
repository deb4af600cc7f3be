"""A notice is written with what it tells of, once, and says nothing until somebody reads it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from grids.actions import NewNotice, clear_read_notices, mark_all_read, mark_read, notify
from grids.models import Notice
from grids.queries.notices import Kind, said, summed_up, tell, unread_count
from grids.rules.notices import KEEP_READ
from grids.scopes import NOWHERE
from tests.factories import make_user
from tests.telling import HIDDEN, PLAIN, URGENT, tell_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db):
    return make_user()


def test_the_same_thing_is_told_once(person, at):
    tell_of(person, 1, at=at)
    tell_of(person, 1, 2, at=at + timedelta(hours=1))

    assert list(Notice.objects.order_by("pk").values_list("subject", "at")) == [
        (1, at),
        (2, at + timedelta(hours=1)),
    ]


def test_two_people_are_told_of_the_same_thing(person, at):
    tell_of(person, 1, at=at)
    tell_of(make_user(), 1, at=at)

    assert Notice.objects.count() == 2


def test_what_is_taken_back_was_never_told(person, at):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell_of(person, 1, at=at)
        raise ZeroDivisionError

    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nobody_is_told(person, at):
    with pytest.raises(RuntimeError, match="in the transaction of what it tells of"):
        tell_of(person, 1, at=at)


def test_what_no_room_has_announced_is_not_told(person, at):
    with pytest.raises(KeyError):
        notify([NewNotice(person.pk, "unheard_of", 1, "x", at)])


def test_two_rooms_do_not_tell_of_the_same_kind():
    with pytest.raises(ImproperlyConfigured, match="Two rooms tell of test_plain"):
        tell([Kind(PLAIN, "另一种")], lambda notices, scope: {})


def test_many_rows_are_one_statement(person, at, django_assert_num_queries):
    with django_assert_num_queries(1):
        notify(NewNotice(person.pk, PLAIN, n, f"k{n}", at) for n in range(1500))

    assert Notice.objects.count() == 1500


def test_the_words_are_made_when_somebody_reads_them(person, at):
    seen, hidden = tell_of(person, 1, HIDDEN, at=at)

    assert {pk: words.text for pk, words in said([seen, hidden], NOWHERE).items()} == {seen.pk: "第1件事"}


def test_of_a_room_that_is_gone_nothing_is_said(person, at):
    left = Notice.objects.create(person=person, kind="of_old", subject=1, key="x", at=at)

    assert said([left], NOWHERE) == {}


def test_many_are_summed_up_by_kind(person, at):
    told = [*tell_of(person, 1, 2, 3, at=at), *tell_of(person, 4, at=at, kind=URGENT)]

    assert summed_up(told) == "您有4条新通知：平常 3、急事 1。"


def test_reading_is_noted_once(person, at):
    (notice,) = tell_of(person, 1, at=at)

    first = mark_read(notice, by=person, at=at)
    again = mark_read(notice, by=person, at=at + timedelta(hours=1))

    notice.refresh_from_db()
    assert (first, again, notice.read_at) == (True, False, at)


def test_nobody_reads_for_somebody_else(person, at):
    (notice,) = tell_of(person, 1, at=at)

    assert not mark_read(notice, by=make_user(), at=at)
    assert unread_count(person).n == 1


def test_all_are_read_that_were_shown_and_those_of_nobody_else(person, at):
    other = make_user()
    tell_of(other, 1, at=at)
    shown = tell_of(person, 1, 2, at=at)
    tell_of(person, 3, at=at)  # came in while she looked

    number = mark_all_read(by=person, at=at, up_to=shown[-1].pk)

    assert (number, unread_count(person).n, unread_count(other).n) == (2, 1, 1)


def test_the_badge_counts_no_further_than_it_shows(person, at, django_assert_num_queries):
    tell_of(person, *range(20, 140), at=at)

    with django_assert_num_queries(1):
        assert str(unread_count(person)) == "99+"


def test_what_was_read_long_ago_goes_and_what_was_not_stays(person, at):
    old, recent, unread = tell_of(person, 1, 2, 3, at=at)
    mark_read(old, by=person, at=at - KEEP_READ - timedelta(seconds=1))
    mark_read(recent, by=person, at=at - KEEP_READ)

    assert clear_read_notices(at=at) == 1
    assert set(Notice.objects.all()) == {recent, unread}
