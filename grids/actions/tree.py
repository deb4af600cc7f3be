"""Writing the tree: loading it whole from official codes, and the few edits a grid ever needs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Left
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pypinyin import Style, lazy_pinyin

from gridgov.kit.text import TextRefused, clean

from ..enums import GridKind, Level, Management
from ..models import Department, Grid, Post, User
from ..rules import codes
from ..rules.cards import CARD_FACTS
from ..rules.codes import Fault, Finding, GridRow, Place

SHOWN = 20  # a clerk mends twenty rows at a time; a wrong file has thousands
BATCH = 2000
TREE_LOCK = 0x67726964  # "grid": one advisory lock for all who write tree numbers
WAIT_FOR_LOCK = "60s"  # a load takes seconds; a second one waits and then finds nothing to do
FACTS = ("name", "management", "kind", "scope_note")
EDITABLE = frozenset({*FACTS, *CARD_FACTS, "boundary"})

Progress = Callable[[int, int], None]


class TreeRefused(ValueError):
    """Why the tree stays as it is: one sentence for each problem, in words for a clerk."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        lines = list(problems[:SHOWN])
        if len(problems) > SHOWN:
            lines.append(_("… and %(count)d more.") % {"count": len(problems) - SHOWN})
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class TreeLoad:
    """What a load did, in numbers of grids."""

    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A grid of the touched districts as it stands in the database."""

    pk: int
    tree_id: int
    lft: int
    rght: int
    is_active: bool
    name: str
    management: str
    kind: str
    scope_note: str


# --- Loading ------------------------------------------------------------------------------------


@transaction.atomic
def load_tree(
    rows: Iterable[GridRow], *, at: datetime, by: User | None = None, progress: Progress | None = None
) -> TreeLoad:
    """Add what the rows name and the tree lacks, change what they say differently, leave the rest.

    All or nothing: any faulty row raises TreeRefused before anything is written. Loading the same
    rows again writes nothing. Grids the rows do not name stay as they are. `by` is None only for
    the command line.
    """
    rows = sorted(rows, key=lambda row: row.code)
    _lock_tree()
    known = _known_grids(rows)
    _refuse_faults(rows, known)
    new = [row for row in rows if row.code not in known]
    changed = {row.code: facts for row in rows if (facts := _differences(row, known.get(row.code)))}
    report = _Reporter(progress, len(new) + len(changed))
    tree_ids = _tree_ids(row.code for row in new if not row.parent_code)
    places = _places({*known, *(row.code for row in new)})
    _insert(new, known, places, tree_ids, by, at, report)
    _change(changed, known, by, at, report)
    _renumber(known, places, tree_ids)
    return TreeLoad(len(new), len(changed), len(rows) - len(new) - len(changed))


def _lock_tree() -> None:
    """Whoever writes the tree's shape goes alone until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT_FOR_LOCK])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def _known_grids(rows: Iterable[GridRow]) -> dict[str, _Known]:
    """Every grid of the districts the rows lie in, by code."""
    width = Level.DISTRICT.code_length
    districts = {row.code[:width] for row in rows if codes.is_digits(row.code)}
    found = Grid.objects.alias(district=Left("code", width)).filter(district__in=districts)
    fields = ("code", "pk", "tree_id", "lft", "rght", "is_active", *FACTS)
    return {code: _Known(*values) for code, *values in found.order_by().values_list(*fields)}


def _refuse_faults(rows: list[GridRow], known: Mapping[str, _Known]) -> None:
    if not rows:
        raise TreeRefused(_("There is not a single grid in the file."))
    findings = codes.find_faults(
        sorted(rows, key=lambda row: (row.source, row.line)),
        {code: grid.is_active for code, grid in known.items()},
    )
    if findings:
        raise TreeRefused(*map(describe, findings))


def _differences(row: GridRow, grid: _Known | None) -> dict[str, str]:
    if grid is None:
        return {}
    said = {field: getattr(row, field) for field in FACTS if getattr(row, field) is not None}
    return {field: value for field, value in said.items() if value != getattr(grid, field)}


