"""A page with a form or several: shown, refused in its own words, or done."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from .. import actions
from ..queries.people import DoorUnclear


def take(
    request: HttpRequest, form: Any, enter: Callable[[Any], Any], title: str | Promise, about: Any,
    template: str = "form", **more: Any,
) -> HttpResponse:  # fmt: skip
    """One form about a row, which is also where to go back to."""
    back, more = about.get_absolute_url(), {"form": form, **more}
    return take_all(
        request,
        [form],
        lambda: enter(form),
        title=title,
        back=back,
        about=str(about),
        template=template,
        **more,
    )


def take_all(
    request: HttpRequest, forms: list[Any], enter: Callable[[], Any], *, title: str | Promise, back: str,
    about: str = "", template: str = "form", **more: Any,
) -> HttpResponse:  # fmt: skip
    """Show the forms; sent and sound, do `enter` and go to what it gives. A refusal stands in the last form."""
    status = 200
    if request.method == "POST":
        status = 422
        sound = [form.is_valid() for form in forms]  # each of them says what it misses
        if all(sound):
            try:
                return redirect(enter())
            except (actions.RegisterRefused, DoorUnclear) as no:
                forms[-1].add_error(None, str(no))
    context = {"title": title, "forms": forms, "back": back, "about": about, **more}
    return render(request, f"residents/{template}.html", context, status=status)
