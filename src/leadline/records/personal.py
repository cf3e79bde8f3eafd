"""Every kind of record about people that is written here: what for, how long, whose.

One row a model. `mine` shows and exports by this table, a purge deletes by it, retention
runs by it, and the pack for a works council prints it. A test fails when a model holds an
address and has no row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Model, Q, QuerySet

from leadline.records import accounts, models
from leadline.records.counting import counting, filled, places, run
from leadline.records.narrowing import narrowed


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of record about people.

    Attributes
    ----------
    model : type of Model
        Its table.
    what : str
        What one of them is called.
    purpose : str
        What it is there for, in one sentence.
    could : str
        What might be evaluated with it, and what keeps that from happening.
    text : callable
        The record in words, for whoever may read it.
    about : tuple of str
        Lookups to the addresses of whom it is about: their purge deletes it.
    authors : tuple of str
        Columns with addresses of whoever wrote or does something: their purge empties them.
    alone : Q or None
        Which records only their author reads: their purge deletes these too.
    day : str
        Column with its day or moment.
    keep_days : int or None
        How long it is kept after `day`; None where something else says so.
    until : str
        When it is deleted, in words.
    ends : Q
        Which records `keep_days` speaks of.
    found : callable or None
        Finds those of some addresses, where no lookup from the record leads to one.
    """

    model: type[Model]
    what: str
    purpose: str
    could: str
    text: Callable[[Any], str]
    about: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    alone: Q | None = None
    day: str = "at"
    keep_days: int | None = None
    until: str = ""
    ends: Q = field(default_factory=Q)
    found: Callable[[Collection[str]], Q] | None = None

    def rows(self) -> QuerySet[Model]:
        """Return all records of the kind; none where the pages never made its table."""
        rows = self.model._default_manager.all()  # noqa: SLF001
        return rows if accounts.is_kept_here(self.model) else rows.none()

    def is_about(self, addresses: Collection[str]) -> Q:
        """Return which records are about whoever uses these addresses."""
        condition = self.found(addresses) if self.found else Q(pk__in=[])
        for path in self.about:
            condition |= Q(**{f"{path}__in": sorted(addresses)})
        return condition

    def concerning(self, addresses: Collection[str]) -> QuerySet[Model]:
        """Return what is about whoever uses these addresses, or was written by them."""
        condition = self.is_about(addresses)
        for path in self.authors:
            condition |= Q(**{f"{path}__in": sorted(addresses)})
        return narrowed(self.rows(), condition)

    def on(self, row: Model) -> date | None:
        """Return the day of a record."""
        value = getattr(row, self.day, None) if self.day else None
        return value.date() if isinstance(value, datetime) else value


def _feedback(row: models.Feedback) -> str:
    parts = (row.situation, row.behaviour, row.impact, row.question)
    said = " ".join(part for part in parts if part)
    return f"{said} — answer: {row.answer}" if row.answer else said


