"""manage.py load_grids: the tree of a district from its CSV files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ...actions.tree import TreeLoad, TreeRefused, load_tree
from ...enums import Level
from ...imports.tree import read_tree
from ...rules.codes import GridRow


class Command(BaseCommand):
    help = "Load grids from a CSV file (code,level,name,parent_code); a broken row loads nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="districts, streets and communities")
        parser.add_argument("--buildings", type=Path, help="building grids, in a file of their own")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = self._rows(options["file"], options["buildings"])
            load = self._load(rows, options["dry_run"])
        except (TreeRefused, OSError) as refusal:
            raise CommandError(str(refusal)) from None
        counts = {"created": load.created, "changed": load.changed, "unchanged": load.unchanged}
        self.stdout.write(_("%(created)d created, %(changed)d changed, %(unchanged)d unchanged.") % counts)
        if options["dry_run"]:
            self.stdout.write(_("Nothing was written."))

    def _rows(self, file: Path, buildings: Path | None) -> list[GridRow]:
        rows = read_tree(file.read_bytes(), file.name)
        if buildings:
            rows += read_tree(buildings.read_bytes(), buildings.name, levels=[Level.BUILDING])
        return rows

    @transaction.atomic
    def _load(self, rows: list[GridRow], dry_run: bool) -> TreeLoad:
        """A dry run is the real thing, taken back: its figures are exact."""
        load = load_tree(rows, at=timezone.now(), progress=self._show)
        transaction.set_rollback(dry_run)
        return load

    def _show(self, done: int, total: int) -> None:
        self.stderr.write(f"{done}/{total}")
