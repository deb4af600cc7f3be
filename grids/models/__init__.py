from .calendar import CalendarDay, CalendarYear
from .heartbeats import Heartbeat
from .jobs import Job
from .notices import Delivery, Notice
from .people import User
from .posts import DepartmentGrant, GridGrant, Post
from .tree import Department, Grid, InGrid, path_of

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Delivery",
    "Department",
    "DepartmentGrant",
    "Grid",
    "GridGrant",
    "Heartbeat",
    "InGrid",
    "Job",
    "Notice",
    "Post",
    "User",
    "path_of",
]
