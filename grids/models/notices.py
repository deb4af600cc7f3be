"""What a person is told, and how it reaches her outside the house."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from ..enums import DeliveryState, Way


class NoticeQuerySet(models.QuerySet):
    def of(self, user: settings.AUTH_USER_MODEL) -> "NoticeQuerySet":
        return self.filter(person=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """Something happened that one person is to know. The row is the outbox: written with what happened, or not at all.

    It names the kind and the row it is about, never a word: the sentence is made when somebody reads it, from what
    she may see at that moment.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="notices",
        verbose_name=_("person"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=30)  # the rooms above say which there are
    # The key of the row it is about; the kind knows of which model.
    subject = models.PositiveBigIntegerField()
    key = models.CharField(max_length=80)  # what happened: telling it again is no second notice
    at = models.DateTimeField(_("happened at"))  # the true moment, however late the clockwork came
    planned_at = models.DateTimeField(null=True)  # when its deliveries were laid out
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            Index(fields=["person", "-id"], name="notice_of_person"),  # the list
            # the badge, and the list of what is unread
            Index(fields=["person", "-id"], condition=Q(read_at__isnull=True), name="notice_unread"),
            # read by deliver_notices
            Index(fields=["id"], condition=Q(planned_at__isnull=True), name="notice_to_plan"),
            # read by clear_read_notices
            Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notice_read"),
        ]
        constraints = [UniqueConstraint(fields=["key", "person"], name="notice_told_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DeliveryQuerySet(models.QuerySet):
    def due(self, gateway: str, at: datetime) -> "DeliveryQuerySet":
        return self.filter(gateway=gateway, state=DeliveryState.WAITING, next_try_at__lte=at)

    def dead(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.DEAD)


class Delivery(models.Model):
    """One notice on its way through one gateway. What the gateway does not take stays here until it does."""

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="deliveries", verbose_name=_("notice"), db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
        db_index=False,
    )
    gateway = models.CharField(_("gateway"), max_length=10, choices=Way)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    # A claim moves this on before anything is sent: who dies with it in hand leaves it to the next.
    next_try_at = models.DateTimeField(_("next try"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            # read by a run of one gateway: what is urgent first
            Index(
                fields=["gateway", "-is_urgent", "next_try_at", "id"],
                condition=Q(state=DeliveryState.WAITING),
                name="delivery_due",
            ),
            # read when one person's become a digest
            Index(
                fields=["gateway", "person"],
                condition=Q(state=DeliveryState.WAITING),
                name="delivery_of_person",
            ),
            # the page of the administration
            Index(fields=["-id"], condition=Q(state=DeliveryState.DEAD), name="delivery_dead"),
        ]
        constraints = [
            UniqueConstraint(fields=["notice", "gateway"], name="delivery_once_per_gateway"),
            CheckConstraint(
                name="delivery_sent_has_its_moment",
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.notice_id}"
