"""The outlook tells which limits run out in the next working days, and what then happens by itself."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches

from cases import actions
from cases.models import Case
from cases.queries.foresight import Ahead, Asked, Window, outlook, pending
from cases.rules.clock import Limit
from tests.cases.test_seven_days import at_the_community, in_the_grid
from tests.cases.walks import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
DECEMBER = datetime(2026, 12, 24, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def now(monkeypatch, at):
    """Requests arrive on Thursday 2026-09-24, before two holidays."""
    monkeypatch.setattr("gridgov.kit.middleware.timezone.now", lambda: at)
    for name in ("local", "shown"):
        caches[name].clear()
    return at


def for_department(town, at, days=7) -> Case:
    case = town.report(at=at)
    return actions.assign(
        case, unit=town.department.chengguan, limit=Limit(days), by=town.post.dispatcher, at=at
    )


def expiring(town, days, at, grid="street", **asked) -> set[int]:
    return set(
        pending(Asked(town.grid[grid], **asked), Window.ahead(days, at)).values_list("case", flat=True)
    )


# n working days ahead: the last day of the window
LAST_DAYS = ((1, "2026-09-28"), (3, "2026-09-30"), (4, "2026-10-08"), (6, "2026-10-10"), (7, "2026-10-12"))


@pytest.mark.parametrize(("days", "last"), LAST_DAYS)
def test_the_days_ahead_are_working_days(days, last, at):
    assert Window.ahead(days, at).last == date.fromisoformat(last)


def test_a_limit_of_n_days_given_today_runs_out_within_n_days_and_not_within_one_less(town, at):
    case = for_department(town, at, days=7)

    assert (expiring(town, 6, at), expiring(town, 7, at)) == (set(), {case.pk})


def test_what_is_fed_back_or_over_runs_out_no_more(town, at):
    done = in_the_grid(town, at)
    actions.feed_back(done, result="已清运", photos=[photo()], by=town.post.leader, at=at)
    for_department(town, at - timedelta(days=20), days=2)

    assert expiring(town, 20, at) == set()


def test_each_level_is_counted_with_what_goes_up_by_itself(town, at):
    in_the_grid(town, at)
    at_the_community(town, at)
    for_department(town, at)
    for_department(town, at)
    far = town.report(at=at, by="far_leader", grid="nine")
    actions.assign(far, unit=town.grid.nine, limit=Limit(2), by=town.post.far_dispatcher, at=at)

    street, district = (outlook(town.grid[name], Window.ahead(7, at)) for name in ("street", "district"))

    assert street.by_kind == {"building": Ahead(1, 1), "community": Ahead(1, 1), "department": Ahead(2, 0)}
    assert (street.total, district.total) == (Ahead(4, 2), Ahead(5, 3))
    assert {pk: sum(a.expire for a in kinds.values()) for pk, kinds in district.by_child.items()} == {
        town.grid.street.pk: 4, town.grid.other_street.pk: 1,
    }  # fmt: skip


def test_a_street_that_lets_nothing_go_up_sees_that_nothing_does(town, at):
    in_the_grid(town, at)
    actions.set_policy(
        town.grid.street, building_escalates=False, reason="人工决定", by=town.post.secretary, at=at
    )

    assert outlook(town.grid.street, Window.ahead(7, at)).total == Ahead(1, 0)


def test_a_provisional_limit_is_told_and_goes_nowhere(town):
    in_the_grid(town, DECEMBER)
    actions.assign(
        town.report(at=DECEMBER), unit=town.grid.one, limit=Limit(9), by=town.post.dispatcher, at=DECEMBER
    )
    window = Window.ahead(10, DECEMBER)

    assert (window.is_provisional, outlook(town.grid.street, window).total) == (True, Ahead(2, 1, 1))


def test_each_number_leads_to_exactly_its_rows(town, now, client):
    in_the_grid(town, now)
    at_the_community(town, now)
    for_department(town, now)
    itself = town.report(at=now, by="direct", grid="east")
    actions.assign(itself, unit=town.grid.east, limit=Limit(3), by=town.post.dispatcher, at=now)
    client.force_login(town.user.direct)

    page = client.get("/outlook/", {"days": 7}).context
    asked = {url: ahead.expire for _name, ahead, url in page["kinds"]}
    for line in page["lines"]:
        asked |= {url: n for _name, n, url in line["cells"] if n} | {line["url"]: line["total"]}

    told = {url: client.get(url).context for url in asked}
    assert {url: (context["number"], len(context["rows"])) for url, context in told.items()} == {
        url: (n, n) for url, n in asked.items()
    }
    assert (len(asked), page["total"].expire) == (9, 4)


@pytest.mark.parametrize("query", [{"days": "21"}, {"days": "0"}, {"days": "bald"}, {"level": "city"}])
def test_what_cannot_be_asked_is_said_at_its_field(query, town, now, client):
    client.force_login(town.user.dispatcher)

    answer = client.get("/outlook/", query)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(query))


def test_five_days_are_shown_where_none_are_asked_for(town, now, client):
    client.force_login(town.user.dispatcher)

    assert client.get("/outlook/").context["window"].last == date(2026, 10, 9)
