"""What the shell shows around every page: the menu a person's rights open, and the place she works in."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from .enums import Right
from .scopes import Scope

PHONE_TABS = 4  # and "Mine", which holds the rest
EVERYBODY = ""
STAFF = "staff"  # the door that the administration itself checks
DUTY = "duty"  # who dispatches reads the roster, and who sets the rules
SPECIAL = "special"  # files of special groups, or how many there are
LOOKS = "looks"  # who keeps a register sees who looked at its people, and so does the auditor
GRIDS = "grids"  # at least one is in sight; departments and volunteers see cases and no grid
VISITS = "visits"  # who goes to the doors and into the premises, and who reads how the grids keep up with it


@dataclass(frozen=True)
class Entry:
    """One line of the menu, and the right without which its page would refuse."""

    label: Promise
    short: Promise
    url_name: str
    icon: str
    right: str


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
    #     label                  short          url_name              icon            right
    Entry(_("My desk"),          _("Home"),     "cases:desk",         "house",        EVERYBODY),
    Entry(_("Report a problem"), _("Report"),   "cases:report",       "camera",       Right.REPORT),
    Entry(_("Dispatch desk"),    _("Dispatch"), "cases:dispatch",     "inbox",        Right.DISPATCH),
    Entry(_("Cases"),            _("Cases"),    "cases:list",         "list-check",   EVERYBODY),
    Entry(_("Patrol and diary"), _("Patrol"),   "cases:patrol",       "journal-text", Right.PATROL),
    Entry(_("Inquiries"),        _("Inquiries"), "cases:inquiries",   "question-circle", GRIDS),
    Entry(_("Visits"),           _("Visits"),   "residents:visits",   "house",          VISITS),
    Entry(_("Inspections"),      _("Inspect"),  "residents:inspections", "clipboard-check", VISITS),
    Entry(_("Registers"),        _("Registers"), "residents:home",    "people",       Right.REGISTER),
    Entry(_("Record of looks"),  _("Looks"),    "residents:looks",    "eye",          LOOKS),
    Entry(_("People and grids"), _("Grids"),    "assessment:grids",   "diagram-3",    GRIDS),
    Entry(_("Special groups"),   _("Groups"),    "residents:groups",  "shield-lock", SPECIAL),
    Entry(_("Monthly figures"),  _("Figures"),  "assessment:monthly", "bar-chart",    Right.FIGURES),
    Entry(_("Dashboard"),        _("Dashboard"), "assessment:dashboard", "speedometer2", Right.FIGURES),
    Entry(_("Scores of the month"), _("Scores"), "assessment:scores", "bar-chart",   Right.FIGURES),
    Entry(_("Checks and evaluation"), _("Checks"), "assessment:to_check", "eye", Right.FIGURES),
    Entry(_("Accountability"),   _("Reviews"),  "assessment:reviews", "arrow-return-left", Right.SUPERVISE),
    Entry(_("Dossiers"),         _("Dossiers"), "assessment:dossiers",  "person",        Right.SUPERVISE),
    Entry(_("Hints"),            _("Hints"),    "assessment:hints",   "eye",          Right.SUPERVISE),
    Entry(_("Workflow monitor"), _("Monitor"),  "cases:monitor",      "speedometer2", Right.FIGURES),
    Entry(_("Escalation outlook"), _("Outlook"), "cases:outlook",     "hourglass-split", Right.FIGURES),
    Entry(_("Duty roster"),      _("Duty"),     "cases:duty",         "calendar-check", DUTY),
    Entry(_("Limits and rules"), _("Rules"),    "cases:policy",       "clipboard-check", Right.POLICY),
    Entry(_("Admission of affairs"), _("Affairs"), "cases:affairs",   "list-check",   Right.VIEW),
    Entry(_("Community points"), _("Points"),   "residents:point_rules", "flag",       Right.POLICY),
    Entry(_("Administration"),   _("Settings"), "admin:index",        "gear",         STAFF),
)
# fmt: on


def shell(request: HttpRequest) -> dict:
    """The menu and the place, worked out only when a page prints them."""
    return {
        "menu": SimpleLazyObject(lambda: menu(request)),
        "place": SimpleLazyObject(lambda: place(getattr(request, "scope", None))),
        "phone_tabs": PHONE_TABS,
    }


def menu(request: HttpRequest) -> list[Shown]:
    """The entries this person may open; the one with the longest address that leads here is current."""
    held = _held(request)
    found = [(entry, url) for entry in ENTRIES if entry.right in held and (url := _address(entry.url_name))]
    current = max((url for _entry, url in found if _leads_to(url, request.path)), key=len, default="")
    return [Shown(str(e.label), str(e.short), url, e.icon, url == current) for e, url in found]


def place(scope: Scope | None) -> str:
    """The post a person acts from, as the line below the product's name: place and role."""
    posts = scope.posts if scope else ()
    if not posts:
        return ""
    more = f" +{len(posts) - 1}" if len(posts) > 1 else ""
    return f"{posts[0].place_name} · {posts[0].get_role_display()}{more}"


def _held(request: HttpRequest) -> frozenset[str]:
    """Rights by posts; error pages may come before anybody worked the scope out."""
    scope, user = getattr(request, "scope", None), getattr(request, "user", None)
    if scope is None or user is None or not user.is_authenticated:
        return frozenset()
    facts = {
        EVERYBODY: True,
        DUTY: bool({Right.DISPATCH, Right.POLICY} & scope.rights),
        SPECIAL: bool({Right.GROUPS, Right.SENSITIVE, Right.FIGURES} & scope.rights),
        LOOKS: scope.audits or Right.KEEP in scope.rights,
        GRIDS: bool(scope.spans(Right.VIEW)),
        VISITS: bool({Right.VISIT, Right.FIGURES} & scope.rights),
        STAFF: user.is_staff,
    }
    return scope.rights | {fact for fact, holds in facts.items() if holds}


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _leads_to(url: str, path: str) -> bool:
    """The root leads only to itself, or it would be the current entry of every other page."""
    return path == url or (url != "/" and path.startswith(url))
