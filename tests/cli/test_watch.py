"""`leadline watch`: from a table to a verdict, an exit code, and a state that is kept."""

from __future__ import annotations

import json
import subprocess
import warnings
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from leadline import Decision
from leadline.cli.main import cli
from leadline.decisions import BreakerRules, DecisionLog
from tests.connectors.monitoring.test_changes import commit
from tests.connectors.test_delivery import running_mail_server, webhook
from tests.made_predictions import scored

START = date(2026, 8, 3)
N_DAYS = 40
TODAY = START + timedelta(days=N_DAYS)


def predictions(*, broken_from: int = N_DAYS, days: range = range(N_DAYS)) -> pd.DataFrame:
    """Predictions by day; from a day on a third of x is missing."""
    frames = []
    for i in days:
        rng = np.random.default_rng(100 + i)
        rows = scored(rng, 300)
        if i >= broken_from:
            rows["x"][::3] = np.nan
        frames.append(pd.DataFrame(rows | {"day": START + timedelta(days=i)}))
    return pd.concat(frames, ignore_index=True)


def watch(*arguments: str, today: date = TODAY) -> Result:
    return CliRunner().invoke(cli, ["watch", *arguments, "--today", today.isoformat()])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "predictions.parquet"
    predictions(broken_from=36).to_parquet(path)
    return path


def test_an_alert_stands_and_the_command_exits_with_1(table: Path) -> None:
    found = watch(str(table), "--target", "y", "--owner", "mira@example.com")
    assert found.exit_code == 1, found.output
    assert "ALERT  predictions" in found.output
    assert "mira@example.com" in found.output
    assert "x is missing in 33.3% of rows, 0.0% in the reference, since 2026-09-08" in (
        " ".join(found.output.split())
    )


def test_json_says_the_same(table: Path) -> None:
    found = watch(str(table), "--target", "y", "--json")
    said = json.loads(found.output)
    assert said["verdict"] == "alert"
    assert said["alerts"][0]["rule"] == "nulls"
    assert said["alerts"][0]["since"] == "2026-09-08"
    assert said["performance"]["estimate_assumes"]
    assert said["dependence"]["noise"] < 0.01 < said["dependence"]["x"]


def test_latency_and_performance_by_segment_stand_beside_the_reference(tmp_path: Path) -> None:
    # Oracle: numpy's own quantile, and the mean squared error of the same rows.
    rows = predictions()
    rng = np.random.default_rng(5)
    late = rows["day"] >= TODAY - timedelta(days=7)
    rows["latency"] = rng.uniform(0, 10, len(rows)) * np.where(late, 3, 1)
    rows["country"] = np.where(np.arange(len(rows)) % 2, "at", "de")
    flipped = late & (rows["country"] == "at")
    rows.loc[flipped, "y"] = 1 - rows.loc[flipped, "y"]
    rows.to_csv(tmp_path / "p.csv", index=False)
    asked = (str(tmp_path / "p.csv"), "--target", "y", "--segment", "country")
    said = json.loads(watch(*asked, "--json").output)
    first = rows["day"] < START + timedelta(days=20)
    usual = np.quantile(rows["latency"][first], 0.5)
    assert said["latency"]["p50"]["reference"] == pytest.approx(usual, rel=0.1)
    assert said["latency"]["p99"]["now"] is None  # beyond the last edge
    worst, other = said["performance"]["by_segment"]
    assert (worst["segment"], worst["level"], other["level"]) == ("country", "at", "de")
    error = (rows["score"] - rows["y"])[flipped] ** 2
    assert worst["now"]["loss"] == pytest.approx(error.mean())
    assert worst["now"]["loss"] > 1.5 * worst["before"]["loss"]
    shown = " ".join(watch(*asked).output.split())
    assert "Performance by segment, the largest rise first · country = at: loss" in shown
    assert "99% within more than" in shown


