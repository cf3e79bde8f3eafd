"""What Leadline costs: what was typed into it, by anybody."""

from __future__ import annotations

from django.db import models


class TypedInput(models.Model):
    """One thing typed into Leadline; nobody's name stands on it."""

    on = models.DateField(db_index=True)
    where = models.CharField(max_length=60, help_text="The command or page it was typed into.")
    characters = models.PositiveIntegerField()

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"{self.where} on {self.on}"
