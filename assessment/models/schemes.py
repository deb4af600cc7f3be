"""The scheme by which grids are scored: what counts, how much, from which month on."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grids.models import Grid

from ..enums import Formula, Section
from ..rules import scoring

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


def _points(name: str, default: int) -> models.DecimalField:
    return models.DecimalField(name, max_digits=5, decimal_places=2, default=default, validators=PERCENT)


class Scheme(models.Model):
    """One version of a district's hundred points. Never changed: a newer one takes over from a month on."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="schemes", verbose_name=_("holds in"))
    since = models.DateField(_("from the month on"))
    reason = models.CharField(_("reason"), max_length=200)
    set_at = models.DateTimeField(editable=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("set by"),
    )  # fmt: skip
    key = models.UUIDField(null=True, unique=True, editable=False)  # the form's one-time key

    yellow = _points(_("taken off for a yellow supervision order"), 5)
    red = _points(_("taken off for a red supervision order"), 10)
    upheld = _points(_("taken off for an inquiry that was upheld"), 2)
    reply_late = _points(_("taken off for an inquiry not answered in time"), 2)
    ranked_from = models.PositiveSmallIntegerField(_("ranked from so many cases to be closed"), default=5)
    warn_below = _points(_("yellow warning below"), 70)
    warn_percent = models.PositiveSmallIntegerField(
        _("yellow warning for the lowest per cent, two months running"), default=5, validators=PERCENT
    )
    group_from = models.PositiveSmallIntegerField(
        _("first and last are named from so many ranked grids"), default=10
    )
    best_places = models.PositiveSmallIntegerField(_("places that count among the best"), default=3)
    months_share = models.PositiveSmallIntegerField(
        _("per cent of a quarter that its months make"), default=70, validators=PERCENT
    )

    class Meta:
        verbose_name = _("scoring scheme")
        verbose_name_plural = _("scoring schemes")
        ordering = ["grid", "-since", "-id"]
        constraints = [
            CheckConstraint(
                name="scheme_begins_with_a_month",
                condition=Q(since__day=1),
                violation_error_message=_("A scheme holds from the first of a month on."),
            ),
            CheckConstraint(
                name="scheme_shares_are_percentages",
                condition=Q(months_share__lte=100, warn_percent__lte=100, warn_below__lte=100),
                violation_error_message=_("A share lies between 0 and 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.since:%Y-%m}"

    @property
    def reason_said(self) -> str:
        """Why it was set; the product's own is kept in the source's words."""
        return gettext(self.reason)

    @property
    def terms(self) -> scoring.Terms:
        """Its numbers as the rules take them."""
        return scoring.Terms(**{name: getattr(self, name) for name in scoring.Terms.__dataclass_fields__})


class Indicator(models.Model):
    """One line of a scheme: computed from traces by a formula, or inspected."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="indicators")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("indicator"), max_length=40)
    section = models.CharField(_("section"), max_length=12, choices=Section)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    formula = models.CharField(_("formula"), max_length=12, choices=Formula, blank=True)
    minimum = models.PositiveSmallIntegerField(_("least to count"), default=1)
    stays = models.BooleanField(_("an inspection holds until the next"), default=False)
    note = models.CharField(_("what is looked at"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["scheme", "position"]
        constraints = [
            UniqueConstraint(fields=["scheme", "code"], name="indicator_once_per_scheme"),
            CheckConstraint(
                name="indicator_weighs_something",
                condition=Q(weight__gt=0, weight__lte=50, minimum__gte=1),
                violation_error_message=_("An indicator weighs something, at most what its section does."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name; those of the product's own scheme are kept in the source's words."""
        return gettext(self.name)

    @property
    def looks_at(self) -> str:
        """What an inspector looks at, in the same way."""
        return gettext(self.note) if self.note else ""

    @property
    def rule(self) -> scoring.Indicator:
        """The line as the rules take it."""
        return scoring.Indicator(
            self.code,
            Section(self.section),
            self.weight,
            Formula(self.formula) if self.formula else None,
            self.minimum,
        )
