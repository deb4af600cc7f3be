"""The upper floor's map."""

from django.urls import path

from .views import definitions, grids, monthly, reviews

app_name = "assessment"
urlpatterns = [
    path("reports/monthly/", monthly.monthly, name="monthly"),
    path("reports/monthly/cases/", monthly.cases, name="cases"),
    path("reports/monthly/workbook/", monthly.order, name="workbook"),
    path("reports/trace/<int:pk>/", reviews.trace, name="trace"),
    path("reports/trace/<int:pk>/open/", reviews.open_review, name="open_review"),
    path("reports/reviews/", reviews.index, name="reviews"),
    path("reports/reviews/print/", reviews.listed, name="reviews_paper"),
    path("reports/reviews/<int:pk>/", reviews.detail, name="review"),
    path("reports/reviews/<int:pk>/print/", reviews.paper, name="review_paper"),
    path("reports/charges/", reviews.charges, name="charges"),
    path("reports/charges/<int:pk>/speak/", reviews.speak, name="speak"),
    path("reports/charges/<int:pk>/decide/", reviews.decide, name="decide_charge"),
    path("reports/charges/<int:pk>/appeal/", reviews.appeal, name="appeal_charge"),
    path("reports/charges/<int:pk>/rule/", reviews.rule, name="rule_charge"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("grids/", grids.tree, name="grids"),
    path("grids/<slug:code>/", grids.grid, name="grid"),
]
