from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Say what this room tells people of and has on desks. Its models exist only now."""
        from grids.queries.desks import put_on_desk  # noqa: PLC0415
        from grids.queries.notices import tell  # noqa: PLC0415

        from .queries import admissions  # noqa: PLC0415
        from .queries.notices import KINDS, words  # noqa: PLC0415

        tell(KINDS, words)
        tell(admissions.KINDS, admissions.words)
        put_on_desk(admissions.waiting, admissions.say)
