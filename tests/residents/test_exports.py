"""A register leaves the house masked, or unmasked with a reason, a second person and everybody's look on record."""

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from grids.actions import cancel_job, clear_expired_jobs, dismiss
from grids.enums import JobState
from grids.models import Job, Notice
from grids.queries import scope_of
from grids.queries.notices import said
from residents import actions
from residents.actions import RegisterRefused, Wanted
from residents.enums import ExportState, LookKind
from residents.models import ExportRequest, Look
from residents.queries import exports
from residents.tasks import run_exports

from .people import door, household, id_number, resident

pytestmark = pytest.mark.django_db

PHONE = "13812345678"
NUMBER = id_number("19850615", 2)
CHILD = {"name": "程小苗", "id_number": id_number("20200301", 5)}


@pytest.fixture
def at():
    """Files are made and fetched at the real time: a job of yesterday would have expired."""
    return timezone.now()


@pytest.fixture
def home(town, at):
    home = household(town, at)
    resident(home, at, phone=PHONE)
    resident(home, at, relation="20", **CHILD)
    return home


def ask(town, at, by="leader", grid="one", key=None, **wanted):
    wanted = Wanted(register="residents", grid=town.grid[grid], **wanted)
    return actions.ask_for_export(wanted, key=key or uuid4(), by=town.post[by], at=at)


def unmasked(town, at, **more):
    return ask(town, at, is_unmasked=True, reason="入户核查打印", **more)


def released(town, at, **more):
    asked = unmasked(town, at, **more)
    return actions.release_export(asked, by=town.post.secretary, at=at)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def fetch(client, asked):
    return client.get(reverse("grids:job_file", args=[asked.job_id]))


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def sheet(town, asked, by="leader"):
    answer = fetch(signed_in(town.user[by]), asked)
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(content(answer))).worksheets[0]


def texts(page) -> str:
    return "\n".join(
        str(value) for row in page.iter_rows(values_only=True) for value in row if value is not None
    )


def stored(asked) -> bytes:
    asked.job.refresh_from_db()
    with asked.job.result.open("rb") as file:
        return file.read()


# --- masked -------------------------------------------------------------------------------------------


def test_masked_it_is_made_at_once_with_the_columns_of_the_list(town, home, at):
    asked = ask(town, at)
    run_exports()

    page = sheet(town, asked)
    told = texts(page)
    assert [cell.value for cell in page[page.max_row - 2]][:3] == ["姓名", "性别", "年龄"]
    assert "程**" in told and "138****5678" in told
    assert "晓梅" not in told and PHONE not in told and NUMBER not in told
    assert not Look.objects.exists()  # nobody was seen in full


def test_every_page_and_the_first_row_say_who_took_it_out(town, home, at):
    asked = ask(town, at)
    run_exports()

    page = sheet(town, asked)
    for mark in (page["A1"].value, page.oddHeader.center.text, page.oddFooter.center.text):
        assert (
            "leader" in mark and asked.number in mark and f"{timezone.localtime(at):%Y-%m-%d %H:%M}" in mark
        )
    assert "一号网格" in texts(page) and "脱敏" in texts(page)


def test_it_is_narrowed_like_the_list(town, home, at):
    asked = ask(town, at, choices={"sex": "2"})
    run_exports()

    asked.refresh_from_db()
    assert asked.rows == 1
    assert "女" in exports.caliber(asked)


def test_every_register_can_be_taken_out(town, home, at):
    for name in exports.REGISTERS:
        wanted = Wanted(register=name, grid=town.grid.one)
        actions.ask_for_export(wanted, key=uuid4(), by=town.post.leader, at=at)
    run_exports()

    assert {job.state for job in Job.objects.all()} == {JobState.DONE}


def test_the_same_form_twice_is_one_file(town, home, at):
    key = uuid4()

    assert ask(town, at, key=key) == ask(town, at, key=key)
    assert (ExportRequest.objects.count(), Job.objects.count()) == (1, 1)


