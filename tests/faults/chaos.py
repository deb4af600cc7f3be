"""`make chaos`: the faults at full size, for minutes, on an installation of their own; stops by itself, prints a table.

CASES=50000 KILLS=500 CRASHES=20 LOSSES=20 BACKLOG=20000 ROUNDS=1000 PEOPLE=100 JUMPS=20 MINUTES=60 make chaos
"""

import os
import random
import sys
import time
from pathlib import Path

from .installation import Site, once_each, opened, tally, wait_until

SIZES = {
    "CASES": 50_000, "KILLS": 500, "CRASHES": 20, "LOSSES": 20, "BACKLOG": 20_000, "ROUNDS": 1000, "PEOPLE": 100,
    "JUMPS": 20, "MINUTES": 60,
}  # fmt: skip
FAULTS = {"KILLS": "workers killed", "CRASHES": "PostgreSQL killed", "LOSSES": "Redis emptied and killed"}
COUNTED = {
    "expired": "cases that expired", "expiries": "events that say so", "escalated": "cases that went up",
    "escalations": "events that say so", "early": "too early", "parked": "parked", "still_due": "still due",
}  # fmt: skip
DRAINED_IN = 120  # seconds, of a backlog of 20,000
HEADING = f"{'goal':6}{'what':64}{'wanted':>10}{'found':>10}"


def size(name: str) -> int:
    return int(os.environ.get(name, "").replace("_", "") or SIZES[name])


class Table:
    """One line a goal; `is_kept` as long as every one was reached."""

    def __init__(self) -> None:
        self.is_kept = True
        print(HEADING, flush=True)

    def line(self, goal: str, what: str, wanted: float, found: float, is_reached: bool | None = None) -> None:
        reached = wanted == found if is_reached is None else is_reached
        self.is_kept = self.is_kept and reached
        verdict = "ok" if reached else "MISSED"
        print(f"{goal:6}{what:64}{wanted:>10,.0f}{found:>10,.0f}  {verdict}", flush=True)


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def chaos(site: Site, table: Table) -> None:
    """G1: two beats, three workers and cron work off everything while one after the other is killed.

    Whatever is worked off before enough has been killed is staged again.
    """
    done, sums = dict.fromkeys(FAULTS, 0), dict.fromkeys(COUNTED, 0)
    rounds, until = 0, time.monotonic() + 60 * size("MINUTES")
    while not rounds or (done["KILLS"] < size("KILLS") and time.monotonic() < until):
        _round(site, done, until)
        rounds += 1
        for name in COUNTED:
            sums[name] += getattr(tally(site), name)
        site.clear()
        table.line(
            "G1", f"verify_chain after round {rounds}", 0, site.run("manage.py", "verify_chain").returncode
        )
    for name, what in FAULTS.items():
        table.line("G1", what, size(name), done[name], done[name] >= size(name))
    wanted = once_each(rounds * size("CASES"))
    for name, what in COUNTED.items():
        table.line("G1", what, getattr(wanted, name), sums[name])


def _round(site: Site, done: dict[str, int], until: float) -> None:
    site.reset()
    for _beat in range(2):
        site.beat()
    workers = [site.worker(name).pid for name in ("one", "two", "three")]
    while _due(site) and time.monotonic() < until + 600:
        _one_fault(site, workers, done)


def _one_fault(site: Site, workers: list[int], done: dict[str, int]) -> None:
    """The rarer faults are spread evenly among the kills, so that each hits a sweep that is under way."""
    kills = done["KILLS"]
    if kills * size("CRASHES") // max(1, size("KILLS")) > done["CRASHES"]:
        site.kill_postgres()
        done["CRASHES"] += 1
        wait_until(lambda: site.ask("SELECT 1"))
    if kills * size("LOSSES") // max(1, size("KILLS")) > done["LOSSES"]:
        site.redis.client().flushall()
        site.redis.kill()
        site.redis.start()
        done["LOSSES"] += 1
    if kills % 10 == 0:
        site.start("django", "sweep_deadlines", "--settings=gridgov.settings")  # cron, beside the others
    if kills >= size("KILLS"):
        time.sleep(1)
    elif wait_until(site.is_sweeping, seconds=10, pause=0.01):
        time.sleep(random.uniform(0, 0.5))
        if pool := [child for worker in workers for child in children_of(worker)]:
            os.kill(random.choice(pool), 9)
            done["KILLS"] += 1


def _due(site: Site) -> int:
    found: list[int] = []
    wait_until(lambda: found.append(site.due()) or True)
    return found[0] if found else 1


def backlog(site: Site, table: Table) -> None:
    """G2: what an outage has piled up is drained by one sweep of cron."""
    site.reset()
    number = size("BACKLOG")
    site.ask(
        f"DELETE FROM cases_deadline WHERE case_id IN (SELECT id FROM cases_case ORDER BY id OFFSET {number})"
    )
    began = time.monotonic()
    swept = site.run("manage.py", "sweep_deadlines")
    taken = time.monotonic() - began
    table.line("G2", f"seconds to drain a backlog of {number:,}", DRAINED_IN, taken, taken <= DRAINED_IN)
    table.line("G2", "passed by itself", 0, swept.returncode + site.due())


def rush(site: Site, table: Table) -> None:
    """G3: so many people on one case, again and again."""
    site.reset()
    done = site.run("-m", "tests.faults.rush", str(size("ROUNDS")), str(size("PEOPLE")))
    fair, strange = map(int, done.stdout.split()) if done.returncode == 0 else (0, -1)
    table.line("G3", f"rounds of {size('PEOPLE')} people with one winner", size("ROUNDS"), fair)
    table.line("G3", "answers that were neither won nor told", 0, strange)


def jumps(site: Site, table: Table) -> None:
    """G5: the clock of one machine goes astray, forward over holidays and back."""
    site.reset()
    days = [str(random.choice((1, -1)) * random.uniform(0.01, 400)) for _jump in range(size("JUMPS"))]
    site.run("-m", "tests.faults.jumped", *days)
    table.line("G5", f"moments fired in {len(days)} jumps of the clock", 0, tally(site).expiries)


def main() -> int:
    table = Table()
    with opened(max(size("CASES"), size("BACKLOG"))) as site:
        for part in (chaos, backlog, rush, jumps):
            part(site, table)
    print("Everything held." if table.is_kept else "Not everything held.")
    return 0 if table.is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
