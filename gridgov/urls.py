"""The map of the house: each room has its own urls.py; what belongs to no room is here."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
