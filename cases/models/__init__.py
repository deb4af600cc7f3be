from .assignments import Assignment, Deadline, Milestone
from .cases import Case, CaseEvent, Evidence, NumberSeries
from .categories import Category
from .patrols import DiaryEntry, Patrol

__all__ = [
    "Assignment",
    "Case",
    "CaseEvent",
    "Category",
    "Deadline",
    "DiaryEntry",
    "Evidence",
    "Milestone",
    "NumberSeries",
    "Patrol",
]
