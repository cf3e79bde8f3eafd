"""What a lead says to a line of the brief."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leadline.practice.brief import Verdict
from leadline.web.forms.days import day_field
from leadline.web.forms.typed import TypedField


class AnswerForm(forms.Form):
    """Dismissed, snoozed until a day, or wrong; and why, if anybody wants to say."""

    verdict = forms.ChoiceField(
        label=_("What about it?"),
        choices=[
            (Verdict.DISMISSED.value, _("Dismiss")),
            (Verdict.SNOOZED.value, _("Snooze")),
            (Verdict.WRONG.value, _("This is wrong")),
        ],
    )
    until = day_field(_("Snooze until"), required=False)
    reason = TypedField(
        label=_("Why"),
        required=False,
        max_length=500,
        help_text=_("A few words for yourself. What is wrong helps the rule to speak less."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["until"].initial = today + timedelta(days=7)

    def clean(self) -> dict[str, Any]:
        """Check that a snooze ends on a later day; a week where none was given."""
        values = super().clean() or {}
        if values.get("verdict") == Verdict.SNOOZED and "until" in values:
            values["until"] = values["until"] or self.today + timedelta(days=7)
            if values["until"] <= self.today:
                self.add_error("until", _("Choose a day after today."))
        return values
