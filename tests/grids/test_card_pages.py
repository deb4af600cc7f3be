"""The contact card: on paper, on everybody's phone, and in the hands of those who keep it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.kit.refusals import Forbidden
from grids.actions import CardRefused, appoint, deactivate_grid, dismiss, edit_grid, keep_card
from grids.enums import Hotline, Right, Role
from grids.models import Grid, GridGrant, Post, User
from grids.queries.cards import card_of, standing_of
from grids.rules.cards import CONTACTS, KEPT, ON_CARD, POINTS
from grids.views.cards import KEPT_FOR, PUBLIC
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ONE = "410102006001001"


@pytest.fixture(autouse=True)
def _nobody_has_looked():
    PUBLIC.forget()
    yield
    PUBLIC.forget()


@pytest.fixture
def visitor() -> Client:
    return Client()


def phone(town, person: str, number: str) -> None:
    User.objects.filter(pk=town.user[person].pk).update(phone=number)


def page_of(client, town, person, place, name="card", **query):
    client.force_login(town.user[person])
    return client.get(reverse(f"grids:{name}", args=[town.grid[place].code]), query)


def public(visitor, grid):
    return visitor.get(f"/p/{grid.code}/")


def typed(grid: Grid, **changes: str) -> dict[str, str]:
    """What the form of a card sends back, with some of it typed anew."""
    blank = dict.fromkeys(KEPT, "") | {"scope_note": grid.scope_note, "seen": standing_of(grid)}
    return blank | changes


def save(client, town, person, place, **changes):
    client.force_login(town.user[person])
    grid = Grid.objects.get(pk=town.grid[place].pk)
    return client.post(reverse("grids:keep_card", args=[grid.code]), typed(grid, **changes))


# --- Who stands on it -------------------------------------------------------------------------------


def test_it_names_the_duty_contacts_from_the_grid_up_to_the_street(town, at):
    appoint(make_user("楼院长甲"), Role.BUILDING_HEAD, grid=town.grid.one, at=at)

    names = [person.name for person in card_of(town.grid.one, at).people]

    assert names == ["leader", "member", "楼院长甲", "direct", "first", "secretary"]


def test_the_card_of_a_community_names_no_grid_below_it(town, at):
    assert [person.name for person in card_of(town.grid.east, at).people] == ["direct", "first", "secretary"]


def test_who_has_left_her_post_or_her_account_stands_on_it_no_more(town, at):
    dismiss(town.post.leader, at=at)
    User.objects.filter(username="member").update(is_active=False)

    assert [person.name for person in card_of(town.grid.one, at).people] == ["direct", "first", "secretary"]


def test_a_hotline_that_the_card_names_itself_is_not_there_twice(town, at):
    edit_grid(town.grid.east, by=None, at=at, service_phones=[{"name": "消防中队", "phone": "119"}])

    hotlines = [line.phone for line in card_of(town.grid.one, at).hotlines]

    assert hotlines == ["12345", "110", "120"]


def test_it_costs_two_questions(town, at, django_assert_num_queries):
    with django_assert_num_queries(2):
        card_of(town.grid.one, at)


# --- On paper ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "cards"), [("", 1), ("a4", 1), ("a6", 4), ("a0", 1)])
def test_it_prints_in_two_sizes_each_with_the_way_to_the_public_page(town, client, size, cards):
    page = page_of(client, town, "leader", "one", size=size)

    assert page.content.decode().count('class="segno"') == cards
    assert page.context["address"] == f"http://testserver/p/{ONE}/"


def test_the_code_leads_to_the_address_people_reach_the_site_by(town, client, settings):
    settings.SITE_URL = "https://grid.example.gov.cn"

    assert (
        page_of(client, town, "leader", "one").context["address"] == f"https://grid.example.gov.cn/p/{ONE}/"
    )


@pytest.mark.parametrize("size", ["a4", "a6"])
def test_paper_has_everything_that_was_given(town, client, at, size):
    phone(town, "leader", "0371-0000-0001")
    facts = {
        "service_phones": [{"name": "自来水公司", "phone": "0371-0000-7901"}],
        "service_points": [{"name": "便民站", "address": "幸福路1号", "hours": ""}],
        "supervision_phone": "0371-0000-7910",
    }
    edit_grid(town.grid.street, by=None, at=at, **facts)
    edit_grid(town.grid.one, by=None, at=at, scope_note="1至6号楼")

    text = page_of(client, town, "leader", "one", size=size).content.decode()

    for word in (
        "0371-0000-0001",
        "1至6号楼",
        "自来水公司",
        "0371-0000-7901",
        "便民站",
        "0371-0000-7910",
        "12345",
        "119",
    ):
        assert word in text, word


def test_a_district_has_no_card(town, client, visitor):
    assert page_of(client, town, "official", "district").status_code == 404
    assert public(visitor, town.grid.district).status_code == 404


def test_editing_is_offered_to_keepers_only(town, client):
    offered = {
        person: reverse("grids:edit_card", args=[ONE])
        in page_of(client, town, person, "one").content.decode()
        for person in ("leader", "maintainer", "direct", "first", "secretary", "dispatcher")
    }

    assert {person for person, is_offered in offered.items() if is_offered} == {
        "maintainer",
        "direct",
        "first",
    }


# --- For everybody ----------------------------------------------------------------------------------

NUMBER = re.compile(r"0371-0000-\d{4}")


def test_the_public_page_shows_the_duty_contacts_and_nobody_else(town, visitor, at):
    for number, person in enumerate(sorted(town.user), start=1):
        phone(town, person, f"0371-0000-{number:04}")
        User.objects.filter(username=person).update(name=f"甲{number:02}乙", email=f"{person}@example.org")
    shown = {"leader", "member", "direct", "first", "secretary"}

    page = public(visitor, town.grid.one).content.decode()

    people = {user.username: user for user in User.objects.all()}
    assert set(NUMBER.findall(page)) == {people[person].phone for person in shown}
    assert {person for person, user in people.items() if user.name in page} == shown
    assert not [person for person in people if f"{person}@" in page or f">{person}<" in page]


def test_a_tap_calls(town, visitor, at):
    phone(town, "leader", "0371-67000000转801")
    edit_grid(town.grid.east, by=None, at=at, service_phones=[{"name": "供电", "phone": "95598"}])

    page = public(visitor, town.grid.one).content.decode()

    called = re.findall(r'href="tel:([^"]+)"', page)
    assert called == ["037167000000,801", "12345", "119", "110", "120", "95598"]


def test_it_leads_nowhere_else(town, visitor):
    page = public(visitor, town.grid.one).content.decode()

    links = re.findall(r'<a [^>]*href="([^"]+)"', page)
    assert [link for link in links if not link.startswith("tel:")] == []
    assert "<form" not in page


def test_it_sets_no_cookie_reads_none_and_may_be_kept(town, visitor, client):
    client.force_login(town.user.leader)
    client.cookies["django_language"] = "en"

    answers = [public(visitor, town.grid.one), public(client, town.grid.one)]

    for answer in answers:
        assert not answer.cookies
        assert answer["Cache-Control"] == "public, max-age=300"
        assert "Vary" not in answer
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Content-Language"] == "zh-hans"
    assert len({NUMBER.sub("", re.sub(r"\s", "", answer.content.decode())) for answer in answers}) == 1


def test_whoever_is_signed_in_stays_so(town, client):
    client.force_login(town.user.leader)
    public(client, town.grid.one)

    assert client.get("/").status_code == 200


@pytest.mark.parametrize("code", ["410102006001009", "999", "abc", "4" * 300, "410102"])
def test_where_there_is_no_card_it_says_so_kindly(town, visitor, code):
    answer = visitor.get(f"/p/{code}/")

    assert answer.status_code == 404
    assert "这里没有明白卡" in answer.content.decode()
    assert (answer["Cache-Control"], dict(answer.cookies)) == ("private, no-store", {})


def test_a_grid_out_of_use_has_none(town, visitor, at):
    for post in Post.objects.filter(grid=town.grid.two):
        dismiss(post, at=at)
    deactivate_grid(town.grid.two, by=None, at=at + timedelta(minutes=1))

    assert public(visitor, town.grid.two).status_code == 404


def test_there_is_no_list_of_grids(town, visitor):
    assert visitor.get("/p/").status_code == 404


def test_who_walks_through_all_of_them_is_slowed_down(town, visitor):
    codes = [f"410102006001{number:03}" for number in range(100, 100 + PUBLIC.most)]
    walked = [visitor.get(f"/p/{code}/").status_code for code in codes]

    refused = public(visitor, town.grid.one)

    assert set(walked) == {404}
    assert (refused.status_code, refused["Retry-After"]) == (429, "600")
    assert "十分钟后再试" in refused.content.decode()
    assert visitor.get(f"/p/{ONE}/", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_one_card_may_be_opened_all_day(town, visitor):
    assert {public(visitor, town.grid.one).status_code for _ in range(PUBLIC.most + 5)} == {200}


def test_nothing_can_be_sent_to_it(town, visitor):
    assert visitor.post(f"/p/{ONE}/").status_code == 405


def test_it_asks_the_database_thrice(town, visitor):
    public(visitor, town.grid.one)
    with CaptureQueriesContext(connection) as asked:
        public(visitor, town.grid.one)

    assert len(asked) == 3


# --- Keeping it -------------------------------------------------------------------------------------

TYPED = {
    "scope_note": "1至6号楼",
    "services": "代办证明",
    "service_phones": "物业 0371-0000-7001\n供电 95598",
    "service_points": "便民站；幸福路1号；每天 8:00–20:00",
    "supervision_phone": "0371-0000-7910",
}
STORED = {
    "scope_note": "1至6号楼",
    "services": "代办证明",
    "service_phones": [{"name": "物业", "phone": "0371-0000-7001"}, {"name": "供电", "phone": "95598"}],
    "service_points": [{"name": "便民站", "address": "幸福路1号", "hours": "每天 8:00–20:00"}],
    "supervision_phone": "0371-0000-7910",
}


def test_what_a_keeper_types_stands_on_the_card_and_history_says_who(town, client, visitor):
    answer = save(client, town, "maintainer", "one", **TYPED)

    grid = Grid.objects.get(code=ONE)
    assert answer.url == reverse("grids:card", args=[ONE])
    assert {name: getattr(grid, name) for name in KEPT} == STORED
    assert grid.history.first().history_user == town.user.maintainer
    assert "幸福路1号" in public(visitor, grid).content.decode()


def test_the_form_comes_back_as_it_was_typed(town, client):
    save(client, town, "maintainer", "one", **TYPED)

    form = page_of(client, town, "direct", "one", "edit_card").context["form"]

    assert {name: form[name].value() for name in TYPED} == TYPED


def test_the_same_card_sent_twice_is_one_change(town, client):
    client.force_login(town.user.maintainer)
    sent = typed(town.grid.one, **TYPED)
    before = town.grid.one.history.count()

    answers = [client.post(reverse("grids:keep_card", args=[ONE]), sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert town.grid.one.history.count() == before + 1


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(town, client):
    old = typed(town.grid.one, scope_note="我的")
    save(client, town, "direct", "one", scope_note="她的")
    client.force_login(town.user.maintainer)

    answer = client.post(reverse("grids:keep_card", args=[ONE]), old)

    assert answer.status_code == 409
    assert Grid.objects.get(code=ONE).scope_note == "她的"
    page = answer.content.decode()
    assert "刚才有人改过" in page and "她的" in page and "我的" in page
    again = old | {"seen": answer.context["form"].data["seen"]}
    assert client.post(reverse("grids:keep_card", args=[ONE]), again).status_code == 302
    assert Grid.objects.get(code=ONE).scope_note == "我的"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (
            "service_phones",
            "供水 0371-67000000\n供电\n\n燃气 67000000",
            ["第 2 行须写明服务名称和电话", "第 4 行的电话号码不对"],
        ),
        ("service_phones", "供水 12345\n" * 17, ["卡上最多放得下16行"]),
        ("service_points", "便民站", ["第 1 行须写明服务点名称和地址"]),
        ("service_points", "站；路；每天；又；又", ["第 1 行除名称"]),
        ("supervision_phone", "67000000", ["固定电话须带区号"]),
        ("scope_note", "楼" * 201, ["200"]),
        ("services", "事" * 121, ["120"]),
        ("services", "低\u202e保", ["U+202E"]),
    ],
)
def test_what_cannot_stand_on_a_card_is_said_beside_its_field(town, client, field, value, said):
    before = town.grid.one.history.count()

    answer = save(client, town, "maintainer", "one", **{field: value})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert all(sentence in str(answer.context["form"].errors[field]) for sentence in said)
    assert town.grid.one.history.count() == before


# person         keeps the cards of
KEEPERS = (
    ("maintainer",  {"east", "one", "two"}),
    ("direct",      {"east", "one", "two"}),
    ("first",       {"east", "one", "two"}),
    ("secretary",   {"street"}),
    ("west_direct", {"west", "three"}),
    ("leader",      set()),
    ("dispatcher",  set()),
    ("official",    set()),
)  # fmt: skip


@pytest.mark.parametrize(("person", "kept"), KEEPERS)
def test_a_community_keeps_its_own_and_its_grids_a_street_its_own(town, at, person, kept):
    may = set()
    for name in ("street", "east", "west", "one", "two", "three", "other_street", "south", "nine"):
        try:
            keep_card(town.grid[name], by=town.post[person], at=at, scope_note="新的")
            may.add(name)
        except Forbidden:
            assert Grid.objects.get(pk=town.grid[name].pk).scope_note == ""

    assert may == kept


def test_a_post_without_its_grant_keeps_nothing(town, client):
    GridGrant.objects.filter(user=town.user.maintainer, permission__codename=Right.CARD).delete()

    assert save(client, town, "maintainer", "one", **TYPED).status_code == 403
    assert page_of(client, town, "maintainer", "one", "edit_card").status_code == 403


def test_the_action_writes_nothing_that_is_not_on_a_card(town, at):
    with pytest.raises(TypeError):
        keep_card(town.grid.one, by=town.post.maintainer, at=at, name="新名")


def test_the_action_refuses_a_card_that_was_seen_otherwise(town, at):
    with pytest.raises(CardRefused):
        keep_card(town.grid.one, by=town.post.maintainer, at=at, seen="0" * 16, scope_note="新的")


def test_it_says_what_comes_from_above_and_leads_to_the_other_cards(town, client, at):
    edit_grid(town.grid.street, by=None, at=at, service_phones=[["供电", "95598"]], supervision_phone="12388")

    page = page_of(client, town, "maintainer", "one", "edit_card")

    text = page.content.decode()
    assert "供电 95598" in text and "12388" in text
    assert [tab["label"] for tab in page.context["tabs"]] == ["东街社区", "一号网格", "二号网格"]


def test_nonsense_is_refused_or_stands_on_the_card_and_never_breaks_it(town, client, visitor):
    client.force_login(town.user.maintainer)
    line = st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            ["供水 0371-67000000", "站；路", "\x00", "<script>", "=1+1", "水 ٠٣٧١", "；；；", "x 110转1"]
        ),
    )

    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.dictionaries(st.sampled_from([*KEPT, "seen"]), st.lists(line, max_size=4).map("\n".join)))
    def attack(junk):
        junk = {name: text.encode("utf-8", "replace").decode() for name, text in junk.items()}
        sent = typed(Grid.objects.get(code=ONE)) | junk
        answer = client.post(reverse("grids:keep_card", args=[ONE]), sent)

        assert answer.status_code in (302, 409, 422)
        assert public(visitor, town.grid.one).status_code == 200
        assert page_of(client, town, "maintainer", "one", "edit_card").status_code == 200
        assert "<script>" not in public(visitor, town.grid.one).content.decode()

    attack()


# --- The docs against the code ----------------------------------------------------------------------

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "cards.md").read_text(encoding="utf-8")


def test_the_numbers_are_those_of_the_docs():
    said = (
        f"room for {CONTACTS} services and {POINTS} service points",
        f"may open {PUBLIC.most} different cards in ten minutes",
        "may be kept for five minutes",
    )

    assert [sentence for sentence in said if sentence not in PAGE] == []
    assert (PUBLIC.span, KEPT_FOR) == (timedelta(minutes=10), timedelta(minutes=5))


def test_every_hotline_and_every_role_of_a_card_is_in_the_docs():
    assert [line for line in Hotline.values if line not in PAGE] == []
    with translation.override("en"):
        named = {
            str(role.label).lower().removeprefix("street ").removeprefix("community ") for role in ON_CARD
        }
    assert [name for name in named if name.removesuffix(" responsible person") not in PAGE.lower()] == []
