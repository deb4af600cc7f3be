"""The dossier on screen and on paper: what a reader is shown, and where it leads."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from assessment import actions
from assessment.enums import Trace
from assessment.models import Proposal
from assessment.queries import dossier as questions
from assessment.rules.dossier import Stretch, is_too_long, quick
from cases import actions as case_actions
from grids.actions import appoint, dismiss
from grids.enums import Right, Role
from grids.queries import scope_of
from residents import actions as register
from residents.enums import Met, Purpose
from tests.assessment.checks import closed
from tests.assessment.test_dossier import AFTER, HOUR, SEPTEMBER_WHOLE, handed_over, patrol  # noqa: F401
from tests.assessment.test_scores import FIRST, SEPTEMBER, advance, day, month  # noqa: F401
from tests.factories import make_user
from tests.residents import groups
from tests.residents.people import household, resident
from tests.test_query_budgets import domain_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

DAYS = {"since": "2026-09-01", "until": "2026-09-30"}


@pytest.fixture(autouse=True)
def clock(calendar):
    with time_machine.travel(AFTER, tick=False) as traveller:
        yield traveller


def enter(town, name: str) -> Client:
    client = Client()
    client.force_login(town.user[name])
    return client


def page(town, reader: str, whose: str = "", kind: str = "dossier", *args, **query):
    """A page of a dossier; of one's own without a name."""
    url = reverse(f"assessment:{kind}", args=[town.user[whose].pk, *args]) if whose else reverse(
        f"assessment:own_{kind}", args=args
    )  # fmt: skip
    return enter(town, reader).get(url, {**DAYS, **query})


def text(answer) -> str:
    return unescape(answer.content.decode())


def numbers(answer) -> dict[str, tuple[int, str]]:
    """Every number of the page with where it leads."""
    return {
        number.label: (number.n, number.url)
        for _chapter, told in answer.context["chapters"]
        for number in told
    }


# --- one's own ----------------------------------------------------------------------------------------------


def test_every_number_leads_to_exactly_its_rows(handed_over, at):  # noqa: F811
    town = handed_over
    closed(town, at, by="heir")
    home = household(town, day(1))
    register.visit(
        home, purpose=Purpose.ROUND, met=Met.FAMILY, by=town.post.heir, at=day(20), key=uuid4(), what="平安"
    )

    for name in ("heir", "officer", "direct", "dispatcher"):
        client = enter(town, name)
        for label, (n, url) in numbers(page(town, name)).items():
            if n:
                rows = client.get(url)
                assert (rows.status_code, rows.context["number"], len(rows.context["rows"])) == (200, n, n), (
                    label
                )


def test_the_menu_of_everybody_leads_to_her_own(town):
    for name in ("leader", "volunteer", "officer"):
        assert f'href="{reverse("assessment:own_dossier")}"' in text(enter(town, name).get("/"))


def test_without_a_post_in_these_days_the_page_says_so(town):
    for days in ({"since": "2025-01-01", "until": "2025-12-31"}, DAYS):
        town.user["outsider"] = town.outsider

        shown = page(town, "outsider", **days)

        assert (shown.status_code, "这段时间没有任职" in text(shown)) == (200, True)
    assert "这段时间没有任职" in text(page(town, "outsider", kind="dossier_paper"))


def test_what_nobody_wrote_down_does_not_appear(town):
    shown = text(page(town, "supervisor"))

    assert "没有记录" in shown
    assert str(Trace.PATROLS.label) not in shown


def test_a_part_of_what_there_was_appears_also_where_it_is_none(town):
    shown = page(town, "leader")

    assert ("应巡查日中实巡查", (0, "")) in numbers(shown).items()
    assert "0 / 22" in text(shown)


def test_who_has_moved_on_reads_what_she_did_and_opens_no_more(handed_over):  # noqa: F811
    rows = page(handed_over, "leader", "", "dossier_rows", "reported")

    (row,) = rows.context["rows"]
    assert (row.url, row.what) == ("", "上报 · 您管辖范围以外的案件")
    assert "三官庙-2026" not in text(rows)


