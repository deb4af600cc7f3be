"""Rows for tests, plain: what a test does not name is as ordinary as possible."""

from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from grids.actions.tree import load_tree
from grids.models import Department, Grid, User
from grids.rules.codes import GridRow

AT = datetime(2026, 1, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "yangguang-2026"

_numbers = count(1)


def make_tree(streets: int = 1, communities: int = 2, buildings: int = 2, *, code: str = "410102") -> Grid:
    """A district in which every street has as many communities and every community as many grids.

    Codes count from 001 at each level: 410102, 410102001, 410102001001, 410102001001001.
    """
    rows = [GridRow(code, "district", f"{code}区")]
    for level, name, width in (
        ("street", "街道", streets), ("community", "社区", communities), ("building", "网格", buildings),
    ):  # fmt: skip
        above = [row.code for row in rows if len(row.code) == _lengths[level] - 3]
        rows += [
            GridRow(f"{parent}{number:03}", level, f"{parent[6:]}{number}{name}", parent)
            for parent in above
            for number in range(1, width + 1)
        ]
    load_tree(rows, at=AT)
    return Grid.objects.get(code=code)


_lengths = {"street": 9, "community": 12, "building": 15}


def make_user(name: str = "", **fields: object) -> User:
    """A person who can sign in with PASSWORD and holds no post."""
    number = next(_numbers)
    fields.setdefault("username", f"user{number}")
    return User.objects.create_user(name=name or f"甲{number}", password=PASSWORD, **fields)


def make_department(grid: Grid, code: str = "", name: str = "") -> Department:
    """A department of a street or district without duties."""
    number = next(_numbers)
    return Department.objects.create(grid=grid, code=code or f"duty-{number}", name=name or f"部门{number}")
