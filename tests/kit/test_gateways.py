"""A gateway takes the message as its makers ask for it, or says in seconds that it does not."""

import base64
import hashlib
import hmac
import json
import socket
from urllib.parse import parse_qs, urlparse

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from gridgov.kit import gateways
from gridgov.kit.gateways import DingTalkRobot, Email, Message, Refused, Sms, Unreachable, Webhook, WeComRobot
from tests.gateways import counter, nobody_listens

MESSAGE = Message(
    "sms-7-1", "13800000000", "网格治理", '案件 "三官庙-0001" 已交办', {"person": 3, "notices": [{"id": 7}]}
)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def other_side():
    with counter() as server:
        yield server


def test_a_short_message_service_is_told_in_its_own_template(other_side):
    template = '{"mobile": "{to}", "params": ["{text}", 1], "ref": "n-{key}"}'

    Sms(other_side.url, token="t0k", template=template).send(MESSAGE)

    assert other_side.told == [
        {"mobile": "13800000000", "params": ['案件 "三官庙-0001" 已交办', 1], "ref": "n-sms-7-1"}
    ]
    assert other_side.headers[0]["Authorization"] == "Bearer t0k"


def test_a_wecom_robot_mentions_the_person(other_side):
    WeComRobot(other_side.url).send(MESSAGE)

    assert other_side.told == [
        {"msgtype": "text", "text": {"content": MESSAGE.text, "mentioned_mobile_list": ["13800000000"]}}
    ]


def test_a_dingtalk_robot_can_check_the_signature(other_side):
    DingTalkRobot(f"{other_side.url}?access_token=a", secret="SEC1").send(MESSAGE)

    asked = parse_qs(urlparse(other_side.paths[0]).query)
    right = hmac.new(b"SEC1", f"{asked['timestamp'][0]}\nSEC1".encode(), hashlib.sha256).digest()
    assert asked["access_token"] == ["a"]
    assert asked["sign"] == [base64.b64encode(right).decode()]
    assert other_side.told[0]["at"] == {"atMobiles": ["13800000000"]}


def test_a_program_can_check_that_a_message_is_ours(other_side):
    Webhook(other_side.url, "s3cret").send(MESSAGE)

    said = other_side.headers[0]
    right = hmac.new(b"s3cret", said["X-Gridgov-Time"].encode() + b"." + other_side.bodies[0], hashlib.sha256)
    assert said["X-Gridgov-Signature"] == f"sha256={right.hexdigest()}"
    assert other_side.told == [{"key": "sms-7-1", "text": MESSAGE.text, "person": 3, "notices": [{"id": 7}]}]


def test_an_e_mail_goes_through_the_mail_server():
    Email("grid@example.gov.cn").send(Message("email-7-1", "wang@example.gov.cn", "网格治理", "已交办"))

    sent = mail.outbox[0]
    assert (sent.from_email, sent.to, sent.subject, sent.body) == (
        "grid@example.gov.cn", ["wang@example.gov.cn"], "网格治理", "已交办",
    )  # fmt: skip


def test_no_mail_server_is_unreachable(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(urlparse(nobody_listens()).port)

    with pytest.raises(Unreachable):
        Email("grid@example.gov.cn").send(MESSAGE)


@pytest.mark.parametrize(
    ("status", "error"), [(500, Unreachable), (503, Unreachable), (429, Unreachable), (400, Refused)]
)
def test_an_answer_that_will_pass_is_told_from_one_that_will_not(other_side, status, error):
    other_side.status = status

    with pytest.raises(error, match=f"HTTP {status}"):
        Sms(other_side.url).send(MESSAGE)


def test_a_robot_that_asks_for_patience_is_not_pressed(other_side):
    other_side.answer = {"errcode": 45009, "errmsg": "api freq out of limit"}

    with pytest.raises(Unreachable, match="errcode 45009"):
        WeComRobot(other_side.url).send(MESSAGE)


def test_where_nobody_listens_is_said_without_the_address():
    with pytest.raises(Unreachable) as silence:
        Sms(f"{nobody_listens()}?key=secret").send(MESSAGE)

    assert str(silence.value) == "ConnectionRefusedError"


def test_silence_ends_by_itself(monkeypatch):
    monkeypatch.setattr(gateways, "SECONDS", 0.2)
    # It takes the call and says nothing.
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(Unreachable):
        Sms(f"http://127.0.0.1:{mute.getsockname()[1]}/").send(MESSAGE)


def test_a_secret_is_not_carried_elsewhere(other_side):
    other_side.status = 302

    with pytest.raises(Refused, match="HTTP 302"):
        Sms(other_side.url, token="t0k").send(MESSAGE)

    assert other_side.paths == ["/send"]


# --- Switched on and off ------------------------------------------------------------------------------


def test_without_configuration_nothing_is_on():
    assert gateways.configured() == []


def test_what_is_given_is_on(settings):
    settings.GATEWAYS = {
        **settings.GATEWAYS, "sms": {"url": "https://sms.example.gov.cn/", "token": "t", "template": ""},
        "email": {"sender": "grid@example.gov.cn"},
    }  # fmt: skip

    assert gateways.configured() == [Sms("https://sms.example.gov.cn/", "t"), Email("grid@example.gov.cn")]


@pytest.mark.parametrize(
    ("name", "facts", "sentence"),
    [
        ("sms", {"url": "file:///etc/passwd"}, "must begin with http"),
        ("webhook", {"url": "https://example.gov.cn/"}, "needs its secret"),
    ],
)
def test_what_cannot_work_is_refused_in_a_sentence(settings, name, facts, sentence):
    settings.GATEWAYS = {**settings.GATEWAYS, name: facts}

    with pytest.raises(ImproperlyConfigured, match=sentence):
        gateways.configured()


def test_the_template_of_the_house_is_json():
    assert set(json.loads(Sms.template)) == {"phone", "text", "id"}
