"""manage.py demo_logins: the accounts of the demo, for whoever looks at it first."""

from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandError

from ... import demo

HEAD = ("角色", "账号", "密码", "可以做什么")


class Command(BaseCommand):
    help = "Print the demo's accounts and what to try with each."

    def handle(self, *args: Any, **options: Any) -> None:
        if not demo.is_seeded():
            raise CommandError("The demo is not in this database: manage.py seed_demo.")
        rows = [HEAD, *((login.title, login.username, demo.PASSWORD, login.hint) for login in demo.LOGINS)]
        widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def width(text: str) -> int:
    """How many columns of a terminal the text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
