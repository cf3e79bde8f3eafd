"""From a fitted model to a file that an engine runs: ONNX or treelite."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from leadline.decisions.artefacts import Engine
from leadline.decisions.compiled import engine_module

FILES: dict[Engine, str] = {"onnx": "model.onnx", "treelite": "model.treelite"}

_PATCHING = threading.Lock()


def engines_for(model: Any) -> tuple[Engine, ...]:
    """Return the engines to try, the quickest first."""
    if _library(model) in ("lightgbm", "xgboost"):
        return ("treelite",)
    return ("onnx", "treelite")


def dtype_for(model: Any, engine: Engine) -> np.dtype[Any]:
    """Return the type of numbers that an engine must be given to decide as the model does."""
    exact = engine == "treelite" and _library(model) != "xgboost"  # which computes in float32
    return np.dtype(np.float64 if exact else np.float32)


def convert(model: Any, *, engine: Engine, n_columns: int, to: Path) -> None:
    """Write a model to a file; raises whatever the converter raises."""
    if engine == "onnx":
        to.write_bytes(_onnx_bytes(model, n_columns))
        return
    treelite = engine_module("treelite")
    library = _library(model)
    if library == "lightgbm":
        found = treelite.frontend.from_lightgbm(getattr(model, "booster_", model))
    elif library == "xgboost":
        booster = model.get_booster() if hasattr(model, "get_booster") else model
        found = treelite.frontend.from_xgboost(booster)
    else:
        found = engine_module("treelite.sklearn").import_model(model)
    found.serialize(to)


def _library(model: Any) -> str:
    return type(model).__module__.partition(".")[0]


def _onnx_bytes(model: Any, n_columns: int) -> bytes:
    skl2onnx = engine_module("skl2onnx")
    types = engine_module("skl2onnx.common.data_types")
    options = {id(model): {"zipmap": False}} if hasattr(model, "classes_") else None
    with _plain_attributes():
        found = skl2onnx.convert_sklearn(
            model,
            initial_types=[("features", types.FloatTensorType([None, n_columns]))],
            options=options,
        )
    content: bytes = found.SerializeToString()
    return content


@contextmanager
def _plain_attributes() -> Iterator[None]:
    """Give ONNX nodes Python's numbers for numpy's.

    The converter of histogram gradient boosting (skl2onnx 1.20) hands over arrays
    and lists of uint32 and bool, which protobuf refuses.
    """
    container = engine_module("skl2onnx.common._container")
    with _PATCHING:
        original = container.make_node

        def make_node(*arguments: Any, **attributes: Any) -> Any:
            plain = {name: _plain(value) for name, value in attributes.items()}
            return original(*arguments, **plain)

        container.make_node = make_node
        try:
            yield
        finally:
            container.make_node = original


def _plain(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return int(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
