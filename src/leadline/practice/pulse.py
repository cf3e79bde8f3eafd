"""The pulse: five statements upward, and the rules that keep an answer nobody's.

There is no ballot: an answer raises a count, and counts of the whole team are all that
exists. So no group can be set against its complement. What is left is one round set
against another: when a few people joined or left between them, the difference would be
theirs, and the second round is not launched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from leadline.errors import InputError
from leadline.findings import LEAD, TEAM, Citation, Finding, Receipt

FEWEST = 5
"""Answers below which nothing is shown; no setting makes it smaller."""

STANDS_FOR = timedelta(days=365)
"""Nobody's answer is taken to stand unchanged for longer than this."""

ASK_MY_TEAM = Citation(
    text="Whether I am a good lead: ask my team and not me. Leads who talked the results over "
    "with their reports improved more than others (five years, more than 250 leads).",
    source="Interview with a head of data science, 1:01:05; Walker & Smither (1999), "
    "Personnel Psychology 52(2)",
)

LEVELS = (
    "disagree",
    "rather disagree",
    "neither",
    "rather agree",
    "agree",
)

STATEMENTS: Mapping[str, str] = {
    "expects": "I know what is expected of my work in the next weeks.",
    "time": "I get my lead's time when I need it.",
    "mistakes": "I can say that something went wrong, early and without fear.",
    "decides": "We get a decision when we need one.",
    "heard": "What I said in the last months changed something.",
}

CONFIRMS = "confirms"
"""The one further statement of a round that follows a promise."""


def statements(promise: str = "") -> dict[str, str]:
    """Return the statements of a round; after a promise one more asks whether it was kept."""
    kept = {CONFIRMS: f"My lead did what was promised: “{promise}”"} if promise else {}
    return {**STATEMENTS, **kept}


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierRound:
    """A round whose results were shown: when it closed, and who was asked."""

    closed_on: date
    invited: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """What is frozen when a round starts, and printed above its statements.

    Attributes
    ----------
    invited : tuple of str
        Keys of those who are asked, in the alphabet's order.
    threshold : int
        Answers below which nothing will ever be shown of this round.
    closes_on : date
        The last day for an answer; nothing is shown before it has passed.
    left_out : tuple of str
        Joined since the last round that was shown, and therefore not asked.
    """

    invited: tuple[str, ...]
    threshold: int
    closes_on: date
    left_out: tuple[str, ...]


def launch(
    *,
    team: Collection[str],
    earlier: Collection[EarlierRound],
    today: date,
    closes_on: date,
    threshold: int = FEWEST,
) -> Launch:
    """Freeze a round, or refuse it with what could be done instead.

    Parameters
    ----------
    team : collection of str
        Keys of the reports who are here; the lead is not among them.
    earlier : collection of EarlierRound
        Rounds whose results were shown.
    today, closes_on : date
        The day of launching and the last day for an answer.
    threshold : int
        At least `FEWEST`.

    Raises
    ------
    InputError
        The team is too small, the last day is too near, the threshold is too low, or a
        few people who left since the last round would stand out by subtraction.
    """
    if threshold < FEWEST:
        raise InputError(f"a pulse shows nothing below {FEWEST} answers, got {threshold}")
    if closes_on <= today:
        raise InputError(f"a round needs at least a day: it must close after {today}")
    recent = [one for one in earlier if one.closed_on + STANDS_FOR > today]
    invited = frozenset(team)
    while joined := _few_joined(invited, recent, threshold=threshold):
        invited -= joined
    for one in recent:
        n_left = len(one.invited - invited)
        if 0 < n_left < threshold:
            raise InputError(
                f"{n_left} of those asked in the round that closed on {one.closed_on} would "
                "not be asked now; the difference of the two rounds would be theirs",
                hint=f"Wait until at least {threshold} have left, or until "
                f"{one.closed_on + STANDS_FOR}; or ask in person.",
            )
    if len(invited) < threshold:
        raise InputError(
            f"a pulse needs at least {threshold} people to ask, there are {len(invited)}",
            hint="In a team this small every answer has a face: ask in person, or not at all.",
        )
    return Launch(
        invited=tuple(sorted(invited)),
        threshold=threshold,
        closes_on=closes_on,
        left_out=tuple(sorted(frozenset(team) - invited)),
    )


