"""python -m tests.faults.jumped 9 -9: the sweep as cron calls it, where the clock is so many days ahead, then behind.

Prints for each why nothing was worked off; ends with 1 if anything was.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

import django
import time_machine


def main(jumps: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
    django.setup()

    from django.core.management import CommandError, call_command  # noqa: PLC0415 - after Django is set up

    held = 0
    for days in jumps:
        try:
            with time_machine.travel(datetime.now(UTC) + timedelta(days=float(days))):
                call_command("sweep_deadlines")
        except CommandError as error:
            held += 1
            print(error)
    return int(held < len(jumps))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
