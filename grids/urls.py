"""The ground floor's map."""

app_name = "grids"
urlpatterns: list = []
