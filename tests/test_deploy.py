"""In service: settings that hold, sessions that end, sign-ins that are counted."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.conf import settings as now
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client

from tests.factories import PASSWORD, make_user

KEY = "0123456789abcdefghijKLMNOPQRSTuvwxyzABCDEFGHIJklmnopqrst-_"
SERVICE = {
    "TLS": "1",
    "SECRET_KEY": KEY,
    "CHAIN_KEY": KEY[::-1],
    "DATA_KEYS": f"1:{KEY.swapcase()}",
    "INDEX_KEY": KEY[::-1].swapcase(),
    "ALLOWED_HOSTS": "grid.example.gov.cn",
    "CSRF_TRUSTED_ORIGINS": "https://grid.example.gov.cn",
    "DATABASE_URL": "postgresql://gridgov:secret@postgres:5432/gridgov",
    "REDIS_URL": "redis://redis:6379/0",
}


def manage(*arguments, **changed):
    """A command in a process that knows nothing but this environment."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **SERVICE, **changed}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=now.BASE_DIR, capture_output=True, text=True,
        env={name: value for name, value in environment.items() if value},
    )  # fmt: skip


def test_the_deployment_check_finds_nothing(tmp_path):
    done = manage("check", "--deploy", "--fail-level", "WARNING", GRIDGOV_VAR=str(tmp_path))

    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "CHAIN_KEY", "INDEX_KEY"])
@pytest.mark.parametrize("value", ["", "short"])
def test_a_missing_secret_is_refused_in_a_sentence(name, value, tmp_path):
    done = manage("check", GRIDGOV_VAR=str(tmp_path), **{name: value})

    assert done.returncode != 0
    assert f"With TLS=1 set {name} to a secret of at least 32 characters" in done.stderr
    assert not list(tmp_path.iterdir())  # nothing was made up instead


@pytest.mark.parametrize("keys", ["", KEY, "1:short", f"0:{KEY}", f"256:{KEY}", f"1:{KEY},1:{KEY[::-1]}"])
def test_keys_of_personal_data_that_are_none_are_refused_in_a_sentence(keys, tmp_path):
    done = manage("check", GRIDGOV_VAR=str(tmp_path), DATA_KEYS=keys)

    assert done.returncode != 0
    assert "Set DATA_KEYS to number:secret" in done.stderr and (not keys or KEY not in done.stderr)
    assert not list(tmp_path.iterdir())


def test_a_cipher_that_is_none_of_ours_is_refused(tmp_path):
    done = manage("check", GRIDGOV_VAR=str(tmp_path), DATA_CIPHER="ROT13")

    assert done.returncode != 0
    assert "DATA_CIPHER is one of AES, SM4" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("CHAIN_KEY", KEY), ("INDEX_KEY", KEY[::-1]), ("DATA_KEYS", f"2:{KEY}")],
    ids=["CHAIN_KEY", "INDEX_KEY", "DATA_KEYS"],
)
def test_one_secret_is_not_used_for_two_things(name, value, tmp_path):
    done = manage("check", "--deploy", "--fail-level", "WARNING", GRIDGOV_VAR=str(tmp_path), **{name: value})

    assert done.returncode != 0
    assert f"{name} is the same as" in done.stderr


def test_a_database_of_ones_own_without_secrets_is_warned_about(tmp_path):
    done = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        GRIDGOV_VAR=str(tmp_path),
        TLS="",
        CHAIN_KEY="",
        SECRET_KEY="",
        DATA_KEYS="",
        INDEX_KEY="",
    )

    assert done.returncode != 0
    for name in ("CHAIN_KEY", "DATA_KEYS", "INDEX_KEY"):
        assert f"{name} is not set" in done.stderr


# --- Sessions -----------------------------------------------------------------------------------------

MORNING = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def person(db):
    return make_user("王芳", username="wangfang")


def sign_in(client, username="wangfang", password=PASSWORD, **headers):
    return client.post("/login/", {"username": username, "password": password}, **headers)


def is_in(client) -> bool:
    return client.get("/definitions/").status_code == 200


def after(**passed):
    return time_machine.travel(MORNING + timedelta(**passed), tick=False)


def test_signing_in_gives_the_session_a_new_number(client, person):
    client.get("/login/")
    client.cookies["gridgov_session"] = "chosen-by-somebody-else"

    sign_in(client)

    assert client.cookies["gridgov_session"].value != "chosen-by-somebody-else"
    assert is_in(client)


