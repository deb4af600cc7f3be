"""The list and the dispatch desk in a browser: two clicks, the keyboard, and a queue that moves by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import actions
from cases.enums import Step
from cases.models import Case
from cases.rules.clock import Limit
from tests.cases.test_lifecycle import walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calendar")]


@pytest.fixture
def now():
    return timezone.now() - timedelta(hours=5)


@pytest.fixture
def queue(town, now):
    """Three waiting cases: an urgent one, a plain one, one returned twice; and others under way."""
    plain = town.report(
        at=now, place="桐柏路12号", house_no="3号楼", text="水表井坑过低，雨后积水，居民出行不便"
    )
    back = town.report(at=now, text="小广告贴满单元门")
    for reason in ("不属于我科职责", "该处由物业公司管理"):
        given = actions.assign(
            back, unit=town.department.chengguan, limit=Limit(7), by=town.post.dispatcher, at=now
        )
        back = actions.return_(given, note=reason, by=town.post.officer, at=now)
    urgent = town.report(at=now, code="A401", text="消防通道被杂物堵塞")
    for step in (Step.ASSIGNED, Step.HANDLING, Step.FED_BACK, Step.VERIFIED, Step.CLOSED):
        walk(town, town.report(at=now), now, until=step)
    return {"urgent": urgent, "plain": plain, "back": back}


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("path", [
    "/cases/", "/cases/?q=%E6%B0%B4%E8%A1%A8&due=x&reported_from=2026-99-99", "/cases/?q=nothing-at-all", "/dispatch/",
    "/dispatch/?case={plain}", "/dispatch/{back}/panel/", "/dispatch/{plain}/panel/",
])  # fmt: skip
def test_nothing_stands_in_a_readers_way(path, phone, town, queue, page_as, assert_clean):
    page = page_as(town.user.dispatcher, phone=phone)

    page.goto(path.format(**{name: case.pk for name, case in queue.items()}))

    assert_clean(page)


def test_two_clicks_assign_a_case_and_open_the_next(town, queue, page_as, assert_clean):
    page = page_as(town.user.dispatcher)
    page.goto("/dispatch/")

    page.locator("[data-panel]").first.click()
    page.wait_for_selector(f"#panel :text('{queue['urgent'].number}')")
    assert_clean(page)
    page.locator("#panel .assign .btn-primary").click()
    page.wait_for_url("**/dispatch/?after=*")

    assert Case.objects.get(pk=queue["urgent"].pk).step == Step.ASSIGNED
    assert queue["plain"].number in page.locator("#panel").inner_text()
    assert_clean(page)


def test_on_a_phone_the_case_in_hand_is_a_page_of_its_own(town, queue, page_as):
    page = page_as(town.user.dispatcher, phone=True)
    page.goto("/dispatch/")

    page.locator("[data-panel]").first.tap()
    page.wait_for_url(f"**/dispatch/{queue['urgent'].pk}/panel/")
    page.locator(".assign .btn-primary").tap()
    page.wait_for_url("**/dispatch/?after=*")

    assert Case.objects.get(pk=queue["urgent"].pk).step == Step.ASSIGNED


def test_a_new_report_appears_by_itself_and_what_is_typed_stays(town, queue, now, page_as):
    page = page_as(town.user.dispatcher)
    page.goto(f"/dispatch/?case={queue['plain'].pk}")
    page.locator("#panel textarea[name=instruction]").fill("请先联系居民")
    new = town.report(at=now)

    page.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # as when she comes back to the tab
    page.wait_for_selector(f"[data-rows] :text('{new.number}')")

    assert page.locator("#panel textarea[name=instruction]").input_value() == "请先联系居民"


def test_the_selection_survives_a_poll(town, queue, now, page_as):
    page = page_as(town.user.dispatcher)
    page.goto("/dispatch/")
    box = page.locator("tbody input[type=checkbox]").first
    box.check()
    town.report(at=now)

    with (
        page.expect_response("**/dispatch/rows/?part=counters"),
        page.expect_response(lambda r: r.url.endswith("/rows/")),
    ):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector(".desk-stats b:text-is('4')")

    assert box.is_checked()


def test_several_are_assigned_at_once_and_reported(town, queue, page_as, assert_clean):
    page = page_as(town.user.dispatcher)
    page.goto("/dispatch/")

    page.locator("[data-check-all]").check()
    page.locator("#bulk button").click()
    page.wait_for_url("**/dispatch/bulk/")

    assert page.locator("tbody tr").count() == 3
    assert_clean(page)


def test_the_keyboard_walks_opens_and_ticks(town, queue, page_as):
    page = page_as(town.user.dispatcher)
    page.goto("/cases/")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    ticked = page.locator("tbody tr.row-current input:checked").count()
    number = page.locator("tbody tr.row-current th a").inner_text()
    page.locator("tbody tr.row-current th a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*/")

    assert (ticked, number in page.content()) == (1, True)


def test_the_button_is_in_sight_without_scrolling(town, queue, page_as):
    page = page_as(town.user.dispatcher)

    page.goto(f"/dispatch/?case={queue['back'].pk}")

    box = page.locator("#panel .assign .btn-primary").bounding_box()
    assert box["y"] + box["height"] <= 900
