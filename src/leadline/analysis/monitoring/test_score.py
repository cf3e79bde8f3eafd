"""The ML Test Score: 28 tests in four sections; a model is as ready as its weakest section."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from leadline.errors import InputError

Section = Literal["data", "model", "infrastructure", "monitoring"]

SECTIONS: dict[Section, tuple[str, ...]] = {
    "data": (
        "what each feature should look like is written down and checked",
        "every feature earns its place",
        "no feature costs more than it brings",
        "features keep to the rules of the house (sources, ages, laws)",
        "personal data is guarded along the whole pipeline",
        "a new feature can be added quickly",
        "the code of every feature is tested",
    ),
    "model": (
        "every change of the model is reviewed and kept in version control",
        "the offline metric moves with what users feel",
        "hyperparameters were tuned",
        "what an old model costs is known",
        "a simpler model is not as good",
        "the model is good enough on every part that matters",
        "the model was tested for fairness",
    ),
    "infrastructure": (
        "training twice gives the same model",
        "the code that makes the model has unit tests",
        "the whole pipeline is tested from end to end",
        "a model is checked before it serves",
        "one prediction can be followed step by step",
        "a new model serves a few before it serves all",
        "a model can be taken back quickly and safely",
    ),
    "monitoring": (
        "a change in what the model depends on is announced",
        "what should hold of inputs is checked while serving",
        "inputs in training and in serving are alike",
        "the model is not too old",
        "the model is numerically sound",
        "speed and cost have not got worse",
        "the quality of predictions has not got worse",
    ),
}
"""Section → its seven tests, in the paper's order, in our words.

Breck, Cai, Nielsen, Salib and Sculley (2017), "The ML test score: a rubric for ML
production readiness and technical debt reduction", IEEE Big Data.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One test and what is known of it.

    Attributes
    ----------
    name : str
        "monitoring-7": the section and the number in it.
    test : str
    points : float
        1 where it runs by itself, one half where somebody did it by hand, else 0.
    evidence : str
        What shows that it runs; empty where nothing does.
    """

    name: str
    test: str
    points: float
    evidence: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MLTestScore:
    """All 28 tests of a model.

    Attributes
    ----------
    sections : dict of section to its ticks
    """

    sections: dict[Section, tuple[Tick, ...]]

    @property
    def points(self) -> dict[Section, float]:
        """Points by section, of 7 each."""
        return {name: sum(t.points for t in ticks) for name, ticks in self.sections.items()}

    @property
    def score(self) -> float:
        """The minimum over the sections."""
        return min(self.points.values())

    @property
    def weakest(self) -> Section:
        """The first section that holds the score down."""
        return min(self.points, key=self.points.__getitem__)


def score_tests(evidence: Mapping[str, str], by_hand: Collection[str] = ()) -> MLTestScore:
    """Tick the 28 tests.

    Parameters
    ----------
    evidence : mapping of a test's name to what shows that it runs by itself
    by_hand : collection of names
        What somebody did and wrote down.

    Raises
    ------
    InputError
        A name is none of the 28.
    """
    known = {f"{s}-{i}" for s, tests in SECTIONS.items() for i in range(1, len(tests) + 1)}
    unknown = sorted({*evidence, *by_hand} - known)
    if unknown:
        raise InputError(
            f"{', '.join(unknown)}: no test of that name",
            hint="Names go from data-1 to monitoring-7.",
        )
    return MLTestScore(
        sections={
            section: tuple(
                _tick(f"{section}-{i}", test, evidence, by_hand)
                for i, test in enumerate(tests, start=1)
            )
            for section, tests in SECTIONS.items()
        }
    )


def _tick(name: str, test: str, evidence: Mapping[str, str], by_hand: Collection[str]) -> Tick:
    if name in evidence:
        return Tick(name=name, test=test, points=1.0, evidence=evidence[name])
    return Tick(name=name, test=test, points=0.5 if name in by_hand else 0.0)
