"""Models in modules and files; a pickle is loaded only where the user says so."""

from __future__ import annotations

import pickle  # nosec B403 # loaded only where the user says so
import sys
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

from leadline.connectors import mlflow_folders
from leadline.errors import ConfigurationError, ConnectorError, InputError, LeadlineError

PICKLES = {".pkl", ".pickle", ".joblib"}


def load_model(place: str, *, trust: bool = False) -> Any:
    """Load a model.

    Parameters
    ----------
    place : str
        `module:object`, a skops file, an MLflow model folder, or a pickle. Of an MLflow
        folder, boosters and skops files are read without MLflow and without trust.
    trust : bool
        Loading a pickle runs whatever code it holds, and so may types that skops does
        not know: both are loaded only if this is true.

    Raises
    ------
    ConfigurationError
        `trust` is needed, or a package that reads this kind of file.
    InputError
        `place` names nothing that is read here.
    ConnectorError
        The file or module is absent or broken.
    """
    path = Path(place)
    if path.suffix in PICKLES:
        return _read_pickle(_existing(path), trust=trust)
    if path.suffix == ".skops":
        return _read_skops(_existing(path), trust=trust)
    if (path / "MLmodel").is_file():
        return _read_mlflow(path, trust=trust)
    if all(place.partition(":")):
        return _from_module(place)
    raise InputError(
        f"{place!r} names no model",
        hint="Pass module:object, a .skops file, an MLflow model folder, or a .pkl file "
        "with --trust.",
    )


def _from_module(place: str) -> Any:
    module_name, _, attribute = place.partition(":")
    here = str(Path.cwd())
    sys.path.insert(0, here)  # as `python -m` does
    try:
        with redirect_stdout(sys.stderr):  # what a module prints must not spoil JSON
            model: Any = import_module(module_name)
        for name in attribute.split("."):
            model = getattr(model, name)
    except (ImportError, AttributeError) as error:
        raise ConnectorError(
            f"{place} cannot be imported: {error}", permanent=True, hint=_as_imported(place)
        ) from error
    except Exception as error:  # whatever the module does when it is imported
        raise ConnectorError(
            f"{module_name} raised {type(error).__name__} while it was imported: {error}",
            permanent=True,
            hint=f"Check it alone: python -c 'import {module_name}'.",
        ) from error
    finally:
        sys.path.remove(here)
    return model


def _as_imported(place: str) -> str:
    """Say how a place is written that was given as a file's path."""
    path, _, name = place.partition(":")
    dotted = ".".join(Path(path).with_suffix("").parts) if path.endswith(".py") else path
    if dotted == path:
        return "Run from the folder that holds the module, or install it."
    return f"Write it as Python imports it: {dotted}:{name}."


def _read_pickle(path: Path, *, trust: bool) -> Any:
    _need_trust(path, trust=trust, why="a pickle runs any code that it holds")
    try:
        if path.suffix == ".joblib":
            return _package("joblib", "joblib").load(path)
        with path.open("rb") as file:
            return pickle.load(file)  # noqa: S301  # nosec B301 # the user named and trusts it
    except Exception as error:
        raise ConnectorError(f"{path} cannot be loaded: {error}", permanent=True) from error


def _read_skops(path: Path, *, trust: bool) -> Any:
    io = _package("skops.io", "skops")
    try:
        unknown = io.get_untrusted_types(file=path)
        if unknown:
            _need_trust(path, trust=trust, why=f"it holds {', '.join(unknown[:5])}")
        return io.load(path, trusted=unknown)
    except LeadlineError:
        raise
    except Exception as error:  # no zip, another version, a package that is not there
        raise ConnectorError(f"{path} cannot be loaded: {error}", permanent=True) from error


def _read_mlflow(path: Path, *, trust: bool) -> Any:
    flavours = mlflow_folders.read_flavours(path)
    stored = mlflow_folders.skops_of(path, flavours)
    if stored is not None:
        return _read_skops(stored, trust=trust)
    try:
        model = mlflow_folders.load_safely(path, flavours)
    except LeadlineError:
        raise
    except Exception as error:  # whatever a library says of a broken file
        raise ConnectorError(f"{path} cannot be loaded: {error}", permanent=True) from error
    if model is not None:
        return model
    _need_trust(path, trust=trust, why="this MLflow folder holds a pickle")
    pickled = mlflow_folders.pickle_of(path, flavours)
    if pickled is not None:
        return _read_pickle(pickled, trust=trust)
    return _package("mlflow.pyfunc", "mlflow").load_model(str(path))


def _package(module: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise ConfigurationError(
            f"reading this model needs {name}, which is not installed",
            hint=f"pip install {name}",
        ) from None


def _existing(path: Path) -> Path:
    if path.is_file():
        return path
    raise ConnectorError(f"there is no file {path}", permanent=True, hint="Check the path.")


def _need_trust(path: Path, *, trust: bool, why: str) -> None:
    if not trust:
        raise ConfigurationError(
            f"{path} is not loaded: {why}",
            hint="If you made the file or know who did, add --trust (in Python trust=True).",
        )
