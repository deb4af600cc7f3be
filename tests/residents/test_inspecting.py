"""The rhythm of inspections: when the next one is due, what is looked at, which result fits."""

from datetime import date, timedelta

import pytest

from residents.enums import CheckItem, InspectionKind, PremisesKind, Risk
from residents.rules import inspecting
from residents.rules.inspecting import LONGEST, Misfit, items_of

DAY = date(2026, 9, 24)
SHOP = PremisesKind.SHOP


def day(n):
    return DAY + timedelta(days=n)


def answers(kind=SHOP, **said):
    return {item.value: said.get(item.value, "ok") for item in items_of(kind)}


@pytest.mark.parametrize(("risk", "days"), [(Risk.HIGH, 30), (Risk.MEDIUM, 90), (Risk.LOW, 180)])
def test_the_next_one_is_due_by_the_risk(risk, days):
    assert inspecting.next_due(risk, DAY) == day(days)


def test_what_is_to_be_put_right_is_looked_at_on_the_day_set_for_it():
    assert inspecting.next_due(Risk.LOW, DAY, day(7)) == day(7)


def test_the_day_itself_is_still_on_time():
    assert [inspecting.is_on_time(DAY, day(n)) for n in (-1, 0, 1)] == [True, True, False]


def test_only_what_is_open_is_re_inspected():
    assert inspecting.kinds(is_open=True) == (InspectionKind.RECHECK,)
    assert InspectionKind.RECHECK not in inspecting.kinds(is_open=False)


@pytest.mark.parametrize("kind", PremisesKind)
def test_every_kind_of_premises_has_its_exits_looked_at_first(kind):
    assert items_of(kind)[0] == CheckItem.EXITS


def test_lodgers_are_asked_for_where_people_lodge():
    assert [kind for kind in PremisesKind if CheckItem.LODGERS in items_of(kind)] == [PremisesKind.LODGING]


def test_every_item_is_looked_at_somewhere():
    assert set(inspecting.ITEMS) == set(CheckItem)


# answers                            result     found       until              misfit
@pytest.mark.parametrize(("said", "result", "found", "until", "misfit"), [
    (answers(),                      "passed",  "",         None,              None),
    (answers(exits="none"),          "passed",  "门锁已换", None,              None),
    (answers(exits="bad"),           "passed",  "",         None,              Misfit.PASSED),
    (answers(),                      "passed",  "",         day(7),            Misfit.NO_DAY),
    (answers(exits="bad"),           "rectify", "通道堆物", day(7),            None),
    (answers(exits="bad"),           "failed",  "通道堆物", day(LONGEST),      None),
    (answers(exits="bad"),           "rectify", "",         day(7),            Misfit.UNSAID),
    (answers(exits="bad"),           "rectify", "通道堆物", None,              Misfit.DAY),
    (answers(exits="bad"),           "rectify", "通道堆物", DAY,               Misfit.DAY),
    (answers(exits="bad"),           "failed",  "通道堆物", day(LONGEST + 1),  Misfit.DAY),
    ({},                             "passed",  "",         None,              Misfit.ITEMS),
    (answers(PremisesKind.LODGING),  "passed",  "",         None,              Misfit.ITEMS),
    (answers(exits="perhaps"),       "passed",  "",         None,              Misfit.ITEMS),
])  # fmt: skip
def test_what_was_answered_and_the_result_fit_together(said, result, found, until, misfit):
    assert inspecting.misfit(SHOP, said, result, found, until, DAY) == misfit
