"""Logs as JSON lines: one event a line, with the request it belongs to, without personal data.

Scrubbing is the last net, not the rule: code does not log people. It errs on the safe side, so
any run of 16 to 19 digits goes, whatever it meant.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

# The order matters: an identity number is also a run of eighteen digits.
SCRUBBED = (
    # what                                                                           becomes
    (re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?!\d)"),                    "[id]"),
    (re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)"),            "[card]"),
    (re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"),        "[phone]"),
)  # fmt: skip

# What every record carries anyway; whatever else is there came in by `extra`.
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request"}

Plain = str | int | float | bool | None


def scrub(text: str) -> str:
    """The text without identity numbers, bank cards and mobile numbers."""
    for pattern, name in SCRUBBED:
        text = pattern.sub(name, text)
    return text


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Plain] = {
            **self._extra(record),
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.get() or self._request_of(record),
            "message": scrub(record.getMessage()),
        }
        if trace := self._trace(record):
            line["trace"] = scrub(trace)
        text = json.dumps(line, ensure_ascii=False)
        # Half a surrogate pair cannot be written; its escape can, and is JSON again.
        return text.encode("utf-8", "backslashreplace").decode("utf-8")

    def _request_of(self, record: logging.LogRecord) -> str:
        """Django tells of a 4xx when the request has left our middleware, and hands the request itself over."""
        return str(getattr(getattr(record, "request", None), "id", ""))

    def _extra(self, record: logging.LogRecord) -> dict[str, Plain]:
        return {key: _plain(value) for key, value in vars(record).items() if key not in STANDARD}

    def _trace(self, record: logging.LogRecord) -> str:
        parts = []
        if record.exc_info:
            parts.append(self.formatException(record.exc_info))
        if record.stack_info:
            parts.append(self.formatStack(record.stack_info))
        return "\n".join(parts)


def _plain(value: Any) -> Plain:
    if value is None or isinstance(value, bool):
        return value
    text = scrub(str(value))
    is_number = isinstance(value, int | float) and text == str(value)
    return value if is_number and value - value == 0 else text
