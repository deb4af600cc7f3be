from .categories import load_categories
from .ending import close, decline, reopen, withdraw
from .filters import FILTERS_AT_MOST, FilterRefused, delete_filter, save_filter
from .handling import (
    AssignmentRefused,
    SixOnes,
    assign,
    claim,
    feed_back,
    recall,
    report_settled,
    return_,
    settle,
    sign,
    verify,
)
from .ledger import Clash
from .patrols import PatrolRefused, end_patrol, raise_case, start_patrol, write_diary
from .reporting import Position, ReportRefused, report

__all__ = [
    "FILTERS_AT_MOST",
    "AssignmentRefused",
    "Clash",
    "FilterRefused",
    "PatrolRefused",
    "Position",
    "ReportRefused",
    "SixOnes",
    "assign",
    "claim",
    "close",
    "decline",
    "delete_filter",
    "end_patrol",
    "feed_back",
    "load_categories",
    "raise_case",
    "recall",
    "reopen",
    "report",
    "report_settled",
    "return_",
    "save_filter",
    "settle",
    "sign",
    "start_patrol",
    "verify",
    "withdraw",
    "write_diary",
]
