"""The laws of the house that no linter knows."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
ROOMS = ("grids", "residents", "cases", "assessment")
RULES = sorted(path for room in ROOMS for path in (HOUSE / room / "rules").glob("*.py"))
NOT_IN_RULES = (
    "django.db",
    "django.conf",
    "django.utils.timezone",
    "django.core",
    "celery",
    "redis",
    "psycopg2",
)
CLOCKS = {"now", "today", "utcnow", "localtime", "localdate"}


def imported(tree: ast.Module) -> set[str]:
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def called(tree: ast.Module) -> set[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {call.attr for call in calls if isinstance(call, ast.Attribute)}


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_rules_know_no_database_no_settings_and_no_clock(path):
    tree = ast.parse(path.read_text())

    assert {name for name in imported(tree) if name.startswith(NOT_IN_RULES)} == set()
    assert called(tree) & CLOCKS == set()
