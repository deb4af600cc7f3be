"""Hundreds of hostile files: each is refused for what it is or read as what is in it, and nothing stays behind."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest

from gridgov.kit.sheets.annotated import Problem, annotate
from gridgov.kit.sheets.header import find
from gridgov.kit.sheets.limits import Reason
from gridgov.kit.sheets.reading import ROWS_PEEKED_AT, Book, SheetRefused
from tests.kit.corpus import SHEETS, makers, photos, workbooks
from tests.kit.corpus.wall import answers, looks

AT_LEAST = 300


def test_it_is_large_enough() -> None:
    contents = {hashlib.sha256(make()).digest() for make in makers().values()}

    assert len(contents) >= AT_LEAST
    assert len(contents) == len(makers())


def texts(book: Book) -> list[list[str]] | Reason:
    """The first page of a book that goes all the way: its titles are looked for, and it is given back with remarks."""
    page = book.sheets[0]
    try:
        rows = list(page.rows())
    except SheetRefused as refused:
        return refused.reason  # merged cells show only while the rows are gone through
    find(page, {"name": ["姓名"], "phone": ["电话"]})
    problems = [Problem(page.name, row.number, "查", 1) for row in rows]
    annotate(book, problems, BytesIO(), titles={page.name: 1}, mark="仅供核对")
    return [[cell.text for cell in row.cells] for row in rows]


@pytest.mark.parametrize("kind", SHEETS)
def test_every_sheet_is_refused_for_what_it_is_or_read_as_what_is_in_it(kind: str, tmp_path: Path) -> None:
    samples = SHEETS[kind].REFUSED | SHEETS[kind].READ
    expected = {name: told for name, (told, _make) in samples.items()}

    found = {
        name: it if isinstance(it, Reason) else texts(it)
        for name, it in answers(tmp_path, {name: make for name, (_told, make) in samples.items()})
    }

    assert {name: it for name, it in found.items() if it != expected[name]} == {}
    assert found.keys() == expected.keys()


def test_a_first_look_refuses_nothing_that_is_read(tmp_path: Path) -> None:
    samples = workbooks.REFUSED | workbooks.READ

    seen = dict(answers(tmp_path, {name: make for name, (_told, make) in samples.items()}, ROWS_PEEKED_AT))

    # What is wrong further down has not been seen yet.
    refused = {name: it for name, it in seen.items() if isinstance(it, Reason)}
    assert refused == {name: workbooks.REFUSED[name][0] for name in refused}


def test_every_picture_is_refused_for_what_it_is_or_kept_as_what_is_on_it(tmp_path: Path) -> None:
    files = {name: make for name, (_told, make) in (photos.REFUSED | photos.READ).items()}
    kept = {name: (size, name not in photos.BLANK, False) for name, (size, _make) in photos.READ.items()}

    found = looks(tmp_path, files)

    wrong = {name: it for name, it in found.items() if name in kept and it != kept[name]}
    wrong |= {
        name: found[name]
        for name, (said, _make) in photos.REFUSED.items()
        if name in found and said not in found[name]
    }
    assert wrong == {}
    assert next((name for name in files if name not in found), None) is None, "the process died over it"