# --- somebody else's ----------------------------------------------------------------------------------------


def test_who_supervises_the_place_reads_it_and_nobody_elsewhere_does(town):
    town.user["far_supervisor"] = make_user("far_supervisor", username="far_supervisor")
    appoint(town.user["far_supervisor"], Role.STREET_SUPERVISOR, grid=town.grid.other_street, at=day(1))

    asked = {
        who: page(town, who, "leader").status_code for who in ("supervisor", "inspector", "far_supervisor")
    }

    assert asked == {"supervisor": 200, "inspector": 200, "far_supervisor": 404}
    assert [page(town, "supervisor", name).status_code for name in ("officer", "plumber")] == [200, 404]
    assert page(town, "inspector", "plumber").status_code == 200  # of a department of the district


@pytest.fixture
def two_streets(town):
    """She led a grid of one street and leads one of another since."""
    patrol(town, "leader", day(8))
    dismiss(town.post.leader, at=day(15))
    dismiss(town.post.far_leader, at=day(15))
    town.post["moved_leader"] = appoint(
        town.user.leader, Role.GRID_LEADER, grid=town.grid.nine, at=day(15, 10)
    )
    for hour in (11, 13, 15):
        patrol(town, "moved_leader", day(16, hour))
    return town


def test_a_reader_of_one_street_sees_what_belongs_to_the_posts_there(two_streets):
    own, here, above = (page(two_streets, who, "leader") for who in ("leader", "supervisor", "inspector"))

    assert [numbers(shown)["巡查次数"][0] for shown in (own, here, above)] == [4, 1, 4]
    assert [len(shown.context["posts"]) for shown in (own, here, above)] == [2, 1, 2]
    assert "九号网格" not in text(here)
    rows = enter(two_streets, "supervisor").get(numbers(here)["巡查次数"][1])
    assert [row.grid for row in rows.context["rows"]] == ["一号网格"]


def test_days_without_a_post_in_the_place_are_empty_and_not_hidden(two_streets):
    shown = page(two_streets, "supervisor", "leader", since="2026-10-01", until="2026-10-31")

    assert (shown.status_code, "这段时间没有任职" in text(shown)) == (200, True)


def test_who_may_not_open_the_registers_sees_how_many_they_are(town):
    home = household(town, day(1))
    she = resident(home, day(1))
    file = groups.opened(town, she, day(1))
    said = {
        "purpose": Purpose.ROUND,
        "met": Met.FAMILY,
        "by": town.post.leader,
        "key": uuid4(),
        "what": "平安",
    }
    register.visit(home, at=day(14), **said)
    register.visit(home, at=day(15), **{**said, "key": uuid4(), "file": file})

    both = {"走访住户", "走访特殊群体"}
    for reader, lists in (("supervisor", set()), ("secretary", both), ("leader", both)):
        found = {
            name: entry for name, entry in numbers(page(town, reader, "leader")).items() if "走访" in name
        }

        assert found["走访住户"][0] == found["走访特殊群体"][0] == 1, reader
        assert {name for name in both if found[name][1]} == lists, reader
    assert page(town, "supervisor", "leader", "dossier_rows", "group_visits").status_code == 403


# --- on paper -----------------------------------------------------------------------------------------------


def test_the_paper_says_what_the_page_says(month):  # noqa: F811
    run = advance(month, actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST), "published")
    score = run.scores.get(grid=month.grid.one)
    proposal = Proposal.objects.create(score=score, standing="best")
    actions.decide_proposal(
        proposal, confirm=True, reason="群众满意", by=month.post.official, at=AFTER - HOUR
    )

    screen, paper = page(month, "supervisor", "leader"), page(month, "supervisor", "leader", "dossier_paper")

    assert numbers(screen) == numbers(paper)
    assert screen.context["mean"] == paper.context["mean"] == score.final
    for word in (
        "leader",
        "2026-09-01",
        "2026-09-30 24:00",
        "本人签字",
        "负责人签字",
        "群众满意",
        "2 / 22",
        str(score.final),
    ):
        assert word in text(paper), word
    assert "<a href" not in text(paper).split("<main", 1)[1]


