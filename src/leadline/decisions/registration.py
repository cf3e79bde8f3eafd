"""Registering a model: compiled, and proved to decide as the original does."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from leadline.decisions.artefacts import (
    Answer,
    Engine,
    Manifest,
    Parity,
    environment,
    fingerprint,
    write_manifest,
)
from leadline.decisions.compiled import Compiled, Decide, answerer, load_scores, one_row
from leadline.decisions.conversion import FILES, convert, dtype_for, engines_for
from leadline.decisions.isolated import file_sha256
from leadline.errors import ConfigurationError, InputError, ParityError

TOLERANCE = 1e-4
"""How far a number may be from the original's, of 1 or of its size if that is larger."""

_TIMED_CALLS = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class _Original:
    """The model as it is, and what it decides on the sample."""

    model: Any
    sample: NDArray[Any]
    columns: tuple[str, ...]
    answer: Answer
    classes: list[Any] | None
    decide: Decide | None
    answers: list[Any]


def register(
    model: Any,
    sample: Any,
    *,
    to: str | Path,
    columns: tuple[str, ...] = (),
    answer: Answer | None = None,
    decide: Decide | None = None,
    engine: Engine | Literal["auto"] = "auto",
    training_data: Any = None,
) -> Compiled:
    """Compile a fitted model, prove that it decides as before, and write it to a folder.

    Parameters
    ----------
    model : estimator
        Fitted, of scikit-learn (pipelines too), LightGBM or XGBoost.
    sample : array or table of shape (n_rows, n_columns)
        Rows as users will send them: some hundreds at least, the rare ones among them.
        The proof holds for these.
    to : path
        The folder; replaced as a whole if it is there.
    columns : sequence of str, optional
        Names of the features in the order of the columns; the table's own if not given.
    answer : "label", "probability" or "value", optional
        What the model is asked for: a class (the default of a classifier), the
        probability of the second of two classes, or a regression's number.
    decide : callable, optional
        From that answer to the action. Given this, actions must be the same.
    engine : "auto", "onnx" or "treelite"
        ONNX Runtime computes in float32, treelite in the model's own precision, some
        times slower. `auto` takes the first that passes the proof.
    training_data : array or table, optional
        The rows that the model learned from; their fingerprint is kept, not they.

    Returns
    -------
    Compiled
        Ready to be a `Decision`'s model.

    Raises
    ------
    ParityError
        No engine decides as the original on every row; says which rows differ.
    InputError
        A model, a sample or columns that do not fit, or that no engine can run.
    """
    original = _original(model, sample, columns=columns, answer=answer, decide=decide)
    refusals: list[Exception] = []
    for one in engines_for(model) if engine == "auto" else (engine,):
        with tempfile.TemporaryDirectory() as place:
            try:
                parity = _compile(original, engine=one, file=Path(place) / FILES[one])
            except ConfigurationError:
                raise
            except Exception as error:  # noqa: BLE001 (converters raise anything; the next engine is tried)
                refusals.append(error)
                continue
            _write(original, one, parity, training_data, built=Path(place), to=Path(to))
        return Compiled(to, decide=decide)
    for refusal in refusals:
        if isinstance(refusal, ParityError):
            raise refusal
    reasons = "; ".join(f"{type(error).__name__}: {str(error)[:200]}" for error in refusals)
    raise InputError(
        f"a {type(model).__name__} cannot be compiled: {reasons}",
        hint="Serve it as leadline.decisions.Isolated, in a process of its own.",
    )


