"""Do the chains of events still hold, and where does the first one break?

Read in one pass, in order, whatever the size: memory stays flat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Count, Exists, Func, Model, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from gridgov.kit import hashing

from ..models import Admission, Case, CaseEvent, Evidence, Inquiry, NumberSeries
from ..rules import seal

CHUNK = 5000

# How the case stands must be how its last event says it stood afterwards.
STATE = ("category_id", "holder_grid_id", "holder_department_id", "holder_post_id", "due_at")

_CASE = ("pk", "number", "version", "step", *STATE)
_ROW = (*_CASE, "events__hash", *(f"events__{name}" for name in seal.CHAINED))
_SEQ, _AFTER = seal.CHAINED.index("seq"), seal.CHAINED.index("step_after")
_STOOD = [seal.CHAINED.index(name) for name in STATE]


def chain_key() -> bytes:
    """The key that seals every event. Who does not have it can forge none."""
    return settings.CHAIN_KEY.encode()


@dataclass(frozen=True)
class Break:
    """The first place where the record of a case does not hold. `seq` is None where no one event is meant."""

    number: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        if self.seq is None:
            return f"{self.number}: {self.what}"
        return _("%(number)s, event %(seq)d: %(what)s") % vars(self)


# Which papers take their running numbers from a series, and how those numbers end.
_numbered: dict[type[Model], str] = {Case: r"-\d+$", Inquiry: r"\d+号$", Admission: r"\d+号$"}


def number_papers(model: type[Model], running: str) -> None:
    """A room above numbers papers of its own, once the applications are ready; `running` is the end of a number."""
    _numbered[model] = running


class Inspection:
    """One walk along the chains of some cases, counting as it goes."""

    def __init__(self, cases: "QuerySet[Case] | None" = None, *, media: bool = False) -> None:
        self.cases = Case.objects.all() if cases is None else cases
        self.is_whole = cases is None
        self.media = media
        self.case_count = self.event_count = self.photo_count = 0

    def breaks(self) -> Iterator[Break]:
        """Every case whose record does not hold, each with its first break."""
        with transaction.atomic():
            _no_time_limit()
            yield from self._chains()
            yield from self._words()
            if self.is_whole:
                yield from self._strays()
                yield from self._numbers()
            if self.media:
                yield from self._photos()

    def _chains(self) -> Iterator[Break]:
        key = chain_key()
        # One statement, so that a case and its events are seen as of the same moment.
        rows = self.cases.order_by("pk", "events__seq").values_list(*_ROW).iterator(chunk_size=CHUNK)
        for _pk, of_case in groupby(rows, key=itemgetter(0)):
            events = list(of_case)
            self.case_count += 1
            self.event_count += len(events)
            if found := first_break(events[0][1 : len(_CASE)], [row[len(_CASE) :] for row in events], key):
                yield found

    def _strays(self) -> Iterator[Break]:
        """Events and photos whose case is gone: only possible behind the back of the database."""
        alive = Case.objects.filter(pk=OuterRef("case_id"))
        for model, what in ((CaseEvent, _("its case is gone")), (Evidence, _("the case of a photo is gone"))):
            stray = (
                model.objects.filter(~Exists(alive)).order_by("case_id", "seq").values_list("case_id", "seq")
            )
            for case_id, rows in groupby(stray.iterator(chunk_size=CHUNK), key=itemgetter(0)):
                yield Break(f"#{case_id}", next(rows)[1], what)

    def _numbers(self) -> Iterator[Break]:
        """Running numbers have no holes, so a whole case, inquiry or other paper that was taken away shows."""
        given = dict(NumberSeries.objects.values_list("prefix", "last"))
        counted: dict[str, int] = {}
        for model, running in _numbered.items():
            counted |= _by_prefix(model, running)
        for prefix in sorted(given.keys() | counted.keys()):
            last, count = given.get(prefix, 0), counted.get(prefix, 0)
            if last != count:
                what = _("%(last)d numbers were given, %(count)d are there")
                yield Break(prefix, None, what % {"last": last, "count": count})

    def _words(self) -> Iterator[Break]:
        """Every case still says what was reported, as its first event sealed it."""
        first = CaseEvent.objects.filter(seq=1, case__in=self.cases, data__has_key="words").order_by("case")
        rows = first.values_list("case__number", "data__words", *(f"case__{name}" for name in seal.WORDS))
        for number, sealed, *said in rows.iterator(chunk_size=CHUNK):
            if sealed != seal.fingerprint(said):
                yield Break(number, 1, _("reported other words than the case shows"))

    def _photos(self) -> Iterator[Break]:
        """Every photo that an event names is there, unchanged, and no other is."""
        for number, told, kept in _photo_rows(self.cases).iterator(chunk_size=CHUNK):
            self.photo_count += len(kept)
            if found := _first_photo_break(number, told, kept):
                yield found


def first_break(case: Sequence[Any], events: Sequence[Sequence[Any]], key: bytes) -> Break | None:
    """The first link of one case that does not hold.

    `case` is its number, version, step and STATE; an event its hash and the values of CHAINED.
    """
    number, version, step, *state = case
    previous = b""
    for expected, (link, *values) in enumerate(events, start=1):
        seq = values[_SEQ]
        if seq != expected:
            break
        if not _holds(link, key, previous, seal.sealed(values, number)):
            return Break(number, seq, _("does not fit its seal"))
        previous = bytes(link)
    else:
        expected += 1
        if expected <= version:
            return Break(number, expected, _("is missing at the end"))
        return _standing_break(number, version, step, state, values)
    return Break(number, expected, _("is missing"))


def _holds(link: Any, key: bytes, previous: bytes, facts: dict[str, Any]) -> bool:
    try:
        return hashing.is_link(link, key, previous, facts)
    except hashing.NotCanonical:  # a value that no action of ours would have written
        return False


def _standing_break(
    number: str, version: int, step: str, state: Sequence[Any], last: Sequence[Any]
) -> Break | None:
    """The chain holds; the case must stand where its last event left it."""
    if version != last[_SEQ]:
        return Break(number, last[_SEQ], _("is the last one, the case stands at version %d") % version)
    if step != last[_AFTER]:
        return Break(number, last[_SEQ], _("leads to another step than the case shows"))
    for name, now, stood in zip(STATE, state, (last[place] for place in _STOOD), strict=True):
        if now != stood:
            return Break(
                number, last[_SEQ], _("left another %s than the case shows") % name.removesuffix("_id")
            )
    return None


def _by_prefix(model: type[Model], running: str) -> dict[str, int]:
    """How many papers of a kind there are in each series; `running` is the end of their numbers."""
    prefix = Func("number", Value(running), Value(""), function="regexp_replace", output_field=TextField())
    rows = model._default_manager.exclude(number="").annotate(prefix=prefix).order_by().values("prefix")
    counted = rows.annotate(papers=Count("pk")).values_list("prefix", "papers")
    return dict(counted.iterator(chunk_size=CHUNK))


def _photo_rows(cases: "QuerySet[Case]") -> Any:
    """Number, photos told by events, photos kept: each case in one statement."""
    told = CaseEvent.objects.filter(case=OuterRef("pk"), data__has_key="photos").order_by("seq")
    kept = Evidence.objects.filter(case=OuterRef("pk")).order_by("pk")
    return (
        cases.order_by("pk")
        .annotate(
            told=ArraySubquery(told.values(fact=JSONObject(seq="seq", photos="data__photos"))),
            kept=ArraySubquery(kept.values(fact=JSONObject(seq="seq", sha256="sha256", file="file"))),
        )
        .filter(Exists(told) | Exists(kept))
        .values_list("number", "told", "kept")
    )


def _first_photo_break(number: str, told: list[dict[str, Any]], kept: list[dict[str, Any]]) -> Break | None:
    files = {photo["sha256"]: photo["file"] for photo in kept}
    for event in told:
        for sha256 in event["photos"]:
            if sha256 not in files:
                return Break(number, event["seq"], _("its photo %s is gone") % sha256[:12])
            if not _is_intact(files[sha256], sha256):
                return Break(
                    number, event["seq"], _("the file of its photo %s is gone or changed") % sha256[:12]
                )
    named = {sha256 for event in told for sha256 in event["photos"]}
    if planted := next((photo for photo in kept if photo["sha256"] not in named), None):
        return Break(number, planted["seq"], _("no event brought the photo %s") % planted["sha256"][:12])
    return None


def _is_intact(name: str, sha256: str) -> bool:
    storage = Evidence._meta.get_field("file").storage
    try:
        with storage.open(name) as file:
            return hashing.file_sha256(cast(BinaryIO, file)) == sha256
    except OSError:
        return False


def _no_time_limit() -> None:
    """A walk over everything takes longer than any page may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
