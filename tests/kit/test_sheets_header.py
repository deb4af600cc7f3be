"""The titles of a ledger are found however it was drawn, and no column is guessed."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from gridgov.kit.sheets.header import Header, find
from gridgov.kit.sheets.reading import read
from tests.kit.corpus.workbooks import one_long_string
from tests.kit.ledgers import written

WANTED = {
    "name": ("姓名", "名字", "居民姓名"),
    "id_number": ("身份证号", "公民身份号码", "身份证号码"),
    "phone": ("联系电话", "电话", "手机号"),
    "household": ("户号",),
    "head": ("户主姓名",),
}


def found(*rows: Sequence[Any], merged: Sequence[str] = ()) -> Header | None:
    return found_in(written(rows, merged=merged))


def found_in(content: bytes) -> Header | None:
    with read(BytesIO(content)) as book:
        return find(book.sheets[0], WANTED)


def fields(*rows: Sequence[Any], merged: Sequence[str] = ()) -> tuple[dict[str, int], int]:
    header = found(*rows, merged=merged)
    assert header is not None
    return header.fields, header.first_row


def titles(*rows: Sequence[Any], merged: Sequence[str] = ()) -> list[str]:
    header = found(*rows, merged=merged)
    assert header is not None
    return [column.title for column in header.columns]


PERSON = ("1", "张三", "410103198506152421", "13800000000")


def test_the_first_row_holds_the_titles() -> None:
    assert fields(["序号", "姓名", "身份证号", "电话"], PERSON) == (
        {"name": 2, "id_number": 3, "phone": 4},
        2,
    )


def test_titles_stand_below_a_banner_and_a_line() -> None:
    rows = [
        ["东街社区居民台账"],
        ["填报单位：东街社区", None, "填报时间：2026年3月"],
        ["序号", "姓名", "身份证号", "电话"],
        PERSON,
    ]

    assert fields(*rows, merged=["A1:D1", "A2:B2", "C2:D2"]) == ({"name": 2, "id_number": 3, "phone": 4}, 4)
    assert titles(*rows, merged=["A1:D1", "A2:B2", "C2:D2"]) == ["序号", "姓名", "身份证号", "电话"]


def test_titles_are_known_however_they_are_written() -> None:
    rows = [["＊姓　名：", "公民身份号码\n（18位）", " 手 机 号 "], PERSON[1:]]

    assert fields(*rows)[0] == {"name": 1, "id_number": 2, "phone": 3}


def test_a_group_stands_over_its_titles() -> None:
    rows = [
        ["户号", "户主", None, "家庭成员", None],
        [None, "姓名", "电话", "姓名", "身份证号"],
        ["1", "张三", "138", "李四", "4101"],
    ]
    merged = ["A1:A2", "B1:C1", "D1:E1"]

    assert titles(*rows, merged=merged) == [
        "户号",
        "户主 姓名",
        "户主 电话",
        "家庭成员 姓名",
        "家庭成员 身份证号",
    ]
    assert fields(*rows, merged=merged) == (
        {"household": 1, "head": 2, "phone": 3, "name": 4, "id_number": 5}, 3,
    )  # fmt: skip


def test_a_text_file_has_groups_without_merged_cells() -> None:
    header = found_in("户号,户主,,备注\n,姓名,电话,\n1,张三,138,\n".encode("gb18030"))

    assert header is not None
    assert (header.fields, header.first_row) == ({"household": 1, "head": 2, "phone": 3}, 3)
    assert [column.title for column in header.columns] == ["户号", "户主 姓名", "户主 电话", "备注"]


def test_a_field_that_two_columns_could_be_is_left_to_the_reader() -> None:
    assert fields(["姓名", "身份证号", "姓名", "电话"], PERSON)[0] == {"id_number": 2, "phone": 4}


def test_a_title_over_two_columns_is_the_title_of_the_first() -> None:
    rows = [["姓名", None, "电话"], ["张三", "", "138"]]

    assert fields(*rows, merged=["A1:B1"])[0] == {"name": 1, "phone": 3}


def test_a_person_is_no_second_row_of_titles() -> None:
    rows = [["姓名", "身份证号", "电话", "备注"], ["张三", "410103198506152421", None, None], PERSON]

    assert fields(*rows) == ({"name": 1, "id_number": 2, "phone": 3}, 2)


def test_a_sheet_without_such_titles_has_no_header() -> None:
    assert found(["楼号", "单元"], ["1", "2"]) is None
    assert found(["姓名"], ["张三"]) is None


def test_titles_far_below_are_not_looked_for() -> None:
    assert found(*[[f"说明{n}"] for n in range(15)], ["姓名", "电话"]) is None


def test_a_person_may_say_otherwise() -> None:
    header = found(["姓名", "名", "电话", "电话2"], ["张三", "三", "1", "2"])
    assert header is not None

    said = header.mapped({4: "phone", 1: None})

    assert said.fields == {"phone": 4}
    assert said.missing(["name", "phone"]) == ["name"]


def test_the_fingerprint_is_that_of_the_form_and_not_of_what_stands_in_it() -> None:
    first = found(["姓名", "电话"], ["张三", "1"])
    same = found(["2026年"], [" 姓 名 ", "电话："], ["李四", "2"])
    other = found(["电话", "姓名"], ["1", "张三"])
    assert first and same and other

    assert first.fingerprint == same.fingerprint
    assert first.fingerprint != other.fingerprint
    assert first.fingerprint == first.mapped({1: None}).fingerprint


def test_people_are_read_by_field_with_their_place() -> None:
    with read(
        BytesIO(written([["台账"], ["姓名", "备注", "电话"], ["张三", "", "138"], [None], ["李四"]]))
    ) as book:
        header = find(book.sheets[0], WANTED)
        assert header is not None
        people = [
            (it.number, it.cells["name"].text, it.cells["phone"].text)
            for it in header.records(book.sheets[0])
        ]

    assert people == [(3, "张三", "138"), (5, "李四", "")]


def test_a_page_of_brackets_that_never_close_is_looked_at_in_no_time() -> None:
    header = found_in(one_long_string(1400, "(" * 32_000, behind=["姓名", "电话"]))

    assert header is not None
    assert {len(column.title) for column in header.columns} == {2}
