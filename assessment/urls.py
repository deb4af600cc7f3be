"""The upper floor's map."""

from django.urls import path

from .views import definitions, grids, monthly, mutual_checks, ratings, spot_checks

app_name = "assessment"
urlpatterns = [
    path("reports/monthly/", monthly.monthly, name="monthly"),
    path("reports/monthly/cases/", monthly.cases, name="cases"),
    path("reports/monthly/workbook/", monthly.order, name="workbook"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("grids/", grids.tree, name="grids"),
    path("grids/<slug:code>/", grids.grid, name="grid"),
    path("checks/", spot_checks.to_check, name="to_check"),
    path("spot-checks/", spot_checks.index, name="spot_checks"),
    path("spot-checks/draw/", spot_checks.draw, name="spot_draw"),
    path("spot-checks/verifiers/", spot_checks.verifiers, name="verifiers"),
    path("spot-checks/<int:pk>/", spot_checks.spot_check, name="spot_check"),
    path("spot-checks/<int:pk>/paper/", spot_checks.paper, name="spot_paper"),
    path("spot-checks/items/<int:pk>/", spot_checks.item, name="spot_item"),
    path("spot-checks/items/<int:pk>/give/", spot_checks.give, name="spot_give"),
    path("ratings/<int:pk>/", ratings.rate, name="rate"),
    path("period-ratings/", ratings.periods, name="period_ratings"),
    path("period-ratings/add/", ratings.record, name="period_record"),
    path("period-ratings/<int:pk>/correct/", ratings.correct, name="period_correct"),
    path("mutual-checks/", mutual_checks.index, name="mutual_checks"),
    path("mutual-checks/draw/", mutual_checks.draw, name="mutual_draw"),
    path("mutual-checks/<int:pk>/", mutual_checks.mutual_check, name="mutual_check"),
    path("mutual-checks/pairs/<int:pk>/", mutual_checks.pair, name="pair"),
]
