from . import calendar, people, tree, words  # noqa: F401
