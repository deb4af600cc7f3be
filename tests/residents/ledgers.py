"""Ledgers of invented people as a community brings them: a banner, two rows of titles, and every way to write a day."""

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook

from tests.residents.people import id_number

BANNER = "平安里住户台账（二〇二六年九月）"
# group, title
TITLES = (
    ("住址", "小区"), ("住址", "楼栋"), ("住址", "单元"), ("住址", "房号"),
    ("人员信息", "姓 名"), ("人员信息", "与户主关系"), ("人员信息", "身份证号（18位）"), ("人员信息", "出生年月日"),
    ("人员信息", "联系电话"), ("其他", "文化程度"), ("其他", "户籍地址"), ("其他", "入住时间"),
)  # fmt: skip
FIRST_ROW = 4
COLUMN = {
    "house_name": 1, "house_no": 2, "unit_no": 3, "room_no": 4, "name": 5, "relation": 6, "id_number": 7,
    "birth_date": 8, "phone": 9, "education": 10, "registered_address": 11, "since": 12,
}  # fmt: skip
SURNAMES, NAMES = "程贺鲁乔尹辛柳章", ("晓梅", "子 安", "小满", "建国", "玉兰", "明远")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
DAYS = (
    lambda day: day,
    lambda day: datetime(day.year, day.month, day.day),  # noqa: DTZ001 - a cell has no zone
    lambda day: f"{day.year}-{day.month}-{day.day}",
    lambda day: f"{day:%Y.%m.%d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day:%Y/%m/%d}".translate(WIDE),
)
RELATIONS = ("户主", "配偶", "儿子")


def rows(number=60):
    """People of households of three, each written by another hand."""
    return [_row(place) for place in range(number)]


def _row(place):
    home, member = divmod(place, 3)
    born = date(1950, 3, 7) + timedelta(days=400 * place)
    series = 2 * place + (1 if member == 2 else place % 2)
    number = id_number(f"{born:%Y%m%d}", series % 1000)
    phone = f"138{place:08d}"
    return [
        "平安里 ", ("3号楼", "3", "３号楼")[place % 3], "2单元", 101 + home, SURNAMES[place % 8] + NAMES[place % 6],
        RELATIONS[member], number.translate(WIDE) if place % 4 == 1 else f" {number}", DAYS[place % 7](born),
        int(phone) if place % 2 else phone, ("本科", "高中", "")[member], "某市某区某街5号", "2020-01-15",
    ]  # fmt: skip


def workbook(people, titles=TITLES, merge=True):
    """The ledger as an .xlsx, with merged banner and groups."""
    book = Workbook()
    page = book.active
    page.title = "住户"
    page.append([BANNER])
    page.append([group for group, _title in titles])
    page.append([title for _group, title in titles])
    for row in people:
        page.append(list(row))
    if merge:
        page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(titles))
        groups = [group for group, _title in titles]
        for group in dict.fromkeys(groups):
            first, last = groups.index(group) + 1, len(groups) - groups[::-1].index(group)
            page.merge_cells(start_row=2, start_column=first, end_row=2, end_column=last)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_cell(place, field, value, number=6):
    """Good rows in one of which one cell is changed."""
    people = rows(number)
    people[place][COLUMN[field] - 1] = value
    return people


def comments(content):
    """The comments of the first sheet of a workbook: cell and text."""
    page = load_workbook(BytesIO(content)).worksheets[0]
    return {cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment}


# --- a genuine .xls ------------------------------------------------------------------------------

# Written by a program of others (xlwt), from the people below: two rows of titles, merged cells, days under a
# format, a table of strings that goes on in a second record.
OLD_WORKBOOK = Path(__file__).parent / "files" / "ledger.xls"
OLD_TITLES = (*TITLES, ("其他", "备注"))


def people_of_the_old_workbook():
    """Its rows, as they were given to that program."""
    return [
        [*row, "".join(chr(0x4E00 + 97 * place + n) for n in range(190))]
        for place, row in enumerate(rows(24))
    ]
