from .activity import Activity, activity, activity_of
from .tally import CasesWanted, Row, Tally, cases_of, rows_of, tally, tally_of

__all__ = [
    "Activity",
    "CasesWanted",
    "Row",
    "Tally",
    "activity",
    "activity_of",
    "cases_of",
    "rows_of",
    "tally",
    "tally_of",
]
