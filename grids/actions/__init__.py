from .calendar import CalendarRefused, load_year
from .cards import CardRefused, keep_card
from .deliveries import Delivered, deliver_notices, try_again
from .jobs import (
    JobRefused,
    ask_for_job,
    cancel_job,
    claim_job,
    clear_expired_jobs,
    finish_job,
    report_progress,
)
from .notices import NewNotice, clear_read_notices, mark_all_read, mark_read, notify
from .people import ensure_admin_group, ensure_auditor_group
from .posts import AppointmentRefused, align_grants, appoint, dismiss
from .tree import TreeRefused, deactivate_grid, edit_grid, load_tree, reactivate_grid, rename_grid

__all__ = [
    "AppointmentRefused",
    "CalendarRefused",
    "CardRefused",
    "Delivered",
    "JobRefused",
    "NewNotice",
    "TreeRefused",
    "align_grants",
    "appoint",
    "ask_for_job",
    "cancel_job",
    "claim_job",
    "clear_expired_jobs",
    "clear_read_notices",
    "deactivate_grid",
    "deliver_notices",
    "dismiss",
    "edit_grid",
    "ensure_admin_group",
    "ensure_auditor_group",
    "finish_job",
    "keep_card",
    "load_tree",
    "load_year",
    "mark_all_read",
    "mark_read",
    "notify",
    "reactivate_grid",
    "rename_grid",
    "report_progress",
    "try_again",
]
