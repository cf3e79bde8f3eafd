"""Two other ways to pose each kind of problem, and what they would change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Framing:
    """Another way to pose the problem, and what it would change."""

    kind: str
    change: str


FRAMINGS = {
    "binary": (
        Framing(
            kind="decision",
            change="you may want a decision, not a probability: name what a hit, a miss "
            "and a false alarm cost (`payoff`), and the threshold follows",
        ),
        Framing(
            kind="ranking",
            change="if only the top few can be acted on, rank within each batch (`groups`) "
            "and measure precision there, not over everyone",
        ),
    ),
    "multiclass": (
        Framing(
            kind="binary",
            change="if one class triggers the action, predict that class against the rest; "
            "it needs less data and has one threshold",
        ),
        Framing(
            kind="ranking",
            change="if people choose from a short list, rank the classes and measure the "
            "first three, not the first alone",
        ),
    ),
    "regression": (
        Framing(
            kind="binary",
            change="you may want a decision, not a number: if a limit triggers the action, "
            "predict which side of it a row falls",
        ),
        Framing(
            kind="ranking",
            change="if only the order matters, rank: errors of scale then cost nothing",
        ),
    ),
    "ranking": (
        Framing(
            kind="click",
            change="if scores are compared across queries or priced, predict the "
            "probability of a click: it must then be calibrated",
        ),
        Framing(
            kind="rule",
            change="if most sessions have no query, popular, recent and same-category "
            "lists are a product already",
        ),
    ),
    "click": (
        Framing(
            kind="ranking",
            change="if only the order on one page matters, rank within the request; "
            "calibration then costs nothing",
        ),
        Framing(
            kind="regression",
            change="if clicks differ in worth, predict the value (purchase, stay), not the "
            "click; clickbait wins otherwise",
        ),
    ),
    "forecast": (
        Framing(
            kind="regression",
            change="if rows of the same day are known when predicting, time is a feature "
            "like any other and random splits are honest",
        ),
        Framing(
            kind="binary",
            change="you may want a warning, not a number: predict whether the limit that "
            "triggers the action is passed",
        ),
    ),
}
"""Kind → two others."""
