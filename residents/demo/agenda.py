"""What is planned for a week of the demo, worked off in the order of its moments, whoever planned it."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Act = Callable[[datetime], Any]


@dataclass
class Agenda:
    """A queue of moments. What lies after the last week simply does not happen, as on a real evening."""

    queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    number: int = 0  # of two things at one moment the one that was planned first comes first

    def on(self, moment: datetime, act: Act) -> None:
        """Let something happen at a moment, which it is told."""
        self.number += 1
        heapq.heappush(self.queue, (moment, self.number, act))

    def run(self, end: datetime) -> None:
        """Everything before a moment. What happens may put more into the queue."""
        while self.queue and self.queue[0][0] < end:
            moment, _number, act = heapq.heappop(self.queue)
            act(moment)
