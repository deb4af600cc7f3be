"""Whoever looked at personal data in full is known to the grid leader of the place and to the auditor, and to nobody else."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from grids.actions import appoint, ensure_auditor_group
from grids.enums import Right, Role
from grids.queries import scope_of
from residents import actions
from residents.enums import Field
from residents.queries.looks import Looked, looks
from tests.factories import make_user

from . import groups
from .people import household, id_number, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(db):
    user = make_user("安审", username="auditor")
    user.groups.add(ensure_auditor_group())
    return user


@pytest.fixture
def she(town, at):
    """In grid one; the grid leader and the community have looked."""
    she = resident(household(town, at), at, phone="13812345678")
    actions.reveal(she, Field.PHONE, reason="核实低保材料", by=town.post.leader, at=at, address="10.0.0.7")
    actions.reveal(she, Field.ID_NUMBER, reason="医保补登", by=town.post.direct, at=at + timedelta(days=1))
    return she


@pytest.fixture
def neighbour(town, at):
    """In grid two of the same community."""
    home = household(town, at, grid="two")
    he = resident(home, at, name="李二", id_number=id_number("19700101"))
    actions.reveal(he, Field.NAME, reason="走访登记", by=town.post.leader2, at=at)
    return he


def page(user, name="looks", **query):
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"residents:{name}"), query)


def reasons(user, **query):
    return [row["look"].reason for row in page(user, **query).context["rows"]]


def test_the_grid_leader_reads_of_her_people(town, she, neighbour):
    assert reasons(town.user.leader) == ["医保补登", "核实低保材料"]
    assert reasons(town.user.leader2) == ["走访登记"]
    assert reasons(town.user.direct) == ["走访登记", "医保补登", "核实低保材料"]


def test_the_auditor_reads_of_everybody_and_of_nobody_in_full(auditor, she, neighbour):
    answer = page(auditor)
    body = answer.content.decode()

    assert reasons(auditor) == ["走访登记", "医保补登", "核实低保材料"]
    assert "程**" in body and "10.0.0.7" in body
    assert "晓梅" not in body and "13812345678" not in body
    assert she.get_absolute_url() not in body  # her entry does not open to the auditor


def test_nothing_else_opens_to_the_auditor(auditor, she):
    client = Client()
    client.force_login(auditor)
    closed = [
        ("residents:home", []), ("residents:list", ["residents"]), ("residents:paper", ["residents"]),
        ("residents:add", ["building"]), ("assessment:monthly", []), ("cases:report", []),
    ]  # fmt: skip

    assert {client.get(reverse(name, args=args)).status_code for name, args in closed} == {403}
    assert client.get(she.get_absolute_url()).status_code == 404
    assert client.get("/admin/").status_code == 302
    assert [entry.url for entry in client.get("/").context["menu"]] == [
        "/",
        "/cases/",
        reverse("residents:looks"),
    ]


def test_who_holds_a_post_does_not_audit(auditor, town, she, neighbour, at):
    appoint(auditor, Role.GRID_MEMBER, at=at, grid=town.grid.one)

    assert page(auditor).status_code == 403


def test_to_be_all_powerful_is_no_audit(town, she):
    root = make_user("root", username="root", is_superuser=True, is_staff=True)

    assert page(root).status_code == 403


@pytest.mark.parametrize("person", ["member", "volunteer", "secretary", "dispatcher", "official", "head"])
def test_it_is_closed_to_whoever_keeps_no_register(town, she, person):
    assert page(town.user[person]).status_code == 403
    assert page(town.user[person], "looks_paper").status_code == 403


def test_it_is_narrowed_by_person_way_days_and_place(auditor, town, she, neighbour):
    assert reasons(auditor, account="leader") == ["核实低保材料"]
    assert reasons(auditor, kind="export") == []
    assert reasons(auditor, since="2026-09-25") == ["医保补登"]
    assert reasons(auditor, until="2026-09-24") == ["走访登记", "核实低保材料"]
    assert reasons(auditor, grid=town.grid.two.code) == ["走访登记"]


@pytest.mark.parametrize("nonsense", [{"kind": "x"}, {"since": "yesterday"}, {"grid": "9"}, {"cursor": "x"}])
def test_nonsense_in_the_address_is_left_aside(auditor, she, nonsense):
    assert len(reasons(auditor, **nonsense)) == 2


def test_a_grid_of_others_is_nobodys_to_ask_for(town, she, neighbour):
    assert reasons(town.user.leader, grid=town.grid.two.code) == ["医保补登", "核实低保材料"]


def test_the_paper_holds_the_same_masked(auditor, she):
    body = page(auditor, "looks_paper").content.decode()

    assert "医保补登" in body and "程**" in body and "晓梅" not in body


def test_that_a_file_was_opened_is_told_only_to_who_may_see_files(town, she, at):
    actions.look_into(groups.opened(town, she, at), in_full=True, by=town.post.direct, at=at)
    told = {
        name: looks(Looked(kind="file"), scope_of(town.user[name], at)).count()
        for name in ("leader", "direct", "maintainer")
    }

    assert told == {"leader": 1, "direct": 1, "maintainer": 0}
    assert Right.KEEP in scope_of(town.user.maintainer, at).rights  # she sees the others


def test_on_the_entry_it_stands_for_who_keeps_the_register(town, she):
    seen = {}
    for name in ("leader", "member"):
        client = Client()
        client.force_login(town.user[name])
        seen[name] = "核实低保材料" in client.get(she.get_absolute_url()).content.decode()

    assert seen == {"leader": True, "member": False}


def test_a_page_of_it_costs_the_same_however_many_looked(town, she, at, django_assert_max_num_queries):
    scope = scope_of(town.user.direct, at)
    for number in range(20):
        actions.reveal(she, Field.PHONE, reason=f"第{number}次核实", by=town.post.leader, at=at)

    with django_assert_max_num_queries(1):
        rows = list(looks(Looked(since=date(2026, 1, 1)), scope))
        assert {(str(row.user), row.post.place_name, str(row.resident), row.grid.name) for row in rows}