# --- the list -----------------------------------------------------------------------------------------------


def listed(town, reader: str, **query) -> list[str]:
    rows = enter(town, reader).get(reverse("assessment:dossiers"), {**DAYS, **query}).context["rows"]
    return [line.person.username for line, _url in rows]


def test_the_list_shows_whom_she_supervises(town):
    assert "far_leader" in listed(town, "inspector")
    assert not {"far_leader", "official", "plumber"} & set(listed(town, "supervisor"))
    assert listed(town, "supervisor", role="grid_leader") == ["leader", "leader2", "leader3"]
    assert listed(town, "supervisor", grid=town.grid.east.code, role="grid_leader") == ["leader", "leader2"]
    assert listed(town, "supervisor", name="member") == ["member"]
    assert "没有找到人员" in text(
        enter(town, "supervisor").get(reverse("assessment:dossiers"), {"name": "查无此人"})
    )


def test_a_line_says_what_the_dossier_says(month):  # noqa: F811
    advance(month, actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST), "published")
    rows = enter(month, "supervisor").get(reverse("assessment:dossiers"), DAYS).context["rows"]

    for line, url in rows:
        told = enter(month, "supervisor").get(url).context

        said = (
            len(told["posts"]),
            told["headlines"]["patrol_days"],
            told["headlines"]["cases"],
            told["mean"],
        )
        assert (len(line.posts), line.patrol_days, line.cases, line.points) == said, line.person
    leader = next(line for line, _url in rows if line.person.username == "leader")
    assert (leader.patrol_days, leader.cases > 0, isinstance(leader.points, Decimal)) == (2, True, True)


def test_it_is_paged_by_key(town, monkeypatch):
    for n in range(60):
        appoint(make_user(f"志愿者{n}"), Role.VOLUNTEER, grid=town.grid.two, at=day(1))
    client, seen, url = enter(town, "supervisor"), [], f"{reverse('assessment:dossiers')}?role=volunteer"

    while url:
        shown = client.get(url)
        seen += [line.person.pk for line, _url in shown.context["rows"]]
        url = reverse("assessment:dossiers") + shown.context["next_url"] if shown.context["next_url"] else ""

    assert (len(seen), len(set(seen)), seen == sorted(seen)) == (61, 61, True)


