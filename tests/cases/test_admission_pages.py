"""Grid affairs on screen and on paper: from the list put in force to an exit, and what the forms of a case offer then."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.models import Admission, Affair, AffairList, Case, Category
from cases.queries.queue import queue
from cases.rules.clock import Limit
from grids.queries import scope_of
from tests.cases.admitting import (
    ADMITTED,
    DAY,
    LEFT_OUT,
    TODAY,
    WANTED,
    admitted,
    applied,
    convened,
    heard,
    in_force,
    left,
    refused,
)
from tests.cases.test_seven_days import THURSDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

NOW = THURSDAY + timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(calendar):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clients(town):
    """Everybody of the town, signed in; one client each."""
    known = {}

    def enter(name: str) -> Client:
        if name not in known:
            known[name] = Client()
            known[name].force_login(town.user[name])
        return known[name]

    return enter


def page(client, url, *args, **query):
    return client.get(reverse(f"cases:{url}", args=args), query)


def send(client, url, *args, **facts):
    return client.post(reverse(f"cases:{url}", args=args), {"key": uuid4(), **facts})


def text(answer):
    return answer.content.decode()


def leaves(*but):
    return [leaf.pk for leaf in Category.objects.leaves().exclude(code__in=but)]


def application(town, code=LEFT_OUT, **facts):
    return {
        "department": town.department.chengguan.pk, "category": town.category(code).pk, "wanted_since": TODAY,
        **WANTED, **facts,
    }  # fmt: skip


def test_the_whole_way_from_the_list_to_the_exit(town, clients):
    official, officer, inspector = (clients(name) for name in ("official", "officer", "inspector"))
    code = town.grid.district.code
    assert "尚未启用事项清单" in text(page(official, "affairs"))
    answer = send(official, "affairs_force", code, basis="会议纪要1号", categories=leaves(LEFT_OUT))
    assert answer.status_code == 302
    assert "会议纪要1号" in text(page(officer, "affairs"))

    answer = send(officer, "admission_apply", **application(town))
    row = Admission.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, row.get_absolute_url())
    assert f"{row.number}待审核" in text(inspector.get(reverse("grids:notices")))
    assert "待审核的准入申请" in text(page(inspector, "desk"))

    assert send(inspector, "admission_convened", row.pk, day=TODAY).status_code == 302
    said = {"who": "财政局", "agrees": "no", "words": "经费未列入预算"}
    assert send(inspector, "admission_opinion", row.pk, **said).status_code == 302
    answer = send(
        official, "admission_admitted", row.pk, since=TODAY, last=TODAY + 9 * DAY, conditions="先拨经费"
    )
    assert answer.status_code == 302

    shown = text(page(officer, "admission", row.pk))
    assert [
        word
        for word in ("财政局：不同意", "经费未列入预算", "先拨经费", "30天内到期", "退出清单")
        if word not in shown
    ] == []
    assert "事项已准入" in text(officer.get(reverse("grids:notices")))
    assert "本部门即将到期的准入事项" in text(page(officer, "desk"))
    paper = text(page(officer, "admission_paper", row.pk))
    assert [
        word for word in ("网格事项准入审批表", *WANTED.values(), "财政局：不同意") if word not in paper
    ] == []

    affair = Affair.objects.get(admission=row)
    answer = send(officer, "affair_exit", affair.pk, day=TODAY + DAY, reason="已配专职队伍")
    assert (answer.status_code, answer["Location"]) == (302, row.get_absolute_url())
    assert "已配专职队伍" in text(page(officer, "admission", row.pk))


def test_the_list_of_a_day_and_of_every_day(town, clients):
    in_force(town)
    left(town, admitted(town, since=TODAY + DAY), day=TODAY + 3 * DAY)
    client = clients("leader")

    def names(**query):
        return WANTED["name"] in text(page(client, "affairs", **query))

    assert [names(day=TODAY + n * DAY) for n in range(4)] == [False, True, True, False]
    assert (names(), names(every="on"), names(every="on", q="单车"), names(every="on", q="井盖")) == (
        False, True, True, False,
    )  # fmt: skip
    assert WANTED["name"] in text(page(client, "affairs_paper", every="on"))
    assert "该日期" not in text(page(client, "affairs", day="2026-01-01"))
    assert "清单尚未施行" in text(page(client, "affairs", day="2026-01-01"))


def test_what_is_not_on_the_list_is_named_as_such(town, clients):
    in_force(town)

    shown = text(page(clients("leader"), "affairs")).split("清单外类别")[1]

    assert "建筑垃圾" in shown
    assert "暴露垃圾" not in shown


def test_a_list_without_anything_on_it_says_so(town, clients):
    answer = send(clients("official"), "affairs_force", town.grid.district.code, basis="纪要", categories=[])

    assert answer.status_code == 302
    assert "清单中没有事项" in text(page(clients("leader"), "affairs"))


def test_the_form_begins_with_what_the_catalogue_marks(town, clients):
    Category.objects.filter(code="C6").update(is_admitted=False)

    form = page(clients("official"), "affairs_force", town.grid.district.code).context["form"]

    assert set(form["categories"].value()) == set(leaves("C6"))


def test_the_same_form_twice_puts_one_list_in_force(town, clients):
    sent = {"basis": "纪要", "categories": leaves(), "key": uuid4()}

    answers = [send(clients("official"), "affairs_force", town.grid.district.code, **sent) for _ in "12"]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert AffairList.objects.count() == 1


def test_a_department_sees_its_own_applications_alone(town, clients):
    in_force(town)
    applied(town)
    answer = page(clients("plumber"), "admissions")

    assert list(answer.context["rows"]) == []
    assert page(clients("plumber"), "admission", Admission.objects.get().pk).status_code == 404
    assert list(page(clients("head"), "admissions").context["rows"]) == [Admission.objects.get()]


def test_applications_by_state(town, clients):
    in_force(town)
    refused(town, heard(town, applied(town)))
    convened(town, applied(town))

    answer = page(clients("inspector"), "admissions", state="meeting")

    assert [row.state for row in answer.context["rows"]] == ["meeting"]
    assert [tab["count"] for tab in answer.context["tabs"]] == [2, 0, 1, 0, 1, 0]
    assert "没有处于该状态的申请" in text(page(clients("inspector"), "admissions", state="admitted"))


def test_what_is_not_acceptable_comes_back_as_it_was_typed(town, clients):
    in_force(town)
    answer = send(clients("officer"), "admission_apply", **application(town, basis=""))
    assert answer.status_code == 422
    assert WANTED["task"] in text(answer)
    answer = send(clients("officer"), "admission_apply", **application(town, wanted_since=TODAY - DAY))
    assert (answer.status_code, "该日期已过" in text(answer)) == (422, True)
    assert not Admission.objects.exists()


def test_who_is_too_late_reads_how_it_stands(town, clients):
    in_force(town)
    row = heard(town, applied(town))
    admitted(town, row)

    answer = send(clients("inspector"), "admission_refused", row.pk, reason="经费未落实")

    assert answer.status_code == 422
    assert "该申请已办结" in text(answer)
    assert "已准入" in text(answer)


def test_whoever_applied_is_not_offered_the_decision(town, clients):
    in_force(town)
    row = heard(town, applied(town, by="inspector"))

    def moves(who):
        return [str(move["label"]) for move in page(clients(who), "admission", row.pk).context["moves"]]

    assert moves("official") == ["记录会议意见", "同意准入", "不予准入"]
    assert moves("inspector") == ["记录会议意见"]
    assert moves("head") == ["撤回申请"]


def test_a_category_that_is_on_the_list_already_is_pointed_out(town, clients):
    in_force(town)
    row = heard(town, applied(town, code=ADMITTED))

    assert "该类别已在清单内" in text(page(clients("official"), "admission", row.pk))
    answer = send(clients("official"), "admission_admitted", row.pk, since=TODAY)
    assert (answer.status_code, "这段期间内该类别已在清单中" in text(answer)) == (422, True)


# --- what the forms of a case offer ---------------------------------------------------------------------


def assign(client, case, unit, **facts):
    return client.post(
        reverse("cases:assign", args=[case.pk]),
        {"key": uuid4(), "version": case.version, "unit": unit, "limit_amount": 2, "limit_unit": "working_days", **facts},
    )  # fmt: skip


def test_the_dispatcher_is_offered_no_grid_and_told_why(town, clients):
    in_force(town)
    case = town.report(at=THURSDAY)

    shown = text(page(clients("dispatcher"), "panel", case.pk))

    assert f'value="g{town.grid.one.pk}"' not in shown
    assert "“建筑垃圾”不在网格事项清单内" in shown
    assert f'value="d{town.department.chengguan.pk}"' in shown


def test_a_list_that_changes_between_form_and_post_refuses_in_words(town, clients):
    case = town.report(at=THURSDAY)
    assert f'value="g{town.grid.one.pk}"' in text(page(clients("dispatcher"), "panel", case.pk))
    in_force(town)

    answer = assign(clients("dispatcher"), case, f"g{town.grid.one.pk}")

    assert answer.status_code == 422
    assert text(answer).count("“建筑垃圾”不在网格事项清单内") > 1  # at the field, and as its error
    assert Case.objects.get(pk=case.pk).version == case.version


def test_transfer_and_invitation_offer_no_grid_either(town, clients):
    in_force(town)
    case = actions.assign(
        town.report(at=THURSDAY),
        unit=town.department.chengguan,
        limit=Limit(2),
        by=town.post.dispatcher,
        at=THURSDAY,
    )
    case = actions.sign(case, by=town.post.officer, at=THURSDAY)

    shown = text(clients("dispatcher").get(case.get_absolute_url()))

    assert f'value="g{town.grid.east.pk}"' not in shown
    assert shown.count("“建筑垃圾”不在网格事项清单内") == 2


def test_several_at_once_are_told_one_by_one(town, clients):
    Category.objects.filter(code__in=[LEFT_OUT, ADMITTED]).update(lead_department="nobody")
    town.department.chengguan.__class__.objects.update(is_active=False)
    in_force(town)
    cases = [town.report(at=THURSDAY, code=code) for code in (LEFT_OUT, ADMITTED)]

    answer = clients("dispatcher").post(
        reverse("cases:dispatch_bulk"),
        {"key": uuid4(), "case": [f"{case.pk}:{case.version}" for case in cases]},
    )

    results = answer.context["results"]
    assert [result.done for result in results] == [False, True]
    assert "不在网格事项清单内" in results[0].text


def test_the_queue_suggests_no_grid_for_it(town):
    Category.objects.filter(code__in=[LEFT_OUT, ADMITTED]).update(lead_department="nobody")
    caches["local"].clear()
    for code in (LEFT_OUT, ADMITTED):
        town.report(at=THURSDAY, code=code)
    in_force(town)
    scope = scope_of(town.user.dispatcher, NOW)

    assert {row.category: row.unit for row in queue(scope, NOW)} == {"建筑垃圾": "", "暴露垃圾": "东街社区"}
