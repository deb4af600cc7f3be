"""A page with one form: shown, refused in its own words, or done."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .. import actions
from ..queries.people import DoorUnclear


def take(
    request: HttpRequest, form: Any, enter: Callable[[Any], Any], title: str, about: Any, template: str = "form",
    **more: Any,
) -> HttpResponse:  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect(enter(form))
            except (actions.RegisterRefused, DoorUnclear) as no:
                form.add_error(None, str(no))
    context = {
        "title": title, "forms": [form], "form": form, "back": about.get_absolute_url(), "about": str(about), **more,
    }  # fmt: skip
    return render(request, f"residents/{template}.html", context, status=status)
