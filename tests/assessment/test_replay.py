"""The demo is lived day by day and looked at every night: what a report said then, it says for that night ever after."""

from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from assessment.queries import activity, tally
from assessment.queries.inputs import inputs, population
from assessment.rules.rates import Period
from cases import demo
from grids.demo.town import GRID
from grids.models import Grid
from grids.rules.workdays import local_date

pytestmark = pytest.mark.django_db

# Over the end of a month, so that one is closed and the next one begun.
LIFE = {"seed": 1, "until": date(2026, 11, 13), "weeks": 4, "size": demo.Size.SMALL}
PLACES = [GRID[:length] for length in (6, 9, 12, 15)]  # the grid visitors sign in to, and all above it


def said(moment: datetime) -> dict[str, object]:
    """What every report of every place of the demo says of the month, as of a moment."""
    month = local_date(moment).replace(day=1)
    places = list(Grid.objects.filter(code__in=PLACES).order_by("code"))
    reports = {
        grid.code: (tally(grid, month, cut_off=moment), activity(grid, month, cut_off=moment))
        for grid in places
    }
    district, period = places[0], Period.of(month, moment)
    return {**reports, "scores": inputs(district, period, population(district))}


@pytest.fixture(scope="module")
def nights(
    django_db_setup, django_db_blocker, tmp_path_factory
) -> Iterator[dict[datetime, dict[str, object]]]:
    """What was said on each night of four weeks, in that night; the town as it stands at the end."""
    then: dict[datetime, dict[str, object]] = {}

    def look(night: datetime) -> None:
        then[night] = said(night)

    with _media(tmp_path_factory.mktemp("demo")), django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0, stdout=StringIO())
        demo.seed(**LIFE, look=look)
        yield then
        transaction.set_rollback(True)


def _media(folder):
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return override_settings(
        STORAGES={"default": kept, "staticfiles": static},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )


def test_a_report_of_a_past_night_says_what_it_said_in_that_night(nights):
    assert len(nights) == 28
    for night, then in nights.items():
        now = said(night)
        for place, was in then.items():
            assert now[place] == was, (night, place)


def test_there_was_something_to_say(nights):
    moved = [then[PLACES[0]][0].total.counts for then in nights.values()]

    assert len({tuple(counts.values()) for counts in moved}) > 15  # another report nearly every night
    assert {name for counts in moved for name, number in counts.items() if number} >= {
        "opening", "new", "closed", "closed_on_time", "overdue_open", "closing", "reworks", "expired", "returned",
    }  # fmt: skip