def _places(all_codes: set[str]) -> dict[str, Place]:
    """The tree numbers of every touched district; sorted codes list one district after the other."""
    width = Level.DISTRICT.code_length
    by_district: dict[str, list[str]] = {}
    for code in all_codes:
        by_district.setdefault(code[:width], []).append(code)
    places: dict[str, Place] = {}
    for district in by_district.values():
        places |= codes.number(district)
    return places


def _tree_ids(new_districts: Iterable[str]) -> dict[str, tuple[int | None, int]]:
    """The tree number of every district, before and after: districts stand in order of code."""
    before: dict[str, int | None] = dict.fromkeys(new_districts)
    before |= dict(Grid.objects.filter(parent=None).order_by().values_list("code", "tree_id"))
    return {code: (before[code], place) for place, code in enumerate(sorted(before), start=1)}


class _Reporter:
    """Tells how many grids are written so far to whoever wants to know."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def add(self, count: int) -> None:
        self.done += count
        if self.progress:
            self.progress(self.done, self.total)


def _insert(
    rows: list[GridRow], known: Mapping[str, _Known], places: Mapping[str, Place],
    tree_ids: Mapping[str, tuple[int | None, int]], by: User | None, at: datetime, report: _Reporter,
) -> None:  # fmt: skip
    """Upper levels first, so that every child finds its parent's key; tree numbers are born right."""
    keys = {code: grid.pk for code, grid in known.items()}
    for level in Level:
        of_level = [row for row in rows if len(row.code) == level.code_length]
        for batch in _batches(of_level):
            grids = [
                _new_grid(row, keys.get(row.parent_code), places[row.code], tree_ids[row.code[:6]][1])
                for row in batch
            ]
            Grid.objects.bulk_create(grids)
            _remember([grid.pk for grid in grids], "+", by, at)
            keys |= {grid.code: grid.pk for grid in grids}
            report.add(len(grids))


def _new_grid(row: GridRow, parent_id: int | None, place: Place, tree_id: int) -> Grid:
    return Grid(
        code=row.code, name=row.name, sort_key=sort_key(row.name), parent_id=parent_id,
        management=row.management or Management.UNKNOWN, kind=row.kind or GridKind.COMMUNITY,
        scope_note=row.scope_note or "",
        tree_id=tree_id, lft=place.left, rght=place.right, level=place.level,
    )  # fmt: skip


def _change(
    changed: Mapping[str, dict[str, str]], known: Mapping[str, _Known], by: User | None, at: datetime,
    report: _Reporter,
) -> None:  # fmt: skip
    """Every changed row gets all its facts, so that one statement serves whatever has changed."""
    for batch in _batches(list(changed)):
        keys = [known[code].pk for code in batch]
        facts = [_facts_after(known[code], changed[code]) for code in batch]
        with connection.cursor() as cursor:
            cursor.execute(CHANGE, [keys, *(list(column) for column in zip(*facts, strict=True))])
        _remember(keys, "~", by, at)
        report.add(len(keys))


def _facts_after(grid: _Known, said: Mapping[str, str]) -> tuple[str, ...]:
    facts = [said.get(field, getattr(grid, field)) for field in FACTS]
    return (*facts, sort_key(facts[0]))


CHANGE = """
    UPDATE grids_grid AS grid
    SET name = said.name, management = said.management, kind = said.kind,
        scope_note = said.scope_note, sort_key = said.sort_key
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS said (id, name, management, kind, scope_note, sort_key)
    WHERE grid.id = said.id
"""


def _remember(keys: list[int], sign: str, by: User | None, at: datetime) -> None:
    """Write the history of many grids as they stand now: simple-history's rows, in one statement."""
    history = Grid.history.model._meta
    columns = ", ".join(field.column for field in Grid.history.model.tracked_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {history.db_table} ({columns}, history_type, history_date, history_user_id)"
            f" SELECT {columns}, %s, %s, %s FROM grids_grid WHERE id = ANY (%s) ORDER BY code",
            [sign, at, by.pk if by else None, keys],
        )


