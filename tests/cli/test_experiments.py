"""The commands on experiments, as they are called."""

from __future__ import annotations

import html
import json
import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.cli.main import main

Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`leadline …` in this process: what it printed, after its exit code was checked."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str, code: int = 0) -> str:
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
def arms(tmp_path: Path) -> Path:
    path = tmp_path / "arms.csv"
    path.write_text(
        "experiment,variant,users,conversions\n"
        "good,control,10000,1000\ngood,new,10000,1200\n"
        "lost,control,10000,1000\nlost,new,9000,1200\n"
    )
    return path


def test_an_audit_names_what_stands_and_what_does_not(run: Run, arms: Path) -> None:
    text = run("audit", arms, code=1)
    assert "2 claims in 2 experiments: 1 stands, 1 does not." in text
    assert "sample ratio mismatch" in text


def test_an_audit_prints_json_with_findings(run: Run, arms: Path) -> None:
    printed = json.loads(run("audit", arms, "--json", code=1).removesuffix("\n"))
    assert (printed["n_claims"], printed["n_stand"]) == (2, 1)
    assert {finding["rule"] for finding in printed["findings"]} >= {"does-not-stand"}


def test_an_audit_of_sound_claims_ends_well(run: Run, tmp_path: Path, arms: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text("\n".join(arms.read_text().splitlines()[:3]))
    assert "1 stands, 0 do not" in run("audit", good)


def test_pages_load_nothing_and_hide_no_markup(run: Run, tmp_path: Path, arms: Path) -> None:
    evil = tmp_path / "evil.csv"
    evil.write_text(arms.read_text().replace("good", '"<script>alert(1)</script>"'))
    run("audit", evil, "--html", tmp_path / "audit.html", code=1)
    page = (tmp_path / "audit.html").read_text()
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "default-src 'none'" in page
    assert page.count("<img") == page.count('alt="')


def test_markdown_cannot_be_broken_by_a_name(run: Run, tmp_path: Path, arms: Path) -> None:
    evil = tmp_path / "evil.csv"
    evil.write_text(arms.read_text().replace("good", '"a|b`c"'))
    assert "a\\|b\\`c" in run("audit", evil, "--markdown", code=1)


def test_one_experiment_comes_to_a_verdict(run: Run, arms: Path, tmp_path: Path) -> None:
    page = tmp_path / "readout.html"
    text = run("experiments", "analyze", arms, "--experiment", "good", "--html", page)
    assert text.startswith("SHIP new")
    assert "conversions gained 2.0 pp" in text
    assert "Ship it: new" in page.read_text()


def test_an_unsound_experiment_exits_with_1(run: Run, arms: Path) -> None:
    text = run("experiments", "analyze", arms, "--experiment", "lost", "--json", code=1)
    printed = json.loads(text[: text.rindex("}") + 1])
    assert printed["verdict"]["word"] == "cannot tell"
    assert [finding["rule"] for finding in printed["findings"]] == ["does-not-stand"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("audit", "nowhere.csv"), "no such file: nowhere.csv"),
        (("audit", "{arms}", "--n", "visitors"), "no column 'visitors' (given as --n)"),
        (("audit", "{arms}", "--weights", "control"), "write control=1,new=1"),
        (("experiments", "analyze", "{arms}"), "holds 2 experiments; which one?"),
        (("experiments", "design", "x", "--sd", "1"), "smallest effect worth shipping for"),
        (("ledger", "{arms}", "--column", "measured"), "write role=column"),
    ],
)
def test_a_mistake_ends_in_one_clear_sentence(
    run: Run, arms: Path, arguments: tuple[str, ...], message: str
) -> None:
    text = run(*(argument.format(arms=arms) for argument in arguments), code=2)
    assert message in " ".join(text.split())


