"""`leadline.experiments.queue`: which idea to try next, and what to analyse before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.queue import QueuedIdea
from leadline.analysis.experiments.queue import queue as sort_ideas
from leadline.connectors.experiments.ideas import read_ideas
from leadline.connectors.warehouse import open_table
from leadline.errors import NotEnoughDataError
from leadline.library.wording import number_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.analysis.experiments.calibration import Calibration
    from leadline.analysis.experiments.shrinkage import Prior


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """Ideas in the order to try them.

    Attributes
    ----------
    place, history : str
        Where ideas and past changes were read.
    ideas : tuple of QueuedIdea
        The best first.
    prior : Prior
        How large effects are here.
    calibration : Calibration or None
        How predictions fared.
    """

    place: str
    history: str
    ideas: tuple[QueuedIdea, ...]
    prior: Prior
    calibration: Calibration | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    @property
    def analyses(self) -> tuple[QueuedIdea, ...]:
        """Ideas whose analysis comes before their test, the cheapest analysis first."""
        first = [found for found in self.ideas if found.analysis_first]
        return tuple(sorted(first, key=lambda found: found.idea.analysis_cost))


def queue(
    source: Any,
    *,
    history: Any,
    columns: Mapping[str, str] | None = None,
    metrics: tuple[str, ...] = (),
) -> Queue:
    """Sort ideas by expected gain × probability ÷ cost.

    Parameters
    ----------
    source : path, address or data frame
        One row an idea: change, cost; optional reach, predicted, predicted_se, analysis,
        analysis_cost.
    history : path, address or data frame
        What `leadline.ledger` reads: past changes, losers included.
    columns : mapping of role to column, optional
        Of the ideas.
    metrics : tuple of str
        Which metric of the history, where it has several.

    Raises
    ------
    NotEnoughDataError
        No experiment in the history: nobody knows how large gains are here.

    Examples
    --------
    >>> import pandas as pd
    >>> from leadline.library.ideas import queue
    >>> past = pd.DataFrame({
    ...     "change": ["a", "b"], "concluded_on": ["2026-01-31", "2026-02-28"],
    ...     "measured": [0.01, -0.01], "measured_se": [0.01, 0.01],
    ... })
    >>> ideas = pd.DataFrame({"idea": ["big", "small"], "cost": [20, 2]})
    >>> found = queue(ideas, history=past, columns={"change": "idea"})
    >>> [entry.idea.key for entry in found.ideas]
    ['small', 'big']
    """
    opened = open_table(source)
    from leadline.library.ledger import ledger  # noqa: PLC0415 - an analysis goes without

    past = ledger(history, metrics=metrics)
    if past.ledger.prior is None:
        raise NotEnoughDataError(
            f"{past.place} has no experiment to learn from",
            hint="How large gains are comes from past experiments, losers included.",
        )
    return Queue(
        place=opened.place,
        history=past.place,
        ideas=sort_ideas(
            read_ideas(opened, given=columns or {}),
            prior=past.ledger.prior,
            calibration=past.ledger.calibration,
        ),
        prior=past.ledger.prior,
        calibration=past.ledger.calibration,
    )


def queue_rows(found: Queue) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return a queue as a table in words."""
    header = ("", "idea", "chance", "gain if it works", "cost", "worth per cost", "first")
    return header, [
        (
            f"{place}",
            entry.idea.key,
            f"{number_in_words(100 * entry.probability)} %",
            number_in_words(entry.gain, digits=3),
            number_in_words(entry.idea.cost),
            number_in_words(entry.value, digits=3),
            entry.idea.analysis if entry.analysis_first else "",
        )
        for place, entry in enumerate(found.ideas, start=1)
    ]


def queue_notes(found: Queue) -> list[str]:
    """Return what one has to know to read a queue."""
    if found.calibration is None or not found.calibration.proven:
        state = found.calibration.state if found.calibration else "proxy unproven: no launches"
        notes = [f"Predictions do not count yet ({state}); reach and cost decide."]
    else:
        notes = [f"Predictions are discounted: {found.calibration.state}."]
    if found.prior.source == "default":
        notes.append("Below 20 experiments, how large gains are is a documented default.")
    return notes
