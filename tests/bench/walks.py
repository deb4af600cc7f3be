"""The patrols and diary lines of the running month: what the page of a grid counts beside its cases."""

from datetime import timedelta
from random import Random
from uuid import UUID

from grids.enums import Role

from .city import NOW
from .people import Staff

PATROL = (
    "id", "post_id", "started_at", "ended_at", "date", "weather", "route", "key", "grid_id", "building_id",
    "community_id", "street_id", "district_id",
)  # fmt: skip
DIARY = (
    "patrol_id", "at", "text", "house_no", "unit_no", "key", "grid_id", "building_id", "community_id", "street_id",
    "district_id",
)  # fmt: skip
SHARE = 0.7  # of the weekdays each grid is walked


def walks(staff: Staff) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """Tables, columns and lines for COPY."""
    rng, patrols, lines = Random(4), [], []
    mornings = [NOW.replace(hour=8, minute=30, day=day) for day in range(1, NOW.day)]
    for code in sorted(code for code in staff.grids if len(code) == 15):
        path = [staff.grids[code]] + [staff.grids[code[:width]] for width in (15, 12, 9, 6)]
        post = staff.seats[code, Role.GRID_LEADER].post
        for began in mornings:
            if began.weekday() > 4 or rng.random() > SHARE:
                continue
            pk = len(patrols) + 1
            ended = began + timedelta(minutes=rng.randrange(30, 150))
            place = "\t".join(map(str, path))
            patrols.append(f"{pk}\t{post}\t{began}\t{ended}\t{began.date()}\t晴\t\t{UUID(int=pk)}\t{place}\n")
            lines.append(f"{pk}\t{ended}\t走访住户，未发现问题。\t3号楼\t1单元\t{UUID(int=pk)}\t{place}\n")
    return [("cases_patrol", PATROL, patrols), ("cases_diaryentry", DIARY, lines)]
