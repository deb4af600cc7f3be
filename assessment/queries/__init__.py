from .activity import Activity, activity
from .tally import CasesWanted, Row, Tally, cases_of, tally

__all__ = ["Activity", "CasesWanted", "Row", "Tally", "activity", "cases_of", "tally"]
