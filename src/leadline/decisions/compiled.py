"""A compiled model that answers inside this process, in microseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadline.decisions.artefacts import Answer, Manifest, read_manifest
from leadline.errors import ConfigurationError, ConnectorError

Scores = Callable[[NDArray[Any]], NDArray[Any]]
"""From rows to what the engine says: one column of values, or one for each class."""

Decide = Callable[[Any], Any]
"""From the model's answer to the action."""


class Compiled:
    """A registered model: called with features, it answers with an action.

    Parameters
    ----------
    folder : path
        Written by `register`. Its file and its manifest are checked against their hashes.
    decide : callable, optional
        From the model's answer to the action: the one that the model was registered with.
    sha256 : str, optional
        The hash (`Compiled.model_hash`) it must have: pins one model for good.

    Raises
    ------
    ConnectorError
        There is no such model, or it was changed since it was registered.
    ConfigurationError
        The engine that runs it is not installed.
    """

    def __init__(
        self, folder: str | Path, *, decide: Decide | None = None, sha256: str = ""
    ) -> None:
        place = Path(folder)
        self.manifest: Manifest = read_manifest(place, expected=sha256)
        self.model_hash = self.manifest.hash
        file = place / self.manifest.file
        try:
            scores = load_scores(self.manifest.engine, file)
        except ConfigurationError:
            raise
        except Exception as error:
            raise ConnectorError(f"{file} cannot be run: {error}", permanent=True) from error
        self._ask = one_row(
            scores,
            columns=self.manifest.columns,
            dtype=np.dtype(self.manifest.dtype),
            answer=answerer(self.manifest.answer, self.manifest.classes),
            decide=decide,
        )

    def __call__(self, features: Mapping[str, Any]) -> Any:
        """Return the action for one unit; a feature that is absent raises `KeyError`."""
        return self._ask(features)


def one_row(
    scores: Scores,
    *,
    columns: tuple[str, ...],
    dtype: np.dtype[Any],
    answer: Callable[[NDArray[Any]], list[Any]],
    decide: Decide | None,
) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function from features to an action."""

    def ask(features: Mapping[str, Any]) -> Any:
        row = np.array([[features[name] for name in columns]], dtype=dtype)
        found = answer(scores(row))[0]
        return found if decide is None else decide(found)

    return ask


def answerer(answer: Answer, classes: list[Any] | None) -> Callable[[NDArray[Any]], list[Any]]:
    """Return a function from an engine's scores to one answer a row, in Python's types.

    Parameters
    ----------
    answer : str
        `value` is the only score; `probability` that of the second class; `label` the
        class with the highest score, the first of equals.
    classes : list, optional
        A classifier's; with a single column of scores it is the second of two.
    """

    def values(scores: NDArray[Any]) -> list[Any]:
        found: list[Any] = scores[:, -1].tolist()
        return found

    named = classes or []

    def labels(scores: NDArray[Any]) -> list[Any]:
        if scores.shape[1] == 1:
            return [named[score > 0.5] for score in scores[:, 0].tolist()]
        return [named[place] for place in scores.argmax(axis=1).tolist()]

    return labels if answer == "label" else values


def load_scores(engine: str, file: Path) -> Scores:
    """Return a model's scores as a function, on one thread."""
    return _onnx(file) if engine == "onnx" else _treelite(file)


def _onnx(file: Path) -> Scores:
    ort = engine_module("onnxruntime")
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(
        file.read_bytes(), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    wanted = [session.get_outputs()[-1].name]
    run = session.run

    def scores(rows: NDArray[Any]) -> NDArray[Any]:
        found: NDArray[Any] = run(wanted, {name: rows})[0]
        return found

    return scores


def _treelite(file: Path) -> Scores:
    treelite = engine_module("treelite")
    predict = engine_module("treelite.gtil").predict
    model = treelite.Model.deserialize(file)

    def scores(rows: NDArray[Any]) -> NDArray[Any]:
        found: NDArray[Any] = predict(model, rows, nthread=1)
        return found.reshape(len(rows), -1)

    return scores


def engine_module(name: str) -> Any:
    """Import a module of an engine, or say how to install it.

    Raises
    ------
    ConfigurationError
        It is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigurationError(
            f"compiled models need {name.partition('.')[0]}, which is not installed",
            hint='pip install "leadline[serve]"',
        ) from error
