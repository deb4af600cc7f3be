from . import calendar, people, tree  # noqa: F401
