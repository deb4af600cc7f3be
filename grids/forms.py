"""The contact card as its keepers type it: a line for each service and each service point."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from gridgov.kit.forms import CleanCharField, CleanTextField

from .models import Grid
from .queries.cards import standing_of
from .rules import cards
from .rules.cards import Fault

SENTENCES: dict[Fault, str] = {
    Fault.NO_NUMBER: gettext_noop(
        "Line %(line)d needs the name of a service and its number: Waterworks 0371-…"
    ),
    Fault.NOT_A_PHONE: gettext_noop(
        "Line %(line)d: this is no telephone number. A landline needs its area code (0371-…);"
        " mobiles and short numbers such as 12345 or 95598 are possible."
    ),
    Fault.NO_ADDRESS: gettext_noop(
        "Line %(line)d needs the name of a service point and its address, with a semicolon between them."
    ),
    Fault.TOO_MANY_PARTS: gettext_noop(
        "Line %(line)d has more than name, address and hours. Begin a new line for each service point."
    ),
    Fault.TOO_LONG: gettext_noop("Line %(line)d is too long for a card."),
}


class LinesField(CleanTextField):
    """Rows of a card, one a line; what is wrong is said line by line. Cleaned, they are as a grid keeps them."""

    most: int
    read: Callable[[str], Any]
    rows: Callable[[Any], tuple[Any, ...]]

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 6}))
        super().__init__(max_length=self.most * cards.LINE_LIMIT, empty_value=[], **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Lines are counted, not characters: no counter below the field."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(row.line for row in self.rows(value or ()))

    def to_python(self, value: Any) -> list[dict[str, str]]:
        text = super().to_python(value) or ""
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        found, problems = [], []
        for number, line in lines:
            try:
                found.append(self.read(line))
            except cards.Unreadable as wrong:
                problems.append(_(SENTENCES[wrong.fault]) % {"line": number})
        if len(lines) > self.most:
            problems.append(_("At most %(count)d lines have room on a card.") % {"count": self.most})
        if problems:
            raise ValidationError(problems)
        return cards.stored(found)


class ContactsField(LinesField):
    """自来水公司 0371-…"""

    most = cards.CONTACTS
    read = staticmethod(cards.read_contact)
    rows = staticmethod(cards.contacts)


class PointsField(LinesField):
    """便民服务站；幸福路1号；8:30–17:30"""

    most = cards.POINTS
    read = staticmethod(cards.read_point)
    rows = staticmethod(cards.points)


class PhoneField(CleanCharField):
    """One number that can be dialled."""

    def __init__(self, **options: Any) -> None:
        options["max_length"] = cards.PHONE_LIMIT
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel"}))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        phone = cards.tidy_phone(super().to_python(value) or "")
        if phone and not cards.is_phone(phone):
            raise ValidationError(
                _("This is no telephone number. A landline needs its area code, such as 0371-…")
            )
        return phone


class CardForm(forms.Form):
    """What a keeper says about her grid. `seen` is how the card stood when she opened it."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
    scope_note = CleanCharField(
        label=gettext_lazy("Extent"), max_length=cards.EXTENT_LIMIT, required=False,
        help_text=gettext_lazy("Streets, courtyards and buildings that belong to it."),
    )  # fmt: skip
    services = CleanTextField(
        label=gettext_lazy("Services here"), max_length=cards.SERVICES_LIMIT, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What people may come to you with, in a few words."),
    )  # fmt: skip
    service_phones = ContactsField(
        label=gettext_lazy("Service phones"), required=False,
        help_text=gettext_lazy(
            "A line for each: name, space, number. 12345, 119, 110 and 120 stand on every card anyway."
        ),
    )  # fmt: skip
    service_points = PointsField(
        label=gettext_lazy("Service points nearby"), required=False,
        help_text=gettext_lazy("A line for each: name; address; hours. Within a quarter of an hour's walk."),
    )  # fmt: skip
    supervision_phone = PhoneField(
        label=gettext_lazy("Supervision phone"), required=False,
        help_text=gettext_lazy("Where people complain when nobody helps them."),
    )  # fmt: skip

    @classmethod
    def of(cls, grid: Grid) -> "CardForm":
        """The form as the card stands now."""
        facts = {name: getattr(grid, name) for name in cards.KEPT}
        return cls(initial=facts | {"seen": standing_of(grid)})

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in cards.KEPT}

    def look_again(self, grid: Grid) -> None:
        """Somebody was faster: what was typed stays, and the next time counts from how it stands now."""
        self.data = self.data.copy()
        self.data["seen"] = standing_of(grid)