def test_a_session_ends_after_half_an_hour_unused(client, person):
    with after():
        sign_in(client)
    with after(minutes=29):
        assert is_in(client)
    with after(minutes=58):
        assert is_in(client)
    with after(minutes=89):
        assert not is_in(client)


def test_a_session_ends_after_twelve_hours_of_work(client, person):
    with after():
        sign_in(client)
    for quarter in range(1, 48):
        with after(minutes=15 * quarter):
            assert is_in(client)

    with after(hours=12, minutes=1):
        assert not is_in(client)


def test_signing_out_ends_the_session_on_the_server(client, person):
    sign_in(client)
    stolen = Client()
    stolen.cookies["gridgov_session"] = client.cookies["gridgov_session"].value

    client.post("/logout/")

    assert not is_in(stolen)
    assert Session.objects.count() == 0


def test_a_new_password_ends_the_other_sessions(person):
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client)

    new = {"old_password": PASSWORD, "new_password1": "chuntian-2027", "new_password2": "chuntian-2027"}
    answer = here.post("/password/", new)

    assert answer.status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)


def test_a_deactivated_account_is_out_at_once(client, person):
    sign_in(client)
    get_user_model().objects.filter(pk=person.pk).update(is_active=False)

    assert not is_in(client)


@pytest.mark.parametrize("password", ["password123", "wangfang2026", "12345678901234", "short-1"])
def test_a_password_that_would_be_guessed_is_refused(client, person, password):
    sign_in(client)

    page = client.post(
        "/password/", {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    )

    assert page.status_code == 422
    assert page.context["form"].errors


# --- Sign-ins that fail -------------------------------------------------------------------------------


def failed(client, username, **headers) -> str:
    page = sign_in(client, username, "not-the-password", **headers)
    return page.content.decode().replace(page["X-Request-Id"], "").replace(username, "")


def without_keys(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_an_unknown_name_and_a_wrong_password_look_alike(person):
    known, unknown = (without_keys(failed(Client(), name)) for name in ("wangfang", "nobody-of-that-name"))

    assert known == unknown
    assert "用户名或密码不正确" in known


class CountedHasher(MD5PasswordHasher):
    """Counts how often a password is really worked on."""

    hashed = 0

    def encode(self, password, salt):
        type(self).hashed += 1
        return super().encode(password, salt)


def test_an_unknown_name_costs_the_same_work(person, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    person.set_password(PASSWORD)
    person.save()
    worked = []
    for name in ("wangfang", "nobody-of-that-name"):
        CountedHasher.hashed = 0
        failed(Client(), name)
        worked.append(CountedHasher.hashed)

    assert worked[0] == worked[1] > 0


def test_ten_failures_lock_the_account_from_everywhere(person):
    for number in range(10):
        failed(Client(), "wangfang", REMOTE_ADDR=f"10.0.0.{number}")

    answer = sign_in(Client(), REMOTE_ADDR="10.0.9.9")

    assert answer.status_code == 429
    assert "15" in answer.content.decode()


def test_a_lock_is_told_alike_for_names_that_do_not_exist(person):
    pages = []
    for name in ("wangfang", "nobody-of-that-name"):
        pages += [[failed(Client(), name) for _ in range(11)][-1]]

    assert without_keys(pages[0]) == without_keys(pages[1])


def test_a_whole_street_behind_one_address_is_not_locked_out(person):
    for number in range(30):
        failed(Client(), f"somebody{number}", REMOTE_ADDR="10.0.0.1")

    assert sign_in(Client(), REMOTE_ADDR="10.0.0.1").status_code == 302


def test_the_lock_opens_after_a_quarter_of_an_hour(person):
    with after():
        for _ in range(10):
            failed(Client(), "wangfang")
    with after(minutes=14):
        assert sign_in(Client()).status_code == 429
    with after(minutes=31):
        assert sign_in(Client()).status_code == 302


def test_no_password_is_kept_with_a_failure(person):
    failed(Client(), "wangfang")

    kept = AccessAttempt.objects.values().get()
    assert "not-the-password" not in str(kept)


def test_the_administration_counts_the_same_failures(person):
    for _ in range(10):
        Client().post("/admin/login/", {"username": "wangfang", "password": "not-the-password"})

    assert sign_in(Client()).status_code == 429


def test_a_form_without_its_key_is_explained_and_does_nothing(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    answer = client.post("/logout/")

    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()
    assert is_in(client)


def test_signing_in_leads_to_no_other_house(client, person):
    answer = client.post("/login/?next=https://evil.example/", {"username": "wangfang", "password": PASSWORD})

    assert answer["Location"] == "/"
