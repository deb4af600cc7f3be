"""A minor problem settled in one go (即办件): reported and fed back, or not at all."""

from uuid import uuid4

import pytest

from cases import actions
from cases.enums import Action, Channel, Step
from cases.models import Case
from cases.rules.lifecycle import NotAllowed
from tests.photos import clean_photo

pytestmark = pytest.mark.usefixtures("calendar")


@pytest.fixture
def problem(town, at, photo):
    """`problem(code=…)`: what the action takes, ordinary where nothing is said."""

    def told(code="B0701", **changes):
        return {
            "category": town.category(code), "grid": town.grid.one, "text": "垃圾满溢", "channel": Channel.PATROL,
            "result": "已清运", "result_photos": [photo], "by": town.post.leader, "at": at, "key": uuid4(), **changes,
        }  # fmt: skip

    return told


def test_it_stands_fed_back_and_waits_for_another_post(problem):
    case = actions.report_settled(**problem())

    assert case.step == Step.FED_BACK
    assert list(case.events.values_list("action", flat=True)) == [Action.REPORT, Action.SETTLE]


def test_photos_before_and_after_stand_apart(problem):
    case = actions.report_settled(**problem(photos=[clean_photo("gray")]))

    assert sorted(case.evidence.values_list("stage", flat=True)) == ["after", "before"]


def test_the_same_key_is_the_same_case_untouched(problem):
    said = problem()

    first, second = actions.report_settled(**said), actions.report_settled(**said)

    assert (first.pk, second.version) == (second.pk, 2)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "B0801"}, NotAllowed),
        ({"result_photos": []}, actions.ReportRefused),
        ({"result": " "}, NotAllowed),
    ],
)
def test_what_cannot_be_settled_is_not_reported_either(problem, change, error):
    with pytest.raises(error):
        actions.report_settled(**problem(**change))

    assert Case.objects.count() == 0


def test_somebody_else_in_the_grid_cannot_settle(problem, town):
    with pytest.raises(NotAllowed):
        actions.report_settled(**problem(by=town.post.member))

    assert Case.objects.count() == 0