KINDS: tuple[Kind, ...] = (
    Kind(
        model=models.AgendaPoint,
        what="agenda point",
        purpose="What two people want to talk about next.",
        could="How many points somebody brings. Nothing counts them.",
        text=str,
        about=("about",),
        authors=("author", "closed_by"),
        day="closed_at",
        keep_days=365,
        until="a year after it was closed",
        ends=Q(closed_at__isnull=False),
    ),
    Kind(
        model=models.AgreedAction,
        what="agreed action",
        purpose="What two people agreed on, whose it is, until when.",
        could="Who is late. Only what the lead owes and is late becomes a line, for the lead.",
        text=lambda row: f"{row.text} ({row.owner or 'nobody'}, due {row.due_on or 'any day'})",
        about=("about",),
        authors=("author", "owner", "done_by"),
        day="done_at",
        keep_days=365,
        until="a year after it was done",
        ends=Q(done_at__isnull=False),
    ),
    Kind(
        model=models.TalkCorrection,
        what="one-on-one put right",
        purpose="What became of a planned one-on-one, where the calendar is wrong.",
        could="How often talks are held. What is counted is what the lead moved or cancelled.",
        text=str,
        about=("about",),
        authors=("author",),
        keep_days=365,
        until="a year after it was said",
    ),
    Kind(
        model=models.PrivateNote,
        what="private note",
        purpose="A note to oneself before or after a talk.",
        could="An opinion about somebody. It is sealed, its author's alone, not searchable.",
        text=lambda row: row.text,
        about=("about",),
        authors=("author",),
        alone=Q(),
        keep_days=730,
        until="two years after it was written",
    ),
    Kind(
        model=models.Reminder,
        what="reminder",
        purpose="A dated note to oneself.",
        could="Nothing about anybody else by its own; its author's alone.",
        text=str,
        authors=("author",),
        alone=Q(),
        day="done_at",
        keep_days=90,
        until="three months after it was done",
        ends=Q(done_at__isnull=False),
    ),
    Kind(
        model=models.MailWish,
        what="wish for mail",
        purpose="Whether and how often somebody wants a mail that something waits for them.",
        could="None: it is a wish. Nothing is kept of whether a mail is read.",
        text=str,
        about=("address",),
        until="when they want none any more, or are purged",
    ),
    Kind(
        model=models.CalendarFeed,
        what="calendar feed",
        purpose="The secret address under which somebody's calendar program finds their dates.",
        could="None: nothing is kept of when it is opened.",
        text=str,
        about=("address",),
        day="made_at",
        until="when they take it back, or are purged",
    ),
    Kind(
        model=models.FeedbackPreference,
        what="wish about feedback",
        purpose="Whether and how somebody wants feedback.",
        could="Who does not want feedback. It is a wish, and no reason is asked.",
        text=str,
        about=("about",),
        until="when they say something else, or are purged",
    ),
    Kind(
        model=models.Feedback,
        what="feedback",
        purpose="Advice from one person to another, and the answer.",
        could="What was said about somebody. It is sealed and between two; nothing adds it up.",
        text=_feedback,
        about=("about",),
        authors=("author",),
        alone=Q(shared_at=None),
        keep_days=730,
        until="two years after it was shared; a draft half a year after it was last changed",
        ends=Q(shared_at__isnull=False),
    ),
    Kind(
        model=models.GrowthPlan,
        what="development plan",
        purpose="What somebody wants to get better at, and when both look again.",
        could="What somebody cannot do yet. It is between two, and deleted when it is closed.",
        text=lambda row: f"{row.gap} Sign: {row.sign} Check on {row.check_on}.",
        about=("about",),
        authors=("author",),
        until="at once when it is closed",
    ),
    Kind(
        model=models.GrowthPath,
        what="suggested path",
        purpose="A way towards it, of which the person chooses one.",
        could="What was suggested and not chosen. It goes with its plan.",
        text=str,
        about=("plan__about",),
        authors=("author",),
        until="with its plan",
    ),
    Kind(
        model=models.ProbationCheckIn,
        what="probation check-in",
        purpose="How a probation is going, in writing, so that nothing is a surprise.",
        could="How a probation goes. It is the purpose; both read it, and no number is in it.",
        text=lambda row: f"{row.went_well} {row.would_help}".strip(),
        about=("about",),
        authors=("author",),
        day="on",
        until="at once when passed; half a year after the outcome otherwise",
    ),
    Kind(
        model=models.ProbationExtension,
        what="probation extension",
        purpose="Until when a probation was made longer, and why.",
        could="That a probation was made longer. It is the purpose.",
        text=str,
        about=("about",),
        authors=("author",),
        until="with the check-ins",
    ),
    Kind(
        model=models.ProbationOutcome,
        what="probation outcome",
        purpose="What came of a probation, and that it was told.",
        could="That a probation was passed or ended. It is the purpose.",
        text=lambda row: f"{row} {row.reasons}".strip(),
        about=("about",),
        authors=("author",),
        day="told_on",
        until="its reasons with the check-ins; the outcome when the person is purged",
    ),
    Kind(
        model=models.InterviewKit,
        what="interview kit",
        purpose="The same questions for every candidate of a role.",
        could="None: it is about questions.",
        text=str,
        authors=("author",),
        until="never; it is about no person",
    ),
    Kind(
        model=models.Candidate,
        what="candidate",
        purpose="Somebody who applied, and who interviews them.",
        could="Who applied. No order of candidates exists.",
        text=lambda row: f"a candidate entered, deleted on {row.delete_on} at the latest",
        authors=("author",),
        until="half a year after the decision, or a year after entry without one",
    ),
    Kind(
        model=models.Interviewer,
        what="interview",
        purpose="Who interviews a candidate.",
        could="Who interviews how often. Nothing counts it.",
        text=lambda row: f"interviewer of candidate {row.candidate_id}",
        authors=("address",),
        day="submitted_at",
        until="with the candidate",
    ),
    Kind(
        model=models.InterviewAnswer,
        what="interview notes",
        purpose="What an interviewer heard, independently of the others.",
        could="How strict an interviewer is. Only the interviewer sees it, on their own page.",
        text=lambda row: row.heard,
        authors=("interviewer__address",),
        until="with the candidate",
    ),
    Kind(
        model=models.HiringDecision,
        what="hiring decision",
        purpose="What was decided about a candidate, with reasons.",
        could="Who was chosen and why. It is the purpose; reasons are words.",
        text=lambda row: f"{row.outcome}: {row.reasons}",
        authors=("author",),
        until="with the candidate",
    ),
    Kind(
        model=models.Leaving,
        what="leaving",
        purpose="The last day, so that what only they know is handed over.",
        could="That somebody leaves. Nothing predicts it; it begins when they have said so.",
        text=str,
        about=("about",),
        authors=("author",),
        day="last_on",
        keep_days=365,
        until="a year after the last day",
    ),
    Kind(
        model=models.HandoverItem,
        what="handover",
        purpose="What is handed over, and to whom.",
        could="What only one person knows. It is about areas, models and duties.",
        text=lambda row: f"{row} to {row.successor or 'nobody yet'}",
        about=("leaving__about",),
        authors=("author", "successor", "done_by"),
        until="with the leaving",
    ),
    Kind(
        model=models.PulseRound,
        what="pulse round",
        purpose="Five statements about the lead, answered by the team.",
        could="How the team sees the lead. It is the purpose.",
        text=str,
        authors=("author",),
        day="closes_on",
        keep_days=730,
        until="two years after it closed",
    ),
    Kind(
        model=models.PulseInvitation,
        what="pulse invitation",
        purpose="Who is asked, once a round; never what they said.",
        could="Who answered, while a round runs. Nobody is shown it; then it is forgotten.",
        text=lambda row: f"asked in the {row.round}",
        about=("address",),
        day="",
        until="with the round",
    ),
    Kind(
        model=models.PulsePromise,
        what="promise after a pulse",
        purpose="What the lead said will change.",
        could="Whether the lead keeps a promise. It is the purpose.",
        text=str,
        authors=("author",),
        until="with the round",
    ),
    Kind(
        model=models.SensitiveRead,
        what="read by somebody else",
        purpose="Who opened a sensitive record about somebody.",
        could="Who looks at whom. It is shown to the person concerned, and to nobody else.",
        text=lambda row: f"{row.what}, read by {row.reader or 'somebody who was purged'}",
        about=("about",),
        authors=("reader",),
        keep_days=730,
        until="two years after it was read",
    ),
    Kind(
        model=models.SignInLink,
        what="sign-in link",
        purpose="Lets one person in, once; only a hash of its secret is kept.",
        could="When somebody was invited and came. Nothing shows or counts it.",
        text=lambda row: (
            f"{row}, given by {row.issued_by}, "
            + (f"used on {row.used_at:%Y-%m-%d}" if row.used_at else "not used")
        ),
        about=("email",),
        authors=("issued_by",),
        day="expires_at",
        keep_days=90,
        until="three months after it expired",
    ),
    Kind(
        model=models.GuestLink,
        what="guest link",
        purpose="Shows one page to somebody without an account.",
        could="Who shared what. No guest is named, and no visit is kept.",
        text=lambda row: f"{row} ({row.page})",
        authors=("issued_by",),
        day="expires_at",
        keep_days=90,
        until="three months after it expired or was taken back",
    ),
    # Of signing in; what hangs on an account stands before it, and so is deleted before
    Kind(
        model=accounts.Session,
        what="session",
        purpose="Keeps a browser signed in for a fortnight.",
        could="When somebody was at work. No page shows it; it names no page.",
        text=str,
        found=accounts.sessions_of,
        day="expire_date",
        keep_days=0,
        until="a fortnight after signing in, when it is signed out, or with the account",
    ),
    Kind(
        model=accounts.Authenticator,
        what="passkey or codes",
        purpose="A second proof of who signs in.",
        could="When it was used last. No page shows it to anybody else.",
        text=str,
        about=("user__email",),
        day="created_at",
        until="when it is removed, or the person is purged",
    ),
    Kind(
        model=accounts.SingleSignOnToken,
        what="secret of single sign-on",
        purpose="Leadline asks for none; a company's sign-in may hand one over.",
        could="None: it says nothing of anybody.",
        text=str,
        about=("account__user__email",),
        day="",
        until="when the person is purged",
    ),
    Kind(
        model=accounts.SingleSignOn,
        what="single sign-on",
        purpose="Which account a company's sign-in means.",
        could="What the company's sign-in says of somebody. Only the address is used.",
        text=str,
        about=("user__email",),
        day="date_joined",
        until="when the person is purged",
    ),
    Kind(
        model=accounts.AddressConfirmation,
        what="confirmation of an address",
        purpose="Leadline sends none; the sign-in library has the table.",
        could="None: it is empty.",
        text=str,
        about=("email_address__user__email",),
        day="created",
        until="when the person is purged",
    ),
    Kind(
        model=accounts.SignInAddress,
        what="address for signing in",
        purpose="Which address the company's sign-in has verified.",
        could="None: it is an address.",
        text=str,
        about=("user__email",),
        day="",
        until="when the person is purged",
    ),
    Kind(
        model=accounts.Account,
        what="account",
        purpose="Who can sign in, by which address.",
        could="When somebody signed in last. No page shows it to anybody else.",
        text=str,
        about=("email",),
        day="date_joined",
        until="when the person is purged",
    ),
    *(
        Kind(
            model=model,
            what=what,
            purpose=purpose,
            could="Who was right how often. It is about the project; nothing counts it.",
            text=str,
            authors=("author",),
            until="with the project; a purge takes names out of it",
        )
        for model, what, purpose in (
            (models.Assumption, "assumption", "What somebody understood of a project."),
            (models.AssumptionAnswer, "answer to an assumption", "Whether it holds."),
            (models.Idea, "idea", "What will work in a project if something changes."),
            (models.IdeaClosing, "end of an idea", "What came of it."),
            (models.Decision, "decision", "What was decided about a project, and with whom."),
            (models.DecisionReview, "second look at a decision", "Whether it still stands."),
        )
    ),
)
"""All of them."""


