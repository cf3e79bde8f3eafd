"""From judged causes to a `Diagnosis`: verdict, ladder, pictures, open questions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.baseline.wording import number
from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.audit import AUDIT, audit
from leadline.analysis.diagnosis.bench import with_values
from leadline.analysis.diagnosis.case import OutOfTimeError
from leadline.analysis.diagnosis.causes.calibration import bins
from leadline.analysis.diagnosis.domain import distance
from leadline.analysis.diagnosis.ladder import ladder
from leadline.analysis.diagnosis.measures import measures
from leadline.analysis.diagnosis.result import (
    BLOCKER,
    CONFIRMED,
    HEALTHY,
    RULED_OUT,
    UNDECIDABLE,
    CauseFinding,
    ColumnShift,
    Diagnosis,
    Measure,
    in_words,
)
from leadline.analysis.diagnosis.samples import at_most
from leadline.analysis.diagnosis.segments import weak_segments
from leadline.analysis.problem.losses import NAMES
from leadline.analysis.problem.tables import column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.case import Case

WITHOUT_FEATURES = {
    "overfitting": "pass the model and X_train, so that simpler variants can be tried",
    "underfitting": "pass the model and X_train, so that richer variants can be tried",
    "not_enough_data": "pass the model and X_train, so that it can be trained on fewer rows",
    "covariate_shift": "pass the features of test and production rows",
    "label_noise": "pass X_train, or label 200 rows a second time",
    "leakage": "pass X_train and X_test",
    "data_quality": "pass X_train and X_test",
    "missing_information": "pass X_train, X_test and candidate columns",
}


def assemble(bench: Bench, judged: Sequence[CauseFinding]) -> Diagnosis:
    """Put everything that was measured together."""
    case = bench.case
    _settle(bench)
    findings = [_with_unused(bench, f) for f in judged if f.verdict != RULED_OUT]
    tried = [f for f in judged if f.verdict == RULED_OUT]
    verdict = verdict_of(findings, floor=bench.floor)
    unasked = bench.untried or case.scores_only
    if verdict == HEALTHY and unasked:  # silence of what was never asked is no health
        verdict = UNDECIDABLE
    measured = tuple(measures(bench))
    if verdict in {HEALTHY, UNDECIDABLE}:
        findings.insert(0, _summary(bench, verdict, [*findings, *tried], measured))
    _undefined_metric(bench)
    scores = None if case.problem.kind == "multiclass" or case.is_ranking else bench.test_scores
    return Diagnosis(
        verdict=verdict,
        findings=tuple(findings),
        tried=tuple(tried),
        ladder=tuple(ladder(bench)),
        learning_curve=tuple(bench.curve),
        calibration=() if scores is None else tuple(bins(case.test.target, scores)),
        shift=() if case.scores_only else tuple(_shift(bench)),
        segments=() if case.scores_only or case.is_ranking else tuple(weak_segments(bench)),
        questions=audit(bench, findings),
        unanswered=bench.unanswered | (WITHOUT_FEATURES if case.scores_only else {}),
        skipped=tuple(case.clock.skipped),
        kind=case.problem.kind,
        kind_reason=case.problem.reason,
        model=bench.model.name,
        unit=bench.unit,
        metric=case.metric.name,
        floor=bench.floor,
        seconds=case.clock.spent,
        random_state=case.seed,
        measures=measured,
    )


def _undefined_metric(bench: Bench) -> None:
    """Say that gains cannot be told in a metric that these test rows leave undefined."""
    case = bench.case
    value = case.metric(case.test.target, bench.test_scores, groups=case.test.groups)
    if not np.isfinite(value):
        case.clock.skipped.append(
            f"gains in {case.metric.name}: it is undefined on these test rows"
        )


def _settle(bench: Bench) -> None:
    """Leave out of the pictures what there was no time to measure."""
    if bench.case.scores_only:
        return
    empty: dict[str, Any] = {"dependence": {}, "reference_outcomes": []}
    for name, nothing in empty.items():
        try:
            getattr(bench, name)
        except OutOfTimeError:
            setattr(bench, name, nothing)


def verdict_of(findings: Sequence[CauseFinding], *, floor: float) -> str:
    """Return the verdict of a run: the first cause, or whether all is well.

    A question that stays open (wrong labels or a noisy world?), but whose remedy gained nothing
    when it was tried, is asked beside a healthy model and does not make it undecidable.
    """
    for finding in findings:
        if finding.verdict in {BLOCKER, CONFIRMED}:
            return finding.cause
    return HEALTHY if all(finding.gain < floor for finding in findings) else UNDECIDABLE


def _summary(
    bench: Bench,
    verdict: str,
    all_tried: Sequence[CauseFinding],
    measured_beside: Sequence[Measure],
) -> CauseFinding:
    """Return the finding of a model that nothing holds back, or of which nobody can tell."""
    measured = [f for f in all_tried if np.isfinite(f.gain) and f.unit == bench.unit]
    best = max(measured, key=lambda f: f.gain, default=None)
    tried = ", ".join(sorted({in_words(f.cause) for f in all_tried}))
    if verdict == HEALTHY:
        evidence = (
            f"tried: {tried}; none gains {number(bench.floor, digits=3)} {bench.unit} for"
            f" certain{_other_models(bench, all_tried)}{_unseen_answers(bench)}"
        )
        where = (
            _elsewhere(measured_beside) or "look for new information or work on another stage"
        )
        remedy = f"leave the model alone; {where}"
    elif bench.untried:
        late = f"; tried: {tried}" if tried else ""
        evidence = f"not tried: {', '.join(bench.untried)} (see what was skipped){late}"
        remedy = (
            f"give it more time (budget_seconds above {bench.case.clock.budget:g})"
            if bench.case.clock.is_over
            else "mend what kept it from being tried (see below)"
        )
    elif bench.case.scores_only and all(f.verdict == RULED_OUT for f in all_tried):
        asked = f"; tried, without a gain: {tried}" if tried else ""
        evidence = f"scores alone do not show what another model would gain{asked}"
        where = _elsewhere(measured_beside)
        remedy = "pass the model, X_train and X_test too"
        remedy = f"{where}. To ask about the model, {remedy}" if where else remedy
    else:
        evidence = f"a gain is possible but not certain on these rows; tried: {tried}"
        remedy = "decide with more test rows, or by the measurement named below"
    return CauseFinding(
        cause=verdict,
        verdict=verdict,
        gain=best.gain if best else float("nan"),
        gain_lower=best.gain_lower if best else float("nan"),
        gain_upper=best.gain_upper if best else float("nan"),
        measured_on=best.measured_on if best else "test",
        unit=bench.unit,
        evidence=evidence,
        remedy=remedy,
        question="Is a better model what the product needs next, or users in front of it?",
    )


def _other_models(bench: Bench, all_tried: Sequence[CauseFinding]) -> str:
    """Say that another model has to gain more, where one gains more than counts elsewhere."""
    if not any(
        f.numbers.get("another_model") and f.gain_lower > bench.floor for f in all_tried
    ):
        return ""
    floor = number(thresholds.SWITCH_FACTOR * bench.floor, digits=3)
    return f", or {floor} where it takes another model"


MOST_UNUSED = 5
"""Columns that a sentence names."""

UNUSED_ROWS = 500
"""Rows on which the model is asked whether it uses a column."""


def _with_unused(bench: Bench, finding: CauseFinding) -> CauseFinding:
    """Say which columns another model may use that the model at hand does not.

    A pipeline may drop a column on purpose; then the gain is the column's.
    """
    if not finding.numbers.get("another_model") or bench.case.clock.is_over:
        return finding
    known = bench.case.encoder.sources
    unused = [name for name, rise in bench.dependence.items() if rise == 0 and name in known]
    if not unused or not _makes_no_use(bench, unused):
        return finding
    told = ", ".join(unused[:MOST_UNUSED])
    if len(unused) > MOST_UNUSED:
        told += f" and {len(unused) - MOST_UNUSED} more"
    said = f"; the model makes no use of {told}, the remedy may"
    return replace(finding, evidence=finding.evidence + said)


def _makes_no_use(bench: Bench, columns: Sequence[str]) -> bool:
    """Whether the model says the same where all of these columns are shuffled."""
    rng = bench.case.rng("unused")
    rows = at_most(bench.case.test, UNUSED_ROWS, rng=rng, whole_groups=True)
    changed = rows
    for name in columns:
        values = column(rows.X, name)[rng.permutation(len(rows))]
        changed = with_values(changed, name, values)
    return bool(np.array_equal(bench.score(changed), bench.score(rows)))


def _unseen_answers(bench: Bench) -> str:
    """Say what a healthy verdict does not cover."""
    production = bench.case.production
    if production is None or production.y is not None:
        return ""
    return (
        "; production rows have no labels, so nobody sees whether they are answered otherwise"
    )


def _elsewhere(measured_beside: Sequence[Measure]) -> str:
    """Name what is lost beside the model: the first thing to work on where it is well."""
    lost = [m for m in measured_beside if m.elsewhere]
    if not lost:
        return ""
    return f"work on this first: {lost[0].name}, {lost[0].value:.3g}: {lost[0].sentence}"


def undecided(case: Case, model: str, *, reason: str, remedy: str) -> Diagnosis:
    """Return the diagnosis of rows that decide nothing."""
    nothing = float("nan")
    finding = CauseFinding(
        cause=UNDECIDABLE,
        verdict=UNDECIDABLE,
        gain=nothing,
        gain_lower=nothing,
        gain_upper=nothing,
        unit=NAMES[case.problem.kind],
        evidence=reason,
        remedy=remedy,
        question="How long does it take until enough labelled rows are there?",
    )
    return Diagnosis(
        verdict=UNDECIDABLE,
        findings=(finding,),
        tried=(),
        ladder=(),
        learning_curve=(),
        calibration=(),
        shift=(),
        segments=(),
        questions=AUDIT,
        unanswered={},
        skipped=tuple(case.clock.skipped),
        kind=case.problem.kind,
        kind_reason=case.problem.reason,
        model=model,
        unit=NAMES[case.problem.kind],
        metric=case.metric.name,
        floor=nothing,
        seconds=case.clock.spent,
        random_state=case.seed,
    )


def _shift(bench: Bench) -> list[ColumnShift]:
    """Return every column's distance from training, the most harmful first."""
    case = bench.case
    new = case.test if case.production is None else case.production
    found = []
    sources, is_code = case.encoder.sources, case.encoder.categorical_mask
    for name in dict.fromkeys(sources):
        j = sources.index(name)
        before, after = case.train.matrix[:, j], new.matrix[:, j]
        found.append(
            ColumnShift(
                column=name,
                distance=distance(before, after, categorical=bool(is_code[j])),
                dependence=bench.dependence.get(name, 0.0),
                missing_before=float(np.isnan(before).mean()),
                missing_after=float(np.isnan(after).mean()),
                sample=new.name,
            )
        )
    return sorted(found, key=lambda c: -c.distance * max(c.dependence, 0.0))
