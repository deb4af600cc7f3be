"""What a person has been told is hers to read, and nobody else's."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridgov.kit.gateways import Sms
from grids.actions import ensure_admin_group
from grids.actions.deliveries import lay_out
from grids.enums import DeliveryState
from grids.models import Delivery, Notice, User
from grids.rules.notices import TRIES
from tests.factories import make_user
from tests.telling import HIDDEN, URGENT, tell_of

pytestmark = pytest.mark.django_db

LIST = reverse("grids:notices")


@pytest.fixture(autouse=True)
def clock(at):
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def person(client) -> User:
    user = make_user()
    client.force_login(user)
    return user


def body(client, address=LIST) -> str:
    return client.get(address).content.decode()


def test_the_list_shows_what_is_unread_newest_first(client, person, at):
    tell_of(person, 1, 2, at=at)
    tell_of(make_user(), 3, at=at)

    page = body(client)

    assert page.index("第2件事") < page.index("第1件事")
    assert "第3件事" not in page


def test_following_a_notice_leads_to_what_it_is_about_and_counts_as_read(client, person, at):
    (notice,) = tell_of(person, 7, at=at)

    answer = client.post(reverse("grids:notice_open", args=[notice.pk]))

    notice.refresh_from_db()
    assert (answer.url, notice.read_at) == ("/cases/7/", at)


def test_what_is_read_leaves_the_list_and_stays_among_all(client, person, at):
    (notice,) = tell_of(person, 1, at=at)

    answer = client.post(reverse("grids:notice_read", args=[notice.pk]), {"show": "all"})

    assert answer.url == f"{LIST}?show=all"
    assert "第1件事" not in body(client)
    assert "第1件事" in body(client, f"{LIST}?show=all")


def test_everything_her_page_showed_is_read_at_once(client, person, at):
    tell_of(person, 1, 2, at=at)
    newest = client.get(LIST).context["newest"]
    (late,) = tell_of(person, 3, at=at)

    page = client.post(reverse("grids:notices_read"), {"newest": newest}, follow=True).content.decode()

    assert "已将2条通知标为已读。" in page
    assert list(Notice.objects.unread()) == [late]


@pytest.mark.parametrize("newest", ["", "x", "9" * 40, "²"])
def test_whatever_the_form_brings_only_ones_own_are_read(client, person, at, newest):
    tell_of(make_user(), 1, at=at)

    client.post(reverse("grids:notices_read"), {"newest": newest})

    assert Notice.objects.unread().count() == 1


@pytest.mark.parametrize("name", ["notice_read", "notice_open"])
def test_the_notice_of_somebody_else_does_not_exist(client, person, at, name):
    (notice,) = tell_of(make_user(), 1, at=at)

    answer = client.post(reverse(f"grids:{name}", args=[notice.pk]))

    notice.refresh_from_db()
    assert (answer.status_code, notice.read_at) == (404, None)


def test_what_she_may_not_see_any_more_is_not_put_into_words(client, person, at):
    (notice,) = tell_of(person, HIDDEN, at=at)

    assert "已不在您的管辖范围内" in body(client)
    assert client.post(reverse("grids:notice_open", args=[notice.pk])).status_code == 404


def test_what_is_urgent_is_marked(client, person, at):
    tell_of(person, 1, at=at, kind=URGENT)

    assert '<span class="chip chip-urgent">急事</span>' in body(client)


def test_an_empty_list_says_what_will_come(client, person):
    assert "通知都已读过" in body(client)
    assert "还没有通知" in body(client, f"{LIST}?show=all")


def test_long_lists_have_pages(client, person, at):
    tell_of(person, *range(100, 145), at=at)

    first = client.get(LIST)
    second = client.get(LIST + first.context["next_url"])

    assert [len(page.context["lines"]) for page in (first, second)] == [30, 15]


def test_the_list_costs_the_same_whatever_its_length(client, person, at, django_assert_num_queries):
    tell_of(person, 1, at=at)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    tell_of(person, *range(20, 60), at=at)

    with django_assert_num_queries(len(one)):
        client.get(LIST)


# --- The bell ------------------------------------------------------------------------------------------


def test_the_bell_is_on_every_page_and_asks_for_its_number(client, person):
    assert f'data-poll="{reverse("grids:notice_badge")}"' in body(client, "/")


def test_the_bell_counts_what_is_unread(client, person, at):
    tell_of(person, 1, 2, at=at)

    badge = body(client, reverse("grids:notice_badge"))

    assert '<span aria-hidden="true">2</span>' in badge
    assert "2条未读通知" in badge


def test_without_anything_new_the_bell_carries_no_number(client, person):
    assert body(client, reverse("grids:notice_badge")) == ""


# --- The administration --------------------------------------------------------------------------------


@pytest.fixture
def administrator(client):
    user = make_user(is_staff=True)
    user.groups.add(ensure_admin_group())
    client.force_login(user)
    return user


@pytest.fixture
def dead(at):
    tell_of(make_user("许静", phone="13800000000"), 1, at=at)
    lay_out([Sms("http://x")], at=at)
    Delivery.objects.update(
        state=DeliveryState.DEAD, attempts=TRIES, last_error="Unreachable: ConnectionRefusedError"
    )
    return Delivery.objects.get()


CHANGELIST = reverse("admin:grids_delivery_changelist")


def test_what_was_given_up_is_shown_first_with_its_reason(client, administrator, dead):
    assert "ConnectionRefusedError" in body(client, CHANGELIST)
    assert "许静" not in body(client, f"{CHANGELIST}?state=sent")
    assert "许静" in body(client, f"{CHANGELIST}?state=every")


def test_the_administration_has_it_tried_again(client, administrator, dead, at):
    sent = {"action": "send_again", "_selected_action": [dead.pk]}

    page = client.post(CHANGELIST, sent, follow=True).content.decode()

    dead.refresh_from_db()
    assert "已安排重新发送1条" in page
    assert (dead.state, dead.attempts, dead.next_try_at) == (DeliveryState.WAITING, 0, at)


@pytest.mark.parametrize("page", ["add", "delete", "change"])
def test_nobody_writes_a_delivery_by_hand(client, administrator, dead, page):
    arguments = [] if page == "add" else [dead.pk]

    answer = client.post(reverse(f"admin:grids_delivery_{page}", args=arguments), {"post": "yes"})

    assert answer.status_code == 403
    assert Delivery.objects.get().state == DeliveryState.DEAD