# --- unmasked -----------------------------------------------------------------------------------------


def test_unmasked_it_waits_for_somebody_else(town, home, at):
    asked = unmasked(town, at)
    run_exports()

    assert (asked.state, asked.job) == (ExportState.WAITING, None)
    [notice] = Notice.objects.all()
    assert notice.person == town.user.secretary
    words = said([notice], scope_of(town.user.secretary, at))[notice.pk]
    assert asked.number in words.text and words.url == asked.get_absolute_url()


def test_released_it_holds_the_values_and_everybody_has_it_on_record(town, home, at):
    asked = released(town, at)
    run_exports()

    told = texts(sheet(town, asked))
    assert "程晓梅" in told and PHONE in told and NUMBER in told and CHILD["name"] in told
    assert "入户核查打印" in told and "secretary" in told
    looks = Look.objects.filter(kind=LookKind.EXPORT)
    assert {look.resident_id for look in looks} == {one.pk for one in home.members.all()}
    assert {(look.user, look.reason, look.grid) for look in looks} == {
        (town.user.leader, f"{asked.number} 入户核查打印", town.grid.one)
    }


def test_numbers_stay_text_in_the_file(town, home, at):
    asked = released(town, at)
    run_exports()

    cells = [cell for row in sheet(town, asked).iter_rows() for cell in row if cell.value in (PHONE, NUMBER)]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")} and len(cells) == 2


def test_the_file_lies_sealed_where_it_lies(town, home, at):
    asked = released(town, at)
    run_exports()

    lying = stored(asked)
    assert not lying.startswith(b"PK") and b"PK\x03\x04" not in lying
    assert content(fetch(signed_in(town.user.leader), asked)).startswith(b"PK\x03\x04")


