"""What is past its time goes when it is told to, and nothing else ever does."""

import re
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from residents import actions
from residents.actions.retention import RETENTION
from residents.actions.writing import path_of_row
from residents.enums import Change, LookKind, Met, Purpose, Whereabouts
from residents.models import Look, Resident, Visit
from residents.rules.retention import GONE, LOOKS, RULES, VISITS

from .people import household, id_number, resident

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "registers.md"


@pytest.mark.parametrize(
    ("rule", "today", "before"),
    [
        (LOOKS, date(2026, 9, 24), date(2023, 9, 24)),
        (GONE, date(2028, 2, 29), date(2026, 2, 28)),
        (VISITS, date(2026, 1, 1), date(2021, 1, 1)),
    ],
)
def test_a_rule_says_from_which_day_on_things_are_kept(rule, today, before):
    assert rule.before(today) == before


def test_the_page_says_the_same_as_the_rules():
    written = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE.read_text(), flags=re.MULTILINE))

    assert {name: int(years) for name, years in written.items()} == {rule.name: rule.years for rule in RULES}
    assert {each.rule for each in RETENTION} <= set(RULES)


@pytest.fixture
def she(town, at):
    return resident(
        household(town, at, since=date(2020, 1, 1)), at, on=date(2020, 1, 1), phone="13812345678",
        registered_address="郑州市中原区平安里9号",
    )  # fmt: skip


def look(town, she, at) -> Look:
    return Look.objects.create(
        **path_of_row(she), resident=she, kind=LookKind.REVEAL, field="phone", reason="核实信息", at=at,
        user=town.user.leader, post=town.post.leader,
    )  # fmt: skip


def gone(she, on: date, at: datetime, change=Change.MOVE_OUT) -> Resident:
    actions.leave(she, change=change, on=on, by=None, at=at, key=uuid4())
    return Resident.objects.get(pk=she.pk)


def apply(at, *arguments) -> str:
    said = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("apply_retention", *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_without_yes_it_only_counts(town, she, at):
    look(town, she, at - timedelta(days=4 * 365))
    gone(she, date(2023, 1, 1), at)

    said = apply(at)

    assert "待清理：个人信息查看记录1条（超过3年）" in said and "已迁出或去世人员的登记1条" in said
    assert Look.objects.count() == 1
    assert Resident.objects.get().phone is not None


@pytest.mark.django_db
def test_looks_go_after_three_years_and_not_a_day_sooner(town, she, at):
    midnight = at.replace(hour=0)
    kept = look(town, she, midnight.replace(year=2023))
    look(town, she, midnight.replace(year=2023) - timedelta(seconds=1))

    said = apply(at, "--yes")

    assert "已清理：个人信息查看记录1条" in said
    assert Look.objects.get() == kept


@pytest.mark.django_db
def test_the_database_clears_no_look_of_the_last_three_years(town, she, at):
    look(town, she, at)
    tries = (
        "SELECT residents_clear_looks(now() - interval '3 years' + interval '1 minute')",
        "DELETE FROM residents_look",
        "SET LOCAL gridgov.clearing_looks = 'yes'; DELETE FROM residents_look",
        "SET LOCAL gridgov.clearing_looks = 'yes'; UPDATE residents_look SET reason = 'x'",
        "TRUNCATE residents_look",
    )

    for statement in tries:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert Look.objects.get().reason == "核实信息"


@pytest.mark.django_db
def test_an_old_look_is_cleared_by_its_function_alone(town, she, at):
    look(town, she, at.replace(year=2020))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM residents_look")

    assert apply(at, "--yes").startswith("已清理：个人信息查看记录1条")
    assert not Look.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("change", [Change.MOVE_OUT, Change.DIE])
def test_of_who_is_gone_for_two_years_name_and_number_stay(town, she, at, change):
    gone(she, date(2024, 9, 23), at, change)

    apply(at, "--yes")

    left = Resident.objects.get()
    assert (left.name.open(), left.id_number.open()) == ("程晓梅", id_number("19850615", 2))
    assert (left.phone, left.phone_trace, left.registered_address) == (None, None, None)
    assert {(row.phone, row.registered_address) for row in left.history.all()} == {(None, None)}
    assert left.events.last().change == Change.RESTRICT
    assert "0条（超过2年）" in apply(at, "--yes")  # and never twice


@pytest.mark.django_db
def test_of_who_lives_here_or_left_lately_nothing_goes(town, she, at):
    other = resident(
        household(town, at, house_no="8"), at, id_number=id_number("19700101"), phone="13912345678"
    )
    gone(she, date(2024, 9, 24), at)

    apply(at, "--yes")

    assert all(one.phone for one in Resident.objects.all())
    assert other.events.count() == 1


@pytest.mark.django_db
def test_who_was_restricted_is_known_again_when_she_comes_back(town, she, at):
    home = she.household
    gone(she, date(2023, 1, 1), at)
    apply(at, "--yes")

    with pytest.raises(actions.RegisterRefused):  # she is in the register already
        resident(household(town, at, house_no="8"), at)

    assert Resident.objects.get(state=Whereabouts.LEFT).pk == she.pk
    assert home.pk


def test_of_a_visit_long_ago_only_remains_that_it_was_made(town, she, at):
    old, young = (
        actions.visit(
            she.household, purpose=Purpose.ROUND, met=Met.FAMILY, what="一切都好", photos=[], by=town.post.leader,
            at=when, key=uuid4(),
        )
        for when in (at - timedelta(days=6 * 366), at)
    )  # fmt: skip

    actions.apply_retention(at=at, is_rehearsal=True)
    assert Visit.objects.get(pk=old.pk).what is not None
    actions.apply_retention(at=at, is_rehearsal=False)

    assert Visit.objects.get(pk=old.pk).what is None
    assert Visit.objects.get(pk=young.pk).what.open() == "一切都好"
