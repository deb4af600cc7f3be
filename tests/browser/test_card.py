"""The contact card, as phones and printers show it: a full one has room on its paper."""

import re

import pytest

from grids.actions import appoint, edit_grid
from grids.enums import Role
from grids.models import User
from grids.rules.cards import CONTACTS, POINTS, SERVICES_LIMIT
from grids.views.cards import PUBLIC
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

CARD, SMALL = "/grids/410102006001001/card/", "/grids/410102006001001/card/?size=a6"
PUBLIC_PAGES = ("/p/410102006001001/", "/p/410102006001/", "/p/410102006001009/")
OVERFLOWS = """
() => [...document.querySelectorAll(".small-card")].map((card) => card.scrollHeight - card.clientHeight)
"""


@pytest.fixture
def full(town, at):
    """As many lines on one card as its keepers can put there, and eight people."""
    for number in range(2):
        appoint(make_user(f"甲乙{number}"), Role.BUILDING_HEAD, grid=town.grid.one, at=at)
    appoint(make_user("甲乙丙丁"), Role.GRID_MEMBER, grid=town.grid.one, at=at)
    User.objects.update(phone="0371-0000-0001转801")
    contacts = [{"name": f"第{n}供热服务公司", "phone": "0371-0000-7901"} for n in range(CONTACTS)]
    point = {"address": "三官庙街道办事处院内一楼大厅东侧", "hours": "周一至周五 8:30–12:00、14:00–17:30"}
    edit_grid(
        town.grid.one, by=None, at=at, scope_note="楼" * 120, services="事" * SERVICES_LIMIT,
        service_phones=contacts, service_points=[{"name": f"第{n}便民服务站", **point} for n in range(POINTS)],
        supervision_phone="0371-0000-7910",
    )  # fmt: skip
    PUBLIC.forget()
    return town


@pytest.mark.parametrize("address", [CARD, SMALL])
def test_it_is_printed_on_one_sheet(address, full, page_as):
    page = page_as(full.user.leader)
    page.goto(address)

    paper = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_nothing_of_a_small_card_is_cut_off(full, page_as):
    page = page_as(full.user.leader)
    page.goto(SMALL)

    assert page.evaluate(OVERFLOWS) == [0, 0, 0, 0]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_public_page_is_clean_and_no_wider_than_its_window(phone, full, new_page, assert_clean):
    page = new_page(phone=phone)

    for address in PUBLIC_PAGES:
        page.goto(address)
        assert_clean(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.context.cookies() == []


def test_every_number_on_a_phone_is_large_enough_to_tap(full, new_page):
    page = new_page(phone=True)
    page.goto(PUBLIC_PAGES[0])

    heights = [box.bounding_box()["height"] for box in page.locator("a[href^='tel:']").all()]

    assert len(heights) > CONTACTS
    assert min(heights) >= 44
