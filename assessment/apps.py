from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "assessment"
    verbose_name = _("Assessment")

    def ready(self) -> None:
        """Say what this room has on desks: its models exist now."""
        from grids.queries.desks import put_on_desk  # noqa: PLC0415

        from .queries import desk  # noqa: PLC0415

        put_on_desk(desk.pending)
