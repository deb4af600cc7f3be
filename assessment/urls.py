"""The upper floor's map."""

from django.urls import path

from .views import definitions, grids, hints, monthly, source

app_name = "assessment"
urlpatterns = [
    path("reports/monthly/", monthly.monthly, name="monthly"),
    path("reports/monthly/cases/", monthly.cases, name="cases"),
    path("reports/monthly/workbook/", monthly.order, name="workbook"),
    path("reports/hints/", hints.hints, name="hints"),
    path("reports/hints/rows/", hints.rows, name="hint_rows"),
    path("reports/hints/<slug:hint>/<int:pk>/", hints.hint, name="hint"),
    path("reports/source/", source.source, name="source"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("grids/", grids.tree, name="grids"),
    path("grids/<slug:code>/", grids.grid, name="grid"),
]
