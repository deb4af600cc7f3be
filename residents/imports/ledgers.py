"""Ledgers of households as communities keep them: which column is which field, and what each cell says.

The cells come from behind the wall (`gridgov.kit.sheets`), the meaning of a row from `rules.ledger`. Here the
one is made into the other, and what is wrong is put into words at its cell.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from tempfile import TemporaryFile
from unicodedata import normalize

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.sheets import annotated
from gridgov.kit.sheets.annotated import annotate
from gridgov.kit.sheets.header import Header, find
from gridgov.kit.sheets.reading import Book, Sheet, flaw_text
from gridgov.kit.sheets.values import compact, parse_date, tidy
from gridgov.kit.text import is_clean
from grids.models import Grid

from ..rules import ledger as rules
from ..rules.ledger import Fault, Person, Problem

# field                  the title in our own ledger, and what others call it
TITLES: dict[str, str] = {
    "grid":               "网格 所属网格 网格名称 所在网格",
    "house_name":         "小区 院落 小区名称 院落名称 小区(院落) 楼院 所在小区",
    "house_no":           "楼栋 楼号 楼栋号 栋号 幢号 楼",
    "unit_no":            "单元 单元号",
    "room_no":            "房号 门牌 门牌号 房间号 室号 室 门号",
    "household_no":       "户号 户编号 家庭编号",
    "head_name":          "户主姓名 户主",
    "name":               "姓名 名字 居民姓名 人员姓名 家庭成员姓名",
    "relation":           "与户主关系 关系 家庭关系 与户主的关系",
    "id_number":          "公民身份号码 身份证号 身份证号码 身份证 证件号码 证件号 公民身份证号码 居民身份证号",
    "sex":                "性别",
    "birth_date":         "出生日期 出生年月日 生日 出生年月",
    "phone":              "联系电话 手机 电话 手机号 手机号码 联系方式 电话号码",
    "registration":       "人户状态 户口性质 人户情况 居住状态 人员类别",
    "registered_address": "户籍地址 户籍地 户口所在地 户籍所在地",
    "former_name":        "曾用名",
    "native_place":       "籍贯",
    "marriage":           "婚姻 婚姻状况 婚姻状态 婚否",
    "education":          "学历 文化程度 教育程度",
    "politics":           "政治面貌",
    "occupation":         "职业类别",
    "job":                "职业 职务",
    "employer":           "工作单位 服务处所 学校 工作单位或学校 单位 就业单位 就读学校",
    "arrival_reason":     "流入原因 来本地原因 暂住事由 居住事由",
    "permit_until":       "居住证有效期至 居住证有效期 证件到期日期 暂住证到期日期",
    "since":              "入住日期 入住时间 居住起始日期 来本地日期",
    "note":               "备注 说明",
}  # fmt: skip
WANTED: dict[str, list[str]] = {name: titles.split() for name, titles in TITLES.items()}

LABELS: dict[str, Promise] = {
    "grid": gettext_lazy("Grid"), "house_name": gettext_lazy("Courtyard or estate"),
    "house_no": gettext_lazy("Building"), "unit_no": gettext_lazy("Unit of the building"), "room_no": gettext_lazy("Room"),
    "household_no": gettext_lazy("Household number"), "head_name": gettext_lazy("Name of the head"),
    "name": gettext_lazy("Name"), "relation": gettext_lazy("Relation to the head"),
    "id_number": gettext_lazy("ID number"), "sex": gettext_lazy("Sex"), "birth_date": gettext_lazy("Birth date"),
    "phone": gettext_lazy("Phone"), "registration": gettext_lazy("Household register"),
    "registered_address": gettext_lazy("Registered address"), "former_name": gettext_lazy("former name"),
    "native_place": gettext_lazy("native place"), "occupation": gettext_lazy("occupation"),
    "job": gettext_lazy("trade or profession"),
    "arrival_reason": gettext_lazy("came here"), "permit_until": gettext_lazy("residence permit valid until"),
    "marriage": gettext_lazy("Marriage"),
    "education": gettext_lazy("Education"), "politics": gettext_lazy("Political affiliation"),
    "employer": gettext_lazy("School or employer"), "since": gettext_lazy("Lives here since"),
    "note": gettext_lazy("Note"),
}  # fmt: skip

SENTENCES: Mapping[Fault, str | Promise] = {
    Fault.MISSING: gettext_lazy("This must be filled in."),
    Fault.TOO_LONG: gettext_lazy("At most %(said)s characters are possible."),
    Fault.GRID: gettext_lazy("You keep no grid of this name or code here."),
    Fault.NAME_SIGNS: gettext_lazy("A number stands where the name should."),
    Fault.NUMBER_LENGTH: gettext_lazy("An ID number has 18 characters."),
    Fault.NUMBER_SIGNS: gettext_lazy("An ID number is made of digits; only the last character may be an X."),
    Fault.NUMBER_BIRTH: gettext_lazy("The birth date in the ID number does not exist."),
    Fault.NUMBER_FUTURE: gettext_lazy("The birth date in the ID number lies in the future."),
    Fault.NUMBER_CHECK: gettext_lazy("The last character does not belong to this ID number. Check the digits."),
    Fault.NUMBER_TWICE: gettext_lazy("This ID number stands in the ledger more than once."),
    Fault.PHONE: gettext_lazy("This is no phone number."),
    Fault.CHOICE: gettext_lazy("“%(said)s” is none of the words that can stand here; see the template."),
    Fault.DAY: "%(said)s",  # said by the cell itself
    Fault.DAY_AHEAD: gettext_lazy("This day lies in the future."),
    Fault.DAY_DIFFERS: gettext_lazy("The ID number says another birth date."),
    Fault.SEX_DIFFERS: gettext_lazy("The ID number says the other sex."),
    Fault.TWO_HEADS: gettext_lazy("The household has a head already."),
    Fault.NO_HEAD: gettext_lazy("The household has no head. One of its rows must say “户主”."),
    Fault.HEAD_ELSEWHERE: gettext_lazy("The head named here is not among the members of the household."),
    Fault.ELSEWHERE: gettext_lazy("This person is registered at another door in %(said)s. Enter the move first."),
    Fault.HAS_LEFT: gettext_lazy("In the register of %(said)s this person has moved away or died. Settle that first."),
}  # fmt: skip

# What shows that a whole column is another one.
STRANGE = {
    Fault.NAME_SIGNS, Fault.NUMBER_LENGTH, Fault.NUMBER_SIGNS, Fault.NUMBER_BIRTH, Fault.NUMBER_CHECK, Fault.PHONE,
    Fault.CHOICE, Fault.DAY, Fault.GRID,
}  # fmt: skip
STRANGE_SHARE, STRANGE_ROWS = 0.5, 3

# How a door is written beside the word for it, which our own pages add.
WORD = {
    "house_no": re.compile(r"(\d+)(?:号楼|栋|幢|楼|#)"),
    "unit_no": re.compile(r"(\d+)单元"),
    "room_no": re.compile(r"(\d+)(?:室|号|房)"),
}
ROWS_BETWEEN_REPORTS = 2_000


UNCLEAN = gettext_lazy("This cell holds characters that cannot be kept. Enter it anew.")
WITHOUT_TITLES = gettext_lazy(
    "No row with titles such as 姓名, 楼栋 and 房号 was found. Take the template, or add the titles."
)


class LedgerUnclear(ValueError):
    """Why a file cannot be understood as a ledger, in words for who brought it."""


# --- what a cell says ----------------------------------------------------------------------------


def _name(text: str) -> str:
    """Han without any space, as 程 晓梅; names of other scripts keep theirs."""
    near = tidy(text)
    return near if re.search("[A-Za-z]", near) else compact(near)


def _number(name: str) -> Callable[[str], str]:
    """A building, unit or room by its number alone."""

    def cleaned(text: str) -> str:
        near = compact(text)
        found = WORD[name].fullmatch(near)
        return found[1] if found else near

    return cleaned


CLEANED: dict[str, Callable[[str], str]] = {
    "name": _name, "head_name": _name, "grid": compact, "household_no": compact, "id_number": compact,
    "phone": compact, **{name: _number(name) for name in WORD}, **dict.fromkeys(rules.CODES, compact),
}  # fmt: skip


def cleaned(name: str, text: str) -> str:
    """The text of a cell as the rule takes it."""
    return CLEANED.get(name, tidy)(normalize("NFC", text)) if text else ""


# What says where and not who; only these are shown in full before anybody has said what a column holds.
SHOWN = {"grid", "house_name", "house_no", "unit_no", "room_no", "household_no"}
SHOWN_LENGTH, STARS = 12, 6


def glimpse(name: str | None, text: str) -> str:
    """As much of a cell as helps to tell columns apart: words of the tables, places, else the first character."""
    near = tidy(text)
    if any(near in words for words in rules.CODES.values()) or (name in SHOWN and len(near) <= SHOWN_LENGTH):
        return near
    return near[:1] + "*" * min(len(near) - 1, STARS) if len(near) > 1 else "*" * len(near)


# --- the header ----------------------------------------------------------------------------------


def found_header(book: Book) -> tuple[int, Header]:
    """The sheet that looks most like a ledger, by its place in the book, and its header. Raises LedgerUnclear."""
    found = [
        (place, header)
        for place, sheet in enumerate(book.sheets)
        if not sheet.is_hidden and (header := find(sheet, WANTED))
    ]
    if not found:
        raise LedgerUnclear(WITHOUT_TITLES)
    return max(found, key=lambda it: (len(it[1].fields), -it[0]))


def header_of(sheet: Sheet, mapping: Mapping[str, str]) -> Header:
    """The header of a sheet with the fields that somebody chose for its columns. Raises LedgerUnclear."""
    header = find(sheet, WANTED)
    if header is None:
        raise LedgerUnclear(WITHOUT_TITLES)
    return header.mapped({int(column): name or None for column, name in mapping.items()})


# --- all of it -----------------------------------------------------------------------------------


@dataclass
class Understood:
    """What a ledger says: people by grid, what is wrong, and how many rows say something of each field."""

    people: dict[Grid, list[Person]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    flaws: dict[tuple[int, str], str] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)
    spoilt: set[tuple[str, ...]] = field(default_factory=set)
    rows: int = 0

    def add(self, problems: Iterable[Problem]) -> None:
        """Further problems of rows that were each understood; who has no head may have one in a bad row."""
        line_of = {person.line: person for rows in self.people.values() for person in rows}
        for problem in problems:
            person = line_of[problem.line]
            if problem.fault != Fault.NO_HEAD or (person.place, *person.home) not in self.spoilt:
                self.problems.append(problem)


# Columns that say the same again and again: each of their texts is made clean once.
REPEATED = {
    *rules.CODES,
    "grid",
    "house_name",
    "house_no",
    "unit_no",
    "room_no",
    "native_place",
    "job",
    "employer",
    "birth_date",
    "permit_until",
    "since",
}


class _Rows:
    """The rows of a sheet on their way to the rule, counted."""

    def __init__(self, grids: Mapping[str, Grid], found: Understood, tell: Callable[[int], None]) -> None:
        self.grids, self.found, self.tell = grids, found, tell
        several = {grid.pk: grid for grid in grids.values()}
        self.only = next(iter(several.values())) if len(several) == 1 else None
        self.clean: dict[tuple[str, str], str] = {}

    def of(self, sheet: Sheet, header: Header) -> Iterator[tuple[int, dict[str, str]]]:
        for record in header.records(sheet):
            if not any(cell.text for cell in record.cells.values()):
                continue
            self.found.rows += 1
            if self.found.rows % ROWS_BETWEEN_REPORTS == 0:
                self.tell(self.found.rows)
            texts = {}
            for name, cell in record.cells.items():
                if cell.flaw:
                    self.found.flaws[record.number, name] = flaw_text(cell.flaw)
                elif not is_clean(cell.text):
                    self.found.flaws[record.number, name] = str(UNCLEAN)
                else:
                    texts[name] = self._cleaned(name, cell.text)
                    if cell.text:
                        self.found.said[name] += 1
            yield record.number, self._placed(record.number, texts)

    def _cleaned(self, name: str, text: str) -> str:
        if name not in REPEATED:
            return cleaned(name, text)
        known = self.clean.get((name, text))
        if known is None:
            known = self.clean[name, text] = cleaned(name, text)
        return known

    def _placed(self, line: int, texts: dict[str, str]) -> dict[str, str]:
        """With the code of its grid; where a ledger is about one only, a row need not name it."""
        if "grid" in texts:
            grid = self.grids.get(texts["grid"]) if texts["grid"] else self.only
            if grid is None:
                fault = Fault.GRID if texts["grid"] else Fault.MISSING
                self.found.problems.append(Problem(line, "grid", fault))
            texts["grid"] = grid.code if grid else ""
        return texts


def understood(
    sheet: Sheet, header: Header, grids: Mapping[str, Grid], today: date, tell: Callable[[int], None]
) -> Understood:
    """Read a sheet row by row. `grids` by everything a row may call them; `tell` hears how many rows are read."""
    found = Understood()
    ledger = rules.read(_Rows(grids, found, tell).of(sheet, header), today, parse_date)
    flawed = {line for line, _field in found.flaws} | {problem.line for problem in found.problems}
    found.problems += [it for it in ledger.problems if (it.line, it.field) not in found.flaws]
    found.spoilt = ledger.spoilt
    by_code = {grid.code: grid for grid in grids.values()}
    people: dict[Grid, list[Person]] = defaultdict(list)
    for person in ledger.people:
        if person.line in flawed:
            found.spoilt.add((person.place, *person.home))
        else:
            people[by_code[person.place] if person.place else next(iter(by_code.values()))].append(person)
    found.people = dict(people)
    return found


def names_of(grids: Iterable[Grid]) -> dict[str, Grid]:
    """Grids by their code and, where it means one of them only, by their name."""
    grids = list(grids)
    times = Counter(compact(grid.name) for grid in grids)
    by_name = {compact(grid.name): grid for grid in grids if times[compact(grid.name)] == 1}
    return by_name | {grid.code: grid for grid in grids}


# --- what is wrong -------------------------------------------------------------------------------


def sentence(problem: Problem) -> str:
    return str(SENTENCES[problem.fault]) % {"said": problem.said}


def doubts(found: Understood, header: Header) -> list[dict[str, int | str]]:
    """The columns of which most rows fail: perhaps two were swapped. Field, number of the column, percentage."""
    strange = Counter(
        name for _line, name in {(it.line, it.field) for it in found.problems if it.fault in STRANGE}
    )
    return [
        {"field": name, "column": header.fields[name], "percent": round(100 * number / found.said[name])}
        for name, number in strange.items()
        if number >= max(STRANGE_ROWS, STRANGE_SHARE * found.said[name])
    ]


def remarked(book: Book, sheet: Sheet, header: Header, found: Understood, mark: str) -> bytes:
    """The ledger as it came, with a comment at each cell that is wrong; `mark` says for whom it was made."""
    with TemporaryFile() as file:
        titles = {sheet.name: header.first_row - 1}
        annotate(book, _remarks(sheet, header, found), file, titles=titles, mark=mark)
        file.seek(0)
        return file.read()


def _remarks(sheet: Sheet, header: Header, found: Understood) -> Iterator[annotated.Problem]:
    """Problems as the workbook shows them, by place; what is said of a missing column belongs to the row."""
    said = [(it.line, it.field, sentence(it)) for it in found.problems]
    said += [(line, name, text) for (line, name), text in found.flaws.items()]
    for line, name, text in said:
        column = header.fields.get(name)
        told = text if column else _("%(name)s: %(reason)s") % {"name": LABELS[name], "reason": text}
        yield annotated.Problem(sheet.name, line, told, column)
