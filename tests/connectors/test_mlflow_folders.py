"""MLflow model folders, written as MLflow writes them, read without MLflow."""

from __future__ import annotations

import pickle

import catboost
import lightgbm
import numpy as np
import pytest
import skops.io
import xgboost
from sklearn.linear_model import LinearRegression

from leadline.connectors.mlflow_folders import read_flavours
from leadline.connectors.saved_models import load_model
from leadline.errors import ConfigurationError, ConnectorError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 2))
Y = X[:, 0] + 0.1 * RNG.normal(size=200)


def folder(tmp_path, flavour, settings):
    """Write an MLmodel file in the layout of MLflow 2."""
    lines = "\n".join(f"    {name}: {value}" for name, value in settings.items())
    (tmp_path / "MLmodel").write_text(
        "artifact_path: model\nflavors:\n  python_function:\n    env:\n"
        "      conda: conda.yaml\n    loader_module: mlflow." + flavour + "\n"
        f"  {flavour}:\n{lines}\nmlflow_version: 2.20.1\nsignature:\n  inputs: '[]'\n"
    )
    return tmp_path


def test_a_booster_of_xgboost_is_its_own_class_again(tmp_path):
    model = xgboost.XGBRegressor(n_estimators=5).fit(X, Y)
    model.save_model(tmp_path / "model.json")
    place = folder(
        tmp_path, "xgboost",
        {"data": "model.json", "model_class": "xgboost.sklearn.XGBRegressor"},
    )  # fmt: skip
    loaded = load_model(str(place))
    assert type(loaded) is xgboost.XGBRegressor
    np.testing.assert_allclose(loaded.predict(X), model.predict(X))


def test_a_booster_of_lightgbm_and_a_model_of_catboost_are_read(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    booster = lightgbm.train({"verbose": -1}, lightgbm.Dataset(X, Y), num_boost_round=5)
    booster.save_model(str(tmp_path / "a" / "model.lgb"))
    place = folder(
        tmp_path / "a", "lightgbm", {"data": "model.lgb", "serialization_format": "skops"}
    )
    np.testing.assert_allclose(load_model(str(place)).predict(X), booster.predict(X))
    model = catboost.CatBoostRegressor(iterations=5, verbose=0, allow_writing_files=False)
    model.fit(X, Y).save_model(str(tmp_path / "b" / "model.cb"))
    place = folder(
        tmp_path / "b", "catboost",
        {"data": "model.cb", "model_type": "CatBoostRegressor", "save_format": "cbm"},
    )  # fmt: skip
    loaded = load_model(str(place))
    assert type(loaded) is catboost.CatBoostRegressor
    np.testing.assert_allclose(loaded.predict(X), model.predict(X))


def test_skops_needs_no_trust_and_a_pickle_needs_it_but_not_mlflow(tmp_path):
    model = LinearRegression().fit(X, Y)
    (tmp_path / "s").mkdir()
    (tmp_path / "p").mkdir()
    skops.io.dump(model, tmp_path / "s" / "model.skops")
    place = folder(
        tmp_path / "s", "sklearn",
        {"pickled_model": "model.skops", "serialization_format": "skops"},
    )  # fmt: skip
    np.testing.assert_allclose(load_model(str(place)).coef_, model.coef_)
    (tmp_path / "p" / "model.pkl").write_bytes(pickle.dumps(model))
    place = folder(
        tmp_path / "p", "sklearn",
        {"pickled_model": "model.pkl", "serialization_format": "cloudpickle"},
    )  # fmt: skip
    with pytest.raises(ConfigurationError, match="holds a pickle"):
        load_model(str(place))
    np.testing.assert_allclose(load_model(str(place), trust=True).coef_, model.coef_)


def test_lightgbm_stored_by_skops_is_read_as_mlflow_3_writes_it(tmp_path):
    model = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1).fit(X, Y)
    skops.io.dump(model, tmp_path / "model.skops")
    place = folder(
        tmp_path, "lightgbm",
        {"code": "null", "data": "model.skops", "serialization_format": "skops",
         "skops_trusted_types": "\n    - lightgbm.sklearn.LGBMRegressor"},
    )  # fmt: skip
    with pytest.raises(ConfigurationError, match="it holds"):
        load_model(str(place))
    loaded = load_model(str(place), trust=True)
    np.testing.assert_allclose(loaded.predict(X), model.predict(X))  # oracle: the model


def test_a_folder_that_lies_is_refused(tmp_path):
    (tmp_path / "outside.json").write_text("{}")
    (tmp_path / "m").mkdir()
    place = folder(tmp_path / "m", "xgboost", {"data": "../outside.json"})
    with pytest.raises(ConnectorError, match="outside of its folder"):
        load_model(str(place))
    folder(tmp_path / "m", "xgboost", {"data": "model.json"})
    with pytest.raises(ConnectorError, match=r"lacks model\.json"):
        load_model(str(place))
    (tmp_path / "m" / "model.json").write_text("no model")
    with pytest.raises(ConnectorError, match="cannot be loaded"):
        load_model(str(place))
    (tmp_path / "m" / "MLmodel").write_bytes(b"\xff\xfe")
    with pytest.raises(ConnectorError, match="cannot be read"):
        load_model(str(place))


def test_flavours_are_read_by_their_indentation(tmp_path):
    place = folder(tmp_path, "lightgbm", {"data": "'model.lgb'", "code": ""})
    assert read_flavours(place)["lightgbm"] == {"data": "model.lgb", "code": ""}
    assert list(read_flavours(place)) == ["python_function", "lightgbm"]
    (tmp_path / "MLmodel").write_text("# nothing\nflavors: {}\n\nrun_id: 1\n")
    assert read_flavours(place) == {}
