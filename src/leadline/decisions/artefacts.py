"""A model's folder: its file, and a manifest that says what it is and where it comes from."""

from __future__ import annotations

import platform
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from leadline.decisions.isolated import file_sha256
from leadline.errors import ConnectorError

MANIFEST = "manifest.json"

Engine = Literal["onnx", "treelite"]
Answer = Literal["label", "probability", "value"]

_PACKAGES = (
    "numpy",
    "scikit-learn",
    "lightgbm",
    "xgboost",
    "skl2onnx",
    "onnxruntime",
    "treelite",
)


class TrainingData(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows a model learned from: their hash, number and columns."""

    sha256: str
    n_rows: int
    columns: tuple[str, ...]


class Parity(msgspec.Struct, frozen=True, kw_only=True):
    """How the compiled model was held against the original.

    Attributes
    ----------
    n_rows : int
        Rows of the sample; all of them led to the same decision.
    max_difference : float
        Largest absolute difference of a number; 0 for labels.
    p50_us, p99_us : float
        Microseconds of one call with one row, on the machine that registered it.
    """

    n_rows: int
    max_difference: float
    p50_us: float
    p99_us: float


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a model's folder says of itself.

    Attributes
    ----------
    name : str
        The original's class.
    engine : "onnx" or "treelite"
    file, file_sha256 : str
    columns : tuple of str
        Features, in the order of the original's columns.
    dtype : str
        Of the numbers that the engine is given.
    answer : "label", "probability" or "value"
    classes : list, optional
        Of a classifier, in its order.
    parity : Parity
    environment : dict of package to version
    training_data : TrainingData, optional
    hash : str
        SHA-256 of all the above, so that a changed manifest is noticed, too. Decisions
        carry it as their `model_hash`.
    """

    name: str
    engine: Engine
    file: str
    file_sha256: str
    columns: tuple[str, ...]
    dtype: str
    answer: Answer
    classes: list[Any] | None
    parity: Parity
    environment: dict[str, str]
    training_data: TrainingData | None
    hash: str = ""

    def hashed(self) -> Manifest:
        """Return the manifest with its hash."""
        plain = msgspec.structs.replace(self, hash="")
        digest = sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()
        return msgspec.structs.replace(self, hash=digest)


def environment() -> dict[str, str]:
    """Return the versions of Python and of the packages that make and run models."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def fingerprint(rows: Any, *, columns: tuple[str, ...]) -> TrainingData:
    """Return the hash of training rows; another order of rows is another hash.

    Parameters
    ----------
    rows : array or table of shape (n_rows, n_columns)
    columns : tuple of str
        Their names, where the rows themselves have none.
    """
    names = tuple(str(name) for name in getattr(rows, "columns", columns))
    array = np.asarray(rows)
    digest = sha256(msgspec.json.encode((names, list(array.shape), str(array.dtype))))
    if array.dtype.hasobject:
        digest.update(msgspec.json.encode(array.tolist(), enc_hook=str))
    else:
        digest.update(np.ascontiguousarray(array).tobytes())
    return TrainingData(sha256=digest.hexdigest(), n_rows=len(array), columns=names)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a model's folder, to be read by people as well."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / MANIFEST).write_bytes(text + b"\n")


def read_manifest(folder: Path, *, expected: str = "") -> Manifest:
    """Read the manifest of a model's folder, and check it and the model's file.

    Raises
    ------
    ConnectorError
        There is none; or the manifest or the file is not what was registered.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        found = file_sha256(folder / manifest.file)
    except (OSError, msgspec.MsgspecError) as error:
        raise ConnectorError(
            f"{folder} holds no registered model: {error}",
            permanent=True,
            hint="Register the model anew: leadline.decisions.register(…).",
        ) from error
    if found != manifest.file_sha256:
        _refuse(folder / manifest.file, found=found, expected=manifest.file_sha256)
    if manifest.hashed().hash != manifest.hash:
        _refuse(folder / MANIFEST, found=manifest.hashed().hash, expected=manifest.hash)
    if expected and manifest.hash != expected:
        _refuse(folder, found=manifest.hash, expected=expected)
    return manifest


def _refuse(place: Path, *, found: str, expected: str) -> None:
    raise ConnectorError(
        f"{place} is not what was registered: its SHA-256 is {found}, expected {expected}",
        permanent=True,
        hint="Put the registered file back, or register the model anew.",
    )
