"""The types of special groups are kept in the administration, with fields from which forms can be built."""

import json

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from grids.actions.people import ADMIN_GROUP
from residents.models import GroupType
from tests.factories import make_user
from tests.grids.test_reference_admin import inline_parts

pytestmark = pytest.mark.django_db

FIELD = {"name": "village", "label": "原籍", "kind": "text", "choices": [], "required": False}


@pytest.fixture
def client(db):
    call_command("load_registers", verbosity=0)
    keeper = make_user("管理员", is_staff=True)
    keeper.groups.set(keeper.groups.model.objects.filter(name=ADMIN_GROUP))
    client = Client()
    client.force_login(keeper)
    return client


def url(verb, *args):
    return reverse(f"admin:residents_grouptype_{verb}", args=args)


def sent(**facts):
    return {
        "code": "KC", "name": "空巢老人", "position": 90, "sensitivity": "high", "low_days": 30, "medium_days": 30,
        "high_days": 7, "lead": "minzheng", "fields": json.dumps([FIELD]), "source": "", "is_active": "on", **facts,
    }  # fmt: skip


def test_pages_open_with_nothing_inline(client):
    one = GroupType.objects.get(code="DB").pk

    for address in (url("changelist"), url("add"), url("change", one), url("history", one)):
        page = client.get(address)
        assert (page.status_code, inline_parts(page.content.decode())) == (200, [])


def test_a_further_type_is_entered_with_its_own_fields(client):
    assert client.post(url("add"), sent()).status_code == 302

    added = GroupType.objects.get(code="KC")
    assert added.fields == [FIELD]
    assert added.history.get().history_user.name == "管理员"


@pytest.mark.parametrize(
    "rows",
    [
        '{"a": 1}',
        "[1]",
        [{**FIELD, "name": "Village"}],
        [{**FIELD, "label": ""}],
        [{**FIELD, "kind": "religion"}],
        [{**FIELD, "kind": "choice"}],
        [{**FIELD, "choices": ["甲"]}],
        [{**FIELD, "faith": "x"}],
        [FIELD, FIELD],
        [{**FIELD, "choices": "甲"}],
    ],
)
def test_fields_no_form_can_be_built_from_are_refused(client, rows):
    text = rows if isinstance(rows, str) else json.dumps(rows)

    answer = client.post(url("add"), sent(fields=text))

    assert (answer.status_code, GroupType.objects.filter(code="KC").exists()) == (200, False)


def test_visits_cannot_become_rarer_with_the_risk(client):
    client.post(url("add"), sent(high_days=60))

    assert not GroupType.objects.filter(code="KC").exists()


def test_the_code_of_a_type_stays_and_no_type_is_deleted(client):
    one = GroupType.objects.get(code="DB")

    client.post(url("change", one.pk), sent(code="XX", name="城乡低保", fields=json.dumps(one.fields)))

    one.refresh_from_db()
    assert (one.code, one.name) == ("DB", "城乡低保")
    assert client.post(url("delete", one.pk), {"post": "yes"}).status_code == 403
