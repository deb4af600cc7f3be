"""The administration keeps accounts, posts and grids, within the same rules as everything else."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from grids.actions import appoint
from grids.actions.people import ADMIN_GROUP, ensure_admin_group
from grids.actions.tree import edit_grid
from grids.enums import Level, Role
from grids.models import Department, Grid, GridGrant, Post, User
from tests.factories import AT, make_department, make_tree, make_user

pytestmark = pytest.mark.django_db

SQUARE = {"type": "Polygon", "coordinates": [[[113.6, 34.7], [113.7, 34.7], [113.7, 34.8], [113.6, 34.7]]]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[113, 34], [114, 35], [114, 34], [113, 35], [113, 34]]]}
PAGES = ["grid", "department", "user", "post"]


@pytest.fixture
def building() -> Grid:
    make_tree(buildings=1)
    return Grid.objects.get(code="410102001001001")


@pytest.fixture
def keeper() -> User:
    """A system administrator: staff, in the group, no superuser, no post."""
    user = make_user("管理员", is_staff=True)
    user.groups.add(ensure_admin_group())
    return user


@pytest.fixture
def client(keeper: User) -> Client:
    client = Client()
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(page: str, verb: str = "changelist", *args: object) -> str:
    return reverse(f"admin:grids_{page}_{verb}", args=args)


def grid_form(grid: Grid, **fields: object) -> dict[str, object]:
    facts = {"name": grid.name, "kind": grid.kind, "management": grid.management, "scope_note": ""}
    return {**facts, "service_phones": "", "boundary": "null", **fields}


def inline_parts(page: str) -> list[str]:
    """What a policy without 'unsafe-inline' would refuse."""
    scripts = r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>"
    return re.findall(rf"{scripts}|<style|\sstyle=\"|\son\w+=\"|javascript:", page)


@pytest.mark.parametrize("page", PAGES)
def test_lists_and_forms_open_without_anything_inline(client, building, keeper, page):
    post = appoint(make_user(), Role.GRID_LEADER, grid=building, at=AT)
    rows = {"grid": building, "department": make_department(building), "user": post.user, "post": post}
    pages = [url(page), url(page, "change", rows[page].pk)]
    pages += [] if page == "grid" else [url(page, "add")]

    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert inline_parts(answer.content.decode()) == [], address


@pytest.mark.parametrize("page", PAGES)
def test_nothing_can_be_deleted_and_no_history_gone_back_to(client, building, page):
    post = appoint(make_user(), Role.GRID_LEADER, grid=building, at=AT)
    rows = {"grid": building, "department": make_department(building), "user": post.user, "post": post}

    assert client.post(url(page, "delete", rows[page].pk), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(url(page)).content.decode()
    history = rows[page].history.latest()
    old = reverse(f"admin:grids_{page}_simple_history", args=[rows[page].pk, history.pk])
    assert 'name="_save"' not in client.get(old).content.decode()
    assert client.post(old, {"name": "旧名", "username": "old"}).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_staff_without_the_group_are_refused(building, page):
    client = Client()
    client.force_login(make_user(is_staff=True), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(url(page)).status_code == 403


def test_the_group_is_made_once_and_keeps_what_was_added_by_hand(keeper):
    group = ensure_admin_group(["cases.view_case"])

    assert ensure_admin_group() == group
    assert group.name == ADMIN_GROUP
    assert group.permissions.filter(codename="view_case").exists()
    assert not group.permissions.filter(codename__startswith="delete").exists()


HEADINGS = {
    "zh-hans": ("网格化社区治理平台 · 系统管理", "级别", "街道"),
    "en": ("Community Grid Governance: administration", "Level", "Street"),
}


@pytest.mark.parametrize("language", HEADINGS)
def test_it_speaks_of_us_and_of_levels_in_words(client, building, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    header, column, street = HEADINGS[language]

    page = client.get(url("grid")).content.decode()
    filtered = client.get(url("grid"), {"level": "1"})

    assert header in page
    assert "Django" not in page
    assert re.search(rf'class="[^"]*column-level_name.*?{column}', page, re.DOTALL)
    assert street in page
    assert set(filtered.context["cl"].queryset.values_list("level", flat=True)) == {Level.STREET}
    assert client.get(url("grid"), {"level": "x"}).status_code == 200


def test_no_page_falls_back_to_english(client, building):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    person, post = make_user("王某"), appoint(make_user(), Role.GRID_LEADER, grid=building, at=AT)
    addresses = [
        reverse("admin:index"), *(url(page) for page in PAGES), url("user", "add"), url("post", "add"),
        url("grid", "change", building.pk), url("user", "change", person.pk), url("post", "change", post.pk),
        reverse("admin:auth_user_password_change", args=[person.pk]),
    ]  # fmt: skip

    said = {address: english_in(client.get(address).content.decode()) for address in addresses}

    assert {address: words for address, words in said.items() if words} == {}


def english_in(page: str) -> list[str]:
    """Texts in which two English words follow each other, or that are one such word with a capital."""
    texts = re.findall(r">([^<>]+)<", re.sub(r"(?s)<(script|style|textarea).*?</\1>", "", page))
    return [
        text.strip() for text in texts if re.search(r"[A-Za-z’]{2,} [a-z’]{2,}|^\s*[A-Z][a-z]+\s*$", text)
    ]


# --- Grids --------------------------------------------------------------------------------------


def test_a_grid_is_corrected_and_history_says_by_whom(client, keeper, building):
    phones = [
        {"name": "自来水公司", "phone": "0371-12345678"},
        {"name": "供电 24 小时", "phone": "95598"},
        {"name": "物业", "phone": "(0371) 6666 0000"},
    ]
    written = "自来水公司 0371-12345678\r\n供电 24 小时 95598\r\n\r\n物业：(0371) 6666 0000"
    fields = {"name": "幸福里网格", "service_phones": written, "boundary": json.dumps(SQUARE)}

    answer = client.post(url("grid", "change", building.pk), grid_form(building, **fields))

    assert answer.status_code == 302
    building.refresh_from_db()
    assert (building.name, building.service_phones, building.boundary) == ("幸福里网格", phones, SQUARE)
    assert building.sort_key == "xing4 fu2 li3 wang3 ge2"
    assert list(building.history.values_list("history_user", flat=True)) == [keeper.pk, None]


def test_code_and_parent_are_not_for_editing(client, building):
    fields = {"name": "新名", "code": "410102001001999", "parent": "", "is_active": ""}

    client.post(url("grid", "change", building.pk), grid_form(building, **fields))

    after = Grid.objects.get(pk=building.pk)
    assert (after.name, after.code, after.parent_id) == ("新名", building.code, building.parent_id)
    assert after.is_active


def test_grids_are_not_added_by_hand(client, building):
    assert client.get(url("grid", "add")).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service_phones", '{"供水": "1"}'),
        ("service_phones", '[["供水"]]'),
        ("service_phones", '[["供水", 1]]'),
        ("service_phones", json.dumps([["供水", "1" * 41]])),
        ("service_phones", "供水"),
        ("service_phones", "0371-12345678"),
        ("service_phones", "供水 " + "1" * 41),
        ("service_phones", "水" * 41 + " 110"),
        ("service_phones", "供水 0371-12345678\n" * 21),
        ("service_phones", "供水 0371-1234\u202e5678"),
        ("boundary", '{"type": "Point", "coordinates": [113, 34]}'),
        ("boundary", '{"type": "Polygon"}'),
        ("boundary", '{"type": "Polygon", "coordinates": [[[1, "a"]]]}'),
        ("boundary", '{"type": "Polygon", "coordinates": []}'),
        ("boundary", "[1]"),
        ("boundary", json.dumps(BOW_TIE)),
        ("boundary", json.dumps({**SQUARE, "coordinates": [[[500, 0], [501, 0], [501, 1], [500, 0]]]})),
        ("boundary", "not json"),
        ("boundary", "[" * 100_000),
        ("service_phones", "[" * 100_000),
        ("name", "\u202e"),
        ("name", "幸福里\u202e网格"),
        ("name", "\u3000"),
        ("name", "长" * 61),
        ("name", ""),
        ("name", "长" * 61),
        ("kind", "unheard"),
    ],
)
def test_what_a_grid_cannot_have_is_refused_beside_its_field(client, building, field, value):
    answer = client.post(url("grid", "change", building.pk), grid_form(building, **{field: value}))

    assert list(answer.context["adminform"].form.errors) == [field]
    assert building.history.count() == 1


def test_services_are_written_in_lines_and_every_wrong_line_is_named(client, building):
    phones = [{"name": "供水", "phone": "0371-12345678"}, {"name": "供电", "phone": "95598"}]
    edit_grid(building, by=None, at=AT, service_phones=phones)
    address = url("grid", "change", building.pk)

    opened = client.get(address).context["adminform"].form
    refused = (
        client.post(address, grid_form(building, service_phones="供水\n供电 95598\n燃气"))
        .context["adminform"]
        .form
    )
    unchanged = client.post(address, grid_form(building, service_phones="供水 0371-12345678\n供电 95598"))

    assert opened["service_phones"].value() == "供水 0371-12345678\n供电 95598"
    assert refused.errors["service_phones"] == [
        f"第 {line} 行须写明服务名称和电话，如：自来水公司 0371-…" for line in (1, 3)
    ]
    assert (unchanged.status_code, building.history.count()) == (302, 2)


def act(client: Client, page: str, verb: str, *rows: object) -> None:
    chosen = {"action": verb, "_selected_action": [row.pk for row in rows]}
    assert client.post(url(page), chosen, follow=True).status_code == 200


def test_a_whole_community_goes_out_of_use_and_comes_back(client, building):
    act(client, "grid", "take_out_of_use", building.parent, building)
    assert set(Grid.objects.filter(is_active=False)) == {building.parent, building}

    act(client, "grid", "put_back_into_use", building.parent, building)
    assert not Grid.objects.filter(is_active=False).exists()


def test_a_grid_still_needed_stays_in_use_and_says_why(client, building):
    chosen = {"action": "take_out_of_use", "_selected_action": [building.parent_id]}

    answer = client.post(url("grid"), chosen, follow=True)

    assert "下面还有在用的网格" in answer.content.decode()
    assert not Grid.objects.filter(is_active=False).exists()


# --- Posts --------------------------------------------------------------------------------------


def test_a_person_is_appointed_through_the_action(client, keeper, building):
    user = make_user()

    answer = client.post(url("post", "add"), {"user": user.pk, "role": "grid_leader", "grid": building.pk})

    assert answer.status_code == 302
    post = Post.objects.get()
    assert (post.user, post.grid, post.seat, post.level) == (user, building, 1, Level.BUILDING)
    assert GridGrant.objects.filter(user=user).count() == len(Role.GRID_LEADER.rights)
    assert post.history.get().history_user == keeper


@pytest.mark.parametrize(
    ("role", "sentence"),
    [("grid_leader", "的网格长已有人担任：先来者"), ("dispatcher", "不设“指挥中心调度员”")],
)
def test_an_appointment_that_cannot_be_is_refused_on_the_form(client, building, role, sentence):
    appoint(make_user("先来者"), Role.GRID_LEADER, grid=building, at=AT)

    fields = {"user": make_user().pk, "role": role, "grid": building.pk}
    answer = client.post(url("post", "add"), fields)

    assert sentence in str(answer.context["adminform"].form.errors)
    assert Post.objects.count() == 1


@pytest.mark.parametrize("fields", [{}, {"user": 10**6}, {"user": "x"}, {"role": "king"}, {"grid": 10**6}])
def test_an_appointment_that_makes_no_sense_is_refused(client, building, fields):
    fields = {"user": make_user().pk, "role": "", "grid": building.pk, **fields}

    answer = client.post(url("post", "add"), fields)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert Post.objects.count() == 0


def test_chosen_posts_end_and_close_what_they_opened(client, keeper, building):
    post = appoint(make_user(), Role.GRID_LEADER, grid=building, at=AT)

    act(client, "post", "end_posts", post)
    act(client, "post", "end_posts", post)

    post.refresh_from_db()
    assert post.until is not None
    assert not GridGrant.objects.exists()
    assert post.history.latest().history_user == keeper


def test_a_post_on_record_cannot_be_edited(client, building):
    post = appoint(make_user(), Role.GRID_LEADER, grid=building, at=AT)

    answer = client.post(url("post", "change", post.pk), {"user": make_user().pk})

    assert answer.status_code == 403
    assert Post.objects.get().user == post.user


# --- People -------------------------------------------------------------------------------------


def test_a_person_is_created_with_a_name_and_can_sign_in(client):
    fields = {"username": "wangqing", "name": "王清", "force": "street", "usable_password": "true"}
    fields |= {"password1": "huayuan-2026-lu", "password2": "huayuan-2026-lu"}

    answer = client.post(url("user", "add"), fields)

    assert answer.status_code == 302
    user = User.objects.get(username="wangqing")
    assert user.name == "王清"
    assert user.check_password("huayuan-2026-lu")
    assert not user.is_staff


def test_a_weak_password_is_refused(client):
    fields = {"username": "wangqing", "name": "王清", "force": "street", "usable_password": "true"}

    answer = client.post(url("user", "add"), {**fields, "password1": "12345", "password2": "12345"})

    assert answer.context["adminform"].form.errors
    assert not User.objects.filter(username="wangqing").exists()


def test_a_forgotten_password_is_set_anew(client):
    user = make_user()
    fields = {"usable_password": "true", "password1": "huayuan-2026-lu", "password2": "huayuan-2026-lu"}

    answer = client.post(reverse("admin:auth_user_password_change", args=[user.pk]), fields)

    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password("huayuan-2026-lu")


def test_nobody_makes_herself_more_than_she_is(client, keeper):
    fields = {"username": keeper.username, "name": "管理员", "force": "street", "is_active": "on"}
    fields |= {"is_superuser": "on", "is_staff": "on", "user_permissions": ["1"]}

    client.post(url("user", "change", keeper.pk), fields)
    other = make_user()
    client.post(url("user", "change", other.pk), {**fields, "username": other.username})

    keeper.refresh_from_db()
    other.refresh_from_db()
    assert (keeper.is_superuser, keeper.user_permissions.count()) == (False, 0)
    assert (other.is_superuser, other.is_staff) == (False, False)
    assert other.name == "管理员"


def test_a_superuser_is_not_touched_by_others(client):
    chief = make_user(is_superuser=True, is_staff=True)
    fields = {"usable_password": "true", "password1": "huayuan-2026-lu", "password2": "huayuan-2026-lu"}

    changed = client.post(url("user", "change", chief.pk), {"username": "mine", "name": "我"})
    reset = client.post(reverse("admin:auth_user_password_change", args=[chief.pk]), fields)

    assert (changed.status_code, reset.status_code) == (403, 403)


def test_a_department_is_kept_with_its_place(client, building):
    street = Grid.objects.get(level=Level.STREET)
    fields = {"grid": street.pk, "code": "chengguan", "name": "城管中队", "is_active": "on"}

    assert client.post(url("department", "add"), fields).status_code == 302
    assert Department.objects.get().grid == street

    twice = client.post(url("department", "add"), fields)
    assert "已有使用此职责代码的部门" in str(twice.context["adminform"].form.errors)
