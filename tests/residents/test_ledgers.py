"""A ledger goes through the pages into the register: looked at, checked, taken in, and each bad cell is told."""

import logging
import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from gridgov.kit.sheets import reading
from grids.actions import claim_job, dismiss, finish_job
from grids.enums import JobState
from grids.models import Job
from residents import actions
from residents.actions.ledgers import LOAD
from residents.enums import Arrival, Occupation
from residents.models import (
    Building,
    Dwelling,
    Household,
    LedgerFile,
    LedgerTemplate,
    RegisterEvent,
    Resident,
    Stay,
)
from residents.rules.identity import check_digit
from residents.tasks import clear_expired_ledgers, run_ledgers
from tests.cases.test_races import at_once
from tests.kit.ledgers import packed, raw, text_cell
from tests.residents import ledgers
from tests.residents.ledgers import COLUMN, FIRST_ROW, comments, rows, with_cell, workbook
from tests.residents.people import id_number

pytestmark = pytest.mark.django_db

BRING = reverse("residents:import")
REGISTER = (Building, Dwelling, Household, Resident, Stay, RegisterEvent, Resident.history.model)


@pytest.fixture
def keeper(town, client):
    client.force_login(town.user.leader)
    return client


@pytest.fixture
def bring(town, keeper):
    """Bring a file about a grid; the ledger, or the answer that refused it."""

    def bring(content, grid="one", key=None, name="程晓梅的台账.xlsx"):
        file = SimpleUploadedFile(name, content)
        answer = keeper.post(BRING, {"grid": town.grid[grid].pk, "file": file, "key": key or uuid4()})
        return LedgerFile.objects.order_by("-pk").first() if answer.status_code == 302 else answer

    return bring


@pytest.fixture
def check(keeper, bring):
    """Bring a ledger, leave the columns as they were found but for some, and have it checked."""

    def check(content, grid="one", **other):
        ledger = bring(content, grid)
        _choose(keeper, ledger, **other)
        run_ledgers()
        ledger.refresh_from_db()
        return ledger

    return check


def _choose(client, ledger, **other):
    address = reverse("residents:ledger_columns", args=[ledger.pk])
    form = client.get(address).context["form"]
    held = {name: field.initial for name, field in form.fields.items() if name != "key"}
    return client.post(address, {"key": uuid4(), **held, **other})


def confirm(client, ledger, sha256=None):
    data = {"key": uuid4(), "sha256": sha256 or ledger.sha256}
    return client.post(reverse("residents:load_ledger", args=[ledger.pk]), data)


def remarks(client, ledger):
    return client.get(reverse("residents:ledger_remarks", args=[ledger.pk]))


def everything():
    return [list(model.objects.order_by("pk").values()) for model in REGISTER]


# --- the whole way -------------------------------------------------------------------------------


def test_a_real_ledger_goes_all_the_way(keeper, bring):
    ledger = bring(workbook(rows()))
    columns = keeper.get(reverse("residents:ledger_columns", args=[ledger.pk]))
    _choose(keeper, ledger)
    waiting = keeper.get(ledger.get_absolute_url()).content.decode()
    run_ledgers()
    checked = keeper.get(ledger.get_absolute_url()).content.decode()
    before = everything()
    confirm(keeper, ledger)
    run_ledgers()

    ledger.refresh_from_db()
    found = {column.title: field.initial for _letter, column, _values, field in columns.context["columns"]}
    assert {title.split()[-1]: name for title, name in found.items()}["文化程度"] == "education"
    assert f'data-poll="{reverse("residents:ledger_progress", args=[ledger.pk])}"' in waiting
    assert (">导入</button>" in checked, before) == (True, [[] for _model in REGISTER])
    assert (ledger.rows, ledger.entered, ledger.problems, ledger.loaded_at is None) == (60, 60, 0, False)
    assert (Resident.objects.count(), Household.objects.count(), Building.objects.count()) == (60, 20, 1)
    first = Resident.objects.order_by("pk")[1]
    assert (first.name.open(), first.phone.open(), str(first.birth_date)) == (
        "贺子安",
        "13800000001",
        "1951-04-11",
    )
    assert str(first.household) == "平安里 3号楼2单元101室"
    assert "已导入" in keeper.get(ledger.get_absolute_url()).content.decode()


def test_the_second_time_changes_nothing(keeper, check):
    confirm(keeper, check(workbook(rows())))
    run_ledgers()
    before = everything()

    again = check(workbook(rows()))
    confirm(keeper, again)
    run_ledgers()

    again.refresh_from_db()
    assert (again.entered, again.changed, again.unchanged, again.load_job) == (0, 0, 60, None)
    assert everything() == before


