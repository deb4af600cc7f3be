"""The demo's register is the same every time, there whole or not at all, and beside nobody else's."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError
from django.db import transaction

from grids.demo.town import GRID, clock
from grids.models import Grid
from residents import actions, demo
from residents.models import Building, Premises, RegisterEvent, Resident

from .demo import UNTIL, digest, furnished, seed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def district(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The small demo, its register still empty; every test of this module begins there."""
    with django_db_blocker.unblock(), furnished():
        yield


def forgotten_digest(*options: str) -> str:
    """The digest of a register that is gone again."""
    with transaction.atomic():
        seed(*options)
        found = digest()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_and_day_give_the_same_people_and_another_seed_others(district):
    first, again, other = (forgotten_digest(f"--seed={number}") for number in (7, 7, 8))

    assert first == again
    assert first != other


def test_it_is_there_once(district):
    seed()
    before, events = digest(), RegisterEvent.objects.count()

    assert seed("--once") == ""
    with pytest.raises(CommandError, match="already"):
        seed()
    assert (digest(), RegisterEvent.objects.count()) == (before, events)


def test_a_seeding_that_is_killed_leaves_nothing(district):
    lines = []

    def die(line: str) -> None:
        lines.append(line)
        if line.startswith("Living"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.seed(seed=1, until=UNTIL, weeks=3, size=demo.Size.SMALL, progress=die)

    assert not demo.is_seeded()
    assert (Building.objects.count(), Premises.objects.count(), Resident.objects.count()) == (0, 0, 0)


def test_a_register_of_somebody_else_is_refused(district):
    grid = Grid.objects.get(code=GRID)
    actions.register_building(grid, house_no="99", by=None, at=clock(UNTIL, 9))

    with pytest.raises(CommandError, match="other people's registers"):
        seed()

    assert Resident.objects.count() == 0
