"""The loss funnel of a table, and its command."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from leadline.cli.main import main
from leadline.errors import InputError
from leadline.library.funnel import funnel


def units(**changes):
    """100 units: 80 covered, 60 scored, 20 shown, 5 clicked."""
    plain = {
        "has_data": [True] * 80 + [False] * 20,
        "scored": [1] * 60 + [0] * 40,
        "shown": pd.to_datetime(["2026-01-01"] * 20 + [None] * 80),
        "clicked": [1.0] * 5 + [0.0] * 15 + [None] * 80,
    }
    return pd.DataFrame(plain | changes)


def test_columns_are_recognised_and_counted_in_order():
    found = funnel(units())
    assert [stage.name for stage in found.funnel.stages] == [
        "covered", "scored", "exposed", "acted",
    ]  # fmt: skip
    # oracle: as made
    assert [stage.passed for stage in found.funnel.stages] == [80, 60, 20, 5]
    # oracle: 40 units not shown × 5/20
    assert found.funnel.stages[2].worth == pytest.approx(10)
    assert found.funnel.best == "exposed"
    assert "lace it where it is seen" in found.sentence
    assert found.to_dict()["funnel"]["stages"][3]["worth"] is None


def test_stages_may_be_named_and_a_tie_is_said():
    found = funnel(units(), stages=["has_data", "scored"])
    assert [stage.name for stage in found.funnel.stages] == ["has_data", "scored"]
    tie = funnel(
        pd.DataFrame({"scored": [1] * 80 + [0] * 20, "served": [1] * 64 + [0] * 36,
                      "acted": [1] * 9 + [0] * 91})
    )  # fmt: skip
    assert "cannot tell which stage" in tie.sentence
    whole = funnel(pd.DataFrame({"served": [1] * 50, "acted": [1] * 9 + [0] * 41}))
    assert "loses anything" in whole.sentence


def test_what_is_no_funnel_is_refused():
    with pytest.raises(InputError, match="20 rows are scored without being covered"):
        funnel(units(has_data=[True] * 40 + [False] * 60))
    with pytest.raises(InputError, match="2 are needed"):
        funnel(units()[["has_data"]])
    with pytest.raises(InputError, match="does not say yes or no"):
        funnel(units(scored=["a"] * 100))


def test_the_command_says_where_work_buys_most(tmp_path, capsys):
    path = tmp_path / "units.parquet"
    units().to_parquet(path)
    main(["funnel", str(path)])
    assert "Work on exposed buys most" in capsys.readouterr().out.replace("\n", " ")
    main(["funnel", str(path), "--json"])
    assert json.loads(capsys.readouterr().out)["funnel"]["best"] == "exposed"
