"""Photos of a register: what every one of them knows, whatever it belongs to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridgov.kit.pictures import path_by_content


def photo_path(photo: "Photo", _filename: str) -> str:
    return path_by_content(photo.folder, photo.sha256)


class Photo(models.Model):
    """A photo, cleaned of everything but its pixels. Served through a permission check."""

    folder: str  # below which its files lie

    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=photo_path)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.sha256[:8]
