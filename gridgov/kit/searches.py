"""What is searched for may be somebody's name or number: it is sent in a form, never stands in an address.

An address ends up in the browser's history, in bookmarks, in the log of every proxy on the way. So a search
answers with an address in which its words lie sealed for the person who typed them, and pages, prints and
the way back work as with any other filter. Opened by somebody else, the words are gone.
"""

import base64
import binascii
from collections.abc import Iterable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseRedirect, QueryDict

from .crypto import SealBroken, keyring
from .listing import query_string

WORDS = "q"
LONGEST = 200  # characters of a search; a form says what is too long for it
LONGEST_SEALED = 1500


def address_of(request: HttpRequest, names: Iterable[str]) -> HttpResponseRedirect:
    """The way from a search that was sent to the same list, narrowed by those of the fields that were filled in."""
    narrowed = QueryDict(mutable=True)
    for name in names:
        if value := request.POST.get(name):
            narrowed[name] = _sealed(value[:LONGEST], request) if name == WORDS else value
    return HttpResponseRedirect(request.path + query_string(narrowed), status=HTTPStatus.SEE_OTHER)


def asked(request: HttpRequest) -> QueryDict:
    """What the address of a list asks for, with its words opened; words that are not sealed for her are not there."""
    query = request.GET.copy()
    if words := query.get(WORDS):
        query[WORDS] = _opened(words, request)
    return query


def _reader(request: HttpRequest) -> str:
    return f"search:{request.user.pk}"


def _sealed(words: str, request: HttpRequest) -> str:
    token = keyring().seal(words, _reader(request))
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def _opened(text: str, request: HttpRequest) -> str:
    if len(text) > LONGEST_SEALED:
        return ""
    try:
        token = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return keyring().open(token, _reader(request))
    except (binascii.Error, SealBroken, ValueError):
        return ""
