"""The workbook of a register: title, caliber, who took it out, the columns of the list, and a mark on every page."""

from datetime import datetime
from typing import BinaryIO

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gridgov.kit.marked import Marked, write_marked
from grids.scopes import Scope

from ..models import ExportRequest
from ..queries.exports import caliber, lines, mark_of, register_of, title_of, today_of


def write(file: BinaryIO, request: ExportRequest, scope: Scope, *, at: datetime, people: list[int]) -> int:
    """Write the file as a stream; returns how many entries it has. `people` takes down who stands in it in full."""
    sheet = Marked(
        mark=mark_of(request),
        title=title_of(request),
        lines=_lines(request, at),
        columns=[str(column.label) for column in register_of(request).columns],
    )
    return write_marked(file, sheet, lines(request, scope, today_of(at), people))


def _lines(request: ExportRequest, at: datetime) -> list[str]:
    who = {
        "who": request.asked_by.user,
        "post": f"{request.asked_by.place_name} {request.asked_by.get_role_display()}",
    }
    said = [
        caliber(request),
        _("asked for by %(who)s (%(post)s)") % who,
        _("as of %(moment)s") % {"moment": f"{localtime(at):%Y-%m-%d %H:%M}"},
        _("number %(number)s") % {"number": request.number},
    ]
    if not request.is_unmasked:
        return [*said, _("personal data masked")]
    released = {"who": request.decided_by.user} if request.decided_by else {"who": "—"}
    return [
        *said,
        _("personal data in full: %(reason)s") % {"reason": request.reason},
        _("released by %(who)s; keep it locked away, pass it on to nobody, destroy it after use") % released,
    ]
