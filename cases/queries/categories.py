"""What is known about a category of the tree."""

from ..models import Case, CaseEvent, Category


def has_been_used(category: Category) -> bool:
    """Whether a case was ever filed under it, also one that is filed elsewhere now.

    The second question may read every event: it is asked when somebody changes a category, and only then.
    """
    filed = Case.objects.filter(category=category).exists()
    return filed or CaseEvent.objects.filter(category=category).exists()
