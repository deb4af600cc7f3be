from .calendar import CalendarDay, CalendarYear
from .heartbeats import Heartbeat
from .jobs import Job
from .notices import Delivery, Notice
from .people import User
from .posts import DepartmentGrant, GridGrant, Post
from .tree import PATH, Department, Grid, InGrid, path_of, path_of_row

__all__ = [
    "PATH",
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
    "path_of_row",
]
