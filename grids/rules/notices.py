"""When a message leaves the house, when it is tried again, and when many become one (docs/rules/notices.md §2)."""

from dataclasses import dataclass
from datetime import time, timedelta

TRIES = 12  # with the waits below, a day of silence; then it is given up and somebody is told
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
DIGEST_ABOVE = 3  # more waiting for one person become one message
KEEP_READ = timedelta(days=90)


def wait_after(tries: int) -> timedelta:
    """How long after the n-th try the next one comes: doubled each time, up to six hours."""
    return min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)


@dataclass(frozen=True)
class QuietHours:
    """The hours of the night, [begin, end), over midnight where they must."""

    begin: time
    end: time

    def holds(self, moment: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


def parse_quiet(text: str) -> QuietHours:
    """21:00-08:00; nothing at all is no quiet. Raises ValueError for anything else."""
    if not text.strip():
        return QuietHours(time.min, time.min)
    begin, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    return QuietHours(begin, end)
