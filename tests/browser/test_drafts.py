"""A draft outlives a reload and a refusal, and never the form it was sent with."""

from uuid import uuid4

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case, DiaryEntry
from tests.browser.conftest import press

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calendar")]

TEXT = "3号楼2单元门口堆放建筑垃圾"


@pytest.fixture
def phone(town, page_as):
    return page_as(town.user.leader, phone=True)


@pytest.fixture
def patrol(town):
    return actions.start_patrol(by=town.post.leader, at=timezone.now(), key=uuid4())


def typed(page) -> dict[str, str]:
    """What the text fields of the page's form hold, without the empty ones."""
    fields = page.locator("form[data-draft] :is(textarea, input[type=text])")
    pairs = fields.evaluate_all("fields => fields.map(field => [field.name, field.value])")
    return {name: value for name, value in pairs if value}


def fill_in_report(page) -> None:
    page.goto("/cases/new/")
    page.fill("input[name=house_no]", "3号楼")
    page.fill("textarea[name=text]", TEXT)


def submit_report(page) -> None:
    press(page.get_by_role("button", name="提交上报"))


def write(page, text: str) -> None:
    page.fill("textarea[name=text]", text)
    press(page.locator("#write button"))


def test_a_report_that_was_filed_leaves_the_next_one_empty(phone):
    fill_in_report(phone)
    phone.select_option("select[name=category]", label="建筑垃圾")
    submit_report(phone)

    press(phone.get_by_role("link", name="再报一件"))

    assert Case.objects.count() == 1
    assert typed(phone) == {}


def test_a_report_that_was_refused_keeps_its_words_on_the_way_to_other_pages(phone):
    fill_in_report(phone)
    submit_report(phone)  # without a category
    assert typed(phone) == {"house_no": "3号楼", "text": TEXT}

    phone.goto("/cases/")
    phone.goto("/cases/new/")

    assert Case.objects.count() == 0
    assert typed(phone) == {"house_no": "3号楼", "text": TEXT}


def test_a_line_that_was_written_leaves_the_next_one_empty(phone, patrol):
    phone.goto(patrol.get_absolute_url())
    for text in ("井盖松动", "路灯不亮"):
        write(phone, text)

        assert typed(phone) == {}
    assert list(DiaryEntry.objects.order_by("pk").values_list("text", flat=True)) == ["井盖松动", "路灯不亮"]


def test_a_line_outlives_a_reload(phone, patrol):
    phone.goto(patrol.get_absolute_url())
    phone.fill("textarea[name=text]", "井盖松动")

    phone.reload()

    assert typed(phone) == {"text": "井盖松动"}
