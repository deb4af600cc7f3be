"""The figures of months that are over, counted once for every grid and kept (docs/rules/figures.md §7)."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from grids.models import Grid

from ..enums import Side


class Rollup(models.Model):
    """That a month of a district was counted, and from what: what has come since makes it stale."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="rollups", verbose_name=_("district"))
    month = models.DateField(_("month"))
    computed_at = models.DateTimeField(_("computed at"))
    counted_by = models.CharField(
        max_length=64
    )  # the words of the count; a figure more or otherwise is another
    calendar_version = models.PositiveIntegerField()  # days are working days
    newest_event = models.PositiveBigIntegerField()  # no event up to this one is missing
    overlap = models.PositiveIntegerField()  # of the last ones before it, those of the month and earlier

    class Meta:
        verbose_name = _("rollup of a month")
        verbose_name_plural = _("rollups of months")
        ordering = ["-month"]
        constraints = [
            UniqueConstraint(fields=["grid", "month"], name="rollup_once_per_month"),
            CheckConstraint(
                name="rollup_begins_with_its_month",
                condition=Q(month__day=1),
                violation_error_message=_("A rollup is of a whole month."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.month:%Y-%m}"


class RollupRow(models.Model):
    """One row of one table of a grid's month, as `queries/tally.py` counts it. A grid without any round has none."""

    rollup = models.ForeignKey(Rollup, models.CASCADE, related_name="rows", db_index=False)
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="+", db_index=False)
    side = models.PositiveSmallIntegerField(choices=Side)
    part = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="+", db_index=False)
    ledger = models.CharField(max_length=8, null=True)  # noqa: DJ001 - null as GROUPING SETS writes it
    category = models.ForeignKey(
        "cases.Category", models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=20, null=True)  # noqa: DJ001
    counts = models.JSONField()  # figure → number, without the noughts

    class Meta:
        verbose_name = _("row of a rollup")
        verbose_name_plural = _("rows of rollups")
        constraints = [
            # Read by the closed month of a grid: its rows lie side by side.
            UniqueConstraint(
                fields=["rollup", "grid", "side", "part", "ledger", "category", "channel"],
                name="rollup_of_grid",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.get_side_display()}"
