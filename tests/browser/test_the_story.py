"""The rule the product exists for, as seven people live it: a problem that the grid cannot solve goes up, the community
lets its seven working days pass, and those below ask why, over a holiday with its make-up day.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from playwright.sync_api import Page

from cases import actions
from cases.enums import InquiryState, Step
from cases.models import Case, Inquiry
from tests.browser.conftest import press
from tests.browser.test_six_steps import picture, take

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
THURSDAY = datetime(2026, 9, 24, 9, 0, tzinfo=SHANGHAI)
# 28, 29, 30 September, 8, 9 October, Saturday 10 October (worked), 12 October: the seventh ends at 24:00.
COMMUNITY_DUE = datetime(2026, 10, 13, 0, 0, tzinfo=SHANGHAI)
STREET_DUE = datetime(2026, 10, 22, 0, 0, tzinfo=SHANGHAI)

Opens = Callable[..., Page]


@pytest.fixture
def clock(calendar):
    """The clock of the doors; it ticks on, so that what follows is later."""
    with time_machine.travel(THURSDAY) as traveller:
        yield traveller


@pytest.fixture
def as_time_goes_by(clock):
    """`as_time_goes_by(moment)`: it is that moment, and the beat has come."""

    def move(moment: datetime) -> None:
        clock.move_to(moment)
        actions.sweep(at=moment)

    return move


def fill(page: Page, **said: str) -> None:
    for name, words in said.items():
        page.fill(f"details[open] textarea[name={name}]", words)


def with_reason(page: Page, action: str, note: str) -> None:
    """Unfold a move that is not the first, say why, send it."""
    panel = page.locator("details.move", has=page.locator(f"form[action$='/{action}/']"))
    panel.locator("summary").click()
    panel.locator("textarea[name=note]").fill(note)
    press(panel.locator("form button"))


def from_desk(page: Page, section: str) -> None:
    """Open the first row of a section of the desk, as its heading calls it."""
    page.goto("/")
    card = page.locator("section.card", has=page.get_by_role("heading", name=section))
    press(card.locator(".worklist a").first)


def reported_and_handed_up(page_as: Opens, town, tmp_path) -> Case:
    """The grid leader finds it, is given it, and cannot solve it."""
    phone = page_as(town.user.leader, phone=True)
    phone.goto("/cases/new/")
    phone.select_option("select[name=category]", label="建筑垃圾")
    phone.set_input_files("input[name=photos]", picture(tmp_path, "red"))
    phone.fill("textarea[name=text]", "污水管网塌陷，雨后倒灌进一楼")
    press(phone.get_by_role("button", name="提交上报"))
    case = Case.objects.get()

    desk = page_as(town.user.dispatcher)
    desk.goto(case.get_absolute_url())
    desk.select_option("details[open] select[name=unit]", label="一号网格")
    take(desk, "交办")

    from_desk(phone, "待签收")
    take(phone, "签收")
    with_reason(phone, "escalate", "管网改造超出网格权限")
    return Case.objects.get()


def test_seven_working_days_pass_and_those_below_ask_why(
    town, page_as, assert_clean, as_time_goes_by, tmp_path
):
    case = reported_and_handed_up(page_as, town, tmp_path)
    assert (case.step, case.holder_grid, case.due_at) == (Step.ASSIGNED, town.grid.east, COMMUNITY_DUE)

    as_time_goes_by(COMMUNITY_DUE - timedelta(hours=1))
    assert not Inquiry.objects.exists()
    as_time_goes_by(COMMUNITY_DUE + timedelta(hours=9))
    case.refresh_from_db()
    assert (case.holder_grid, case.due_at) == (town.grid.street, STREET_DUE)

    the_grid_asks_the_community(page_as, town, assert_clean)
    as_time_goes_by(STREET_DUE + timedelta(hours=9))
    case.refresh_from_db()
    assert case.holder_grid == town.grid.district
    the_community_asks_the_street_and_the_district_decides(page_as, town, assert_clean)

    official = page_as(town.user.official)
    official.goto(case.get_absolute_url())
    told = official.locator("section[aria-labelledby=history]").inner_text()
    said = ("东街社区办理超期", "三官庙街道办理超期", "上报至中原区", "质询成立")
    assert [words for words in said if words not in told] == []


def the_grid_asks_the_community(page_as: Opens, town, assert_clean) -> None:
    phone = page_as(town.user.leader, phone=True)
    from_desk(phone, "可以提出的质询")
    assert_clean(phone)
    take(phone, "提出质询")
    paper = Inquiry.objects.get()
    assert (paper.state, paper.asker, paper.answerer) == (
        InquiryState.ISSUED, town.grid.one, town.grid.east,
    )  # fmt: skip
    press(phone.get_by_role("link", name="打印质询函"))
    assert paper.number in phone.locator(".sheet").inner_text()

    community = page_as(town.user.direct)
    from_desk(community, "待答复的质询")
    fill(community, progress="已报街道立项", cause="资金没有落实", measures="十月底前进场")
    take(community, "答复质询")

    from_desk(phone, "待认可的答复")
    take(phone, "认可答复")
    paper.refresh_from_db()
    assert (paper.state, paper.is_late) == (InquiryState.ACCEPTED, False)


def the_community_asks_the_street_and_the_district_decides(page_as: Opens, town, assert_clean) -> None:
    community = page_as(town.user.direct)
    from_desk(community, "可以提出的质询")
    take(community, "提出质询")

    street = page_as(town.user.secretary)
    from_desk(street, "待答复的质询")
    assert_clean(street)
    fill(street, progress="正在协调产权单位", cause="责任单位有争议", measures="尽快明确")
    take(street, "答复质询")

    from_desk(community, "待认可的答复")
    with_reason(community, "object", "没有写明由谁负责、几号完成")

    official = page_as(town.user.official)
    from_desk(official, "待裁定的质询")
    assert_clean(official)
    official.get_by_label("质询成立", exact=True).check()
    fill(official, note="质询成立，由街道三日内明确责任单位")
    take(official, "裁定质询")
    paper = Inquiry.objects.get(asker=town.grid.east)
    assert (paper.state, paper.verdict, paper.decided_by) == (
        InquiryState.DECIDED, "upheld", town.post.official,
    )  # fmt: skip
