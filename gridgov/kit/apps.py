from django.apps import AppConfig

from . import checks  # noqa: F401 - importing registers them


class KitConfig(AppConfig):
    name = "gridgov.kit"
    label = "kit"
