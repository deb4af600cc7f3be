"""Translation catalogues without gettext's own tools: `python -m gridgov.kit.catalogues`.

    compile [part …]   write django.mo beside every django.po
    update  [part …]   bring django.po up to the sources; translations stay
    check   [part …]   list what a reader would stumble over; exit 1 if there is anything

A catalogue belongs to a part of the house, so that people working in different rooms
do not meet in one file. A message used in several parts is translated once, in the
earliest of PARTS. No line numbers and no dates are written: two branches that add
different messages merge without a conflict.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path, PurePath

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"

PARTS = ("kit", "ui", "grids", "residents", "cases", "assessment")

# The first folder decides; below templates/ the second one. The rest is ui.
ROOMS = {
    "gridgov": "kit",
    "grids": "grids",
    "residents": "residents",
    "cases": "cases",
    "assessment": "assessment",
}

OUTSIDE = frozenset(
    {"tests", "docs", "locale", "static", "staticfiles", "media", "var", "migrations", "node_modules"}
)

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

HEADER = f"""\
msgid ""
msgstr ""
"Language: {LOCALE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""

PERCENT = re.compile(r"%(?:%|(?:\(\w+\))?[#0\- +]*[\d*]*(?:\.[\d*]+)?[diouxXeEfFgGcrsa])")
BRACE = re.compile(r"\{\w*\}")

PO_LINE = re.compile(
    r"""\s* | \#.* | (?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)? "(?:[^"\\]|\\.)*" \s*""",
    re.VERBOSE,
)

Key = tuple[str | None, str]
"""Context and English text: what makes a message one message."""


class CatalogueBroken(ValueError):
    """A source or a catalogue cannot be read; the message names file and line."""


@dataclass(frozen=True, order=True)
class Found:
    """One message as the sources use it."""

    id: str
    context: str | None = None
    plural: str | None = None

    @property
    def key(self) -> Key:
        return (self.context, self.id)


Sources = dict[str, dict[Key, Found]]
"""For every part, the messages that its catalogue must hold."""


# --- what the sources say ------------------------------------------------------------


def part_of(path: PurePath) -> str | None:
    """The part whose catalogue holds the messages of a file; None for no part at all."""
    folders = path.parts[:-1]
    if path.suffix not in {".py", ".html", ".txt"} or _is_outside(folders):
        return None
    if path.suffix == ".txt" and "templates" not in folders:
        return None
    room = folders[1:2] if folders[:1] == ("templates",) else folders[:1]
    return ROOMS.get("".join(room), "ui")


def _is_outside(folders: Iterable[str]) -> bool:
    return any(name in OUTSIDE or name.startswith(".") for name in folders)


def source_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Every file that may hold messages, with its part, in a stable order."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if not _is_outside([name]))
        for name in sorted(names):
            path = Path(folder, name)
            if part := part_of(path.relative_to(root)):
                yield path, part


