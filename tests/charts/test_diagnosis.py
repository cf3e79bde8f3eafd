"""The pictures of a diagnosis, tested as data."""

from __future__ import annotations

import dataclasses
import math

import altair as alt
import pytest

from leadline.charts import diagnosis as charts
from leadline.charts.drawing import to_svg


def rows(spec):
    """Every row of every layer, in order, once."""
    found = []
    for part in spec.get("layer", [spec]):
        found += part.get("data", spec.get("data", {})).get("values", [])
    return [dict(entry) for entry in dict.fromkeys(tuple(sorted(r.items())) for r in found)]


def test_every_picture_is_a_valid_specification_and_can_be_drawn(diagnosis):
    drawn = charts.pictures(diagnosis)
    assert set(drawn) == {"ladder", "gains", "learning curve", "calibration", "shift"}
    for spec in drawn.values():
        alt.Chart.from_dict(spec)  # raises where the schema is not met
        assert to_svg(spec).startswith("<svg")


def test_the_ladder_keeps_the_order_of_its_rungs_and_says_their_role(diagnosis):
    found = rows(charts.ladder(diagnosis.ladder, unit="log loss"))
    assert [row["rung"] for row in found] == ["constant", "rule", "train", "test", "reference"]
    assert [row["role"] for row in found] == [
        charts.WITHOUT_ML, charts.WITHOUT_ML, charts.MODEL, charts.MODEL, charts.WITHIN_REACH,
    ]  # fmt: skip
    assert found[-1]["label"] == "0.29"


def test_a_rung_that_was_not_measured_is_not_drawn(diagnosis):
    unknown = dataclasses.replace(diagnosis.ladder[0], loss=math.nan)
    half = dataclasses.replace(diagnosis, ladder=(unknown, diagnosis.ladder[1]))
    assert len(rows(charts.pictures(half)["ladder"])) == 1


@pytest.mark.parametrize(("least", "mark"), [(0.1, "bar"), (0.001, "point"), (-0.1, "bar")])
def test_bars_that_would_vanish_become_points_on_a_log_scale(diagnosis, least, mark):
    small = dataclasses.replace(diagnosis.ladder[3], loss=least)
    spec = charts.ladder((diagnosis.ladder[0], small), unit="log loss")
    assert spec["layer"][0]["mark"]["type"] == mark
    assert ("log scale" in spec["layer"][0]["encoding"]["x"]["title"]) == (mark == "point")


def test_a_training_loss_of_nearly_nothing_asks_for_no_log_scale(diagnosis):
    memorised = dataclasses.replace(diagnosis.ladder[2], loss=1e-6)
    spec = charts.ladder((diagnosis.ladder[0], memorised), unit="log loss")
    assert spec["layer"][0]["mark"]["type"] == "bar"


def test_thousands_are_short_on_axes(diagnosis):
    large = dataclasses.replace(diagnosis.ladder[0], loss=16_760_000.0)
    spec = charts.ladder((large,), unit="absolute error")
    assert spec["layer"][0]["encoding"]["x"]["axis"]["format"] == "~s"
    assert rows(spec)[0]["label"] == "16.76 million"


def test_gains_in_another_unit_stay_off_the_axis(diagnosis):
    found = charts.pictures(diagnosis)["gains"]
    causes = [row["cause"] for row in rows(found) if "cause" in row]
    assert causes == ["overfitting"]
    assert {"floor": diagnosis.floor} in rows(found)


def test_shift_names_the_columns_that_matter_most(diagnosis):
    many = tuple(
        dataclasses.replace(diagnosis.shift[0], column=f"c{i}", distance=i / 40)
        for i in range(40)
    )
    found = rows(charts.shift(many, unit="log loss"))
    assert len(found) == 12
    assert found[0]["column"] == "c39"


def test_whiskers_are_one_standard_error(diagnosis):
    (first, *_) = rows(charts.learning_curve(diagnosis.learning_curve, unit="log loss"))
    assert first["upper"] - first["loss"] == pytest.approx(0.01)
    assert first["loss"] - first["lower"] == pytest.approx(0.01)


def test_without_numbers_there_is_no_picture(diagnosis):
    bare = dataclasses.replace(
        diagnosis, findings=(), ladder=(), learning_curve=(), calibration=(), shift=()
    )
    assert charts.pictures(bare) == {}


def test_squared_errors_are_drawn_in_the_unit_of_the_target(diagnosis):
    changes = {
        "unit": "squared error",
        "ladder": (dataclasses.replace(diagnosis.ladder[3], loss=400.0),),
        "findings": (
            dataclasses.replace(
                diagnosis.findings[0], unit="squared error", gain=300.0, gain_lower=144.0,
                gain_upper=500.0,
            ),
        ),
        "floor": 39.0,
        "shift": (dataclasses.replace(diagnosis.shift[0], dependence=500.0),),
        "learning_curve": (
            dataclasses.replace(diagnosis.learning_curve[0], loss=100.0, standard_error=44.0),
        ),
    }  # fmt: skip
    drawn = charts.pictures(dataclasses.replace(diagnosis, **changes))
    assert rows(drawn["ladder"])[0]["loss"] == 20.0  # the root of 400
    floor, gain = rows(drawn["gains"])
    assert floor["floor"] == pytest.approx(1.0)  # 20 less the root of 361
    # the roots of 100, 256 and 0 are left of 20; no loss is below nothing
    assert (gain["gain"], gain["lower"], gain["upper"]) == (10.0, 4.0, 20.0)
    assert rows(drawn["shift"])[0]["dependence"] == 10.0  # the root of 900 less 20
    curve = rows(drawn["learning curve"])[0]
    assert (curve["loss"], curve["upper"]) == (10.0, 12.0)
    title = drawn["gains"]["layer"][1]["encoding"]["x"]["title"]
    assert title == "gain in root of the squared error"


def test_noise_does_not_look_like_a_move_and_names_do_not_hide_one_another(diagnosis):
    column = diagnosis.shift[0]
    shown = [
        dataclasses.replace(column, column=name, distance=distance, dependence=dependence)
        for name, distance, dependence in (
            ("a", 0.02, 0.5),
            ("b", 0.021, 0.5),
            ("c", 0.01, 0.0),
        )
    ]
    spec = charts.shift(shown, unit="log loss")
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, charts.LEAST_SHIFT]
    named = spec["layer"][1]["transform"][0]["filter"]["oneOf"]
    assert named == ["b", "c"]
