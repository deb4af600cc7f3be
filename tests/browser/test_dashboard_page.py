"""The dashboard in a real browser: charts that fit a desk and a phone, down to a grid and up again, and on paper."""

import pytest
import time_machine

from assessment import actions
from tests.assessment.test_dashboard import NOW, close_some, fallen, patient  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calendar")]

PAGE = "/reports/dashboard/?grid=410102006&span=12&month=2026-09"


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_it_is_clean_and_leads_down_and_up(phone, town, fallen, page_as, assert_clean):  # noqa: F811
    with time_machine.travel(NOW, tick=True):
        actions.keep_rollups(town.grid.district, by=None, at=NOW)
    page = page_as(town.user.official, phone=phone)

    page.goto(PAGE)

    assert_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.locator(".chart-small").count() == 2
    assert page.get_by_text("使整体下降 35.71 个百分点").count() >= 1
    page.locator(".multiples a").first.click()
    assert "东街社区" in page.locator("h2").first.inner_text()
    assert_clean(page)
    page.locator(".breadcrumb a").last.click()
    assert "三官庙街道" in page.locator("h2").first.inner_text()


def test_on_paper_the_charts_stand_side_by_side_without_the_frame(town, fallen, page_as):  # noqa: F811
    page = page_as(town.user.official)
    page.goto(PAGE)

    page.emulate_media(media="print")

    assert not page.locator(".side").is_visible()
    assert not page.locator(".filters").is_visible()
    first, second = (page.locator(".multiples > li").nth(n).bounding_box() for n in (0, 1))
    assert (first["y"], first["x"] < second["x"]) == (second["y"], True)
    assert page.locator(".chart-path").first.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