def messages_of(path: Path) -> Iterator[Found]:
    """The messages of one Python file or template."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _python_of(source, path)
    try:
        hits = list(extract("python", BytesIO(source.encode()), keywords=KEYWORDS))
    except (SyntaxError, ValueError) as error:
        raise CatalogueBroken(f"{path}: {error}") from error
    for _line, text, _comments, context in hits:
        singular, plural = (text[0], text[1]) if isinstance(text, tuple) else (text, None)
        if singular:
            yield Found(singular, context, plural)


def _python_of(template: str, path: Path) -> str:
    """The template as the Python-like text in which Django leaves only gettext calls."""
    try:
        text = templatize(template, origin=str(path))
    except SyntaxError as error:
        raise CatalogueBroken(f"{path}: {error}") from error
    # The indentation of HTML is none of Python's business.
    return "".join(line.lstrip() for line in text.splitlines(keepends=True))


def collect(root: Path) -> Sources:
    """The messages of the whole project, each in the earliest part that uses it."""
    used: Sources = {part: {} for part in PARTS}
    for path, part in source_files(root):
        for found in messages_of(path):
            known = used[part].get(found.key)
            if known is None or (found.plural and not known.plural):
                used[part][found.key] = found
    return _without_repeats(used)


def _without_repeats(used: Sources) -> Sources:
    """Leave every message to the earliest part, together with the plural any part gives it."""
    owner: dict[Key, str] = {}
    for part in PARTS:
        for key, found in used[part].items():
            first = owner.setdefault(key, part)
            if found.plural and not used[first][key].plural:
                used[first][key] = found
    return {part: {k: f for k, f in used[part].items() if owner[k] == part} for part in PARTS}


# --- what the catalogues say -----------------------------------------------------------


def po_path(root: Path, part: str) -> Path:
    """Where a part keeps its translations."""
    return root / "locale" / part / LOCALE / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    """A catalogue as it stands on disk; an empty one if there is none."""
    if not path.exists():
        return Catalog(locale=LOCALE)
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        # Babel guesses at an unclosed quotation mark; a guess could lose a translation.
        if not PO_LINE.fullmatch(line):
            raise CatalogueBroken(f"{path}:{number}: not a line of a catalogue: {line}")
    try:
        return read_po(StringIO(text), locale=LOCALE, ignore_obsolete=True, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CatalogueBroken(f"{path}: {error}") from error


def entries(catalog: Catalog) -> dict[Key, Message]:
    """The messages of a catalogue by context and English text."""
    return {(m.context, _singular(m.id)): m for m in catalog if m.id}


def _singular(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Singular and plural alike as a tuple; an untranslated form is an empty text."""
    if text is None:
        return ("",)
    return (text,) if isinstance(text, str) else tuple(form or "" for form in text)


def is_translated(message: Message) -> bool:
    """Whether every form of the message has a text."""
    forms = _forms(message.string)
    return bool(forms) and all(forms)


def _write(path: Path, content: bytes) -> None:
    """Replace a file at one stroke: another process may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(name, 0o644)
    os.replace(name, path)


def po_bytes(catalog: Catalog) -> bytes:
    """A catalogue in the one form in which it is kept."""
    buffer = BytesIO()
    write_po(
        buffer, catalog, width=100, no_location=True, omit_header=True,
        sort_output=True, ignore_obsolete=True,
    )  # fmt: skip
    return HEADER.encode() + buffer.getvalue().strip() + b"\n"


# --- compile -----------------------------------------------------------------------------


def compile_parts(root: Path, parts: Sequence[str] = PARTS) -> list[str]:
    """Write the compiled catalogue of every part that has one; name the files written."""
    written = []
    for part in parts:
        path = po_path(root, part)
        if path.exists():
            buffer = BytesIO()
            write_mo(buffer, read(path))
            _write(path.with_suffix(".mo"), buffer.getvalue())
            written.append(str(path.with_suffix(".mo").relative_to(root)))
    return written


# --- update ------------------------------------------------------------------------------


def update_parts(root: Path, parts: Sequence[str] = PARTS) -> list[str]:
    """Bring catalogues up to the sources; a line for each part says what changed.

    A translation follows its message when it moves from one part to another, and is
    dropped only when nothing uses the message any more.
    """
    sources = collect(root)
    before = {part: entries(read(po_path(root, part))) for part in PARTS}
    return [_update(root, part, sources[part], before) for part in parts]


def _update(root: Path, part: str, found: dict[Key, Found], before: dict[str, dict[Key, Message]]) -> str:
    catalog = Catalog(locale=LOCALE)
    for item in found.values():
        _add(catalog, item, _known(item, part, before))
    path = po_path(root, part)
    if found or path.exists():
        _write(path, po_bytes(catalog))
    added, dropped = found.keys() - before[part].keys(), before[part].keys() - found.keys()
    open_ = sum(not is_translated(message) for message in entries(catalog).values())
    return f"{part}: {len(found)} messages, {len(added)} new, {len(dropped)} dropped, {open_} untranslated"


def _known(item: Found, part: str, before: dict[str, dict[Key, Message]]) -> Message | None:
    """The translation there is, in this part or failing that in any other."""
    candidates = [before[place][item.key] for place in (part, *PARTS) if item.key in before[place]]
    return next((m for m in candidates if is_translated(m)), next(iter(candidates), None))


def _add(catalog: Catalog, item: Found, known: Message | None) -> None:
    forms = _forms(known.string) if known else ("",)
    string = forms if item.plural else forms[0]
    catalog.add(
        (item.id, item.plural) if item.plural else item.id,
        string,
        context=item.context,
        flags=known.flags & {"fuzzy"} if known else (),
        user_comments=known.user_comments if known else (),
    )


# --- check -------------------------------------------------------------------------------


def check_parts(root: Path, parts: Sequence[str] = PARTS) -> list[str]:
    """Everything a reader would stumble over, one line each; empty when all is well."""
    sources = collect(root)
    lines = []
    for part in parts:
        held = entries(read(po_path(root, part)))
        lines += [f"{part}: {complaint}" for complaint in _complaints(sources[part], held)]
        if surplus := _count(po_path(root, part)) - len(held):
            lines.append(f"{part}: repeated: {surplus} (run update)")
    return lines


def _count(path: Path) -> int:
    """How many messages the file itself holds: reading makes one of two that are alike."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return len(re.findall(r"^msgid ", text, re.MULTILINE)) - len(
        re.findall(r'\A(?:#.*\n|\s)*msgid ""\n', text)
    )


