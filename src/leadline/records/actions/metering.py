"""Leadline meters itself: what people type into it."""

from __future__ import annotations

from datetime import date

from leadline.records.models import TypedInput


def note_typing(where: str, *texts: str, on: date) -> None:
    """Keep how much was typed and where; neither the text nor who typed it."""
    characters = sum(len(text) for text in texts)
    if characters:
        TypedInput.objects.create(on=on, where=where, characters=characters)
