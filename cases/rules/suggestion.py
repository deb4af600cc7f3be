"""Guess the category of a diary line from the words in it; a person confirms or changes it."""

from collections.abc import Iterable


def suggest(text: str, words_of: Iterable[tuple[int, str]]) -> int | None:
    """The key of the category most of whose words occur in the text; longer words count for more.

    `words_of` is (key, words separated by spaces). None when no word occurs.
    """
    best, best_weight = None, 0
    for key, words in words_of:
        weight = sum(len(word) for word in words.split() if word in text)
        if weight > best_weight:
            best, best_weight = key, weight
    return best
