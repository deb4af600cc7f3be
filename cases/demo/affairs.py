"""What the demo district admits to its grids, and what its city-management office promises.

The list is decided in the last week and in force from the day after: until then the demo lived without one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import NAMESPACE_OID, UUID, uuid5

from grids.demo.town import clock
from grids.enums import Level, Role
from grids.models import Department, Grid, Post

from ..actions import admissions as verbs
from ..actions import commitments
from ..models import Admission

if TYPE_CHECKING:
    from .life import Life

OFFICE = "chengguan"
LEFT_OUT = ("A501", "A502", "B0802")
BASIS = "区城乡社区发展治理工作联席会议纪要，参照社区工作事项准入制度管理办法"

# category   name                  what the grids are to do          means                         how it ends
APPLIED = (
    ("B0802", "工地扬尘日常巡查",  "每周两次查看围挡和裸土覆盖",     "每网格每月补助二百元",       "admitted"),
    ("A502",  "劳资纠纷线索上报",  "发现聚集讨薪线索后一小时内上报", "科室派联络员一名",           "heard"),
    ("A501",  "集体诉求逐户登记",  "逐户登记诉求并每日汇总",         "由社区自行解决",             "refused"),
)  # fmt: skip
OPINIONS = {
    "admitted": (("区财政局", True, "补助已列入预算"), ("三官庙街道", True, "权限和经费随事下放")),
    "heard": (("区人社局", True, "建议先试行半年"),),
    "refused": (("三官庙街道", False, "没有经费和人员，不宜交给网格"),),
}


def plan(life: Life, first: date, until: date) -> None:
    """Promises from the first day; applications, a joint meeting and the list in the last fortnight."""
    office = next((one for one in life.departments if one.code == OFFICE), None)
    if office is None:
        return
    life.on(clock(first, 8, 20), partial(_promise, life, office, clock(first, 8, 20)))
    applied, met, listed, decided = (clock(until - timedelta(days=n), 16) for n in (12, 8, 6, 1))
    life.on(listed, partial(_put_in_force, life, until + timedelta(days=1), listed))
    for code, *_rest in APPLIED:
        life.on(applied, partial(_apply, life, office, code, until, applied))
        life.on(met, partial(_hear, life, code, met))
        life.on(decided, partial(_decide, life, code, until, decided))


def _key(*what: object) -> UUID:
    """The same in every town that is lived again."""
    return uuid5(NAMESPACE_OID, f"gridgov demo affairs {what}")


def _official(life: Life) -> Post:
    (post, *_rest) = life.cast.all(_district(life), Role.DISTRICT_OFFICIAL)
    return post


def _district(life: Life) -> Grid:
    district: Grid = life.up(life.grids[0], Level.STREET).parent
    return district


def _promise(life: Life, office: Department, at: datetime) -> None:
    (head, *_rest) = life.cast.all(office, Role.DEPARTMENT_HEAD)
    for code, words, limits in (
        (None, "四个工作小时内签收，五个工作日内办结反馈", {"sign_hours": 4, "finish_days": 5}),
        ("B0801", "建筑垃圾两个工作日内清运完毕", {"finish_days": 2}),
    ):
        category = life.categories[code] if code else None
        key = _key("promise", code)
        commitments.promise(office, category=category, words=words, by=head, at=at, key=key, **limits)


def _put_in_force(life: Life, since: date, at: datetime) -> None:
    by = _official(life)
    listed = [category for code, category in life.categories.items() if code not in LEFT_OUT]
    verbs.put_in_force(
        _district(life), categories=listed, basis=BASIS, since=since, by=by, at=at, key=_key("list")
    )  # fmt: skip


def _apply(life: Life, office: Department, code: str, until: date, at: datetime) -> None:
    (head, *_rest) = life.cast.all(office, Role.DEPARTMENT_HEAD)
    _code, name, task, means, _end = next(row for row in APPLIED if row[0] == code)
    verbs.apply(
        office, category=life.categories[code], name=name, basis="年度专项整治方案", work="长期，按月汇总",
        task=task, powers="现场劝导、拍照取证", means=means, wanted_since=until + timedelta(days=1), by=head, at=at,
        key=_key("apply", code),
    )  # fmt: skip


def _found(code: str) -> Admission:
    return Admission.objects.get(category__code=code)


def _hear(life: Life, code: str, at: datetime) -> None:
    """Before the joint meeting of the day, each with its opinions."""
    by, end = _official(life), _end_of(code)
    row = verbs.convene(_found(code), day=at.date(), by=by, at=at, key=_key("convene", code))
    for who, agrees, words in OPINIONS[end]:
        verbs.give_opinion(row, who=who, agrees=agrees, words=words, by=by, at=at, key=_key(code, who))


def _decide(life: Life, code: str, until: date, at: datetime) -> None:
    by, row = _official(life), _found(code)
    if _end_of(code) == "admitted":
        since = until + timedelta(days=1)
        said = "补助到位后执行，试行一年"
        last = until + timedelta(days=365)
        verbs.admit(row, since=since, last=last, conditions=said, by=by, at=at, key=_key("decide", code))
    elif _end_of(code) == "refused":
        said = "经费和人员没有落实，不符合费随事转"
        verbs.refuse(row, reason=said, by=by, at=at, key=_key("decide", code))


def _end_of(code: str) -> str:
    return next(end for known, *_rest, end in APPLIED if known == code)
