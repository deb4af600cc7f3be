"""A log line tells what happened in which request, and nobody's numbers."""

import json
import logging
import sys
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from gridgov.kit.logs import JsonFormatter, request_id, scrub


def line(message: str = "hello", *args: object, **fields: object) -> dict[str, Any]:
    record = logging.LogRecord("gridgov.test", logging.INFO, "x.py", 1, message, args, None)
    vars(record).update(fields)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    text.encode("utf-8")
    return dict(json.loads(text))


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("id 410105199001011234.",            "id [id]."),
        ("id 41010519900101123X.",            "id [id]."),
        ("410105 19900101 123x",              "[id]"),
        ("?q=410105199001011234&x=1",         "?q=[id]&x=1"),
        ("身份证４１０１０５１９９００１０１１２３４号", "身份证[id]号"),
        ("call 13812345678!",                 "call [phone]!"),
        ("+8613812345678",                    "[phone]"),
        ("86-138 1234 5678",                  "[phone]"),
        ("138-1234-5678,19912345678",         "[phone],[phone]"),
        ("card 6222021234567890",             "card [card]"),
        ("6222 0212 3456 7890 123",           "[card]"),
        ("6222021234567890123",               "[card]"),
    ],
)  # fmt: skip
def test_personal_numbers_go(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "三官庙-20261121-0007",
        "grid 410102001001001",
        "1763695152",
        "1763695152123",
        "2026-09-24 09:00:00",
        "12345",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert scrub(text) == text


def test_a_line_names_level_logger_and_request() -> None:
    token = request_id.set("abc123")
    try:
        fields = line("filed %s", "三官庙-20261121-0007", created=1_763_695_152.5)
    finally:
        request_id.reset(token)

    assert fields == {
        "at": "2025-11-21T03:19:12.500+00:00",
        "level": "INFO",
        "logger": "gridgov.test",
        "request": "abc123",
        "message": "filed 三官庙-20261121-0007",
    }


def test_arguments_are_scrubbed_too() -> None:
    assert line("who %s", "13812345678")["message"] == "who [phone]"


def test_extra_fields_are_kept_plain_and_scrubbed() -> None:
    fields = line(case=7, phone=13812345678, who={"id": "410105199001011234"}, ok=True, share=float("nan"))

    assert (fields["case"], fields["phone"], fields["ok"], fields["share"]) == (7, "[phone]", True, "nan")
    assert fields["who"] == "{'id': '[id]'}"


def test_an_extra_field_cannot_pass_for_a_standard_one() -> None:
    assert line(level="NONE", at="never")["level"] == "INFO"


def test_the_request_object_is_left_out() -> None:
    assert line(request=object())["request"] == ""


@pytest.mark.parametrize("address", ["/login/?next=/", "/nowhere/"], ids=["422", "404"])
def test_the_line_of_a_refused_request_has_the_number_its_person_was_told(
    client: Client, db: None, address: str
) -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        response = client.post(address, {"username": ""})
    finally:
        logger.removeHandler(handler)

    fields = json.loads(stream.getvalue())
    assert (fields["request"], fields["status_code"]) == (response["X-Request-Id"], response.status_code)


def test_a_trace_is_one_scrubbed_field() -> None:
    try:
        raise ValueError("bad 13812345678")
    except ValueError:
        fields = line(exc_info=sys.exc_info(), stack_info="Stack of 410105199001011234")

    assert "ValueError: bad [phone]" in fields["trace"]
    assert "Stack of [id]" in fields["trace"]


def test_a_broken_character_does_not_lose_the_line() -> None:
    assert line("half \ud800")["message"] == "half \ud800"
