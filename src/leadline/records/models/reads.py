"""Who read what about whom: rows are added, never changed."""

from __future__ import annotations

from typing import Any

from django.db import models


class SensitiveRead(models.Model):
    """Somebody opened a sensitive record of somebody else; the person concerned sees it."""

    about = models.EmailField(db_index=True)
    reader = models.EmailField(blank=True)
    what = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.what}, read on {self.at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; refuse to change one.

        Raises
        ------
        TypeError
            The row is there already.
        """
        if not self._state.adding:
            raise TypeError("what was read, and by whom, is never changed")
        super().save(*args, **kwargs)
