"""Seeding the demo: the same every time, whole or not at all, and only where nobody else's data lie."""

from datetime import date
from hashlib import sha256
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from PIL import Image

from cases import demo
from cases.demo import photos
from cases.models import Case, CaseEvent, DiaryEntry
from grids.models import Grid, Post, User
from tests.factories import make_user

UNTIL = date(2026, 11, 20)
SMALL = ("--size=small", "--weeks=3", "--until=2026-11-20", "--verbosity=0")


@pytest.fixture
def reference(db) -> None:
    call_command("load_reference", verbosity=0, stdout=StringIO())


def seed(*options: str) -> str:
    """What the command says when it has seeded the small demo."""
    said = StringIO()
    call_command("seed_demo", *SMALL, *options, stdout=said, stderr=StringIO())
    return said.getvalue()


# Which number a row gets depends on how many towns were there before.
KEYS_OF_ROWS = dict.fromkeys(("assignment", "application", "inquiry"))


def digest() -> str:
    """All that a reader could tell two towns apart by; the chains' hashes depend on the installation's key."""
    events = CaseEvent.objects.order_by("case__number", "seq").values_list(
        "case__number", "case__text", "case__house_no", "case__unit_no", "case__external_id", "seq", "action",
        "step_after", "at", "actor__username", "note", "due_at", "on_time", "holder_grid__code", "data",
    )  # fmt: skip
    facts: list[object] = [(*told, {**data, **KEYS_OF_ROWS}) for *told, data in events]
    facts += DiaryEntry.objects.order_by("at", "key").values_list("text", "at", "house_no", "key")
    facts += Post.objects.order_by("pk").values_list("user__name", "role", "since", "until")
    return sha256(repr(facts).encode()).hexdigest()


def forgotten_digest(*options: str) -> str:
    """The digest of a town that is gone again."""
    with transaction.atomic():
        seed(*options)
        found = digest()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_and_day_give_the_same_town_and_another_seed_another(reference):
    first, again, other = (
        forgotten_digest("--seed=7"),
        forgotten_digest("--seed=7"),
        forgotten_digest("--seed=8"),
    )

    assert first == again
    assert first != other


def test_it_brings_its_reference_data_and_is_there_once(db):
    first, events = seed("--once"), CaseEvent.objects.count()

    assert first.startswith("The demo has lived until 2026-11-20: 239 grids")
    assert seed("--once") == ""
    assert CaseEvent.objects.count() == events
    with pytest.raises(CommandError, match="already"):
        seed()


def test_a_seeding_that_is_killed_leaves_nothing(reference):
    lines = []

    def die(line: str) -> None:
        lines.append(line)
        if len(lines) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.seed(seed=1, until=UNTIL, weeks=3, size=demo.Size.SMALL, progress=die)

    assert not demo.is_seeded()
    assert (Grid.objects.count(), User.objects.count(), Case.objects.count()) == (0, 0, 0)


def test_a_database_with_other_peoples_accounts_is_refused(reference):
    make_user("某人")

    with pytest.raises(CommandError, match="other people's data"):
        seed()

    assert not Grid.objects.exists()


def test_a_start_that_makes_sure_of_the_demo_goes_on_beside_other_peoples_data(reference):
    make_user("某人")
    told = StringIO()

    call_command("seed_demo", "--once", stdout=StringIO(), stderr=told)

    assert told.getvalue().startswith("No demo here. This database holds other people's data.")
    assert not Grid.objects.exists()


def test_a_real_installation_is_refused(reference, settings):
    settings.TLS = True

    with pytest.raises(CommandError, match="--yes-i-know"):
        seed()

    assert not demo.is_seeded()


def test_the_logins_of_a_database_without_the_demo_are_not_printed(db):
    with pytest.raises(CommandError, match="not in this database"):
        call_command("demo_logins")


@pytest.mark.parametrize("weeks", ["2", "27"])
def test_a_life_too_short_for_the_stories_or_too_long_is_refused(db, weeks):
    with pytest.raises(CommandError, match="3 to 26 weeks"):
        call_command("seed_demo", "--weeks", weeks)


@pytest.mark.parametrize("scene", photos.SCENES)
def test_a_scene_is_small_and_looks_different_when_it_is_solved(scene):
    before, after = (photos.draw(scene, solved, 0) for solved in (False, True))

    assert max(len(before), len(after)) < 20 * 1024
    assert before == photos.draw(scene, False, 0)
    assert Image.open(BytesIO(before)).tobytes() != Image.open(BytesIO(after)).tobytes()
