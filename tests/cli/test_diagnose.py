"""`leadline diagnose` as a terminal calls it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from leadline.cli.main import main


def table(n, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4))
    y = (rng.random(n) < 1 / (1 + np.exp(-2 * X[:, 0]))).astype(int)
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"]).assign(bought=y)
    return frame.assign(score=np.clip(0.5 + 0.2 * X[:, 0], 0.01, 0.99))


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    for name, n, seed in (("train", 900, 0), ("test", 600, 1), ("live", 500, 2)):
        table(n, seed).to_csv(tmp_path / f"{name}.csv", index=False)
    live = pd.read_csv(tmp_path / "live.csv")
    live.drop(columns="bought").to_csv(tmp_path / "live.csv", index=False)
    (tmp_path / "tree_model.py").write_text(
        "from sklearn.tree import DecisionTreeClassifier\n"
        "model = DecisionTreeClassifier(random_state=0)\n"
    )
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        code = 0
        try:
            main(["diagnose", *arguments])
        except SystemExit as stop:
            code = stop.code
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


MODEL = ("train.csv", "test.csv", "--target", "bought", "--model", "tree_model:model")


@pytest.mark.slow
def test_a_memorising_tree_is_named_and_its_remedy_shown(run, tmp_path):
    code, out, err = run(*MODEL, "--html", "page.html", "--check", "--payoff", "hit=2,fp=-1")
    assert code == 1
    assert "overfitting (confirmed)" in out
    assert "Ladder" in out
    assert "Questions" in out
    assert "Wrote page.html" in err
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.slow
def test_json_is_whole_and_production_may_lack_its_answers(run):
    code, out, _ = run(*MODEL, "--drop", "score", "--production", "live.csv", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["findings"][0]["cause"] == found["verdict"]
    assert "concept_drift" in found["unanswered"]
    assert {c["column"] for c in found["shift"]} == {"a", "b", "c", "d"}


@pytest.mark.slow
def test_of_files_too_large_a_sample_is_read_and_said(run, monkeypatch):
    monkeypatch.setattr("leadline.cli.diagnose.MOST_ROWS", 700)
    code, out, _ = run(*MODEL, "--json")
    assert code == 0
    found = json.loads(out)
    said = "all rows of train.csv in trials: 700 of 900 were drawn"
    assert found["skipped"][-1] == said
    assert {c["sample"] for c in found["shift"]} >= {"test, all 600 rows"}


@pytest.mark.slow
def test_what_was_found_is_not_lost_where_all_rows_cannot_be_counted(run, monkeypatch):
    monkeypatch.setattr("leadline.cli.diagnose.MOST_ROWS", 700)
    pd.read_csv("train.csv").to_json("train.jsonl", orient="records", lines=True)
    code, out, _ = run("train.jsonl", *MODEL[1:], "--json")
    assert code == 0
    assert (
        "columns over all rows: train.jsonl is of no format" in json.loads(out)["skipped"][-1]
    )


def test_predictions_alone_say_what_they_cannot_answer(run):
    code, out, _ = run("train.csv", "test.csv", "--target", "bought", "--score", "score")
    assert code == 0
    assert "Cannot be answered here" in out


def test_predictions_alone_have_their_queries_and_what_is_known_of_each_row(run):
    for name, seed in (("train", 0), ("test", 1)):
        rows = table(400, seed).drop(columns=["a", "b", "c", "d"])
        rows = rows.assign(query=np.arange(400) // 8, retrieved=np.arange(400) % 2)
        rows.to_csv(f"{name}.csv", index=False)
    scored = ("train.csv", "test.csv", "--target", "bought", "--score", "score")
    code, out, _ = run(*scored, "--groups", "query", "--kind", "ranking", "--json")
    assert code == 0
    found = {m["name"]: m for m in json.loads(out)["measures"]}
    assert found["NDCG@10"]["n_units"] == 50  # oracle: 400 rows in queries of 8
    assert abs(found["recall of the candidate stage"]["value"] - 0.5) < 0.1  # as made
    code, _, err = run(*scored, "--groups", "customer")
    assert code == 2
    assert "train.csv has no column 'customer'" in err
    assert "columns are query, retrieved" in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (MODEL[:4], 2, "either --model or --score"),
        ((*MODEL[:4], "--score", "none"), 2, "no column 'none'"),
        ((*MODEL, "--payoff", "x"), 2, "not name=number"),
        ((*MODEL, "--drop", "scores"), 2, "no column 'scores'"),
        ((*MODEL, "--html", "nowhere/page.html"), 2, "there is no folder nowhere"),
        ((*MODEL, "--hypotheses", MODEL[1]), 3, "is no list of hypotheses"),
        ((*MODEL, "--save", "churn"), 2, "no leadline.toml"),
    ],
)
def test_mistakes_are_one_clear_message(run, arguments, code, message):
    found, _, err = run(*arguments)
    assert found == code
    assert message in err


def test_help_shows_examples(run):
    code, out, _ = run("--help")
    assert code == 0
    assert "--production last_week.parquet" in out


@pytest.mark.slow
def test_a_candidate_is_tried_and_findings_are_kept_as_lines(run, tmp_path):
    columns = pd.read_csv("train.csv").columns.drop("bought")
    _, out, err = run(
        *MODEL, "--candidate", columns[0], "--hypotheses", "ideas.csv", "--gap", "the weather",
        "--json",
    )  # fmt: skip
    tried = [f for part in ("findings", "tried") for f in json.loads(out)[part]]
    bought = next(f for f in tried if f["cause"] == "missing_information")
    assert columns[0] in bought["evidence"]
    lines = pd.read_csv(tmp_path / "ideas.csv")
    assert lines["change"].iloc[-1] == "DecisionTreeClassifier: add the weather"
    assert f"{len(lines)} new lines in ideas.csv" in err