def _original(
    model: Any,
    sample: Any,
    *,
    columns: tuple[str, ...],
    answer: Answer | None,
    decide: Decide | None,
) -> _Original:
    names = tuple(str(name) for name in (columns or getattr(sample, "columns", ())))
    rows = np.asarray(sample, dtype=np.float64)
    if rows.ndim != 2 or not len(rows) or rows.shape[1] != len(names):
        raise InputError(
            f"the sample has shape {rows.shape} for {len(names)} named columns",
            hint="Give rows of numbers, and columns=(…) with one name for each.",
        )
    classes = np.asarray(model.classes_).tolist() if hasattr(model, "classes_") else None
    wanted: Answer = answer or ("value" if classes is None else "label")
    if (wanted == "value") != (classes is None):
        raise InputError(f"a {type(model).__name__} has no {wanted} to answer with")
    if wanted == "probability" and len(classes or ()) != 2:
        raise InputError(f"a probability needs two classes, the model has {len(classes or ())}")
    asked = sample if hasattr(sample, "columns") else rows
    answers = (
        model.predict_proba(asked)[:, 1] if wanted == "probability" else model.predict(asked)
    )
    return _Original(
        model=model, sample=rows, columns=names, answer=wanted, classes=classes, decide=decide,
        answers=np.asarray(answers).reshape(len(rows)).tolist(),
    )  # fmt: skip


def _compile(original: _Original, *, engine: Engine, file: Path) -> Parity:
    convert(original.model, engine=engine, n_columns=len(original.columns), to=file)
    scores = load_scores(engine, file)
    dtype = dtype_for(original.model, engine)
    say = answerer(original.answer, original.classes)
    found = say(scores(original.sample.astype(dtype)))
    largest = _require_same(original, found, engine=engine)
    ask = one_row(
        scores, columns=original.columns, dtype=dtype, answer=say, decide=original.decide
    )
    p50, p99 = _times(ask, original)
    return Parity(n_rows=len(original.sample), max_difference=largest, p50_us=p50, p99_us=p99)


def _require_same(original: _Original, found: list[Any], *, engine: Engine) -> float:
    """Return the largest difference of a number; raise if any decision differs."""
    before, largest = original.answers, 0.0
    differing = [
        n for n, pair in enumerate(zip(before, found, strict=True)) if pair[0] != pair[1]
    ]
    if original.answer != "label":
        gap = np.abs(np.subtract(before, found))
        largest = float(gap.max())
        within = gap <= TOLERANCE * np.maximum(1.0, np.abs(before))
        differing = np.flatnonzero(~within).tolist()
    if original.decide is not None:
        before = [original.decide(answer) for answer in before]
        found = [original.decide(answer) for answer in found]
        unlike = [
            n for n, pair in enumerate(zip(before, found, strict=True)) if pair[0] != pair[1]
        ]
        differing = sorted({*differing, *unlike})
    if differing:
        shown = ", ".join(f"row {n}: {before[n]!r} → {found[n]!r}" for n in differing[:5])
        raise ParityError(
            f"compiled with {engine}, {len(differing)} of {len(found)} rows are decided "
            f"otherwise: {shown}",
            rows=tuple(differing),
            hint="Train on float32, try engine='treelite', or serve it as Isolated.",
        )
    return largest


def _times(ask: Any, original: _Original) -> tuple[float, float]:
    features = [
        dict(zip(original.columns, row, strict=True)) for row in original.sample[:50].tolist()
    ]
    times = []
    for n in range(_TIMED_CALLS):
        started = time.perf_counter()
        ask(features[n % len(features)])
        times.append((time.perf_counter() - started) * 1e6)
    p50, p99 = np.quantile(times, [0.5, 0.99]).tolist()
    return p50, p99


def _write(
    original: _Original,
    engine: Engine,
    parity: Parity,
    training_data: Any,
    *,
    built: Path,
    to: Path,
) -> None:
    learned = None
    if training_data is not None:
        learned = fingerprint(training_data, columns=original.columns)
    manifest = Manifest(
        name=type(original.model).__name__,
        engine=engine,
        file=FILES[engine],
        file_sha256=file_sha256(built / FILES[engine]),
        columns=original.columns,
        dtype=str(dtype_for(original.model, engine)),
        answer=original.answer,
        classes=original.classes,
        parity=parity,
        environment=environment(),
        training_data=learned,
    ).hashed()
    write_manifest(built, manifest)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".registering-") as place:
        ready = Path(place) / "new"
        shutil.copytree(built, ready)
        if to.exists():
            to.rename(Path(place) / "old")
        ready.rename(to)
