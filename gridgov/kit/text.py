"""Text as people type it: cleaned on the way in, found again by any two characters.

Searching stands on pairs of neighbouring characters ("bigrams") in a GIN index of
core PostgreSQL: no extension, no dictionary, any language. A room that wants its
column searchable runs `BIGRAM_SQL` in a migration, then declares
`GinIndex(Bigrams("search_text"), name=...)` and filters by
`BigramMatch("search_text", term)`.
"""

import unicodedata
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, TextField
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext as _

# White space, plus the marks that have no width and no meaning at either end.
EDGES = " \t\r\n\u00a0\u3000\u200b\u2060\ufeff"

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Cc control, Cs half of a surrogate pair, Zl and Zp separators no form ever sends.
# Unassigned (Cn) and private (Co) characters pass: rare Han in names is often newer
# than the Unicode tables of this Python.
REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})

# Characters that are letters or signs to Unicode and nothing to the eye: fillers, the empty braille pattern.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
UNSEEN_CATEGORIES = frozenset({"Cf", "Mn", "Zs"})

# What a decoder puts in place of bytes that are no text.
UNREADABLE = "\ufffd"

# Taken out of a text that may have several lines.
BREAKS = dict.fromkeys(map(ord, "\r\n\t"))

# One composed character is at most four decomposed ones: whatever is longer than
# that can be refused before the costly normalisation.
NFC_SHRINKS_BY = 4

ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}

# The calls are schema-qualified because PostgreSQL 17 and later empty the search
# path inside index functions. Collation "C" folds A-Z alone, the same on every
# version, operating system and locale: an upgrade can never falsify the index.
# The cost keeps the planner from computing bigrams row by row where LIKE would do.
BIGRAM_SQL = """
CREATE OR REPLACE FUNCTION gridgov_bigrams(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS $$
    SELECT coalesce(
        pg_catalog.array_agg(DISTINCT pg_catalog.substr(folded.line, place, 2)),
        ARRAY[]::pg_catalog.text[]
    )
    FROM (SELECT pg_catalog.lower(value COLLATE pg_catalog."C") AS line) AS folded,
         pg_catalog.generate_series(
             1, pg_catalog.length(folded.line) OPERATOR(pg_catalog.-) 1
         ) AS place
$$;
"""

BIGRAM_DROP_SQL = "DROP FUNCTION IF EXISTS gridgov_bigrams(text);"


class TextRefused(ValueError):
    """The text cannot be kept; the message may be shown to who typed it."""


def clean(value: str, *, max_length: int, lines: bool = False) -> str:
    """Return the text as it is kept: composed (NFC), stripped, free of hidden controls.

    `lines` allows line breaks and tabs; every kind of break becomes one "\\n".
    Raises TextRefused naming the character or the length that is in the way.
    """
    text = value.strip(EDGES)
    if len(text) > max_length * NFC_SHRINKS_BY:
        raise _too_long(text, max_length)
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_hidden(text, allowed="\n\t" if lines else "")
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > max_length:
        raise _too_long(text, max_length)
    return text if any(map(is_seen, text)) else ""


def _too_long(text: str, max_length: int) -> TextRefused:
    message = _("At most %(limit)d characters; this text has %(length)d.")
    return TextRefused(message % {"limit": max_length, "length": len(text)})


def _refuse_hidden(text: str, *, allowed: str) -> None:
    if UNREADABLE in text:
        raise TextRefused(_("Some characters have arrived unreadable. Please type the text again."))
    for place, character in enumerate(text, start=1):
        if character in allowed or not is_hidden(character):
            continue
        if character in "\n\t":
            raise TextRefused(_("Line breaks and tabs are not possible here."))
        message = _("Character %(place)d (%(code)s) cannot be kept. Delete it or type it again.")
        raise TextRefused(message % {"place": place, "code": f"U+{ord(character):04X}"})


def is_hidden(character: str) -> bool:
    """Whether a character steers the display or breaks a store instead of being read."""
    code = ord(character)
    return (
        character in BIDI_CONTROLS
        or unicodedata.category(character) in REFUSED_CATEGORIES
        # The 66 noncharacters: no XML, so no workbook, can carry them.
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )


def is_clean(text: str) -> bool:
    """Whether a text holds nothing that `clean` refuses, line breaks and tabs aside."""
    if UNREADABLE in text:
        return False
    # The quick answer for nearly every text: what prints hides nothing.
    return text.isprintable() or not any(map(is_hidden, text.translate(BREAKS)))


def is_seen(character: str) -> bool:
    """Whether a reader sees anything of it: a text without such a character is an empty one."""
    return character not in BLANKS and unicodedata.category(character) not in UNSEEN_CATEGORIES


def escape_like(text: str) -> str:
    """Make `%`, `_` and the escape itself ordinary characters of a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def fold(text: str) -> str:
    """Lower A-Z and nothing else, exactly as lower(… COLLATE "C") does in the database."""
    return text.translate(ASCII_LOWER)


def bigrams(text: str) -> list[str]:
    """Every pair of neighbouring characters, once each, in code point order.

    Equal to the SQL function `gridgov_bigrams` of BIGRAM_SQL.
    """
    folded = fold(text)
    return sorted({folded[place : place + 2] for place in range(len(folded) - 1)})


class Bigrams(Func):
    """The bigrams of a column, for `GinIndex(Bigrams("search_text"), name=...)`."""

    function = "gridgov_bigrams"
    arity = 1
    output_field = ArrayField(TextField())


class BigramMatch(Func):
    """Whether a column contains a term anywhere, upper and lower case alike.

    `Case.objects.filter(BigramMatch("search_text", "井盖"))`. The index on the column's
    bigrams finds the candidates, LIKE decides. A single character has no bigram and is
    left to LIKE alone; the empty term matches every row that has a text. `is_common` is for
    words that so many rows contain that reading rows in the order of the page finds them sooner.
    """

    arity = 1
    output_field = BooleanField()

    def __init__(self, column: str | F, term: str, *, is_common: bool = False) -> None:
        super().__init__(column)
        self.term = term
        self.is_common = is_common

    def __repr__(self) -> str:
        return f"BigramMatch({self.source_expressions[0]!r}, {self.term!r})"

    def as_sql(  # type: ignore[override]  # the base allows template arguments nobody passes
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.source_expressions[0])
        return contains(column, self.term, params, is_common=self.is_common)


def contains(column: str, term: str, params: Any = (), *, is_common: bool = False) -> tuple[str, list[Any]]:
    """The condition "column contains term" as SQL and parameters.

    `column` is SQL, `params` are its own parameters: it stands in the condition twice.
    """
    if is_common:
        # The planner takes any LIKE for rare and would read everything; of this it expects a third.
        return f"""(strpos(lower({column} COLLATE "C"), %s) > 0)""", [*params, fold(term)]
    like = f"""lower({column} COLLATE "C") LIKE %s"""
    pattern = f"%{escape_like(fold(term))}%"
    pairs = bigrams(term)
    if not pairs:
        return f"({like})", [*params, pattern]
    indexed = f"gridgov_bigrams({column}) @> %s::text[]"
    return f"({indexed} AND {like})", [*params, pairs, *params, pattern]
