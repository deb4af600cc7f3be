"""What is watched about inquiries beside their own course (docs/rules/escalation.md §4)."""

from ..enums import Action

# What can be turned against somebody who has asked.
ADVERSE = (
    Action.RETURN, Action.FAIL, Action.TRANSFER, Action.RECALL, Action.SUPERVISE, Action.DECLINE,
)  # fmt: skip

# A right that has been there for so long without being used is a silence.
SILENT_AFTER_DAYS = 3
