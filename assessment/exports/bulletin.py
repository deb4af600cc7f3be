"""The workbook of a month bulletin: results level by level, rewards and warnings, ready to be signed (reference.md C6)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gridgov.kit import xlsx
from gridgov.kit.xlsx import Column, Sheet
from grids.enums import Level

from ..models import MonthlyScore, Run
from ..queries.bulletin import Bulletin, of_level

KIND = "bulletin"
LEVELS = (Level.STREET, Level.COMMUNITY, Level.BUILDING)

Tell = Callable[[int, int], None]


def title_of(run: Run) -> str:
    """What the bulletin is called."""
    words = {"grid": run.grid.name, "month": date_format(run.month, "YEAR_MONTH_FORMAT")}
    return _("%(grid)s: results of the grid assessment and decisions on rewards, %(month)s") % words


def filename_of(run: Run) -> str:
    return f"{title_of(run)}.xlsx".replace("/", "-").replace(":", "")


def build(told: Bulletin, *, maker: str, at: datetime, tell: Tell = lambda done, total: None) -> bytes:
    """A sheet for each level with every grid of it, and one for rewards and warnings."""
    lines = _lines(told.run, maker, at)
    sheets = []
    for done, level in enumerate(LEVELS, start=1):
        sheets.append(_level(told.run, level, lines))
        tell(done, len(LEVELS) + 1)
    return xlsx.build([*sheets, _consequences(told, lines)])


def _lines(run: Run, maker: str, at: datetime) -> list[str]:
    unit = _("Unit: %(grid)s (%(code)s)") % {"grid": run.grid.name, "code": run.grid.code}
    published = _("Published: %(day)s") % {"day": localtime(run.published_at).strftime("%Y-%m-%d")}
    made = _("Made: %(at)s by %(maker)s") % {"at": localtime(at).strftime("%Y-%m-%d %H:%M"), "maker": maker}
    return ["　　".join((unit, published, made))]


def _sheet(run: Run, name: str, columns: list[Column], rows: Iterable[Any], lines: list[str]) -> Sheet:
    return Sheet(
        title=f"{title_of(run)} · {name}", name=name, lines=lines, columns=columns, rows=list(rows),
        caliber=_("100 points: daily work 40, facilities 10, work performance 50, less deductions, with the corrections "
                  "made before publication. Equal scores share a place; too few cases: listed, not ranked."),
        signatures=(_("Made by"), _("Checked by"), _("Issued by")),
    )  # fmt: skip


def _level(run: Run, level: Level, lines: list[str]) -> Sheet:
    columns = [
        Column("place", _("Place in the ranking"), kind="number", width=8),
        Column("grid", _("Grid"), kind="text", width=22),
        Column("above", _("Lies in"), kind="text", width=22),
        *(
            Column(key, label, kind="number", format="0.00", width=10)
            for key, label in (
                ("daily", _("Daily work (40)")), ("facilities", _("Facilities (10)")),
                ("performance", _("Work performance (50)")), ("taken", _("Taken off")), ("corrected", _("Corrected")),
                ("final", _("Score")),
            )
        ),
    ]  # fmt: skip
    return _sheet(run, str(level.label), columns, _rows(run, level), lines)


def _rows(run: Run, level: Level) -> Iterator[dict[str, Any]]:
    for score in of_level(run, level).iterator(chunk_size=2000):
        yield {
            "place": score.place or "—", "grid": score.grid.name, "above": _above(score),
            "daily": score.daily, "facilities": score.facilities, "performance": score.performance,
            "taken": -sum(score.taken.values()), "corrected": score.corrected, "final": score.final,
        }  # fmt: skip


def _above(score: MonthlyScore) -> str:
    above = {Level.COMMUNITY: score.street, Level.BUILDING: score.community}.get(Level(score.level))
    return above.name if above else ""


def _consequences(told: Bulletin, lines: list[str]) -> Sheet:
    columns = [
        Column("standing", _("Decision"), kind="text", width=14),
        Column("level", _("Level"), kind="text", width=12),
        Column("grid", _("Grid"), kind="text", width=24),
        Column("final", _("Score"), kind="number", format="0.00", width=10),
        Column("reason", _("Reason"), kind="text", width=50),
    ]
    rows = [
        {
            "standing": each.get_standing_display(), "level": str(level.label), "grid": each.score.grid.name,
            "final": each.score.final, "reason": each.reason,
        }
        for group in (told.rewarded, told.warned)
        for level, found in group
        for each in found
    ]  # fmt: skip
    return _sheet(told.run, _("Rewards and warnings"), columns, rows, lines)
