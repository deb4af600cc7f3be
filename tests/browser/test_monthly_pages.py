"""The monthly report and its workbook, as a browser shows them."""

from datetime import timedelta
from random import Random

import pytest
from django.urls import reverse
from django.utils import timezone

from assessment import tasks
from tests.assessment.histories import History

pytestmark = pytest.mark.django_db(transaction=True)
MONTHLY, CASES, DEFINITIONS = (reverse(f"assessment:{name}") for name in ("monthly", "cases", "definitions"))

# What the margins leave of A4, in pixels of CSS.
A4_ACROSS, A4_UPRIGHT = 1031, 688
# Where a table ends, where its page ends, and which of its ancestors would cut it off or hide it behind a bar.
EDGES = """
(table) => {
  const clipped = [];
  for (let box = table.parentElement; box; box = box.parentElement)
    if (box !== document.documentElement && box !== document.body && getComputedStyle(box).overflowX !== "visible")
      clipped.push(box.className);
  return { right: table.getBoundingClientRect().right, room: document.documentElement.clientWidth, clipped };
}
"""


@pytest.fixture
def lived(town, calendar):
    """Some weeks that end today."""
    return History(town, Random(3), now=timezone.now() - timedelta(days=75)).live(150).town


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_pages_are_clean(lived, page_as, assert_clean, phone):
    page = page_as(lived.user.dispatcher, phone=phone)
    month = (timezone.localtime() - timedelta(days=40)).strftime("%Y-%m")

    for address in (
        f"{MONTHLY}?month={month}",
        f"{CASES}?month={month}&figure=new",
        DEFINITIONS,
        f"{MONTHLY}?month=x",
    ):
        page.goto(address)
        assert_clean(page)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [A4_ACROSS, A4_UPRIGHT], ids=["across", "upright"])
def test_on_paper_no_column_is_cut_off(lived, page_as, language, width):
    page = page_as(lived.user.official, language=language)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(media="print")

    page.goto(MONTHLY)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for table in page.locator("main table").all():
        edges = table.evaluate(EDGES)
        assert edges["right"] <= edges["room"], table.inner_text()[:40]
        assert edges["clipped"] == []


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_workbook_is_asked_for_shown_while_it_is_made_and_fetched(lived, page_as, assert_clean, phone):
    page = page_as(lived.user.dispatcher, phone=phone)
    page.goto(MONTHLY)

    page.get_by_role("button", name="生成本报表工作簿").click()
    page.get_by_text("排队中").wait_for()
    assert_clean(page)
    tasks.run_workbooks()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="下载").click()

    assert fetched.value.suggested_filename.startswith("三官庙街道")
    assert fetched.value.suggested_filename.endswith(".xlsx")
    page.goto(reverse("grids:jobs"))
    assert_clean(page)
