"""Long work has a page, a list and a file that exist for the person who asked for it and nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grids.actions import ask_for_job, claim_job, finish_job, report_progress
from grids.actions.jobs import KEEP
from grids.enums import JobState
from grids.models import Job, User
from grids.tasks import clear_expired_jobs
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FILE = b"PK\x03\x04 not really a workbook"


@pytest.fixture
def owner(client) -> User:
    user = make_user()
    client.force_login(user)
    return user


def ask(owner: User, at=None) -> Job:
    return ask_for_job("some_kind", "九月月报", {}, key=uuid4(), by=owner, at=at or timezone.now())


def done(owner: User) -> Job:
    job, at = ask(owner), timezone.now()
    claim_job("some_kind", at=at)
    return finish_job(job, at=at, content=FILE, filename="月报 2026-09.xlsx")


def url(name: str, job: Job) -> str:
    return reverse(f"grids:{name}", args=[job.pk])


def test_the_page_of_a_waiting_job_asks_again_and_works_without_script(client, owner):
    job = ask(owner)

    page = client.get(url("job", job)).content.decode()

    assert f'data-poll="{url("job_progress", job)}"' in page
    assert f'href="{url("job", job)}"' in page
    assert f'action="{url("job_cancel", job)}"' in page


def test_progress_is_sent_once_and_then_only_when_it_moves(client, owner):
    job = ask(owner)
    claim_job("some_kind", at=timezone.now())
    report_progress(job, 1, 4, at=timezone.now())

    first = client.get(url("job_progress", job))
    again = client.get(url("job_progress", job), headers={"If-None-Match": first["ETag"]})
    report_progress(job, 2, 4, at=timezone.now())
    moved = client.get(url("job_progress", job), headers={"If-None-Match": first["ETag"]})

    assert 'value="25"' in first.content.decode()
    assert (again.status_code, again.content) == (304, b"")
    assert 'value="50"' in moved.content.decode()


def test_a_finished_job_is_not_polled_and_its_file_is_saved_under_its_name(client, owner):
    job = done(owner)

    page = client.get(url("job", job)).content.decode()
    answer = client.get(url("job_file", job))

    assert "data-poll=" not in page.split('id="job-state"')[1].split("</section>")[0]
    assert url("job_file", job) in page
    assert b"".join(answer.streaming_content) == FILE
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%9C%88")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["job", "job_progress", "job_file"])
def test_the_job_of_somebody_else_does_not_exist(client, owner, name):
    job = done(make_user())

    assert client.get(url(name, job)).status_code == 404


def test_the_job_of_somebody_else_cannot_be_cancelled(client, owner):
    job = ask(make_user())

    answer = client.post(url("job_cancel", job))

    job.refresh_from_db()
    assert (answer.status_code, job.state) == (404, JobState.QUEUED)


def test_the_list_shows_ones_own_jobs_newest_first(client, owner):
    first, second = done(owner), ask(owner)
    ask(make_user())

    page = client.get(reverse("grids:jobs"))

    assert page.context["jobs"] == [second, first]


def test_the_list_costs_the_same_whatever_its_length(client, owner, django_assert_num_queries):
    ask(owner)
    client.get(reverse("grids:jobs"))

    with CaptureQueriesContext(connection) as one:
        client.get(reverse("grids:jobs"))
    ask(owner), ask(owner)
    with django_assert_num_queries(len(one)):
        client.get(reverse("grids:jobs"))


def test_a_job_cancelled_before_it_began_is_never_done(client, owner):
    job = ask(owner)

    answer = client.post(url("job_cancel", job), follow=True)

    assert claim_job("some_kind", at=timezone.now()) is None
    assert "已取消" in answer.content.decode()


def test_cancelling_what_is_finished_changes_nothing(client, owner):
    job = done(owner)

    client.post(url("job_cancel", job))

    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert b"".join(client.get(url("job_file", job)).streaming_content) == FILE


def test_a_get_does_not_cancel(client, owner):
    assert client.get(url("job_cancel", ask(owner))).status_code == 405


def test_a_failed_job_says_why_and_has_no_file(client, owner):
    job = ask(owner)
    finish_job(job, at=timezone.now(), error="生成失败，请稍后再试。")

    assert "生成失败，请稍后再试。" in client.get(url("job", job)).content.decode()
    assert client.get(url("job_file", job)).status_code == 404


def test_an_expired_job_is_gone_before_and_after_it_is_cleared_away(client, owner):
    job = done(owner)
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    path = job.result.name

    before = client.get(url("job_file", job)).status_code
    clear_expired_jobs()

    assert before == 404
    assert not Job.objects.exists()
    assert not job.result.storage.exists(path)
    assert timedelta(days=7) == KEEP


def test_a_file_that_was_lost_is_not_found_rather_than_an_error(client, owner):
    job = done(owner)
    job.result.storage.delete(job.result.name)

    assert client.get(url("job_file", job)).status_code == 404
