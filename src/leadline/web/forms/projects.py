"""What people type about a project."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from leadline.practice.charter import LONGEST, MEANING
from leadline.records.models import Assumption, AssumptionAnswer, Decision, IdeaClosing
from leadline.web.forms.days import day_field
from leadline.web.forms.typed import TypedField
from leadline.web.words import choices_in_words


class CharterForm(forms.Form):
    """Six lines; the page shows the file they make."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, meaning in MEANING.items():
            self.fields[key] = TypedField(
                label=gettext_lazy(key.replace("_", " ").capitalize()),
                help_text=gettext_lazy(meaning),
                required=False,
                max_length=LONGEST,
            )


class AssumptionForm(forms.Form):
    """What somebody understood."""

    text = TypedField(
        label=_("Based on what I understood…"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    confidence = forms.ChoiceField(
        label=_("How sure?"),
        choices=choices_in_words(Assumption.Confidence),
        initial=Assumption.Confidence.LIKELY,
    )


class AssumptionAnswerForm(forms.Form):
    """Whether it holds, and what was learnt."""

    verdict = forms.ChoiceField(choices=choices_in_words(AssumptionAnswer.Verdict))
    learnt = TypedField(label=_("What is it really?"), required=False, max_length=1000)


class IdeaForm(forms.Form):
    """An idea that works if something changes."""

    text = TypedField(
        label=_("This will work…"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    condition = TypedField(label=_("…if"), max_length=1000)
    waits_for = TypedField(
        label=_("Wake it when a path contains"),
        required=False,
        max_length=100,
        help_text=_("A word of a file that will exist then; the brief raises the idea."),
    )


class IdeaClosingForm(forms.Form):
    """How an idea ended."""

    verdict = forms.ChoiceField(choices=choices_in_words(IdeaClosing.Verdict))
    note = TypedField(label=_("What came of it?"), required=False, max_length=1000)


class DecisionForm(forms.Form):
    """One line of the decisions log."""

    text = TypedField(
        label=_("What was decided?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    consulted = TypedField(
        label=_("Who was consulted?"),
        required=False,
        max_length=500,
        help_text=_("Nobody is an answer, too; it can be seen."),
    )
    reversible = forms.ChoiceField(
        label=_("Can it be undone?"), choices=choices_in_words(Decision.Reversible)
    )
    decided_on = day_field(_("Decided on"), required=True)
    revisit_on = day_field(
        _("Look again on"), required=False, help_text=_("The brief raises it on that day.")
    )

    def clean(self) -> dict[str, Any]:
        """Check that the second look comes after the first."""
        values = super().clean() or {}
        decided, again = values.get("decided_on"), values.get("revisit_on")
        if decided and again and again <= decided:
            self.add_error("revisit_on", _("Choose a day after the decision."))
        return values


class ReviewForm(forms.Form):
    """A second look at a decision."""

    note = TypedField(label=_("Would you decide the same?"), max_length=1000)
    revisit_on = day_field(_("Look again on"), required=False)


class ConfirmForm(forms.Form):
    """The owner went through the project's brief."""

    note = TypedField(label=_("What did the owner put right?"), required=False, max_length=2000)