def test_what_a_ledger_says_differently_is_counted_as_changed(keeper, check):
    confirm(keeper, check(workbook(rows(6))))
    run_ledgers()

    again = check(workbook(with_cell(1, "education", "大专")))

    assert (again.entered, again.changed, again.unchanged) == (0, 1, 5)


def test_a_ledger_about_several_grids_names_them(keeper, town, check, client):
    client.force_login(town.user.direct)
    people = [[*row, ("一号网格", "410102006001002")[place // 3 % 2]] for place, row in enumerate(rows(12))]

    ledger = check(workbook(people, (*ledgers.TITLES, ("其他", "所属网格"))), grid="east")
    confirm(client, ledger)
    run_ledgers()

    counted = {grid: Resident.objects.filter(building=town.grid[grid]).count() for grid in ("one", "two")}
    assert (ledger.problems, counted) == (0, {"one": 6, "two": 6})


def test_a_grid_she_does_not_keep_is_a_problem_of_its_cell(check, keeper):
    people = [[*row, "二号网格" if place == 1 else "一号网格"] for place, row in enumerate(rows(3))]

    ledger = check(workbook(people, (*ledgers.TITLES, ("其他", "网格"))))

    assert comments(remarks(keeper, ledger).content) == {"M5": "您管辖的网格中没有这个名称或编码。"}


def test_a_text_file_from_another_program_is_a_ledger_too(check):
    lines = ["姓名,楼号,房间号,身份证号码,关系", f"程晓梅,3,501,{id_number('19850615', 2)},户主"]

    ledger = check("\r\n".join(lines).encode("gb18030"))

    assert (ledger.entered, ledger.problems) == (1, 0)


def test_the_column_of_the_grid_may_stay_empty_where_there_is_only_one(check, client, town):
    row = f"程晓梅,3,501,{id_number('19850615', 2)},户主"

    one = check(f"网格,姓名,楼号,房号,身份证号,关系\r\n,{row}".encode())
    client.force_login(town.user.direct)
    several = check(f"网格,姓名,楼号,房号,身份证号,关系\r\n,{row}".encode(), grid="east")

    assert (one.entered, one.problems, several.problems) == (1, 0, 1)


def test_a_ledger_says_what_people_do_and_why_they_came(check, keeper):
    titles = "姓名,曾用名,楼号,房号,身份证号,关系,人员类别,籍贯,职业类别,职业,流入原因,居住证有效期至"
    row = f"程晓梅,程小花,3,501,{id_number('19850615', 2)},户主,流动人口,河南太康,专业技术人员,会计,务工,2027年3月1日"

    for _twice in range(2):
        ledger = check(f"{titles}\r\n{row}".encode())
        confirm(keeper, ledger)
        run_ledgers()

    ledger.refresh_from_db()
    she = Resident.objects.get()
    assert (ledger.problems, ledger.changed, she.former_name.open(), str(she.former_name)) == (
        0,
        0,
        "程小花",
        "程**",
    )
    assert (she.native_place, she.occupation, she.job) == ("河南太康", Occupation.PROFESSIONAL, "会计")
    assert (she.arrival_reason, she.permit_until) == (Arrival.WORK, date(2027, 3, 1))


def test_an_old_workbook_of_another_program_is_read_as_the_new_one(check, keeper):
    people = ledgers.people_of_the_old_workbook()
    old, new = ledgers.OLD_WORKBOOK.read_bytes(), workbook(people, ledgers.OLD_TITLES)

    with reading.read(BytesIO(old)) as one, reading.read(BytesIO(new)) as other:
        assert list(one.sheets[0].rows()) == list(other.sheets[0].rows())
    confirm(keeper, check(old))
    run_ledgers()
    again = check(new)

    assert (Resident.objects.count(), again.unchanged, again.problems) == (24, 24, 0)
    assert Resident.objects.order_by("-pk")[0].note == people[-1][-1]


def test_the_choice_of_columns_is_remembered_for_the_community(keeper, check, bring, town, client):
    check(workbook(rows(3)), column_11="note")
    client.force_login(town.user.leader2)

    ledger = bring(workbook(rows(6)), grid="two")
    form = client.get(reverse("residents:ledger_columns", args=[ledger.pk])).context["form"]

    assert (LedgerTemplate.objects.count(), form["column_11"].initial) == (1, "note")


# --- what is wrong -------------------------------------------------------------------------------

GOOD = rows(6)[0]
NUMBER = id_number("19500307", 0)
WRONG = NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1")


def _number(first):
    return first + check_digit(first)


@pytest.mark.parametrize(
    ("place", "field", "value", "said"),
    [
        (0, "name", "", "必须填写"),
        (0, "name", 41010219, "数字"),
        (0, "name", "程" * 41, "最多40个字"),
        (0, "house_no", "", "必须填写"),
        (0, "room_no", None, "必须填写"),
        (0, "id_number", WRONG, "校验位"),
        (0, "id_number", NUMBER[:17], "18位"),
        (0, "id_number", "A" + NUMBER[1:], "只能是数字"),
        (0, "id_number", _number("99990019500230001"), "出生日期不存在"),
        (0, "id_number", _number("99990029500227001"), "今天之后"),
        (0, "id_number", 999900195003070000, "丢失"),
        (0, "id_number", "9.99900195003E+17", "丢失"),
        (0, "birth_date", "1950-02-30", "没有这一天"),
        (0, "birth_date", "1950-03", "完整"),
        (0, "birth_date", "三月初七", "日期"),
        (0, "birth_date", "1950-03-08", "不一致"),
        (0, "since", "2099-01-01", "今天之后"),
        (0, "phone", "12345", "电话"),
        (0, "education", "自学", "“自学”不在"),
        (1, "relation", "户主", "已有户主"),
        (0, "relation", "配偶", "没有户主"),
        (0, "house_no", "=1+2", "公式"),
        (0, "house_no", "3_x0000_", "无法保存"),
        (0, "name", "程\u202e晓梅", "无法保存"),
        (0, "education", "本科_x0008_", "无法保存"),
        (0, "registered_address", "某市\ufffd区", "无法保存"),
    ],
)  # fmt: skip
def test_each_bad_cell_has_its_comment(keeper, check, place, field, value, said):
    ledger = check(workbook(with_cell(place, field, value)))
    told = comments(remarks(keeper, ledger).content)

    cell = f"{chr(64 + COLUMN[field])}{FIRST_ROW + place}"
    assert (cell in told, said in told.get(cell, "")) == (True, True), told
    assert (ledger.problems > 0, ledger.check_job.state, everything()) == (
        True,
        JobState.DONE,
        [[] for _m in REGISTER],
    )


def test_what_a_keyboard_writes_in_two_ways_is_kept_in_one(keeper, check):
    people = with_cell(0, "name", "Zoe\u0308")
    people[0][COLUMN["registered_address"] - 1] = "\uf98e街5号"  # another code for 年

    confirm(keeper, check(workbook(people)))
    run_ledgers()

    first = Resident.objects.order_by("pk")[0]
    assert (first.name.open(), first.registered_address.open()) == ("Zoë", "年街5号")


def test_a_ledger_that_cannot_be_read_again_is_told_and_no_crash(keeper, bring, monkeypatch):
    ledger = bring(workbook(rows(3)))
    monkeypatch.setattr(reading, "PROGRAM", "raise SystemExit(3)")

    answer = keeper.get(reverse("residents:ledger_columns", args=[ledger.pk]), follow=True)

    assert (answer.status_code, answer.redirect_chain) == (200, [(BRING, 302)])
    assert "损坏" in answer.content.decode()


def test_who_stands_in_a_ledger_twice_is_told_both_times(keeper, check):
    people = rows(3)
    people[1][6:8] = people[0][6:8]

    ledger = check(workbook(people))

    assert comments(remarks(keeper, ledger).content).keys() == {"G4", "G5"}


def test_a_head_who_is_not_in_the_household_is_told(keeper, check):
    people = [[*row, "别人" if place == 1 else ""] for place, row in enumerate(rows(3))]

    ledger = check(workbook(people, (*ledgers.TITLES, ("其他", "户主姓名"))))

    assert comments(remarks(keeper, ledger).content) == {"M5": "这里写的户主不是本户成员。"}


def test_whose_head_stands_in_a_bad_row_is_not_called_headless(keeper, check):
    ledger = check(workbook(with_cell(0, "phone", "12345", number=3)))

    assert list(comments(remarks(keeper, ledger).content)) == ["I4"]


def test_columns_that_were_swapped_are_told_once(keeper, check):
    people = rows(9)
    for row in people:
        row[4], row[6] = row[6], row[4]

    ledger = check(workbook(people))
    page = keeper.get(ledger.get_absolute_url()).content.decode()

    assert {it["field"]: it["percent"] for it in ledger.doubts} == {"name": 100, "id_number": 100}
    assert "G列有100%的行不是“公民身份号码”，是否选错了列？" in page


def test_the_workbook_with_remarks_says_for_whom_it_was_made(keeper, check):
    content = remarks(keeper, check(workbook(with_cell(0, "phone", "12345")))).content

    book = load_workbook(BytesIO(content))
    assert (
        "leader" in book.worksheets[-1]["A1"].value and "不得外传" in book.worksheets[0].oddFooter.center.text
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空"),
        (b"%PDF-1.7 anything", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "损坏"),
        (workbook([], titles=(("", "甲"), ("", "乙")), merge=False), "标题行"),
        (packed({"a": bytes(120 << 20)}), "ZIP"),
        (raw(text_cell("A1", "姓名"), parts={"xl/vbaProject.bin": b"x"}), "宏"),
        (b"PK\x03\x04" + bytes(11 << 20), "10 MB"),
    ],
    ids=["empty", "pdf", "damaged", "no titles", "zip bomb", "macros", "too large"],
)
def test_what_is_no_ledger_leaves_no_trace(bring, content, said):
    answer = bring(content)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert (LedgerFile.objects.count(), default_storage.exists("ledgers")) == (0, False)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"column_5": ""}, "请指明哪几列"),
        ({"column_10": "name"}, "同一内容"),
        ({"column_5": "nonsense"}, "nonsense"),
    ],
)
def test_columns_that_will_not_do_are_refused(keeper, bring, other, said):
    answer = _choose(keeper, bring(workbook(rows(3))), **other)

    assert (answer.status_code, said in answer.content.decode(), Job.objects.count()) == (422, True, 0)


