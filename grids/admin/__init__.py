from . import calendar, deliveries, people, tree, words  # noqa: F401
