from .admissions import Admission, AdmissionEvent, Affair, AffairList
from .applications import Application
from .assignments import Assignment, Deadline, Milestone
from .cases import Case, CaseEvent, Evidence, NumberSeries
from .categories import Category
from .commitments import Commitment
from .duty import DutyShift
from .filters import SavedFilter
from .inquiries import Inquiry
from .patrols import DiaryEntry, Patrol
from .policies import Policy

__all__ = [
    "Admission",
    "AdmissionEvent",
    "Affair",
    "AffairList",
    "Application",
    "Assignment",
    "Case",
    "CaseEvent",
    "Category",
    "Commitment",
    "Deadline",
    "DiaryEntry",
    "DutyShift",
    "Evidence",
    "Inquiry",
    "Milestone",
    "NumberSeries",
    "Patrol",
    "Policy",
    "SavedFilter",
]
