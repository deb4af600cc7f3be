"""Photos of cases: for whom the case exists, and for nobody else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from gridgov.kit.pictures import served

from ..models import Case, Evidence


@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One photo, or with ?size=thumb a small one; 404 outside the subtree, as if it did not exist."""
    seen = Case.objects.within(request.scope)
    evidence = get_object_or_404(Evidence.objects.select_related("case"), pk=pk, case__in=seen)
    name = f"{evidence.case.number}-{evidence.pk}.jpg"
    return served(request, evidence.file, sha256=evidence.sha256, name=name)
