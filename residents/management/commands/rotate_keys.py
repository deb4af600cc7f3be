"""manage.py rotate_keys: personal data under a new key, step by step as docs/operations.md says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ... import actions
from ...actions.keys import LeftOver, Progress, TracesRefused

SHOWN = 20  # rows that do not open, by their keys


class Command(BaseCommand):
    help = (
        "Seals with the first of DATA_KEYS what an older key has sealed, history included; can be stopped and "
        "started again. With --index: makes the traces of every search anew under INDEX_KEY and DATA_CIPHER."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--index", action="store_true", help="make every trace anew, in one transaction; nobody may work"
        )

    def handle(self, *args: Any, index: bool, **options: Any) -> None:
        if index:
            self._make_traces()
            return
        for progress in actions.rotate_keys():
            self._tell(progress)
        if left := actions.left_over():
            raise CommandError(
                "\n".join([_("Keep the older keys. These values do not open:"), *map(_where, left)])
            )
        self.stdout.write(_("Everything is sealed with today's key: the older keys may be dropped."))

    def _make_traces(self) -> None:
        try:
            written = actions.make_traces(tell=self._tell)
        except TracesRefused as no:
            raise CommandError(
                _("No trace was changed. A value does not open: %(where)s") % {"where": no}
            ) from no
        self.stdout.write(_("%(n)d entries have new traces.") % {"n": written})

    def _tell(self, progress: Progress) -> None:
        self.stdout.write(f"{progress.table}: {progress.done:,} / {progress.total:,}")


def _where(left: LeftOver) -> str:
    rows = ", ".join(map(str, left.rows[:SHOWN])) + (" …" if len(left.rows) > SHOWN else "")
    return f"{left.table}.{left.column}: {rows}"
