"""A diagnosis made by hand: every field filled, every number chosen."""

from __future__ import annotations

import math

from leadline.analysis.diagnosis.result import (
    CalibrationBin,
    CauseFinding,
    ColumnShift,
    CurvePoint,
    Diagnosis,
    Rung,
    Segment,
)


def finding(cause, verdict, **changes):
    plain = {
        "gain": 0.12,
        "gain_lower": 0.08,
        "gain_upper": 0.16,
        "unit": "log loss",
        "evidence": "loss 0.01 in training, 0.41 held out",
        "remedy": "raise min_samples_leaf to 200",
        "question": "Why this model?",
    }
    return CauseFinding(cause=cause, verdict=verdict, **(plain | changes))


def made_diagnosis(**changes):
    plain = {
        "verdict": "overfitting",
        "findings": (
            finding(
                "overfitting", "confirmed", metric="roc_auc", metric_gain=0.03,
                metric_gain_lower=0.02, metric_gain_upper=0.04, value=250.0,
            ),
            finding("imbalance", "confirmed", unit="payoff per decision"),
        ),
        "tried": (finding("label_noise", "ruled out", gain=math.nan, gain_lower=math.nan),),
        "ladder": (
            Rung(name="constant", loss=0.55, metric=0.5, n_rows=300),
            Rung(name="rule", loss=0.45, metric=0.7, n_rows=300),
            Rung(name="train", loss=0.01, metric=math.nan, n_rows=900),
            Rung(name="test", loss=0.41, metric=0.8, n_rows=300),
            Rung(name="reference", loss=0.29, metric=0.83, n_rows=300, note="a <forest>"),
        ),
        "learning_curve": (
            CurvePoint(learner="boosting", n_rows=450, loss=0.35, standard_error=0.01),
            CurvePoint(learner="boosting", n_rows=900, loss=0.31, standard_error=0.01),
        ),
        "calibration": (
            CalibrationBin(predicted=0.1, observed=0.2, n_rows=150),
            CalibrationBin(predicted=0.9, observed=0.7, n_rows=150),
        ),
        "shift": (
            ColumnShift(
                column="days_<since>", distance=0.4, dependence=0.1, missing_before=0.0,
                missing_after=0.2, sample="production",
            ),
        ),
        "segments": (
            Segment(
                sentence="plan is basic", n_rows=80, loss=0.6, loss_elsewhere=0.3, pvalue=0.01
            ),
        ),
        "questions": ("What would you look at by hand?",),
        "unanswered": {"concept_drift": "label 200 production rows"},
        "skipped": ("the learning curve: no time was left",),
        "kind": "binary",
        "kind_reason": "the target is 0 or 1 (24.0%)",
        "model": "DecisionTree<Classifier>",
        "unit": "log loss",
        "metric": "roc_auc",
        "floor": 0.01,
        "seconds": 3.2,
        "random_state": 0,
    }  # fmt: skip
    return Diagnosis(**(plain | changes))
