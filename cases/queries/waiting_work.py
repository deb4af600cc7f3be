"""Is there anything for the clock to do? One question, asked twice a minute for years."""

from datetime import datetime

from django.db import connection

# A moment that is due; a moment or a running limit that was counted with an older calendar than today's; a case
# whose post has ended.
ANYTHING = """
WITH calendar AS (SELECT coalesce(max(version), 0) AS version FROM grids_calendaryear)
SELECT EXISTS (SELECT FROM cases_deadline WHERE state = 'pending' AND NOT is_provisional AND due_at <= %(at)s)
    OR EXISTS (SELECT FROM cases_deadline WHERE state = 'pending' AND calendar_version < (SELECT version FROM calendar))
    OR EXISTS (SELECT FROM cases_assignment WHERE ended_at IS NULL AND part = 'lead'
               AND calendar_version < (SELECT version FROM calendar))
    OR EXISTS (SELECT FROM grids_post p JOIN cases_case c ON c.holder_post_id = p.id
               WHERE p.until <= %(at)s AND c.ended_at IS NULL)
"""


def is_anything_to_do(at: datetime) -> bool:
    """Whether a sweep at this moment would find something to count again, to hand over or to work off."""
    with connection.cursor() as cursor:
        cursor.execute(ANYTHING, {"at": at})
        return bool(cursor.fetchone()[0])