def _few_joined(
    invited: frozenset[str], recent: Collection[EarlierRound], *, threshold: int
) -> frozenset[str]:
    """Return who joined since a round in too small a number to hide in the difference."""
    joined = (invited - one.invited for one in recent)
    few = (people for people in joined if len(people) < threshold)
    return frozenset[str]().union(*few)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """One statement, and how many of the whole team chose each level."""

    statement: str
    counts: tuple[int, ...]

    @property
    def by_level(self) -> tuple[tuple[str, int], ...]:
        """Each level with how many chose it."""
        return tuple(zip(LEVELS, self.counts, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """What everybody sees after a round; empty with a reason where it was too few.

    Attributes
    ----------
    answers : tuple of Answers
        One a statement; empty where nothing is shown.
    withheld : str
        Why nothing is shown; empty where something is.
    """

    answers: tuple[Answers, ...]
    withheld: str


def results(
    counts: Mapping[str, tuple[int, ...]],
    *,
    asked: Mapping[str, str],
    threshold: int,
    closes_on: date,
    today: date,
) -> Results:
    """Return a round's results once it is over and enough have answered.

    Parameters
    ----------
    counts : mapping from statement key
        How many chose each of `LEVELS`. Everybody answers every statement.
    asked : mapping from statement key
        The statements of the round, in their order.
    threshold : int
        As it was frozen at launch.
    closes_on, today : date
        Nothing is shown before the last day has passed, not even how many answered: two
        looks at a running round would differ by one person's answer.
    """
    if today <= closes_on:
        return Results(answers=(), withheld=f"The round runs until {closes_on}.")
    n_answered = min((sum(levels) for levels in counts.values()), default=0)
    if n_answered < threshold:
        return Results(
            answers=(),
            withheld=f"Fewer than {threshold} answered, so nothing is shown, to anybody. "
            "The answers are deleted.",
        )
    return Results(
        answers=tuple(Answers(statement=asked[key], counts=counts[key]) for key in asked),
        withheld="",
    )


def is_confirmed(counts: tuple[int, ...]) -> bool:
    """Whether more than half agree that a promise was kept."""
    return sum(counts[3:]) * 2 > sum(counts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A round that shows results, and what became of them.

    Attributes
    ----------
    closed_on : date
        When it closed.
    promised_on : date or None
        When the lead wrote what will change.
    confirmed_on : date or None
        When a later round said that it did.
    """

    closed_on: date
    promised_on: date | None
    confirmed_on: date | None


ANSWER_WITHIN = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(days=90)


def findings(last: Shown | None, *, today: date) -> tuple[Finding, ...]:
    """Say when a round waits for the lead's answer, or a promise for its confirmation.

    Parameters
    ----------
    last : Shown or None
        The latest round that shows results.
    today : date
        The day of asking.

    Returns
    -------
    tuple of Finding
        "pulse-unanswered" for the lead, or "pulse-promise-unconfirmed" for the whole team.
    """
    if last is None or last.confirmed_on is not None:
        return ()
    if last.promised_on is None:
        return _due(
            last.closed_on + ANSWER_WITHIN,
            today=today,
            rule="pulse-unanswered",
            sentence=f"The pulse that closed on {last.closed_on} has no answer from you yet.",
            question="What one thing will you change, and by when?",
            readers=(LEAD,),
            worth=0.6,
        )
    return _due(
        last.promised_on + ASK_AGAIN_AFTER,
        today=today,
        rule="pulse-promise-unconfirmed",
        sentence=f"What you promised the team on {last.promised_on} is not confirmed yet.",
        question="Is it done, and would the next round say so?",
        readers=(TEAM,),
        worth=0.4,
    )


def _due(
    on: date,
    *,
    today: date,
    rule: str,
    sentence: str,
    question: str,
    readers: tuple[str, ...],
    worth: float,
) -> tuple[Finding, ...]:
    if today < on:
        return ()
    return (
        Finding(
            rule=rule,
            subject="team:pulse",
            sentence=sentence,
            receipts=(
                Receipt(source="pulse", place="last round", as_of=today, command="leadline up"),
            ),
            magnitude=float((today - on).days),
            worth=worth,
            readers=readers,
            question=question,
            citation=ASK_MY_TEAM,
        ),
    )