def test_new_values_of_a_column_are_named_the_most_frequent_first(tmp_path: Path) -> None:
    rows = predictions()
    rng = np.random.default_rng(6)
    rows["country"] = rng.choice(["at", "de"], len(rows))
    lately = np.flatnonzero(rows["day"] >= TODAY - timedelta(days=3))
    rows.loc[lately[:200], "country"] = "it's"
    rows.loc[lately[::7], "country"] = "ch"
    rows.to_csv(tmp_path / "p.csv", index=False)
    asked = (str(tmp_path / "p.csv"), "--target", "y", "--column", "country", "--column", "x")
    said = json.loads(watch(*asked, "--json").output)
    lately_new = rows["country"][rows["day"] >= TODAY - timedelta(days=3)].value_counts()
    expected = [name for name in lately_new.index if name not in {"at", "de"}]
    assert said["new_values"] == {"country": expected}
    assert f"country: {', '.join(expected)}" in " ".join(watch(*asked).output.split())


def test_healthy_predictions_are_quiet(tmp_path: Path) -> None:
    predictions().to_csv(tmp_path / "p.csv", index=False)
    found = watch(str(tmp_path / "p.csv"), "--target", "y")
    assert found.exit_code == 0, found.output
    assert "QUIET" in found.output


def test_a_table_that_is_fed_no_more_is_louder_than_an_alert(table: Path) -> None:
    found = watch(str(table), "--target", "y", today=TODAY + timedelta(days=5))
    assert found.exit_code == 3
    assert "MONITOR FAILED" in found.output
    text = " ".join(found.output.split())
    assert "no rows since 2026-09-11: 5 expected days are missing" in text
    assert text.index("no rows since") < text.index("x is missing")


def test_a_state_that_is_kept_gives_the_same_as_reading_everything(
    table: Path, tmp_path: Path
) -> None:
    growing = tmp_path / "growing.parquet"
    state = tmp_path / "state.json"
    arguments = (str(growing), "--target", "y", "--segment", "place", "--json")
    for n_days in (30, 37, N_DAYS):
        predictions(broken_from=36, days=range(n_days)).to_parquet(growing)
        today = START + timedelta(days=n_days)
        kept = watch(*arguments, "--state", str(state), today=today)
    days = json.loads(state.read_text())
    assert len({row[0] for row in days["current"]}) == N_DAYS - 15
    whole = watch(*arguments, "--reference-days", "15")  # half of the first 30
    assert json.loads(kept.output) == json.loads(whole.output)


def test_only_open_days_are_read_again(tmp_path: Path) -> None:
    # The table forgets its past; what was counted of it stays.
    growing, state = tmp_path / "growing.parquet", tmp_path / "state.json"
    arguments = (str(growing), "--state", str(state), "--json")
    predictions(days=range(39)).to_parquet(growing)
    watch(*arguments, today=TODAY - timedelta(days=1))
    predictions(days=range(39, 40)).to_parquet(growing)
    said = json.loads(watch(*arguments).output)
    assert said["verdict"] == "quiet"
    assert said["current"] == {"first": "2026-08-22", "last": "2026-09-11", "rows": 21 * 300}


def test_a_column_that_is_gone_is_a_failure_and_the_rest_is_still_watched(
    table: Path, tmp_path: Path
) -> None:
    state = str(tmp_path / "state.json")
    assert watch(str(table), "--target", "y", "--state", state).exit_code == 1
    predictions(broken_from=36).drop(columns="z").to_parquet(table)
    found = watch(str(table), "--target", "y", "--state", state)
    assert found.exit_code == 3
    assert "the column z is gone" in found.output
    assert "x is missing in" in found.output


def test_a_reference_of_its_own_may_lack_a_day(table: Path, tmp_path: Path) -> None:
    training = predictions(days=range(20)).drop(columns="day")
    training.to_parquet(tmp_path / "training.parquet")
    found = watch(
        str(table), "--target", "y", "--reference", str(tmp_path / "training.parquet"), "--json"
    )
    said = json.loads(found.output)
    assert said["reference"]["rows"] == 6_000
    assert said["current"]["rows"] == N_DAYS * 300
    assert said["alerts"][0]["rule"] == "nulls"


