from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Say what this room tells people of. Its models exist only now."""
        from grids.queries.notices import tell  # noqa: PLC0415

        from .queries.notices import KINDS, words  # noqa: PLC0415

        tell(KINDS, words)
