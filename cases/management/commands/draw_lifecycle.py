"""Writes the diagram and the table of docs/rules/lifecycle.md from the table in the code."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ...rules.diagram import redrawn


class Command(BaseCommand):
    help = "Draws docs/rules/lifecycle.md from cases/rules/lifecycle.py."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "rules" / "lifecycle.md"
        path.write_text(redrawn(path.read_text()))
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is drawn.")
