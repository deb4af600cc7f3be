"""What departments promise (docs/rules/commitments.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Pledge(TextChoices):
    """What a department promises of the cases it is given (服务承诺)."""

    SIGN = "sign", _("to sign for it")
    FINISH = "finish", _("to have done it")
