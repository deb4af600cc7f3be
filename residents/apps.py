from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = _("Registers")

    def ready(self) -> None:
        """Say what this room tells people of, has on desks, and how its files are handed out: its models exist now."""
        from grids.queries.desks import put_on_desk  # noqa: PLC0415
        from grids.queries.jobs import Handing, hand_out  # noqa: PLC0415
        from grids.queries.notices import tell  # noqa: PLC0415

        from .queries import desk, exports  # noqa: PLC0415
        from .queries.notices import KINDS, words  # noqa: PLC0415

        tell(KINDS, words)
        put_on_desk(desk.rows, desk.say)
        hand_out(exports.KIND, Handing(exports.may_fetch, exports.opened))
