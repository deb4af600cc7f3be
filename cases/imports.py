"""The category tree as a file: what a clerk can keep in a spreadsheet."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CATEGORIES = Path(__file__).resolve().parent / "data" / "categories.csv"
YES = {"yes": True, "no": False}


def read_categories(path: Path = CATEGORIES) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each line as (code, parent's code, fields), parents before their children."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["code"], row["parent"], _fields(row)


def _fields(row: dict[str, str]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "ledger": row["ledger"],
        "severity": row["severity"],
        "limit_amount": int(row["limit"]),
        "limit_unit": row["unit"],
        "sign_hours": int(row["sign_hours"]),
        "lead_department": row["department"],
        "needs_photo": YES[row["photo"]],
        "keywords": row["keywords"],
        "is_admitted": YES[row["admitted"]],
        "is_official": YES[row["official"]],
    }
