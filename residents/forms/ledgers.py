"""A ledger is brought, and each of its columns is held for something."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import UUIDKey
from gridgov.kit.sheets.header import Header
from gridgov.kit.sheets.limits import MAX_BYTES, MEBIBYTE
from gridgov.kit.sheets.reading import SheetRefused, peek
from grids.models import Grid

from ..imports.ledgers import LABELS, LedgerUnclear, found_header

ACCEPTED = ".xlsx,.xls,.csv"


class GridOfLedgerField(forms.ModelChoiceField):
    """Building grids below their community, which is for ledgers about several of them."""

    def label_from_instance(self, grid: Grid) -> str:
        return "　" * (grid.level - 2) + grid.name


class LedgerForm(forms.Form):
    """Which file, and about which grid. The file is looked into, so that nobody maps columns of a photo."""

    key = UUIDKey()
    grid = GridOfLedgerField(
        label=gettext_lazy("The ledger is about"), queryset=Grid.objects.none(),
        help_text=gettext_lazy("A community, if a column of the ledger says which building grid a row is about."),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Ledger (.xlsx, .xls or .csv)"), allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("At most 10 MB and 100,000 rows. It is kept sealed, and for a day."),
    )  # fmt: skip

    def offer(self, grids: QuerySet[Grid]) -> None:
        """The grids she may choose from; the only one is chosen already."""
        self.fields["grid"].queryset = grids
        first_two = list(grids[:2])
        if len(first_two) == 1:
            self.fields["grid"].initial = first_two[0]

    def clean_file(self) -> bytes:
        """The content; its name is not kept, people put names of people into it."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("A ledger may have %(limit)d MB.") % {"limit": MAX_BYTES // MEBIBYTE})
        try:
            with peek(file) as book:
                found_header(book)
        except (SheetRefused, LedgerUnclear) as no:
            raise ValidationError(str(no), code="refused") from no
        file.seek(0)
        content: bytes = file.read()
        return content


class ColumnsForm(forms.Form):
    """For each column of a ledger what it holds."""

    key = UUIDKey()

    def __init__(self, data: Any, *, header: Header, held: Mapping[int, str | None]) -> None:
        super().__init__(data)
        self.header = header
        choices = [("", gettext_lazy("— leave aside —")), *LABELS.items()]
        for column in header.columns:
            self.fields[f"column_{column.number}"] = forms.ChoiceField(
                label=column.title, choices=choices, required=False, initial=held.get(column.number) or ""
            )

    @property
    def mapping(self) -> dict[int, str]:
        """The field of each column, "" for none."""
        return {it.number: self.cleaned_data[f"column_{it.number}"] for it in self.header.columns}


class LoadForm(forms.Form):
    """The import of exactly the file that was checked."""

    key = UUIDKey()
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
