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


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_workbook_is_asked_for_shown_while_it_is_made_and_fetched(lived, page_as, assert_clean, phone):
    page = page_as(lived.user.dispatcher, phone=phone)
    page.goto(MONTHLY)

    page.get_by_role("button", name="生成月报工作簿").click()
    page.get_by_text("排队中").wait_for()
    assert_clean(page)
    tasks.run_workbooks()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="下载").click()

    assert fetched.value.suggested_filename.startswith("三官庙街道")
    assert fetched.value.suggested_filename.endswith(".xlsx")
    page.goto(reverse("grids:jobs"))
    assert_clean(page)
