"""What the tests of admission share: a list in force, and how an application is carried along."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from cases.actions import admissions as actions
from cases.models import Admission, Affair, AffairList, Category
from tests.cases.test_seven_days import THURSDAY

TODAY = date(2026, 9, 24)
DAY = timedelta(days=1)
WANTED = {
    "name": "共享单车秩序巡查",
    "basis": "区城市管理条例第十条",
    "work": "每周两次，发现后两小时内上报",
    "task": "巡查并拍照上报",
    "powers": "劝导权",
    "means": "每网格每年两千元",
}
ADMITTED, LEFT_OUT = "B0701", "B0801"  # 暴露垃圾 on the list, 建筑垃圾 not


def in_force(
    town, at: datetime = THURSDAY, *, but=(LEFT_OUT,), since=None, key=None, by="official"
) -> AffairList:
    """The list of the district, with every category but these."""
    return actions.put_in_force(
        town.grid.district, categories=list(Category.objects.leaves().exclude(code__in=but)), since=since,
        basis="区网格化管理联席会议纪要〔2026〕1号", by=town.post[by], at=at, key=key or uuid4(),
    )  # fmt: skip


def applied(town, at: datetime = THURSDAY, *, by="officer", department="chengguan", code=LEFT_OUT, key=None,
            since=TODAY, until=None, **said) -> Admission:  # fmt: skip
    return actions.apply(
        town.department[department], category=town.category(code), wanted_since=since, wanted_until=until,
        by=town.post[by], at=at, key=key or uuid4(), **WANTED | said,
    )  # fmt: skip


def convened(
    town, row: Admission, at: datetime = THURSDAY, *, day=TODAY, by="inspector", key=None
) -> Admission:
    return actions.convene(row, day=day, by=town.post[by], at=at, key=key or uuid4())


def heard(
    town,
    row: Admission,
    at: datetime = THURSDAY,
    *,
    who="民政局",
    agrees=True,
    by="inspector",
    key=None,
    day=TODAY,
) -> Admission:
    """Before the joint meeting of today, with the opinion of one participant."""
    if row.met_on is None:
        row = convened(town, row, at, day=day)
    return actions.give_opinion(
        row, who=who, agrees=agrees, words="经费须随事转", by=town.post[by], at=at, key=key or uuid4()
    )  # fmt: skip


def admitted(town, row: Admission | None = None, at: datetime = THURSDAY, *, since=TODAY, last=None, by="official",
             key=None) -> Affair:  # fmt: skip
    row = row or heard(town, applied(town, at), at)
    row = actions.admit(
        row, since=since, last=last, conditions="经费到位后执行", by=town.post[by], at=at, key=key or uuid4()
    )  # fmt: skip
    return Affair.objects.get(admission=row)


def refused(town, row: Admission, at: datetime = THURSDAY, *, by="official", key=None) -> Admission:
    return actions.refuse(row, reason="经费未落实", by=town.post[by], at=at, key=key or uuid4())


def left(
    town, affair: Affair, at: datetime = THURSDAY, *, day=TODAY + DAY, by="inspector", key=None
) -> Affair:
    return actions.leave(affair, day=day, reason="任务已完成", by=town.post[by], at=at, key=key or uuid4())
