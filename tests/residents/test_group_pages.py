"""Whom a file of a special group exists for, what she reads there, and what she may do to it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grids.actions import appoint, dismiss, ensure_admin_group
from grids.enums import Role
from grids.rules.workdays import local_date
from residents import actions
from residents.actions import groups
from residents.enums import CloseReason, Field, FileState, LookKind, Risk
from residents.management.commands.load_registers import TYPE_RIGHTS
from residents.models import GroupFile, Look
from tests.factories import make_department, make_user
from tests.town import FOUNDED

from .groups import DETAILS, load_types, opened, proposed
from .people import household, id_number, resident

pytestmark = pytest.mark.django_db

CHILD = (timezone.localdate() - timedelta(days=365 * 8)).strftime("%Y%m%d")


@pytest.fixture
def now():
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def she(town, now):
    return resident(household(town, now), now)


@pytest.fixture
def child(town, now):
    return resident(household(town, now, house_no="7"), now, name="小豆子", id_number=id_number(CHILD, 3))


@pytest.fixture
def served(town, now):
    """Officers of two departments of the street: one leads the files of civil affairs, one those of justice."""
    for code, name, place in (
        ("minzheng", "民政科", "street"), ("sifa", "司法所", "street"), ("sifa", "区司法局", "other_street"),
    ):  # fmt: skip
        department = make_department(town.grid[place], code, name)
        user = make_user(name, username=name)
        appoint(user, Role.DEPARTMENT_OFFICER, at=FOUNDED, department=department)
        town.user[name] = user
    return town


def client(town, name):
    found = Client()
    found.force_login(town.user[name])
    return found


def get(town, name, url, *args, **query):
    return client(town, name).get(reverse(f"residents:{url}", args=args), query)


def post(town, name, url, *args, **sent):
    return client(town, name).post(reverse(f"residents:{url}", args=args), {"key": uuid4(), **sent})


def text(answer):
    return answer.content.decode()


def names(answer):
    return [(row.name, row.file.type.code, bool(row.url)) for row in answer.context["rows"]]


# --- whom a file exists for ---------------------------------------------------------------------------

#  person               sees of            200 on the page of a file of the type
SEES = (
    ("leader",          {"DB", "SQJZ"}),
    ("direct",          {"DB", "SQJZ"}),
    ("secretary",       {"DB", "SQJZ"}),
    ("first",           {"DB"}),
    ("民政科",          {"DB"}),
    ("司法所",          {"SQJZ"}),
    ("区司法局",        set()),
    ("leader2",         set()),
    ("west_direct",     set()),
    ("far_leader",      set()),
    ("officer",         set()),
    ("member",          set()),
    ("maintainer",      set()),
    ("dispatcher",      set()),
    ("official",        set()),
    ("volunteer",       set()),
)  # fmt: skip


def test_a_file_exists_for_those_whose_work_it_is_and_for_nobody_else(served, she, now):
    files = {code: opened(served, she, now, code) for code in ("DB", "SQJZ")}

    for person, sees in SEES:
        answers = {code: get(served, person, "group_file", file.pk) for code, file in files.items()}

        assert {code for code, answer in answers.items() if answer.status_code == 200} == sees, person
        assert {answer.status_code for answer in answers.values()} <= {200, 404}, person


def test_the_list_shows_the_same_files_as_their_pages(served, she, now):
    for code in ("DB", "SQJZ"):
        opened(served, she, now, code)

    for person, sees in SEES:
        answer = get(served, person, "groups")

        if answer.status_code == 200:
            assert {row.file.type.code for row in answer.context["rows"]} == sees, person
        else:
            assert (answer.status_code, sees) in ((302, set()), (403, set())), person


def test_a_type_her_role_may_not_know_is_not_even_offered_as_a_filter(town, she, now):
    opened(town, she, now, "SQJZ")

    assert "社区矫正" not in text(get(town, "first", "groups"))


def test_the_printed_list_shows_no_more(served, she, now):
    opened(served, she, now, "SQJZ")

    assert "社区矫正" in text(get(served, "leader", "groups_paper"))
    assert "社区矫正" not in text(get(served, "first", "groups_paper"))
    assert get(served, "official", "groups_paper").status_code == 403


def test_the_system_administrator_sees_no_file(town, she, now):
    file = opened(town, she, now)
    town.user["keeper"] = make_user("管理员", username="keeper", is_staff=True)
    town.user["keeper"].groups.add(ensure_admin_group(TYPE_RIGHTS))

    assert get(town, "keeper", "group_file", file.pk).status_code == 404
    assert [get(town, "keeper", url).status_code for url in ("groups", "groups_paper", "group_figures")] == [
        403
    ] * 3
    keeper = client(town, "keeper")
    assert keeper.get(reverse("admin:residents_grouptype_changelist")).status_code == 200
    assert "groupfile" not in text(keeper.get(reverse("admin:index")))


def test_the_page_of_a_person_shows_only_the_groups_its_reader_may_know(town, she, now):
    for code in ("DB", "SQJZ"):
        opened(town, she, now, code)

    def told(person):
        page = text(get(town, person, "resident", she.pk))
        return {word for word in ("低保户", "社区矫正对象") if word in page}

    assert told("leader") == {"低保户", "社区矫正对象"}
    assert told("first") == {"低保户"}
    assert told("maintainer") == told("member") == set()


# --- children -----------------------------------------------------------------------------------------


def test_the_file_of_a_child_is_for_its_own_community(served, child, now):
    file = opened(served, child, now, "LSET")

    answers = {
        name: get(served, name, "group_file", file.pk) for name in ("leader", "direct", "secretary", "民政科")
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "leader": 200, "direct": 200, "secretary": 404, "民政科": 404,
    }  # fmt: skip


def test_others_see_stars_in_the_list_and_no_way_in(served, child, now):
    opened(served, child, now, "LSET")

    assert names(get(served, "leader", "groups")) == [("小**", "LSET", True)]
    assert names(get(served, "secretary", "groups")) == [("***", "LSET", False)]
    assert "留守儿童" not in text(get(served, "secretary", "resident", child.pk))


# --- what is opened is on record ----------------------------------------------------------------------


def looks():
    return list(Look.objects.order_by("pk").values_list("user__username", "kind"))


def test_who_works_with_her_sees_what_the_file_holds_and_it_is_on_record(town, she, now):
    file = opened(town, she, now)

    page = get(town, "leader", "group_file", file.pk)

    assert "低保0001" in text(page)
    assert page["Cache-Control"] == "no-store"
    assert looks() == [("leader", LookKind.FILE)]


def test_who_leads_the_type_sees_it_masked(served, she, now):
    file = opened(served, she, now)

    assert "低保0001" not in text(get(served, "民政科", "group_file", file.pk))
    assert looks() == []


def test_opening_a_sensitive_file_is_on_record_for_everybody(served, she, now):
    file = opened(served, she, now, "SQJZ")

    page = text(get(served, "司法所", "group_file", file.pk))

    assert "周所长" not in page
    assert looks() == [("司法所", LookKind.FILE)]
    assert Look.objects.get().file == file


def test_who_has_to_decide_sees_what_she_decides_on(town, she, now):
    file = proposed(town, she, now)

    assert "低保0001" in text(get(town, "first", "group_file", file.pk))
    groups.open_file(file, by=town.post.first, at=now, key=uuid4())
    assert "低保0001" not in text(get(town, "first", "group_file", file.pk))


def test_a_file_closed_long_ago_is_opened_for_nobody(town, she, now):
    file = opened(town, she, now - timedelta(days=60))
    groups.close(
        file, reason=CloseReason.EXPIRED, note="", on=timezone.localdate(now) - timedelta(days=31),
        by=town.post.leader, at=now, key=uuid4(),
    )  # fmt: skip

    assert "低保0001" not in text(get(town, "leader", "group_file", file.pk))


def test_the_page_of_the_person_does_not_tell_that_a_file_was_opened(town, she, now):
    get(town, "leader", "group_file", opened(town, she, now, "SQJZ").pk)
    actions.reveal(she, Field.PHONE, reason="核对电话", by=town.post.leader, at=now)

    shown = get(town, "maintainer", "resident", she.pk).context["looks"]

    assert [look.kind for look in shown] == [LookKind.REVEAL]


def test_no_address_names_the_type_with_the_person(town, she, now):
    load_types()

    page = text(get(town, "leader", "group_choose", she.pk))

    assert "SQJZ" in page
    assert "?type=" not in page


# --- proposing and deciding ---------------------------------------------------------------------------

FORM = {"basis": "民政〔2026〕12号", "risk": Risk.LOW}


def as_form(code):
    return {**FORM, "type": code, **{f"detail_{name}": value for name, value in DETAILS[code].items()}}


def test_a_file_goes_its_way_through_the_pages(town, she, now):

    from_form = _chosen(town, she)
    assert "低保证号" in text(from_form)

    answer = post(town, "leader", "group_propose", she.pk, **as_form("DB"))
    file = GroupFile.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, file.get_absolute_url())
    assert post(town, "first", "group_open", file.pk, note="材料齐全").status_code == 302
    sent = {**as_form("DB"), "risk": Risk.HIGH, "reason": "近期住院"}
    assert post(town, "leader", "group_change", file.pk, **sent).status_code == 302
    today = timezone.localdate()
    assert post(town, "leader", "group_close", file.pk, reason="not_entitled", on=today).status_code == 302

    file.refresh_from_db()
    assert (file.state, file.risk, file.review_note) == (FileState.CLOSED, Risk.HIGH, "材料齐全")
    assert list(file.events.values_list("change", flat=True)) == ["proposed", "opened", "risk", "closed"]


def _chosen(town, she):
    """The form of the type somebody has chosen."""
    load_types()
    return client(town, "leader").post(reverse("residents:group_propose", args=[she.pk]), {"type": "DB"})


def test_the_same_form_sent_twice_is_one_file(town, she, now):
    load_types()
    key = uuid4()

    first, second = (
        post(town, "leader", "group_propose", she.pk, **as_form("DB"), key=key) for _ in range(2)
    )

    assert (first["Location"], GroupFile.objects.count()) == (second["Location"], 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"basis": ""},
        {"risk": "7"},
        {"type": "XX"},
        {"detail_persons": "-1"},
        {"detail_persons": "两个"},
        {"detail_category": "Z类"},
        {"detail_certificate": ""},
        {"detail_from_on": "2026-02-31"},
        {"key": "abc"},
    ],
)
def test_bad_input_is_said_and_leaves_no_trace(town, she, wrong):
    load_types()

    answer = post(town, "leader", "group_propose", she.pk, **{**as_form("DB"), **wrong})

    assert (answer.status_code, GroupFile.objects.count()) == (422, 0)


def test_a_type_her_role_does_not_know_cannot_be_proposed(town, she, now):
    load_types()
    dismiss(town.post.first, at=now)
    appoint(town.user["maintainer"], Role.COMMUNITY_FIRST, at=now, grid=town.grid.east)

    answer = post(town, "maintainer", "group_propose", she.pk, **as_form("SQJZ"))

    assert (answer.status_code, GroupFile.objects.count()) == (422, 0)
    assert post(town, "maintainer", "group_propose", she.pk, **as_form("DB")).status_code == 302


def test_who_keeps_the_register_but_knows_of_no_group_does_not_propose(town, she, now):
    load_types()
    appoint(town.user["maintainer"], Role.COMMUNITY_FIRST, at=now, grid=town.grid.west)

    answer = post(town, "maintainer", "group_propose", she.pk, **as_form("DB"))

    assert (answer.status_code, GroupFile.objects.count()) == (403, 0)


def test_the_proposer_is_told_that_somebody_else_decides(town, she, now):
    file = proposed(town, she, now, by="direct")

    assert "须由他人审核" in text(get(town, "direct", "group_file", file.pk))
    assert post(town, "direct", "group_open", file.pk).status_code == 422
    assert post(town, "leader", "group_open", file.pk).status_code == 403
    file.refresh_from_db()
    assert file.is_waiting


def test_a_refusal_without_a_reason_is_answered_in_words(town, she, now):
    file = proposed(town, she, now)

    answer = post(town, "direct", "group_refuse", file.pk)

    assert (answer.status_code, "请说明不予建档的原因" in text(answer)) == (422, True)


@pytest.mark.parametrize("reason", ["", "died", "moved_away", "other"])
def test_a_file_is_closed_by_hand_only_for_what_no_entry_says(town, she, now, reason):
    file = opened(town, she, now)

    answer = post(town, "leader", "group_close", file.pk, reason=reason, on=timezone.localdate())

    file.refresh_from_db()
    assert (answer.status_code, file.is_open) == (422, True)


def test_a_community_first_does_not_decide_on_what_she_may_not_know(town, she, now):
    file = proposed(town, she, now, "SQJZ")

    assert post(town, "first", "group_open", file.pk).status_code == 404
    assert post(town, "secretary", "group_open", file.pk).status_code == 302


# --- the list and the figures -------------------------------------------------------------------------


def test_the_list_narrows_to_type_risk_grid_state_and_overdue(town, she, now):
    opened(town, she, now - timedelta(days=60), "DB")
    opened(town, she, now, "CJ", risk=Risk.HIGH)
    proposed(town, she, now, "ZB")

    def found(**query):
        page = client(town, "direct").post(reverse("residents:groups"), query, follow=True)
        return {row.file.type.code for row in page.context["rows"]}

    assert found() == {"DB", "CJ"}
    assert found(type="CJ") == found(risk=Risk.HIGH) == {"CJ"}
    assert found(overdue="on") == {"DB"}
    assert found(state="proposed") == {"ZB"}
    assert (found(grid=town.grid.one.code), found(grid=town.grid.two.code)) == ({"DB", "CJ"}, set())
    assert (found(q="程晓"), found(q="王")) == ({"DB", "CJ"}, set())
    assert found(type="XX", risk="9", state="zz", grid="1") == {"DB", "CJ"}


def test_a_closed_file_keeps_the_day_of_its_visit_and_is_late_nowhere(town, she, now):
    file = opened(town, she, now - timedelta(days=60), "DB")
    groups.close(
        file, reason=CloseReason.NOT_ENTITLED, note="收入超标", on=local_date(now), by=town.post.leader, at=now, key=uuid4()
    )  # fmt: skip
    direct = client(town, "direct")

    listed = direct.post(reverse("residents:groups"), {"state": "closed"}, follow=True)
    late = direct.post(reverse("residents:groups"), {"state": "closed", "overdue": "on"}, follow=True)
    page = direct.get(file.get_absolute_url())

    assert GroupFile.objects.get().next_visit_due < local_date(now)
    assert ([row.late for row in listed.context["rows"]], list(late.context["rows"])) == ([0], [])
    assert (page.context["late"], "chip-overdue" in page.content.decode()) == (0, False)


def test_who_only_reads_figures_is_told_numbers_and_no_names(town, now):
    home = household(town, now)
    people = [resident(home, now)] + [
        resident(home, now, relation="90", id_number=id_number(f"19{number}0101")) for number in (50, 60)
    ]
    for person in people:
        opened(town, person, now, "DB")
    opened(town, people[0], now, "CJ")
    opened(town, people[0], now, "SQJZ")

    answer = client(town, "official").get(reverse("residents:groups"), follow=True)

    told = {line.type.code: line.open for line in answer.context["figures"]}
    assert (told["DB"], told["CJ"], told["SQJZ"], told["ZB"]) == ("3", "<3", "<3", "0")
    assert "程*" not in text(answer)
    small = get(town, "maintainer", "group_figures").context["figures"]
    assert "SQJZ" not in {line.type.code for line in small}


def test_somebody_without_any_right_over_them_is_refused(town):
    for url in ("groups", "group_figures"):
        assert get(town, "volunteer", url).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(town, now, rows, django_assert_max_num_queries):
    home = household(town, now)
    for number in range(rows):
        relation = "90" if number else "02"
        she = resident(home, now, relation=relation, id_number=id_number(f"195{number}0101"))
        opened(town, she, now)
    reader = client(town, "direct")

    with django_assert_max_num_queries(14):
        assert len(reader.get(reverse("residents:groups")).context["rows"]) == rows


def test_the_front_page_of_the_registers_opens(town, she):
    assert get(town, "direct", "home").status_code == 200
