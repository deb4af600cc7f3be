from .calendar import CalendarRefused, load_year
from .jobs import (
    JobRefused,
    ask_for_job,
    cancel_job,
    claim_job,
    clear_expired_jobs,
    finish_job,
    report_progress,
)
from .people import ensure_admin_group
from .posts import AppointmentRefused, appoint, dismiss
from .tree import TreeRefused, deactivate_grid, edit_grid, load_tree, reactivate_grid, rename_grid

__all__ = [
    "AppointmentRefused",
    "CalendarRefused",
    "JobRefused",
    "TreeRefused",
    "appoint",
    "ask_for_job",
    "cancel_job",
    "claim_job",
    "clear_expired_jobs",
    "deactivate_grid",
    "dismiss",
    "edit_grid",
    "ensure_admin_group",
    "finish_job",
    "load_tree",
    "load_year",
    "reactivate_grid",
    "rename_grid",
    "report_progress",
]
