"""The upper floor's map."""

from django.urls import path

from .views import bulletins, definitions, grids, marks, monthly, schemes, scores

app_name = "assessment"
urlpatterns = [
    path("reports/monthly/", monthly.monthly, name="monthly"),
    path("reports/monthly/cases/", monthly.cases, name="cases"),
    path("reports/monthly/workbook/", monthly.order, name="workbook"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("scores/", scores.ranking, name="scores"),
    path("scores/bulletin/", bulletins.bulletin, name="bulletin"),
    path("scores/bulletin/paper/", bulletins.paper, name="bulletin_paper"),
    path("scores/bulletin/workbook/", bulletins.order, name="bulletin_workbook"),
    path("scores/quarter/", bulletins.quarter, name="quarter"),
    path("scores/step/", scores.step, name="score_step"),
    path("scores/scheme/", schemes.scheme, name="scheme"),
    path("scores/inspections/", marks.marks, name="marks"),
    path("scores/inspections/<int:pk>/decide/", marks.decide_mark, name="mark_decide"),
    path("scores/appeals/", marks.appeals, name="appeals"),
    path("scores/appeals/<int:pk>/decide/", marks.decide_appeal, name="appeal_decide"),
    path("scores/months/<int:pk>/proposals/", marks.proposals, name="proposals"),
    path(
        "scores/months/<int:pk>/proposals/<int:proposal>/decide/",
        marks.decide_proposal,
        name="proposal_decide",
    ),
    path("scores/<int:pk>/", scores.score, name="score"),
    path("scores/<int:pk>/appeal/", marks.appeal, name="appeal"),
    path("scores/<int:pk>/amend/", marks.amend, name="amend"),
    path("scores/<int:pk>/records/<slug:name>/", scores.record_list, name="records"),
    path("grids/", grids.tree, name="grids"),
    path("grids/<slug:code>/", grids.grid, name="grid"),
]
