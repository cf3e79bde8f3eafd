"""What a diagnosis says of what was tried, on worlds whose truth is known."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from leadline.analysis.diagnosis import report, thresholds
from leadline.analysis.diagnosis.audit import AUDIT, audit
from leadline.library.diagnosis import diagnose
from tests.made_diagnosis import finding


def test_columns_that_the_pipeline_drops_are_named_beside_another_model(linear_world, only):
    only("capacity")
    train, test = (
        pd.DataFrame(rows.X, columns=list("abcde")).assign(y=rows.y)
        for rows in (linear_world(1200, seed=1), linear_world(2500, seed=2))
    )
    keep = make_column_transformer((StandardScaler(), ["a"]), remainder="drop")
    model = make_pipeline(keep, LogisticRegression())
    tables = train[list("abcde")], train.y, test[list("abcde")], test.y
    found = diagnose(model, *tables).findings[0]
    assert found.cause == "underfitting"
    # oracle: the pipeline keeps `a` alone
    assert "the model makes no use of b, c, d, e, the remedy may" in found.evidence
    whole = diagnose(LogisticRegression(C=1e-5), *tables).findings[0]
    assert "makes no use" not in whole.evidence


def bench(rises):
    """A bench that knows only by how much the loss rises without each column."""
    case = SimpleNamespace(
        clock=SimpleNamespace(is_over=False), encoder=SimpleNamespace(sources=list(rises))
    )
    return SimpleNamespace(case=case, dependence=rises)


def test_many_columns_are_counted_and_a_used_one_is_not_called_unused(monkeypatch):
    other = finding("underfitting", "confirmed", numbers={"another_model": True})
    idle = dict.fromkeys("abcdefg", 0.0)
    monkeypatch.setattr(report, "_makes_no_use", lambda *_: True)
    told = report._with_unused(bench(idle), other).evidence
    assert told.endswith("no use of a, b, c, d, e and 2 more, the remedy may")
    monkeypatch.setattr(report, "_makes_no_use", lambda *_: False)
    assert report._with_unused(bench(idle), other) is other
    assert report._with_unused(bench({"a": 0.1}), other) is other
    late = bench(idle)
    late.case.clock.is_over = True
    assert report._with_unused(late, other) is other


def test_a_gain_that_is_too_little_for_another_model_is_said(monkeypatch):
    monkeypatch.setattr(thresholds, "SWITCH_FACTOR", 2.0)
    tried = [finding("overfitting", "ruled out", numbers={"another_model": True})]
    some = SimpleNamespace(floor=0.05)  # oracle: .08 lies above .05; twice as much is .1
    assert report._other_models(some, tried) == ", or 0.1 where it takes another model"
    assert report._other_models(SimpleNamespace(floor=0.09), tried) == ""


def test_a_summary_says_where_its_best_gain_was_measured():
    case = SimpleNamespace(production=None, scores_only=False)
    some = SimpleNamespace(case=case, floor=1.0, unit="log loss", untried=[])
    tried = [finding("overfitting", "ruled out", measured_on="test and folds")]
    assert report._summary(some, "healthy", tried, ()).measured_on == "test and folds"
    assert report._summary(some, "healthy", [], ()).measured_on == "test"


def test_nothing_is_asked_of_columns_that_there_was_no_time_to_look_at():
    case = SimpleNamespace(candidates=(), scores_only=False, test=SimpleNamespace(time=1))
    asked = audit(SimpleNamespace(case=case, dependence={}, untried=["capacity"]), [])
    assert asked == AUDIT  # it said that the model hardly uses any column
