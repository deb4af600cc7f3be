from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "gridgov.kit"
    label = "kit"
