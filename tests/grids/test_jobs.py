"""Long work is done once, by one worker at a time, and its owner always learns how it ended."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connections, transaction

from grids.actions import ask_for_job, cancel_job, claim_job, clear_expired_jobs, finish_job, report_progress
from grids.actions.jobs import KEEP, MAX_ATTEMPTS, STALE, JobRefused
from grids.enums import JobState
from grids.models import Job, User
from tests.factories import AT, make_user

SOON = AT + timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user()


def ask(owner: User, kind: str = "month_report", key=None) -> Job:
    return ask_for_job(kind, "九月办结率", {"month": "2026-09"}, key=key or uuid4(), by=owner, at=AT)


def test_the_same_form_sent_twice_is_one_job(owner):
    key = uuid4()

    first, second = ask(owner, key=key), ask(owner, key=key)

    assert first == second
    assert (first.state, first.expires_at) == (JobState.QUEUED, AT + KEEP)


def test_the_key_of_somebody_else_does_not_open_her_job(owner):
    key = uuid4()
    ask(owner, key=key)

    with pytest.raises(JobRefused):
        ask(make_user(), key=key)


def test_the_oldest_waiting_job_of_its_kind_comes_first(owner):
    first, other, second = ask(owner), ask(owner, kind="import"), ask(owner)

    claimed = [claim_job("month_report", at=SOON) for _ in range(3)]

    assert claimed == [first, second, None]
    assert claimed[0].state == JobState.RUNNING
    assert (claimed[0].started_at, claimed[0].seen_at, claimed[0].attempts) == (SOON, SOON, 1)
    other.refresh_from_db()
    assert other.state == JobState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_job(owner):
    for _ in range(5):
        ask(owner)
    taken, start = [], threading.Barrier(3)

    def work() -> None:
        try:
            start.wait()
            while job := claim_job("month_report", at=SOON):
                taken.append(job.pk)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(taken) == sorted(Job.objects.values_list("pk", flat=True))


def test_the_job_of_a_dead_worker_is_taken_over_and_that_of_a_living_one_is_not(owner):
    job = ask(owner)
    claim_job("month_report", at=SOON)
    report_progress(job, 5, 10, at=SOON + STALE)

    assert claim_job("month_report", at=SOON + STALE + STALE - timedelta(seconds=1)) is None
    again = claim_job("month_report", at=SOON + STALE + STALE)

    assert (again.pk, again.attempts, again.started_at) == (job.pk, 2, SOON)


def test_a_job_that_kills_its_workers_is_given_up_and_says_so(owner):
    job = ask(owner)
    for attempt in range(MAX_ATTEMPTS):
        assert claim_job("month_report", at=AT + attempt * STALE) is not None

    assert claim_job("month_report", at=AT + MAX_ATTEMPTS * STALE) is None

    job.refresh_from_db()
    assert (job.state, job.finished_at) == (JobState.FAILED, AT + MAX_ATTEMPTS * STALE)
    assert job.message == "多次尝试未成功，已放弃。"


def test_a_job_that_is_given_up_does_not_hold_up_the_next(owner):
    broken, healthy = ask(owner), ask(owner)
    Job.objects.filter(pk=broken.pk).update(attempts=MAX_ATTEMPTS)

    assert claim_job("month_report", at=SOON) == healthy


def test_progress_is_seen_and_ends_at_a_hundred(owner):
    job = ask(owner)
    claim_job("month_report", at=SOON)

    assert report_progress(job, 25, 100, at=SOON)
    job.refresh_from_db()
    assert (job.percent, job.is_over) == (25, False)

    job = finish_job(job, at=SOON, content=b"xlsx", filename="九月.xlsx")
    assert (job.percent, job.is_over, job.state) == (100, True, JobState.DONE)


def test_a_job_that_knows_no_total_shows_nothing_done(owner):
    assert ask(owner).percent == 0


def test_the_result_is_kept_with_the_name_to_download_it_by(owner):
    job = finish_job(ask(owner), at=SOON, content=b"xlsx", filename="九月.xlsx")

    job.refresh_from_db()
    with job.result.open() as file:
        assert file.read() == b"xlsx"
    assert (job.filename, job.finished_at) == ("九月.xlsx", SOON)


def test_a_failed_job_says_why_and_leaves_no_file(owner):
    job = finish_job(ask(owner), at=SOON, content=b"half", error="磁盘已满" + "。" * 300)

    assert job.state == JobState.FAILED
    assert job.message.startswith("磁盘已满")
    assert not job.result


def test_a_cancelled_job_stays_cancelled_whatever_its_worker_does(owner):
    job = ask(owner)
    claim_job("month_report", at=SOON)
    cancel_job(job, by=owner, at=SOON)

    assert report_progress(job, 1, 2, at=SOON) is False
    finished = finish_job(job, at=SOON, content=b"late")

    assert finished.state == JobState.CANCELLED
    assert not finished.result
    assert claim_job("month_report", at=SOON + STALE) is None


def test_a_job_that_is_over_cannot_be_cancelled(owner):
    job = finish_job(ask(owner), at=SOON, content=b"xlsx")

    assert cancel_job(job, by=owner, at=SOON).state == JobState.DONE


def test_nobody_cancels_the_job_of_another(owner):
    job = ask(owner)

    with pytest.raises(Job.DoesNotExist):
        cancel_job(job, by=make_user(), at=SOON)

    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_results_go_after_a_week_with_their_files(owner):
    old, fresh = ask(owner), ask(owner)
    for job in (old, fresh):
        finish_job(job, at=SOON, content=b"xlsx")
    Job.objects.filter(pk=fresh.pk).update(expires_at=AT + KEEP + timedelta(days=1))
    old.refresh_from_db()

    assert clear_expired_jobs(at=AT + KEEP) == 1

    assert list(Job.objects.all()) == [fresh]
    assert not default_storage.exists(old.result.name)
    assert default_storage.exists(Job.objects.get().result.name)


def test_a_job_at_work_is_not_cleared_away(owner):
    ask(owner)
    claim_job("month_report", at=AT + KEEP)

    assert clear_expired_jobs(at=AT + KEEP) == 0


def test_the_database_keeps_the_end_of_a_job_with_its_state(owner):
    job = ask(owner)

    for fields in ({"finished_at": AT}, {"state": JobState.DONE}):
        with pytest.raises(IntegrityError, match="job_end_belongs_to_its_state"), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**fields)
