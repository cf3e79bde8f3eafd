"""Compiled models: the same decisions as the original, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from leadline import Decision
from leadline.decisions import Compiled, read_log, register
from leadline.decisions import compiled as compiled_module
from leadline.decisions.artefacts import MANIFEST, fingerprint
from leadline.errors import ConfigurationError, ConnectorError, InputError, ParityError

NAMES = ("price", "age", "distance")
RNG = np.random.default_rng(5)
X = RNG.normal(size=(400, 3))
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
WORDS = np.where(Y, "similar", "popular")
NUMBERS = X @ [1.0, 2.0, 3.0]

MODELS: list[tuple[Any, Any, str]] = [
    (HistGradientBoostingClassifier(max_iter=15), WORDS, "onnx"),
    (make_pipeline(StandardScaler(), LogisticRegression()), Y, "onnx"),
    (RandomForestClassifier(8, random_state=0), RNG.integers(0, 3, 400), "onnx"),
    (GradientBoostingRegressor(n_estimators=15), NUMBERS, "onnx"),
    (LinearRegression(), NUMBERS, "onnx"),
    (lightgbm.LGBMClassifier(n_estimators=8, verbose=-1, n_jobs=1), WORDS, "treelite"),
    (lightgbm.LGBMRegressor(n_estimators=8, verbose=-1, n_jobs=1), NUMBERS, "treelite"),
    (xgboost.XGBClassifier(n_estimators=8, n_jobs=1), Y, "treelite"),
    (xgboost.XGBRegressor(n_estimators=8, n_jobs=1), NUMBERS, "treelite"),
]


def features(row: Any) -> dict[str, float]:
    return dict(zip(NAMES, map(float, row), strict=True))


def small_model() -> Any:
    return LogisticRegression().fit(X, WORDS)


@pytest.mark.parametrize(
    ("model", "y", "engine"), MODELS, ids=[type(model).__name__ for model, _, _ in MODELS]
)
def test_it_decides_as_the_original_one_row_at_a_time(
    model: Any, y: Any, engine: str, tmp_path: Path
) -> None:
    """Oracle: the original model's own predict, on rows that the proof did not see."""
    fitted = model.fit(X, y)
    compiled = register(fitted, X, columns=NAMES, to=tmp_path / "m")
    assert compiled.manifest.engine == engine
    assert compiled.manifest.parity.n_rows == 400
    fresh = np.random.default_rng(6).normal(size=(60, 3))
    expected = fitted.predict(fresh).tolist()
    found = [compiled(features(row)) for row in fresh]
    assert found == (
        expected if isinstance(expected[0], str | int) else pytest.approx(expected, abs=1e-4)
    )
    assert {type(one) for one in found} <= {str, int, float}


def test_a_probability_becomes_an_action(tmp_path: Path) -> None:
    model = LogisticRegression().fit(X, Y)
    compiled = register(
        model, X, columns=NAMES, to=tmp_path / "m", answer="probability",
        decide=lambda p: "similar" if p > 0.3 else "popular",
    )  # fmt: skip
    expected = np.where(model.predict_proba(X)[:, 1] > 0.3, "similar", "popular")
    assert [compiled(features(row)) for row in X[:50]] == expected[:50].tolist()


def test_other_decisions_are_refused_with_their_rows(tmp_path: Path) -> None:
    model = LogisticRegression().fit(X, Y)
    near = -(model.intercept_[0] + X[0, 1:] @ model.coef_[0, 1:]) / model.coef_[0, 0]
    tie = np.array([[near * (1 + 1e-12), *X[0, 1:]], [near * (1 - 1e-12), *X[0, 1:]]])
    with pytest.raises(ParityError, match="of 402 rows are decided otherwise: row 40") as told:
        register(model, np.vstack([X, tie]), columns=NAMES, to=tmp_path / "m")
    assert len(told.value.rows) == 1
    assert set(told.value.rows) <= {400, 401}
    assert not (tmp_path / "m").exists()


def test_a_split_that_float32_cannot_see_goes_to_the_exact_engine(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = 1.0 + rng.integers(0, 2, size=(80, 1)) * 1e-9
    model = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=2)
    model.fit(rows, (rows[:, 0] > 1).astype(int))
    with pytest.raises(ParityError, match="compiled with onnx"):
        register(model, rows, columns=("x",), to=tmp_path / "m", engine="onnx")
    compiled = register(model, rows, columns=("x",), to=tmp_path / "m")
    assert compiled.manifest.engine == "treelite"
    assert compiled.manifest.parity.max_difference == 0


def test_the_folder_says_what_it_is_and_where_it_comes_from(tmp_path: Path) -> None:
    table = pd.DataFrame(X, columns=NAMES)
    compiled = register(
        LogisticRegression().fit(X, Y), table.to_numpy(), columns=NAMES, to=tmp_path / "m",
        training_data=table,
    )  # fmt: skip
    manifest = compiled.manifest
    assert manifest.environment["python"].startswith("3.")
    assert {"scikit-learn", "onnxruntime", "numpy"} <= set(manifest.environment)
    assert manifest.training_data == fingerprint(table, columns=())
    assert (manifest.training_data.n_rows, manifest.training_data.columns) == (400, NAMES)
    assert 0 < manifest.parity.p50_us <= manifest.parity.p99_us
    again = Compiled(tmp_path / "m", sha256=compiled.model_hash)
    assert again.manifest == manifest


