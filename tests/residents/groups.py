"""Invented files of special groups for the tests: proposed by the grid leader, opened by the community."""

from uuid import uuid4

from residents import actions
from residents.actions import groups
from residents.enums import Risk
from residents.imports import read_group_types
from residents.models import GroupType

# What each type must know; nothing in it belongs to anybody.
DETAILS = {
    "DB": {"certificate": "低保0001", "category": "A类", "persons": "2"},
    "WB": {"certificate": "特困0001", "supply": "集中供养", "care": "自理"},
    "CJ": {"certificate": "残0001", "category": "肢体", "grade": "三级"},
    "DJ": {"care": "自理", "contact": "邻居老周", "contact_phone": "13800000000"},
    "LSET": {"guardian": "外婆", "guardian_phone": "13800000001"},
    "ZB": {"place": "青海"},
    "SQJZ": {"from_on": "2026-01-01", "until_on": "2027-01-01", "kind": "缓刑", "officer": "周所长"},
    "XMSF": {"released_on": "2026-03-01", "helper": "周师傅"},
}


def load_types():
    actions.load_group_types(read_group_types())


def kind(code):
    load_types()
    return GroupType.objects.get(code=code)


def proposed(town, person, at, code="DB", *, by="leader", risk=Risk.LOW, key=None, **details):
    facts = {"risk": risk, "basis": "民政〔2026〕12号", "details": {**DETAILS[code], **details}}
    return groups.propose(person, kind(code), **facts, by=town.post[by], at=at, key=key or uuid4())


def opened(town, person, at, code="DB", *, by="leader", reviewer="direct", risk=Risk.LOW, **details):
    file = proposed(town, person, at, code, by=by, risk=risk, **details)
    return groups.open_file(file, by=town.post[reviewer], at=at, key=uuid4())
