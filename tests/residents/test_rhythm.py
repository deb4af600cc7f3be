"""Whoever needs it more is visited oftener: by her risk, and by what the table says besides."""

import itertools
from datetime import date

import pytest

from residents.enums import Risk
from residents.imports import read_group_types
from residents.rules.rhythm import DISABLED as CANNOT
from residents.rules.rhythm import LIMITS, SCATTERED, SEVERE, Circumstances, interval, next_visit

TYPES = dict(read_group_types())
ON = date(2026, 9, 24)


def days(code):
    row = TYPES[code]
    return {Risk.LOW: row["low_days"], Risk.MEDIUM: row["medium_days"], Risk.HIGH: row["high_days"]}


def after(code, risk=Risk.LOW, **facts):
    return interval(days(code), risk, Circumstances(code, **facts), ON)


# type    risk         what is known of her                                        days
CASES = (
    ("DB",   Risk.LOW,    {},                                                          30),
    ("DB",   Risk.MEDIUM, {},                                                          30),
    ("DB",   Risk.HIGH,   {},                                                          7),
    ("WB",   Risk.LOW,    {"details": {"supply": SCATTERED, "care": CANNOT}},          7),
    ("WB",   Risk.LOW,    {"details": {"supply": SCATTERED, "care": "半失能"}},        30),
    ("WB",   Risk.LOW,    {"details": {"supply": "集中供养", "care": CANNOT}},         30),
    ("CJ",   Risk.LOW,    {"details": {"grade": "一级"}},                              30),
    ("CJ",   Risk.LOW,    {"details": {"grade": "二级"}},                              30),
    ("CJ",   Risk.LOW,    {"details": {"grade": "三级"}},                              90),
    ("CJ",   Risk.HIGH,   {"details": {"grade": "一级"}},                              7),
    ("DJ",   Risk.LOW,    {"age": 79},                                                 30),
    ("DJ",   Risk.LOW,    {"age": 80},                                                 7),
    ("DJ",   Risk.LOW,    {"age": 70, "details": {"illness": "yes"}},                  7),
    ("DJ",   Risk.LOW,    {"age": None},                                               30),
    ("LSET", Risk.LOW,    {"age": 9},                                                  30),
    ("ZB",   Risk.LOW,    {"age": 88},                                                 90),
    ("SQJZ", Risk.LOW,    {},                                                          30),
    ("XMSF", Risk.LOW,    {"details": {"released_on": "2025-09-25"}},                  30),
    ("XMSF", Risk.LOW,    {"details": {"released_on": "2025-09-24"}},                  90),
    ("XMSF", Risk.LOW,    {"opened_on": date(2026, 9, 1)},                             30),
    ("XMSF", Risk.LOW,    {"opened_on": date(2025, 9, 1)},                             90),
    ("XMSF", Risk.LOW,    {"details": {"released_on": "?"}, "opened_on": date(2025, 9, 1)}, 90),
)  # fmt: skip


@pytest.mark.parametrize(("code", "risk", "facts", "expected"), CASES)
def test_the_days_follow_from_type_risk_and_what_is_known(code, risk, facts, expected):
    assert after(code, risk, **facts) == expected


def test_nothing_that_is_known_makes_the_visits_rarer():
    for code, risk in itertools.product(TYPES, Risk):
        known = {"supply": SCATTERED, "care": CANNOT, "grade": "一级", "illness": "yes"}

        assert after(code, risk, details=known, age=90, opened_on=ON) <= days(code)[risk], (code, risk)


def test_the_next_visit_is_counted_from_the_last():
    assert next_visit(days("DB"), Risk.HIGH, Circumstances("DB"), ON) == date(2026, 10, 1)


def test_the_shipped_types_spell_the_words_the_rule_reads():
    words = {word for row in TYPES.values() for own in row["fields"] for word in own["choices"]}
    names = {(code, own["name"]) for code, row in TYPES.items() for own in row["fields"]}

    assert {SCATTERED, CANNOT, *SEVERE} <= words
    assert {
        ("WB", "supply"),
        ("WB", "care"),
        ("CJ", "grade"),
        ("DJ", "illness"),
        ("XMSF", "released_on"),
    } <= names
    assert {code for code, _most, _when in LIMITS} <= set(TYPES)
