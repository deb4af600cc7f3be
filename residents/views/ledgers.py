"""The import of ledgers: bring the file, say what its columns hold, have it checked, have it taken in."""

from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from openpyxl.utils import get_column_letter

from gridgov.kit.sheets.header import Column, Header, find
from gridgov.kit.sheets.reading import Book, Sheet, SheetRefused, peek
from grids.actions import JobRefused
from grids.enums import Right
from grids.views.jobs import XLSX

from .. import actions
from ..forms.ledgers import ColumnsForm, LedgerForm, LoadForm
from ..imports.ledgers import LABELS, WANTED, LedgerUnclear, found_header, glimpse
from ..imports.template import template
from ..models import LedgerFile
from ..queries.ledgers import ledger_grids, own_ledgers, remembered
from .asking import acting_post, must_hold, post_in

GLIMPSES = 3  # values shown of each column


def _own(request: HttpRequest, pk: int) -> LedgerFile:
    """A ledger she brought, or 404: for everybody else it does not exist."""
    found = own_ledgers(request.user, request.scope, request.at).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Choose the file and its grid; below, what she brought today."""
    must_hold(request, Right.KEEP)
    form = LedgerForm(request.POST or None, request.FILES or None)
    form.offer(ledger_grids(request.scope))
    if request.method == "POST" and form.is_valid():
        grid, content = form.cleaned_data["grid"], form.cleaned_data["file"]
        by = post_in(request, grid, Right.KEEP)
        try:
            found = actions.receive_ledger(grid, content, key=form.cleaned_data["key"], by=by, at=request.at)
            return redirect("residents:ledger_columns", pk=found.pk)
        except actions.RegisterRefused as no:
            form.add_error(None, str(no))
    context = {"form": form, "ledgers": own_ledgers(request.user, request.scope, request.at)[:10]}
    return render(request, "residents/import.html", context, status=422 if form.errors else 200)


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """The ledger to be filled in."""
    must_hold(request, Right.KEEP)
    return _saved(template(), f"{_('Ledger of households')}.xlsx")


def _saved(content: bytes, filename: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    patch_cache_control(answer, private=True, no_store=True)
    return answer


# --- the columns ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column holds, as it was found or as it was chosen the last time."""
    found = _own(request, pk)
    try:
        with peek(BytesIO(found.opened(found.file))) as book:
            return _columns_page(request, found, book)
    except (SheetRefused, LedgerUnclear) as no:
        # It has been read once; a machine that is short of memory may not manage again.
        messages.error(request, str(no))
        return redirect("residents:import")


def _columns_page(request: HttpRequest, found: LedgerFile, book: Book) -> HttpResponse:
    place, header = _sheet_asked(request, found, book)
    form = ColumnsForm(request.POST or None, header=header, held=_held(found, place, header))
    if request.method == "POST" and form.is_valid() and _ordered(request, found, place, form):
        return redirect(found)
    context = {
        "ledger": found, "form": form, "sheet": book.sheets[place].name,
        "sheets": _other_sheets(book, place), "columns": _columns(book.sheets[place], header, form),
    }  # fmt: skip
    return render(request, "residents/ledger_columns.html", context, status=422 if form.errors else 200)


def _sheet_asked(request: HttpRequest, found: LedgerFile, book: Book) -> tuple[int, Header]:
    """The sheet of the address, that of the last check, or the one that looks most like a ledger."""
    asked = request.GET.get("sheet", str(found.sheet) if found.mapping else "")
    with suppress(ValueError, IndexError):
        place = int(asked)
        if place >= 0 and (header := find(book.sheets[place], WANTED)):
            return place, header
    return found_header(book)


def _other_sheets(book: Book, place: int) -> list[tuple[int, str]]:
    """The other sheets that could be read as a ledger."""
    return [
        (number, sheet.name)
        for number, sheet in enumerate(book.sheets)
        if number != place and find(sheet, WANTED) is not None
    ]


