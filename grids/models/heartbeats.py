"""When work that recurs was last finished."""

from django.db import models


class Heartbeat(models.Model):
    """One kind of recurring work. That a worker answers proves nothing; that it finished does."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
