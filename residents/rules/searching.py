"""By which words a person is found though her name lies sealed: any part of it, and its pinyin initials.

Whoever stands at a door knows the surname, or types `zxm` for 张晓梅. Each part of a name leaves a keyed
trace of its own; together they are an array that one index searches.
"""

from collections.abc import Iterable

LONGEST = 6  # characters of a part; the whole name is always one, too
NAME = "name part"
INITIALS = "initials part"


def parts(text: str) -> set[str]:
    """Every run of neighbouring characters up to LONGEST, and the whole."""
    runs = {
        text[start : start + length]
        for length in range(1, LONGEST + 1)
        for start in range(len(text) - length + 1)
    }
    return runs | {text} if text else set()


def traced(name: str, initials: Iterable[str]) -> set[tuple[str, str]]:
    """What to leave traces of: (kind, word). `initials` are the ways the name can be spelled by its initials."""
    found = {(NAME, part) for part in parts(name.casefold())}
    for spelling in initials:
        found |= {(INITIALS, part) for part in parts(spelling.casefold())}
    return found


def wanted(term: str) -> tuple[str, str]:
    """The one trace to look for: Latin letters are initials, anything else is part of a name."""
    word = "".join(term.split()).casefold()
    kind = INITIALS if word.isascii() and word.isalpha() else NAME
    return kind, word


def squeezed(text: str) -> str:
    """An address without the blanks and dashes people put into it: 平安里3号楼2单元501."""
    return "".join(character for character in text if not character.isspace() and character not in "-—,，、")


ADDRESS_ENDS = "院里苑园区楼号室小巷街路村庄座栋幢单元"


def is_address(term: str) -> bool:
    """Whether it looks like a place: it has a number in it, or ends as places do."""
    word = squeezed(term)
    return any(character.isdigit() for character in word) or word[-1:] in ADDRESS_ENDS
