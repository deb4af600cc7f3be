"""Notices on their way out, in the administration: what was given up, why, and once more."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..actions import try_again
from ..enums import DeliveryState
from ..models import Delivery
from ..queries.notices import label_of


class StateFilter(admin.SimpleListFilter):
    """By state; what was given up comes first, for that is what somebody has to look at."""

    title = gettext_lazy("state")
    parameter_name = "state"
    EVERY = "every"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str | None, str]]:
        first = (None, str(DeliveryState.DEAD.label))
        rest = [
            (str(value), str(label)) for value, label in DeliveryState.choices if value != DeliveryState.DEAD
        ]
        return [first, *rest, (self.EVERY, _("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            query = changelist.get_query_string(
                {self.parameter_name: value} if value else {}, [self.parameter_name]
            )
            yield {"selected": self.value() == value, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        if self.value() == self.EVERY:
            return queryset
        return queryset.filter(state=self.value() or DeliveryState.DEAD)


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    """A delivery is looked at and sent again; nobody writes or deletes one by hand."""

    list_display = ("person", "told_of", "gateway", "state", "attempts", "last_error", "next_try_at")
    list_display_links = None
    list_filter = (StateFilter, "gateway")
    list_select_related = ("person", "notice")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("send_again",)

    @admin.display(description=gettext_lazy("notice"))
    def told_of(self, delivery: Delivery) -> str:
        return label_of(delivery.notice.kind)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Try the chosen deliveries again"), permissions=["change"])
    def send_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        number = try_again(deliveries, at=request.at)
        messages.success(request, _("Deliveries that are tried again: %(count)d.") % {"count": number})
