"""Models in modules and files."""

from __future__ import annotations

import importlib.util

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import FunctionTransformer

from leadline.connectors.saved_models import load_model
from leadline.errors import ConfigurationError, ConnectorError, InputError

MODEL = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])


def double(table):
    return 2 * table


def test_a_joblib_file_is_a_pickle(tmp_path):
    joblib.dump(MODEL, tmp_path / "model.joblib")
    with pytest.raises(ConfigurationError, match="runs any code"):
        load_model(str(tmp_path / "model.joblib"))
    loaded = load_model(str(tmp_path / "model.joblib"), trust=True)
    np.testing.assert_allclose(loaded.predict([[2.0]]), [5.0])


def test_a_broken_pickle_is_the_sources_fault(tmp_path):
    (tmp_path / "model.pkl").write_bytes(b"not a pickle")
    with pytest.raises(ConnectorError, match="cannot be loaded"):
        load_model(str(tmp_path / "model.pkl"), trust=True)


def test_skops_loads_what_it_knows_and_asks_for_the_rest(tmp_path):
    skops.io.dump(MODEL, tmp_path / "known.skops")
    loaded = load_model(str(tmp_path / "known.skops"))
    np.testing.assert_allclose(loaded.predict([[2.0]]), [5.0])
    skops.io.dump(FunctionTransformer(double), tmp_path / "own.skops")
    with pytest.raises(ConfigurationError, match="double"):
        load_model(str(tmp_path / "own.skops"))
    assert load_model(str(tmp_path / "own.skops"), trust=True).transform(2) == 4


def test_an_mlflow_folder_needs_trust_and_the_package(tmp_path):
    (tmp_path / "MLmodel").write_text("flavors: {}\n")
    with pytest.raises(ConfigurationError, match="add --trust"):
        load_model(str(tmp_path))
    if importlib.util.find_spec("mlflow") is None:
        with pytest.raises(ConfigurationError, match="needs mlflow"):
            load_model(str(tmp_path), trust=True)


def test_an_object_inside_a_module_is_reached_by_dots(tmp_path, monkeypatch):
    (tmp_path / "pricing_model.py").write_text("class shop:\n    model = len\n")
    monkeypatch.chdir(tmp_path)
    assert load_model("pricing_model:shop.model") is len
    with pytest.raises(ConnectorError, match="cannot be imported"):
        load_model("pricing_model:shop.absent")


def test_a_broken_skops_file_is_the_sources_fault(tmp_path):
    (tmp_path / "model.skops").write_text("no archive")
    with pytest.raises(ConnectorError, match=r"model\.skops cannot be loaded"):
        load_model(str(tmp_path / "model.skops"))


def test_a_module_that_raises_is_told_in_one_line(tmp_path, monkeypatch):
    (tmp_path / "gone_model.py").write_text("model = open('weights.bin')\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConnectorError, match="gone_model raised FileNotFoundError while") as e:
        load_model("gone_model:model")
    assert "python -c 'import gone_model'" in e.value.hint


def test_a_path_is_answered_with_how_python_imports_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConnectorError, match=r"imports it: shop\.churn:model"):
        load_model("shop/churn.py:model")
    with pytest.raises(InputError, match="'shop:' names no model"):
        load_model("shop:")