# --- what is asked for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"since": "2027-01-01"}, "只能查看已经开始的日期"),
        ({"until": "2090-12-31"}, "只能查看已经开始的日期"),
        ({"since": "2020-01-01", "until": "2025-01-01"}, "最多查看5年"),
        ({"since": "2026-09-10", "until": "2026-09-09"}, ""),
        ({"as_of": "2027-01-01T00:00"}, "截止时间不能晚于现在"),
        ({"as_of": "2026-08-01T00:00"}, "早于起始日期"),
        ({"as_of": "2026-09-01T00:00"}, "早于起始日期"),
        ({"since": "昨天"}, "请写成2026-11-21"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(town, asked, word):
    shown = page(town, "leader", **asked)

    assert (shown.status_code, word in text(shown)) == (422, True)
    assert page(town, "leader", "", "dossier_paper", **asked).status_code == 404
    assert page(town, "leader", "", "dossier_rows", "cases", **asked).status_code == 404
    assert enter(town, "supervisor").get(reverse("assessment:dossiers"), {**DAYS, **asked}).status_code == 422


def test_a_number_there_is_not_has_no_rows(town):
    assert page(town, "leader", "", "dossier_rows", "anything").status_code == 404


def test_without_a_word_it_is_this_year_up_to_now(town):
    shown = enter(town, "leader").get(reverse("assessment:own_dossier"))

    stretch = shown.context["stretch"]
    assert (stretch.first, stretch.last, stretch.cut_off) == (date(2026, 1, 1), date(2026, 12, 1), AFTER)
    assert [tab["label"] for tab in shown.context["quick"] if tab["current"]] == ["今年"]


def test_the_periods_asked_for_most():
    assert quick(date(2026, 5, 31)) == {
        "month": (date(2026, 5, 1), date(2026, 5, 31)),
        "quarter": (date(2026, 4, 1), date(2026, 5, 31)),
        "year": (date(2026, 1, 1), date(2026, 5, 31)),
        "last_year": (date(2025, 1, 1), date(2025, 12, 31)),
    }


def test_five_years_are_told_and_a_day_more_is_not():
    assert not is_too_long(date(2021, 12, 2), date(2026, 12, 1))
    assert is_too_long(date(2021, 12, 1), date(2026, 12, 1))
    assert not is_too_long(date(2024, 2, 29), date(2029, 2, 28))


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), (date(2026, 1, 1), date(2026, 12, 1))),
        (date(2026, 1, 2), date(2026, 12, 30), (date(2026, 2, 1), date(2026, 11, 1))),
        (date(2026, 9, 1), date(2026, 9, 30), (date(2026, 9, 1), date(2026, 9, 1))),
        (date(2026, 9, 1), date(2026, 9, 29), (date(2026, 9, 1), date(2026, 8, 1))),
        (date(2026, 12, 2), date(2026, 12, 31), (date(2027, 1, 1), date(2026, 12, 1))),
    ],
)
def test_the_months_that_lie_in_it_whole(first, last, months):
    assert Stretch(first, last, AFTER).months == months


def test_a_moment_at_midnight_belongs_to_the_day_before():
    stretch = Stretch.of(date(2026, 9, 1), date(2026, 9, 30), day(5, 0))

    assert (stretch.last_begun, len(stretch.days)) == (date(2026, 9, 4), 4)
    with pytest.raises(ValueError, match="before the first day"):
        Stretch.of(date(2026, 9, 5), date(2026, 9, 30), day(5, 0))


# --- how often it asks --------------------------------------------------------------------------------------


def test_more_traces_and_people_ask_no_more_often(town):
    pages = (
        (reverse("assessment:own_dossier"), "leader"),
        (reverse("assessment:dossier_paper", args=[town.user.leader.pk]), "supervisor"),
        (reverse("assessment:own_dossier_rows", args=["cases"]), "leader"),
        (reverse("assessment:own_dossier_rows", args=["signed"]), "officer"),
        (reverse("assessment:dossiers"), "supervisor"),
    )
    asked = {one: [] for one in pages}

    for times in (1, 4):
        for n in range(times):
            patrol(town, "leader", day(1 + times) + n * 2 * HOUR)
            closed(town, day(1 + times) + n * HOUR)
            appoint(make_user(), Role.VOLUNTEER, grid=town.grid.two, at=day(1) + timedelta(minutes=n))
        for url, who in pages:
            asked[url, who].append(len(domain_queries(enter(town, who), url)))

    assert {one: counts for one, counts in asked.items() if len(set(counts)) > 1} == {}
    assert max(max(counts) for counts in asked.values()) <= 12


def test_the_cursor_of_rows_walks_all_of_them(town, monkeypatch):
    for n in range(55):
        case_actions.report(
            category=town.category("C201"), grid=town.grid.one, text="邻里纠纷", by=town.post.leader,
            at=day(2) + timedelta(minutes=n),
        )  # fmt: skip

    first = page(town, "leader", "", "dossier_rows", "reported")
    url = reverse("assessment:own_dossier_rows", args=["reported"]) + first.context["next_url"]
    second = enter(town, "leader").get(url)

    assert (len(first.context["rows"]), len(second.context["rows"]), second.context["number"]) == (50, 5, 55)


def test_without_the_right_nobody_is_found(town):
    scope = scope_of(town.user.dispatcher, AFTER)

    assert not questions.posts_within(scope, Right.SUPERVISE).exists()