def test_a_plan_is_designed_written_and_held_to(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    n = 7_000
    arm = rng.choice(["control", "treatment"], n)
    table = tmp_path / "units.parquet"
    pd.DataFrame(
        {
            "user_id": np.arange(n),
            "variant": arm,
            "day": pd.Timestamp("2026-02-02")
            + pd.to_timedelta(np.arange(n) * 14 // n, unit="D"),
            "converted": rng.random(n) < np.where(arm == "treatment", 0.3, 0.2),
        }
    ).to_parquet(table)
    plan = tmp_path / "plan.toml"
    text = run(
        "experiments", "design", "converted", "--history", table, "--smallest-share", "0.2",
        "--name", "ranking", "--green-light", "ndcg=0.4", "--write", plan,
    )  # fmt: skip
    assert "whole week" in text
    assert "Green light: ndcg of at least 0.4" in text
    assert run("experiments", "analyze", plan, "--source", table).startswith("SHIP treatment")
    again = run(
        "experiments", "design", "converted", "--mean", "0.2", "--smallest", "0.1",
        "--write", plan, code=2,
    )  # fmt: skip
    assert "is there already" in again


def test_a_ledger_stands_beside_the_naive_sum(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    path.write_text(
        "change,concluded_on,measured,measured_se,baseline\n"
        "rule,2025-01-31,-0.01,0.01,yes\nmodel,2025-06-30,0.03,0.01,\n"
    )
    text = run("ledger", path, "--unit", "orders", "--html", tmp_path / "l.html")
    assert "adding up the claims would say +0.0300" in text
    assert "rule (baseline)" in text
    assert "rule (baseline)" in (tmp_path / "l.html").read_text()
    path.write_text(path.read_text() + "second,2025-09-30,0.02,0.01,\n")
    money = run("ledger", path, "--rate", "2", "--rate-unit", "EUR", "--markdown")
    assert "## By quarter" in money
    assert "| 2025-Q3 | 1 | +0.0200 |" in money
    assert "95 % interval | EUR |" in money


def test_ideas_are_queued_by_what_the_teams_own_past_shows(run: Run, tmp_path: Path) -> None:
    past, ideas = tmp_path / "changes.csv", tmp_path / "ideas.csv"
    past.write_text(
        "change,concluded_on,measured,measured_se\n"
        "one,2025-01-31,0.01,0.01\ntwo,2025-06-30,-0.01,0.01\n"
    )
    ideas.write_text(
        "change,cost,reach,analysis,analysis_cost\nsmall,2,10,,\nwide,2,100,read the logs,0.5\n"
    )
    text = run("experiments", "queue", ideas, "--history", past)
    assert text.index("wide") < text.index("small")
    assert "First: read the logs (wide)" in text
    assert "Predictions do not count yet" in text
    first = json.loads(run("experiments", "queue", ideas, "--history", past, "--json"))
    assert first["ideas"][0]["idea"]["key"] == "wide"
    ideas.write_text("change,price\nsmall,2\n")
    assert "a queue needs a column cost" in run(
        "experiments", "queue", ideas, "--history", past, code=2
    )
    ideas.write_text("change,cost\nsmall,much\n")
    assert "small: cost is no number: 'much'" in run(
        "experiments", "queue", ideas, "--history", past, code=2
    )


def test_exposures_and_events_come_to_a_verdict(run: Run, tmp_path: Path) -> None:
    n = 2_000
    arm = np.where(np.arange(n) % 2, "new", "control")
    pd.DataFrame(
        {"user_id": np.arange(n), "variant": arm, "exposed_at": pd.Timestamp("2026-02-02")}
    ).to_parquet(tmp_path / "exposures.parquet")
    buyers = np.flatnonzero(
        np.random.default_rng(2).random(n) < np.where(arm == "new", 0.3, 0.2)
    )
    pd.DataFrame(
        {"user_id": buyers, "time": pd.Timestamp("2026-02-03"), "event": "buy", "amount": 2.0}
    ).to_parquet(tmp_path / "events.parquet")
    text = run(
        "experiments", "analyze", tmp_path / "exposures.parquet",
        "--events", tmp_path / "events.parquet", "--outcome", "bought=buy:any:7",
    )  # fmt: skip
    assert text.startswith("SHIP new")


@pytest.mark.slow
def test_spark_comes_to_the_same_verdict_and_the_same_numbers(run: Run, tmp_path: Path) -> None:
    # Oracle: DuckDB on the same file, to 1e-9.
    pytest.importorskip("pyspark", reason="PySpark is an extra and not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, and there is none on this machine")
    rng = np.random.default_rng(8)
    n = 4_000
    before = rng.normal(50, 9, n)
    path = tmp_path / "units.parquet"
    pd.DataFrame(
        {
            "user_id": range(n),
            "day": np.repeat(pd.date_range("2026-03-02", periods=8).date, n // 8),
            "variant": np.tile(["control", "new"], n // 2),
            "converted": rng.random(n) < 0.2,
            "revenue": before + rng.normal(0, 3, n) + np.tile([0, 1.0], n // 2),
            "pre_revenue": before,
        }
    ).to_parquet(path)
    asked = ("experiments", "analyze", path, "--metric", "converted", "--metric", "revenue",
             "--json")  # fmt: skip
    here, there = (json.loads(run(*asked, *more)) for more in ((), ("--spark", "local[2]")))
    assert here["verdict"]["word"] == there["verdict"]["word"] == "ship"
    assert here["counts"] == there["counts"]
    for own, other in zip(here["results"], there["results"], strict=True):
        for key, value in own["effect"].items():
            assert other["effect"][key] == (
                pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value
            )


def test_a_page_says_the_whole_command_that_makes_it_again(run: Run, tmp_path: Path) -> None:
    rows = "".join(
        f"{i},{'new' if i % 2 else 'control'},{i % 3},{i % 5},{i % 7}\n" for i in range(900)
    )
    table, page = tmp_path / "units.csv", tmp_path / "page.html"
    table.write_text(f"user_id,variant,revenue,before_it,latency\n{rows}")
    asked = ("experiments", "analyze", table, "--metric", "revenue", "--covariate",
             "revenue=before_it", "--guardrail", "latency=5", "--alpha", "0.1")  # fmt: skip
    first = json.loads(run(*asked, "--json", "--html", page, code=1).split("\nWritten")[0])
    again = shlex.split(first["command"])
    assert again[0] == "leadline"
    assert json.loads(run(*again[1:], "--json", code=1))["results"] == first["results"]
    assert html.escape(first["command"]) in page.read_text()


def test_cookie_cats_is_reported_as_what_it_is(run: Run, shared_data: Path) -> None:
    text = " ".join(
        run(
            "experiments", "analyze", shared_data / "cookie_cats" / "cookie_cats.csv.gz"
        ).split()
    )
    assert text.startswith("STOP")
    assert "p = .0086" in text  # published: its arms do not have equal size
    assert "retention_7 got worse by 0.82 pp" in text
    assert "suspiciously unequal size" in text
    assert "49,854" in text


@pytest.mark.slow
def test_upworthy_is_audited_from_end_to_end(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    page = tmp_path / "audit.html"
    text = run("audit", shared_data / "upworthy" / "tests.csv", "--html", page, code=1)
    assert "claims in 2,426 experiments" in text
    assert "By quarter" in page.read_text()


@pytest.mark.parametrize("command", [("audit",), ("experiments", "analyze"), ("ledger",)])
def test_help_shows_examples(run: Run, command: tuple[str, ...]) -> None:
    assert f"leadline {' '.join(command)} " in run(*command, "--help").split("Examples:")[1]
