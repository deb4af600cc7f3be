"""What is worth a look by a person (docs/rules/hints.md)."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Hint(TextChoices):
    """What is worth a look by a person. A hint proves nothing and costs no points."""

    LAST_MINUTES = "last_minutes", _("Fed back in the last minutes of the limit")
    BULK = "bulk", _("Many cases closed within minutes")
    PHOTO = "photo", _("Photo of the result used before")
    PAIR = "pair", _("Handler and verifier always the same two")
    AGAIN = "again", _("The same problem again at the same place")

    @property
    def words(self) -> Promise:
        """What is hinted at; the numbers are those of rules/hints.py."""
        return HINT_WORDS[self][0]

    @property
    def innocent(self) -> Promise:
        """What may explain it without anybody having done wrong."""
        return HINT_WORDS[self][1]


HINT_WORDS: dict[Hint, tuple[Promise, Promise]] = {
    Hint.LAST_MINUTES: (
        _("The result came in within the last %(minutes)d minutes before the limit ran out."),
        _("A limit is there to be used; the work may have taken just so long."),
    ),
    Hint.BULK: (
        _("One person closed %(closings)d cases or more within %(closing_minutes)d minutes."),
        _("Whoever closes once a day what others have verified closes many at once."),
    ),
    Hint.PHOTO: (
        _(
            "A photo of the result was the photo of the result of another case in the %(photo_days)d days before: the "
            "same, or one that differs in at most %(bits)d of 64 places."
        ),
        _("Two reports of one problem have one result; one bare wall looks like another."),
    ),
    Hint.PAIR: (
        _(
            "Of %(results)d results or more that one person handed in, the same person verified at least "
            "%(share)d percent within the month."
        ),
        _("Where one person verifies for the whole street, nobody else could have."),
    ),
    Hint.AGAIN: (
        _(
            "Within %(days)d days after a closing the case was opened again, or the same category was reported "
            "at the same address or within %(metres)d metres."
        ),
        _("Some problems come back by themselves: litter, parked cars, noise."),
    ),
}


class HintVerdict(TextChoices):
    """What a person found who looked at a hint."""

    EXPLAINED = "explained", _("Explained")
    WORRYING = "worrying", _("Remains worrying")