def _renumber(
    known: Mapping[str, _Known], places: Mapping[str, Place],
    tree_ids: Mapping[str, tuple[int | None, int]],
) -> None:  # fmt: skip
    """Move the grids that were there before to their new numbers, in one pass over each table."""
    moved = [
        (grid.pk, place.left, place.right, tree_id)
        for code, grid in known.items()
        for place, (_before, tree_id) in [(places[code], tree_ids[code[:6]])]
        if (grid.lft, grid.rght, grid.tree_id) != (place.left, place.right, tree_id)
    ]
    touched = {code[:6] for code in places}
    shifted = [
        (before, after)
        for code, (before, after) in tree_ids.items()
        if code not in touched and before != after
    ]
    with connection.cursor() as cursor:
        if moved:
            cursor.execute(RENUMBER, [list(column) for column in zip(*moved, strict=True)])
        if shifted:
            cursor.execute(SHIFT, [*(list(column) for column in zip(*shifted, strict=True)), sorted(touched)])


RENUMBER = """
    UPDATE grids_grid AS grid SET lft = moved.lft, rght = moved.rght, tree_id = moved.tree_id
    FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[]) AS moved (id, lft, rght, tree_id)
    WHERE grid.id = moved.id
"""
# Whole districts that were not touched themselves make room for a new one before them.
SHIFT = """
    UPDATE grids_grid AS grid SET tree_id = shifted.after
    FROM unnest(%s::int[], %s::int[]) AS shifted (before, after)
    WHERE grid.tree_id = shifted.before AND left(grid.code, 6) <> ALL (%s)
"""


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def sort_key(name: str) -> str:
    """The name as it sounds, so that lists sort as people look things up."""
    return " ".join(lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True))[:240]


# --- What a refused row is told -----------------------------------------------------------------

SENTENCES: dict[Fault, str] = {
    Fault.NO_CODE: gettext_noop("The code is missing."),
    Fault.EXCEL: gettext_noop(
        "Excel has shortened the code to “%(code)s”. Format the column as text and type the code again."
    ),
    Fault.NOT_DIGITS: gettext_noop("The code “%(code)s” may only have the digits 0 to 9."),
    Fault.LEVEL_UNKNOWN: gettext_noop(
        "The level “%(word)s” is unknown. It is one of district, street, community, building."
    ),
    Fault.LEVEL_NOT_HERE: gettext_noop("%(code)s is of level “%(word)s” and does not belong in this file."),
    Fault.LENGTH: gettext_noop(
        "%(code)s has %(digits)d digits; at the level “%(level)s” a code has %(expected)d."
    ),
    Fault.DUPLICATE: gettext_noop("The code %(code)s stands in line %(earlier)s already."),
    Fault.PARENT_MISSING: gettext_noop("%(code)s (%(name)s) needs the code of its parent."),
    Fault.PARENT_OF_DISTRICT: gettext_noop("A district has no parent; leave the parent of %(code)s empty."),
    Fault.NOT_BELOW_PARENT: gettext_noop(
        "The code %(code)s does not begin with the code of its parent, %(parent)s."
    ),
    Fault.PARENT_LEVEL: gettext_noop(
        "The parent of %(code)s stands one level above it: %(above)s, not %(parent)s."
    ),
    Fault.PARENT_UNKNOWN: gettext_noop(
        "The parent %(parent)s of %(code)s (%(name)s) is neither in the file nor in the tree."
    ),
    Fault.PARENT_INACTIVE: gettext_noop("The parent %(parent)s of %(code)s (%(name)s) is no longer in use."),
    Fault.NAME_MISSING: gettext_noop("%(code)s has no name."),
    Fault.NAME_LONG: gettext_noop("The name of %(code)s is longer than %(name_limit)d characters."),
    Fault.NOTE_LONG: gettext_noop("The extent of %(code)s is longer than %(note_limit)d characters."),
    Fault.MANAGEMENT: gettext_noop(
        "The management “%(management)s” is unknown. It is one of property, nobody, unknown."
    ),
    Fault.KIND: gettext_noop(
        "The kind “%(kind)s” is unknown. It is one of community, rural, exclusive, micro."
    ),
}


