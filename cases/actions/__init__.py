"""Every change of this room, one function per verb. A move on a case is punctual: the clock goes first."""

from . import applications, assisting, ending, escalation, handling, inquiries, oversight
from .categories import load_categories
from .duty import RosterRefused, set_roster
from .filters import FILTERS_AT_MOST, FilterRefused, delete_filter, save_filter
from .handling import AssignmentRefused, SixOnes, report_settled
from .handover import hand_over
from .ledger import Clash
from .oversight import MoveRefused
from .patrols import PatrolRefused, end_patrol, raise_case, start_patrol, write_diary
from .policies import PolicyRefused, set_policy
from .punctual import punctual
from .reporting import Position, ReportRefused, report
from .sweep import Swept, sweep
from .timekeeping import SweepHeld, keep_time

claim = punctual(handling.claim)
assign = punctual(handling.assign)
sign = punctual(handling.sign)
return_ = punctual(handling.return_)
recall = punctual(handling.recall)
feed_back = punctual(handling.feed_back)
settle = punctual(handling.settle)
verify = punctual(handling.verify)

close = punctual(ending.close)
decline = punctual(ending.decline)
withdraw = punctual(ending.withdraw)
reopen = punctual(ending.reopen)

escalate = punctual(escalation.escalate)
transfer = punctual(escalation.transfer)

extend = punctual(applications.extend)
suspend = punctual(applications.suspend)
endorse = punctual(applications.endorse)
turn_down = punctual(applications.turn_down)
grant = punctual(applications.grant)
refuse = punctual(applications.refuse)
resume = punctual(applications.resume)

invite = punctual(assisting.invite)
assist = punctual(assisting.assist)
release = punctual(assisting.release)

supervise = punctual(oversight.supervise)
lift = punctual(oversight.lift)
flag = punctual(oversight.flag)
recategorise = punctual(oversight.recategorise)
merge = punctual(oversight.merge)

ask = punctual(inquiries.ask)
answer = punctual(inquiries.answer)
accept = punctual(inquiries.accept)
object_ = punctual(inquiries.object_)
decide = punctual(inquiries.decide)

__all__ = [
    "FILTERS_AT_MOST",
    "AssignmentRefused",
    "Clash",
    "FilterRefused",
    "MoveRefused",
    "PatrolRefused",
    "PolicyRefused",
    "Position",
    "ReportRefused",
    "RosterRefused",
    "SixOnes",
    "SweepHeld",
    "Swept",
    "accept",
    "answer",
    "ask",
    "assign",
    "assist",
    "claim",
    "close",
    "decide",
    "decline",
    "delete_filter",
    "end_patrol",
    "endorse",
    "escalate",
    "extend",
    "feed_back",
    "flag",
    "grant",
    "hand_over",
    "invite",
    "keep_time",
    "lift",
    "load_categories",
    "merge",
    "object_",
    "raise_case",
    "recall",
    "recategorise",
    "refuse",
    "release",
    "reopen",
    "report",
    "report_settled",
    "resume",
    "return_",
    "save_filter",
    "set_policy",
    "set_roster",
    "settle",
    "sign",
    "start_patrol",
    "supervise",
    "suspend",
    "sweep",
    "transfer",
    "turn_down",
    "verify",
    "withdraw",
    "write_diary",
]
