"""Cases lived through the real actions, just so that a hint is given or just not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from assessment.enums import Hint
from assessment.queries import hints
from cases import actions
from cases.enums import Evaluation, Unit
from cases.models import Case
from cases.rules.clock import Limit
from gridgov.kit.images import CleanImage, sanitize
from tests.town import Town

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 15, 10, 30, tzinfo=SHANGHAI)
SEPTEMBER = datetime(2026, 9, 8, 9, 0, tzinfo=SHANGHAI)
MONTH = SEPTEMBER.date().replace(day=1)
HOUR = timedelta(hours=1)


def given(town: Town, at: datetime, *, grid: str = "one", code: str = "C201", **facts: Any) -> Case:
    """Reported by the leader of the grid and given back to it to handle; signed for."""
    leader = {"one": "leader", "two": "leader2", "three": "leader3"}[grid]
    case = town.report(at=at, by=leader, grid=grid, code=code, **facts)
    limit = Limit(3, Unit.WORKING_DAYS)
    case = actions.assign(case, unit=town.grid[grid], limit=limit, by=town.post.dispatcher, at=at)
    return actions.sign(case, by=town.post[leader], at=at)


def fed_back(
    town: Town, case: Case, at: datetime, *, photos: Sequence[CleanImage] = (), by: str = "leader"
) -> Case:
    return actions.feed_back(case, result="已处理", photos=photos, by=town.post[by], at=at)


def passed(town: Town, case: Case, at: datetime, *, by: str = "supervisor") -> Case:
    return actions.verify(case, passed=True, by=town.post[by], at=at)


def closed(town: Town, case: Case, at: datetime, *, by: str = "dispatcher") -> Case:
    return actions.close(case, evaluation=Evaluation.GOOD, by=town.post[by], at=at)


def verified(town: Town, at: datetime, *, by: str = "supervisor", grid: str = "one", **facts: Any) -> Case:
    """All but closed: fed back within an hour, passed within another."""
    leader = {"one": "leader", "two": "leader2", "three": "leader3"}[grid]
    case = fed_back(town, given(town, at, grid=grid, **facts), at + HOUR, by=leader)
    return passed(town, case, at + 2 * HOUR, by=by)


def solved(town: Town, at: datetime, **facts: Any) -> Case:
    """From report to closing within three hours."""
    return closed(town, verified(town, at, **facts), at + 3 * HOUR)


def scene(seed: int, *, quality: int = 90, side: int = 400) -> CleanImage:
    """A picture with light and dark places; the same seed is the same scene, whatever its size and quality."""
    rng = Random(seed)
    picture = Image.new("L", (9, 8))
    picture.putdata([rng.randrange(256) for _place in range(72)])
    buffer = BytesIO()
    picture.resize((side, side * 8 // 9), Image.Resampling.BICUBIC).convert("RGB").save(
        buffer, "JPEG", quality=quality
    )
    buffer.seek(0)
    return sanitize(buffer)


def rows(town: Town, hint: Hint, *, grid: str = "street", viewer: str = "inspector", cut_off: datetime = NOW):
    """The rows of a hint in September."""
    return hints.rows_of(hint, town.grid[grid], MONTH, cut_off=cut_off, viewer=town.user[viewer].pk)


def cases_of(found: Sequence[hints.Found]) -> list[str]:
    """The numbers of the cases that rows are about, in the order in which it happened."""
    return [row.event.case.number for row in hints.told(Hint.BULK, reversed(found))]
