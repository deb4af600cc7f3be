"""The promises of departments (服务承诺): those that hold and held, and a new one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.rules.workdays import local_date

from ..actions import commitments as verbs
from ..forms.commitments import PromiseForm
from ..models import Category
from ..queries import commitments as questions
from ..queries.affairs import districts


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What departments have promised around here; for everybody who sees cases there."""
    around = districts(request.scope)
    if not around:
        raise Forbidden(_("Only those who see cases read what departments promise."))
    rows = list(questions.promises_in(around))
    today = local_date(request.at)
    held = questions.holding(rows, today)
    context = {
        "rows": [(row, row.pk in held, row.since > today) for row in rows],
        "reads_figures": bool(request.scope.spans(Right.FIGURES)),
        "can_promise": questions.promising(request.scope).exists(),
    }
    return render(request, "cases/commitments.html", context)


@require_http_methods(["GET", "POST"])
def promise(request: HttpRequest) -> HttpResponse:
    """The head of a department promises, or the district for one."""
    departments = questions.promising(request.scope)
    if not departments:
        raise Forbidden(_("Only the head of a department and who sets the rules of the district promise."))
    categories = Category.objects.leaves().order_by("code")
    form = PromiseForm(request.POST or None, departments=departments, categories=categories)
    if request.method == "POST" and form.is_valid():
        by = questions.promising_post(request.scope, form.cleaned_data["department"])
        if by is None:
            raise Forbidden(
                _("Only the head of a department and who sets the rules of the district promise.")
            )
        try:
            row = verbs.promise(by=by, at=request.at, **form.cleaned_data)
            messages.success(
                request, _("Promised. It holds from %(day)s on.") % {"day": f"{row.since:%Y-%m-%d}"}
            )
            return redirect("cases:commitments")
        except verbs.CommitmentRefused as no:
            form.add_error(None, str(no))
    status = 422 if form.errors else 200
    return render(request, "cases/commitment_promise.html", {"form": form}, status=status)
