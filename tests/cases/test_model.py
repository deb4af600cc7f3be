"""Random people do allowed and forbidden things to cases for weeks; after every step all laws hold (tests/cases/laws.py).

LIVES=500 STEPS=60 make test TESTS=tests/cases/test_model.py    more lives, longer ones, other ones each time
"""

import logging
import os
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.cases import laws
from tests.cases.lives import STARTS, Life
from tests.town import Town

LIVES, STEPS = (int(os.environ.get(name, "") or default) for name, default in (("LIVES", 8), ("STEPS", 25)))
# Where a law is broken, `make test` says so at once; to find a short life that breaks it takes minutes.
PHASES = (Phase.reuse, Phase.generate, Phase.shrink) if "LIVES" in os.environ else (Phase.generate,)

# A seed for each step, any as likely as any other: what it decides cannot be shrunk, which steps there are can.
RANDOM = st.binary(min_size=8, max_size=8).map(Random)
A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PASSES = st.sampled_from([5 * AN_HOUR, A_DAY, 3 * A_DAY, 8 * A_DAY, 25 * A_DAY])
AROUND = st.sampled_from([timedelta(microseconds=-1), timedelta(0), timedelta(microseconds=1), 40 * A_MINUTE])


class Weeks(RuleBasedStateMachine):
    """Some weeks of a street; all is undone at the end."""

    town: Town
    done: Counter[str] = Counter()  # over all lives: what was done, and what was refused

    # What happens meanwhile, so often in a hundred.
    HAPPENS = {
        Life.work: 74, Life.report: 9, Life.try_anything: 8, Life.send_again: 2, Life.change_posts: 3,
        Life.load_calendar: 2, Life.set_policy: 2,
    }  # fmt: skip

    @initialize(start=st.sampled_from(STARTS), random=RANDOM)
    def it_begins(self, start, random: Random) -> None:
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.life, self.memory = Life(self.town, start, self.done), laws.Memory()
        self.life.report(random)

    def meanwhile(self, random: Random) -> None:
        """People go on with their work; Hypothesis leaves out half of the rules in each life, but never this."""
        for _move in range(random.randint(1, 4)):
            (what,) = random.choices(list(self.HAPPENS), self.HAPPENS.values())
            what(self.life, random)
            self.all_laws_hold()

    @rule(random=RANDOM)
    def people_work(self, random: Random) -> None:
        self.meanwhile(random)

    @rule(random=RANDOM, span=PASSES)
    def time_passes(self, random: Random, span: timedelta) -> None:
        self.life.now += span
        self.meanwhile(random)

    @rule(random=RANDOM, offset=AROUND)
    def the_next_moment_comes(self, random: Random, offset: timedelta) -> None:
        self.life.go_to_next_moment(offset)
        self.meanwhile(random)

    @rule(random=RANDOM)
    def the_sweep_comes(self, random: Random) -> None:
        self.life.sweep()
        self.meanwhile(random)

    @invariant()
    def all_laws_hold(self) -> None:
        laws.hold(self.life.now, self.memory)

    def teardown(self) -> None:
        try:
            self.life.figures_balance()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)


@pytest.fixture
def no_error():
    """The sweep goes on when a case fails, and says so in its log: here that is a failure."""
    said: list[logging.LogRecord] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = said.append  # type: ignore[method-assign]
    log = logging.getLogger("gridgov.sweep")
    log.addHandler(handler)
    yield
    log.removeHandler(handler)
    assert [(record.getMessage(), record.exc_text) for record in said] == []


# What every run must have come to, or the laws were asked of nothing.
MET = (
    "report", "assign", "sign", "return", "feed_back", "pass", "fail", "close", "escalate", "no_right", "wrong_step", "again",
    "calendar", "appointed", "dismissed", "expire by the clock", "escalate by the clock",
)  # fmt: skip


@pytest.mark.django_db
def test_whatever_people_do_for_weeks_all_laws_hold(town, calendar, no_error):
    Weeks.town = town
    Weeks.done.clear()

    run_state_machine_as_test(
        Weeks,
        settings=settings(
            max_examples=LIVES, stateful_step_count=STEPS, deadline=None, derandomize="LIVES" not in os.environ,
            suppress_health_check=list(HealthCheck), print_blob=True, phases=PHASES,
        ),
    )  # fmt: skip

    print(dict(Weeks.done.most_common()))
    assert [what for what in MET if not Weeks.done[what]] == []
