"""One run: cities, measures, table."""

import cProfile
import logging
import pstats

import time_machine

from . import city as plan
from .budgets import MEASURES, WITHOUT_CASES
from .load import ensure
from .meter import HEADING, Report, in_turns, line
from .pages import Person, address
from .server import City


def bench(big: City, small: City, words: list[str]) -> int:
    """0 when every budget was kept."""
    if not words or set(words) - WITHOUT_CASES:
        for city in (small, big):
            ensure(city)
    if words == ["generate"]:
        return 0
    logging.disable(logging.WARNING)
    # The cities stand still at one moment, so that what is open and due is the same in every run.
    with time_machine.travel(plan.NOW, tick=True):
        if words == ["profile"]:
            return profile(big)
        return _measured(big, small, words or list(MEASURES))


def _measured(big: City, small: City, words: list[str]) -> int:
    unknown = [word for word in words if word not in MEASURES]
    if unknown:
        print(f"No such measure: {', '.join(unknown)}. There are: {', '.join(MEASURES)}.")
        return 2
    report = Report()
    print(f"{big.cases:,} and {small.cases:,} cases\n{HEADING}")
    for word in words:
        MEASURES[word](report, big, small)
    return _verdict(report)


def _verdict(report: Report) -> int:
    held = [figure for figure in report.figures if figure.limit is not None]
    print(f"\n{len(held) - len(report.missed)} of {len(held)} budgets kept.")
    for figure in report.missed:
        print(line(figure))
    return 1 if report.missed else 0


def profile(city: City) -> int:
    """Where the time of the list page goes, function by function."""
    visit = Person(city, "official").opens(address("cases:list", ()))
    (taken,) = in_turns(visit)
    profiler = cProfile.Profile()
    for _n in range(20):
        profiler.runcall(visit)
    print(f"{taken:.1f} ms for one page of the list; twenty of them:")
    stats = pstats.Stats(profiler).strip_dirs()
    stats.sort_stats("cumulative").print_stats(60)
    stats.sort_stats("tottime").print_stats(40)
    return 0
