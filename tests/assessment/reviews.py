"""What the tests of accountability share: a case that went wrong, and how a review of it is carried along."""

from datetime import datetime, timedelta
from uuid import uuid4

from assessment.actions import reviews as actions
from assessment.enums import Finding, Ground, Measure
from assessment.models import Charge, Review
from cases import actions as case_actions
from cases.models import Case
from cases.rules.clock import Limit
from tests.cases.test_seven_days import THURSDAY

DUE = datetime(2026, 9, 30, 0, 0, tzinfo=THURSDAY.tzinfo)  # two working days later: 28 and 29 September
NOON = THURSDAY.replace(hour=12)
OPENED = datetime(2026, 9, 30, 9, 0, tzinfo=THURSDAY.tzinfo)  # a Wednesday; 1 to 7 October are off
HEARD_BY = datetime(2026, 10, 11, 0, 0, tzinfo=THURSDAY.tzinfo)  # 8, 9 and (worked) 10 October, 24:00
DAY = timedelta(days=1)


def in_hand(town, at=THURSDAY, *, unit="one", by="leader", **facts) -> Case:
    """A case a building grid has signed for, due after two working days."""
    case = case_actions.assign(
        town.report(at=at, **facts), unit=town.grid[unit], limit=Limit(2), by=town.post.dispatcher, at=at
    )
    return case_actions.sign(case, by=town.post[by], at=at + timedelta(hours=1))


def late(town, at=THURSDAY, **facts) -> Case:
    """The grid has let its limit pass; the case has gone up to the community."""
    case = in_hand(town, at, **facts)
    case_actions.sweep(at=DUE + timedelta(minutes=1))
    return Case.objects.get(pk=case.pk)


def opened(town, case=None, *, by="supervisor", at=OPENED, finding=Finding.LATE, key=None, note="") -> Review:
    case = case or late(town)
    return actions.open_review(case, finding=finding, note=note, by=town.post[by], at=at, key=key or uuid4())


def charge_of(town, review: Review, who: str) -> Charge:
    return Charge.objects.get(review=review, user=town.user[who])


def spoken(town, review: Review, who: str, at=OPENED, key=None) -> Charge:
    charge = charge_of(town, review, who)
    return actions.speak(charge, statement="当日值班，未能到场", by=charge.post, at=at, key=key or uuid4())


def decided(charge: Charge, *, by, at, measure=Measure.TALK, ground=Ground.UNSOLVED, key=None) -> Charge:
    said = {"measure": measure, "ground": ground, "reasons": "超期未办结"}
    return actions.decide(charge, **said, by=by, at=at, key=key or uuid4())


def appealed(charge: Charge, *, at, key=None) -> Charge:
    return actions.appeal(charge, text="已按期上报", by=charge.post, at=at, key=key or uuid4())


def ruled(charge: Charge, *, by, at, measure=Measure.NONE, key=None) -> Charge:
    return actions.rule(charge, measure=measure, reasons="情况属实", by=by, at=at, key=key or uuid4())
