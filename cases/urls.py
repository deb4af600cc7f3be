"""The west wing's map: a desk, the report, the list, one case and its moves, dispatching, patrols."""

from django.urls import path

from .views import detail, steps

app_name = "cases"
urlpatterns = [
    path("cases/<int:pk>/", detail.detail, name="detail"),
    path("cases/<int:pk>/why/", detail.why, name="why"),
    path("cases/<int:pk>/order/<int:assignment>/", detail.order, name="order"),
    *[
        path(f"cases/<int:pk>/{action.value.replace('_', '-')}/", steps.move, {"action": action}, name=action.value)
        for action in steps.CALLS
    ],
]
