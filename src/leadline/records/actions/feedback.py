"""Feedback: what somebody wants, drafts, sharing, the answer, the follow-up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.feedback import Embargo
from leadline.practice.feedback_wording import Words
from leadline.records.actions.metering import note_typing
from leadline.records.actions.texts import needed, optional
from leadline.records.models import Feedback, FeedbackPreference
from leadline.records.queries.feedback import preference_of

PARTS = ("situation", "behaviour", "impact", "question")
MAY_BE_WRONG = "I may be wrong."
FOLLOW_UP_DAYS = 28


def say_preference(about: str, *, wish: str, form: str, at: datetime) -> FeedbackPreference:
    """Keep whether and how somebody wants feedback; the newest word replaces the others.

    Raises
    ------
    InputError
        The wish or the form is none of those there are.
    """
    for value, allowed in (
        (wish, FeedbackPreference.Wish.values),
        (form, FeedbackPreference.Form.values),
    ):
        if value not in allowed:
            raise InputError(f"{value!r} is none of {', '.join(allowed)}")
    with transaction.atomic():
        FeedbackPreference.objects.filter(about=about).delete()
        return FeedbackPreference.objects.create(about=about, wish=wish, form=form, at=at)


@transaction.atomic
def save_draft(
    about: str,
    *,
    by: str,
    words: Words,
    kind: str = Feedback.Kind.FEEDBACK,
    at: datetime,
    draft: Feedback | None = None,
) -> Feedback:
    """Keep a draft, sealed and for its author alone; every part may still be empty.

    Raises
    ------
    InputError
        It is about its author, was shared already, or is empty.
    """
    if about == by:
        raise InputError("feedback is to somebody else; a reminder is for yourself")
    parts = {part: optional(f"the {part}", getattr(words, part)) for part in PARTS}
    if not any(parts.values()):
        raise InputError("the draft is empty; at least one of its parts is needed")
    if draft is None:
        draft = Feedback(about=about, author=by, kind=kind)
    else:
        draft = Feedback.objects.select_for_update().get(pk=draft.pk)
        if draft.shared_at is not None:
            raise InputError("this was shared already and is no draft any more")
    for part, text in parts.items():
        setattr(draft, part, text)
    draft.kind, draft.at = kind, at
    note_typing("feedback", *parts.values(), on=at.date())
    draft.save()
    return draft


@transaction.atomic
def share_feedback(
    draft: Feedback, *, embargo: Embargo | None, today: date, at: datetime, override: str = ""
) -> Feedback:
    """Show a draft to the person it is about, and set a day to come back to it.

    Parameters
    ----------
    draft : Feedback
        Of the kind "conduct", it goes the short way: no embargo, no wish is asked.
    embargo : Embargo or None
        From the lead to a report; None for feedback upward or sideways.
    override : str
        Why it does not wait for the embargo.

    Raises
    ------
    InputError
        Something is missing, it was shared already, it is too early, or the person does
        not want feedback now.
    """
    draft = Feedback.objects.select_for_update().get(pk=draft.pk)
    if draft.shared_at is not None:
        raise InputError("this was shared already")
    is_conduct = draft.kind == Feedback.Kind.CONDUCT
    for part in ("behaviour",) if is_conduct else ("situation", "behaviour", "impact"):
        needed(f"the {part}", getattr(draft, part) or "")
    override = optional("the reason", override)
    if not is_conduct:
        if embargo and not embargo.allows(on=today) and not override:
            raise InputError(
                f"{embargo.reason} It opens on {embargo.opens_on}.",
                hint="The draft is kept. If it cannot wait, say why in one sentence.",
            )
        wish = preference_of(draft.about)
        if wish and wish.wish == FeedbackPreference.Wish.NOT_NOW:
            raise InputError(
                f"{draft.about} said on {wish.at:%Y-%m-%d} that they want no feedback now",
                hint="The draft is kept. Ask them, in person, whether that has changed.",
            )
    draft.shared_at, draft.override = at, override
    draft.follow_up_on = today + timedelta(days=FOLLOW_UP_DAYS)
    draft.save()
    return draft


@transaction.atomic
def answer_feedback(given: Feedback, *, by: str, text: str, at: datetime) -> Feedback:
    """Keep the answer of whoever it is about; it may be changed, and is theirs to give.

    Raises
    ------
    InputError
        Somebody else answers, nothing was shared, or there is no text.
    """
    given = Feedback.objects.select_for_update().get(pk=given.pk)
    if by != given.about or given.shared_at is None:
        raise InputError("only the person whom feedback was shared with answers it")
    given.answer, given.answered_at = needed("the answer", text), at
    note_typing("feedback", text, on=at.date())
    given.save()
    return given


def follow_up(given: Feedback, *, at: datetime) -> Feedback:
    """Say that the two came back to it."""
    Feedback.objects.filter(pk=given.pk, followed_up_at=None).update(followed_up_at=at)
    given.refresh_from_db()
    return given


def words_of(values: Mapping[str, str]) -> Words:
    """Return the parts of feedback from a form's values."""
    return Words(**{part: values.get(part, "") for part in PARTS})
