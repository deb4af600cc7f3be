"""The six steps, as the table promises them."""

import pytest
from django.db import IntegrityError, connection, transaction

from cases import actions
from cases.enums import Action, Evaluation, Refusal, Step
from cases.models import Case, CaseEvent
from cases.rules.clock import Limit
from cases.rules.lifecycle import EDGES, NotAllowed, transition

pytestmark = pytest.mark.django_db


def walk(town, case, at, *, until: Step, unit=None):
    """Carry a case through the six steps as the people of the town, up to a step."""
    unit = unit or town.department.chengguan
    who = town.post.officer if unit == town.department.chengguan else town.post.leader
    moves = (
        (Step.ASSIGNED, lambda c: actions.assign(c, unit=unit, limit=Limit(7), by=town.post.dispatcher, at=at)),
        (Step.HANDLING, lambda c: actions.sign(c, by=who, at=at)),
        (Step.FED_BACK, lambda c: actions.feed_back(c, result="已清运", by=who, at=at, photos=[photo()])),
        (Step.VERIFIED, lambda c: actions.verify(c, passed=True, by=town.post.direct, at=at)),
        (Step.CLOSED, lambda c: actions.close(c, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=at)),
    )  # fmt: skip
    for step, move in moves:
        if case.step == until:
            break
        case = move(case)
        assert case.step == step
    return case


def photo(colour: str = "red"):
    from io import BytesIO

    from PIL import Image

    from gridgov.kit.images import sanitize

    buffer = BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    buffer.seek(0)
    return sanitize(buffer)


def test_a_case_goes_through_six_steps(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.CLOSED)

    assert list(case.events.values_list("action", flat=True)) == [
        "report", "assign", "sign", "feed_back", "pass", "close",
    ]  # fmt: skip
    assert (case.version, case.on_time, case.ended_at, case.due_at) == (6, True, at, None)
