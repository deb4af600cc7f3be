"""The history of a record in the administration: to be read, not to be gone back to."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin


class HistoryAdmin(SimpleHistoryAdmin):
    """Going back would pass by the actions, and by the right to change the record."""

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Without the button the library still saves whatever is posted here.
        if request.method != "GET":
            raise PermissionDenied
        return super().history_form_view(request, *args, **kwargs)
