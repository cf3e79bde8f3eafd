"""The pulse: what is asked, what is shown, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from leadline.practice import pulse
from leadline.practice.pulse import STANDS_FOR, EarlierRound, Results, Shown
from leadline.records.models import PulsePromise, PulseRound


def asked_in(one: PulseRound) -> dict[str, str]:
    """Return the statements of a round by their keys."""
    return pulse.statements(one.follows.text if one.follows else "")


def counts_of(one: PulseRound) -> dict[str, tuple[int, ...]]:
    """Return how many chose each level of each statement; empty once they were deleted.

    For the rules alone: what anybody is shown comes from `results_of`.
    """
    levels: dict[str, dict[int, int]] = defaultdict(dict)
    for row in one.counts.all():
        levels[row.statement][row.level] = row.count
    return {key: tuple(found[n] for n in sorted(found)) for key, found in levels.items()}


def n_answered(one: PulseRound) -> int:
    """Return how many answered; for the rules alone, never shown while a round runs."""
    return min((sum(levels) for levels in counts_of(one).values()), default=0)


def results_of(one: PulseRound, *, today: date) -> Results:
    """Return what everybody on the team may see of a round."""
    return pulse.results(
        counts_of(one),
        asked=asked_in(one),
        threshold=one.threshold,
        closes_on=one.closes_on,
        today=today,
    )


def shown_rounds(*, today: date) -> tuple[EarlierRound, ...]:
    """Return the rounds that show results and that a new one could be set against."""
    rounds = PulseRound.objects.filter(
        closes_on__lt=today, closes_on__gt=today - STANDS_FOR
    ).prefetch_related("counts", "invitations", "follows")
    return tuple(
        EarlierRound(
            closed_on=one.closes_on,
            invited=frozenset(row.address for row in one.invitations.all()),
        )
        for one in rounds
        if n_answered(one) >= one.threshold
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundPage:
    """One round as the team sees it.

    Attributes
    ----------
    round : PulseRound
        As it was frozen.
    asked : mapping
        Its statements.
    results : Results
        What is shown, or why nothing is.
    promises : tuple of PulsePromise
        What the lead said will change.
    confirmed : bool or None
        Whether the promise it asks about was kept; None where it asks about none.
    """

    round: PulseRound
    asked: Mapping[str, str]
    results: Results
    promises: tuple[PulsePromise, ...]
    confirmed: bool | None


def round_pages(*, today: date) -> tuple[RoundPage, ...]:
    """Return every round, the newest first."""
    rounds = PulseRound.objects.select_related("follows").prefetch_related("counts", "promises")
    return tuple(_page(one, today=today) for one in rounds)


def _page(one: PulseRound, *, today: date) -> RoundPage:
    results = results_of(one, today=today)
    counts = counts_of(one).get(pulse.CONFIRMS)
    return RoundPage(
        round=one,
        asked=asked_in(one),
        results=results,
        promises=tuple(one.promises.all()),
        confirmed=pulse.is_confirmed(counts) if counts and results.answers else None,
    )


def last_shown(*, today: date) -> Shown | None:
    """Return the latest round that shows results, and what became of its promise."""
    for page in round_pages(today=today):
        if page.results.answers:
            return _shown(page, today=today)
    return None


def _shown(page: RoundPage, *, today: date) -> Shown:
    promised = page.promises[-1] if page.promises else None
    confirmed_on = None
    if promised:
        for later in promised.rounds.all():
            levels = counts_of(later).get(pulse.CONFIRMS)
            if levels and results_of(later, today=today).answers and pulse.is_confirmed(levels):
                confirmed_on = later.closes_on
    return Shown(
        closed_on=page.round.closes_on,
        promised_on=promised.at.date() if promised else None,
        confirmed_on=confirmed_on,
    )
