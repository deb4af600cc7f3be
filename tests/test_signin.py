"""The way in answers everybody in words and keeps no nonsense; what it tells strangers is in test_deploy.py."""

import pytest
from axes.models import AccessAttempt
from django.test import Client

from gridgov.signin import PASSWORD_LENGTH
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

WRONG = "用户名或密码不正确"
NO_NULLS = "文字中有无法保存的空字符（U+0000），请删除或重新输入。"
TOO_LONG_NAME = "此处最多150个字"


@pytest.fixture
def leader(db):
    return make_user("王建军", username="leader")


def sign_in(client=None, username="leader", password="wrong", door="/login/"):
    return (client or Client()).post(door, {"username": username, "password": password})


@pytest.mark.parametrize("door", ["/login/", "/admin/login/"])
@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [
        ("x" * 300,  "y",                         TOO_LONG_NAME),
        ("长" * 151,  "y",                         TOO_LONG_NAME),
        ("ﷺ" * 100,  "y",                         TOO_LONG_NAME),  # eighteen characters once normalised
        ("leader",   "y" * (PASSWORD_LENGTH + 1), "此处最多1000个字"),
        ("a\x00b",   "y",                         NO_NULLS),
        ("leader",   "y\x00",                     NO_NULLS),
        ("",         "y",                         "必填"),
    ],
    ids=["long", "a little long", "long when normalised", "long password", "null", "null password", "empty"],
)  # fmt: skip
def test_what_no_account_could_have_is_refused_and_nothing_is_kept(
    leader, door, username, password, sentence
):
    answer = sign_in(username=username, password=password, door=door)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert WRONG not in answer.content.decode()
    assert AccessAttempt.objects.count() == 0


def test_the_longest_name_and_password_are_asked_about(leader):
    answer = sign_in(username="长" * 150, password="y" * PASSWORD_LENGTH)

    assert (answer.status_code, AccessAttempt.objects.count()) == (422, 1)
    assert WRONG in answer.content.decode()


def test_a_name_typed_with_the_chinese_input_method_is_the_same_name(leader):
    assert sign_in(username="ｌｅａｄｅｒ", password=PASSWORD)["Location"] == "/"


@pytest.mark.parametrize(("door", "sentence"), [("/login/", WRONG), ("/admin/login/", "请输入")])
@pytest.mark.parametrize("username", ["leader", "nobody"])
def test_a_wrong_attempt_is_refused_with_one_sentence(leader, username, door, sentence):
    answer = sign_in(username=username, door=door)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_the_administration_lets_its_people_in_and_back_to_where_they_wanted(client):
    make_user("李静", username="admin", is_staff=True)

    door = "/admin/login/?next=/admin/password_change/"
    answer = sign_in(client, username="admin", password=PASSWORD, door=door)

    assert answer["Location"] == "/admin/password_change/"
    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_ten_wrong_attempts_pause_a_name_whether_it_exists_or_not(leader):
    answers = {name: [sign_in(username=name) for _ in range(11)] for name in ("leader", "nobody")}

    assert [answer.status_code for answer in answers["leader"]] == [422] * 9 + [429] * 2
    assert [answer.status_code for answer in answers["nobody"]] == [422] * 9 + [429] * 2
    assert "暂停登录" in answers["leader"][-1].content.decode()


def test_a_paused_name_is_not_let_in_with_the_right_password_either(leader):
    for _ in range(10):
        sign_in()

    assert sign_in(password=PASSWORD).status_code == 429


def change(client, **changes):
    new = "huayuan-2026-lu"
    facts = {"old_password": PASSWORD, "new_password1": new, "new_password2": new, **changes}
    return client.post("/password/", facts)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"old_password": "wrong"},                                         "old_password"),
        ({"old_password": "y" * (PASSWORD_LENGTH + 1)},                     "old_password"),
        ({"new_password1": "12345", "new_password2": "12345"},              "new_password2"),
        ({"new_password2": "huayuan-2026-lv"},                              "new_password2"),
        ({"new_password1": "花" * (PASSWORD_LENGTH + 1)},                    "new_password1"),
        ({"new_password1": "hua\x00yuan-2026"},                             "new_password1"),
        ({"new_password1": ""},                                             "new_password1"),
    ],
    ids=range(7),
)  # fmt: skip
def test_a_password_that_cannot_be_changed_so_is_refused_at_its_field(leader, client, changes, field):
    client.force_login(leader, backend="django.contrib.auth.backends.ModelBackend")

    answer = change(client, **changes)

    leader.refresh_from_db()
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert leader.check_password(PASSWORD)


def test_a_changed_password_is_the_one_to_sign_in_with(leader, client):
    client.force_login(leader, backend="django.contrib.auth.backends.ModelBackend")

    assert change(client)["Location"] == "/password/done/"
    assert sign_in(password="huayuan-2026-lu")["Location"] == "/"
