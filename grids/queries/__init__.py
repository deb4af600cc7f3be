from .calendar import display_calendar, work_calendar
from .posts import AnsweringBook, answering_roles, current_posts, holder_of, holders_of, posts_at, scope_of

__all__ = [
    "AnsweringBook",
    "answering_roles",
    "current_posts",
    "display_calendar",
    "holder_of",
    "holders_of",
    "posts_at",
    "scope_of",
    "work_calendar",
]
