"""What is checked of every experiment, and where it is said."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.analysis.experiments.metrics import Mean
from leadline.connectors.experiments.plans import Plan
from leadline.errors import InputError
from leadline.library.experiments import analyze
from leadline.library.markdown import readout_markdown
from leadline.library.pages import readout_page
from leadline.library.results import Readout

TODAY = date(2026, 3, 1)
N, DAYS = 6_000, 12


def units(*, seed: int = 1, fade: float = 0.0) -> pd.DataFrame:
    """Return units of two arms over twelve days; an effect may fade from day to day."""
    rng = np.random.default_rng(seed)
    arm = rng.choice(["control", "new"], N)
    day = np.arange(N) * DAYS // N
    return pd.DataFrame(
        {
            "user_id": np.arange(N),
            "variant": arm,
            "day": [date(2026, 2, 2) + timedelta(days=int(d)) for d in day],
            "country": rng.choice(["de", "at"], N),
            "revenue": rng.normal(10, 2, N) + fade * (DAYS / 2 - day) * (arm == "new"),
        }
    )


def states(readout: Readout) -> dict[str, str]:
    return {check.check: check.state for check in readout.checks}


def test_every_check_that_the_table_allows_is_made() -> None:
    result = analyze(units(), metrics=["revenue"], aa=True, today=TODAY)
    assert states(result) == {
        "sample ratio": "ok",
        "peeking": "unknown",
        "power": "unknown",
        "multiplicity": "ok",
        "novelty": "ok",
        "aa": "ok",
    }
    assert result.doubts == ()


def test_a_plan_settles_looks_and_size() -> None:
    small = Plan(
        name="small",
        metrics=(Mean(column="revenue"),),
        smallest_effects={"revenue": 0.05},
        n_planned=N,
        looks=3,
    )
    found = analyze(units(), plan=small, today=TODAY)
    assert (states(found)["peeking"], states(found)["power"]) == ("ok", "failed")
    # closed form: se = 2·√(2/3000), power = Φ(.05/se − 1.96)
    (power,) = (check for check in found.checks if check.check == "power")
    assert power.number == pytest.approx(0.162, abs=0.01)


def test_a_fading_effect_is_said_before_one_decides() -> None:
    result = analyze(units(fade=0.2), metrics=["revenue"], today=TODAY)
    (doubt,) = result.doubts
    assert doubt.check == "novelty"
    # simulation with a known slope of −0.2 a day
    assert "revenue: over 12 days the effect" in doubt.sentence
    assert "Before you decide" in readout_page(result)
    assert "| novelty | failed |" in readout_markdown(result)


def test_strays_are_counted_against_the_assigned_arm() -> None:
    frame = units()
    frame["served_variant"] = frame["variant"]
    frame.loc[frame.index % 20 == 0, "served_variant"] = "control"
    result = analyze(frame, metrics=["revenue"], today=TODAY)
    (purity,) = (check for check in result.checks if check.check == "purity")
    strays = int((frame["served_variant"] != frame["variant"]).sum())  # pandas
    assert purity.number == pytest.approx(strays / N)
    assert result.counts == frame["variant"].value_counts().sort_index().to_dict()


def test_a_mismatch_shows_where_it_comes_from_on_every_surface() -> None:
    frame = units()
    lost = (frame["variant"] == "new") & (frame["country"] == "at") & (frame.index % 3 > 0)
    result = analyze(frame[~lost], metrics=["revenue"], segments=["country"], today=TODAY)
    assert states(result)["sample ratio"] == "failed"
    assert "country = at" in result.verdict.decides
    for shown in (readout_page(result), readout_markdown(result)):
        assert "country = at" in shown
        assert "p of its own split" in shown


def test_an_aa_simulation_finds_rows_that_are_taken_for_units() -> None:
    rng = np.random.default_rng(3)
    user = np.repeat(np.arange(500), 8)
    frame = pd.DataFrame(
        {
            "user_id": user,
            "variant": np.where(user % 2, "new", "control"),
            "minutes": rng.normal(size=500)[user] + rng.normal(0, 0.3, 4_000),
        }
    )
    result = analyze(frame, metrics=["minutes"], aa=True, today=TODAY)
    # construction: eight rows a user that look alike are worth one
    assert states(result)["aa"] == "failed"


def test_an_aa_simulation_needs_the_unit() -> None:
    frame = units().drop(columns="user_id")
    with pytest.raises(InputError, match="--unit COLUMN"):
        analyze(frame, metrics=["revenue"], aa=True, today=TODAY)


def test_the_interval_is_as_wide_as_the_looks_demand() -> None:
    planned = Plan(
        name="p", metrics=(Mean(column="revenue"),), n_planned=2 * N, looks=4, alpha=0.05
    )
    (result,) = analyze(units(), plan=planned, today=TODAY).results
    lower, upper = result.interval
    assert upper - lower == pytest.approx(2 * result.threshold * result.effect.se)
    # published: O'Brien-Fleming type spending at half the information, Lan and DeMets
    assert result.threshold == pytest.approx(2.963, abs=0.02)


def test_a_readout_names_the_command_that_makes_it_again(tmp_path: Path) -> None:
    path = tmp_path / "my units.csv"
    units().to_csv(path, index=False)
    found = analyze(path, metrics=["revenue"], segments=["country"], today=TODAY)
    assert found.command == (
        f"leadline experiments analyze '{path}' --metric revenue --segment country"
    )
    assert analyze(units(), metrics=["revenue"], today=TODAY).command == (
        "leadline.experiments.analyze(…)"
    )
