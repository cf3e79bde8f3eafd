"""Forms of the pages about people. What they mean is checked by the actions they call."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from leadline.practice.growth import KINDS
from leadline.practice.interviews import ANCHORS
from leadline.practice.probation.record import Outcome
from leadline.practice.pulse import LEVELS
from leadline.practice.talks import Held
from leadline.records.actions.texts import LONGEST
from leadline.records.models import (
    Correction,
    Feedback,
    FeedbackPreference,
    HandoverItem,
    HiringDecision,
)
from leadline.web.forms.days import day_field
from leadline.web.forms.typed import TypedField
from leadline.web.words import choices_in_words, word

LONGEST_NOTICE = 1_000
"""Days, weeks or months of notice; no contract says more, and no date lies further."""


def _text(
    label: Any, *, required: bool = True, help_text: Any = "", rows: int = 2
) -> TypedField:
    return TypedField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _line(label: Any, *, required: bool = True, help_text: Any = "") -> TypedField:
    return TypedField(label=label, required=required, help_text=help_text, max_length=400)


class PointForm(forms.Form):
    """A point for the next talk."""

    text = _line(_("Point for the next talk"))


class ActionForm(forms.Form):
    """What was agreed."""

    text = _line(_("What was agreed"))
    owner = forms.ChoiceField(label=_("Whose"))
    due_on = day_field(_("Until"), required=False)

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A note to oneself."""

    text = _text(
        _("Note to yourself"),
        help_text=_(
            "Sealed; only you can read it. The person sees that it is there, and by law may "
            "ask for it: write nothing you would not say."
        ),
    )


class HeldForm(forms.Form):
    """What became of one planned talk."""

    uid = TypedField(widget=forms.HiddenInput, max_length=400)
    planned_at = TypedField(widget=forms.HiddenInput)
    held = forms.ChoiceField(choices=choices_in_words(Held))


class ReminderForm(forms.Form):
    """A dated note to oneself."""

    text = _line(_("Think of"))
    on = day_field(_("On"))


class WishForm(forms.Form):
    """Whether and how somebody wants feedback."""

    wish = forms.ChoiceField(
        label=_("Do you want feedback?"), choices=choices_in_words(FeedbackPreference.Wish)
    )
    form = forms.ChoiceField(label=_("How?"), choices=choices_in_words(FeedbackPreference.Form))


class FeedbackForm(forms.Form):
    """Situation, behaviour, impact, and a question."""

    kind = forms.ChoiceField(
        label=_("Is it about unacceptable conduct?"),
        choices=[
            (Feedback.Kind.FEEDBACK, _("No: feedback, as advice")),
            (Feedback.Kind.CONDUCT, _("Yes: it must stop, and is said at once")),
        ],
    )
    situation = _text(
        _("Situation"), required=False, help_text=_("When and where; one moment.")
    )
    behaviour = _text(
        _("Behaviour"), required=False, help_text=_("What they did, as a camera would see it.")
    )
    impact = _text(_("Impact"), required=False, help_text=_("What it led to."))
    question = _text(
        _("I may be wrong: a question"), required=False, help_text=_("So that there is room.")
    )


class ShareForm(forms.Form):
    """Sharing a draft."""

    override = _line(_("Why it cannot wait"), required=False)


class AnswerFeedbackForm(forms.Form):
    """The listener's answer."""

    answer = _text(_("Your answer"), help_text=_("How you saw it. You may change it later."))


class GrowthForm(forms.Form):
    """A development plan."""

    gap = _text(_("The gap, with an example"))
    sign = _text(_("What would show that it got better"))
    check_on = day_field(_("Look again on"))


class PathForm(forms.Form):
    """One way towards it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices_in_words(KINDS))
    text = _line(_("Path"))


class MoveForm(forms.Form):
    """Another day."""

    check_on = day_field(_("Look again on"))


class CheckInForm(forms.Form):
    """How a probation is going."""

    on = day_field(_("Talked on"))
    went_well = _text(_("What went well"))
    would_help = _text(_("What would help next"), required=False)


class ExtensionForm(forms.Form):
    """A longer probation."""

    until = day_field(_("Until"))
    reason = _text(
        _("Reason"), help_text=_("Confirm with HR first; many laws do not allow it.")
    )


class OutcomeForm(forms.Form):
    """What came of a probation."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=choices_in_words(Outcome))
    told_on = day_field(_("Told on"))
    reasons = _text(_("Reasons, if it ends"), required=False)


class KitForm(forms.Form):
    """An interview kit; further questions are added one at a time."""

    name = _line(_("Role"))
    questions = _text(
        _("Questions"),
        rows=8,
        help_text=_(
            "One a line, with what a weak, a fair and a strong answer sound like: "
            "question | weak | fair | strong"
        ),
    )


class CandidateForm(forms.Form):
    """A candidate and who interviews them."""

    name = _line(_("Name"))
    interviewers = _text(_("Interviewers"), help_text=_("Their addresses, one a line."))