def test_a_reference_without_a_common_column_is_refused(table: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    found = watch(str(table), "--reference", str(tmp_path / "other.csv"))
    assert "has none of the columns" in str(found.exception)


def test_a_given_dependence_decides_what_is_benign(table: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text('{"x": 0.001, "z": 1.0}')
    found = watch(str(table), "--dependence", str(weights), "--json")
    said = json.loads(found.output)
    assert "x" in [entry["column"] for entry in said["benign"]]
    weights.write_text('{"absent": 1}')
    assert "names absent" in str(watch(str(table), "--dependence", str(weights)).exception)
    weights.write_text("[1]")
    assert "holds no dependence" in str(
        watch(str(table), "--dependence", str(weights)).exception
    )


def test_one_day_without_a_reference_is_refused(tmp_path: Path) -> None:
    predictions(days=range(1)).to_parquet(tmp_path / "one.parquet")
    found = watch(str(tmp_path / "one.parquet"))
    assert "holds 1 day, and there is no other reference" in str(found.exception)


def test_scores_outside_0_and_1_are_refused(tmp_path: Path) -> None:
    frame = predictions()
    frame["score"] *= 100
    frame.to_parquet(tmp_path / "p.parquet")
    found = watch(str(tmp_path / "p.parquet"), "--target", "y")
    assert "outcomes are 0 and 1, and scores go from" in str(found.exception)


def test_the_ml_test_score_is_ticked_by_what_runs(table: Path, tmp_path: Path) -> None:
    training = predictions(days=range(20))
    training.to_parquet(tmp_path / "training.parquet")
    arguments = (
        str(table), "--target", "y", "--reference", str(tmp_path / "training.parquet"),
        "--test-score", "--by-hand", "model-5", "--json",
    )  # fmt: skip
    score = json.loads(watch(*arguments).output)["test_score"]
    # By itself: data-1; monitoring 2 (inputs), 3 (own reference), 5 (score), 7 (outcomes).
    assert score["points"] == {"data": 1, "model": 0.5, "infrastructure": 0, "monitoring": 4}
    assert score["score"] == 0
    assert score["weakest"] == "infrastructure"
    shown = watch(*arguments[:-1]).output
    assert "ML Test Score 0 of 7, held down by infrastructure" in shown
    late = watch(*arguments, today=TODAY + timedelta(days=5))
    assert json.loads(late.output)["test_score"]["points"]["monitoring"] == 0


def test_an_alert_is_sent_once_a_week_with_its_owner(table: Path, tmp_path: Path) -> None:
    arguments = (
        str(table), "--target", "y", "--state", str(tmp_path / "s.json"), "--model", "churn",
        "--owner", "mira@example.com",
    )  # fmt: skip
    with webhook() as (url, kept):
        assert watch(*arguments, "--webhook", url, "--budget", "1").exit_code == 1
        assert watch(*arguments, "--webhook", url, "--budget", "1").exit_code == 1
        late = TODAY + timedelta(days=6)
        assert watch(*arguments, "--webhook", url, today=late).exit_code == 3
    (_, first), (_, failure) = kept  # the second look had nothing new
    assert (first["model"], first["owner"]) == ("churn", "mira@example.com")
    assert [alert["name"] for alert in first["alerts"]] == ["nulls/x"]
    assert failure["verdict"] == "monitor failed"
    assert failure["failures"][0]["reason"] == "stale"
    assert failure["alerts"] == []  # sent already; it is listed
    assert [alert["name"] for alert in failure["listed"]] == ["nulls/x"]


def test_a_table_that_cannot_be_read_is_sent_too(tmp_path: Path) -> None:
    with webhook() as (url, kept):
        found = watch(str(tmp_path / "absent.parquet"), "--webhook", url)
    assert "no such file" in str(found.exception)
    assert kept[0][1]["failures"][0]["reason"] == "unreadable"


def test_a_mail_says_the_same(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_mail_server() as (port, kept):
        monkeypatch.setenv("LEADLINE_SMTP_URL", f"smtp://127.0.0.1:{port}")
        watch(str(table), "--target", "y", "--mail", "mira@example.com")
    assert "Subject: predictions: alert" in kept[0]
    assert "x is missing in 33.3% of rows" in kept[0]
    monkeypatch.delenv("LEADLINE_SMTP_URL")
    refused = watch(str(table), "--target", "y", "--mail", "mira@example.com")
    assert refused.exit_code == 2
    assert "not sent: --mail needs the address of a mail server" in refused.output


def test_what_cannot_be_sent_is_printed_all_the_same(table: Path, tmp_path: Path) -> None:
    state = tmp_path / "s.json"
    with webhook(503) as (url, _):
        found = watch(
            str(table), "--target", "y", "--webhook", url, "--state", str(state), "--json"
        )
    assert found.exit_code == 3
    assert json.loads(found.stdout)["verdict"] == "alert"
    assert "not sent: the webhook at 127.0.0.1 answered 503" in found.stderr
    assert json.loads(state.read_text())["sent"] == {}  # it is sent next time


def test_options_that_a_kept_state_cannot_answer_are_refused(
    table: Path, tmp_path: Path
) -> None:
    state = ("--state", str(tmp_path / "s.json"))
    watch(str(table), "--target", "y", *state)
    other = watch(str(table), "--target", "y", "--segment", "place", *state)
    assert "was begun with another segments" in str(other.exception)
    same = watch(str(table), "--target", "y", "--column", "x", *state)
    assert same.exit_code == 1


def test_a_look_at_the_past_before_any_current_day_is_no_silence(table: Path) -> None:
    found = watch(str(table), "--target", "y", today=START + timedelta(days=10))
    assert found.exit_code == 3
    assert "no day after the reference" in " ".join(found.output.split())


def test_an_alert_names_the_last_change_of_the_code(table: Path, tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    subprocess.run(["git", "init", "-q", str(code)], check=True)
    commit(code, "churn/model.py", "2026-09-07", "Read x from the new table")
    commit(code, "churn/model.py", "2026-09-20", "Later")
    found = watch(str(table), "--target", "y", "--code", str(code / "churn"), "--json")
    (change,) = json.loads(found.output)["last_changes"]
    assert change.startswith("2026-09-07 ")
    assert change.endswith("Read x from the new table")


class Linear:
    """A model of x alone, for `--predictor tests.cli.test_watch:LINEAR`."""

    feature_names_in_ = np.array(["x", "z"])

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        return rows["x"].fillna(0).to_numpy() * 3


LINEAR = Linear()


def test_a_saved_model_is_asked_what_it_depends_on(table: Path) -> None:
    arguments = ("--predictor", "tests.cli.test_watch:LINEAR", "--json")
    said = json.loads(watch(str(table), *arguments).output)
    # Closed form: shuffling moves a normal score by E|a − b| / σ = 2/√π; z not at all.
    assert said["dependence"] == {"x": pytest.approx(2 / np.pi**0.5, rel=0.1), "z": 0.0}
    assert said["alerts"][0]["rule"] == "nulls"


def test_a_decision_log_is_watched_while_it_is_written(tmp_path: Path) -> None:
    class Clock:
        now = datetime(2026, 8, 3, tzinfo=UTC).timestamp()

        def __call__(self) -> float:
            return self.now

    def model(features: dict[str, float]) -> str:
        if features["price"] > 50 and clock.now > clock.start + 36 * 86_400:
            raise ValueError("a new kind of price")
        return "a"

    clock = Clock()
    clock.start = clock.now  # type: ignore[attr-defined]
    log = DecisionLog(tmp_path / "log", segment_bytes=200_000)
    rng = np.random.default_rng(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        decision = Decision(
            "home", rule=lambda features: "b", model={"m": model}, log=log, clock=clock,
            breaker=BreakerRules(opens_above=0.99),
        )  # fmt: skip
        for _ in range(N_DAYS):
            for unit in range(120):
                decision.decide(unit, {"price": float(rng.uniform(0, 100)), "kind": "x"})
            clock.now += 86_400
        found = watch(str(tmp_path / "log"), "--json")
        decision.close()
    said = json.loads(found.output)
    assert said["place"] == str(tmp_path / "log")
    assert "fallback" in [alert["rule"] for alert in said["alerts"]]
    assert said["current"]["rows"] == (N_DAYS - 20) * 120
    assert "price" not in [alert["column"] for alert in said["alerts"]]


def test_a_page_is_written_beside_what_is_printed(table: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    found = watch(str(table), "--target", "y", "--html", str(page))
    assert found.exit_code == 1
    assert f"Written: {page}" in found.output
    text = page.read_text(encoding="utf-8")
    assert text.count("<picture>") == 3
    assert "x is missing in 33.3%" in text
    assert f"<code>leadline watch {table}</code>" in text
    assert "ML Test Score" in text


def test_a_model_that_cannot_be_looked_at_stands_first_on_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    found = watch(str(tmp_path / "gone.csv"), "--html", str(page))
    assert found.exit_code
    text = page.read_text(encoding="utf-8")
    assert "<strong>monitor failed</strong>" in text
    assert "<h1>gone</h1>" in text