def _complaints(found: dict[Key, Found], held: dict[Key, Message]) -> Iterator[str]:
    for key in sorted(found.keys() - held.keys(), key=_order):
        yield f"missing: {_shown(key)}"
    for key in sorted(held.keys() - found.keys(), key=_order):
        yield f"unused: {_shown(key)}"
    for key in sorted(found.keys() & held.keys(), key=_order):
        for complaint in _faults(found[key], held[key]):
            yield f"{complaint}: {_shown(key)}"


def _faults(found: Found, message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    if (found.plural or "") != "".join(_forms(message.id)[1:]):
        yield "stale plural"
    if not is_translated(message):
        yield "missing"
    elif difference := _placeholder_difference(message):
        yield f"placeholders differ ({difference})"


def _placeholder_difference(message: Message) -> str:
    """Chinese has one form for every number: it must say what the English plural says."""
    wanted = placeholders(_forms(message.id)[-1])
    for form in _forms(message.string):
        if placeholders(form) != wanted:
            return f"{' '.join(wanted) or 'none'} / {' '.join(placeholders(form)) or 'none'}"
    return ""


def placeholders(text: str) -> list[str]:
    """What the program fills in; positional ones keep their order, named ones may move."""
    percent = [hit for hit in PERCENT.findall(text) if hit != "%%"]
    positional = [hit for hit in percent if not hit.startswith("%(")]
    named = {hit for hit in percent if hit.startswith("%(")} | set(BRACE.findall(text))
    return positional + sorted(named)


def _order(key: Key) -> tuple[str, str]:
    return (key[1], key[0] or "")


def _shown(key: Key) -> str:
    context, text = key
    return f"{text!r} (context {context!r})" if context else repr(text)


# --- the command -------------------------------------------------------------------------

VERBS: dict[str, Callable[[Path, Sequence[str]], list[str]]] = {
    "compile": compile_parts,
    "update": update_parts,
    "check": check_parts,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when all is well, 1 when `check` complains, 2 when a file is broken."""
    options = _parser().parse_args(arguments)
    try:
        lines = VERBS[options.verb](options.root, options.parts or PARTS)
    except CatalogueBroken as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return int(options.verb == "check" and bool(lines))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gridgov.kit.catalogues", description="Keep the translation catalogues."
    )
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS), type=_part)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    return parser


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"no part {name!r}; there are {', '.join(PARTS)}")
    return name


if __name__ == "__main__":
    sys.exit(main())
