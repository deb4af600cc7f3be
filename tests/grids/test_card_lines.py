"""A card is typed in plain lines, and what is not given comes from the grid above."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.rules import cards
from grids.rules.cards import Contact, Fault, Given, ServicePoint, Unreadable


@pytest.mark.parametrize(
    "number",
    [
        "0371-67000000", "(0371)67000000", "(0371) 6700 0000", "010-12345678", "0371-1234567",
        "13812345678", "138 1234 5678", "+86 13812345678", "400-123-4567", "0371-67000000转801",
        "110", "119", "120", "12345", "12315", "95598", "966115", "10086", "116114", "0371-0000-7901",
    ],
)  # fmt: skip
def test_a_number_that_can_be_dialled_is_one(number):
    assert cards.is_phone(number)


@pytest.mark.parametrize(
    "number",
    [
        "", "67000000", "0371", "0371-670", "0371-670000000", "12812345678", "1381234567", "138123456789", "1", "11",
        "999", "123456", "400-123", "转801", "0371-67000000转", "0371-67000000转8012345", "0371/67000000",
        "67000000(0371)", "+86 371-67000000", "٠٣٧١٦٧٠٠٠٠٠٠", "0371-67000000 " * 4, "-0371-67000000",
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_dialled_is_none(number):
    assert not cards.is_phone(number)


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("(0371) 6700 0000", "037167000000"),
        ("0371-67000000转801", "037167000000,801"),
        ("+86 13812345678", "13812345678"),
        ("12345", "12345"),
        ("无", ""),
    ],
)
def test_a_telephone_is_given_figures_only(typed, dialled):
    assert cards.dial(typed) == dialled


@pytest.mark.parametrize(
    ("line", "name", "phone"),
    [
        ("自来水公司 0371-67000000", "自来水公司", "0371-67000000"),
        ("自来水公司：0371-67000000", "自来水公司", "0371-67000000"),
        ("供电 24 小时 95598", "供电 24 小时", "95598"),
        ("物业　０３７１－６７００００００", "物业", "0371-67000000"),
        ("物业: (0371) 6700  0000 转 8", "物业", "(0371) 6700 0000 转 8"),
        ("政务热线 12345", "政务热线", "12345"),
    ],
)
def test_a_service_is_a_name_and_its_number(line, name, phone):
    assert cards.read_contact(line) == Contact(name, phone)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("自来水公司", Fault.NO_NUMBER),
        ("0371-67000000", Fault.NO_NUMBER),
        ("自来水公司0371-67000000", Fault.NO_NUMBER),
        ("自来水公司 67000000", Fault.NOT_A_PHONE),
        ("自来水公司 0371-1", Fault.NOT_A_PHONE),
        ("水" * 41 + " 110", Fault.TOO_LONG),
        ("水 " * 5000 + "110", Fault.TOO_LONG),
    ],
)
def test_a_service_without_either_is_refused(line, fault):
    with pytest.raises(Unreadable) as refused:
        cards.read_contact(line)

    assert refused.value.fault == fault


@pytest.mark.parametrize("mark", ["；", ";", "|", "｜", " ； ", "\t"])
def test_a_service_point_is_a_name_an_address_and_perhaps_its_hours(mark):
    assert cards.read_point(f"便民站{mark}幸福路1号") == ServicePoint("便民站", "幸福路1号")
    assert cards.read_point(f"便民站{mark}幸福路1号{mark}每天 8:00–20:00") == ServicePoint(
        "便民站", "幸福路1号", "每天 8:00–20:00"
    )


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("便民站 幸福路1号", Fault.NO_ADDRESS),
        ("便民站；", Fault.NO_ADDRESS),
        ("便民站；幸福路1号；每天；上午；下午", Fault.TOO_MANY_PARTS),
        ("便民站；" + "路" * 61, Fault.TOO_LONG),
    ],
)
def test_a_service_point_nobody_finds_is_refused(line, fault):
    with pytest.raises(Unreadable) as refused:
        cards.read_point(line)

    assert refused.value.fault == fault


@given(st.text(max_size=200))
def test_any_line_is_read_or_refused_and_what_is_read_comes_back(line):
    for read in (cards.read_contact, cards.read_point):
        try:
            row = read(line)
        except Unreadable:
            continue
        assert read(row.line) == row


def test_what_was_stored_in_older_forms_is_still_read():
    stored = [
        {"name": "供水", "phone": "0371-1"},
        ["供电", "95598"],
        "燃气 0371-67000000",
        "热力公司电话待定",
    ]

    assert cards.contacts(stored) == (
        Contact("供水", "0371-1"),
        Contact("供电", "95598"),
        Contact("燃气", "0371-67000000"),
        Contact("热力公司电话待定", ""),
    )


def test_what_a_grid_does_not_give_comes_from_the_one_above():
    building = Given(contacts=(Contact("物业", "1"),))
    community = Given(
        services="代办证明", contacts=(Contact("物业", "2"), Contact("供水", "3")), points=(ServicePoint("站", "东"),)
    )  # fmt: skip
    street = Given("受理低保", (Contact("供水", "4"), Contact("供电", "5")), (ServicePoint("厅", "西"),), "6")

    assert cards.inherited([building, community, street]) == Given(
        services="代办证明",
        contacts=(Contact("物业", "1"), Contact("供水", "3"), Contact("供电", "5")),
        points=(ServicePoint("站", "东"), ServicePoint("厅", "西")),
        supervision="6",
    )
