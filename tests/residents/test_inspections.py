"""Somebody looks at premises: what an inspection changes, what it asks for, who sees it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from grids.queries import scope_of
from residents import actions
from residents.actions import RegisterRefused
from residents.enums import InspectionKind, InspectionResult, Risk
from residents.models import Inspection, InspectionPhoto, Premises
from residents.queries.inspections import Figure, due_list, table
from residents.rules.inspecting import items_of
from tests.photos import clean_photo
from tests.residents.people import shop

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 24)
ROUTINE, RECHECK = InspectionKind.ROUTINE, InspectionKind.RECHECK


def day(n):
    return TODAY + timedelta(days=n)


def later(at, n):
    return at + timedelta(days=n)


@pytest.fixture
def premises(town, at):
    return shop(town, at)


def answers(premises, **said):
    return {item.value: said.get(item.value, "ok") for item in items_of(premises.kind)}


def look(town, premises, at, *, kind=ROUTINE, by="leader", key=None, **facts):
    """An inspection that found nothing."""
    facts = {"result": InspectionResult.PASSED, "answers": answers(premises), **facts}
    return actions.inspect(premises, kind=kind, by=town.post[by], at=at, key=key or uuid4(), **facts)


def complain(town, premises, at, *, until=None, **facts):
    """One that did."""
    bad = {"result": InspectionResult.RECTIFY, "answers": answers(premises, exits="bad"), "found": "通道堆物"}
    return look(town, premises, at, until=until or day(7), **{**bad, **facts})


def plan(premises, due, last=None):
    Premises.objects.filter(pk=premises.pk).update(inspection_due=due, inspected_on=last)


# --- what an inspection changes -------------------------------------------------------------------------


def test_premises_are_first_inspected_as_soon_as_their_risk_asks_after_they_were_entered(premises):
    assert (premises.risk, premises.inspection_due) == (Risk.LOW, day(180))


def test_who_has_passed_is_next_inspected_by_the_risk(town, premises, at):
    look(town, premises, at)

    premises.refresh_from_db()
    assert (premises.inspected_on, premises.inspection_due, premises.rectify_until) == (TODAY, day(180), None)


def test_another_risk_asks_for_another_rhythm(town, premises, at):
    look(town, premises, at)
    premises = actions.correct_place(premises, by=town.post.leader, at=later(at, 5), risk=Risk.HIGH)

    assert premises.inspection_due == day(30)


def test_another_risk_does_not_move_the_day_for_putting_right(town, premises, at):
    complain(town, premises, at)
    premises = actions.correct_place(premises, by=town.post.leader, at=at, risk=Risk.HIGH)

    assert premises.inspection_due == day(7)


def test_what_was_found_stays_open_until_a_re_inspection_has_seen_it_put_right(town, premises, at):
    first = complain(town, premises, at)
    premises.refresh_from_db()
    assert (premises.rectify_until, premises.inspection_due) == (day(7), day(7))

    with pytest.raises(RegisterRefused, match="只能进行复查"):
        look(town, premises, later(at, 1))
    second = look(town, premises, later(at, 3), kind=RECHECK)

    premises.refresh_from_db()
    assert (second.answered, premises.rectify_until, premises.inspection_due) == (first, None, day(183))
    assert (second.due_on, second.on_time) == (day(7), True)


def test_a_re_inspection_can_ask_again(town, premises, at):
    complain(town, premises, at)
    second = complain(town, premises, later(at, 7), kind=RECHECK, until=day(14))

    third = look(town, premises, later(at, 15), kind=RECHECK)

    assert (third.answered, third.due_on, third.on_time) == (second, day(14), False)


def test_an_inspection_remembers_the_day_it_was_due_and_whether_it_was_in_time(town, premises, at):
    plan(premises, day(-1), day(-181))

    done = look(town, premises, at)

    assert (done.due_on, done.on_time) == (day(-1), False)


def test_one_that_comes_soon_after_the_last_is_one_more(town, premises, at):
    plan(premises, day(170), day(-10))

    done = look(town, premises, at)

    assert (done.due_on, done.on_time) == (None, None)


def test_it_leaves_no_change_in_the_history_of_the_entry(town, premises, at):
    complain(town, premises, at)

    assert premises.history.count() == 1


def test_the_same_form_twice_is_one_inspection(town, premises, at):
    key = uuid4()

    first, second = (look(town, premises, at, key=key) for _twice in range(2))

    assert (first, Inspection.objects.count()) == (second, 1)


def test_the_same_photo_is_kept_once(town, premises, at):
    done = complain(town, premises, at, photos=[clean_photo(), clean_photo(), clean_photo("blue")])

    assert InspectionPhoto.objects.filter(inspection=done).count() == 2


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"answers": {}}, "逐项填写"),
        ({"result": InspectionResult.FAILED, "until": day(3)}, "简要填写"),
        ({"result": InspectionResult.FAILED, "found": "通道堆物"}, "整改期限"),
        ({"result": InspectionResult.FAILED, "found": "通道堆物", "until": TODAY}, "晚于今天"),
        ({"until": day(3)}, "无需填写"),
        ({"kind": RECHECK}, "无需复查"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_no_trace(town, premises, at, facts, word):
    with pytest.raises(RegisterRefused, match=word):
        look(town, premises, at, **facts)

    premises.refresh_from_db()
    assert (Inspection.objects.count(), premises.inspected_on) == (0, None)


def test_what_is_no_longer_in_use_is_not_inspected(town, premises, at):
    premises = actions.correct_place(premises, by=town.post.leader, at=at, is_active=False)

    with pytest.raises(RegisterRefused, match="停用"):
        look(town, premises, at)


def test_the_record_keeps_the_items_of_the_day_it_was_written(town, premises, at):
    done = look(town, premises, at)
    actions.correct_place(premises, by=town.post.leader, at=at, kind="office")

    done.refresh_from_db()
    assert [item for item, _answer in done.lines] == items_of("shop")


@pytest.mark.parametrize(
    "statement", ["UPDATE residents_inspection SET found = ''", "DELETE FROM residents_inspection"]
)
def test_the_database_refuses_to_change_what_was_found(town, premises, at, statement):
    complain(town, premises, at)

    with pytest.raises(Exception, match="only ever added"), connection.cursor() as cursor:
        cursor.execute(statement)


# --- what is due, and up the levels ---------------------------------------------------------------------


def due_of(town, person, at):
    sections, _is_cut = due_list(scope_of(town.user[person], at), TODAY)
    return {section.key: [one.premises for one in section.entries] for section in sections}


def test_the_due_list_has_re_inspections_first_and_what_comes_within_a_week_last(town, premises, at):
    assert due_of(town, "leader", at) == {}

    plan(premises, day(7))
    assert due_of(town, "leader", at) == {"coming": [premises]}

    plan(premises, day(-3))
    assert due_of(town, "leader", at) == {"routine": [premises]}

    complain(town, premises, later(at, -10), until=day(-1))
    assert list(due_of(town, "leader", at)) == ["recheck"]


def test_what_lies_elsewhere_is_not_due_for_her(town, premises, at):
    plan(premises, day(-3))

    assert due_of(town, "leader2", at) == {}


def test_the_table_counts_what_its_numbers_lead_to(town, premises, at, client):
    other = actions.register_premises(
        town.grid.one, by=town.post.leader, at=at, name="修车铺", kind="workshop", address="平安里1号"
    )
    actions.correct_place(other, by=town.post.leader, at=at, is_active=False)
    plan(premises, day(-3), day(-183))
    complain(town, premises, at, until=day(2))
    plan(premises, day(-1))

    lines, total = table(town.grid.east, TODAY)

    (line,) = [line for line in lines if line.grid == town.grid.one]
    assert line.counts == {"all": 1, "due": 1, "overdue": 1, "rectifying": 1, "done": 1, "late": 1}
    assert total.counts == line.counts
    client.force_login(town.user.direct)
    for figure in Figure:
        register = "inspections" if figure in (Figure.DONE, Figure.LATE) else "premises"
        with_figure = {"grid": town.grid.one.code, figure.value: "on"}
        answer = client.get(reverse("residents:list", args=[register]), with_figure)
        # the page asks the real clock: what is due by then is due, what was this month may be over
        assert answer.status_code == 200
        assert answer.context["sought"].switches == (figure.value,)
