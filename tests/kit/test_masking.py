"""A masked value tells enough to recognise a person by, and no more."""

import pytest

from gridgov.kit.masking import Kind, mask


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.NAME,           "段正淳",                     "段**"),
        (Kind.NAME,           "张三",                       "张*"),
        (Kind.NAME,           "欧阳娜娜",                   "欧**"),
        (Kind.NAME,           "𠮷田一郎",                   "𠮷**"),
        (Kind.NAME,           "张",                         "*"),
        (Kind.ID_NUMBER,      "51343620000320711X",         "5***************1X"),
        (Kind.ID_NUMBER,      "12",                         "**"),
        (Kind.ID_NUMBER_NEAR, "410103199001011234",         "410103********1234"),
        (Kind.ID_NUMBER_NEAR, "4101031234",                 "**********"),
        (Kind.PHONE,          "18049531999",                "180****1999"),
        (Kind.PHONE,          "110",                        "***"),
        (Kind.LANDLINE,       "09157518479",                "0915*****79"),
        (Kind.ADDRESS,        "中原区棉纺路5号院3号楼2单元401", "中原区棉纺路5号院3号楼******"),
        (Kind.ADDRESS,        "桐柏路12栋1单元502",          "桐柏路12栋******"),
        (Kind.ADDRESS,        "北京市海淀区马连洼街道289号", "北京市海淀区马********"),
        (Kind.ADDRESS,        "棉纺路5号",                  "*****"),
        (Kind.EMAIL,          "duandazhi@example.com",      "d***@example.com"),
        (Kind.EMAIL,          "d@example.com",              "***@example.com"),
        (Kind.EMAIL,          "no address",                 "***"),
        (Kind.PLATE,          "苏D40000",                   "苏D4***0"),
        (Kind.PLATE,          "豫AD12345",                  "豫AD****5"),
        (Kind.BANK_CARD,      "6222021234560123",           "6222********0123"),
    ],
)  # fmt: skip
def test_each_kind_has_its_format(kind: Kind, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_stays_nothing(kind: Kind, nothing: str | None) -> None:
    assert mask(kind, nothing) == ""


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("length", range(1, 25))
def test_something_is_always_hidden(kind: Kind, length: int) -> None:
    value = "123456789012345678901234"[:length]

    assert mask(kind, value) != value
    assert "*" in mask(kind, value)
