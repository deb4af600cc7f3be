"""Which figures moved and why, in sentences: numbers beside every claim, and the way to the cases behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from grids.models import Grid

from ..enums import Headline
from ..forms import as_sent
from ..queries.dashboard import Dashboard, Explained, Reason, explained
from ..rules.moves import Amount, printed
from ..rules.rates import Period
from .reporting import rate_text

MOODS = {1: "better", -1: "worse", 0: ""}


@dataclass(frozen=True)
class Told:
    """One figure: what it is now, what it was, by how much it moved, and which parts did it."""

    label: str
    now: str
    before: str
    arrow: str
    change: str
    mood: str  # a class: better, worse, or neither
    grids: list[tuple[str, str]]  # sentence, rows
    categories: list[tuple[str, str]]


@dataclass(frozen=True)
class Comparison:
    """The last month that is over, against something before it."""

    name: str
    figures: list[Told]


def moves(board: Dashboard) -> list[Comparison]:
    """Against the month before, and where there are more, against all earlier ones of the span together."""
    closed = board.closed
    if len(closed) < 2:
        return []
    now, before = (f"{board.periods[month].month:%Y-%m}" for month in (closed[-1], closed[-2]))
    name = _("%(now)s against %(before)s") % {"now": now, "before": before}
    found = [_comparison(board, name, closed[-2:-1], before)]
    if len(closed) > 2:
        together = _("the %(n)d months before") % {"n": len(closed) - 1}
        name = _("%(now)s against the mean of %(before)s") % {"now": now, "before": together}
        found.append(_comparison(board, name, closed[:-1], together))
    return found


def _comparison(board: Dashboard, name: str, against: Sequence[int], before: str) -> Comparison:
    return Comparison(name, [_told(board, each, before) for each in explained(board, against)])


def _told(board: Dashboard, found: Explained, before: str) -> Told:
    headline = found.headline
    change = _value(headline, found.now) - _value(headline, found.before)
    return Told(
        label=str(headline.label),
        now=_shown(headline, found.now),
        before=_shown(headline, found.before),
        arrow="▲" if change > 0 else "▼" if change < 0 else "＝",
        change=_changed(headline, change),
        mood=MOODS[((change > 0) - (change < 0)) * headline.more_is],
        grids=_because(board, headline, found.grids, before),
        categories=_because(board, headline, found.categories, before),
    )


def _value(headline: Headline, amount: Amount) -> Decimal:
    """As it is printed: who subtracts what stands there gets what stands there."""
    return printed(amount.value * _scale(headline))


def _scale(headline: Headline) -> int:
    return 100 if headline.rate and headline.rate.is_share else 1


def _shown(headline: Headline, amount: Amount) -> str:
    if headline.rate is None:
        return _pair(headline, amount)
    return f"{rate_text(headline.rate, _value(headline, amount))} ({_pair(headline, amount)})"


def _pair(headline: Headline, amount: Amount) -> str:
    """Numerator and denominator of a rate; a number, of several months their mean."""
    return f"{amount.n:,} / {amount.d:,}" if headline.rate else _plain(_value(headline, amount))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():,f}"


def _changed(headline: Headline, change: Decimal) -> str:
    if not change:
        return _("unchanged")
    words = _("up by %(size)s") if change > 0 else _("down by %(size)s")
    return words % {"size": _size(headline, abs(change))}


def _size(headline: Headline, size: Decimal) -> str:
    if headline.rate is None:
        return _("%(n)s in number") % {"n": _plain(size)}
    if headline.rate.is_share:
        return _("%(n)s percentage points") % {"n": size}
    return _("%(n)s working days") % {"n": size}


def _because(
    board: Dashboard, headline: Headline, reasons: Iterable[Reason], before: str
) -> list[tuple[str, str]]:
    """A sentence for each part that did something one can see, and the cases it is counted of now."""
    period = board.periods[board.closed[-1]]
    return [
        (
            _sentence(headline, reason, period, before),
            rows_of(board.grid, period, headline, dict(reason.part)) if _has_rows(headline, reason) else "",
        )
        for reason in reasons
        if printed(reason.by * _scale(headline))
    ]


def _has_rows(headline: Headline, reason: Reason) -> bool:
    return bool(reason.now.d if headline.rate else reason.now.n)


def _sentence(headline: Headline, reason: Reason, period: Period, before: str) -> str:
    """“南街社区：2026-10 12 / 20，2026-09 18 / 19，使整体下降 3.12 个百分点”."""
    words = (
        _("%(part)s: %(now)s in %(month)s, %(then)s in %(before)s, raising the whole by %(size)s")
        if reason.by > 0
        else _("%(part)s: %(now)s in %(month)s, %(then)s in %(before)s, lowering the whole by %(size)s")
    )
    return words % {
        "part": reason.label, "month": f"{period.month:%Y-%m}", "now": _pair(headline, reason.now), "before": before,
        "then": _pair(headline, reason.before),
        "size": _size(headline, abs(printed(reason.by * _scale(headline)))),
    }  # fmt: skip


def rows_of(grid: Grid, period: Period, headline: Headline, key: Mapping[str, str]) -> str:
    """The rows that a number counts, or those that a rate is of."""
    query = {"grid": grid.code, **as_sent(period), "figure": headline.figure.value, **key}
    return f"{reverse('assessment:cases')}?{urlencode(query)}"