def _held(found: LedgerFile, place: int, header: Header) -> dict[int, str | None]:
    if found.mapping and found.sheet == place:
        return {int(column): name for column, name in found.mapping.items()}
    before = remembered(found, header.fingerprint)
    return before if before is not None else {it.number: it.field for it in header.columns}


def _columns(sheet: Sheet, header: Header, form: ColumnsForm) -> list[tuple[str, Column, list[str], Any]]:
    """Letter, title, the first values masked, and the choice for each column."""
    rows = [row for row in sheet.rows() if row.number >= header.first_row][:GLIMPSES]
    return [
        (
            get_column_letter(it.number), it,
            [shown for row in rows if (shown := glimpse(it.field, row.cell(it.number).text))],
            form[f"column_{it.number}"],
        )
        for it in header.columns
    ]  # fmt: skip


def _ordered(request: HttpRequest, found: LedgerFile, place: int, form: ColumnsForm) -> bool:
    """Have the ledger checked; what stands in the way is said on the form."""
    try:
        actions.order_check(
            found, sheet=place, mapping=form.mapping, fingerprint=form.header.fingerprint,
            language=get_language() or "", page=found.get_absolute_url(), key=form.cleaned_data["key"],
            by=acting_post(request, found, Right.KEEP), at=request.at,
        )  # fmt: skip
    except (actions.RegisterRefused, JobRefused) as no:
        form.add_error(None, str(no))
        return False
    return True


# --- the check and the import --------------------------------------------------------------------


@require_safe
def ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the check or the import is, and what came of it."""
    found = _own(request, pk)
    if found.job is None and found.loaded_at is None:
        return redirect("residents:ledger_columns", pk=found.pk)
    context = {**_state(found), "etag": _etag(found), "at": request.at}
    return render(request, "residents/ledger.html", context)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes; 304 while nothing has."""
    found = _own(request, pk)
    etag = _etag(found)
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = render(request, "residents/_ledger_import.html", _state(found))
    answer["ETag"] = etag
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _state(found: LedgerFile) -> dict[str, Any]:
    doubts = [(get_column_letter(it["column"]), LABELS[it["field"]], it["percent"]) for it in found.doubts]
    form = LoadForm(initial={"sha256": found.sha256}) if found.may_load else None
    return {"ledger": found, "job": found.job, "doubts": doubts, "form": form}


def _etag(found: LedgerFile) -> str:
    job = found.job
    words = (found.pk, found.loaded_at, job and (job.pk, job.state, job.done, job.message))
    return f'"{sha256(repr(words).encode()).hexdigest()[:16]}"'


@require_POST
def load(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what was checked; sent twice it is one import."""
    found = _own(request, pk)
    by = acting_post(request, found, Right.KEEP)
    form = LoadForm(request.POST)
    if not form.is_valid():
        return render(
            request, "residents/ledger.html", {**_state(found), "form": form, "at": request.at}, status=422
        )
    try:
        actions.order_load(
            found, sha256=form.cleaned_data["sha256"], language=get_language() or "",
            page=found.get_absolute_url(), key=form.cleaned_data["key"], by=by, at=request.at,
        )  # fmt: skip
    except (actions.RegisterRefused, JobRefused) as no:
        messages.error(request, str(no))
    return redirect(found)


@require_safe
def remarks(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger with a comment on each cell that is wrong, for who brought it."""
    found = _own(request, pk)
    if not found.remarks:
        raise Http404
    name = _("Ledger with remarks %(moment)s") % {"moment": f"{localtime(found.created_at):%m-%d %H%M}"}
    return _saved(found.opened(found.remarks), f"{name}.xlsx")


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ledger away, with the work on it."""
    found = _own(request, pk)
    actions.discard_ledger(found, by=acting_post(request, found, Right.KEEP), at=request.at)
    messages.success(request, _("The ledger has been taken away."))
    return redirect(reverse("residents:import"))
