"""A month is computed, reviewed, appealed against and published; then nothing changes it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from assessment import actions
from assessment.actions import ScoringRefused
from assessment.enums import Basis, Input, RunState, Standing
from assessment.models import Correction, Indicator, MonthlyScore, Proposal, Run, Scheme, Share
from assessment.queries.runs import verified
from cases import actions as case_actions
from grids.actions import appoint, dismiss
from grids.enums import GridKind, Role
from grids.models import Grid
from residents import actions as register
from residents.enums import Met, Purpose
from tests.assessment.test_tally import assign, solved
from tests.factories import make_user
from tests.residents.people import household
from tests.town import SHANGHAI

pytestmark = pytest.mark.django_db

SEPTEMBER = date(2026, 9, 1)
FIRST = datetime(2026, 10, 1, 0, 10, tzinfo=SHANGHAI)  # the night after
REVIEWED = datetime(2026, 10, 9, 9, tzinfo=SHANGHAI)
LATER = datetime(2026, 10, 16, 9, tzinfo=SHANGHAI)


def day(n: int, hour: int = 9) -> datetime:
    return datetime(2026, 9, n, hour, tzinfo=SHANGHAI)


def score_of(town, name: str = "one") -> MonthlyScore:
    return MonthlyScore.objects.select_related("run__scheme").get(grid=town.grid[name], run__month=SEPTEMBER)


def counted(town, name: str = "one") -> dict[str, int]:
    """What is not zero, but for the days that everybody owes."""
    return {key: n for key, n in score_of(town, name).counts.items() if n and key != Input.DUTY_DAYS}


def line_of(score: MonthlyScore, code: str):
    return next(line for line in score.rows if line.code == code)


@pytest.fixture
def month(town, calendar):
    """September, lived by one grid: two cases in time, one late, two patrols with a diary, one visit."""
    solved(town, day(2), day(4))
    solved(town, day(3), day(7))
    late = assign(town, town.report(at=day(1), code="C201"), day(1))
    case_actions.sweep(at=day(29))
    late.refresh_from_db()
    for n in (8, 9):
        walk = case_actions.start_patrol(by=town.post.leader, at=day(n), key=uuid4())
        case_actions.write_diary(walk, text="一切正常", by=town.post.leader, at=day(n, 10), key=uuid4())
        case_actions.end_patrol(walk, by=town.post.leader, at=day(n, 11))
    return town


@pytest.fixture
def draft(month):
    return actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST)


def advance(town, run, until: RunState):
    """The run as far as `until`, by the people who may."""
    if until != RunState.DRAFT:
        run = actions.give_to_review(run, by=town.post.inspector, at=REVIEWED)
    if until in (RunState.APPEALS, RunState.PUBLISHED):
        run = actions.open_appeals(run, by=town.post.inspector, at=REVIEWED)
    if until == RunState.PUBLISHED:
        run = actions.publish(run, by=town.post.official, at=LATER)
    return run


# --- what is counted ------------------------------------------------------------------------------------------


def test_every_grid_of_every_level_gets_one(month, draft):
    assert MonthlyScore.objects.filter(run=draft).count() == len(month.grid)
    assert Scheme.objects.get().set_by is None
    assert Indicator.objects.count() == 16


def test_it_counts_what_the_grid_did(month, draft):
    assert counted(month) == {
        "patrol_days": 2, "diary_days": 2, "to_close": 3, "closed": 2, "closed_on_time": 2, "not_reworked": 3,
        "to_sign": 3,  # each the day after it was given, and that is late
    }  # fmt: skip
    assert score_of(month).counts[Input.DUTY_DAYS] == 22  # September 2026: one make-up day, one holiday


def test_what_lies_below_counts_for_everybody_above(month, draft):
    street = score_of(month, "street").counts

    assert (street["patrol_days"], street["duty_days"]) == (2, 3 * 22)
    assert (street["to_close"], street["closed"]) == (3, 2)
    assert counted(month, "nine") == {}


def test_a_visit_is_owed_on_its_due_day_and_in_time_or_not(town, calendar):
    homes = [household(town, day(1), house_no=house_no) for house_no in ("3", "4", "5")]
    for home, due in zip(homes, (15, 16, 17), strict=True):
        home.visit_due = date(2026, 9, due)
        home.save(update_fields=["visit_due"])
    for home, when in zip(homes, (day(14), day(25)), strict=False):
        register.visit(
            home,
            purpose=Purpose.ROUND,
            met=Met.FAMILY,
            by=town.post.leader,
            at=when,
            key=uuid4(),
            what="平安",
        )

    actions.score_month(town.grid.district, SEPTEMBER, by=None, at=FIRST)

    assert counted(town) == {"visits_owed": 3, "visits_in_time": 1, "households": 3, "fresh": 1}
    assert counted(town, "street") == counted(town)


# --- what is computed -----------------------------------------------------------------------------------------------


def test_the_points_explain_themselves(month, draft):
    score = score_of(month)

    patrol, closing = line_of(score, "patrol"), line_of(score, "closing")

    assert (patrol.part, patrol.whole, patrol.points) == (2, 22, Decimal("0.91"))
    # Two closed of three, and two more as its peers do on average, who are itself: (2 + 2 x 2/3) / 5 of 15.
    assert (closing.basis, closing.peers, closing.points) == (Basis.FILLED, (2, 3), Decimal("10.00"))
    assert score.daily + score.facilities + score.performance == score.computed == score.final


def test_one_case_is_no_ground_for_a_place(month, draft):
    assert set(MonthlyScore.objects.filter(run=draft).values_list("place", flat=True)) == {None}


@pytest.mark.parametrize(("kind", "peer_places"), [(GridKind.COMMUNITY, (1, 2)), (GridKind.MICRO, (1, 1))])
def test_a_place_within_the_level_and_one_among_grids_of_its_kind(month, kind, peer_places):
    Grid.objects.filter(pk=month.grid.two.pk).update(kind=kind)
    never_closed = month.report(at=day(1), by="leader2", grid="two", code="C201")
    assign(month, never_closed, day(1), unit="two")
    actions.ensure_scheme(month.grid.district, at=day(1))
    set_scheme(month, since=SEPTEMBER, ranked_from=1)

    run = actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST)
    drafted = [(score_of(month, name).place, score_of(month, name).peer_place) for name in ("one", "two")]
    advance(month, run, RunState.PUBLISHED)
    published = [(score_of(month, name).place, score_of(month, name).peer_place) for name in ("one", "two")]

    assert drafted == published == list(zip((1, 2), peer_places, strict=True))


def test_it_is_computed_again_as_long_as_nobody_may_appeal(month, draft):
    again = actions.score_month(month.grid.district, SEPTEMBER, by=month.post.inspector, at=REVIEWED)
    run = advance(month, again, RunState.APPEALS)

    with pytest.raises(ScoringRefused):
        actions.score_month(month.grid.district, SEPTEMBER, by=month.post.inspector, at=LATER)

    assert (again.pk, Run.objects.count()) == (draft.pk, 1)
    assert MonthlyScore.objects.filter(run=run).count() == len(month.grid)


def test_a_month_under_way_is_a_draft_that_cannot_go_on(month):
    run = actions.score_month(month.grid.district, SEPTEMBER, by=month.post.inspector, at=day(15))

    with pytest.raises(ScoringRefused, match="尚未结束"):
        actions.give_to_review(run, by=month.post.inspector, at=day(16))


# --- inspections ------------------------------------------------------------------------------------------------------


def enter(town, code="phone", points="1", by="supervisor", month=SEPTEMBER, key=None, at=None):
    return actions.inspect(
        town.grid.one, indicator=code, month=month, points=Decimal(points), reason="手机无法接通",
        evidence="检查记录9-3", by=town.post[by], at=at or day(20), key=key or uuid4(),
    )  # fmt: skip


def test_an_entry_counts_once_a_second_person_has_approved_it(month):
    mark = enter(month)
    run = actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST)
    assert line_of(score_of(month), "phone").basis == Basis.UNMARKED

    with pytest.raises(ScoringRefused, match="以外的人"):
        actions.decide_mark(mark, approve=True, by=month.post.supervisor, at=FIRST)
    actions.decide_mark(mark, approve=True, by=month.post.secretary, at=FIRST)
    actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST + timedelta(hours=1))

    line = line_of(score_of(month), "phone")
    assert (line.points, line.mark) == (Decimal("1.00"), mark.pk)
    assert run.month == SEPTEMBER


def test_what_was_approved_since_it_was_computed_has_to_be_counted_first(month, draft):
    run = actions.give_to_review(draft, by=month.post.inspector, at=REVIEWED)
    mark = enter(month, at=REVIEWED)
    actions.decide_mark(mark, approve=True, by=month.post.secretary, at=REVIEWED + timedelta(hours=1))

    with pytest.raises(ScoringRefused, match="重新计算"):
        actions.open_appeals(run, by=month.post.inspector, at=REVIEWED + timedelta(hours=2))
    actions.score_month(
        month.grid.district, SEPTEMBER, by=month.post.inspector, at=REVIEWED + timedelta(hours=2)
    )

    run = actions.open_appeals(run, by=month.post.inspector, at=REVIEWED + timedelta(hours=3))
    assert line_of(score_of(month), "phone").points == Decimal("1.00")
    assert run.state == RunState.APPEALS


def test_what_an_inspection_found_of_the_facilities_holds_until_the_next(month):
    entries = (enter(month), enter(month, code="training", points="2"))
    for mark in entries:
        actions.decide_mark(mark, approve=True, by=month.post.secretary, at=day(21))

    october = actions.score_month(
        month.grid.district, date(2026, 10, 1), by=None, at=datetime(2026, 11, 1, tzinfo=SHANGHAI)
    )

    score = MonthlyScore.objects.get(run=october, grid=month.grid.one)
    assert line_of(score, "phone").points == Decimal("1.00")
    assert line_of(score, "training").basis == Basis.UNMARKED


@pytest.mark.parametrize(
    "change",
    [{"points": "2.5"}, {"code": "patrol"}, {"code": "nonsense"}, {"by": "leader"}, {"by": "far_dispatcher"},
     {"month": date(2026, 10, 1)}],
    ids=["too many points", "computed", "unknown", "no inspector", "of elsewhere", "not begun"],
)  # fmt: skip
def test_an_entry_is_refused(month, change):
    with pytest.raises(ScoringRefused):
        enter(month, **change)


# --- appeals ---------------------------------------------------------------------------------------------------------------


def appeal(town, score, by="leader", at=None, code="closing", key=None):
    return actions.appeal(
        score, indicator=code, reason="该件已于29日办结，系统未及时登记", evidence="现场照片", by=town.post[by],
        at=at or REVIEWED + timedelta(days=1), key=key or uuid4(),
    )  # fmt: skip


def test_a_granted_appeal_is_a_counter_entry(month, draft):
    run = advance(month, draft, RunState.APPEALS)
    before = score_of(month)
    filed = appeal(month, before)

    actions.decide_appeal(
        filed, points=Decimal("2.5"), decision="情况属实", by=month.post.inspector, at=LATER
    )
    actions.publish(run, by=month.post.official, at=LATER)

    after = score_of(month)
    assert (after.computed, after.lines) == (before.computed, before.lines)
    assert (after.corrected, after.final) == (Decimal("2.50"), before.computed + Decimal("2.50"))
    assert verified(Run.objects.get()).is_clean


def test_it_cannot_gain_more_than_the_line_carries(month, draft):
    advance(month, draft, RunState.APPEALS)
    filed = appeal(month, score_of(month))

    with pytest.raises(ScoringRefused, match=r"-10\.00至5\.00分"):
        actions.decide_appeal(
            filed, points=Decimal("5.01"), decision="属实", by=month.post.inspector, at=LATER
        )


def test_appeals_have_three_working_days_and_hold_up_the_publication(month, draft):
    run = advance(month, draft, RunState.APPEALS)
    assert run.appeals_until == datetime(
        2026, 10, 14, tzinfo=SHANGHAI
    )  # Saturday is worked, then Monday and Tuesday

    filed = appeal(month, score_of(month), at=run.appeals_until - timedelta(seconds=1))
    with pytest.raises(ScoringRefused, match="申诉期已过"):
        appeal(month, score_of(month), at=run.appeals_until, code="patrol")
    with pytest.raises(ScoringRefused, match="尚未结束"):
        actions.publish(run, by=month.post.official, at=run.appeals_until - timedelta(seconds=1))
    with pytest.raises(ScoringRefused, match="1件申诉"):
        actions.publish(run, by=month.post.official, at=LATER)

    actions.decide_appeal(
        filed, points=None, decision="登记时间以系统为准", by=month.post.inspector, at=LATER
    )
    assert actions.publish(run, by=month.post.official, at=LATER).is_published


@pytest.mark.parametrize("by", ["member", "leader2", "direct", "official"])
def test_only_who_answers_for_the_grid_appeals(month, draft, by):
    advance(month, draft, RunState.APPEALS)

    with pytest.raises(ScoringRefused, match="网格本身"):
        appeal(month, score_of(month), by=by)


def test_one_indicator_is_appealed_against_once_and_a_form_sent_twice_is_one(month, draft):
    advance(month, draft, RunState.APPEALS)
    key = uuid4()

    first, twin = (appeal(month, score_of(month), key=key) for _n in range(2))

    assert first == twin
    with pytest.raises(ScoringRefused, match="已"):
        appeal(month, score_of(month))


@pytest.mark.parametrize("by", ["dispatcher", "secretary", "leader"])
def test_the_district_decides(month, draft, by):
    run = advance(month, draft, RunState.APPEALS)
    filed = appeal(month, score_of(month))

    with pytest.raises(ScoringRefused):
        actions.decide_appeal(filed, points=None, decision="不予采纳", by=month.post[by], at=LATER)
    with pytest.raises(ScoringRefused):
        actions.publish(run, by=month.post[by], at=LATER)


# --- what is published stays -------------------------------------------------------------------------------------------------


@pytest.fixture
def published(month, draft):
    return advance(month, draft, RunState.PUBLISHED)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE assessment_monthlyscore SET final = 100",
        "DELETE FROM assessment_monthlyscore",
        "UPDATE assessment_run SET scheme_id = scheme_id",
        "UPDATE assessment_share SET days = 1",
        "INSERT INTO assessment_share (score_id, post_id, user_id, days)"
        " SELECT score_id, (SELECT max(id) FROM grids_post), user_id, 3 FROM assessment_share LIMIT 1",
        "UPDATE assessment_scheme SET warn_below = 0",
        "UPDATE assessment_indicator SET weight = weight",
    ],
)
def test_the_database_refuses_to_change_it(published, change):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_it_is_the_same_when_it_is_computed_again(published):
    again = verified(published)

    assert again.is_clean
    assert again.scores == MonthlyScore.objects.count()


def test_what_is_written_down_later_changes_no_figure_and_is_listed(month, published):
    before = list(MonthlyScore.objects.order_by("pk").values())
    walk = case_actions.start_patrol(
        by=month.post.leader, at=day(10), key=uuid4()
    )  # out of the phone's outbox
    case_actions.end_patrol(walk, by=month.post.leader, at=day(10, 11))

    again = verified(published)

    assert list(MonthlyScore.objects.order_by("pk").values()) == before
    assert again.is_sealed and not again.is_clean
    assert {(found.code, found.what, found.published, found.now) for found in again.differences} >= {
        (month.grid.one.code, "patrol_days", "2", "3"),
        (month.grid.one.code, "patrol", "0.91", "1.36"),
    }


def test_a_figure_forged_in_the_database_breaks_the_seal(month, published):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assessment_monthlyscore DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE assessment_monthlyscore SET final = 99 WHERE grid_id = %s", [month.grid.one.pk]
        )
        cursor.execute(
            "ALTER TABLE assessment_monthlyscore ENABLE ALWAYS TRIGGER assessment_monthlyscore_is_frozen"
        )

    assert not verified(published).is_sealed


def test_what_is_found_wrong_later_stands_beside_it(month, published):
    score = score_of(month)

    actions.amend(
        score, indicator="patrol", points=Decimal("0.45"), reason="离线巡查补传", by=month.post.official, at=LATER,
        key=uuid4(),
    )  # fmt: skip

    assert score_of(month).final == score.final
    assert Correction.objects.get().is_amendment
    assert verified(published).is_sealed


def test_everybody_who_held_a_post_shares_it_by_her_days(month, draft):
    dismiss(month.post.leader, at=day(11, 12))
    heir = appoint(make_user("接任"), Role.GRID_LEADER, at=day(11, 12), grid=month.grid.one)
    run = advance(month, draft, RunState.PUBLISHED)

    shares = Share.objects.filter(score__grid=month.grid.one, score__run=run)

    days = dict(shares.filter(post__role=Role.GRID_LEADER).values_list("post_id", "days"))
    assert days == {month.post.leader.pk: 10, heir.pk: 20}
    assert not shares.filter(post__role=Role.VOLUNTEER).exists()


# --- warnings ---------------------------------------------------------------------------------------------------------------


def test_a_warning_is_proposed_by_rule_and_decided_by_a_person(month):
    actions.ensure_scheme(month.grid.district, at=day(1))
    set_scheme(month, since=SEPTEMBER, warn_below=Decimal(90))
    advance(month, actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST), RunState.PUBLISHED)
    proposal = Proposal.objects.get(score__grid=month.grid.one, standing=Standing.YELLOW)

    with pytest.raises(ScoringRefused):
        actions.decide_proposal(proposal, confirm=True, reason="属实", by=month.post.secretary, at=LATER)
    with pytest.raises(ScoringRefused, match="理由"):
        actions.decide_proposal(proposal, confirm=True, reason=" ", by=month.post.official, at=LATER)
    actions.decide_proposal(proposal, confirm=False, reason="首月试行", by=month.post.official, at=LATER)

    with pytest.raises(ScoringRefused, match="已"):
        actions.decide_proposal(proposal, confirm=True, reason="属实", by=month.post.official, at=LATER)


# --- schemes -------------------------------------------------------------------------------------------------------------------


def lines(**weights):
    """The lines of the product's scheme, some with other weights."""
    scheme = Scheme.objects.order_by("pk").first()
    names = ("code", "name", "section", "weight", "formula", "minimum", "stays", "note")
    return [
        {**each, "weight": Decimal(weights.get(each["code"], each["weight"]))}
        for each in scheme.indicators.order_by("position").values(*names)
    ]


