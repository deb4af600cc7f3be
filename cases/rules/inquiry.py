"""What is watched about inquiries beside their own course (docs/rules/escalation.md §4)."""

from datetime import timedelta

from ..enums import Action

# For so long after it was issued, what the questioned side does against the asker's cases is listed.
WATCHED_FOR = timedelta(days=30)

# What can be turned against somebody who has asked.
ADVERSE = (
    Action.RETURN, Action.FAIL, Action.TRANSFER, Action.RECALL, Action.SUPERVISE, Action.DECLINE,
)  # fmt: skip

# A right that has been there for so long without being used is a silence.
SILENT_AFTER_DAYS = 3
