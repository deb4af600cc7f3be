"""The upper floor's map."""

from django.urls import path

from .views import grids

app_name = "assessment"
urlpatterns = [
    path("grids/", grids.tree, name="grids"),
    path("grids/<slug:code>/", grids.grid, name="grid"),
    path("grids/<slug:code>/card/", grids.card, name="card"),
]
