"""What there is to tell and in which words; what a person has not read yet.

A notice holds ids. The rooms above say which kinds there are and put them into words, in the reader's language and
from what she may see at that moment: they call `tell` once, when the applications are ready.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gridgov.kit.listing import CappedCount, capped_count

from ..models import Notice, User
from ..scopes import Scope

MOST_UNREAD = 99  # the badge counts no further


@dataclass(frozen=True)
class Kind:
    """One kind of notice; what is urgent is sent at night too, and never in a digest."""

    name: str
    label: str | Promise
    is_urgent: bool = False


@dataclass(frozen=True)
class Said:
    """A notice in words, and the page it leads to."""

    text: str
    url: str


# For notices of its kinds and the scope of their reader: what each says, by its key. What is left out cannot be said.
Words = Callable[[Sequence[Notice], Scope], Mapping[int, Said]]

_kinds: dict[str, Kind] = {}
_words: dict[str, Words] = {}


def tell(kinds: Iterable[Kind], words: Words) -> None:
    """A room says what it will tell people of, and how it puts it."""
    for kind in kinds:
        if _words.setdefault(kind.name, words) is not words:
            raise ImproperlyConfigured(f"Two rooms tell of {kind.name}.")
        _kinds[kind.name] = kind


def kind_of(name: str) -> Kind:
    """Raises KeyError for what no room has announced."""
    return _kinds[name]


def is_urgent(name: str) -> bool:
    """What a room that is gone has told of is not urgent any more."""
    return name in _kinds and _kinds[name].is_urgent


def label_of(name: str) -> str:
    """A word for the kind; its bare name where the room that told of it is gone."""
    return str(_kinds[name].label) if name in _kinds else name


def said(notices: Sequence[Notice], scope: Scope) -> dict[int, Said]:
    """What these notices of one reader say, by key; one call per room. What she may no longer see is left out."""
    by_room: dict[Words, list[Notice]] = {}
    for notice in notices:
        if notice.kind in _words:
            by_room.setdefault(_words[notice.kind], []).append(notice)
    found: dict[int, Said] = {}
    for words, own in by_room.items():
        found |= words(own, scope)
    return found


def summed_up(notices: Sequence[Notice]) -> str:
    """Many notices as one short text: how many, and of which kinds."""
    counted = Counter(label_of(notice.kind) for notice in notices)
    kinds = _(", ").join(f"{label} {number}" for label, number in counted.most_common())
    return _("You have %(n)d new notices: %(kinds)s.") % {"n": len(notices), "kinds": kinds}


def unread_count(person: User) -> CappedCount:
    """How many notices this person has not read; one query that counts no further than the badge shows."""
    return capped_count(Notice.objects.of(person).unread(), MOST_UNREAD)