def kinds_with_records(
    addresses: Collection[str],
) -> Iterator[tuple[Kind, QuerySet[Model], int]]:
    """Yield each kind that has records of whoever uses these addresses: them, and how many.

    There are forty kinds and most have nothing of most people: one query counts all that a
    lookup finds.
    """
    standing = places(len(addresses))
    sql, parameters = _counting(
        standing, are_accounts_here=accounts.is_kept_here(accounts.Session)
    )
    values = dict(zip(standing, addresses, strict=True))
    counted = iter(run(sql, filled(parameters, values)))
    for kind in KINDS:
        n = next(counted) if _by_lookup(kind) else None
        if n != 0:
            rows = kind.concerning(addresses)
            if n := rows.count() if n is None else n:
                yield kind, rows, n


def _by_lookup(kind: Kind) -> bool:
    return kind.found is None


@lru_cache(maxsize=16)
def _counting(
    addresses: tuple[str, ...],
    *,
    are_accounts_here: bool,  # noqa: ARG001 - another query once the pages made theirs
) -> tuple[str, list[Any]]:
    """Return the query that counts all kinds, for so many addresses; it takes long to write."""
    return counting(kind.concerning(addresses) for kind in filter(_by_lookup, KINDS))


def kind_of(model: type[Model]) -> Kind:
    """Return the row of a model.

    Raises
    ------
    LookupError
        It has none.
    """
    for kind in KINDS:
        if kind.model is model:
            return kind
    raise LookupError(f"{model.__name__} has no row in records.personal.KINDS")
