"""How tests carry a case along: the people of the town do what they would do."""

from datetime import datetime
from functools import cache
from io import BytesIO

from PIL import Image

from cases import actions
from cases.enums import Evaluation, Step
from cases.models import Case
from cases.rules.clock import Limit
from gridgov.kit.images import CleanImage, sanitize
from tests.town import Town


@cache
def photo(colour: str = "red") -> CleanImage:
    """A small picture, as it is after the door has cleaned it."""
    buffer = BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    buffer.seek(0)
    return sanitize(buffer)


def walk(town: Town, case: Case, at: datetime, *, until: Step) -> Case:
    """Carry a case through the six steps by the street's city-management office, up to a step."""
    unit, who = town.department.chengguan, town.post.officer
    moves = (
        (Step.ASSIGNED, lambda c: actions.assign(c, unit=unit, limit=Limit(7), by=town.post.dispatcher, at=at)),
        (Step.HANDLING, lambda c: actions.sign(c, by=who, at=at)),
        (Step.FED_BACK, lambda c: actions.feed_back(c, result="已清运", by=who, at=at, photos=[photo()])),
        (Step.VERIFIED, lambda c: actions.verify(c, passed=True, by=town.post.direct, at=at)),
        (Step.CLOSED, lambda c: actions.close(c, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=at)),
    )  # fmt: skip
    if until == Step.DECLINED:
        return actions.decline(case, note="不属于本辖区", by=town.post.dispatcher, at=at)
    if until == Step.WITHDRAWN:
        return actions.withdraw(case, note="重复上报", by=town.post.leader, at=at)
    if until == Step.MERGED:
        return actions.merge(case, into=town.report(at=at), note="同一问题", by=town.post.dispatcher, at=at)
    for step, move in moves:
        if case.step == until:
            break
        case = move(case)
        assert case.step == step
    return case
