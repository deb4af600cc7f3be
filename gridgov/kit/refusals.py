"""A refusal that may be shown to the person who is refused."""

from django.core.exceptions import PermissionDenied


class Forbidden(PermissionDenied):
    """A 403 whose sentence was written for its reader. What any other PermissionDenied says stays unsaid."""
