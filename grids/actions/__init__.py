from .calendar import CalendarRefused, load_year
from .jobs import ask_for_job, cancel_job, claim_job, clear_expired_jobs, finish_job, report_progress
from .posts import AppointmentRefused, appoint, dismiss
from .tree import TreeRefused, load_tree

__all__ = [
    "AppointmentRefused",
    "CalendarRefused",
    "TreeRefused",
    "appoint",
    "ask_for_job",
    "cancel_job",
    "claim_job",
    "clear_expired_jobs",
    "dismiss",
    "finish_job",
    "load_tree",
    "load_year",
    "report_progress",
]
