"""The upper floor's map."""

from django.urls import path

from .views import definitions, grids, monthly

app_name = "assessment"
urlpatterns = [
    path("reports/monthly/", monthly.monthly, name="monthly"),
    path("reports/monthly/cases/", monthly.cases, name="cases"),
    path("reports/monthly/workbook/", monthly.order, name="workbook"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("grids/", grids.tree, name="grids"),
    path("grids/<slug:code>/", grids.grid, name="grid"),
]
