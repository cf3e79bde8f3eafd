"""The page of a watched model: pictures with words and numbers, and the test score."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from leadline.analysis.monitoring.look import risk_limit
from leadline.analysis.monitoring.test_score import SECTIONS
from leadline.charts import watching as charts
from leadline.library.pages import watch_fragment, watch_page
from leadline.library.watch import watch
from leadline.library.watch_numbers import WatchSeries
from leadline.library.watch_result import Watch
from leadline.library.watch_series import series_of
from leadline.library.watch_test_score import score_of

START, N_DAYS, N_ROWS, N_REFERENCE = date(2026, 1, 5), 20, 300, 10
HOSTILE = "<script>x</script>"


def predictions(*, with_target: bool = True) -> pd.DataFrame:
    """A score that is a line in two columns; the weak one changes its unit on the last days."""
    rng = np.random.default_rng(7)
    n = N_DAYS * N_ROWS
    days = np.repeat([START + timedelta(days=i) for i in range(N_DAYS)], N_ROWS)
    strong, weak = rng.normal(size=(2, n))
    weak = np.where(days >= START + timedelta(days=N_DAYS - 3), weak * 7, weak)
    score = 1 / (1 + np.exp(-(strong + 0.18 * weak)))
    frame = pd.DataFrame({"day": days, "strong": strong, HOSTILE: weak, "score": score})
    if with_target:
        frame["y"] = (rng.random(n) < score).astype(int)
    return frame


def looked(**options: bool) -> Watch:
    names = {"target": "y"} if options.get("with_target", True) else {}
    return watch(
        predictions(**options), day="day", score="score", model="shop", today=date(2026, 1, 25),
        reference_days=N_REFERENCE, label_days=0, **names,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Watch:
    return looked()


@pytest.fixture(scope="module")
def series(found: Watch) -> WatchSeries:
    return series_of(
        found, score_of(found, by_hand=("model-3",)), command="leadline watch shop.csv"
    )


def test_the_numbers_by_day_are_those_of_the_table(found: Watch, series: WatchSeries) -> None:
    """The oracle is pandas."""
    frame = predictions()
    frame["loss"] = (frame["score"] - frame["y"]) ** 2
    by_day = frame.groupby("day")["loss"].mean()
    assert [one.on for one in series.risk] == list(by_day.index)
    np.testing.assert_allclose([one.loss for one in series.risk], by_day.to_numpy())
    assert {one.rows for one in series.risk} == {N_ROWS}
    assert [one.rows for one in series.volume] == [N_ROWS] * N_DAYS
    accepted = frame[frame["day"] <= series.reference_until]["loss"]
    assert series.usual == pytest.approx(accepted.mean())
    error = accepted.std(ddof=0) / len(accepted) ** 0.5
    assert series.bound == pytest.approx(1.1 * accepted.mean() + 2 * error)
    assert series.bound == risk_limit(found.reference.whole(), limits=found.limits)


def test_a_weak_column_that_changed_its_unit_is_heavy_and_not_benign(
    series: WatchSeries,
) -> None:
    of = {one.column: one for one in series.drift}
    assert of.keys() == {"strong", HOSTILE, "score"}
    moved = of[HOSTILE]
    assert moved.state != "benign"
    assert moved.outside > 0.4
    assert moved.weight is not None
    assert moved.weight < 0.1  # 3 %: within the reference hardly anything depends on it
    assert moved.weighted == pytest.approx(moved.excess * moved.weight)
    assert of["strong"].state == "as usual"
    assert [one.weighted for one in series.drift] == sorted(
        (one.weighted for one in series.drift), reverse=True
    )
    assert replace(moved, weight=None).weighted == moved.excess


def test_the_score_is_the_minimum_of_four_sections_ticked_by_evidence(
    series: WatchSeries,
) -> None:
    ticks = [one for section in series.test_score.sections.values() for one in section]
    assert list(series.test_score.points) == list(SECTIONS)
    assert len(ticks) == 28  # Breck et al. (2017): 7 in each of 4 sections
    assert series.test_score.points["model"] == 0.5  # by hand
    assert series.test_score.score == min(series.test_score.points.values()) == 0.0
    assert all(one.evidence for one in ticks if one.points == 1)


class _Pictures(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.alt: list[str] = []
        self.media: list[str] = []
        self.svg: list[str] = []
        self.tables = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tables += tag == "table"
        if tag == "img":
            self.alt.append(values["alt"] or "")
        if tag == "source":
            self.media.append(values["media"] or "")
        for name in ("src", "srcset"):
            if data := values.get(name):
                assert data.startswith("data:image/svg+xml;base64,")
                self.svg.append(b64decode(data.partition(",")[2]).decode())


def test_every_picture_has_words_a_table_and_both_appearances(series: WatchSeries) -> None:
    page = watch_page([series])
    read = _Pictures()
    read.feed(page)
    risk, drift, volume = read.alt
    assert risk.startswith("Mean loss by day from 2026-01-05 to 2026-01-24: between")
    assert "the bound of" in risk
    assert drift.startswith("Drift of 3 columns on 2026-01-24")
    assert volume.endswith("between 300 and 300, on the last day 300.")
    assert read.tables == 3 + len(SECTIONS)
    assert sum("prefers-color-scheme: dark" in one for one in read.media) == 2 * len(read.alt)
    assert all(svg.startswith("<svg") for svg in read.svg)
    assert HOSTILE not in page
    assert not any(HOSTILE in svg for svg in read.svg)
    assert "<code>leadline watch shop.csv</code>" in page
    assert "0 of 7: a model is as ready as its weakest section" in page


def test_without_outcomes_the_page_says_so() -> None:
    one = looked(with_target=False)
    series = series_of(one, score_of(one), command="")
    assert series.risk == ()
    assert (series.usual, series.bound) == (None, None)
    assert "No outcomes yet" in watch_fragment(series)
    quiet = watch_fragment(replace(series, drift=(), verdict="quiet", alerts=()))
    assert "No day after the reference has enough rows" in quiet
    assert "Nothing stands that does harm." in quiet


def test_a_chart_draws_what_it_is_given() -> None:
    spec = charts.risk(
        [{"day": "2026-01-05", "loss": 0.1, "period": "since"}], bound=0.2, usual=0.15
    ).to_dict()
    drawn = [row for rows in spec["datasets"].values() for row in rows]
    assert {row["at"] for row in drawn if "at" in row} == {0.15, 0.2}
    colours = charts.weighted_drift(
        [{"column": "x", "weighted": 1.0, "state": "benign"}]
    ).to_dict()["encoding"]["color"]["scale"]
    assert len(colours["domain"]) == len(set(colours["range"])) == 5
    assert charts.volume([{"day": "2026-01-05", "rows": 3, "period": "reference"}]).to_dict()
