"""Closed cases, drawings and checks that several tests of the checks begin with."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from assessment import actions
from assessment.enums import Dimension, Satisfaction, SpotMethod, SpotResult
from assessment.models import SpotCheck, SpotItem
from cases import actions as case_actions
from cases.enums import Evaluation, Step
from cases.models import Case
from tests.cases.walks import walk
from tests.town import Town

MONTH = date(2026, 9, 1)
ROWS = tuple((dimension, grade) for dimension in Dimension for grade in Satisfaction)


def closed(town: Town, at: datetime, number: int = 1, verifier: str = "direct", **facts) -> list[Case]:
    """Handled by the officer, verified by the direct responsible person, closed by the dispatcher."""

    def one() -> Case:
        case = walk(town, town.report(at=at, **facts), at, until=Step.FED_BACK)
        case = case_actions.verify(case, passed=True, by=town.post[verifier], at=at)
        return case_actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=at)

    return [one() for _ in range(number)]


def draw(
    town: Town, at: datetime, *, place="street", wanted=10, seed="2026", by="supervisor", **facts
) -> SpotCheck:
    facts = {"month": MONTH, "key": uuid4(), **facts}
    return actions.draw_spot_check(
        town.grid[place], wanted=wanted, seed=seed, by=town.post[by], at=at + timedelta(hours=1), **facts
    )


def check(
    town: Town,
    item: SpotItem,
    at: datetime,
    result=SpotResult.CONFIRMED,
    *,
    by="supervisor",
    key=None,
    **said,
) -> SpotItem:
    said = {"note": "垃圾还在" if result.is_error else "", "method": SpotMethod.REVISIT, **said}
    later = at + timedelta(hours=2)
    return actions.check_item(item, result=result, by=town.post[by], at=later, key=key or uuid4(), **said)


def sheets(*numbers: int) -> dict:
    """Nine counts in the order of the columns."""
    return dict(zip(ROWS, numbers, strict=True))
