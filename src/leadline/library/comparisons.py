"""The arms of one experiment held against its control: metric by metric, and by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.analysis.experiments.effects import compare
from leadline.analysis.experiments.metrics import Quantile
from leadline.analysis.experiments.quantile_effects import compare_quantiles
from leadline.analysis.multiplicity import benjamini_hochberg
from leadline.errors import InputError, NotEnoughDataError
from leadline.library.quantiles import quantile_summaries
from leadline.library.results import SegmentResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leadline.analysis.experiments.effects import Effect
    from leadline.analysis.experiments.metrics import Metric
    from leadline.connectors.experiments.tables import ExperimentTable
    from leadline.connectors.warehouse.state import Day, MomentsTable
    from leadline.connectors.warehouse.tables import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One experiment of a table.

    Attributes
    ----------
    moments : MomentsTable
    experiment : str
        As the table names it.
    control : str
    treatments : tuple of str
        The other arms.
    alpha : float
        1 − the intervals' level.
    """

    moments: MomentsTable
    experiment: str
    control: str
    treatments: tuple[str, ...]
    alpha: float

    def effect(
        self, metric: Metric, arm: str, *, day: Day = None, segment: str = "", level: str = ""
    ) -> Effect | None:
        """Return an arm's effect on a mean, proportion or ratio; None where it has no rows."""
        treatment, control = (
            self.moments.moments(
                metric.name,
                arm=name,
                experiment=self.experiment,
                day=day,
                segment=segment,
                level=level,
            )
            for name in (arm, self.control)
        )
        if treatment is None or control is None:
            return None
        return compare(treatment=treatment, control=control, metric=metric, alpha=self.alpha)

    def effects(
        self, metrics: Sequence[Metric], *, found: ExperimentTable, table: Table
    ) -> dict[tuple[str, str], Effect | None]:
        """Return the effect of every arm on every metric, by metric and arm.

        Parameters
        ----------
        found, table
            For quantiles, which sums cannot tell.
        """
        effects: dict[tuple[str, str], Effect | None] = {}
        for metric in metrics:
            if isinstance(metric, Quantile):
                effects |= self._quantile_effects(metric, found=found, table=table)
            else:
                effects |= {
                    (metric.name, arm): self.effect(metric, arm) for arm in self.treatments
                }
        return effects

    def by_segment(self, metrics: Sequence[Metric]) -> tuple[SegmentResult, ...]:
        """Compare within every level of every segment; levels too thin are left out."""
        found = list(self._within_segments(metrics))
        adjusted = benjamini_hochberg([effect.pvalue for *_, effect in found]).tolist()
        return tuple(
            SegmentResult(
                segment=segment, level=level, arm=arm, effect=effect, adjusted_pvalue=p,
                higher_is_better=metric.higher_is_better,
            )
            for (segment, level, metric, arm, effect), p in zip(found, adjusted, strict=True)
        )  # fmt: skip

    def _within_segments(
        self, metrics: Sequence[Metric]
    ) -> Iterator[tuple[str, str, Metric, str, Effect]]:
        cells = [
            (name, level) for name, levels in self.moments.segments.items() for level in levels
        ]
        for segment, level in cells:
            for metric in metrics:
                for arm in self.treatments:
                    try:
                        effect = self.effect(metric, arm, segment=segment, level=level)
                    except NotEnoughDataError:
                        continue
                    if effect is not None:
                        yield segment, level, metric, arm, effect

    def _quantile_effects(
        self, metric: Quantile, *, found: ExperimentTable, table: Table
    ) -> dict[tuple[str, str], Effect | None]:
        if found.layout is None:
            raise InputError("a quantile needs a table with one row a unit")
        arms = quantile_summaries(
            table, layout=found.layout, metric=metric, experiment=self.experiment
        )
        return {
            (metric.name, arm): compare_quantiles(
                treatment=arms[arm],
                control=arms[self.control],
                metric=metric,
                alpha=self.alpha,
            )
            for arm in self.treatments
        }
