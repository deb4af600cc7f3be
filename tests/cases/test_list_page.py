"""The list of cases: what it finds, what its numbers say, and how it takes nonsense."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.enums import Step
from cases.forms.listing import FilterForm
from cases.models import Case, SavedFilter
from cases.queries import listing
from cases.rules.clock import Limit
from grids.actions import dismiss
from grids.models import Grid
from grids.queries import scope_of
from tests.cases.test_lifecycle import walk
from tests.town import PEOPLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
LIST = "/cases/"
STEPS = [Step.REPORTED, Step.ASSIGNED, Step.HANDLING, Step.FED_BACK, Step.VERIFIED, Step.CLOSED]


@pytest.fixture
def sign_in(client, town):
    def enter(name: str):
        client.force_login(town.user[name])
        return client

    return enter


@pytest.fixture
def frozen(monkeypatch, at):
    """Requests arrive at the moment the test lives in."""
    monkeypatch.setattr("gridgov.kit.middleware.timezone.now", lambda: at)
    return at


@pytest.fixture
def six(town, at):
    """A case at each of the six steps, one declined, one elsewhere."""
    cases = [walk(town, town.report(at=at), at, until=step) for step in STEPS]
    actions.decline(town.report(at=at), note="不属于本街道", by=town.post.dispatcher, at=at)
    town.report(at=at, by="far_leader", grid="nine")
    return cases


def numbers(answer) -> list[str]:
    return [row.number for row in answer.context["rows"]]


def test_it_shows_the_newest_first(town, at, sign_in):
    cases = [town.report(at=at) for _ in range(3)]

    page = sign_in("dispatcher").get(LIST)

    assert numbers(page) == [case.number for case in reversed(cases)]


def test_another_street_is_never_on_it(six, sign_in):
    page = sign_in("far_dispatcher").get(LIST)

    assert len(numbers(page)) == 1
    assert str(page.context["total"]) == "1"


@pytest.mark.parametrize("person", [name for name, *_ in PEOPLE] + ["outsider"])
def test_every_tab_leads_to_exactly_as_many_rows_as_it_says(person, town, six, client, frozen):
    client.force_login(town.outsider if person == "outsider" else town.user[person])

    told = client.get(LIST).context["tabs"]

    found = {tab["label"]: client.get(tab["url"]) for tab in told}
    assert {label: len(page.context["rows"]) for label, page in found.items()} == {
        tab["label"]: tab["count"].n for tab in told
    }
    assert all(
        tab["current"]
        for label, page in found.items()
        for tab in page.context["tabs"]
        if tab["label"] == label
    )


def test_a_tab_keeps_the_other_filters(town, six, sign_in):
    page = sign_in("dispatcher").get(LIST, {"ledger": "civic"})

    queries = [parse_qs(urlsplit(tab["url"]).query) for tab in page.context["tabs"]]

    assert {query["ledger"][0] for query in queries} == {"civic"}


def test_the_head_of_the_list_counts_the_list(town, six, sign_in):
    client = sign_in("dispatcher")

    told = {
        query: str(client.get(f"{LIST}?{query}").context["total"])
        for query in ("", "step=declined", "step=open")
    }

    assert told == {"": "7", "step=declined": "1", "step=open": "5"}


# --- searching -----------------------------------------------------------------------------


@pytest.fixture
def two(town, at):
    return (
        town.report(at=at, text="水表井坑过低，雨后积水", place="桐柏路12号", house_no="3号楼"),
        town.report(at=at, text="楼道口堆放建筑垃圾"),
    )


@pytest.mark.parametrize("words", [
    "水表井", "水表", "井", "桐柏路", "积水 桐柏路", "3号楼", "  水表井  ",
])  # fmt: skip
def test_it_finds_by_what_was_seen_and_where(words, two, sign_in):
    assert numbers(sign_in("dispatcher").get(LIST, {"q": words})) == [two[0].number]


@pytest.mark.parametrize("part", [slice(None), slice(-4, None), slice(-13, None)])
def test_it_finds_by_number_or_its_end(part, two, sign_in):
    assert numbers(sign_in("dispatcher").get(LIST, {"q": two[1].number[part]})) == [two[1].number]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "井盖 水表", "水表%"])
def test_signs_of_the_database_are_ordinary_characters(words, two, sign_in):
    assert numbers(sign_in("dispatcher").get(LIST, {"q": words})) == []


# --- filters -------------------------------------------------------------------------------


def asked(sign_in, query: str, person: str = "dispatcher") -> int:
    return len(sign_in(person).get(f"{LIST}?{query}").context["rows"])


def test_a_branch_includes_its_leaves(town, at, sign_in):
    town.report(at=at, code="B0801")
    town.report(at=at, code="A401")

    counts = [asked(sign_in, f"category={code}") for code in ("B0801", "B08", "B", "A4", "A", "C")]

    assert counts == [1, 1, 1, 1, 1, 0]


def test_a_grid_includes_what_lies_below(town, at, sign_in):
    town.report(at=at)
    town.report(at=at, by="leader2", grid="two")
    town.report(at=at, by="leader3", grid="three")

    counts = [asked(sign_in, f"grid={town.grid[name].code}") for name in ("street", "east", "two", "west")]

    assert counts == [3, 2, 1, 1]


def test_a_grid_far_below_can_be_asked_for(town, at, sign_in):
    town.report(at=at)

    assert asked(sign_in, f"grid={town.grid.one.code}", "official") == 1


def test_whoever_sees_other_places_chooses_from_other_places(town, client):
    offered = {}
    for person in ("dispatcher", "official", "far_dispatcher", "leader"):
        client.force_login(town.user[person])
        page = client.get(LIST, {"ledger": "key"}).context["form"]
        offered[person] = [code for code, _name in page.fields["grid"].choices if code]

    assert {person: (codes[0], len(codes)) for person, codes in offered.items()} == {
        "dispatcher": ("410102006", 6),
        "official": ("410102", 6),
        "far_dispatcher": ("410102001", 3),
        "leader": ("410102006001001", 1),
    }


def drawn(client, **narrowed: str) -> str:
    return client.get(LIST, narrowed).context["filters"]


def test_an_untouched_form_is_drawn_once_for_all_who_see_the_same_places(town, client):
    forms = {}
    for person in (
        "dispatcher",
        "dispatcher2",
        "official",
        "far_dispatcher",
        "leader",
        "officer",
        "volunteer",
    ):
        client.force_login(town.user[person])
        forms[person] = (drawn(client), drawn(client))

    assert all(first == second for first, second in forms.values())
    assert forms.pop("dispatcher2") == forms["dispatcher"]
    assert len({first for first, _second in forms.values()}) == len(forms)


def test_an_untouched_form_offers_no_place_of_somebody_else(town, client):
    client.force_login(town.user.official)
    whole = drawn(client)
    client.force_login(town.user.leader)

    own = drawn(client)

    assert ("九号网格" in own, "林山寨街道" in own, "林山寨街道" in whole) == (False, False, True)


def test_an_untouched_form_speaks_the_language_of_the_reader(town, sign_in):
    client, told = sign_in("dispatcher"), {}
    for language in ("zh-hans", "en", "zh-hans"):
        client.cookies["django_language"] = language
        told[language] = drawn(client)

    assert {language: "More filters" in form for language, form in told.items()} == {
        "zh-hans": False,
        "en": True,
    }


def test_what_one_person_asked_stands_in_nobody_elses_form(town, sign_in):
    asked_for = drawn(sign_in("dispatcher"), q="桐柏路")

    untouched = drawn(sign_in("dispatcher2"))

    assert ("桐柏路" in asked_for, "桐柏路" in untouched) == (True, False)


def test_an_untouched_form_is_the_one_of_an_empty_query(town, sign_in):
    client = sign_in("dispatcher")
    form = FilterForm(QueryDict("q=&step="), scope=scope_of(town.user.dispatcher, timezone.now()))

    fresh = render_to_string("cases/_filters.html", {"form": form, "is_narrowed": False})

    assert (drawn(client), form.sought) == (fresh, listing.Sought())


def test_who_loses_a_post_no_longer_chooses_from_its_places(town, at, sign_in):
    client = sign_in("dispatcher")
    before = drawn(client)
    dismiss(town.post.dispatcher, at=timezone.now())

    after = drawn(client)

    assert ("东街社区" in before, "东街社区" in after) == (True, False)


@pytest.mark.parametrize("narrowed", [{}, {"ledger": "key"}])
def test_a_renamed_place_has_its_new_name_within_a_minute(narrowed, town, sign_in):
    client = sign_in("dispatcher")
    drawn(client, ledger="key")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=29)):
        drawn(client)
        Grid.objects.filter(pk=town.grid.east.pk).update(name="改名社区")

    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=60)):
        assert "改名社区" in drawn(client, **narrowed)


def test_a_grid_outside_is_left_aside_with_a_word(town, at, sign_in):
    town.report(at=at)

    page = sign_in("dispatcher").get(LIST, {"grid": town.grid.nine.code})

    assert page.context["form"].errors["grid"]
    assert len(page.context["rows"]) == 1


def test_other_filters_find_their_rows(town, six, at, frozen, sign_in):
    chengguan = town.department.chengguan.pk
    expected = {
        f"department={chengguan}": 5, "ledger=key": 7, "ledger=civic": 0, "channel=patrol": 7, "severity=normal": 7,
        "severity=urgent": 0, "reported_from=2026-09-24&reported_to=2026-09-24": 7, "reported_to=2026-09-23": 0,
        "ended_from=2026-09-24": 2, "due=later": 4, "due=today": 0, "due=overdue": 0, "reporter=me": 0,
        "waiting=dispatch": 1, "waiting=close": 1, "only=returned": 0, "only=unsigned": 0, "reach=dispatch": 7,
    }  # fmt: skip

    assert {query: asked(sign_in, query) for query in expected} == expected


def test_my_reports_are_mine(town, six, at, sign_in):
    town.report(at=at, by="leader2", grid="two")

    assert (asked(sign_in, "reporter=me", "leader2"), asked(sign_in, "waiting=mine", "leader2")) == (1, 1)


def test_due_first_shows_open_cases_by_their_limit(town, at, sign_in):
    cases = [town.report(at=at) for _ in range(4)]
    for case, days in zip(cases[:3], (5, 1, 3), strict=True):
        actions.assign(
            case, unit=town.department.chengguan, limit=Limit(days), by=town.post.dispatcher, at=at
        )
    walk(town, town.report(at=at), at, until=Step.CLOSED)

    page = sign_in("dispatcher").get(LIST, {"sort": "due"})

    assert numbers(page) == [cases[n].number for n in (1, 2, 0, 3)]


def test_an_overdue_row_says_so(town, at, sign_in, monkeypatch):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    monkeypatch.setattr("gridgov.kit.middleware.timezone.now", lambda: at + timedelta(days=60))
    client = sign_in("dispatcher")

    page = client.get(LIST, {"due": "overdue"})
    row = page.context["rows"][0]
    late = client.get(LIST, {"only": "unsigned"}).context["rows"]

    assert (row.number, row.is_late) == (case.number, True)
    assert page.content.decode().count('<tr class="late">') == 1
    assert len(late) == 1


# --- nonsense ------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "value"), [
    ("reported_from", "2026-02-30"), ("reported_from", "yesterday"), ("reported_to", "0001-01-01"),
    ("ended_from", "99999-01-01"), ("ended_to", "\x00"), ("q", "水\x00表"), ("q", "井" * 61),
    ("step", "gone"), ("due", "x"), ("category", "Z99"), ("category", "1 OR 1=1"), ("ledger", "all"),
    ("channel", "\x00"), ("severity", "很急"), ("grid", "410102006; DROP"), ("grid", "９"), ("department", "0"),
    ("department", "abc"), ("only", "x"), ("reporter", "1"), ("waiting", "x"), ("sort", "-id"), ("reach", "x"),
])  # fmt: skip
def test_nonsense_is_a_word_at_its_field(field, value, town, at, sign_in):
    town.report(at=at)

    page = sign_in("dispatcher").get(LIST, {field: value})

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert len(page.context["rows"]) == 1


def test_an_end_before_the_beginning_is_said(town, sign_in):
    page = sign_in("dispatcher").get(LIST, {"reported_from": "2026-09-02", "reported_to": "2026-09-01"})

    assert list(page.context["form"].errors) == ["reported_to"]


@pytest.mark.parametrize("cursor", ["x", "\x00", "9" * 600, "W10"])
def test_a_strange_cursor_is_the_first_page(cursor, town, at, sign_in):
    town.report(at=at)

    assert len(sign_in("dispatcher").get(LIST, {"cursor": cursor}).context["rows"]) == 1


def test_unknown_parameters_do_nothing(town, at, sign_in):
    town.report(at=at)

    assert asked(sign_in, "utm_source=x&page=7&step=&step=") == 1


def test_an_empty_list_tells_why(town, at, sign_in):
    client = sign_in("dispatcher")

    nothing = client.get(LIST).content.decode()
    town.report(at=at)
    no_match = client.get(LIST, {"q": "不存在的词"}).content.decode()

    assert "No cases yet" in nothing or "还没有案件" in nothing
    assert f'href="{LIST}"' in no_match


# --- pages and cost ------------------------------------------------------------------------


@pytest.fixture
def many(town, at):
    return [town.report(at=at) for _ in range(60)]


def test_pages_follow_each_other_and_keep_the_filters(town, many, at, sign_in):
    client = sign_in("dispatcher")
    first = client.get(LIST, {"ledger": "key"})
    town.report(at=at)  # arrives meanwhile

    second = client.get(LIST + first.context["next_url"])
    back = client.get(LIST + second.context["previous_url"])

    assert numbers(first) + numbers(second) == [case.number for case in reversed(many)]
    assert numbers(back) == numbers(first)
    assert "ledger=key" in first.context["next_url"]


def test_due_first_pages_too(town, many, at, sign_in):
    for n, case in enumerate(many[:55]):
        actions.assign(case, unit=town.grid.one, limit=Limit(1 + n % 3), by=town.post.dispatcher, at=at)
    client = sign_in("dispatcher")

    first = client.get(LIST, {"sort": "due"})
    second = client.get(LIST + first.context["next_url"])

    found = numbers(first) + numbers(second)
    assert (len(found), len(set(found))) == (60, 60)


DOMAIN = ("cases_", 'grids_grid"', 'grids_department"')


def domain_queries(client, path: str) -> int:
    client.get(path)  # the calendar, the categories and the places are kept for a while
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    found = [query["sql"] for query in captured.captured_queries]
    return sum(
        1 for sql in found if any(f'FROM "{table}' in sql for table in DOMAIN) and "gridgrant" not in sql
    )


@pytest.mark.parametrize("rows", [1, 3, 60])
@pytest.mark.parametrize("person", ["official", "dispatcher", "direct", "leader"])
def test_a_page_is_three_queries_whatever_it_shows(rows, person, town, at, sign_in):
    for _ in range(rows):
        town.report(at=at)

    assert domain_queries(sign_in(person), f"{LIST}?sort=due") == 3


def test_counts_stop_at_their_cap(town, many, at):
    scope = scope_of(town.user.dispatcher, at)
    cases = listing.found(listing.Sought(), scope, at)
    parts = [cases, cases.none(), cases.filter(step="closed")]

    told = listing.capped_counts([listing.asking(part) for part in parts], cap=50)

    assert [str(count) for count in told] == ["50+", "0", "0"]


# --- kept filters --------------------------------------------------------------------------


def test_a_filter_is_kept_under_a_name(town, sign_in):
    client = sign_in("dispatcher")

    answer = client.post(
        reverse("cases:save_filter"), {"name": "城管超期", "query": "due=overdue&cursor=x&evil=1"}
    )

    saved = SavedFilter.objects.get()
    assert (answer.status_code, saved.query, saved.owner) == (302, "due=overdue", town.user.dispatcher)
    assert "城管超期" in client.get(LIST).content.decode()


def test_the_same_name_again_is_the_new_query(town, sign_in):
    client = sign_in("dispatcher")
    for query in ("due=overdue", "due=today"):
        client.post(reverse("cases:save_filter"), {"name": "我的", "query": query})

    assert list(SavedFilter.objects.values_list("query", flat=True)) == ["due=today"]


@pytest.mark.parametrize(("name", "query"), [
    ("", "due=overdue"), ("长" * 21, "due=overdue"), ("a\x00b", "due=overdue"), ("空", ""), ("长", "q=" + "x" * 1200),
])  # fmt: skip
def test_a_filter_that_cannot_be_kept_is_said(name, query, town, sign_in):
    answer = sign_in("dispatcher").post(reverse("cases:save_filter"), {"name": name, "query": query})

    assert answer.status_code == 422
    assert not SavedFilter.objects.exists()


def test_twenty_filters_are_enough(town, sign_in):
    client = sign_in("dispatcher")
    codes = [
        client.post(reverse("cases:save_filter"), {"name": f"第{n}个", "query": "q=x"}).status_code
        for n in range(21)
    ]

    assert (codes[:20], codes[20]) == ([302] * 20, 422)


def test_nobody_touches_another_persons_filters(town, sign_in):
    saved = SavedFilter.objects.create(owner=town.user.leader, name="我的", query="q=x")

    answer = sign_in("dispatcher").post(reverse("cases:delete_filter", args=[saved.pk]))
    gone = sign_in("leader").post(reverse("cases:delete_filter", args=[saved.pk]))

    assert (answer.status_code, gone.status_code) == (404, 302)
    assert not SavedFilter.objects.exists()


def test_the_last_filter_is_offered_not_imposed(town, at, sign_in):
    town.report(at=at)
    client = sign_in("dispatcher")
    client.get(LIST, {"q": "没有的"})

    page = client.get(LIST)

    assert len(page.context["rows"]) == 1
    assert page.context["last_query"] == "q=%E6%B2%A1%E6%9C%89%E7%9A%84"


# --- the number in the bar -----------------------------------------------------------------


def test_the_badge_counts_what_waits(town, at, sign_in):
    client = sign_in("dispatcher")
    before = client.get(reverse("cases:todo_badge")).content.decode()
    town.report(at=at)

    after = client.get(reverse("cases:todo_badge")).content.decode()

    assert (before, ">1<" in after) == ("", True)


# --- which index answers -------------------------------------------------------------------


@pytest.fixture
def crowd(town, at):
    """Enough rows for the planner to care, made in one statement; one in twenty is open, one in ten is ours."""
    case = town.report(at=at, text="井盖缺失")
    columns = [
        f.column for f in Case._meta.concrete_fields if f.column not in ("id", "number", "search_text")
    ]
    made = {
        "step": "CASE WHEN n % 20 = 0 THEN 'reported' ELSE 'closed' END",
        "ended_at": "CASE WHEN n % 20 = 0 THEN NULL ELSE reported_at END",
        "department_id": str(town.department.chengguan.pk),
    }
    ours = "number, search_text, " + ", ".join(columns)
    values = ", ".join(made.get(column, column) for column in columns)
    elsewhere = {
        "grid_id": town.grid.nine.pk, "building_id": town.grid.nine.pk, "community_id": town.grid.south.pk,
        "street_id": town.grid.other_street.pk, "department_id": town.department.shizheng.pk,
    }  # fmt: skip
    changes = ", ".join(f"{column} = {pk}" for column, pk in elsewhere.items())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        cursor.execute(
            f"INSERT INTO cases_case ({ours}) SELECT 'n' || n, '垃圾' || n, {values} "
            f"FROM cases_case, generate_series(1, 8000) AS n WHERE id = {case.pk}"
        )
        cursor.execute(f"UPDATE cases_case SET {changes} WHERE number LIKE 'n%' AND number NOT LIKE '%0'")
        cursor.execute("ALTER TABLE cases_case ENABLE ALWAYS TRIGGER case_state_has_its_event")
        cursor.execute("ANALYZE cases_case")


# person         the index that answers her list; the whole district is the whole table here
LISTS = {
    "official":   ("case_list_district", "cases_case_pkey"),
    "dispatcher": ("case_list_street",),
    "direct":     ("case_list_community",),
    "leader":     ("case_list_building",),
    "officer":    ("case_list_department",),
}  # fmt: skip


def test_the_newest_of_every_scope_come_straight_from_an_index(crowd, town, at):
    plans = {
        person: listing.found(listing.Sought(), scope_of(town.user[person], at), at)
        .order_by("-pk")[:51]
        .explain()
        for person in LISTS
    }

    wrong = {
        person: plan for person, plan in plans.items() if not any(name in plan for name in LISTS[person])
    }
    assert (wrong, [person for person, plan in plans.items() if "Sort" in plan]) == ({}, [])


def test_a_rare_word_comes_from_the_pairs_of_characters(crowd, town, at):
    caches["local"].clear()
    plans = [
        listing.found(listing.Sought(q="井盖"), scope_of(town.user[person], at), at)
        .order_by("-pk")[:51]
        .explain()
        for person in ("official", "dispatcher")
    ]

    assert ["case_search" in plan for plan in plans] == [True, True]


def test_a_word_in_every_case_is_found_by_walking_the_newest(crowd, town, at):
    caches["local"].clear()
    found = listing.found(listing.Sought(q="垃圾"), scope_of(town.user.dispatcher, at), at)

    plan = found.order_by("-pk").values("pk")[:51].explain()

    assert (listing.is_common("垃圾"), listing.is_common("井盖")) == (True, False)
    assert "case_list_street" in plan
    assert found.count() == 801


def test_counting_what_is_open_reads_the_index_alone(crowd, town, at):
    scope = scope_of(town.user.direct, at)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")

    plan = Case.objects.open().within(scope).order_by().values("step", "due_at").explain()

    assert "Index Only Scan using case_open_community" in plan


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_a_row_can_be_walked_opened_and_ticked(town, at, sign_in):
    case = town.report(at=at)
    parser = _Tags()

    parser.feed(sign_in("dispatcher").get(LIST).content.decode())

    links = [
        attrs for tag, attrs in parser.tags if tag == "a" and attrs.get("href") == case.get_absolute_url()
    ]
    boxes = [attrs for tag, attrs in parser.tags if tag == "input" and attrs.get("name") == "case"]
    assert ("data-open" in links[0], boxes[0]["value"]) == (True, str(case.pk))
