"""python -m tests.faults.stage 1000: into an empty database the town, the calendar and so many cases that are due.

Also a hundredth as many whose limit ends only in eight days, which nobody's clock may bring forward.
"""

import os
import sys
from datetime import timedelta

import django


def main(number: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
    django.setup()

    from django.conf import settings  # noqa: PLC0415 - after Django is set up
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from tests.faults.backlog import due_cases  # noqa: PLC0415
    from tests.town import found_town, visit_town  # noqa: PLC0415

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_calendar", verbosity=0)
    found_town()
    town, now = visit_town(), timezone.now()
    due_cases(town, number, due_at=now - timedelta(hours=12))
    due_cases(town, max(10, number // 100), due_at=now + timedelta(days=8))


if __name__ == "__main__":
    main(int(sys.argv[1]))
