"""Grids check each other: paired once a month by lot, each checked once by whoever answers for the other."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from assessment import actions
from assessment.models import MutualCheck, Pair
from assessment.queries.mutual_checks import mutual_checks, post_that_checks, to_check
from grids.actions import appoint
from grids.enums import Level, Role
from grids.queries import scope_of
from grids.queries.desks import pending

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

CHECKS = "/checks/"

MONTH = date(2026, 9, 1)
HOUR = timedelta(hours=1)


def draw(town, at, *, place="street", level=Level.BUILDING, seed="2026", by="supervisor", key=None, **facts):
    facts = {"month": MONTH, **facts}
    return actions.draw_mutual_check(
        town.grid[place], level=level, seed=seed, by=town.post[by], at=at, key=key or uuid4(), **facts
    )


def pair_of(round_, checker):
    return round_.pairs.get(checker__code=checker.code)


def check(town, pair, at, *, by, score=88, findings="台账齐全，楼道有堆物", key=None):
    return actions.check_grid(
        pair, score=score, findings=findings, by=town.post[by], at=at, key=key or uuid4()
    )


def test_all_grids_of_the_level_are_in_one_ring(town, at):
    drawn = draw(town, at)

    pairs = {pair.checker.name: pair.grid.name for pair in drawn.pairs.all()}
    assert set(pairs) == set(pairs.values()) == {"一号网格", "二号网格", "三号网格"}
    assert [name for name, other in pairs.items() if name == other or pairs[other] == name] == []
    assert all(pair.street == town.grid.street for pair in drawn.pairs.all())


def test_two_communities_check_each_other(town, at):
    drawn = draw(town, at, level=Level.COMMUNITY)

    assert {(pair.checker, pair.grid) for pair in drawn.pairs.all()} == {
        (town.grid.east, town.grid.west), (town.grid.west, town.grid.east),
    }  # fmt: skip


def test_the_same_seed_pairs_the_same(town, at):
    first, second = (draw(town, at, month=date(2026, month, 1)) for month in (8, 9))

    assert [str(pair) for pair in first.pairs.all()] == [str(pair) for pair in second.pairs.all()]


def test_a_grid_alone_is_not_paired(town, at):
    with pytest.raises(actions.CheckRefused):
        draw(town, at, place="west")

    assert not MutualCheck.objects.exists()


def test_a_month_is_paired_once(town, at):
    key = uuid4()
    drawn = draw(town, at, key=key)

    assert draw(town, at, key=key, seed="other") == drawn
    with pytest.raises(actions.CheckRefused):
        draw(town, at, seed="other")
    draw(town, at, level=Level.COMMUNITY)


@pytest.mark.parametrize("who", ["dispatcher", "direct", "leader", "far_dispatcher"])
def test_who_does_not_supervise_there_pairs_nobody(town, at, who):
    with pytest.raises(actions.Barred):
        draw(town, at, by=who)


def test_the_leader_of_the_checking_grid_checks_once(town, at):
    pair = pair_of(draw(town, at), town.grid.one)
    key = uuid4()

    first, again = (check(town, pair, at, by="leader", key=key) for _ in range(2))

    assert first == again
    assert (first.score, first.done_by) == (88, town.post.leader)
    with pytest.raises(actions.Overtaken):
        check(town, pair, at, by="leader", score=10)
    with pytest.raises(DatabaseError, match="stays as it was found"), transaction.atomic():
        Pair.objects.filter(pk=pair.pk).update(score=1)


@pytest.mark.parametrize("who", ["leader2", "leader3", "member", "direct", "supervisor", "far_leader"])
def test_nobody_else_checks_for_a_grid(town, at, who):
    pair = pair_of(draw(town, at), town.grid.one)

    with pytest.raises(actions.Barred):
        check(town, pair, at, by=who)
    assert pair not in to_check(scope_of(town.user[who], at))


def test_for_a_community_its_direct_responsible_person_goes(town, at):
    pair = pair_of(draw(town, at, level=Level.COMMUNITY), town.grid.west)

    assert check(town, pair, at, by="west_direct").grid == town.grid.east
    with pytest.raises(actions.Barred):
        check(town, pair_of(pair.mutual_check, town.grid.east), at, by="first")


def test_who_holds_a_post_in_the_other_grid_too_does_not_check_it(town, at):
    pair = pair_of(draw(town, at), town.grid.one)
    appoint(town.user.leader, Role.GRID_MEMBER, at=at, grid=pair.grid)

    with pytest.raises(actions.Barred, match=r"hold a post|任职"):
        check(town, pair, at + HOUR, by="leader")


@pytest.mark.parametrize(
    "wrong", [{"score": 101}, {"score": -1}, {"findings": " "}, {"findings": "找13812345678"}]
)
def test_what_does_not_fit_is_refused(town, at, wrong):
    pair = pair_of(draw(town, at), town.grid.one)

    with pytest.raises(actions.CheckRefused):
        check(town, pair, at, by="leader", **wrong)
    assert not Pair.objects.exclude(done_at=None).exists()


@pytest.mark.parametrize("change", [
    "UPDATE assessment_mutualcheck SET seed = 'b'", "DELETE FROM assessment_pair",
    "UPDATE assessment_pair SET checker_id = checker_id + 1",
])  # fmt: skip
def test_the_database_lets_nobody_change_who_was_paired(town, at, change):
    draw(town, at)

    with pytest.raises(DatabaseError, match=r"only ever added|as it was drawn"), transaction.atomic():
        connection.cursor().execute(change)


def test_both_sides_read_a_pair_and_those_between_do_not(town, at):
    drawn = draw(town, at)
    pair = pair_of(drawn, town.grid.one)

    def sees(who):
        scope = scope_of(town.user[who], at)
        return Pair.objects.seen_by(scope).filter(pk=pair.pk).exists()

    other = {town.grid.two: "leader2", town.grid.three: "leader3"}
    checked = other.pop(pair.grid)
    (third,) = other.values()
    assert {who: sees(who) for who in ("leader", checked, third, "supervisor", "far_leader", "officer")} == {
        "leader": True, checked: True, third: False, "supervisor": True, "far_leader": False, "officer": False,
    }  # fmt: skip
    assert mutual_checks(scope_of(town.user.leader, at)).get() == drawn
    assert not mutual_checks(scope_of(town.user.far_leader, at)).exists()


def test_it_waits_on_the_desk_of_whose_turn_it_is(town, at):
    pair = pair_of(draw(town, at), town.grid.one)

    def waits():
        return [
            (one.number, one.url)
            for one in pending(scope_of(town.user.leader, at), at)
            if one.url.startswith(CHECKS)
        ]

    assert waits() == [(1, "/checks/#pairs")]
    assert post_that_checks(pair, scope_of(town.user.leader, at)) == town.post.leader
    check(town, pair, at, by="leader")
    assert waits() == []


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def now(at, time_machine):
    time_machine.move_to(at + HOUR, tick=False)
    return at


def page(client, town, who, url, **sent):
    client.force_login(town.user[who])
    return client.post(url, sent) if sent else client.get(url)


def test_a_round_is_drawn_shown_and_done_on_its_pages(town, now, client):
    sent = {
        "grid": "410102006",
        "level": Level.BUILDING.value,
        "month": "2026-09",
        "seed": "",
        "note": "",
        "key": uuid4(),
    }
    url = page(client, town, "supervisor", "/mutual-checks/draw/", **sent).url
    pair = pair_of(MutualCheck.objects.get(), town.grid.one)

    assert len(page(client, town, "supervisor", url).context["pairs"]) == 3
    assert len(page(client, town, "leader", url).context["pairs"]) == 2
    assert page(client, town, "leader", pair.get_absolute_url()).context["form"] is not None
    found = {"score": 77, "findings": "楼道有堆物", "key": uuid4()}
    assert [page(client, town, "leader", pair.get_absolute_url(), **found).status_code for _ in range(2)] == [
        302,
        302,
    ]
    assert (
        page(client, town, "leader", pair.get_absolute_url(), **found | {"key": uuid4()}).status_code == 409
    )
    shown = page(client, town, "supervisor", pair.get_absolute_url()).content.decode()
    assert "楼道有堆物" in shown
    assert "77" in page(client, town, "supervisor", url).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"month": "2027-01"}, {"level": "1"}, {"grid": "410102001"}, {"grid": "410102006002"}]
)
def test_a_round_that_cannot_be_is_refused_in_words(town, now, client, wrong):
    sent = {"grid": "410102006", "level": "3", "month": "2026-09", "seed": "", "note": "", "key": uuid4()}

    told = page(client, town, "supervisor", "/mutual-checks/draw/", **sent | wrong)

    assert (told.status_code, MutualCheck.objects.count()) == (422, 0)
