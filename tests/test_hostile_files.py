"""Hostile files where people send them: a clear sentence, and not a row, a file or a process more than before."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.models import Case, Evidence
from grids.models import Job
from residents.models import (
    Building,
    Dwelling,
    Household,
    LedgerFile,
    PremisesPhoto,
    RegisterEvent,
    Resident,
    Stay,
    Visit,
    VisitPhoto,
)
from tests.kit.corpus import photos, refused_sheets
from tests.photos import jpeg
from tests.residents.people import household, shop

pytestmark = pytest.mark.usefixtures("calendar")

ROWS = (
    Building, Dwelling, Household, Resident, Stay, RegisterEvent, LedgerFile, Job,
    Case, Evidence, Visit, VisitPhoto, PremisesPhoto,
)  # fmt: skip

SHEETS = (
    "others: nothing", "others: eleven megabytes", "others: a PDF", "others: a web page", "others: an OpenDocument",
    "others: a binary workbook", "others: a program of Windows", "others: noise that begins as OLE",
    "archives: cut after 4/8", "archives: a wrong checksum of a sheet", "archives: a gigabyte of zeros",
    "archives: locked by AES", "archives: 30,000 parts", "documents: a billion laughs",
    "documents: a file as an entity", "documents: a zero by its number", "workbooks: macros",
    "workbooks: a relation to another file", "workbooks: a cell XFE1", "workbooks: one text merged with a million cells",
    "workbooks: 16,385 columns", "containers: a stream in a circle", "containers: locked, of 2007",
    "records: of Excel 5", "records: a string with a reading aid of 2 GB", "records: 200,000 sheets in one place",
    "texts: a million columns", "texts: UTF-16 with half a character", "texts: a quote in the titles",
    "texts: a line without an end",
)  # fmt: skip
PICTURES = (
    "sixteen megabytes", "PHP", "a thousand comments", "an SVG with entities", "an archive with a photo",
    "a GIF of many frames", "a TIFF of 2^32 on a side", "a JPEG cut after 50 %", "a JPEG of two frames",
    "a JPEG of a thousand scans", "a PNG of 81 megapixels in 80 kB", "a PNG of 1 × 100,000", "a PNG that moves",
    "a PNG with a chunk of minus one", "a WebP of 4 GB", "a WebP of a thousand frames",
)  # fmt: skip
ODD = (
    "a JPEG with PHP inside", "a JPEG with an archive behind", "a JPEG beyond the last moment", "a JPEG held in way 6",
    "a JPEG with EXIF in a circle", "a PNG with a profile of 100 megabytes", "a PNG by numbers, half clear",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _now(at):
    with time_machine.travel(at, tick=True):
        yield


@pytest.fixture
def sent(client, town, tmp_path, settings, monkeypatch):
    """`sent(address, field, content, …, **facts)`: the answer to the grid leader, a server error included."""
    (tmp_path / "uploads").mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "uploads"))
    client.force_login(town.user.leader)
    client.raise_request_exception = False

    def send(address, field, *contents, **facts):
        files = [SimpleUploadedFile("程晓梅.jpg", content) for content in contents]
        return client.post(address, {"key": uuid4(), field: files, **facts})

    return send


@pytest.fixture
def standing(tmp_path):
    """`standing()`: the rows, files and processes that a refused file must leave as they are."""

    def look():
        files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
        return [model.objects.count() for model in ROWS], files, children()

    return look


def children():
    """The processes that this one has started; only Linux tells."""
    return {pid for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split()}


def complaint(answer, field):
    """What is wrong with an answer that should refuse a file with a Chinese sentence, "" if nothing is."""
    if answer.status_code != 422:
        return f"status {answer.status_code}"
    form = answer.context.get("photos_form") or answer.context["form"]
    said = " ".join(form.errors.get(field, []))
    return "" if re.fullmatch(r"[^%]*[\u4e00-\u9fff].*。", said) else f"said {said!r}"


def report(town):
    return {
        "category": town.category("B0801").pk, "grid": town.grid.one.pk, "place": "桐柏路12号院",
        "house_no": "3号楼", "unit_no": "2单元", "text": "楼道口堆放建筑垃圾",
    }  # fmt: skip


def pages(town, at):
    """Where photos are sent: address and what else the form needs."""
    home, premises = household(town, at), shop(town, at)
    return {
        "report": ("/cases/new/", report(town)),
        "visit": (f"/visits/household/{home.pk}/", {"purpose": "care", "met": "self", "what": "暖气不热"}),
        "premises": (reverse("residents:premises_add_photos", args=[premises.pk]), {}),
    }


def test_a_sheet_that_is_no_ledger_is_refused_and_leaves_no_trace(town, sent, standing):
    before, made, wrong = standing(), refused_sheets(), {}

    for name in SHEETS:
        answer = sent(reverse("residents:import"), "file", made[name][1](), grid=town.grid.one.pk)
        wrong[name] = complaint(answer, "file") or ("" if standing() == before else "a trace")

    assert {name: it for name, it in wrong.items() if it} == {}


@pytest.mark.parametrize("page", ["report", "visit", "premises"])
def test_a_picture_that_is_no_photo_is_refused_and_leaves_no_trace(town, at, sent, standing, page):
    address, facts = pages(town, at)[page]
    before, wrong = standing(), {}

    for name in PICTURES:
        # Beside a good one, which must not be kept without it.
        answer = sent(address, "photos", jpeg(), photos.REFUSED[name][1](), **facts)
        wrong[name] = complaint(answer, "photos") or ("" if standing() == before else "a trace")

    assert {name: it for name, it in wrong.items() if it} == {}


@pytest.mark.parametrize(
    ("page", "kept"), [("report", Evidence), ("visit", VisitPhoto), ("premises", PremisesPhoto)]
)
def test_an_odd_photo_is_kept_as_a_plain_one(town, at, client, sent, page, kept):
    address, facts = pages(town, at)[page]

    for name in ODD:
        answer = sent(address, "photos", photos.READ[name][1](), **facts)
        assert answer.status_code == 302, name
        assert client.get(answer.url).status_code == 200, name

    for photo in kept.objects.all():
        content = client.get(photo.get_absolute_url()).getvalue()
        assert (content[:3], b"stolen" in content, b"PK\x03\x04" in content) == (
            b"\xff\xd8\xff",
            False,
            False,
        )
