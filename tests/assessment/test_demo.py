"""The demo's months are assessed through the real actions: what visitors find there has been lived, and holds."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings

from assessment import demo
from assessment.enums import ReviewState, RunState, SpotResult
from assessment.models import (
    Charge,
    MonthlyScore,
    MutualCheck,
    Pair,
    PeriodRating,
    Rating,
    Review,
    Run,
    SpotItem,
)
from assessment.queries.runs import verified
from assessment.queries.spot_checks import is_drawn_again
from cases.queries.chain import Inspection
from tests.residents.demo import UNTIL, furnished

pytestmark = pytest.mark.django_db

SIX_WEEKS = "--weeks=6"
WAYS = [ReviewState.DECIDED, ReviewState.SETTLED, ReviewState.APPEALED, ReviewState.OPENED]
ALL = (SIX_WEEKS, f"--until={UNTIL}", "--verbosity=0")


@pytest.fixture(scope="module")
def assessed(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """One community, six weeks, over the end of a month; every test of this module looks at the same district."""
    kept = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path_factory.mktemp("demo"))},
    }
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with (
        override_settings(STORAGES={"default": kept, "staticfiles": static}),
        django_db_blocker.unblock(),
        furnished(SIX_WEEKS),
    ):
        call_command("seed_scores", *ALL, stdout=StringIO(), stderr=StringIO())
        yield


def test_the_month_that_is_over_is_published_and_verifies(assessed):
    over, under_way = Run.objects.order_by("month")

    assert (over.state, under_way.state) == (RunState.PUBLISHED, RunState.DRAFT)
    assert verified(over).is_clean
    assert MonthlyScore.objects.filter(run=under_way).count() == MonthlyScore.objects.filter(run=over).count()


def test_what_was_drawn_is_drawn_again_and_looked_at(assessed):
    items = SpotItem.objects.select_related("spot_check", "handler", "verifier", "done_by")

    assert {item.result for item in items} >= {SpotResult.CONFIRMED}
    assert all(is_drawn_again(spot) for spot in {item.spot_check for item in items})
    assert not [
        item
        for item in items
        if item.done_by and item.done_by.user_id in (item.handler.user_id, item.verifier.user_id)
    ]


def test_residents_have_said_something(assessed):
    assert Rating.objects.exists()
    assert PeriodRating.objects.exists()


def test_grids_have_visited_each_other(assessed):
    assert MutualCheck.objects.exists()
    assert Pair.objects.filter(done_by__isnull=False).exists()
    assert Pair.objects.open().exists()


def test_late_cases_are_traced_back_each_its_way(assessed):
    states = list(Review.objects.order_by("pk").values_list("state", flat=True))

    assert len(states) >= 2  # one community has few late cases; the street has one for each way
    assert states == WAYS[: len(states)]
    assert not Charge.objects.filter(decided_at__isnull=False, spoke_at__isnull=True).exists()


def test_every_paper_that_was_numbered_is_there(assessed):
    assert list(Inspection().breaks()) == []


def test_it_is_done_once(assessed):
    assert demo.is_seeded()
    with pytest.raises(demo.SeedingRefused):
        demo.seed(seed=1, until=UNTIL, weeks=6)