def test_a_ledger_of_a_community_must_say_the_grids(client, town, bring):
    client.force_login(town.user.direct)

    answer = _choose(client, bring(workbook(rows(3)), grid="east"))

    assert (answer.status_code, "请指明哪一列是网格" in answer.content.decode()) == (422, True)


# --- once, and by whom ---------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_ledger(bring):
    key = uuid4()

    first, second = bring(workbook(rows(3)), key=key), bring(workbook(rows(3)), key=key)

    assert (first, LedgerFile.objects.count()) == (second, 1)


def test_two_confirmations_are_one_import(keeper, check):
    ledger = check(workbook(rows(6)))

    confirm(keeper, ledger)
    confirm(keeper, ledger)
    run_ledgers()
    confirm(keeper, ledger)
    run_ledgers()

    assert (Job.objects.filter(kind=LOAD).count(), Resident.objects.count()) == (1, 6)


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_and_two_workers_at_once_are_one_import(check, town):
    ledger = check(workbook(rows(6)))
    order = {
        "sha256": ledger.sha256,
        "language": "zh-hans",
        "page": "",
        "by": town.post.leader,
        "at": timezone.now(),
    }

    jobs = at_once(*(lambda: actions.order_load(ledger, key=uuid4(), **order) for _click in range(2)))
    at_once(run_ledgers, run_ledgers)

    assert (len(set(jobs)), Job.objects.filter(kind=LOAD).count(), Resident.objects.count()) == (1, 1, 6)


