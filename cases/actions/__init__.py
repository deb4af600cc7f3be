from .categories import load_categories
from .ending import close, decline, reopen, withdraw
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
    "AssignmentRefused",
    "Clash",
    "PatrolRefused",
    "Position",
    "ReportRefused",
    "SixOnes",
    "assign",
    "claim",
    "close",
    "decline",
    "end_patrol",
    "feed_back",
    "load_categories",
    "raise_case",
    "recall",
    "reopen",
    "report",
    "report_settled",
    "return_",
    "settle",
    "sign",
    "start_patrol",
    "verify",
    "withdraw",
    "write_diary",
]
