"""`leadline baseline` as a terminal and CI call it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression

from leadline.cli.main import main


def table(n, seed):
    rng = np.random.default_rng(seed)
    days = rng.integers(0, 60, n)
    z = rng.normal(size=n)
    risk = 1 / (1 + np.exp(-(0.1 * (days - 30) + 1.5 * z)))
    churned = (rng.random(n) < risk).astype(int)
    return pd.DataFrame({"days": days, "z": z, "churned": churned, "probability": risk})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    train, test = table(800, 0), table(600, 1)
    train.drop(columns="probability").to_csv(tmp_path / "train.csv", index=False)
    test.to_parquet(tmp_path / "test.parquet")
    test.assign(probability=0.5).to_csv(tmp_path / "guess.csv.gz", index=False)
    model = LogisticRegression().fit(train[["days", "z"]], train.churned)
    skops.io.dump(model, tmp_path / "model.skops")
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(model))
    (tmp_path / "shop_model.py").write_text(
        "from sklearn.linear_model import LogisticRegression\n"
        "print('loading …')\n"
        "model = LogisticRegression()\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder, capsys):
    """Run a command; return its exit code, output and errors."""

    def call(*arguments):
        code = 0
        try:
            main(["baseline", *arguments])
        except SystemExit as stop:
            code = stop.code
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


BASE = ("train.csv", "test.parquet", "--target", "churned")


def test_a_model_that_beats_the_rule_exits_0(run):
    code, out, _ = run(*BASE, "--score", "probability", "--payoff", "hit=10,false_alarm=-4")
    assert code == 0
    assert "the score beats the best rule" in out
    assert "payoff per 1,000 decisions" in out
    assert "two features" in out


def test_a_model_that_does_not_exits_1(run):
    code, out, _ = run(
        "train.csv", "guess.csv.gz", "--target", "churned", "--score", "probability"
    )
    assert code == 1
    assert "loses to the best rule" in out


def test_a_gain_below_what_is_required_exits_1_and_says_so(run):
    code, _, err = run(*BASE, "--score", "probability", "--min-gain", "0.9")
    assert code == 1
    assert "not surely above 0.9" in err


@pytest.mark.parametrize("place", ["model.skops", "shop_model:model"])
def test_models_come_from_modules_and_skops_and_do_not_spoil_json(run, place):
    code, out, _ = run(*BASE, "--model", place, "--kpi", "EUR=1000", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["verdict"] == "beats"
    assert found["model"] == "LogisticRegression"
    assert found["worth"][0]["unit"] == "EUR"


def test_a_column_that_is_no_feature_is_left_out(run):
    # the file holds the score too, a column that the model does not know
    table(800, 0).to_csv("scored.csv", index=False)
    known = ("scored.csv", *BASE[1:], "--model", "model.skops")
    rules = json.loads(run(*known, "--json")[1])["rules"]
    assert "probability" in rules[0]["sentence"]
    rules = json.loads(run(*known, "--drop", "probability", "--json")[1])["rules"]
    assert "probability" not in rules[0]["sentence"]
    code, _, err = run(*BASE, "--model", "model.skops", "--drop", "probabilty")
    assert code == 2
    assert "no column 'probabilty'" in err


def test_targets_and_scores_alone_are_compared_with_a_constant(run):
    for name, seed in (("train", 0), ("test", 1)):
        table(600, seed)[["churned", "probability"]].to_csv(f"{name}.csv", index=False)
    code, out, _ = run(
        "train.csv", "test.csv", "--target", "churned", "--score", "probability", "--json"
    )
    found = json.loads(out)
    assert code == 0
    assert [rule["name"] for rule in found["rules"]] == ["prior"]
    assert found["rule_value"] == 0.5  # oracle: a constant orders nothing
    assert "no column but target and score" in found["notes"][0]


def test_a_pickle_is_loaded_only_on_trust(run):
    code, _, err = run(*BASE, "--model", "model.pkl")
    assert code == 2
    assert "add --trust" in err
    assert run(*BASE, "--model", "model.pkl", "--trust")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((*BASE,), 2, "either --model or --score"),
        ((*BASE, "--score", "nothing"), 2, "test.parquet has no column 'nothing'"),
        (("none.csv", "test.parquet", "--target", "y", "--score", "p"), 2, "cannot be read"),
        (("train.xlsx", "test.parquet", "--target", "y", "--score", "p"), 2, "no ending"),
        ((*BASE, "--score", "probability", "--payoff", "much"), 2, "not name=number"),
        ((*BASE, "--score", "probability", "--kpi", "EUR=lots"), 2, "not name=number"),
        ((*BASE, "--model", "absent:model"), 3, "cannot be imported"),
        ((*BASE, "--model", "absent.skops"), 3, "no file"),
        ((*BASE, "--model", "nonsense"), 2, "names no model"),
    ],
)
def test_mistakes_are_one_clear_message(run, arguments, code, message):
    found, _, err = run(*arguments)
    assert found == code
    assert message in err
    assert "Traceback" not in err


def test_help_shows_examples_and_exit_codes(run):
    code, out, _ = run("--help")
    assert code == 0
    assert "--model shop.pricing:model" in out
    assert "Exit codes" in out


def test_importing_leadline_is_fast():
    # a process of its own: this one has everything loaded
    timed = (
        "import time; start = time.perf_counter(); import leadline; "
        "import sys; print(time.perf_counter() - start, 'numpy' in sys.modules)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", timed], capture_output=True, text=True, check=True
        )
        for _ in range(3)
    ]
    seconds, numpy_loaded = zip(*(run.stdout.split() for run in runs), strict=True)
    assert min(map(float, seconds)) < 0.1
    assert set(numpy_loaded) == {"False"}