def test_another_file_than_the_checked_one_is_not_taken(keeper, check):
    ledger = check(workbook(rows(3)))

    confirm(keeper, ledger, sha256="0" * 64)

    assert Job.objects.filter(kind=LOAD).count() == 0


def test_what_has_problems_cannot_be_confirmed(keeper, check):
    ledger = check(workbook(with_cell(0, "phone", "12345")))

    confirm(keeper, ledger)
    run_ledgers()

    assert (Job.objects.filter(kind=LOAD).count(), everything()) == (0, [[] for _model in REGISTER])


def test_what_came_between_check_and_import_keeps_all_of_it_outside(keeper, check, town):
    first, second = check(workbook(rows(3))), check(workbook([[*row[:3], 999, *row[4:]] for row in rows(3)]))
    confirm(keeper, first)
    confirm(keeper, second)
    run_ledgers()

    second.refresh_from_db()
    assert (Resident.objects.count(), second.load_job.state) == (3, JobState.FAILED)
    assert "重新试算" in keeper.get(second.get_absolute_url()).content.decode()


def test_a_post_that_has_ended_imports_nothing(keeper, check, town):
    ledger = check(workbook(rows(3)))
    confirm(keeper, ledger)
    dismiss(town.post.leader, at=timezone.now())
    run_ledgers()

    job = Job.objects.get(kind=LOAD)
    assert (job.state, job.message, Resident.objects.count()) == (
        JobState.FAILED,
        "您已无权维护该网格的登记信息。",
        0,
    )
    assert keeper.get(ledger.get_absolute_url()).status_code == 404


def test_a_cancelled_import_writes_nothing(keeper, check):
    ledger = check(workbook(rows(3)))
    confirm(keeper, ledger)
    keeper.post(reverse("grids:job_cancel", args=[Job.objects.get(kind=LOAD).pk]))
    run_ledgers()

    assert Resident.objects.count() == 0


