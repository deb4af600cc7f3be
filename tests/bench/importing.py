"""A ledger of sixteen columns into the register, against a script that does the same with the usual tools."""

import os
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from openpyxl import Workbook, load_workbook
from simple_history.utils import bulk_create_with_history

from gridgov.kit.sheets import reading
from grids.models import Grid, path_of
from residents.actions import loading
from residents.enums import Change, Registration, Relation
from residents.imports.ledgers import found_header, names_of, understood
from residents.models import Building, Dwelling, Household, RegisterEvent, Resident, Stay
from residents.queries.tracing import id_trace, name_traces, phone_trace
from residents.rules.identity import check_digit
from residents.rules.ledger import CODES

from . import city as plan
from .meter import Report, in_turns
from .pages import grid
from .server import City

USUAL, ALL = 10_000, 100_000
TIMES = 5  # a ledger goes in so many times as quickly as by the script
BATCH = 1_000
TITLES = (
    "小区", "楼栋", "单元", "房号", "姓名", "公民身份号码", "联系电话", "与户主关系", "性别", "出生日期", "人户状态", "户籍地址",
    "婚姻", "学历", "工作单位", "备注",
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
SIGNS = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英梅子安小宝晓文建国华玉兰春红志海波宇浩然"


def importing(report: Report, _big: City, small: City) -> None:
    """Read, understand, seal and write a ledger; taken back each time."""
    number = int(os.environ.get("LEDGER", "").replace("_", "") or USUAL)
    with small.open():
        place, content = grid(plan.BUILDING), ledger(number)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        ours, script = in_turns(
            lambda: _taken_back(_ours, place, content),
            lambda: _taken_back(_by_script, place, content),
            rounds=1,
            warm=0,
        )
        report.add("7", f"ledger of {number:,} by the usual tools / ours", script, ours, TIMES, is_floor=True)
        (read,) = in_turns(lambda: reading.read(BytesIO(content)).close(), rounds=1, warm=0)
        report.add("-", "  of ours: reading the file", read, ours)


def _taken_back(do: Any, place: Grid, content: bytes) -> None:
    with transaction.atomic():
        do(place, content)
        transaction.set_rollback(True)


def _ours(place: Grid, content: bytes) -> None:
    with reading.read(BytesIO(content)) as book:
        _number, header = found_header(book)
        found = understood(book.sheets[0], header, names_of([place]), plan.NOW.date(), lambda rows: None)
    assert found.problems == []
    loading.load_people(found.people, by=None, at=plan.NOW)


# --- the script ----------------------------------------------------------------------------------


def _by_script(place: Grid, content: bytes) -> None:
    """openpyxl as it reads large files, objects, `bulk_create`; the same rows, sealed and traced alike, unchecked."""
    page = load_workbook(BytesIO(content), read_only=True).worksheets[0]
    people = [dict(zip(TITLES, row, strict=True)) for row in page.iter_rows(min_row=2, values_only=True)]
    path, day = path_of(place), plan.NOW.date()
    houses: dict[Any, Building] = {}
    doors: dict[Any, Dwelling] = {}
    homes: dict[Any, Household] = {}
    for it in people:
        house = it["小区"], it["楼栋"]
        houses.setdefault(house, Building(**path, name=house[0], house_no=house[1]))
        door = *house, it["单元"], it["房号"]
        doors.setdefault(door, Dwelling(**path, house=houses[house], unit_no=door[2], room_no=door[3]))
        homes.setdefault(door, Household(**path, dwelling=doors[door], opened_on=day))
    for model, rows in ((Building, houses), (Dwelling, doors), (Household, homes)):
        bulk_create_with_history(list(rows.values()), model, batch_size=BATCH)
    residents = [_resident(path, it, homes[it["小区"], it["楼栋"], it["单元"], it["房号"]]) for it in people]
    kept = bulk_create_with_history(residents, Resident, batch_size=BATCH)
    Stay.objects.bulk_create(
        [Stay(**path, resident=it, household=it.household, relation=it.relation, since=day) for it in kept],
        BATCH,
    )
    RegisterEvent.objects.bulk_create([_event(path, it, day) for it in kept], BATCH)


def _resident(path: dict[str, Any], it: dict[str, Any], home: Household) -> Resident:
    return Resident(
        **path, household=home, name=it["姓名"], name_traces=name_traces(it["姓名"]), id_number=it["公民身份号码"],
        id_trace=id_trace(it["公民身份号码"]), phone=it["联系电话"], phone_trace=phone_trace(it["联系电话"]),
        registered_address=it["户籍地址"], sex=CODES["sex"][it["性别"]],
        birth_date=datetime.strptime(it["出生日期"], "%Y-%m-%d").date(),  # noqa: DTZ007 - a day has no zone
        relation=CODES["relation"].get(it["与户主关系"], Relation.OTHER), registration=Registration.SAME,
        marriage=CODES["marriage"][it["婚姻"]], education=CODES["education"][it["学历"]], employer=it["工作单位"],
    )  # fmt: skip


def _event(path: dict[str, Any], it: Resident, day: date) -> RegisterEvent:
    return RegisterEvent(
        **path, resident=it, household=it.household, change=Change.REGISTER, on=day, at=plan.NOW, key=uuid4()
    )


# --- the ledger ----------------------------------------------------------------------------------


@cache
def ledger(number: int) -> bytes:
    """So many invented people in households of three, behind doors of twenty-room buildings."""
    workbook = Workbook(write_only=True)
    page = workbook.create_sheet("住户")
    page.append(TITLES)
    for row in _people(number):
        page.append(row)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _people(number: int) -> Iterator[list[str]]:
    chance = random.Random(7)
    for place in range(number):
        home, member = divmod(place, 3)
        born = date(1940, 1, 1) + timedelta(days=chance.randrange(28_000))
        # A division that does not exist: nobody can have such a number.
        first = f"9999{place // 1000 % 100:02d}{born:%Y%m%d}{place % 1000:03d}"
        is_man = bool(place % 2)
        yield [
            f"平安{home // 2000}里", str(home // 100 % 20 + 1), str(home // 25 % 4 + 1), f"{home // 5 % 5 + 1}{home % 5 + 1:02d}",
            chance.choice(SURNAMES) + "".join(chance.choices(SIGNS, k=chance.choice((1, 2, 2)))),
            first + check_digit(first), f"13{chance.randrange(10**9):09d}",
            ("户主", "配偶", "儿子" if is_man else "女儿")[member], "男" if is_man else "女", f"{born:%Y-%m-%d}",
            "人户一致", f"某市某区某街{chance.randrange(300)}号", "已婚", chance.choice(("初中", "高中", "本科")), "某某公司", "",
        ]  # fmt: skip
