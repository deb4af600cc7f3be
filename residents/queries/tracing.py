"""The traces by which sealed values are found again: made here and nowhere else."""

from functools import lru_cache
from itertools import islice, product

from pypinyin import Style, pinyin

from gridgov.kit.crypto import keyring

from ..rules import searching

SPELLINGS = 8  # of one name: characters with several sounds


def name_traces(name: str) -> list[int]:
    """Of a name, all its parts and its initials, in a fixed order."""
    ring = keyring()
    return sorted({ring.short_trace(kind, word) for kind, word in searching.traced(name, initials(name))})


def initials(name: str) -> list[str]:
    """The ways a name can be spelled by the first letters of its sounds: 单 is d, c or s."""
    choices = [letters for character in name if (letters := _first_letters(character))]
    return ["".join(letters) for letters in islice(product(*choices), SPELLINGS)] if choices else []


@lru_cache(maxsize=8192)
def _first_letters(character: str) -> tuple[str, ...]:
    """The letters its sounds begin with. Of one character at a time: a name is no phrase, and nobody's is kept."""
    sounds = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    return tuple(sorted({letter for of_one in sounds for letter in of_one if letter}))


def wanted_trace(term: str) -> int:
    """What to look for among the traces of names."""
    return keyring().short_trace(*searching.wanted(term))


def id_trace(number: str) -> bytes:
    return keyring().trace("id number", number)


def phone_trace(number: str) -> bytes:
    return keyring().trace("phone", number)