def test_who_cancels_while_it_is_written_is_heard(check, keeper, town, at):
    ledger = check(workbook(rows(3)))
    confirm(keeper, ledger)
    job = claim_job(LOAD, at=at)
    keeper.post(reverse("grids:job_cancel", args=[job.pk]))

    with pytest.raises(actions.LedgerWithdrawn):
        actions.take_in(ledger, job, _people(town), by=town.post.leader, at=at)

    assert everything() == [[] for _model in REGISTER]


def _people(town):
    facts = {"name": "程晓梅", "relation": "02"}
    return {town.grid.one: [actions.loading.Person(4, ("平安里", "3", "2", "501"), "", facts)]}


def test_a_ledger_that_is_in_is_not_taken_in_by_another_worker(check, keeper, town, at):
    ledger = check(workbook(rows(3)))
    confirm(keeper, ledger)
    run_ledgers()
    Job.objects.filter(kind=LOAD).update(state=JobState.RUNNING, finished_at=None)

    with pytest.raises(actions.LedgerWithdrawn):
        actions.take_in(ledger, Job.objects.get(kind=LOAD), _people(town), by=town.post.leader, at=at)


@pytest.mark.parametrize("page", ["ledger", "ledger_columns", "ledger_progress", "ledger_remarks"])
def test_a_ledger_of_somebody_else_does_not_exist(check, client, town, page):
    ledger = check(workbook(with_cell(0, "phone", "12345")))
    client.force_login(town.user.direct)

    assert client.get(reverse(f"residents:{page}", args=[ledger.pk])).status_code == 404


# --- what is kept --------------------------------------------------------------------------------


def test_both_files_lie_sealed_and_go_after_a_day(check, keeper):
    ledger = check(workbook(with_cell(0, "phone", "12345")))
    names = [ledger.file.name, ledger.remarks.name]
    stored = [Path(default_storage.path(name)).read_bytes() for name in names]

    LedgerFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    gone = keeper.get(ledger.get_absolute_url()).status_code
    clear_expired_ledgers()

    assert [content.startswith(b"PK") for content in stored] == [False, False]
    assert (gone, LedgerFile.objects.count()) == (404, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_away_leaves_no_file(check, keeper):
    ledger = check(workbook(with_cell(0, "phone", "12345")))
    names = [ledger.file.name, ledger.remarks.name]

    keeper.post(reverse("residents:discard_ledger", args=[ledger.pk]))

    assert ([default_storage.exists(name) for name in names], LedgerFile.objects.count()) == (
        [False, False],
        0,
    )


def test_nothing_personal_is_said_outside_the_ledger(check, keeper, caplog):
    with caplog.at_level(logging.DEBUG, logger="gridgov"):
        ledger = check(workbook(with_cell(0, "phone", "12345")))
        columns = keeper.get(reverse("residents:ledger_columns", args=[ledger.pk])).content.decode()
    row = LedgerFile.objects.filter(pk=ledger.pk).values().get()
    jobs = list(Job.objects.values("title", "params", "message", "filename"))

    told = f"{row} {jobs} {caplog.text} {keeper.get(ledger.get_absolute_url()).content.decode()} {columns}"
    people = {str(value) for person in rows(6) for value in (person[4], person[6].strip(), person[8])}
    assert [word for word in people if word in told] == []
    assert re.search("程晓梅|台账.xlsx", told) is None


def test_the_empty_ledger_is_understood_and_its_example_can_be_entered(keeper, check):
    content = keeper.get(reverse("residents:empty_ledger")).content
    book = load_workbook(BytesIO(content))
    lines = {str(row[0].value).strip("*"): row[2].value for row in book.worksheets[1].iter_rows(min_row=2)}
    titles = [str(cell.value).strip("*") for cell in book.worksheets[0][1]]
    for place, title in enumerate(titles, start=1):
        book.worksheets[0].cell(2, place).value = lines[title]
    buffer = BytesIO()
    book.save(buffer)

    ledger = check(buffer.getvalue())

    assert (ledger.rows, ledger.entered, ledger.problems) == (1, 1, 0)


def test_a_job_that_dies_over_a_ledger_says_so_without_the_cell(check, keeper, monkeypatch, caplog):
    ledger = check(workbook(rows(3)))
    finish_job(ledger.check_job, at=timezone.now())
    default_storage.delete(ledger.file.name)
    confirm(keeper, ledger)
    run_ledgers()

    assert Job.objects.get(kind=LOAD).state == JobState.FAILED
    assert "读取失败" in keeper.get(ledger.get_absolute_url()).content.decode()
