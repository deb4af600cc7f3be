from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from assessment.queries import Activity, activity
from cases import actions

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEPTEMBER = date(2026, 9, 1)
MONTH_END = datetime(2026, 10, 1, tzinfo=SHANGHAI)


def walk(town, at, by="leader", lines=(), raised=0):
    patrol = actions.start_patrol(by=town.post[by], at=at, key=uuid4())
    for n, text in enumerate(lines):
        entry = actions.write_diary(patrol, text=text, by=town.post[by], at=at, key=uuid4())
        if n < raised:
            actions.raise_case(
                entry, category=town.category("C201"), by=town.post[by], at=at + timedelta(hours=1)
            )
    actions.end_patrol(patrol, by=town.post[by], at=at + timedelta(hours=2))


def morning(n: int, hour: int = 9) -> datetime:
    return datetime(2026, 9, n, hour, tzinfo=SHANGHAI)


def test_a_diary_of_three_problems_gives_one_day_three_lines_three_cases(town):
    walk(town, morning(3), lines=["水表井低陷", "建筑垃圾一堆", "垃圾道堵塞"], raised=3)

    assert activity(town.grid.east, SEPTEMBER, cut_off=MONTH_END) == (
        Activity("一号网格", patrol_days=1, patrols=1, diary_lines=3, diary_cases=3),
        Activity("二号网格"),
    )


def test_two_people_in_one_grid_on_one_day_are_one_day(town):
    walk(town, morning(3))
    walk(town, morning(3, 15), by="member")
    walk(town, morning(4))

    (line,) = activity(town.grid.one, SEPTEMBER, cut_off=MONTH_END)

    assert (line.patrol_days, line.patrols) == (2, 3)


def test_a_community_adds_up_the_days_of_its_grids(town):
    walk(town, morning(3))
    walk(town, morning(3), by="leader2")

    lines = activity(town.grid.street, SEPTEMBER, cut_off=MONTH_END)

    assert [(line.label, line.patrol_days) for line in lines] == [("东街社区", 2), ("西街社区", 0)]


def test_what_happens_after_the_cut_off_is_not_seen(town):
    walk(town, morning(3), lines=["建筑垃圾"], raised=1)
    walk(town, morning(10), lines=["路灯不亮"])

    (line,) = activity(town.grid.one, SEPTEMBER, cut_off=morning(3, 9) + timedelta(minutes=30))

    assert line == Activity("一号网格", patrol_days=1, patrols=1, diary_lines=1, diary_cases=0)


def test_three_queries_are_enough(town, django_assert_num_queries):
    walk(town, morning(3), lines=["建筑垃圾"], raised=1)

    with django_assert_num_queries(3):
        activity(town.grid.district, SEPTEMBER, cut_off=MONTH_END)
