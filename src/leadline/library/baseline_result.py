"""The answer of `leadline.baseline`: numbers first, and how a person reads them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.baseline.wording import number, share
from leadline.errors import LeadlineError

if TYPE_CHECKING:
    from leadline.analysis.baseline.segments import Segment
    from leadline.analysis.baseline.worth import Worth
    from leadline.analysis.problem.intervals import Difference
    from leadline.analysis.problem.kinds import Problem

SEGMENTS_SHOWN = 5


class NotBetterThanRuleError(LeadlineError, AssertionError):
    """The model is not shown to beat the best rule; a failed check, not a broken one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TriedRule:
    """One rule: its sentence, and what it reached on held-back training and test rows."""

    name: str
    sentence: str
    train: float
    test: float


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineResult:
    """Whether a model beats the best rule without machine learning.

    Attributes
    ----------
    verdict : str
        "beats", "loses" or "cannot tell", at the interval's level.
    problem : Problem
        The kind of problem, why, and two other framings.
    metric : str
        The user's metric; `greater_is_better` says its direction.
    rules : tuple of TriedRule
        Best first, as training rows ranked them; the first is the one to beat. Test
        rows chose nothing.
    model : str
        What was compared.
    model_value, rule_value : float
        The metric on test rows.
    difference : Difference
        In the metric; positive means that the model is better.
    loss_name, model_loss, rule_loss, loss_difference
        The same in the proper loss of the kind (positive: the model is better).
    segments : tuple of Segment
        Where the model is worse, not shown to be better, or better, worst first.
    worth : tuple of Worth
        What the gain is worth, where a payoff or a KPI rate was given.
    notes : tuple of str
        What a reader should know before believing the numbers.
    n_train, n_test : int
        Rows.
    """

    verdict: str
    problem: Problem
    metric: str
    greater_is_better: bool
    rules: tuple[TriedRule, ...]
    model: str
    model_value: float
    rule_value: float
    difference: Difference
    loss_name: str
    model_loss: float
    rule_loss: float
    loss_difference: Difference
    segments: tuple[Segment, ...]
    worth: tuple[Worth, ...]
    notes: tuple[str, ...]
    n_train: int
    n_test: int

    @property
    def rule(self) -> TriedRule:
        """The best rule, chosen on training rows."""
        return self.rules[0]

    @property
    def beats(self) -> bool:
        """Whether the whole interval of the gain lies above 0."""
        return self.verdict == "beats"

    @property
    def beats_rule(self) -> bool:
        """The same, as an assertion in a test reads: `assert result.beats_rule`."""
        return self.beats

    @property
    def gain(self) -> float:
        """How much better the model is, in the metric; negative when it is worse."""
        return self.difference.estimate

    @property
    def gain_lower(self) -> float:
        """Lower bound of the gain."""
        return self.difference.lower

    @property
    def gain_upper(self) -> float:
        """Upper bound of the gain."""
        return self.difference.upper

    @property
    def worse_segments(self) -> tuple[Segment, ...]:
        """Segments on which the rule is better, at a false discovery rate of 5 %."""
        return tuple(s for s in self.segments if s.verdict == "worse")

    @property
    def unproven_segments(self) -> tuple[Segment, ...]:
        """Segments on which neither is shown to be better."""
        return tuple(s for s in self.segments if s.verdict == "cannot tell")

    def require(self, *, min_gain: float = 0.0) -> BaselineResult:
        """Return the result if the model's gain is surely above `min_gain`.

        Raises
        ------
        NotBetterThanRuleError
            The lower bound of the gain is not above `min_gain`. It is an
            `AssertionError` too, so pytest reports a failed check.
        """
        if self.gain_lower > min_gain:
            return self
        raise NotBetterThanRuleError(
            f"{self.headline} A gain above {number(min_gain)} was required.",
            hint=f"The rule to beat: {self.rule.sentence}",
        )

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        said = {
            "beats": f"{self.model} beats the best rule",
            "loses": f"{self.model} loses to the best rule",
            "cannot tell": f"{self.model} is not shown to beat the best rule",
        }[self.verdict]
        return (
            f"{said}: {self.metric} {number(self.model_value)} against "
            f"{number(self.rule_value)}, gain {interval(self.difference)}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON; nan where a number is undefined."""
        plain = asdict(self)
        plain["problem"]["classes"] = [str(c) for c in self.problem.classes]
        del plain["problem"]["n_values"]
        plain |= {
            "headline": self.headline,
            "gain": self.gain,
            "gain_lower": self.gain_lower,
            "gain_upper": self.gain_upper,
        }
        return plain

    def __str__(self) -> str:
        margin = max(len(name) for name, _ in self.facts())
        lines = [self.headline, "", f"The rule: {self.rule.sentence}", ""]
        lines += [f"  {name:<{margin}}  {value}" for name, value in self.facts()]
        width = max(len(rule.name) for rule in self.rules)
        lines += ["", f"Rules ({self.metric}: held-back training rows, test rows)"]
        lines += [
            f"  {rule.name:<{width}}  {number(rule.train):>8}  {number(rule.test):>8}"
            for rule in self.rules
        ]
        lines += self.segment_lines()
        lines += [*self.framing_lines(), *self.note_lines()]
        return "\n".join(lines)

    def framing_lines(self) -> list[str]:
        """Return two other ways to pose the problem, one line each."""
        others = [f"  {other.kind}: {other.change}" for other in self.problem.others]
        return ["", "Other framings", *others]

    def note_lines(self) -> list[str]:
        """Return what a reader should know first, one line each."""
        return ["", *(f"Note: {note}" for note in self.notes)] if self.notes else []

    def segment_lines(self) -> list[str]:
        """Return where the model is not better, a line per segment."""
        lines: list[str] = []
        titles = {
            "Where the rule is better": self.worse_segments,
            "Where neither is shown to be better": self.unproven_segments,
        }
        for title, segments in titles.items():
            if segments:
                lines += ["", f"{title} ({len(segments)} of {len(self.segments)} segments)"]
                lines += [
                    f"  {s.name} ({share(s.share)} of rows): gain {interval(s.gain)}"
                    for s in segments[:SEGMENTS_SHOWN]
                ]
        return lines

    def facts(self) -> list[tuple[str, str]]:
        """Return the lines above the tables, as (name, value)."""
        losses = f"{number(self.model_loss)} against {number(self.rule_loss)}"
        direction = "more" if self.greater_is_better else "less"
        found = [
            ("kind", f"{self.problem.kind}: {self.problem.reason}"),
            ("metric", f"{self.metric}, {direction} is better"),
            ("gain", f"{interval(self.difference)} ({self.difference.method})"),
            (self.loss_name, f"{losses}, gain {interval(self.loss_difference)}"),
            ("rows", f"{self.n_train:,} train, {self.n_test:,} test"),
        ]
        found += [
            ("worth", f"{number(w.value)} [{number(w.lower)}, {number(w.upper)}] {w.unit}")
            for w in self.worth
        ]
        return found

    def _repr_html_(self) -> str:
        facts = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th>"
            f"<td style='text-align:left'>{escape(value)}</td></tr>"
            for name, value in self.facts()
        )
        rules = "".join(
            f"<tr><td style='text-align:left'>{escape(rule.name)}</td>"
            f"<td>{number(rule.train)}</td><td>{number(rule.test)}</td>"
            f"<td style='text-align:left'>{escape(rule.sentence)}</td></tr>"
            for rule in self.rules
        )
        extra = "".join(f"<p>{escape(line)}</p>" for line in self.segment_lines() if line)
        notes = "".join(f"<p>Note: {escape(note)}</p>" for note in self.notes)
        head = "".join(f"<th>{name}</th>" for name in ("rule", "train", "test", "sentence"))
        return (
            f"<div><p><strong>{escape(self.headline)}</strong></p>"
            f"<p>The rule: {escape(self.rule.sentence)}</p><table>{facts}</table>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rules}</tbody></table>"
            f"{extra}{notes}</div>"
        )


def interval(difference: Difference) -> str:
    """Write an estimate with its interval: "+0.012 [0.008, 0.016]"."""
    sign = "+" if difference.estimate > 0 else ""
    if np.isnan(difference.lower):
        return f"{sign}{number(difference.estimate)} (no interval: {difference.reason})"
    bounds = f"{number(difference.lower)}, {number(difference.upper)}"
    return f"{sign}{number(difference.estimate)} [{bounds}]"
