"""Drawing by lot so that anybody can draw again (docs/rules/checks.md §1, §4).

Everything is ordered by sha256 of the seed and its name, written "seed:name". Not by Python's `random`: which
items `random.sample` picks from a seed is promised for no other version and no other language, and one item more
in the list changes the whole sample. A rank depends on nothing but the seed and the name itself, so a sample can
be checked years later with `sha256sum`, and what is added or taken away moves no other item.
"""

from collections.abc import Iterable
from hashlib import sha256

FEWEST_PEERS = 2


class TooFewPeers(ValueError):
    """One grid alone can check nobody but itself."""


def rank(seed: str, name: str) -> str:
    """The lot that a name draws under a seed."""
    return sha256(f"{seed}:{name}".encode()).hexdigest()


def ranked(names: Iterable[str], seed: str) -> list[str]:
    """The names in the order of their lots; each once, in whatever order they came."""
    return sorted(set(names), key=lambda name: rank(seed, name))


def sample(names: Iterable[str], wanted: int, seed: str) -> list[str]:
    """The first `wanted` names by lot; all of them where there are no more."""
    return ranked(names, seed)[:wanted]


def pairs(names: Iterable[str], seed: str) -> list[tuple[str, str]]:
    """Who checks whom: (checker, checked), every name once on either side, in the order of the checkers' names.

    The lots put the names into one ring in which each checks the next: nobody checks herself, and of three or more
    no two check each other. Raises TooFewPeers.
    """
    ring = ranked(names, seed)
    if len(ring) < FEWEST_PEERS:
        raise TooFewPeers
    return sorted(zip(ring, [*ring[1:], ring[0]], strict=True))