def test_other_training_rows_have_another_fingerprint() -> None:
    changed = X.copy()
    changed[7, 1] += 1e-9
    texts = pd.DataFrame({"a": ["x", None]})
    found = {
        fingerprint(rows, columns=NAMES).sha256
        for rows in (X, changed, X[::-1], texts, texts.fillna("y"))
    }
    assert len(found) == 5
    assert fingerprint(X, columns=NAMES) == fingerprint(X.copy(), columns=NAMES)


def test_a_file_that_was_damaged_or_swapped_is_refused(tmp_path: Path) -> None:
    register(small_model(), X, columns=NAMES, to=tmp_path / "one")
    other = register(
        LogisticRegression(C=0.01).fit(X, WORDS), X, columns=NAMES, to=tmp_path / "two"
    )
    file, manifest = tmp_path / "one" / "model.onnx", tmp_path / "one" / MANIFEST
    whole, told = file.read_bytes(), manifest.read_text()
    for spoiled in (
        whole[:-1],
        whole[:50] + b"\x00" + whole[51:],
        (tmp_path / "two" / "model.onnx").read_bytes(),
    ):
        file.write_bytes(spoiled)
        with pytest.raises(ConnectorError, match=r"model\.onnx is not what was registered"):
            Compiled(tmp_path / "one")
    file.write_bytes(whole)
    manifest.write_text(told.replace('"price",', '"cost",'))
    with pytest.raises(ConnectorError, match=r"manifest\.json is not what was registered"):
        Compiled(tmp_path / "one")
    manifest.write_text(told)
    with pytest.raises(ConnectorError, match="is not what was registered"):
        Compiled(tmp_path / "one", sha256=other.model_hash)
    file.unlink()
    with pytest.raises(ConnectorError, match="holds no registered model"):
        Compiled(tmp_path / "one")
    with pytest.raises(ConnectorError, match="holds no registered model"):
        Compiled(tmp_path / "absent")


def test_a_decision_serves_it_and_records_its_hash(tmp_path: Path) -> None:
    register(LogisticRegression().fit(X, Y), X, columns=NAMES, to=tmp_path / "m")  # replaced
    compiled = register(small_model(), X, columns=NAMES, to=tmp_path / "m")
    decision = Decision(
        "home", rule=lambda features: "popular", model=compiled, log=tmp_path / "log",
        weights={"rule": 0, "model": 1}, actions={"popular", "similar"},
    )  # fmt: skip
    outcome = decision.decide("u1", features(X[0]))
    assert (outcome.served, outcome.action) == ("model", small_model().predict(X[:1])[0])
    assert decision.decide("u2", {"price": 1.0}).fallback_reason == "raised"  # columns lack
    decision.close()
    first, second = read_log(tmp_path / "log").records
    assert first.model_hash == compiled.model_hash
    assert second.model_hash == ""
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("model", "arguments", "message"),
    [
        (LogisticRegression(), {"columns": ("a",)}, "shape .* for 1 named"),
        (LogisticRegression(), {"answer": "value"}, "has no value"),
        (LinearRegression(), {"answer": "label"}, "has no label"),
        (
            RandomForestClassifier(2),
            {"answer": "probability"},
            "two classes, the model has 4",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    model: Any, arguments: dict[str, Any], message: str, tmp_path: Path
) -> None:
    y = np.arange(400) % 4 if isinstance(model, RandomForestClassifier) else Y
    with pytest.raises(InputError, match=message):
        register(model.fit(X, y), X, **({"columns": NAMES, "to": tmp_path / "m"} | arguments))


def test_a_model_that_no_engine_runs_is_refused(tmp_path: Path) -> None:
    class Odd(KNeighborsClassifier):
        """Not known to any converter."""

    with pytest.raises(InputError, match=r"(?s)a Odd cannot be compiled.*Isolated"):
        register(Odd().fit(X, Y), X, columns=NAMES, to=tmp_path / "m")


def test_an_engine_that_is_absent_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    model = small_model()
    monkeypatch.setattr(compiled_module, "import_module", absent)
    with pytest.raises(ConfigurationError, match="which is not installed"):
        register(model, X, columns=NAMES, to=tmp_path / "m")


def test_a_file_that_the_engine_cannot_run_is_named(tmp_path: Path) -> None:
    compiled = register(small_model(), X, columns=NAMES, to=tmp_path / "m")
    import msgspec

    from leadline.decisions.artefacts import write_manifest
    from leadline.decisions.isolated import file_sha256

    (tmp_path / "m" / "model.onnx").write_bytes(b"no model")
    forged = msgspec.structs.replace(
        compiled.manifest, file_sha256=file_sha256(tmp_path / "m" / "model.onnx")
    )
    write_manifest(tmp_path / "m", forged.hashed())
    with pytest.raises(ConnectorError, match="cannot be run"):
        Compiled(tmp_path / "m")
