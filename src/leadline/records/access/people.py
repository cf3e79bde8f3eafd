"""The rows of the table that speak of people: what is between two stays between two."""

from __future__ import annotations

from django.db.models import Q

from leadline.records.access.rule import Rule
from leadline.records.access.viewers import Role
from leadline.records.access.who import (
    LEAD,
    NOBODY,
    PARTNER,
    TEAM,
    Who,
    about,
    written_by,
)

SHARED = Q(shared_at__isnull=False)
_CANDIDATE = "candidate__interviewers__address"
_OTHERS = "interviewer__candidate__interviewers"


def interviewers(path: str) -> Who:
    """Return those who interview a candidate."""
    return Who(words="who interviews the candidate", path=path)


PEOPLE = (
    # The roster: everything about me is visible to me
    Rule(
        kind="people",
        readers=(LEAD, about("key")),
        models=("Person",),
        audited="page about you",
    ),
    Rule(kind="roster history", readers=(LEAD, about()), models=("RosterChange",)),
    Rule(
        kind="correction", readers=(LEAD, about()), changers=(about(),), models=("Correction",)
    ),
    Rule(kind="first days", readers=(LEAD,), changers=(LEAD,), models=("PlanChange",)),
    # Between the lead and a report
    Rule(
        kind="one-on-one",
        readers=(LEAD, about("about")),
        changers=(LEAD, about("about")),
        models=("AgendaPoint", "AgreedAction", "TalkCorrection"),
        audited="one-on-one",
    ),
    Rule(
        kind="growth",
        readers=(LEAD, about("about")),
        changers=(LEAD, about("about")),
        models=("GrowthPlan",),
        audited="development and probation",
    ),
    Rule(
        kind="growth path",
        readers=(LEAD, about("plan__about")),
        changers=(LEAD, about("plan__about")),
        models=("GrowthPath",),
        audited="development and probation",
    ),
    Rule(
        kind="probation",
        readers=(LEAD, about("about")),
        changers=(LEAD,),
        models=("ProbationCheckIn",),
        audited="development and probation",
    ),
    Rule(
        kind="probation outcome",
        readers=(LEAD, about("about"), PARTNER),
        changers=(LEAD,),
        models=("ProbationExtension", "ProbationOutcome"),
        audited="development and probation",
    ),
    Rule(
        kind="leaving",
        readers=(
            LEAD,
            about("about"),
            PARTNER,
            Who(words="who takes something over", path="items__successor"),
        ),
        changers=(LEAD, about("about")),
        models=("Leaving",),
        audited="leaving",
    ),
    Rule(
        kind="handover",
        readers=(
            LEAD,
            about("leaving__about"),
            PARTNER,
            Who(words="who takes it over", path="successor"),
        ),
        changers=(LEAD, about("leaving__about")),
        models=("HandoverItem",),
        audited="leaving",
    ),
    # One's own
    Rule(
        kind="private note",
        readers=(written_by(),),
        changers=(written_by(),),
        models=("PrivateNote",),
    ),
    Rule(
        kind="reminder", readers=(written_by(),), changers=(written_by(),), models=("Reminder",)
    ),
    Rule(
        kind="mail wish",
        readers=(about("address"),),
        changers=(about("address"),),
        models=("MailWish",),
    ),
    Rule(
        kind="calendar feed",
        readers=(about("address"),),
        changers=(about("address"),),
        models=("CalendarFeed",),
    ),
    Rule(kind="read audit", readers=(about("about"),), models=("SensitiveRead",)),
    # Feedback, in any direction
    Rule(
        kind="feedback wish",
        readers=(TEAM,),
        changers=(about("about"),),
        models=("FeedbackPreference",),
    ),
    Rule(
        kind="feedback",
        readers=(written_by(), about("about", only=SHARED)),
        changers=(written_by(), about("about", only=SHARED)),
        models=("Feedback",),
        audited="feedback",
    ),
    # Hiring
    Rule(
        kind="interview kit",
        readers=(TEAM, PARTNER),
        changers=(LEAD,),
        models=("InterviewKit", "InterviewQuestion"),
    ),
    Rule(
        kind="candidate",
        readers=(LEAD, PARTNER, interviewers("interviewers__address")),
        changers=(LEAD,),
        models=("Candidate",),
    ),
    Rule(
        kind="interview",
        readers=(LEAD, PARTNER, interviewers(_CANDIDATE)),
        changers=(written_by("address"),),
        models=("Interviewer",),
    ),
    Rule(
        kind="interview notes",
        readers=(
            written_by("interviewer__address"),
            Who(
                words="other interviewers, once theirs are in",
                path=f"{_OTHERS}__address",
                only=Q(
                    interviewer__submitted_at__isnull=False,
                    **{f"{_OTHERS}__submitted_at__isnull": False},
                ),
            ),
            Who(
                words="the lead, once all are in",
                roles=frozenset({Role.LEAD}),
                only=~Q(**{f"{_OTHERS}__submitted_at__isnull": True}),
            ),
        ),
        changers=(written_by("interviewer__address"),),
        models=("InterviewAnswer",),
    ),
    Rule(
        kind="hiring decision",
        readers=(LEAD, PARTNER, interviewers(_CANDIDATE)),
        changers=(LEAD,),
        models=("HiringDecision",),
    ),
    # The pulse: results are the team's; an answer is nobody's
    Rule(
        kind="pulse", readers=(TEAM,), changers=(LEAD,), models=("PulseRound", "PulsePromise")
    ),
    Rule(
        kind="pulse answer",
        readers=(about("address"),),
        changers=(about("address"),),
        models=("PulseInvitation",),
    ),
    Rule(kind="pulse count", readers=NOBODY, models=("PulseCount",)),
)
