"""The west wing's map: a desk, the report, the list, one case and its moves, dispatching, patrols."""

from django.urls import path

app_name = "cases"
urlpatterns = []
