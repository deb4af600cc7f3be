"""What must hold before the clock acts by itself (docs/operations.md, "When the sweep stops and asks")."""

from datetime import datetime, timedelta

# A machine whose clock is further off than this from its database's does not know what is due.
TOLERANCE = timedelta(minutes=2)

# A moment is known before it comes: the shortest limit is an hour. An outage, however long, does not change
# when a moment was set. Only a mistake in the calendar or a bulk change makes many moments due at once that
# nobody could have seen coming.
NOTICE = timedelta(hours=1)
MASS, SHARE = 200, 0.05  # so many, or this part of all that is pending, whichever is more


def clocks_agree(host: datetime, database: datetime) -> bool:
    """Whether two clocks that should show the same do."""
    return abs(host - database) <= TOLERANCE


def is_mass(sudden: int, pending: int) -> bool:
    """Whether more has become due out of the blue than single corrections explain."""
    return sudden > max(MASS, SHARE * pending)
