"""Did the arms get the units that the split gave them: at the end, at every day, and where?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.sample_ratio import (
    sample_ratio,
    scan_sample_ratio,
    sequential_sample_ratio,
)
from leadline.errors import InputError
from leadline.library.wording import pvalue_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.analysis.experiments.sample_ratio import (
        SampleRatioResult,
        SampleRatioScan,
        SequentialSampleRatio,
    )
    from leadline.connectors.warehouse.state import MomentsTable

SUSPICIOUS = 0.01
"""A split this unlikely is named, though only the stricter level blocks a verdict."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """The check of the split, in all its views.

    Attributes
    ----------
    total : SampleRatioResult
        All units, once.
    looks : SequentialSampleRatio or None
        At the end of every day, with bounds that allow for looking often.
    scan : SampleRatioScan or None
        Every day and every segment by itself, where a mismatch was found.
    """

    total: SampleRatioResult
    looks: SequentialSampleRatio | None
    scan: SampleRatioScan | None

    @property
    def is_mismatched(self) -> bool:
        """Whether the split is not the declared one."""
        at_a_look = self.looks is not None and self.looks.sample_ratio_mismatch
        return self.total.sample_ratio_mismatch or at_a_look

    @property
    def source(self) -> str:
        """Where the mismatch comes from, in words; empty where no scan tells."""
        if self.scan is None or not self.scan.suspects:
            return ""
        names = ", ".join(cell.name for cell in self.scan.suspects[:3])
        rest = pvalue_in_words(self.scan.rest_pvalue)
        return f"It comes from {names} (without it, {rest}): find what happened there."

    @property
    def sentence(self) -> str:
        """The check in words."""
        total = self.total
        units = " and ".join(f"{n:,}" for n in total.counts)
        if total.sample_ratio_mismatch:
            expected = " and ".join(f"{n:,.0f}" for n in total.expected)
            return (
                f"the arms have {units} units where the split gives {expected} "
                f"({pvalue_in_words(total.pvalue)})"
            )
        if self.looks is not None and self.looks.first_look is not None:
            return (
                f"the arms drifted apart by day {self.looks.first_look}, though they ended at "
                f"{units} units"
            )
        if total.pvalue < SUSPICIOUS:
            return (
                f"the arms are of suspiciously unequal size ({pvalue_in_words(total.pvalue)}; "
                f"{units}): seen by chance once in {1 / total.pvalue:,.0f} experiments, above "
                f"the level {total.alpha:g} at which it would block the verdict. Look at how "
                "units were assigned"
            )
        return (
            f"the arms got their units as the split gives, as far as one can see "
            f"({pvalue_in_words(total.pvalue)})"
        )


def check_split(
    moments: MomentsTable,
    *,
    experiment: str,
    arms: Sequence[str],
    weights: Mapping[str, float],
    n_planned: int | None,
) -> Split:
    """Check the split of one experiment.

    Parameters
    ----------
    moments : MomentsTable
        With its days and segments, where the table has them.
    weights : mapping of arm to share
        The declared split; equal where it is empty.
    n_planned : int or None
        Units of all arms at the planned end.

    Raises
    ------
    InputError
        Weights of other arms than the table's.
    """
    if weights and set(weights) != set(arms):
        raise InputError(
            f"weights are declared for {sorted(weights)}, but the arms are {list(arms)}",
            hint="Declare one weight for each arm.",
        )
    shares = [weights[arm] for arm in arms] if weights else None
    counts = moments.counts(experiment)
    total = sample_ratio([counts[arm] for arm in arms], weights=shares)
    by_day = [[moments.counts(experiment, day=d)[a] for a in arms] for d in moments.days]
    looks = None
    if len(by_day) > 1:
        looks = sequential_sample_ratio(
            np.cumsum(by_day, axis=0),
            weights=shares,
            n_planned=max(n_planned or 0, sum(counts.values())),
        )
    split = Split(total=total, looks=looks, scan=None)
    cells = {str(day): row for day, row in zip(moments.days, by_day, strict=True)}
    for segment, levels in moments.segments.items():
        for name in levels:
            found = moments.counts(experiment, segment=segment, level=name)
            cells[f"{segment} = {name}"] = [found[arm] for arm in arms]
    if not split.is_mismatched or len(cells) < 2:
        return split
    scan = scan_sample_ratio(cells, weights=shares)
    return Split(total=total, looks=looks, scan=scan)
