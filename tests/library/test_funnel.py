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


def test_stages_without_a_column_are_named():
    found = funnel(units())
    # oracle: as made: nothing says what was chosen or served
    assert found.missing == ("chosen", "served")
    assert "No column tells of chosen, served" in found.gaps
    assert found.to_dict()["gaps"] == found.gaps
    alone = funnel(units(), stages=["has_data", "clicked"])
    assert alone.gaps == ""  # who names stages knows what they left out
    assert "more would have come to clicked" in alone.sentence


def test_where_nobody_came_to_the_end_nothing_is_valued():
    found = funnel(units(clicked=[0] * 100))
    assert "No unit came to acted" in found.sentence
    assert "stop before exposed: 40 of 60" in found.sentence  # oracle: as made


def test_what_is_no_funnel_is_refused():
    with pytest.raises(InputError, match="1 row is scored without being covered"):
        funnel(units(has_data=[True] * 59 + [False] + [True] * 40))
    with pytest.raises(InputError, match="20 rows are scored without being covered"):
        funnel(units(has_data=[True] * 40 + [False] * 60))
    with pytest.raises(InputError, match="has 1 column known as stages, 2 are"):
        funnel(units()[["has_data"]])
    with pytest.raises(InputError, match="does not say yes or no"):
        funnel(units(scored=["a"] * 100))


def test_the_command_says_where_work_buys_most(tmp_path, capsys):
    path = tmp_path / "units.parquet"
    units().to_parquet(path)
    main(["funnel", str(path)])
    out = capsys.readouterr().out.replace("\n", " ")
    assert "Work on exposed buys most" in out
    assert "No column tells of chosen, served" in out
    main(["funnel", str(path), "--json"])
    assert json.loads(capsys.readouterr().out)["funnel"]["best"] == "exposed"