def test_nobody_releases_her_own(town, home, at):
    asked = unmasked(town, at)
    ExportRequest.objects.filter(pk=asked.pk).update(asked_by=town.post.secretary)

    with pytest.raises(RegisterRefused):
        actions.release_export(asked, by=town.post.secretary, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportRequest.objects.filter(pk=asked.pk).update(
            state=ExportState.RELEASED, decided_by=town.post.secretary, decided_at=at
        )


def test_it_is_decided_once(town, home, at):
    asked = released(town, at)

    for decide in (actions.release_export, lambda *args, **by: actions.refuse_export(*args, note="否", **by)):
        with pytest.raises(RegisterRefused):
            decide(asked, by=town.post.secretary, at=at)
    assert Job.objects.count() == 1


def test_refused_the_asker_reads_why_and_there_is_no_file(town, home, at):
    asked = actions.refuse_export(unmasked(town, at), note="请在系统内查询", by=town.post.secretary, at=at)

    page = signed_in(town.user.leader).get(asked.get_absolute_url()).content.decode()
    assert "请在系统内查询" in page
    assert (asked.job, Job.objects.count()) == (None, 0)
    assert Notice.objects.filter(person=town.user.leader, kind="export_refused").exists()


# what is wrong                    by            facts
REFUSED = {
    "without a reason":           ("leader",     {"is_unmasked": True, "reason": "  "}),
    "may not see values herself": ("maintainer", {"is_unmasked": True, "reason": "入户核查", "grid": "east"}),
    "keeps no register":          ("member",     {}),
    "of another place":           ("leader2",    {}),
    "of a place above":           ("leader",     {"grid": "east"}),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(town, home, at, what):
    by, facts = REFUSED[what]

    with pytest.raises(RegisterRefused):
        ask(town, at, by=by, **facts)

    assert (ExportRequest.objects.count(), Job.objects.count(), Notice.objects.count()) == (0, 0, 0)


def test_a_register_without_personal_data_has_nothing_to_unmask(town, home, at):
    wanted = Wanted(register="buildings", grid=town.grid.one, is_unmasked=True, reason="入户核查")

    with pytest.raises(RegisterRefused):
        actions.ask_for_export(wanted, key=uuid4(), by=town.post.leader, at=at)


def test_where_nobody_can_release_it_is_said_at_once(town, home, at):
    dismiss(town.post.secretary, at=at - timedelta(days=1))

    with pytest.raises(RegisterRefused, match="放行"):
        unmasked(town, at)


def test_more_than_a_task_needs_is_refused(town, home, at, monkeypatch):
    monkeypatch.setattr(exports, "UNMASKED_MOST", 1)

    with pytest.raises(RegisterRefused, match="1条"):
        unmasked(town, at)
    assert ask(town, at).state == ExportState.RELEASED


def test_a_child_goes_unmasked_to_nobody_outside_its_community(town, home, at):
    asked = unmasked(town, at)
    asked.asked_by = town.post.secretary  # a role of the street that kept registers would be such a one
    town.post.secretary.user = town.user.secretary
    scope = scope_of(town.user.leader, at)
    from_above = type(scope)(user_id=1, by_right=scope.by_right, posts=(town.post.secretary,))

    today = exports.today_of(at)
    assert [len(list(exports.lines(asked, one, today, []))) for one in (scope, from_above)] == [2, 1]


# --- who fetches --------------------------------------------------------------------------------------


def test_nobody_else_fetches_it(town, home, at):
    asked = released(town, at)
    run_exports()

    others = ("secretary", "direct", "leader2", "dispatcher")
    assert {fetch(signed_in(town.user[name]), asked).status_code for name in others} == {404}


def test_with_the_post_goes_the_file(town, home, at):
    asked = released(town, at)
    run_exports()
    client = signed_in(town.user.leader)
    assert content(fetch(client, asked))

    dismiss(town.post.leader, at=timezone.now())

    assert fetch(client, asked).status_code == 404


def test_whose_post_ended_before_it_was_made_gets_none(town, home, at):
    asked = released(town, at)
    dismiss(town.post.leader, at=timezone.now())

    run_exports()

    asked.job.refresh_from_db()
    assert (asked.job.state, bool(asked.job.result), Look.objects.count()) == (JobState.FAILED, False, 0)


def test_cancelled_it_leaves_no_look_and_no_file(town, home, at):
    asked = released(town, at)
    cancel_job(asked.job, by=town.user.leader, at=at)

    run_exports()
    published = actions.publish_export(asked, asked.job, io.BytesIO(b"x"), rows=1, people=[], at=at)

    assert (published, Look.objects.count(), ExportRequest.objects.get().rows) == (False, 0, None)


def test_a_file_that_cannot_be_put_away_leaves_no_look(town, home, at, monkeypatch):
    asked = released(town, at)
    someone = home.members.first().pk

    class Full(io.BytesIO):
        def read(self, *args):
            raise OSError("no space")

    with pytest.raises(OSError, match="no space"), transaction.atomic():
        actions.publish_export(asked, asked.job, Full(b"x"), rows=1, people=[someone], at=at)

    assert Look.objects.count() == 0


def test_an_unmasked_file_is_kept_a_day_and_the_request_for_good(town, home, at):
    asked, other = released(town, at), ask(town, at)
    run_exports()
    name = Job.objects.get(pk=asked.job_id).result

    clear_expired_jobs(at=at + timedelta(days=1, minutes=1))

    asked.refresh_from_db()
    other.refresh_from_db()
    assert asked.job is None and other.job is not None
    assert not name.storage.exists(name.name)
    page = signed_in(town.user.leader).get(asked.get_absolute_url()).content.decode()
    assert "文件已清理" in page


# --- pages --------------------------------------------------------------------------------------------


def post(user, name="residents", **facts):
    address = reverse("residents:export", args=[name])
    return signed_in(user).post(address, {"key": uuid4(), "grid": "410102006001001", **facts})


def test_the_page_asks_and_leads_to_the_file(town, home, at):
    answer = post(town.user.leader, extent="masked", sex="2")

    asked = ExportRequest.objects.get()
    assert answer["Location"] == asked.job.get_absolute_url()
    assert asked.filters == {"choices": {"sex": "2"}, "switches": []}


def test_unmasked_it_leads_to_the_request(town, home, at):
    answer = post(town.user.leader, extent="unmasked", reason="入户核查打印")

    assert answer["Location"] == ExportRequest.objects.get().get_absolute_url()


@pytest.mark.parametrize(
    "facts",
    [{"extent": "unmasked"}, {"grid": "410102006001002"}, {"grid": ""}, {"extent": "all"}, {"key": "x"}],
)
def test_what_cannot_be_is_said_on_the_page(town, home, at, facts):
    answer = post(town.user.leader, **{"extent": "masked", **facts})

    assert answer.status_code == 422
    assert not ExportRequest.objects.exists()


def test_words_the_list_was_searched_for_are_not_carried_over(town, home):
    client = signed_in(town.user.leader)

    page = client.post(
        reverse("residents:list", args=["residents"]), {"q": "程晓梅", "sex": "2"}, follow=True
    )

    assert page.context["export_url"] == reverse("residents:export", args=["residents"]) + "?sex=2"
    assert client.get(page.context["export_url"]).context["form"]["sex"].value() == "2"


def test_unmasked_is_offered_only_to_who_may_see_values(town, home):
    address = reverse("residents:export", args=["residents"])
    offered = {
        name: "extent" in signed_in(town.user[name]).get(address).context["form"].fields
        for name in ("leader", "direct", "maintainer")
    }

    assert offered == {"leader": True, "direct": True, "maintainer": False}


def test_the_releaser_finds_decides_and_is_done(town, home, at):
    asked, client = unmasked(town, at), signed_in(town.user.secretary)
    listed = client.get(reverse("residents:exports"))
    assert [each for each, _title in listed.context["waiting"]] == [asked]
    assert client.get(asked.get_absolute_url()).context["can_decide"]

    decide = reverse("residents:decide_export", args=[asked.pk])
    assert client.post(decide, {"decision": "refuse"}).status_code == 422  # no reason
    assert client.post(decide, {"decision": "release"}).status_code == 302

    assert client.get(reverse("residents:exports")).context["waiting"] == []
    assert client.post(decide, {"decision": "release"}).status_code == 422  # decided already
    asked.refresh_from_db()
    assert asked.state == ExportState.RELEASED


def test_the_asker_sees_hers_and_decides_nothing(town, home, at):
    asked, client = unmasked(town, at), signed_in(town.user.leader)

    assert [each for each, _title in client.get(reverse("residents:exports")).context["rows"]] == [asked]
    assert not client.get(asked.get_absolute_url()).context["can_decide"]
    assert (
        client.post(reverse("residents:decide_export", args=[asked.pk]), {"decision": "release"}).status_code
        == 403
    )


def test_for_others_it_does_not_exist(town, home, at):
    asked = unmasked(town, at)

    for name in ("leader2", "far_leader", "dispatcher", "official"):
        assert signed_in(town.user[name]).get(asked.get_absolute_url()).status_code == 404


def test_rows_come_one_at_a_time_however_many_there_are(town, at):
    rooms = [door(town, at, house_no=str(n)) for n in range(3)]
    homes = [actions.open_household(room, on=date(2026, 1, 1), by=town.post.leader, at=at) for room in rooms]
    for number, home in enumerate(homes):
        resident(home, at, id_number=id_number("19850615", number))
    asked = ask(town, at)

    rows = exports.lines(asked, scope_of(town.user.leader, at), exports.today_of(at), [])

    assert iter(rows) is rows  # one at a time, never a list
    assert len(list(rows)) == 3
