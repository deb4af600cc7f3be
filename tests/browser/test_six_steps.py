"""The main job, as five people do it: filed on a phone, carried through six steps, found in the workbook."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image

from assessment import tasks
from cases.enums import Step
from cases.models import Case
from tests.browser.conftest import press

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calendar")]


def picture(folder: Path, colour: str) -> str:
    path = folder / f"{colour}.jpg"
    Image.new("RGB", (1200, 900), colour).save(path, "JPEG")
    return str(path)


def take(page, name: str) -> None:
    """Press the button of a move: the panel opens if it is folded, then its form is sent."""
    panel = page.locator("details.move", has=page.get_by_text(name, exact=True)).first
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    press(panel.locator("form button").last)


def stands(case: Case) -> Step:
    return Step(Case.objects.get(pk=case.pk).step)


def test_a_case_goes_from_a_phone_to_the_signed_workbook(town, page_as, assert_clean, tmp_path):
    phone = page_as(town.user.leader, phone=True)
    phone.goto("/cases/new/")
    assert_clean(phone)
    phone.select_option("select[name=category]", label="建筑垃圾")
    phone.set_input_files("input[name=photos]", picture(tmp_path, "red"))
    phone.fill("input[name=house_no]", "3号楼")
    phone.fill("textarea[name=text]", "3号楼2单元门口堆放建筑垃圾")
    press(phone.get_by_role("button", name="提交上报"))
    assert "/done/" in phone.url
    assert_clean(phone)
    case = Case.objects.get()
    assert (case.step, case.evidence.count()) == (Step.REPORTED, 1)

    desk = page_as(town.user.dispatcher)
    desk.goto("/dispatch/")
    desk.locator("[data-panel]").first.click()
    press(desk.locator("#panel .assign .btn-primary"))
    assert stands(case) == Step.ASSIGNED

    unit = page_as(town.user.officer)
    unit.goto(case.get_absolute_url())
    take(unit, "签收")
    assert stands(case) == Step.HANDLING
    unit.fill("details[open] textarea[name=result]", "已清运，现场已恢复")
    unit.set_input_files("details[open] input[name=photos]", picture(tmp_path, "green"))
    take(unit, "反馈")
    assert stands(case) == Step.FED_BACK

    community = page_as(town.user.direct)
    community.goto(case.get_absolute_url())
    assert_clean(community)
    take(community, "认定通过")
    assert stands(case) == Step.VERIFIED

    desk.goto(case.get_absolute_url())
    take(desk, "办结")
    assert stands(case) == Step.CLOSED
    assert_clean(desk)

    official = page_as(town.user.official)
    official.goto("/reports/monthly/")
    official.get_by_role("button", name="生成本报表工作簿").click()
    official.get_by_text("排队中").wait_for()
    tasks.run_workbooks()
    with official.expect_download() as fetched:
        official.get_by_role("link", name="下载").click()
    book = load_workbook(BytesIO(Path(fetched.value.path()).read_bytes()))
    assert closed_of(book.worksheets[0], "三官庙街道") == 1


def closed_of(sheet, unit: str) -> int:
    """The number in the column 办结 of a unit's row."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(row for row in rows if "办结" in row)
    line = next(row for row in rows if unit in row)
    return line[header.index("办结")]