def describe(finding: Finding) -> str:
    """The finding as a sentence with its line number."""
    row, level = finding.row, codes.LEVEL_WORDS.get(finding.row.level)
    words = {
        "code": _short(row.code), "digits": len(row.code), "name": _short(row.name),
        "word": _short(row.level),
        "parent": _short(row.parent_code), "above": codes.parent_code(row.code),
        "level": level.label if level is not None else "",
        "expected": level.code_length if level is not None else 0,
        "earlier": finding.earlier.line if finding.earlier else "",
        "management": _short(row.management or ""), "kind": _short(row.kind or ""),
        "name_limit": codes.NAME_LIMIT, "note_limit": codes.NOTE_LIMIT,
    }  # fmt: skip
    return at_line(row.source, row.line, _(SENTENCES[finding.fault]) % words)


def at_line(source: str, line: int, sentence: str) -> str:
    """A sentence, and where in which file the row stands that it is about."""
    place = {"file": source, "line": line, "sentence": sentence}
    if source:
        return _("%(file)s, line %(line)d: %(sentence)s") % place
    return _("Line %(line)d: %(sentence)s") % place


def _short(text: str) -> str:
    """A wrong file can have a novel in a cell."""
    return text if len(text) <= 30 else f"{text[:30]}…"


# --- Single grids -------------------------------------------------------------------------------


@transaction.atomic
def edit_grid(grid: Grid, *, by: User | None, at: datetime, **facts: Any) -> Grid:
    """Correct what is recorded about a grid; never its code or its place in the tree."""
    unknown = facts.keys() - EDITABLE
    if unknown:
        raise TypeError(f"Not editable: {', '.join(sorted(unknown))}")
    grid = _locked(grid)
    if "name" in facts:
        facts["name"] = _clean_name(facts["name"])
        facts["sort_key"] = sort_key(facts["name"])
    differing = {field: value for field, value in facts.items() if getattr(grid, field) != value}
    return _save(grid, differing, by, at)


def rename_grid(grid: Grid, name: str, *, by: User | None, at: datetime) -> Grid:
    """A grid gets another name; history keeps the old one."""
    return edit_grid(grid, by=by, at=at, name=name)


@transaction.atomic
def deactivate_grid(grid: Grid, *, by: User | None, at: datetime) -> Grid:
    """A grid goes out of use. It stays in the tree, because old cases lie in it."""
    _lock_tree()
    grid = _locked(grid)
    if grid.children.filter(is_active=True).exists():
        raise TreeRefused(_("%(grid)s still has grids in use below it.") % {"grid": grid})
    if Post.objects.filter(grid=grid).exclude(until__lte=at).exists():
        raise TreeRefused(_("Somebody still holds a post in %(grid)s. End the posts first.") % {"grid": grid})
    if Department.objects.active().filter(grid=grid).exists():
        raise TreeRefused(_("%(grid)s still has departments in use.") % {"grid": grid})
    return _save(grid, {"is_active": False} if grid.is_active else {}, by, at)


@transaction.atomic
def reactivate_grid(grid: Grid, *, by: User | None, at: datetime) -> Grid:
    """A grid comes back into use, below a parent that is in use itself."""
    _lock_tree()
    grid = _locked(grid)
    if grid.parent_id and not grid.parent.is_active:
        raise TreeRefused(_("%(parent)s is no longer in use itself.") % {"parent": grid.parent})
    return _save(grid, {} if grid.is_active else {"is_active": True}, by, at)


def _locked(grid: Grid) -> Grid:
    """The row as it stands now, held until the end: the one in hand may be old."""
    locked: Grid = Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    return locked


def _save(grid: Grid, facts: Mapping[str, Any], by: User | None, at: datetime) -> Grid:
    if not facts:
        return grid
    for field, value in facts.items():
        setattr(grid, field, value)
    grid._history_user, grid._history_date = by, at
    grid.save(update_fields=list(facts))
    return grid


def _clean_name(name: str) -> str:
    try:
        name = clean(name, max_length=codes.NAME_LIMIT)
    except TextRefused as refusal:
        raise TreeRefused(str(refusal)) from None
    if not name:
        raise TreeRefused(_("A grid needs a name."))
    return name
