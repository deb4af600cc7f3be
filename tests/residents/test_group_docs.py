"""docs/rules/registers.md and the shipped types say the same days."""

import re
from pathlib import Path

from residents.imports import read_group_types

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "registers.md"
LINE = re.compile(r"^\| ([A-Z]+) (\S+) \| (\d+), (\d+), (\d+) \|", re.M)


def test_each_shipped_type_stands_there_with_its_days():
    written = {code: (name, *map(int, days)) for code, name, *days in LINE.findall(PAGE.read_text())}
    shipped = {
        code: (row["name"], row["low_days"], row["medium_days"], row["high_days"])
        for code, row in read_group_types()
    }

    assert written == shipped
