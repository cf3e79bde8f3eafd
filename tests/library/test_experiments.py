"""`leadline.experiments.analyze`: from a table to a verdict with its reason."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportions_ztest

import leadline
from leadline.analysis.experiments.metrics import Mean, Proportion, Quantile, Ratio
from leadline.connectors.experiments.plans import Plan, read_plan, to_toml, write_plan
from leadline.errors import ConfigurationError, InputError, NotEnoughDataError
from leadline.library.experiments import analyze

TODAY = date(2026, 3, 1)


def units(*, n: int = 8_000, lift: float = 0.0, days: int = 14, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    arm = rng.choice(["control", "new"], n)
    before = rng.normal(20, 5, n)
    return pd.DataFrame(
        {
            "user_id": np.arange(n),
            "variant": arm,
            "day": [
                date(2026, 2, 2) + timedelta(days=int(d)) for d in np.arange(n) * days // n
            ],
            "country": rng.choice(["de", "at"], n),
            "converted": (rng.random(n) < 0.2 + lift * (arm == "new")).astype(int),
            "revenue": before + rng.normal(0, 2, n) + 10 * lift * (arm == "new"),
            "revenue_before": before,
            "latency_ms": rng.normal(100, 10, n),
        }
    )


def plan(**changes: Any) -> Plan:
    told: dict[str, Any] = {
        "name": "ranking",
        "metrics": (Proportion(column="converted"),),
        "smallest_effects": {"converted": 0.03},
        "n_planned": 8_000,
        "looks": 4,
    }
    return Plan(**(told | changes))


def test_a_gain_is_shipped_with_its_numbers() -> None:
    result = analyze(units(lift=0.05), plan=plan(), today=TODAY)
    assert (result.verdict.word, result.verdict.arm) == ("ship", "new")
    assert "ledger takes the believed gain" in result.verdict.decides
    assert "converted" in result.verdict.reason
    frame = units(lift=0.05)
    successes = frame.groupby("variant")["converted"].sum()
    counts = frame.groupby("variant")["converted"].count()
    # statsmodels' two-sample z-test with unpooled variance
    z, pvalue = proportions_ztest(
        successes[["new", "control"]].to_numpy(), counts[["new", "control"]].to_numpy(),
        prop_var=False,
    )  # fmt: skip
    assert result.results[0].effect.pvalue == pytest.approx(pvalue, rel=0.2)
    assert abs(result.results[0].effect.statistic) == pytest.approx(abs(z), rel=0.02)


def test_nothing_found_at_the_planned_size_stops() -> None:
    worth = plan(smallest_effects={"converted": 0.05})
    verdict = analyze(units(seed=2), plan=worth, today=TODAY).verdict
    assert verdict.word == "stop"
    assert "gain of 5.0 pp, the smallest that matters, is excluded" in verdict.reason


def test_an_unfinished_plan_goes_on() -> None:
    verdict = analyze(units(seed=2), plan=plan(n_planned=20_000), today=TODAY).verdict
    assert verdict.word == "extend"
    assert "12,000" in verdict.decides


def test_without_a_plan_nothing_found_is_no_answer() -> None:
    verdict = analyze(units(seed=2), metrics=["converted"], today=TODAY).verdict
    assert verdict.word == "cannot tell"
    assert "smallest effect" in verdict.decides


def test_a_sample_ratio_mismatch_blocks_and_says_where_it_comes_from() -> None:
    frame = units(lift=0.1)
    lost = (
        (frame["variant"] == "new")
        & (frame["day"] == date(2026, 2, 4))
        & (frame.index % 10 > 0)
    )
    result = analyze(frame[~lost], plan=plan(), today=TODAY)
    assert result.verdict.word == "cannot tell"
    assert "Sample ratio mismatch" in result.verdict.reason
    assert "2026-02-04" in result.verdict.decides


def test_declared_weights_are_kept() -> None:
    frame = units()
    kept = frame[(frame["variant"] == "control") | (frame.index % 4 == 0)]
    assert analyze(kept, metrics=["converted"], today=TODAY).verdict.reason.startswith("Sample")
    result = analyze(kept, metrics=["converted"], weights={"control": 4, "new": 1}, today=TODAY)
    assert not result.sample_ratio.sample_ratio_mismatch
    with pytest.raises(InputError, match="one weight for each arm"):
        analyze(kept, metrics=["converted"], weights={"control": 4}, today=TODAY)


def test_a_breached_guardrail_stops_a_gain() -> None:
    frame = units(lift=0.05)
    frame["latency_ms"] += 20.0 * (frame["variant"] == "new")
    guarded = plan(
        metrics=(
            Proportion(column="converted"),
            Mean(column="latency_ms", role="guardrail", margin=5.0, higher_is_better=False),
        )
    )
    verdict = analyze(frame, plan=guarded, today=TODAY).verdict
    assert verdict.word == "stop"
    assert "latency_ms" in verdict.reason


def test_covariates_lower_the_noise_as_much_as_they_explain() -> None:
    result = analyze(units(), metrics=["revenue"], today=TODAY)
    effect = result.results[0].effect
    # closed form: var 25 + 4, of which the covariate explains 25
    assert effect.variance_reduction == pytest.approx(25 / 29, abs=0.02)
    assert any(
        note.startswith("revenue is adjusted for ") and "removed 86 %" in note
        for note in result.notes
    )


def test_duplicated_units_block_the_verdict() -> None:
    frame = pd.concat([units(lift=0.1), units(lift=0.1).iloc[:5]])
    verdict = analyze(frame, metrics=["converted"], today=TODAY).verdict
    assert verdict.word == "cannot tell"
    assert "more than one row" in verdict.reason


def test_swapping_the_arms_turns_the_effect_round() -> None:
    there = analyze(units(lift=0.05), metrics=["converted"], control="control", today=TODAY)
    back = analyze(units(lift=0.05), metrics=["converted"], control="new", today=TODAY)
    assert there.results[0].effect.effect_size == -back.results[0].effect.effect_size
    assert there.results[0].effect.pvalue == back.results[0].effect.pvalue


def test_a_ratio_and_a_quantile_stand_beside_a_mean() -> None:
    metrics = [
        Ratio(name="per ms", numerator="revenue", denominator="latency_ms"),
        Quantile(column="latency_ms", q=0.9, role="exploratory"),
    ]
    result = analyze(units(), metrics=metrics, today=TODAY)
    frame = units()
    arms = frame.groupby("variant")
    expected = arms["latency_ms"].quantile(0.9)  # pandas
    (quantile,) = (r for r in result.results if r.metric.name == "latency_ms p90")
    difference = expected["new"] - expected["control"]
    assert quantile.effect.effect_size == pytest.approx(difference, abs=0.05)
    ratio = arms["revenue"].sum() / arms["latency_ms"].sum()
    assert result.results[0].effect.effect_size == pytest.approx(
        ratio["new"] - ratio["control"]
    )


def test_segments_are_adjusted_over_all_levels() -> None:
    result = analyze(units(), metrics=["converted"], segments=["country"], today=TODAY)
    assert {entry.level for entry in result.segments} == {"de", "at"}
    assert all(s.adjusted_pvalue >= s.effect.pvalue for s in result.segments)


def test_the_path_ends_where_the_whole_table_stands() -> None:
    result = analyze(units(lift=0.05), plan=plan(), today=TODAY)
    (path,) = result.paths
    assert len(path.looks) == 14
    assert path.looks[-1].effect_size == pytest.approx(result.results[0].effect.effect_size)
    assert sum(not np.isnan(look.bound) for look in path.looks) == 4
    # an interval that is valid at every look is wider than one for a single look
    effect = result.results[0].effect
    assert path.looks[-1].always_lower < effect.ci_lower < path.looks[-1].always_upper


def test_a_state_gives_the_same_without_reading_old_days(tmp_path: Path) -> None:
    frame, state = units(lift=0.05), tmp_path / "state.json"
    early = frame[frame["day"] < date(2026, 2, 10)]
    analyze(early, metrics=[Proportion(column="converted")], state=state, today=TODAY)
    grown = analyze(frame, metrics=[Proportion(column="converted")], state=state, today=TODAY)
    whole = analyze(frame, metrics=[Proportion(column="converted")], today=TODAY)
    assert grown.counts == whole.counts
    assert grown.results[0].effect.pvalue == pytest.approx(
        whole.results[0].effect.pvalue, rel=1e-9
    )
    # a third run finds no new day and says the same
    again = analyze(frame, metrics=[Proportion(column="converted")], state=state, today=TODAY)
    assert again.counts == whole.counts


def test_one_arm_is_no_experiment() -> None:
    frame = units()
    with pytest.raises(NotEnoughDataError, match="at least 2 arms"):
        analyze(frame[frame["variant"] == "new"], metrics=["converted"], today=TODAY)


def test_several_experiments_are_asked_about() -> None:
    frame = pd.concat([units().assign(experiment="a"), units().assign(experiment="b")])
    with pytest.raises(InputError, match="holds 2 experiments; which one"):
        analyze(frame, metrics=["converted"], today=TODAY)
    assert analyze(frame, metrics=["converted"], experiment="b", today=TODAY).n_obs == 8_000


def test_results_are_plain_values_and_pictures() -> None:
    result = analyze(units(lift=0.05), plan=plan(), segments=["country"], today=TODAY)
    assert json.loads(json.dumps(result.to_dict(), default=str))["n_obs"] == 8_000
    assert "<h1>ranking</h1>" in result._repr_html_()
    spec = result.plot().to_dict()
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_the_package_names_what_it_offers() -> None:
    assert leadline.experiments.analyze is analyze
    assert {"audit", "ledger", "experiments"} <= set(dir(leadline))


def test_a_plan_ends_with_the_last_day_of_its_weeks() -> None:
    begun = plan(started_on=date(2026, 2, 2), weeks=2)  # a Monday, and the Sunday after next
    assert begun.ends_on == date(2026, 2, 15)
    assert plan(weeks=2).ends_on is None
    assert plan(started_on=date(2026, 2, 2)).ends_on is None


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    written = plan(
        hypothesis='Fresh results "convert" \\ better\nreally',
        metrics=(
            Ratio(name="rate", numerator="clicks", denominator="views", covariates=("a", "b")),
            Mean(column="latency", role="guardrail", rel_margin=0.01, higher_is_better=False),
            Quantile(column="latency", q=0.99, role="exploratory", missing="exclude"),
        ),
        smallest_effects={"rate": 0.01},
        weights={"control": 2.0, "it's": 1.0},
        started_on=date(2026, 2, 2),
        table={"source": "units.parquet", "arm": "variant"},
    )
    write_plan(written, tmp_path / "plan.toml")
    assert read_plan(tmp_path / "plan.toml") == written
    with pytest.raises(InputError, match="is there already"):
        write_plan(written, tmp_path / "plan.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "is no TOML"),
        ('nme = "x"', "unknown nme"),
        ('name = "x"', "no primary metric"),
        ('[[metrics]]\nkind = "median"\ncolumn = "x"', "kind 'median' is unknown"),
        ('[[metrics]]\ncolumn = "x"\nmarge = 1', "marge"),
        ('alpha = 2\n[[metrics]]\ncolumn = "x"', "alpha must lie within"),
        ('[[metrics]]\ncolumn = "x"\n[[metrics]]\ncolumn = "x"', "share a name"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        read_plan(path)


def test_a_plan_says_where_its_table_is(tmp_path: Path) -> None:
    units(lift=0.05).to_parquet(tmp_path / "units.parquet")
    path = tmp_path / "plan.toml"
    path.write_text(to_toml(plan(table={"source": "units.parquet"})))
    assert analyze(None, plan=path, today=TODAY).verdict.word == "ship"


def test_the_metric_that_shows_most_is_the_one_that_is_named_and_shown() -> None:
    # Oracle: by construction; spend gains more in its own unit, clicks more surely.
    rng = np.random.default_rng(5)
    n = 8_000
    treated = np.arange(n) % 2
    table = pd.DataFrame(
        {
            "user_id": range(n),
            "variant": np.where(treated, "new", "control"),
            "spend": rng.normal(20, 10, n) + 1.2 * treated,
            "clicked": (rng.random(n) < 0.2 + 0.1 * treated).astype(int),
        }
    )
    reason = analyze(table, metrics=["spend", "clicked"]).verdict.reason
    assert reason.startswith("clicked gained")
    assert "spend" not in reason
