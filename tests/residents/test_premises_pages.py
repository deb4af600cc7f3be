"""Premises and organisations on screen: chosen, named, photographed, inspected, marked, printed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from residents import actions
from residents.enums import InspectionKind, InspectionResult
from residents.models import Inspection, Premises, PremisesPhoto
from residents.rules.inspecting import items_of
from tests.photos import bombs, jpeg, upload
from tests.residents.people import company, house, shop

pytestmark = pytest.mark.django_db

LIST = reverse("residents:list", args=["premises"])
CODE = "91350100M000100Y43"
SAID = {"name": "惠民便利店", "kind": "shop", "address": "平安里3号楼底商", "risk": "1"}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today(now):
    return timezone.localdate(now)


@pytest.fixture
def premises(town, now):
    return shop(town, now)


@pytest.fixture
def page(town, client):
    def open_as(person, address, /, **query):
        client.force_login(town.user[person])
        return client.get(address, query)

    return open_as


@pytest.fixture
def send(town, client):
    def send_as(person, address, /, **facts):
        client.force_login(town.user[person])
        return client.post(address, {"key": uuid4(), **facts})

    return send_as


def listed(answer):
    return [row["url"] for row in answer.context["rows"]]


def body(answer):
    return answer.content.decode()


# --- the form -------------------------------------------------------------------------------------------


def test_building_and_organisation_are_chosen_where_premises_are_entered(town, send, now):
    there, runs_it = house(town, now), company(town, now)

    sent = {"grid": town.grid.one.pk, "house": there.pk, "organisation": "安居物业服务有限公司", **SAID}
    answer = send("leader", reverse("residents:add", args=["premises"]), **sent)

    entered = Premises.objects.get()
    assert answer.status_code == 302
    assert (entered.house, entered.organisation) == (there, runs_it)


@pytest.mark.parametrize(
    "called", [CODE, CODE.lower(), f" {CODE[:9]} {CODE[9:]}", "安居物业服务有限公司", "安居"]
)
def test_an_organisation_is_found_by_its_code_its_name_or_a_part_of_it(town, send, premises, now, called):
    runs_it = actions.correct_place(company(town, now), by=town.post.leader, at=now, code=CODE)

    send("leader", reverse("residents:premises_change", args=[premises.pk]), organisation=called, **SAID)

    premises.refresh_from_db()
    assert premises.organisation == runs_it


@pytest.mark.parametrize(
    ("called", "word"), [("天外飞仙公司", "没有这个代码或名称"), ("物业", "请填写信用代码")]
)
def test_an_organisation_that_is_unknown_or_unclear_is_said_at_its_field(
    town, send, premises, now, called, word
):
    company(town, now)
    facts = {"name": "祥和物业", "kind": "property", "code": CODE}
    actions.register_organisation(town.grid.one, by=town.post.leader, at=now, **facts)

    answer = send(
        "leader", reverse("residents:premises_change", args=[premises.pk]), organisation=called, **SAID
    )

    assert (answer.status_code, word in body(answer)) == (422, True)
    premises.refresh_from_db()
    assert premises.organisation is None


def test_a_part_of_a_name_tells_nothing_of_organisations_out_of_sight(town, send, premises, now):
    facts = {"name": "隔壁秘密公司", "kind": "company"}
    actions.register_organisation(town.grid.two, by=None, at=now, **facts)

    answer = send(
        "leader", reverse("residents:premises_change", args=[premises.pk]), organisation="秘密", **SAID
    )

    assert (answer.status_code, "隔壁秘密公司" in body(answer)) == (422, False)


def test_a_building_of_another_grid_cannot_be_chosen(town, send, now):
    elsewhere = house(town, now, grid="two")

    sent = {"grid": town.grid.one.pk, "house": elsewhere.pk, **SAID}
    answer = send("direct", reverse("residents:add", args=["premises"]), **sent)

    assert (answer.status_code, "另一网格" in body(answer) or "其他网格" in body(answer)) == (422, True)
    assert Premises.objects.count() == 0


def test_whoever_keeps_several_grids_is_offered_their_buildings_grid_by_grid(town, page, now):
    house(town, now), house(town, now, grid="two")

    text = body(page("direct", reverse("residents:add", args=["premises"])))

    assert text.count("<optgroup") == 2


def test_a_building_out_of_use_stays_with_premises_that_name_it(town, page, now):
    there = house(town, now)
    premises = actions.register_premises(town.grid.one, by=None, at=now, **{**SAID, "risk": 1}, house=there)
    actions.correct_place(there, by=None, at=now, is_active=False)

    text = body(page("leader", reverse("residents:premises_change", args=[premises.pk])))

    assert f'value="{there.pk}" selected' in text


# --- lists and pages ------------------------------------------------------------------------------------


def change(town, premises, now, **facts):
    return actions.correct_place(premises, by=town.post.leader, at=now, **facts)


@pytest.mark.parametrize(("days", "is_marked"), [(-1, True), (30, True), (31, False)])
def test_a_licence_that_ends_soon_is_marked_and_found(town, page, premises, now, today, days, is_marked):
    change(town, premises, now, licence_until=today + timedelta(days=days))

    answer = page("leader", LIST)

    found = listed(page("leader", LIST, licence="on"))
    assert ("证照" in "".join(str(text) for _c, text in answer.context["rows"][0]["cells"])) == is_marked
    assert found == [premises.get_absolute_url()] * is_marked


def test_an_inspection_that_is_overdue_is_marked_and_found(town, page, premises, today):
    assert listed(page("leader", LIST, overdue="on")) == []
    Premises.objects.update(inspection_due=today - timedelta(days=1))

    answer = page("leader", LIST, overdue="on")

    assert (listed(answer), "chip-overdue" in body(answer)) == ([premises.get_absolute_url()], True)


def test_what_is_no_longer_in_use_is_neither_overdue_nor_due(town, page, premises, now, today):
    Premises.objects.update(inspection_due=today - timedelta(days=1))
    change(town, premises, now, is_active=False)

    assert [listed(page("leader", LIST, **{name: "on"})) for name in ("all", "due", "overdue")] == [
        [],
        [],
        [],
    ]


def test_an_organisation_shows_its_premises_and_the_buildings_it_manages(town, page, premises, now):
    runs_it, there = company(town, now), house(town, now)
    change(town, there, now, company=runs_it.name)
    change(town, premises, now, organisation=runs_it)

    text = body(page("leader", runs_it.get_absolute_url()))

    assert (premises.get_absolute_url() in text, there.get_absolute_url() in text) == (True, True)
    assert runs_it.get_absolute_url() in body(page("leader", there.get_absolute_url()))


def test_an_organisation_does_not_tell_of_premises_out_of_sight(town, page, now):
    runs_it = company(town, now)
    facts = {**SAID, "name": "隔壁秘密店", "risk": 1, "organisation": runs_it}
    actions.register_premises(town.grid.two, by=None, at=now, **facts)

    assert "隔壁秘密店" not in body(page("leader", runs_it.get_absolute_url()))


# --- photos ---------------------------------------------------------------------------------------------


def test_photos_of_premises_are_kept_once_and_served_to_who_sees_the_entry(town, page, send, premises):
    address = reverse("residents:premises_add_photos", args=[premises.pk])
    answers = [send("leader", address, photos=upload(jpeg("blue"))) for _twice in range(2)]

    photo = PremisesPhoto.objects.get()
    assert [answer.status_code for answer in answers] == [302, 302]
    served = page("member", photo.get_absolute_url())
    assert b"".join(served)[:2] == b"\xff\xd8"
    assert (served.status_code, served["Content-Type"], served["X-Content-Type-Options"]) == (
        200, "image/jpeg", "nosniff",
    )  # fmt: skip
    assert page("leader2", photo.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("name", ["HTML", "an empty file", "half a photo"])
def test_what_is_no_photo_is_refused(send, premises, name):
    address = reverse("residents:premises_add_photos", args=[premises.pk])

    answer = send("leader", address, photos=upload(bombs()[name]))

    assert (answer.status_code, PremisesPhoto.objects.count()) == (422, 0)


def test_no_more_than_a_dozen_are_kept(town, send, premises, monkeypatch):
    monkeypatch.setattr("residents.actions.inspections.MOST_PHOTOS", 1)
    address = reverse("residents:premises_add_photos", args=[premises.pk])

    answer = send("leader", address, photos=[upload(jpeg("blue")), upload(jpeg("green"))])

    assert (answer.status_code, PremisesPhoto.objects.count()) == (422, 0)


# --- inspections ----------------------------------------------------------------------------------------


def told(premises, **facts):
    items = {f"item_{item}": "ok" for item in items_of(premises.kind)}
    return {"kind": "routine", "result": "passed", **items, **facts}


def look(premises, **facts):
    answers = {item.value: "ok" for item in items_of(premises.kind)}
    return actions.inspect(premises, kind=InspectionKind.ROUTINE, answers=answers, key=uuid4(), **facts)


def test_an_inspection_is_told_in_one_form_and_sent_twice_it_is_one(town, client, premises, today):
    client.force_login(town.user.member)
    until = today + timedelta(days=7)
    bad = {"item_exits": "bad", "result": "rectify", "found": "后门锁闭", "until": until, "photos": upload()}
    sent = {"key": uuid4(), **told(premises, **bad)}

    address = reverse("residents:inspect", args=[premises.pk])
    answers = [client.post(address, {**sent, "photos": upload()}) for _twice in range(2)]

    done = Inspection.objects.get()
    assert [answer["Location"] for answer in answers] == [done.get_absolute_url()] * 2
    assert (done.rectify_until, done.answers["exits"], done.photos.count()) == (until, "bad", 1)
    text = body(client.get(done.get_absolute_url()))
    assert ("后门锁闭" in text, "尚未复查" in text) == (True, True)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"item_exits": "bad"}, "不能为合格"),
        ({"item_exits": ""}, "必填"),
        ({"item_exits": "perhaps"}, "perhaps"),
        ({"result": "rectify", "until": "2026-12-31"}, "简要填写"),
        ({"result": "rectify", "found": "通道堆物"}, "整改期限"),
        ({"result": "rectify", "found": "通道堆物", "until": "2001-01-01"}, "晚于今天"),
        ({"result": "rectify", "found": "通道堆物", "until": "2098-01-01"}, "最长180天"),
        ({"kind": "recheck"}, "无需复查"),
        ({"key": "x"}, ""),
    ],
)
def test_what_cannot_be_is_said_and_leaves_no_trace(send, premises, facts, word):
    answer = send("leader", reverse("residents:inspect", args=[premises.pk]), **told(premises, **facts))

    assert (answer.status_code, word in body(answer)) == (422, True)
    assert Inspection.objects.count() == 0


def test_a_problem_found_becomes_a_case_that_names_the_inspection(town, page, premises, now):
    done = look(premises, result=InspectionResult.PASSED, by=town.post.leader, at=now)

    answer = page("leader", done.get_absolute_url())

    address = f"{reverse('cases:report')}?origin=inspection:{done.uid}&amp;grid={town.grid.one.pk}"
    assert address in body(answer)
    form = page("leader", address.replace("&amp;", "&")).context["form"]
    assert (form["origin"].value(), Case.objects.count()) == (f"inspection:{done.uid}", 0)


def test_the_record_prints_with_its_items_and_places_for_both_signatures(town, page, premises, now):
    done = look(premises, result=InspectionResult.PASSED, by=town.post.leader, at=now)

    text = body(page("leader", reverse("residents:inspection_paper", args=[done.uid])))

    assert [str(item.label) in text for item in items_of("shop")] == [True] * len(items_of("shop"))
    assert ("检查人签字" in text, "场所负责人签字" in text) == (True, True)


def test_who_only_reads_figures_is_led_to_them(town, page, premises):
    answer = page("official", reverse("residents:inspections"))

    assert answer["Location"] == reverse("residents:inspection_figures")
    table = page("official", answer["Location"])
    assert (table.status_code, LIST in body(table)) == (200, False)


@pytest.mark.parametrize("name", ["inspections", "inspection_figures", "inspection_figures_paper"])
def test_the_lists_ask_as_often_for_three_premises_as_for_one(town, page, premises, today, name):
    address = reverse(f"residents:{name}")
    with CaptureQueriesContext(connection) as one:
        page("direct", address)
    for n in (2, 3):
        facts = {**SAID, "risk": 1, "address": f"平安里{n}号"}
        actions.register_premises(town.grid.one, by=None, at=timezone.now(), **facts)
    Premises.objects.update(inspection_due=today)

    with CaptureQueriesContext(connection) as three:
        page("direct", address)

    assert len(three) <= len(one)
