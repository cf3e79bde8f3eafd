"""Metrics and columns said on the command line, or in `leadline.toml`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.cli.main import main

Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object, code: int = 0) -> str:
        end = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            end = int(stop.code or 0)
        printed = capsys.readouterr()
        assert end == code, printed.err
        return printed.out + (printed.err if code else "")

    return call


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    n = 3_000
    before = rng.normal(20, 5, n)
    return pd.DataFrame(
        {
            "user_id": np.arange(n),
            "variant": np.where(np.arange(n) % 2, "new", "control"),
            "bought": (rng.random(n) < 0.2).astype(int),
            "revenue": before + rng.normal(0, 2, n),
            "history": before,
            "orders": rng.poisson(3, n) + 1,
            "latency_ms": rng.gamma(5, 20, n),
        }
    )


def test_every_kind_of_metric_can_be_said(
    run: Run, frame: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "units.csv"
    frame.to_csv(path, index=False)
    printed = run(
        "experiments", "analyze", path, "--metric", "bought", "--metric", "revenue",
        "--covariate", "revenue=history", "--ratio", "per order=revenue/orders",
        "--quantile", "latency_ms=0.9", "--guardrail", "latency_ms=5", "--explore", "orders",
        "--lower-is-better", "orders", "--json", code=1,
    )  # fmt: skip
    results = json.loads(printed)["results"]
    by_name = {result["metric"]["name"]: result for result in results}
    assert {name: r["metric"]["role"] for name, r in by_name.items()} == {
        "bought": "primary", "revenue": "primary", "per order": "primary",
        "orders": "exploratory", "latency_ms": "guardrail", "latency_ms p90": "exploratory",
    }  # fmt: skip
    assert by_name["orders"]["metric"]["higher_is_better"] is False
    # closed form: var 25 + 4, of which the covariate explains 25
    assert by_name["revenue"]["effect"]["variance_reduction"] == pytest.approx(
        25 / 29, abs=0.03
    )
    arms = frame.groupby("variant")
    expected = arms["latency_ms"].quantile(0.9)  # pandas
    assert by_name["latency_ms p90"]["effect"]["control"] == pytest.approx(
        expected["control"], rel=1e-3
    )
    sums = arms[["revenue", "orders"]].sum()
    ratio = sums["revenue"] / sums["orders"]
    assert by_name["per order"]["effect"]["effect_size"] == pytest.approx(
        ratio["new"] - ratio["control"]
    )
    # a share is recognised by its values: z with the unpooled binomial variance, closed form
    share = arms["bought"].mean()
    variance = (share * (1 - share) / arms["bought"].count()).sum()
    assert by_name["bought"]["effect"]["se"] == pytest.approx(variance**0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ratio", "revenue"), "write clicks/views"),
        (("--quantile", "latency_ms"), "write COLUMN=0.95"),
        (("--guardrail", "latency_ms"), "may rise by 5"),
        (("--guardrail", "latency_ms=0"), "may rise by 5"),
        (("--covariate", "history"), "name the metric"),
        (("--covariate", "spend=history"), "no metric is declared as spend"),
        (("--lower-is-better", "spend"), "no metric is declared as spend"),
        (("--column", "variant"), "write role=column"),
        (("--column", "colour=variant"), "'colour' is no role; there are: "),
    ],
)
def test_a_metric_that_cannot_be_read_is_explained(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    text = run("experiments", "analyze", tmp_path / "any.csv", *arguments, code=2)
    assert message in " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x=5", ("margin", 5.0, False)),
        ("x=-0.01", ("margin", 0.01, True)),
        ("x=-2%", ("rel_margin", 0.02, True)),
    ],
)
def test_a_guardrail_says_which_way_is_harm(
    text: str, expected: tuple[str, float, bool]
) -> None:
    from leadline.cli.metric_options import guardrail

    kind, margin, higher = expected
    assert guardrail(text) == (
        "x",
        {"role": "guardrail", "higher_is_better": higher, kind: pytest.approx(margin)},
    )


def test_an_ambiguous_column_names_every_candidate_and_a_flag_that_works(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "arms.csv"
    path.write_text(
        "experiment,variant,arm,users,conversions\na,control,x,1000,100\na,new,y,1000,170\n"
    )
    text = run("audit", path, code=2)
    assert "'variant' or 'arm'" in text
    assert "--arm variant" in text
    run("audit", path, "--arm", "variant")


def test_a_workspace_remembers_what_columns_mean(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.csv").write_text(
        "test,farm,seen,hits\na,control,1000,100\na,new,1000,170\n"
    )
    (tmp_path / "leadline.toml").write_text(
        '[lead]\nname = "Ada"\nemails = ["ada@example.org"]\n'
        '[[experiments]]\nfile = "old.csv"\nmetrics = ["hits"]\n'
        'columns = { arm = "farm", n = "seen" }\n'
    )
    monkeypatch.chdir(tmp_path)
    assert "1 stands, 0 do not" in run("audit", "old.csv")
    assert "gained 7.0 pp" in run("experiments", "analyze", "old.csv")
    assert "shipped change brought" in run("ledger", "old.csv")
    # the command line has the last word
    assert "no column 'nowhere'" in run("audit", "old.csv", "--arm", "nowhere", code=2)


def test_a_quantile_is_no_part_of_a_sum(run: Run, tmp_path: Path, frame: pd.DataFrame) -> None:
    path = tmp_path / "units.csv"
    frame.to_csv(path, index=False)
    text = run("audit", path, "--quantile", "latency_ms=0.9", code=2)
    assert "quantiles do not add up" in text


def test_a_date_that_cannot_be_read_says_whose_it_is(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "arms.csv"
    path.write_text(
        "experiment,variant,started_on,users,conversions\n"
        "a,control,31/12/2025,1000,100\na,new,12-31-25,1000,170\n"
    )
    text = run("audit", path, code=2)
    assert "started_on of experiment 'a': '31/12/2025' is no date" in text


def test_an_arm_without_units_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "arms.csv"
    path.write_text("variant,users,conversions\ncontrol,1000,100\nnew,0,0\n")
    assert "arm new has no units" in run("experiments", "analyze", path, code=2)
