"""Categories are kept in the administration, with a history, and cases are not to be seen there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.models import Category
from grids.actions.people import ADMIN_GROUP
from grids.models import User
from tests.cases.test_seven_days import THURSDAY
from tests.factories import make_user
from tests.grids.test_reference_admin import inline_parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(db) -> User:
    call_command("load_reference", verbosity=0)
    user = make_user("管理员", is_staff=True)
    user.groups.set(user.groups.model.objects.filter(name=ADMIN_GROUP))
    return user


@pytest.fixture
def client(keeper) -> Client:
    client = Client()
    client.force_login(keeper)
    return client


def url(verb: str, *args: object) -> str:
    return reverse(f"admin:cases_category_{verb}", args=args)


def sent(category: Category, **facts: object) -> dict[str, object]:
    fields = (
        "name", "parent_id", "ledger", "severity", "limit_amount", "limit_unit", "sign_hours", "lead_department",
        "keywords", "admitted_by", "admission_ground",
    )  # fmt: skip
    said = {field.removesuffix("_id"): getattr(category, field) or "" for field in fields}
    return {**said, "needs_photo": "on", "is_active": "on", "is_admitted": "on", **facts}


@pytest.fixture
def leaf(keeper) -> Category:
    return Category.objects.get(code="B0801")


def test_pages_open_with_nothing_inline(client, leaf):
    for address in (url("changelist"), url("add"), url("change", leaf.pk), url("history", leaf.pk)):
        page = client.get(address)
        assert (page.status_code, inline_parts(page.content.decode())) == (200, [])


def test_our_own_suggestions_are_named_as_such(client, leaf):
    official = Category.objects.filter(is_official=True).first()

    pages = [client.get(url("change", category.pk)).content.decode() for category in (leaf, official)]

    assert ["非官方" in page for page in pages] == [not leaf.is_official, False]


def test_a_limit_is_changed_and_the_history_says_by_whom(client, leaf, keeper):
    answer = client.post(url("change", leaf.pk), sent(leaf, limit_amount=3))

    assert answer.status_code == 302
    latest = leaf.history.latest()
    assert (latest.limit_amount, latest.history_user) == (3, keeper)


def test_a_category_is_added_as_our_own(client, leaf):
    answer = client.post(url("add"), sent(leaf, code="B0899", name="新的一类"))

    assert answer.status_code == 302
    assert Category.objects.get(code="B0899").is_official is False


def test_the_code_stays(client, leaf):
    client.post(url("change", leaf.pk), sent(leaf, code="X1"))

    assert Category.objects.get(pk=leaf.pk).code == "B0801"


def test_a_category_never_lies_below_itself(client, leaf):
    top = leaf.parent.parent or leaf.parent

    answer = client.post(url("change", top.pk), sent(top, parent=leaf.pk))

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["parent"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit_amount", 0),
        ("limit_amount", 10**9),
        ("limit_unit", "weeks"),
        ("name", ""),
        ("name", "长" * 61),
        ("parent", 10**12),
    ],
)
def test_nonsense_is_refused_at_its_field(client, leaf, field, value):
    answer = client.post(url("change", leaf.pk), sent(leaf, **{field: value}))

    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert form.errors[field] if field in form.errors else form.non_field_errors()
    assert leaf.history.count() == 1


def test_nothing_is_deleted(client, leaf):
    assert client.post(url("delete", leaf.pk), {"post": "yes"}).status_code == 403


def test_history_is_for_reading(client, leaf):
    record = leaf.history.latest()

    answer = client.post(url("simple_history", leaf.pk, record.pk), sent(leaf, name="旧名"))

    assert answer.status_code == 403


def test_no_case_and_nothing_of_one_is_kept_here():
    registered = {model for model in admin.site._registry if model._meta.app_label in ("cases", "assessment")}

    assert registered == {Category}
    assert apps.get_model("cases", "CaseEvent") not in admin.site._registry


def test_who_keeps_no_reference_data_gets_no_page(leaf):
    client = Client()
    client.force_login(make_user("另一位", is_staff=True))

    assert client.get(url("changelist")).status_code == 403


# --- the ledgers of past months ---------------------------------------------------------------------------


OTHER = {"key": "civic", "civic": "key"}


def test_a_category_under_which_nothing_was_filed_may_change_its_ledger(client, leaf):
    answer = client.post(url("change", leaf.pk), sent(leaf, ledger=OTHER[leaf.ledger]))

    assert answer.status_code == 302
    assert Category.objects.get(pk=leaf.pk).ledger == OTHER[leaf.ledger]


@pytest.mark.parametrize("moved", [False, True], ids=["filed there", "filed elsewhere since"])
def test_what_cases_were_filed_under_stays_in_its_ledger(moved, town, calendar):
    """Else the ledgers of every past month would say something else."""
    case = town.report(at=THURSDAY, code="B0801")
    if moved:
        elsewhere = town.category("C201")
        actions.recategorise(case, category=elsewhere, note="归类有误", by=town.post.dispatcher, at=THURSDAY)
    leaf, client = town.category("B0801"), Client()
    client.force_login(make_user("管理员", is_staff=True, is_superuser=True))

    answer = client.post(url("change", leaf.pk), sent(leaf, ledger=OTHER[leaf.ledger]))

    assert "仍归原台账" in answer.content.decode()
    with pytest.raises(IntegrityError, match="stays in its ledger"), transaction.atomic():
        Category.objects.filter(pk=leaf.pk).update(ledger=OTHER[leaf.ledger])
    assert client.post(url("change", leaf.pk), sent(leaf, limit_amount=3)).status_code == 302
