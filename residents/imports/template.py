"""The empty ledger that a community can fill in: our titles, lists to choose from, and how to fill in each column."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from gridgov.kit.xlsx import BOX, HEADER_FILL, put

from ..rules.identity import check_digit
from ..rules.ledger import LONGEST, NEEDED, WORDS
from .ledgers import WANTED

LAST_ROW = 5_000  # to which the lists reach
WIDE = {"id_number", "registered_address", "employer", "note"}

NOBODY = "99990019850615002"
# What an invented person's row says; her number begins with a division that does not exist.
EXAMPLE = {
    "grid": "一号网格", "house_name": "平安里", "house_no": "3", "unit_no": "2", "room_no": "501",
    "head_name": "程晓梅", "name": "程晓梅", "relation": "户主", "id_number": NOBODY + check_digit(NOBODY), "sex": "女",
    "birth_date": "1985-06-15", "phone": "13800000000", "registration": "人户一致",
    "registered_address": "某区某街5号", "native_place": "河南郑州", "marriage": "已婚", "education": "大学本科",
    "politics": "群众", "occupation": "专业技术人员", "job": "会计", "employer": "某某公司", "since": "2020-03-01",
}  # fmt: skip

NOTES = {
    "grid": gettext_lazy("Name or code. Only where the ledger is about several grids."),
    "household_no": gettext_lazy("Only where several households live behind one door."),
    "head_name": gettext_lazy("Must be one of the members of the household."),
    "relation": gettext_lazy("Every household that is new has one head (户主)."),
    "id_number": gettext_lazy("18 characters, as text. Birth date and sex follow from it."),
    "birth_date": gettext_lazy("Such as 1985-06-15, 1985.6.15 or 1985年6月15日."),
    "since": gettext_lazy("Empty: the day of the import."),
}


def template() -> bytes:
    """The workbook."""
    workbook = Workbook()
    page = workbook.active
    assert isinstance(page, Worksheet)
    _ledger(page)
    _explained(workbook.create_sheet(_("How to fill it in")))
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _ledger(page: Worksheet) -> None:
    page.title = _("Ledger of households")
    page.freeze_panes = "A2"
    for place, (name, titles) in enumerate(WANTED.items(), start=1):
        letter = get_column_letter(place)
        # Text, so that no number loses its digits and no day is turned round.
        page.column_dimensions[letter].number_format = "@"
        page.column_dimensions[letter].width = 22 if name in WIDE else 12
        _title(page.cell(1, place), titles[0] + ("*" if name in NEEDED else ""))
        if name in WORDS:
            choice = DataValidation("list", formula1=f'"{",".join(_choices(name))}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}{LAST_ROW}")
            page.add_data_validation(choice)


def _choices(name: str) -> list[str]:
    """For each code the first word that people write for it."""
    return [words.split()[0] for words in WORDS[name].values()]


def _explained(page: Worksheet) -> None:
    for place, width in enumerate((16, 10, 24, 60), start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    lines = [(_("Column"), _("Must be filled in"), _("For example"), _("How to fill it in"))]
    lines += [
        (titles[0], _("yes") if name in NEEDED else "", EXAMPLE.get(name, ""), _note(name))
        for name, titles in WANTED.items()
    ]
    for number, line in enumerate(lines, start=1):
        for place, text in enumerate(line, start=1):
            cell = page.cell(number, place)
            put(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                _title(cell, text)


def _note(name: str) -> str:
    if name in WORDS:
        return _("One of: %(words)s") % {"words": "、".join(_choices(name))}
    if name in NOTES:
        return str(NOTES[name])
    return _("At most %(said)s characters are possible.") % {"said": LONGEST[name]} if name in LONGEST else ""


def _title(cell: Any, text: str) -> None:
    put(cell, text)
    cell.font, cell.fill, cell.border = Font(bold=True), HEADER_FILL, BOX
