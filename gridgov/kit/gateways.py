"""Ways out of the house: a short text to one person by SMS, group robot, e-mail or webhook.

Each is off until the environment names its address (docs/operations.md). A gateway answers in seconds or counts
as unreachable; what it is told never names a person and carries ids only. Nothing here keeps or repeats a
message: that is the outbox's.
"""

import base64
import hashlib
import hmac
import json
import smtplib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote_plus
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

SECONDS = 5  # for connecting, and for every answer
LONGEST_ANSWER = 4096
# A robot takes twenty messages a minute, and is asked twice a minute.
OF_A_ROBOT = 10
TOO_MANY_REQUESTS = 429


class Unreachable(Exception):
    """The gateway is down, slow or asks for patience: whatever else waits for it need not be tried now."""


class Refused(Exception):
    """The gateway is there and does not take this message."""


@dataclass(frozen=True)
class Message:
    """What is sent to one person. Sent twice, it carries the same key."""

    key: str
    to: str  # a phone number or an e-mail address; empty where the gateway needs none
    title: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)  # ids, for programs


class Gateway(Protocol):
    """One way out. `needs` names the address a person must have, `most` how many messages it takes in a run."""

    @property
    def name(self) -> str: ...

    @property
    def needs(self) -> str: ...

    @property
    def most(self) -> int: ...

    def send(self, message: Message) -> None:
        """Returns when the gateway has taken it; raises Unreachable or Refused."""


@dataclass(frozen=True)
class Sms:
    """A short-message service that takes JSON; what it wants to be told, and where, is a template."""

    url: str
    token: str = ""
    template: str = '{"phone": "{to}", "text": "{text}", "id": "{key}"}'
    name: str = "sms"
    needs: str = "phone"
    most: int = 200

    def send(self, message: Message) -> None:
        body = _filled(json.loads(self.template), message)
        post(self.url, body, {"Authorization": f"Bearer {self.token}"} if self.token else {})


def _filled(part: Any, message: Message) -> Any:
    """The template with the message in its texts. It is filled in after parsing: no text breaks out of it."""
    if isinstance(part, dict):
        return {name: _filled(value, message) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, message) for value in part]
    if not isinstance(part, str):
        return part
    for name in ("to", "key", "text"):
        part = part.replace(f"{{{name}}}", getattr(message, name))
    return part


@dataclass(frozen=True)
class WeComRobot:
    """The robot of a WeCom group (企业微信): one address for all, the person is mentioned by her phone."""

    url: str
    name: str = "wecom"
    needs: str = "phone"
    most: int = OF_A_ROBOT

    def send(self, message: Message) -> None:
        text = {"content": message.text, "mentioned_mobile_list": [message.to]}
        _taken_by_robot(post(self.url, {"msgtype": "text", "text": text}))


@dataclass(frozen=True)
class DingTalkRobot:
    """The robot of a DingTalk group (钉钉); with a secret, every address is signed with the time."""

    url: str
    secret: str = ""
    name: str = "dingtalk"
    needs: str = "phone"
    most: int = OF_A_ROBOT

    def send(self, message: Message) -> None:
        text = {"content": f"{message.text} @{message.to}"}
        body = {"msgtype": "text", "text": text, "at": {"atMobiles": [message.to]}}
        _taken_by_robot(post(self._signed(round(time.time() * 1000)), body))

    def _signed(self, now: int) -> str:
        """The robot's own way of signing; it looks at the real time, so the clock is read here."""
        if not self.secret:
            return self.url
        digest = hmac.digest(self.secret.encode(), f"{now}\n{self.secret}".encode(), hashlib.sha256)
        signature = quote_plus(base64.b64encode(digest))
        return f"{self.url}{'&' if '?' in self.url else '?'}timestamp={now}&sign={signature}"


def _taken_by_robot(answer: Any) -> None:
    """A robot answers 200 whatever happens. What it minds (too fast, wrong key) is never one message alone."""
    code = answer.get("errcode") if isinstance(answer, dict) else None
    if code != 0:
        raise Unreachable(f"errcode {code}")


@dataclass(frozen=True)
class Email:
    """Through the mail server of the installation."""

    sender: str
    name: str = "email"
    needs: str = "email"
    most: int = 200

    def send(self, message: Message) -> None:
        headers = {"X-Gridgov-Key": message.key}
        mail = EmailMessage(message.title, message.text, self.sender, [message.to], headers=headers)
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise Refused(type(error).__name__) from error  # its own text would repeat the address
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from error


@dataclass(frozen=True)
class Webhook:
    """Another program of the district. It proves by the signature that we sent it, and when."""

    url: str
    secret: str
    name: str = "webhook"
    needs: str = ""
    most: int = 200

    def send(self, message: Message) -> None:
        body = {"key": message.key, "text": message.text, **message.facts}
        post(self.url, body, lambda content: self._proof(content, str(int(time.time()))))

    def _proof(self, content: bytes, now: str) -> dict[str, str]:
        """HMAC-SHA256 over time, a dot and the body: an old message sent again is told by its time."""
        signature = hmac.new(self.secret.encode(), now.encode() + b"." + content, hashlib.sha256).hexdigest()
        return {"X-Gridgov-Time": now, "X-Gridgov-Signature": f"sha256={signature}"}


Headers = Mapping[str, str] | Callable[[bytes], Mapping[str, str]]


class _NoRedirect(HTTPRedirectHandler):
    """A gateway is where the configuration says, or nowhere: secrets are not carried elsewhere."""

    def redirect_request(self, *args: Any) -> None:
        return None


_opener = build_opener(_NoRedirect)


def post(url: str, body: Any, headers: Headers = {}) -> Any:  # noqa: B006 - never changed
    """Send JSON and return the JSON answered, or None; raises Unreachable or Refused."""
    content = json.dumps(body, ensure_ascii=False).encode()
    said = headers(content) if callable(headers) else headers
    request = Request(url, content, {"Content-Type": "application/json; charset=utf-8", **said})
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return _read(answer.read(LONGEST_ANSWER))
    except HTTPError as error:
        error.close()
        passing = error.code >= 500 or error.code == TOO_MANY_REQUESTS
        raise (Unreachable if passing else Refused)(f"HTTP {error.code}") from None
    except (OSError, HTTPException) as error:
        # Never the address: a robot's key is part of it. A name that is not found hides in another error.
        reason = getattr(error, "reason", None)
        raise Unreachable(type(reason if isinstance(reason, OSError) else error).__name__) from None


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


# name in the settings      what it is made by       what switches it on
WAYS: dict[str, tuple[Callable[..., Gateway], str]] = {
    "sms":                  (Sms,                    "url"),
    "wecom":                (WeComRobot,             "url"),
    "dingtalk":             (DingTalkRobot,          "url"),
    "email":                (Email,                  "sender"),
    "webhook":              (Webhook,                "url"),
}  # fmt: skip


def configured() -> list[Gateway]:
    """The gateways this installation has switched on."""
    return [_made(name) for name, (_make, switch) in WAYS.items() if settings.GATEWAYS[name].get(switch)]


def _made(name: str) -> Gateway:
    facts = {key: value for key, value in settings.GATEWAYS[name].items() if value}
    if "url" in facts and not facts["url"].startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"The address of the gateway {name} must begin with http:// or https://.")
    if name == "webhook" and not facts.get("secret"):
        raise ImproperlyConfigured("A webhook needs its secret, or nobody could tell that a message is ours.")
    return WAYS[name][0](**facts)
