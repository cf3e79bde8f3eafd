"""Findings become lines that the queue sorts and the ledger compares."""

from __future__ import annotations

import csv
import math

import pytest

from leadline.errors import ConnectorError, InputError
from leadline.library.diagnosis_hypotheses import checked_list, hypotheses, keep_hypotheses
from leadline.library.ideas import queue
from leadline.library.ledger import ledger
from tests.made_diagnosis import finding, made_diagnosis

HISTORY = (
    "change,concluded_on,measured,measured_se,predicted,baseline\n"
    "rule,2026-01-31,0.01,0.005,,yes\nfirst,2026-02-28,0.03,0.01,0.05,no\n"
    "second,2026-03-31,-0.01,0.01,0.01,no\nthird,2026-04-30,0.02,0.01,0.04,no\n"
)


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_finding_predicts_in_the_unit_nearest_to_the_product():
    with_value, plain = hypotheses(made_diagnosis(), model="churn")
    assert with_value.change == "churn: raise min_samples_leaf to 200"
    assert (with_value.predicted, with_value.unit) == (250.0, "payoff per 1,000 decisions")
    # oracle: .12 [.08, .16] is 80 %, a normal's 1.2816 standard errors each way
    assert with_value.predicted_se == pytest.approx(250 * (0.04 / 1.2816) / 0.12, rel=1e-3)
    assert plain.predicted == 0.12
    assert plain.predicted_se == pytest.approx(0.04 / 1.2816, rel=1e-3)
    in_metric = made_diagnosis(
        findings=(
            finding("overfitting", "confirmed", metric="roc_auc", metric_gain=0.03,
                    metric_gain_lower=0.02, metric_gain_upper=0.04),
        )
    )  # fmt: skip
    assert hypotheses(in_metric, model="churn")[0].unit == "roc_auc"


def test_a_blocker_predicts_no_gain_and_an_open_cause_asks_first():
    diagnosis = made_diagnosis(
        findings=(
            finding("leakage", "blocker", gain=-0.2),
            finding("label_noise", "undecidable", gain=math.nan),
            finding("undecidable", "undecidable"),
        )
    )
    leak, noise = hypotheses(diagnosis, model="churn")
    assert leak.predicted is None
    assert noise.analysis == "Why this model?"
    assert noise.predicted is None


def test_a_gap_of_the_audit_is_a_hypothesis_without_a_number():
    gap = hypotheses(made_diagnosis(findings=()), model="churn", gaps=[" the weather ", ""])
    assert [line.change for line in gap] == ["churn: add the weather"]
    assert "as candidate" in gap[0].analysis
    assert gap[0].predicted is None


def test_the_queue_sorts_the_file_and_the_ledger_compares_it_later(tmp_path):
    file, history = tmp_path / "hypotheses.csv", tmp_path / "changes.csv"
    history.write_text(HISTORY)
    found = hypotheses(made_diagnosis(), model="churn", gaps=["the weather"])
    diagnosed = made_diagnosis(findings=(finding("imbalance", "confirmed"),))
    assert keep_hypotheses(file, hypotheses(diagnosed, model="feed")) == 1
    assert keep_hypotheses(file, found) == 2  # one remedy of the made findings, and the gap
    sorted_ideas = queue(str(file), history=str(history))
    assert {entry.idea.key for entry in sorted_ideas.ideas} == {
        line["change"] for line in rows(file)
    }
    with pytest.raises(InputError, match="none of the 3 changes is concluded"):
        ledger(str(file))  # oracle: three lines, none of them tried
    # one of them was tried: its row gets what the experiment measured, the others wait
    lines = rows(file)
    lines[0] |= {"concluded_on": "2026-06-30", "measured": "0.05", "measured_se": "0.01"}
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    page = ledger(str(file))
    assert [entry.change.key for entry in page.ledger.lines] == [
        "feed: raise min_samples_leaf to 200"
    ]
    assert page.ledger.lines[0].change.predicted == 0.12


def test_what_was_predicted_is_not_rewritten_and_added_columns_stay(tmp_path):
    file = tmp_path / "hypotheses.csv"
    file.write_text("owner,change,predicted\nanna,churn: raise min_samples_leaf to 200,9\n")
    found = hypotheses(made_diagnosis(), model="churn", gaps=["the weather"])
    assert keep_hypotheses(file, found) == 1
    old, new = rows(file)
    assert (old["owner"], old["predicted"], old["cost"]) == ("anna", "9", "")
    assert (new["owner"], new["change"]) == ("", "churn: add the weather")
    assert keep_hypotheses(file, found) == 0


def test_another_table_is_not_overwritten(tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text("order,price\n1,2\n")
    with pytest.raises(ConnectorError, match="no list of hypotheses"):
        keep_hypotheses(file, hypotheses(made_diagnosis(), model="churn"))
    with pytest.raises(ConnectorError, match="no list of hypotheses"):
        checked_list(file)  # before anything is worked out
    assert file.read_text() == "order,price\n1,2\n"
    checked_list(tmp_path / "new.csv")
    with pytest.raises(ConnectorError, match="cannot be read"):
        checked_list(tmp_path)
    with pytest.raises(ConnectorError, match="cannot be written"):
        keep_hypotheses(tmp_path / "no" / "file.csv", ())
