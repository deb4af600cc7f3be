"""Points are earned, redeemed and taken back, and the ledger of them is never changed and never below nothing."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from residents import actions
from residents.actions import RegisterRefused
from residents.models import PointEntry
from residents.queries.points import balance, flaws, left_of, rule_for
from residents.rules import points

from .givers import RICE, SOAP, activity, came, neighbour, rules, volunteer
from .people import household, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(town, at):
    return rules(town, at - timedelta(days=2))


@pytest.fixture
def home(town, at):
    return household(town, at)


@pytest.fixture
def she(home, at):
    return resident(home, at)


@pytest.fixture
def giver(town, she, at):
    return volunteer(town, at, she)


@pytest.fixture
def rich(town, rule, giver, she, at):
    """Twenty-four points: twice six hours."""
    for _twice in range(2):
        came(town, at, activity(town, at, hours=6), giver, hours=6)
    return she


def item_called(rule, name):
    return rule.items.get(name=name)


def told(person):
    return [
        (entry.seq, entry.kind, entry.amount, entry.balance_after) for entry in person.points.order_by("seq")
    ]


def redeem(town, person, item, at, *, pieces=1, key=None):
    return actions.redeem(person, item, pieces=pieces, by=town.post.leader, at=at, key=key or uuid4())


def ask(town, entry, at, by="leader", **facts):
    return actions.ask_correction(entry, reason="记错了", by=town.post[by], at=at, key=uuid4(), **facts)


def decide(town, correction, at, by="direct", is_granted=True):
    return actions.decide_correction(correction, is_granted=is_granted, by=town.post[by], at=at)


# --- earning -------------------------------------------------------------------------------------------


def test_confirmed_hours_earn_by_the_rules_of_the_district(town, rule, giver, she, at):
    came(town, at, activity(town, at), giver, hours="2.5")

    assert told(she) == [(1, "earn", 5, 5)]


def test_a_community_with_rules_of_its_own_goes_by_them(town, rule, giver, she, at):
    own = rules(town, at - timedelta(days=1), grid="east", by="secretary", kind_points={"cleaning": 4})

    came(town, at, activity(town, at), giver, hours=2)

    assert (rule_for(she, at), told(she)) == (own, [(1, "earn", 8, 8)])


def test_the_rules_of_the_day_of_the_activity_count(town, rule, giver, she, at):
    what = activity(town, at)
    rules(town, at - timedelta(minutes=5), hour_points=50)

    came(town, at, what, giver, hours=1)

    assert told(she) == [(1, "earn", 2, 2)]


def test_without_rules_hours_count_and_earn_nothing(town, giver, she, at):
    row = came(town, at, activity(town, at), giver)

    assert (row.hours, told(she)) == (3, [])


def test_nothing_is_earned_twice(town, rule, giver, she, at):
    what = activity(town, at)
    row = came(town, at, what, giver)

    actions.confirm_hours(what, {row.pk: Decimal(3)}, by=town.post.direct, at=at)

    assert told(she) == [(1, "earn", 6, 6)]


def test_a_verified_report_counts_once(town, she, at):
    rules(town, at, report_points=3)

    for _twice in range(2):
        actions.award(she, source="report:ZY20260924001", by=None, at=at, key=uuid4())

    assert told(she) == [(1, "earn", 3, 3)]


# --- redeeming -----------------------------------------------------------------------------------------


def test_she_gets_something_for_her_points(town, rule, rich, at):
    rice = item_called(rule, "大米")

    redeem(town, rich, rice, at)

    assert (told(rich)[-1], left_of(rice)) == ((3, "redeem", -20, 4), 9)


def test_the_same_form_twice_hands_out_once(town, rule, rich, at):
    key, soap = uuid4(), item_called(rule, "肥皂")

    entries = {redeem(town, rich, soap, at, key=key).pk for _twice in range(2)}

    assert (len(entries), balance(rich), left_of(soap)) == (1, 19, 99)


def test_a_form_of_somebody_else_is_refused(town, rule, rich, home, at):
    key, soap = uuid4(), item_called(rule, "肥皂")
    redeem(town, rich, soap, at, key=key)

    with pytest.raises(RegisterRefused, match="已使用过"):
        redeem(town, neighbour(home, at, 1), soap, at, key=key)


@pytest.mark.parametrize(
    ("name", "pieces", "word"), [("大米", 2, "积分不足"), ("肥皂", 101, "只剩"), ("肥皂", 0, "只剩")]
)
def test_too_few_points_or_pieces_are_said_and_nothing_is_written(town, rule, rich, at, name, pieces, word):
    with pytest.raises(RegisterRefused, match=word):
        redeem(town, rich, item_called(rule, name), at, pieces=pieces)

    assert PointEntry.objects.filter(kind="redeem").count() == 0


def test_what_older_rules_offered_is_offered_no_more(town, rule, rich, at):
    rules(town, at, SOAP)

    with pytest.raises(RegisterRefused, match="不再提供"):
        redeem(town, rich, item_called(rule, "大米"), at)


# --- taking back ---------------------------------------------------------------------------------------


def test_a_second_person_takes_back_what_was_redeemed_and_the_piece_is_there_again(town, rule, rich, at):
    rice = item_called(rule, "大米")
    entry = redeem(town, rich, rice, at)

    decide(town, ask(town, entry, at), at)

    assert told(rich)[-2:] == [(3, "redeem", -20, 4), (4, "correct", 20, 24)]
    assert left_of(rice) == 10


def test_right_hours_take_back_what_was_too_much(town, rule, giver, she, at):
    row = came(town, at, activity(town, at), giver, hours=3)

    decide(town, ask(town, she.points.get(), at, hours=Decimal("1.5")), at)

    row.refresh_from_db()
    assert (row.hours, told(she)) == (Decimal("1.5"), [(1, "earn", 6, 6), (2, "correct", -3, 3)])


def test_who_asked_does_not_decide(town, rule, rich, at):
    correction = ask(town, rich.points.first(), at)

    with pytest.raises(RegisterRefused, match="另一人"):
        decide(town, correction, at, by="leader")

    assert balance(rich) == 24


def test_refused_it_stays_and_may_be_asked_again(town, rule, rich, at):
    entry = rich.points.first()
    decide(town, ask(town, entry, at), at, is_granted=False)

    again = ask(town, entry, at)

    assert (again.state, balance(rich)) == ("waiting", 24)


def test_decided_twice_it_counts_once(town, rule, rich, at):
    correction = ask(town, rich.points.first(), at)

    for _twice in range(2):
        decide(town, correction, at)

    assert balance(rich) == 12


def test_what_she_has_spent_cannot_be_taken_back(town, rule, rich, at):
    redeem(town, rich, item_called(rule, "大米"), at)
    correction = ask(town, rich.points.first(), at)

    with pytest.raises(RegisterRefused, match="积分不足"):
        decide(town, correction, at)

    correction.refresh_from_db()
    assert (correction.state, balance(rich)) == ("waiting", 4)


def test_a_counter_entry_is_not_taken_back(town, rule, rich, at):
    entry = rich.points.first()
    decide(town, ask(town, entry, at), at)

    for again in (entry, rich.points.last()):
        with pytest.raises(RegisterRefused), transaction.atomic():
            ask(town, again, at)


# --- lapsing -------------------------------------------------------------------------------------------


def test_old_points_lapse_once_a_year_and_what_was_spent_counts_as_the_oldest(town, giver, she, at):
    rule = rules(town, at - timedelta(days=2), keep_years=1)
    came(town, at, activity(town, at, hours=6), giver, hours=6)
    redeem(town, she, item_called(rule, "肥皂"), at)

    later = at.replace(year=2028)
    lapsed = [actions.lapse(she, at=moment) for moment in (at.replace(year=2027), later, later)]

    assert [entry and entry.amount for entry in lapsed] == [None, -7, None]
    assert (balance(she), told(she)[-1][1:]) == (0, ("expire", -7, 0))


@pytest.mark.parametrize(
    ("entries", "lapses"),
    [
        ([], 0),
        ([(date(2025, 5, 1), 10)], 10),
        ([(date(2025, 5, 1), 10), (date(2026, 2, 1), 5), (date(2026, 3, 1), -4)], 6),
        ([(date(2025, 5, 1), 10), (date(2026, 3, 1), -12)], 0),
        ([(date(2026, 1, 1), 10)], 0),
    ],
)
def test_the_oldest_are_spent_first(entries, lapses):
    assert points.lapsing(entries, date(2026, 1, 1)) == lapses


# --- what always holds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["residents_pointentry", "residents_pointrule", "residents_pointitem"])
def test_the_database_changes_nothing_of_it(rich, change, table):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(change.format(table))


def test_the_database_knows_no_debts(town, rich, at):
    last = rich.points.last()
    facts = {name: getattr(last, name) for name in ("grid", "building", "community", "street", "district")}

    with pytest.raises(DatabaseError), transaction.atomic():
        PointEntry.objects.create(
            **facts, resident=rich, seq=3, kind="redeem", amount=-30, balance_after=-6, at=at, key=uuid4()
        )


STEPS = st.lists(
    st.tuples(st.sampled_from(["come", "redeem", "ask", "grant", "lapse"]), st.integers(1, 6)), max_size=14
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_whatever_happens_the_entries_add_up_to_the_balance(town, rule, giver, she, at, steps):
    with transaction.atomic():
        for step, n in steps:
            try:
                with transaction.atomic():
                    _do(town, rule, giver, she, at, step, n)
            except RegisterRefused:
                pass

        amounts = list(she.points.order_by("seq").values_list("amount", "balance_after"))
        assert sum(amount for amount, _after in amounts) == balance(she) >= 0
        assert all(after >= 0 for _amount, after in amounts)
        assert list(flaws()) == []
        transaction.set_rollback(True)


def _do(town, rule, giver, she, at, step, n):
    if step == "come":
        came(town, at, activity(town, at, hours=6), giver, hours=n)
    elif step == "redeem":
        redeem(town, she, item_called(rule, "肥皂"), at, pieces=n)
    elif step == "lapse":
        actions.lapse(she, at=at)
    elif entries := list(she.points.order_by("seq")):
        entry = entries[n % len(entries)]
        if step == "ask":
            ask(town, entry, at, hours=Decimal(n - 1))
        elif correction := entry.corrections.filter(state="waiting").first():
            decide(town, correction, at)


def test_the_proof_reads_every_entry(rich):
    out = StringIO()

    call_command("verify_points", stdout=out)

    assert "全部相符" in out.getvalue()


def test_the_proof_names_what_was_changed_behind_our_back(rich):
    last = rich.points.last()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE residents_pointentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE residents_pointentry SET balance_after = 99 WHERE id = %s", [last.pk])
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("verify_points", stdout=out)

    assert f"第{last.pk}号记录" in out.getvalue()


def test_rules_are_for_districts_and_communities(town, at):
    with pytest.raises(RegisterRefused):
        rules(town, at, RICE, grid="street", by="secretary")
