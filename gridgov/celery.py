"""Background work: settings of Celery, each with its reason.

If Redis and Celery were deleted nothing may be lost; only lag grows. What must happen is a row
(a deadline, a notice, a job), a task is only the nudge to look at the rows. Hence ids and never
facts in a message, no ETA, no result backend, and no publishing inside a request that must answer.
"""

import os
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")

# What beat nudges: name → (task, seconds). A nudge nobody takes within its period is dropped,
# so that an outage is not followed by a burst of them. Two beats at once must do no harm.
BEAT: dict[str, tuple[str, float]] = {
    "deadlines": ("cases.tasks.sweep_deadlines", 30),
    "workbooks": ("assessment.tasks.run_workbooks", 3),
    "scores": ("assessment.tasks.score_months", 600),
    "rollups": ("assessment.tasks.keep_rollups", 600),
    "asked scores": ("assessment.tasks.run_scorings", 3),
    "exports": ("residents.tasks.exports.run_exports", 3),
    "ledgers": ("residents.tasks.ledgers.run_ledgers", 3),
    "expired ledgers": ("residents.tasks.ledgers.clear_expired_ledgers", 3600),
    "expired jobs": ("grids.tasks.clear_expired_jobs", 3600),
    "notices": ("grids.tasks.deliver_notices", 30),
    "read notices": ("grids.tasks.clear_read_notices", 3600),
    # What health looks at (gridgov/health.py).
    "heartbeat": ("grids.tasks.heartbeat", 60),
    "heartbeat of the clock": ("grids.tasks.heartbeat_clock", 60),
}

# What must not wait behind an import: deadlines, notices.
CLOCK = ("cases.tasks.sweep_deadlines", "grids.tasks.heartbeat_clock", "grids.tasks.deliver_notices")

TASK_LIMIT = 10 * 60
POLL_SECONDS = 0.5


def configuration() -> dict[str, Any]:
    """Read when Celery is first used, which is after Django's settings are complete."""
    return {
        **(_redis() if settings.REDIS_URL else _folders()),
        **_delivery(),
        **_processes(),
        "beat_schedule": {
            name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
            for name, (task, seconds) in BEAT.items()
        },
    }


def _delivery() -> dict[str, Any]:
    return {
        # The answer to a task is a row; a result nobody reads is one more thing to lose.
        "result_backend": None,
        "task_ignore_result": True,
        # A worker killed in the middle of a task gives it back instead of swallowing it.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # One task in hand per process: the others wait where another worker can take them.
        "worker_prefetch_multiplier": 1,
        # When the broker goes, tasks in hand would be delivered again: stop them, do not run twice.
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        # Ids in plain JSON. Pickle would run what a message says.
        "task_serializer": "json",
        "accept_content": ["json"],
        # Queue "clock" has a worker of its own, so that imports and workbooks never starve deadlines.
        # CLOCK says which tasks belong there; everything else is "default".
        "task_default_queue": "default",
        "task_routes": {task: {"queue": "clock"} for task in CLOCK},
        # Shorter than the visibility timeout, or a slow task would run a second time beside itself.
        "task_time_limit": TASK_LIMIT,
        "task_soft_time_limit": TASK_LIMIT - 60,
        # A publisher gives up in seconds: the row is there, the next beat finds it.
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0.2, "interval_max": 0.2},
        "broker_connection_timeout": 2,
    }


def _processes() -> dict[str, Any]:
    return {
        # A worker started before its broker waits for it.
        "broker_connection_retry_on_startup": True,
        # "The worker answers" is no health; the last finished sweep is. No remote control, no gossip.
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        # The project's JSON log lines, with request ids, stay as they are.
        "worker_hijack_root_logger": False,
        # Pillow and openpyxl leave memory behind: a fresh process after this many tasks.
        "worker_max_tasks_per_child": 500,
        # A warm stop that lasts longer than this becomes a cold one, and late acks bring the task back.
        "worker_soft_shutdown_timeout": 10.0,
        "timezone": settings.TIME_ZONE,
        "enable_utc": True,
        # In memory: every entry is an interval, and a file of last runs can be torn by a SIGKILL.
        "beat_scheduler": "celery.beat:Scheduler",
        # Sleep no longer than this between looks at the schedule.
        "beat_max_loop_interval": 30,
    }


def _redis() -> dict[str, Any]:
    return {
        "broker_url": settings.REDIS_URL,
        "broker_transport_options": {
            # Minutes, and above the time limit: after it an unacknowledged task is given to another
            # worker. With an ETA beyond it a task ran four times, hence no ETA above a minute.
            "visibility_timeout": TASK_LIMIT + 5 * 60,
            # Against a black-holed Redis publishing blocked for over a minute; with these, two seconds.
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 30,
        },
    }


def _folders() -> dict[str, Any]:
    """A broker without a server, for a trial on one machine: messages are files under var/broker."""
    folders = {name: settings.VAR_DIR / "broker" / name for name in ("queue", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://",
        "broker_transport_options": {
            # In and out are one folder: what is published is what is taken.
            "data_folder_in": str(folders["queue"]),
            "data_folder_out": str(folders["queue"]),
            "control_folder": str(folders["control"]),
            # Nobody is told when a file arrives.
            "polling_interval": POLL_SECONDS,
        },
    }


app = Celery("gridgov")
app.add_defaults(configuration)
app.autodiscover_tasks()