def set_scheme(town, since=date(2026, 11, 1), by="official", **facts):
    facts = {"indicators": lines(patrol="12", visits="8"), "reason": "区委常委会决定", **facts}
    return actions.set_scheme(town.grid.district, since=since, by=town.post[by], at=LATER, **facts)


def test_a_new_scheme_holds_from_its_month_on_and_touches_no_month_before(month, published):
    new = set_scheme(month)
    november = actions.score_month(
        month.grid.district, date(2026, 11, 1), by=None, at=datetime(2026, 12, 1, tzinfo=SHANGHAI)
    )

    assert november.scheme == new != published.scheme
    assert verified(published).is_clean


@pytest.mark.parametrize(
    "change",
    [
        {"since": SEPTEMBER},
        {"since": date(2026, 11, 2)},
        {"by": "secretary"},
        {"seen": 0},
        {"warn_percent": 101},
    ],
    ids=["scored already", "in mid-month", "a street", "not the last", "more than everything"],
)
def test_a_scheme_is_refused(month, published, change):
    with pytest.raises(actions.SchemeRefused):
        set_scheme(month, **change)


def test_weights_that_do_not_sum_up_are_refused_by_the_rule_and_by_the_database(month, published):
    with pytest.raises(actions.SchemeRefused, match="42"):
        set_scheme(month, indicators=lines(patrol="12"))

    scheme = Scheme(grid=month.grid.district, since=date(2027, 1, 1), reason="绕过", set_at=LATER)
    with pytest.raises(DatabaseError, match="40, 10 and 50"), transaction.atomic():
        scheme.save()
        Indicator.objects.create(scheme=scheme, position=1, code="x", name="x", section="daily", weight=40)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
