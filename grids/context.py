"""What the shell shows around every page: the menu a person's rights open, and the place she works in."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

PHONE_TABS = 4  # and "Mine", which holds the rest


@dataclass(frozen=True)
class Entry:
    """One line of the menu; `right` is what its page asks for ("" for everybody who is signed in)."""

    label: str
    short: str
    url_name: str
    icon: str
    right: str = ""


@dataclass(frozen=True)
class Shown:
    """An entry as one person sees it on one page."""

    label: str
    short: str
    url: str
    icon: str
    current: bool


# In the order of the menu; the first four that a person may open are the tabs of her phone.
# fmt: off
ENTRIES = (
    #     label                   short            url_name               icon                       right
    Entry(_("My desk"),           _("Home"),       "cases:desk",          "house"),
    Entry(_("Report a problem"),  _("Report"),     "cases:report",        "camera",                  "report"),
    Entry(_("Dispatch desk"),     _("Dispatch"),   "cases:dispatch",      "inbox",                   "dispatch"),
    Entry(_("Cases"),             _("Cases"),      "cases:list",          "list-check"),
    Entry(_("Patrol and diary"),  _("Patrol"),     "cases:patrol",        "journal-text",            "patrol"),
    Entry(_("People and grids"),  _("Grids"),      "assessment:grids",    "diagram-3"),
    Entry(_("Monthly figures"),   _("Figures"),    "assessment:monthly",  "file-earmark-spreadsheet", "read_figures"),
    Entry(_("Administration"),    _("Settings"),   "admin:index",         "gear",                    "administer"),
)
# fmt: on


def shell(request: HttpRequest) -> dict:
    """The menu and the place, worked out only when a page prints them."""
    return {
        "menu": SimpleLazyObject(lambda: menu(request)),
        "place": SimpleLazyObject(lambda: str(getattr(_scope(request), "place", "") or "")),
        "phone_tabs": PHONE_TABS,
    }


def menu(request: HttpRequest) -> list[Shown]:
    """The entries this person may open; the one with the longest address that leads here is current."""
    rights = getattr(_scope(request), "rights", frozenset())
    open_entries = [(entry, _address(entry.url_name)) for entry in ENTRIES if entry.right in rights or not entry.right]
    found = [(entry, url) for entry, url in open_entries if url]
    current = max((url for _entry, url in found if _leads_to(url, request.path)), key=len, default="")
    return [Shown(entry.label, entry.short, url, entry.icon, url == current) for entry, url in found]


def _scope(request: HttpRequest) -> object:
    """The scope of whoever asks; error pages may come before anybody worked it out."""
    return getattr(request, "scope", None)


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _leads_to(url: str, path: str) -> bool:
    """The root leads only to itself, or it would be the current entry of every other page."""
    return path == url or (url != "/" and path.startswith(url))
