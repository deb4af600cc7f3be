#!/usr/bin/env python3
"""Django's commands, with the embedded PostgreSQL up for as long as one of them runs."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path

VENV_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"

try:
    from django.core.management import execute_from_command_line

    from gridgov.kit import embedded
except ModuleNotFoundError:
    if sys.prefix != sys.base_prefix or not VENV_PYTHON.exists():
        raise SystemExit("The environment is missing or incomplete: run `make setup` first.") from None
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
    try:
        with nullcontext() if os.environ.get("DATABASE_URL") else embedded.running():
            execute_from_command_line(sys.argv)
    except embedded.EmbeddedError as error:
        raise SystemExit(f"The embedded PostgreSQL: {error}") from None


if __name__ == "__main__":
    main()
