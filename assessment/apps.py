from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "assessment"
    verbose_name = _("Assessment")

    def ready(self) -> None:
        """Say what this room tells people of, has on desks and numbers: its models exist now."""
        from cases.queries.chain import number_papers  # noqa: PLC0415
        from grids.queries.desks import put_on_desk  # noqa: PLC0415
        from grids.queries.notices import tell  # noqa: PLC0415

        from .models import Review  # noqa: PLC0415
        from .queries import desk, reviews  # noqa: PLC0415

        tell(reviews.KINDS, reviews.words)
        put_on_desk(reviews.waiting, reviews.say)
        put_on_desk(desk.rows, desk.say)
        number_papers(Review, r"\d+号$")
