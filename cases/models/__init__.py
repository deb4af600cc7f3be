from .assignments import Assignment, Deadline, Milestone
from .cases import Case, CaseEvent, Evidence, NumberSeries
from .categories import Category
from .filters import SavedFilter
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
    "SavedFilter",
]
