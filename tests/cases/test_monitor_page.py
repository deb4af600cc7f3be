"""The workflow monitor counts where every open case stands, and each of its numbers leads to those cases."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import actions
from cases.enums import Step
from cases.models import Case
from cases.queries.listing import found
from cases.queries.monitor import by_unit, longest, monitor
from cases.rules.clock import Limit
from tests.cases.walks import walk
from tests.test_query_budgets import leave_only

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 12, 9, 0, tzinfo=SHANGHAI)
# working days back from 10-12, a Monday after a make-up Saturday: 0, 1, 2, 5, 8, 22
CAME = ("2026-10-12", "2026-10-10", "2026-10-09", "2026-09-29", "2026-09-23", "2026-09-04")


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr("gridgov.kit.middleware.timezone.now", lambda: NOW)
    for name in ("local", "shown"):
        caches[name].clear()


@pytest.fixture
def standing(town):
    """Cases at every step that came there on the days above, in both streets and at the community itself."""
    for day in CAME:
        at = datetime.fromisoformat(f"{day}T08:40").replace(tzinfo=SHANGHAI)
        for step in (Step.REPORTED, Step.ASSIGNED, Step.HANDLING, Step.FED_BACK, Step.VERIFIED, Step.CLOSED):
            walk(town, town.report(at=at), at, until=step)
        town.report(at=at, by="direct", grid="east")
        town.report(at=at, by="far_leader", grid="nine")
        given = town.report(at=at, by="leader3", grid="three")
        actions.assign(given, unit=town.grid.three, limit=Limit(30), by=town.post.dispatcher, at=at)


def numbers(stand) -> list[int]:
    return list(stand.by_bucket.values())


def test_every_open_case_is_in_one_bucket_of_its_step(town, standing):
    counted = monitor(town.grid.street, NOW)

    assert numbers(counted.by_step[Step.HANDLING]) == [2, 1, 1, 1, 1]
    assert numbers(counted.by_step[Step.REPORTED]) == [4, 2, 2, 2, 2]
    assert counted.total.total == Case.objects.open().inside(town.grid.street).count()
    assert sum(stand.total for stand in counted.by_child.values()) == counted.total.total


def test_the_units_come_with_what_stands_longest_first(town, standing):
    units, more = by_unit(town.grid.street, NOW)

    assert [(unit.name, unit.stand.total) for unit in units] == [
        ("三官庙街道", 24), ("城市管理科", 12), ("西街社区 三号网格", 6),
    ]  # fmt: skip
    assert more == 0


def test_the_longest_standing_come_first_with_their_working_days(town, standing):
    rows = longest(town.grid.street, NOW)

    assert len(rows) == 20
    assert [row.days for row in rows][:8] == [22] * 7 + [8]


@pytest.mark.parametrize(
    ("person", "place"), [("official", "district"), ("dispatcher", "street"), ("direct", "east")]
)
def test_each_number_leads_to_exactly_its_rows(person, place, town, standing, now, client):
    client.force_login(town.user[person])
    page = client.get("/monitor/", {"grid": town.grid[place].code})
    lines = [*page.context["steps"], page.context["total"], *page.context["children"], *page.context["units"]]
    asked = {url: n for line in lines for _label, n, url in line["cells"] if n}
    asked |= {line["url"]: line["total"] for line in lines if line["total"]}

    told = {}
    for url in asked:
        answer = client.get(url)
        assert answer.context["form"].errors == {}, url
        told[url] = answer.context["total"].n
    assert (told, len(asked) > 20) == (asked, True)


def test_a_unit_out_of_sight_is_no_filter(town, now, client):
    client.force_login(town.user.dispatcher)

    answer = client.get("/cases/", {"holder": f"g{town.grid.nine.pk}", "step": "open"})

    assert list(answer.context["form"].errors) == ["holder"]
    assert town.grid.nine.name not in answer.content.decode()


@pytest.mark.parametrize("holder", ["g", "x1", "g1e9", "d" + "9" * 30, "g１"])
def test_a_holder_that_is_none_is_left_aside(holder, town, now, client):
    client.force_login(town.user.dispatcher)

    assert client.get("/cases/", {"holder": holder}).context["sought"].holder == ""


@pytest.mark.parametrize(
    ("place", "index"), [("district", "case_open_district"), ("one", "case_open_building")]
)
def test_it_is_counted_from_one_index_alone(place, index, town, at):
    town.report(at=at)
    with CaptureQueriesContext(connection) as captured:
        monitor(town.grid[place], at)
    leave_only(index)

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {captured.captured_queries[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert f"Index Only Scan using {index}" in plan


def test_the_list_narrows_by_how_long_a_case_has_stood(town, standing, now, client):
    client.force_login(town.user.dispatcher)

    answer = client.get("/cases/", {"stood": "16-", "step": "handling"})

    days = {
        case.step_since.astimezone(SHANGHAI).date().isoformat()
        for case in found(answer.context["sought"], answer.wsgi_request.scope, NOW)
    }
    assert (answer.context["total"].n, days) == (1, {"2026-09-04"})


def test_with_the_level_above_it_stands_anew(town, at):
    actions.assign(town.report(at=at), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=at)
    actions.sweep(at=at + timedelta(days=6))

    assert longest(town.grid.street, at + timedelta(days=6))[0].since == "2026-09-30 00:00"