class HeardForm(forms.Form):
    """What was heard to one question; nothing is chosen before somebody chooses it."""

    anchor = forms.TypedChoiceField(
        label=_("Closest anchor"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            ("", _("choose one")),
            *(
                (n, {1: _("1, weak"), 3: _("3, fair"), 5: _("5, strong")}.get(n, n))
                for n in ANCHORS
            ),
        ],
    )
    heard = _text(_("What you heard"), required=False, help_text=_("Words, not a verdict."))

    def clean(self) -> dict[str, Any]:
        """Take both or none: neither is kept without the other, nor dropped in silence."""
        values = super().clean() or self.cleaned_data
        if values.get("heard") and "anchor" in values and values["anchor"] is None:
            self.add_error("anchor", _("Choose the anchor that it came closest to."))
        if values.get("anchor") and not values.get("heard"):
            self.add_error("heard", _("Write down what you heard; a number alone says little."))
        return values


class DecisionForm(forms.Form):
    """The decision of a debrief."""

    outcome = forms.ChoiceField(
        label=_("Decision"), choices=choices_in_words(HiringDecision.Outcome)
    )
    reasons = _text(_("Reasons"), help_text=_("What was heard, not adjectives."))


class CalculatorForm(forms.Form):
    """Guesses about quick and slow hiring."""

    salary_per_year = forms.FloatField(label=_("Cost of the role a year"), initial=90_000)
    worth_per_salary = forms.FloatField(
        label=_("Worth of a good hire's work, per unit of that"), initial=1.5
    )
    bad_worth_per_salary = forms.FloatField(label=_("Worth of a bad hire's work"), initial=0.3)
    weeks_until_parted = forms.FloatField(label=_("Weeks until parted"), initial=30)
    team_hours_per_week = forms.FloatField(
        label=_("Hours a week it takes of others"), initial=6
    )
    search_cost = forms.FloatField(label=_("Cost of one search"), initial=12_000)
    quick_weeks = forms.FloatField(label=_("Weeks of a quick search"), initial=6)
    slow_weeks = forms.FloatField(label=_("Weeks of a slow search"), initial=14)
    quick_bad = forms.FloatField(label=_("Chance of a bad hire, quick (0–1)"), initial=0.3)
    slow_bad = forms.FloatField(label=_("Chance of a bad hire, slow (0–1)"), initial=0.1)


class LeavingForm(forms.Form):
    """Somebody leaves."""

    person = forms.ChoiceField(label=_("Who"))
    told_on = day_field(_("Notice given on"))
    length = forms.IntegerField(
        label=_("Notice in the contract"),
        min_value=0,
        max_value=LONGEST_NOTICE,
        required=False,
    )
    unit = forms.ChoiceField(
        label=_("in"), choices=choices_in_words(("weeks", "months", "days"))
    )
    ends_on = forms.ChoiceField(
        label=_("It ends on"),
        choices=choices_in_words(
            ("any day", "15th or end of month", "end of month", "end of quarter")
        ),
    )
    last_on = day_field(_("or the last day itself"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class ItemForm(forms.Form):
    """Something to hand over."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices_in_words(HandoverItem.Kind))
    what = _line(_("What"))
    successor = forms.ChoiceField(label=_("To"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class SuccessorForm(forms.Form):
    """Who takes it over."""

    successor = forms.ChoiceField(label=_("To"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class LaunchForm(forms.Form):
    """A pulse round."""

    closes_on = day_field(_("Open until"))


class PulseForm(forms.Form):
    """The statements of a round, each with its levels."""

    def __init__(self, *args: Any, asked: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, statement in asked.items():
            self.fields[key] = forms.TypedChoiceField(
                label=word(statement),
                coerce=int,
                choices=[(n, gettext_lazy(level)) for n, level in enumerate(LEVELS)],
                widget=forms.RadioSelect,
            )


class PromiseForm(forms.Form):
    """What the lead will change."""

    text = _line(_("What you will change"))


class CorrectionForm(forms.Form):
    """What is right about oneself."""

    field = forms.ChoiceField(
        label=_("What is wrong"),
        choices=[
            (Correction.Field.NAME, _("name")),
            (Correction.Field.START_ON, _("first day")),
            (Correction.Field.ENDS_ON, _("last day")),
            (Correction.Field.COUNTRY, _("country")),
            (Correction.Field.ROLE, _("role")),
            (Correction.Field.LEVEL, _("level")),
            (Correction.Field.PROBATION_ENDS_ON, _("probation ends")),
        ],
    )
    value = TypedField(
        label=_("What is right"),
        required=False,
        max_length=200,
        help_text=_("Days as 2026-11-23; empty for “not known”."),
    )


class PurgeForm(forms.Form):
    """Deleting everything about oneself, said twice."""

    address = forms.EmailField(label=_("Type your address to confirm"))


class StepForm(forms.Form):
    """Moving a step of the first 90 days, or saying that it is done."""

    step = TypedField(widget=forms.HiddenInput, max_length=100)
    moved_to = day_field(_("Move to"), required=False)
