"""A ledger is brought, corrected and imported in a browser, and every page on the way is clean."""

import pytest
from django.urls import reverse

from residents.models import Resident
from residents.tasks import run_ledgers
from tests.browser.conftest import press
from tests.residents.ledgers import rows, with_cell, workbook

pytestmark = pytest.mark.django_db(transaction=True)


def bring(page, town, content):
    file = {"name": "台账.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("台账所属网格").select_option(str(town.grid.one.pk))
    page.get_by_label("台账文件").set_input_files(file)
    press(page.get_by_role("button", name="下一步"))


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_from_the_file_to_the_register(page_as, town, assert_clean, phone):
    page = page_as(town.user.leader, phone=phone)
    page.goto(reverse("residents:home"))
    press(page.get_by_role("link", name="导入台账"))
    assert_clean(page)

    bring(page, town, workbook(with_cell(0, "phone", "12345")))
    assert_clean(page)
    press(page.get_by_role("button", name="试算"))
    assert_clean(page)
    run_ledgers()
    page.get_by_role("link", name="下载带批注的台账").wait_for()
    assert_clean(page)

    press(page.get_by_role("link", name="上传改好的台账"))
    bring(page, town, workbook(rows(6)))
    press(page.get_by_role("button", name="试算"))
    run_ledgers()
    press(page.get_by_role("button", name="导入", exact=True))
    run_ledgers()
    page.get_by_role("link", name="查看居民").wait_for()
    assert_clean(page)

    assert Resident.objects.count() == 6
