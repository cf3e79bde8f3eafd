"""What people's records have to say on a day, each for its own readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from leadline.findings import LEAD, Finding, Receipt
from leadline.practice import growth, leaving, pulse, talks, waiting
from leadline.practice.probation import record
from leadline.practice.waiting import Reminder as OwnReminder
from leadline.records.models import Feedback, GrowthPlan, Reminder
from leadline.records.queries.leaving import leavers
from leadline.records.queries.one_on_ones import agreed_actions
from leadline.records.queries.probation import ProbationPage, records_of
from leadline.records.queries.pulse import last_shown
from leadline.records.queries.team import Team

if TYPE_CHECKING:
    from collections.abc import Sequence


def findings_from_records(
    facts: Team, probations: Sequence[ProbationPage], *, today: date
) -> tuple[Finding, ...]:
    """Ask every rule about records that were written here."""
    return (
        *record.findings(records_of(probations), today=today),
        *growth.findings(_plans(facts), today=today),
        *talks.findings(agreed_actions(facts.reports), lead=facts.lead, today=today),
        *leaving.findings(leavers(facts.people), today=today),
        *pulse.findings(last_shown(today=today), today=today),
        *_follow_ups(facts, today=today),
        *_reminders(facts, today=today),
    )


def _plans(facts: Team) -> list[growth.Growth]:
    names = {person.key: person.name for person in facts.reports}
    found = []
    for plan in GrowthPlan.objects.filter(about__in=names).prefetch_related("paths"):
        paths = list(plan.paths.all())
        chosen = [path.chosen_at.date() for path in paths if path.chosen_at]
        found.append(
            growth.Growth(
                person=plan.about,
                name=names[plan.about],
                begun_on=plan.at.date(),
                n_paths=len(paths),
                chosen_on=chosen[0] if chosen else None,
                check_on=plan.check_on,
            )
        )
    return found


def _follow_ups(facts: Team, *, today: date) -> Iterator[Finding]:
    """Say which feedback two people wanted to come back to, to those two alone.

    Nothing of what was said stands in it, and in the lead's brief only the lead's own.
    """
    names = {person.key: person.name for person in facts.people}
    due = Feedback.objects.filter(
        shared_at__isnull=False, followed_up_at=None, follow_up_on__lte=today
    ).defer("situation", "behaviour", "impact", "question", "answer")
    for given in due:
        by_lead, to_lead = given.author in facts.lead, given.about in facts.lead
        other = given.author if to_lead else given.about
        on = given.follow_up_on or today
        shared_on = given.shared_at.date() if given.shared_at else today
        yield Finding(
            rule="feedback-follow-up-due",
            subject=f"feedback:{given.pk}",
            sentence=f"{on} was the day to come back to the feedback of {shared_on} "
            f"between {names.get(given.author, given.author or 'somebody')} and "
            f"{names.get(given.about, given.about)}.",
            receipts=(
                Receipt(
                    source="feedback",
                    place=f"shared on {shared_on}",
                    as_of=today,
                    command=f"leadline mine {other}",
                ),
            ),
            magnitude=1.0 + (today - on) / timedelta(days=1),
            worth=0.5,
            readers=tuple(
                dict.fromkeys(
                    reader
                    for reader in (
                        LEAD if by_lead else given.author,
                        LEAD if to_lead else given.about,
                    )
                    if reader
                )
            ),
            question="What has changed since, and is there a word of thanks in it?",
            due_on=on,
        )


def _reminders(facts: Team, *, today: date) -> Iterator[Finding]:
    rows = Reminder.objects.filter(done_at=None, on__lte=today)
    for row in rows:
        own = OwnReminder(
            text=row.text, on=row.on, made_on=row.at.date(), done_on=None, number=row.pk
        )
        reader = LEAD if row.author in facts.lead else row.author
        yield from waiting.findings([own], reader=reader, today=today)
